//! The tea drinkers on five axes: a multiple correspondence analysis by Jacobi rotations of the Burt matrix, written for these
//! tests alone, so that they stand on nothing of the program's own analysis.

use optima::stats::answers::Question;
use optima::stats::matrix::Matrix;

use super::reference::table;

const ACTIVE: [&str; 18] = [
    "breakfast",
    "tea.time",
    "evening",
    "lunch",
    "dinner",
    "always",
    "home",
    "work",
    "tearoom",
    "friends",
    "resto",
    "pub",
    "Tea",
    "How",
    "sugar",
    "how",
    "where",
    "price",
];
const SUPPLEMENTARY: [&str; 17] = [
    "sex",
    "SPC",
    "Sport",
    "age_Q",
    "frequency",
    "escape.exoticism",
    "spirituality",
    "healthy",
    "diuretic",
    "friendliness",
    "iron.absorption",
    "feminine",
    "sophisticated",
    "slimming",
    "exciting",
    "relaxing",
    "effect.on.health",
];

/// Answers of 300 persons.
pub(crate) struct Tea {
    /// The active questions, then the supplementary ones.
    pub(crate) names: Vec<String>,
    pub(crate) labels: Vec<Vec<String>>,
    pub(crate) codes: Vec<Vec<u16>>,
    pub(crate) ages: Vec<Option<f64>>,
}

impl Tea {
    pub(crate) fn read() -> Self {
        let (header, rows) = table("tea.csv");
        let names: Vec<String> = ACTIVE.iter().chain(&SUPPLEMENTARY).map(|name| (*name).to_owned()).collect();
        let column = |name: &str| header.iter().position(|column| column == name).unwrap();
        let (mut labels, mut codes) = (Vec::new(), Vec::new());
        for name in &names {
            let answers: Vec<&String> = rows.iter().map(|row| &row[column(name)]).collect();
            let mut known: Vec<String> = answers.iter().map(|answer| (*answer).clone()).collect();
            known.sort();
            known.dedup();
            let code = |answer: &&String| u16::try_from(known.binary_search(answer).unwrap()).unwrap();
            codes.push(answers.iter().map(code).collect());
            labels.push(known);
        }
        let ages = rows.iter().map(|row| Some(row[column("age")].parse().unwrap())).collect();
        Self { names, labels, codes, ages }
    }

    pub(crate) fn questions(&self) -> Vec<Question<'_>> {
        self.codes.iter().zip(&self.labels).map(|(codes, labels)| Question::new(codes, u16::try_from(labels.len()).unwrap())).collect()
    }

    /// Principal coordinates of the persons.
    pub(crate) fn coordinates(&self, axes: usize) -> Matrix {
        let persons = self.ages.len();
        let mut first = vec![0];
        for labels in &self.labels[..ACTIVE.len()] {
            first.push(first.last().unwrap() + labels.len());
        }
        let modalities = *first.last().unwrap();
        let chosen = |person: usize| {
            (0..ACTIVE.len()).map(|question| first[question] + usize::from(self.codes[question][person])).collect::<Vec<_>>()
        };
        let mut burt = Matrix::zeros(modalities, modalities);
        for person in 0..persons {
            for a in chosen(person) {
                for b in chosen(person) {
                    burt[(a, b)] += 1.0;
                }
            }
        }
        let (n, q) = (persons as f64, ACTIVE.len() as f64);
        let mass: Vec<f64> = (0..modalities).map(|j| burt[(j, j)] / (n * q)).collect();
        let mut centered = Matrix::zeros(modalities, modalities);
        for a in 0..modalities {
            for b in 0..modalities {
                centered[(a, b)] = burt[(a, b)] / (n * q * q * (mass[a] * mass[b]).sqrt()) - (mass[a] * mass[b]).sqrt();
            }
        }
        let (values, vectors) = jacobi(centered);
        let mut order: Vec<usize> = (0..modalities).collect();
        order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
        let mut points = Matrix::zeros(persons, axes);
        for person in 0..persons {
            for axis in 0..axes {
                points[(person, axis)] = chosen(person).iter().map(|j| vectors[(*j, order[axis])] / mass[*j].sqrt()).sum::<f64>() / q;
            }
        }
        points
    }
}

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix: rotations until what is beside the diagonal is gone.
fn jacobi(mut a: Matrix) -> (Vec<f64>, Matrix) {
    let n = a.rows();
    let mut vectors = Matrix::zeros(n, n);
    (0..n).for_each(|i| vectors[(i, i)] = 1.0);
    for _ in 0..30 {
        for p in 0..n {
            for q in p + 1..n {
                if a[(p, q)].abs() < 1e-300 {
                    continue;
                }
                let theta = (a[(q, q)] - a[(p, p)]) / (2.0 * a[(p, q)]);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let c = 1.0 / t.hypot(1.0);
                let s = t * c;
                for k in 0..n {
                    let (x, y) = (a[(k, p)], a[(k, q)]);
                    (a[(k, p)], a[(k, q)]) = (c * x - s * y, s * x + c * y);
                }
                for k in 0..n {
                    let (x, y) = (a[(p, k)], a[(q, k)]);
                    (a[(p, k)], a[(q, k)]) = (c * x - s * y, s * x + c * y);
                    let (x, y) = (vectors[(k, p)], vectors[(k, q)]);
                    (vectors[(k, p)], vectors[(k, q)]) = (c * x - s * y, s * x + c * y);
                }
            }
        }
    }
    ((0..n).map(|i| a[(i, i)]).collect(), vectors)
}
