//! `optima init`: a new observatory folder to fill in, for any commune.

use std::fs;
use std::path::{Path, PathBuf};

use optima::error::{Error, Result};
use optima::staging::write_folder;

use super::say::Voice;

const OBSERVATORY: &str = include_str!("init/observatory.toml");
const TERRITORY: &str = include_str!("init/territory.toml");

/// The tables of a new observatory: headers only, in our names.
const TABLES: [(&str, &str); 4] = [
    ("job_seekers.csv", "person,quarter,zone,x,y,street,number,postcode,birth_date,category,since,ris\n"),
    ("population.csv", "zone,year,population,active,age_18_64\n"),
    ("interviews.csv", "id,date,partner,mode,zone,isolation,housing_tenure,housing_damp,autonomy_loss\n"),
    ("addresses.csv", "street,number,postcode,x,y\n"),
];

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder to make; it must not exist, or be empty.
    folder: PathBuf,
    /// The commune's name, as readers see it.
    #[arg(long, default_value = "Ma commune")]
    name: String,
    /// The commune's NIS code, by which the zones of a national file are chosen.
    #[arg(long, value_name = "CODE")]
    nis: Option<String>,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let folder = &args.folder;
    check_empty(folder)?;
    if args.nis.as_ref().is_some_and(|nis| nis.len() != 5 || !nis.bytes().all(|b| b.is_ascii_digit())) {
        return Err(Error::config("a NIS code has five digits").in_column("--nis").help("62096 is Seraing"));
    }
    let name = toml::Value::String(args.name.clone()).to_string();
    let nis = args.nis.as_ref().map_or_else(|| "# nis = \"62096\"".to_owned(), |nis| format!("nis = \"{nis}\""));
    let language = voice.texts().language().code();
    let territory = slug(&args.name);
    let fill = |text: &str| {
        text.replace("@TERRITORY@", &territory)
            .replace("@NAME@", &name)
            .replace("@NIS@", &nis)
            .replace("@UNLOCATED@", &format!("{}ZZZZ", args.nis.as_deref().unwrap_or("62096")))
            .replace("@LANGUAGE@", language)
    };
    let mut files = vec![
        (PathBuf::from("observatory.toml"), fill(OBSERVATORY)),
        (Path::new(&territory).join("territory.toml"), fill(TERRITORY)),
        // Set-aside rows are personal: they stay out of whatever keeps this folder's history.
        (PathBuf::from(".gitignore"), "/private\n/release\n".to_owned()),
    ];
    files.extend(TABLES.map(|(file, header)| (Path::new("records").join(file), header.to_owned())));
    write_folder(folder, &files, check_empty)?;
    voice.text("init.done", &[("path", &folder.display().to_string())]);
    voice.text("init.next", &[("territory", &territory), ("path", &folder.join("observatory.toml").display().to_string())]);
    Ok(0)
}

fn check_empty(folder: &Path) -> Result<()> {
    let empty = match fs::symlink_metadata(folder) {
        Err(_) => true,
        Ok(there) => there.is_dir() && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none()),
    };
    if empty { Ok(()) } else { Err(Error::output("the folder is not empty").in_file(folder).help("name a new one")) }
}

/// The commune's name as a folder and file name: `Saint-Nicolas` becomes `saint-nicolas`.
fn slug(name: &str) -> String {
    let words = optima::records::normalize_street(name);
    let words: Vec<String> = words.split(' ').map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect()).collect();
    let slug = words.into_iter().filter(|word: &String| !word.is_empty()).collect::<Vec<_>>().join("-");
    if slug.is_empty() { "territory".to_owned() } else { slug }
}
