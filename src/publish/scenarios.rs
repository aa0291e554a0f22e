//! Declared paths between two values, year by year: scenarios, and never forecasts.

use crate::error::{Error, Result};
use crate::observatory::ScenarioSpec;
use crate::publish::Release;
use crate::publish::classify::round_to;
use crate::publish::geopackage::{Column, Field, Kind, Row, Table};
use crate::stats::scenario::{Declared, Scenario, ScenarioPath, scenario};

/// The paths of one declared scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenarios {
    spec: ScenarioSpec,
    paths: Vec<Scenario>,
}

impl Scenarios {
    /// The linear, the geometric and the logit-linear path of each scenario.
    ///
    /// # Errors
    /// A scenario that has no such path: one that ends before it begins, or a percentage outside 0 to 100.
    pub fn of(declared: &[ScenarioSpec]) -> Result<Vec<Self>> {
        let paths = [ScenarioPath::Linear, ScenarioPath::Geometric, ScenarioPath::LogitLinear];
        let one = |spec: &ScenarioSpec| {
            let end = |end: &crate::observatory::ScenarioEnd| Declared { year: end.year, value: end.percent };
            let made = paths.map(|path| scenario(path, end(&spec.from), end(&spec.to), 100.0));
            let paths: std::result::Result<Vec<Scenario>, _> = made.into_iter().collect();
            let wrong = |refusal: crate::stats::refusal::Refusal| {
                Error::config(refusal.reason).help(refusal.remedy).in_column(format!("scenarios.{}", spec.id))
            };
            Ok(Self { spec: spec.clone(), paths: paths.map_err(wrong)? })
        };
        declared.iter().map(one).collect()
    }
}

/// The table of all paths; `None` where no scenario is declared.
pub(crate) fn table(release: &Release) -> Option<Table> {
    let texts = &release.texts;
    let language = texts.language();
    let mut rows = Vec::new();
    for declared in &release.scenarios {
        for path in &declared.paths {
            let words = texts.get(&format!("scenario.{}", name_of(path.path))).to_owned();
            let told = texts.fill("scenario.title", &[("title", declared.spec.title.get(language)), ("path", &words)]);
            let share = if path.path == ScenarioPath::Geometric { 100.0 } else { 1.0 };
            for point in &path.values {
                let fields = vec![
                    Field::Text(declared.spec.id.clone()),
                    Field::Text(told.clone()),
                    Field::Text(name_of(path.path).to_owned()),
                    Field::Real(f64::from(point.year)),
                    Field::Real(round_to(point.value, 10)),
                    Field::Real(round_to(share * path.step, 10)),
                    Field::Text(declared.spec.source.get(language).to_owned()),
                ];
                rows.push(Row { zone: None, path: Vec::new(), fields });
            }
        }
    }
    let columns = [
        ("scenario", Kind::Text),
        ("scenario_title", Kind::Text),
        ("path", Kind::Text),
        ("year", Kind::Real),
        ("percent", Kind::Real),
        ("step", Kind::Real),
        ("scenario_source", Kind::Text),
    ];
    (!rows.is_empty()).then(|| Table {
        name: "scenarios".to_owned(),
        title: texts.get("table.scenarios").to_owned(),
        abstract_lines: vec![texts.get("table.scenarios_note").to_owned()],
        spatial: false,
        picture: None,
        columns: columns.iter().map(|(name, kind)| Column::plain(name, *kind, texts)).collect(),
        rows,
    })
}

fn name_of(path: ScenarioPath) -> &'static str {
    match path {
        ScenarioPath::Linear => "linear",
        ScenarioPath::Geometric => "geometric",
        ScenarioPath::LogitLinear => "logit",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Localized;

    #[test]
    fn the_projection_of_2001_is_three_named_paths_between_two_declared_values() {
        let end = |year, percent| crate::observatory::ScenarioEnd { year, percent };
        let text = Localized::default();
        let spec = ScenarioSpec { id: "jobs".to_owned(), title: text.clone(), from: end(2001, 22.0), to: end(2009, 26.0), source: text };
        let mut release = crate::publish::town::release();
        assert!(table(&release).is_none());
        release.scenarios = Scenarios::of(std::slice::from_ref(&spec)).unwrap();
        let rows = table(&release).unwrap().rows;
        assert_eq!(rows.len(), 27);
        let number = |path: &str, year: f64| {
            let row = rows.iter().find(|row| row.fields[2] == Field::Text(path.to_owned()) && row.fields[3] == Field::Real(year)).unwrap();
            let Field::Real(number) = row.fields[4] else { panic!("no number") };
            number
        };
        assert_eq!((number("linear", 2005.0), number("linear", 2001.0), number("geometric", 2009.0)), (24.0, 22.0, 26.0));
        // The three differ in mid-path, which is why the path is named.
        assert!((number("geometric", 2005.0) - 23.916_521_486_2).abs() < 1e-9);
        assert!(number("linear", 2005.0) - number("geometric", 2005.0) > 0.08);
        let wrong = Scenarios::of(&[ScenarioSpec { to: end(1999, 26.0), ..spec }]).unwrap_err().to_string();
        assert!(wrong.contains("scenarios.jobs"), "{wrong}");
    }
}
