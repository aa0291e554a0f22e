//! What derived measures say besides their maps: numbers about the whole territory, what is to come, the further numbers.

use crate::catalog::Catalog;
use crate::measure::Unit;
use crate::period::Period;
use crate::protect::{Protected, ProtectedMeasure};
use crate::publish::Release;
use crate::publish::figures::{Figures, detail_number, six_digits};
use crate::publish::geopackage::{Column, Field, Kind, Row, Table, best_layer, common_lines, is_outlook, marked};
use crate::territory::{Territory, ZoneIdx};

/// The tables that have rows.
pub(crate) fn tables(shown: &Protected, territory: &Territory, catalog: &Catalog, release: &Release) -> Vec<Table> {
    let made = Made { shown, territory, catalog, release };
    [made.statistics(), made.outlook()].into_iter().filter(|table| !table.rows.is_empty()).collect()
}

struct Made<'a> {
    shown: &'a Protected,
    territory: &'a Territory,
    catalog: &'a Catalog,
    release: &'a Release,
}

impl Made<'_> {
    fn table(&self, name: &str, words: [&str; 2], columns: &[(&str, Kind)], rows: Vec<Vec<Field>>) -> Table {
        let texts = &self.release.texts;
        let mut lines = vec![texts.get(words[1]).to_owned()];
        lines.extend(common_lines(self.territory, self.release));
        Table {
            name: name.to_owned(),
            title: marked(texts.get(words[0]), self.territory, self.release),
            abstract_lines: lines,
            spatial: false,
            picture: None,
            columns: columns.iter().map(|(name, kind)| Column::plain(name, *kind, texts)).collect(),
            rows: rows.into_iter().map(|fields| Row { zone: None, path: Vec::new(), fields }).collect(),
        }
    }

    /// The title of a measure's map.
    fn title(&self, measure: &ProtectedMeasure) -> Field {
        let layer = best_layer(measure.id().as_str(), &self.catalog.layers);
        Field::Text(layer.map_or(measure.id().as_str(), |layer| layer.title.get(self.release.texts.language())).to_owned())
    }

    fn statistics(&self) -> Table {
        let texts = &self.release.texts;
        let number = |value: Option<f64>| value.filter(|v| v.is_finite()).map_or(Field::Null, |value| Field::Real(six_digits(value)));
        let mut rows = Vec::new();
        for measure in self.shown.measures() {
            for statistic in measure.statistics() {
                let period = statistic.period.map_or(Field::Null, |period| Field::Text(period.to_string()));
                let about = if statistic.about.is_empty() { Field::Null } else { Field::Text(statistic.about.clone()) };
                #[expect(clippy::cast_precision_loss, reason = "a number of quartiers")]
                let zones = statistic.zones.map(|zones| zones as f64);
                let mut row = vec![Field::Text(measure.id().to_string()), self.title(measure), period];
                row.extend([
                    Field::Text(statistic.name.to_owned()),
                    Field::Text(texts.get(&format!("statistic.{}", statistic.name)).to_owned()),
                ]);
                row.push(about);
                row.extend(
                    [Some(statistic.value), statistic.low, statistic.high, statistic.expected, statistic.z, statistic.p, zones].map(number),
                );
                rows.push(row);
            }
        }
        let columns = [
            ("measure", Kind::Text),
            ("measure_title", Kind::Text),
            ("period", Kind::Text),
            ("statistic", Kind::Text),
            ("statistic_title", Kind::Text),
            ("about", Kind::Text),
            ("number", Kind::Real),
            ("low", Kind::Real),
            ("high", Kind::Real),
            ("expected", Kind::Real),
            ("z", Kind::Real),
            ("p_value", Kind::Real),
            ("zones", Kind::Real),
        ];
        self.table("statistics", ["table.statistics", "table.statistics_note"], &columns, rows)
    }

    /// Forecasts, quartier by quartier and for the territory, with their fans.
    fn outlook(&self) -> Table {
        let real = |value: Option<f64>| value.map_or(Field::Null, Field::Real);
        let mut details: Vec<&str> = Vec::new();
        let measures: Vec<&ProtectedMeasure> =
            self.shown.measures().iter().filter(|m| m.unit() != Unit::Group && is_outlook(self.shown, m)).collect();
        for detail in measures.iter().flat_map(|measure| measure.details()) {
            if !details.contains(&detail.name) {
                details.push(detail.name);
            }
        }
        let mut rows = Vec::new();
        for measure in measures {
            let zones = self.territory.quartiers.iter().map(|(zone, of)| (Some(zone), of.code.0.as_str(), of.name.as_str()));
            let all: (Option<ZoneIdx>, &str, &str) = (None, self.territory.id.0.as_str(), self.territory.name.as_str());
            for (zone, code, name) in zones.chain([all]) {
                for (at, period) in measure.periods().iter().enumerate() {
                    let figures = Figures::of(measure, crate::catalog::Shows::Value, at, zone);
                    let end = match period {
                        Period::Quarter(quarter) => Field::Date(quarter.end()),
                        Period::Span(_, last) => Field::Date(*last),
                    };
                    let mut row = vec![Field::Text(code.to_owned()), Field::Text(name.to_owned())];
                    row.extend([Field::Text(measure.id().to_string()), self.title(measure), Field::Text(period.to_string()), end]);
                    row.extend([figures.value, figures.low, figures.high].map(real));
                    row.push(Field::Text(figures.status.to_owned()));
                    for name in &details {
                        let detail = measure.details().iter().find(|detail| detail.name == *name);
                        row.push(real(detail.and_then(|detail| detail_number(detail, at, zone))));
                    }
                    rows.push(row);
                }
            }
        }
        let mut columns = vec![
            ("zone_code", Kind::Text),
            ("zone_name", Kind::Text),
            ("measure", Kind::Text),
            ("measure_title", Kind::Text),
            ("period", Kind::Text),
            ("period_end", Kind::Date),
            ("forecast", Kind::Real),
            ("low", Kind::Real),
            ("high", Kind::Real),
            ("status", Kind::Text),
        ];
        columns.extend(details.iter().map(|name| (*name, Kind::Real)));
        self.table("forecasts", ["table.forecasts", "table.forecasts_note"], &columns, rows)
    }
}

/// The header of the table of further numbers.
pub(crate) const DETAILS: [&str; 6] = ["zone_code", "zone_name", "measure", "period", "name", "number"];

/// The further numbers of derived measures in all periods: a row a number.
pub(crate) fn details(shown: &Protected, territory: &Territory) -> Vec<[String; 6]> {
    let mut rows = Vec::new();
    for measure in shown.measures() {
        for (at, period) in measure.periods().iter().enumerate() {
            let zones = territory.quartiers.iter().map(|(zone, of)| (Some(zone), of.code.0.as_str(), of.name.as_str()));
            for (zone, code, name) in zones.chain([(None, territory.id.0.as_str(), territory.name.as_str())]) {
                for detail in measure.details() {
                    if let Some(number) = detail_number(detail, at, zone) {
                        let id = measure.id().to_string();
                        rows.push([code.to_owned(), name.to_owned(), id, period.to_string(), detail.name.to_owned(), number.to_string()]);
                    }
                }
            }
        }
    }
    rows
}
