//! Legends: no class may reach beyond the values that are shown, or it tells of a hidden one (S2).

use std::collections::BTreeMap;
use std::io::Read;

use super::cells::Cells;
use super::finding::{Check, Finding};
use super::release::Release;

/// The smallest and the largest shown value of each measure, all periods together.
fn reaches(cells: &Cells) -> Reaches {
    let mut reaches = Reaches::new();
    for ((measure, ..), cell) in cells.iter().filter(|(_, cell)| cell.shown()) {
        for figure in ["value", "numerator"] {
            if let Some(value) = cell.figure(figure) {
                let reach = reaches.entry((*measure, figure)).or_insert((value, value));
                *reach = (reach.0.min(value), reach.1.max(value));
            }
        }
    }
    reaches
}

type Reaches = BTreeMap<(usize, &'static str), (f64, f64)>;

/// Checks the styles in GeoPackages and projects.
pub(super) fn check(release: &Release, cells: &Cells) -> Vec<Finding> {
    let reaches = reaches(cells);
    let mut findings = Vec::new();
    for table in release.tables.iter().filter(|table| table.name == "layer_styles") {
        let (Some(layer), Some(style)) = (table.column("f_table_name"), table.column("styleQML")) else { continue };
        for row in &table.rows {
            findings.extend(beyond(release, &reaches, &table.file, &row[layer].text(), &row[style].text()));
        }
    }
    for (name, path) in release.files.iter().filter(|(_, path)| path.extension().is_some_and(|end| end == "qgz")) {
        let Some(project) = project(path) else { continue };
        for layer in project.split("<maplayer").skip(1) {
            let Some(table) = layer.split("layername=").nth(1).map(|rest| rest.split(['<', '&', '|', '"']).next().unwrap_or_default())
            else {
                continue;
            };
            findings.extend(beyond(release, &reaches, name, table, layer));
        }
    }
    findings
}

fn project(path: &std::path::Path) -> Option<String> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).ok()?).ok()?;
    for at in 0..archive.len() {
        let file = archive.by_index(at).ok()?;
        if file.name().is_ok_and(|name| std::path::Path::new(name.as_ref()).extension().is_some_and(|end| end == "qgs")) {
            let mut text = String::new();
            file.take(1 << 30).read_to_string(&mut text).ok()?;
            return Some(text);
        }
    }
    None
}

/// A style whose classes, cut from the data, reach beyond what is shown.
fn beyond(release: &Release, reaches: &Reaches, file: &str, layer: &str, style: &str) -> Option<Finding> {
    let measure = release.measure_of_layer(layer)?;
    if !release.cut_from_data(layer) {
        return None;
    }
    let figure = if release.shows_counts(layer) { "numerator" } else { "value" };
    let (low, high) = *reaches.get(&(measure, figure))?;
    let slack = 1e-6 * high.abs().max(low.abs()).max(1.0);
    breaks(style).into_iter().find(|at| *at < low - slack || *at > high + slack)?;
    Some(Finding::new(Check::S2, file, layer, "legend_beyond"))
}

/// The numbers that the value is compared with in the rules of a style.
fn breaks(style: &str) -> Vec<f64> {
    let plain = style.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    let number = |text: &str| {
        let text = text.trim_start_matches(['<', '>', '=', ' ']);
        text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | 'e'))).next().and_then(|n| n.parse().ok())
    };
    plain
        .split("\"value\"")
        .skip(1)
        .map(str::trim_start)
        .filter(|rest| rest.starts_with(['<', '>']) && !rest.starts_with("<>"))
        .filter_map(number)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::breaks;

    #[test]
    fn the_breaks_of_a_rule_are_read_escaped_or_not() {
        let rule = "filter=\"&quot;status&quot; IN (&apos;V&apos;) AND &quot;value&quot; &lt;&gt; 0 AND &quot;value&quot; &gt;= 13.3 AND &quot;value&quot; &lt; 17.94\"";
        assert_eq!(breaks(rule), [13.3, 17.94]);
    }
}
