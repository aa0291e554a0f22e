//! The kernels of the analysis from a shell, for the bench: `cargo run --release --example analysis -- mca CODES [COORDINATES]`.
//!
//! - `mca CODES [COORDINATES]`: multiple correspondence analysis on five axes, from codes in memory to the coordinates of all
//!   respondents, contributions, cosines and test-values of modalities; the coordinates are written where a file is named.
//! - `ward COORDINATES`: the whole hierarchy of Ward's criterion, from coordinates in memory.
//! - `both CODES`: one after the other, and a cut into six classes.
//!
//! It prints one line of JSON with the CPU seconds of each stage. `CODES`: a line `rows questions modalities…`, then one byte
//! an answer, question by question. `COORDINATES`: a line `rows axes`, then doubles, least byte first, row by row.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use optima::stats::answers::Question;
use optima::stats::matrix::Matrix;
use optima::stats::multiple_correspondence::MultipleCorrespondence;
use optima::stats::ward::{Hierarchy, ward};
use serde_json::{Map, Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Axes kept.
const AXES: usize = 5;
/// Classes cut.
const CLASSES: usize = 6;

fn main() -> Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let mut told = Map::new();
    match given.as_slice() {
        ["mca", codes] => _ = analyzed(Path::new(codes), &mut told)?,
        ["mca", codes, coordinates] => write_coordinates(&analyzed(Path::new(codes), &mut told)?, Path::new(coordinates))?,
        ["ward", coordinates] => _ = clustered(&read_coordinates(Path::new(coordinates))?, &mut told)?,
        ["both", codes] => {
            let hierarchy = clustered(&analyzed(Path::new(codes), &mut told)?, &mut told)?;
            told.insert("sizes".to_owned(), json!(hierarchy.cut(CLASSES)?.sizes()));
        }
        _ => return Err("usage: analysis mca CODES [COORDINATES] | ward COORDINATES | both CODES".into()),
    }
    println!("{}", Value::Object(told));
    Ok(())
}

fn analyzed(path: &Path, told: &mut Map<String, Value>) -> Result<Matrix> {
    let (columns, modalities) = read_codes(path)?;
    let questions: Vec<Question<'_>> =
        columns.iter().zip(&modalities).map(|(codes, modalities)| Question::new(codes, *modalities)).collect();
    let start = cpu_seconds()?;
    let analysis = MultipleCorrespondence::of(&questions, None, AXES)?;
    let coordinates = analysis.individuals(&questions)?;
    told.insert("mca".to_owned(), json!(cpu_seconds()? - start));
    let values: Vec<f64> = analysis.axes.iter().take(AXES).map(|axis| axis.eigenvalue).collect();
    told.insert("eigenvalues".to_owned(), json!(values));
    Ok(coordinates)
}

fn clustered(points: &Matrix, told: &mut Map<String, Value>) -> Result<Hierarchy> {
    let start = cpu_seconds()?;
    let hierarchy = ward(points, None, &mut |_, _| true)?;
    told.insert("ward".to_owned(), json!(cpu_seconds()? - start));
    let heights = || hierarchy.merges().iter().map(|merge| hierarchy.height(merge));
    told.insert("top_height".to_owned(), json!(heights().next_back()));
    told.insert("sum_of_heights".to_owned(), json!(heights().sum::<f64>()));
    told.insert("distinct".to_owned(), json!(hierarchy.points()));
    Ok(hierarchy)
}

/// The first line as numbers, and the rest of the file.
fn open(path: &Path) -> Result<(Vec<usize>, BufReader<std::fs::File>)> {
    let mut file = BufReader::new(std::fs::File::open(path)?);
    let mut header = String::new();
    file.read_line(&mut header)?;
    Ok((header.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>()?, file))
}

fn read_codes(path: &Path) -> Result<(Vec<Vec<u16>>, Vec<u16>)> {
    let (header, mut file) = open(path)?;
    let [rows, questions, modalities @ ..] = header.as_slice() else { return Err("no rows and questions in the first line".into()) };
    let mut bytes = vec![0; *rows];
    let mut columns = Vec::new();
    for _ in 0..*questions {
        file.read_exact(&mut bytes)?;
        columns.push(bytes.iter().map(|code| u16::from(*code)).collect());
    }
    Ok((columns, modalities.iter().map(|count| u16::try_from(*count)).collect::<std::result::Result<_, _>>()?))
}

fn read_coordinates(path: &Path) -> Result<Matrix> {
    let (header, mut file) = open(path)?;
    let [rows, axes] = header.as_slice() else { return Err("no rows and axes in the first line".into()) };
    let mut numbers = Vec::with_capacity(rows * axes);
    let mut bytes = [0; 8];
    for _ in 0..rows * axes {
        file.read_exact(&mut bytes)?;
        numbers.push(f64::from_le_bytes(bytes));
    }
    Ok(Matrix::from_rows(*axes, numbers))
}

fn write_coordinates(points: &Matrix, path: &Path) -> Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(file, "{} {}", points.rows(), points.columns())?;
    for number in points.as_slice() {
        file.write_all(&number.to_le_bytes())?;
    }
    Ok(file.flush()?)
}

/// CPU seconds of this process so far, all threads that are still there, to the nanosecond (Linux).
fn cpu_seconds() -> Result<f64> {
    let mut nanoseconds = 0_u64;
    for task in std::fs::read_dir("/proc/self/task")? {
        let spent = std::fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += spent.split_whitespace().next().ok_or("no schedstat")?.parse::<u64>()?;
    }
    Ok(nanoseconds as f64 / 1e9)
}
