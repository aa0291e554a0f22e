//! The report for the person who signs a release: the rules, what is hidden and why, what the audit tried, what was lost.
//!
//! Private: which cell was hidden for its own sake, and which to protect another, says something of both.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Ground;
use crate::audit::{Audit, Check};
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::protect::{HiddenCells, Protected, ProtectedCell, ProtectedMeasure};
use crate::staging::write_private;
use crate::texts::Texts;

/// The report, one page of HTML without scripts, and the list of hidden cells with their reasons.
const REPORT: &str = "disclosure_report.html";
const CELLS: &str = "hidden_cells.csv";

/// Writes report and list into the private folder; gives the report's path.
///
/// # Errors
/// A folder that cannot be written.
pub(super) fn write(ground: &Ground, catalog: &Catalog, shown: &Protected, audit: &Audit, ledger: bool, private: &Path) -> Result<PathBuf> {
    let cells = hidden_cells(ground, shown)?;
    let page = page(ground, catalog, shown, audit, ledger);
    for (name, text) in [(CELLS, cells), (REPORT, page)] {
        write_private(private, name, Some(&|mut file, path| file.write_all(text.as_bytes()).map_err(|e| Error::writing(path, &e))))?;
    }
    Ok(private.join(REPORT))
}

/// One row a hidden cell: A frequency, B dominance, D to protect another.
fn hidden_cells(ground: &Ground, shown: &Protected) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| Error::output(e.to_string()).in_file(CELLS);
    writer.write_record(["measure", "period", "zone_code", "status"]).map_err(failed)?;
    for measure in shown.measures().iter().filter(|measure| !measure.is_derived()) {
        for (at, period) in measure.periods().iter().enumerate() {
            let zones = ground.territory.quartiers.iter().map(|(zone, named)| (named.code.0.as_str(), measure.cell(at, zone)));
            for (code, cell) in zones.chain([(ground.territory.id.0.as_str(), measure.total(at))]) {
                if let ProtectedCell::Suppressed(reason) = cell {
                    let row = [measure.id().to_string(), period.to_string(), code.to_owned(), reason.code().to_string()];
                    writer.write_record(row).map_err(failed)?;
                }
            }
        }
    }
    let bytes = writer.into_inner().map_err(|e| Error::output(e.error().to_string()).in_file(CELLS))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}

/// A table as HTML; the first row is its header.
fn table(rows: &[Vec<String>]) -> String {
    let mut html = String::from("<table>\n");
    for (at, row) in rows.iter().enumerate() {
        let tag = if at == 0 { "th" } else { "td" };
        let cells: String = row.iter().fold(String::new(), |mut cells, cell| {
            let _ = write!(cells, "<{tag}>{}</{tag}>", escaped(cell));
            cells
        });
        let _ = writeln!(html, "<tr>{cells}</tr>");
    }
    html.push_str("</table>\n");
    html
}

#[expect(clippy::cast_precision_loss, reason = "counts of cells and persons")]
fn percent(part: u64, whole: u64, texts: &Texts) -> String {
    let share = if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 };
    let text = format!("{share:.1}");
    let text = if texts.language().code() == "fr" { text.replace('.', ",") } else { text };
    format!("{text} %")
}

fn page(ground: &Ground, catalog: &Catalog, shown: &Protected, audit: &Audit, ledger: bool) -> String {
    let texts = &ground.catalog.texts;
    let say = |key: &str| escaped(texts.get(&format!("signature.{key}")));
    let title = ground.observatory.title.get(texts.language());
    let mut body = format!("<h1>{}</h1>\n<p>{}, {}</p>\n", say("title"), escaped(title), ground.observatory.date);
    let _ = writeln!(body, "<p class=\"private\">{}</p>", say("private"));
    let _ = writeln!(body, "<h2>{}</h2>\n{}", say("rules"), table(&rules(ground, texts)));
    let _ = writeln!(body, "<h2>{}</h2>\n<p>{}</p>\n{}", say("hidden"), say("hidden_note"), table(&layers(catalog, shown, texts)));
    let _ = writeln!(body, "<h2>{}</h2>\n{}", say("tried"), table(&tried(audit, texts)));
    let against = if ledger { "with_ledger" } else { "without_ledger" };
    let before = audit.releases.len().saturating_sub(1).to_string();
    let _ = writeln!(body, "<p>{}</p>", escaped(&texts.fill(&format!("signature.{against}"), &[("count", &before)])));
    if audit.findings.is_empty() {
        let _ = writeln!(body, "<p><strong>{}</strong></p>", say("nothing_found"));
    } else {
        let _ = writeln!(body, "<h2>{}</h2>\n<ul>", say("found"));
        for finding in &audit.findings {
            let _ = writeln!(body, "<li>{}</li>", escaped(&finding.line(texts)));
        }
        body.push_str("</ul>\n");
    }
    let _ = writeln!(body, "<h2>{}</h2>\n{}", say("lost"), table(&lost(shown, texts)));
    let _ = writeln!(body, "<p class=\"sign\">{}</p>", say("sign"));
    let style = "body{font:11pt/1.45 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1a1a1a;background:#fff}\
        table{border-collapse:collapse;margin:.6em 0}th,td{border:1px solid #999;padding:.2em .6em;text-align:left;vertical-align:top}\
        th{background:#eee}.private{border:2px solid #a00;padding:.4em .8em}.sign{margin-top:4em}@media print{body{margin:0}}";
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        texts.language().code(),
        say("title")
    )
}

fn head(keys: &[&str], texts: &Texts) -> Vec<String> {
    keys.iter().map(|key| texts.get(&format!("signature.{key}")).to_owned()).collect()
}

/// The policy as its file has it.
fn rules(ground: &Ground, texts: &Texts) -> Vec<Vec<String>> {
    let mut rows =
        vec![head(&["rule", "setting"], texts), vec![texts.get("signature.policy").to_owned(), ground.observatory.disclosure.clone()]];
    if let Ok(rules) = ground.rules()
        && let Ok(serde_json::Value::Object(settings)) = serde_json::to_value(rules)
    {
        for (rule, setting) in settings.iter().filter(|(_, setting)| !setting.is_null()) {
            let setting = setting.as_str().map_or_else(|| setting.to_string(), ToOwned::to_owned);
            rows.push(vec![texts.get(&format!("rule.{rule}")).to_owned(), setting]);
        }
    }
    rows
}

fn counts<'a>(shown: &'a Protected, measure: &ProtectedMeasure) -> Option<&'a HiddenCells> {
    shown.report().iter().find(|counts| counts.measure == *measure.id())
}

/// One row a layer: its cells, those hidden, and why.
fn layers(catalog: &Catalog, shown: &Protected, texts: &Texts) -> Vec<Vec<String>> {
    let mut rows = vec![head(&["layer", "cells", "cells_hidden", "share", "frequency", "dominance", "complementary"], texts)];
    for layer in &catalog.layers {
        let Some(measure) = shown.measures().iter().find(|measure| measure.id().as_str() == layer.measure.id) else { continue };
        let title = layer.title.get(texts.language()).to_owned();
        if let Some(counts) = counts(shown, measure) {
            let (cells, hidden) = (counts.cells as u64, counts.hidden() as u64);
            let numbers = [counts.frequency, counts.dominance, counts.complementary].map(|n| n.to_string());
            let first = vec![title, cells.to_string(), hidden.to_string(), percent(hidden, cells, texts)];
            rows.push(first.into_iter().chain(numbers).collect());
        } else {
            let of: Vec<String> = measure.made_of().iter().map(ToString::to_string).collect();
            let follows = texts.fill("signature.follows", &[("measures", &of.join(", "))]);
            rows.push(vec![title, follows, String::new(), String::new(), String::new(), String::new(), String::new()]);
        }
    }
    rows
}

fn tried(audit: &Audit, texts: &Texts) -> Vec<Vec<String>> {
    let mut rows = vec![head(&["check", "what", "findings"], texts)];
    for check in Check::ALL {
        let found = audit.findings.iter().filter(|finding| finding.check == check).count();
        rows.push(vec![check.to_string(), texts.get(&format!("check_name.{check}")).to_owned(), found.to_string()]);
    }
    for (key, tried) in [("audit.counts", &audit.counts), ("audit.frequencies", &audit.frequencies)] {
        let numbers = [tried.hidden, tried.statements, tried.lone, tried.unsettled, tried.contradicted].map(|n| n.to_string());
        let names = ["hidden", "statements", "lone", "unsettled", "contradicted"];
        let values: Vec<(&str, &str)> = names.into_iter().zip(numbers.iter().map(String::as_str)).collect();
        rows.push(vec![String::new(), texts.fill(key, &values), String::new()]);
    }
    rows
}

/// What hiding cost: cells and persons, all measures together.
fn lost(shown: &Protected, texts: &Texts) -> Vec<Vec<String>> {
    let sum = |of: fn(&HiddenCells) -> u64| shown.report().iter().map(of).sum::<u64>();
    let (cells, hidden) = (sum(|c| c.cells as u64), sum(|c| c.hidden() as u64));
    let (persons, persons_hidden) = (sum(|c| c.persons), sum(|c| c.persons_hidden));
    let (tables, tables_hidden) = shown.studies().bilans().hidden();
    let row = |key: &str, hidden: u64, of: u64| {
        vec![texts.get(&format!("signature.{key}")).to_owned(), hidden.to_string(), of.to_string(), percent(hidden, of, texts)]
    };
    vec![
        head(&["loss", "hidden_of", "of", "share"], texts),
        row("lost_cells", hidden, cells),
        row("lost_persons", persons_hidden, persons),
        row("lost_tables", tables_hidden as u64, tables as u64),
    ]
}
