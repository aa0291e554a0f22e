//! `optima check`: everything a build would stumble over, in one go; writes nothing.

use std::path::PathBuf;

use optima::error::Result;
use optima::locate::Tally;
use optima::pipeline::{CheckReport, Ground, check};
use optima::publish::legend::format_number;
use optima::read::{GuideFacts, ResponseReport, SourceReport};

use super::say::Voice;

/// At most this many rows are listed on a terminal; JSON and the private list have them all.
const SHOWN_ROWS: usize = 50;

/// And so many questions and groups.
const SHOWN_QUESTIONS: usize = 20;
const SHOWN_GROUPS: usize = 30;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The observatory's file.
    #[arg(default_value = "observatory.toml")]
    file: PathBuf,
    /// Mend invalid and overlapping outlines; each repair is listed.
    #[arg(long)]
    repair: bool,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let ground = Ground::load(&args.file, voice.asked(), args.repair)?;
    voice.adopt(&ground.catalog);
    let report = check(&ground)?;
    if voice.is_json() {
        voice.json(&report)?;
    } else {
        tell(&ground, &report, voice);
    }
    Ok(report.exit_code)
}

fn tell(ground: &Ground, report: &CheckReport, voice: &mut Voice) {
    let territory = &ground.territory;
    let (sectors, quartiers) = (territory.sectors.count().to_string(), territory.quartiers.count().to_string());
    voice.text(
        "check.territory",
        &[("name", &territory.name), ("sectors", &sectors), ("quartiers", &quartiers), ("crs", &territory.crs.to_string())],
    );
    outlines(ground, voice);
    for source in &report.sources {
        tell_source(source, voice);
        if let Some(tally) = report.located.iter().find(|tally| tally.source == source.source) {
            tell_tally(tally, voice);
        }
        // Sheets of services are filled in by their own people: who answered less is no question there.
        if let Some(response) = source.response.as_ref().filter(|_| source.source == "interviews") {
            tell_response(response, voice);
        }
    }
    if !report.issues.is_empty() {
        voice.text("check.set_aside", &[("n", &report.issues.len().to_string())]);
        for issue in report.issues.iter().take(SHOWN_ROWS) {
            let line = format!("  {}:{}: {}: {}", issue.file.display(), issue.row, issue.column, voice.texts().translate(&issue.reason));
            voice.line(line);
        }
        if report.issues.len() > SHOWN_ROWS {
            voice.text("check.more_rows", &[("n", &(report.issues.len() - SHOWN_ROWS).to_string())]);
        }
    }
    voice.text("check.layers", &[("n", &report.layers.len().to_string()), ("names", &report.layers.join(", "))]);
    if !report.layers_left_out.is_empty() {
        voice.text("check.left_out", &[("names", &report.layers_left_out.join(", "))]);
    }
    warn(&report.warnings, voice);
    for problem in &report.problems {
        let problem = voice.texts().translate_lines(problem);
        voice.text("check.problem", &[("problem", &problem)]);
    }
    voice.text(if report.ok { "check.ok" } else { "check.not_ok" }, &[]);
}

pub(super) fn warn(warnings: &[String], voice: &mut Voice) {
    for warning in warnings {
        let warning = voice.texts().translate(warning);
        voice.text("check.warning", &[("warning", &warning)]);
    }
}

pub(super) fn outlines(ground: &Ground, voice: &mut Voice) {
    if ground.territory.outlines == optima::territory::Outlines::Schematic {
        voice.text("check.schematic", &[]);
    }
    let report = &ground.report;
    let way = &report.transformation;
    if way.from != way.to {
        let accuracy = way.accuracy.map_or_else(|| "?".to_owned(), |meters| meters.to_string());
        let [from, to] = [way.from, way.to].map(|crs| crs.to_string());
        voice.text("check.transformed", &[("from", &from), ("to", &to), ("operation", &way.operation), ("accuracy", &accuracy)]);
    }
    let lines = report
        .findings
        .iter()
        .map(ToString::to_string)
        .chain(report.repairs.iter().map(ToString::to_string))
        .chain(report.notes.iter().cloned());
    for line in lines.collect::<Vec<_>>() {
        let line = voice.texts().translate_lines(&line);
        voice.line(format!("  {line}"));
    }
}

fn tell_source(source: &SourceReport, voice: &mut Voice) {
    let numbers = [source.read, source.used, source.set_aside].map(|n| n.to_string());
    voice.text("check.source", &[("source", &source.source), ("read", &numbers[0]), ("used", &numbers[1]), ("set_aside", &numbers[2])]);
    if let Some(guide) = &source.guide {
        tell_guide(guide, voice);
    }
    for (file, facts) in &source.files {
        let marks = |mark: Option<char>| mark.map(|c| format!("\"{c}\"")).unwrap_or_default();
        let mut said = vec![facts.format.clone()];
        said.extend(facts.encoding.clone());
        for (key, mark) in [("check.delimiter", marks(facts.delimiter)), ("check.decimal", marks(facts.decimal))] {
            if !mark.is_empty() {
                said.push(format!("{} {mark}", voice.texts().get(key)));
            }
        }
        said.extend(facts.crs.map(|crs| format!("EPSG:{crs}")));
        said.extend(facts.notes.iter().map(|note| voice.texts().translate(note)));
        voice.line(format!("  {}: {}", file.display(), said.join(", ")));
    }
}

fn tell_guide(guide: &GuideFacts, voice: &mut Voice) {
    let [themes, questions] = [guide.themes, guide.questions].map(|n| n.to_string());
    let name = guide.version.clone().unwrap_or_else(|| guide.file.display().to_string());
    voice.text("check.guide", &[("name", &name), ("themes", &themes), ("questions", &questions)]);
    let lists = [("check.absent", &guide.absent), ("check.not_understood", &guide.not_understood)];
    for (key, questions) in lists.into_iter().filter(|(_, questions)| !questions.is_empty()) {
        let more = if questions.len() > SHOWN_QUESTIONS { ", …" } else { "" };
        let names = questions.iter().take(SHOWN_QUESTIONS).map(String::as_str).collect::<Vec<_>>().join(", ");
        voice.text(key, &[("n", &questions.len().to_string()), ("names", &format!("{names}{more}"))]);
    }
    let kept: u64 = guide.answered_though_not_asked.values().sum();
    if kept > 0 {
        let names: Vec<String> = guide.answered_though_not_asked.iter().map(|(question, n)| format!("{question} ({n})")).collect();
        voice.text("check.though_not_asked", &[("n", &kept.to_string()), ("names", &names.join(", "))]);
    }
}

/// A table: how the questions were answered, by partner and campaign.
fn tell_response(response: &ResponseReport, voice: &mut Voice) {
    let language = voice.texts().language();
    let unnamed = voice.texts().get("check.unnamed").to_owned();
    let heads = ["check.partner", "check.campaign", "check.interviews", "check.non_response", "check.refused", "check.not_asked"];
    let heads = heads.map(|key| voice.texts().get(key).to_owned());
    let mut rows = vec![heads];
    for group in response.groups.iter().take(SHOWN_GROUPS) {
        let share = group.non_response().map_or_else(|| "-".to_owned(), |share| format!("{} %", format_number(share * 100.0, 1, language)));
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| unnamed.clone());
        let counts = [group.interviews, group.refused, group.not_asked].map(|n| n.to_string());
        let [interviews, refused, not_asked] = counts;
        rows.push([name(&group.partner), name(&group.campaign), interviews, share, refused, not_asked]);
    }
    let widths: Vec<usize> = (0..6).map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0)).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
            let blanks = " ".repeat(width - cell.chars().count());
            if at < 2 { format!("{cell}{blanks}") } else { format!("{blanks}{cell}") }
        });
        voice.line(format!("    {}", cells.collect::<Vec<_>>().join("  ").trim_end()));
    }
    if response.groups.len() > SHOWN_GROUPS {
        voice.text("check.more_groups", &[("n", &(response.groups.len() - SHOWN_GROUPS).to_string())]);
    }
}

fn tell_tally(tally: &Tally, voice: &mut Voice) {
    let text = |n: u64| n.to_string();
    voice.text(
        "check.located",
        &[
            ("within", &text(tally.within)),
            ("code", &text(tally.by_code)),
            ("point", &text(tally.by_point)),
            ("address", &text(tally.by_address)),
            ("name", &text(tally.by_name)),
            ("outside", &text(tally.outside)),
            ("missing", &text(tally.missing)),
        ],
    );
    if !tally.unknown_codes.is_empty() {
        let codes: Vec<String> =
            tally.unknown_codes.iter().take(10).map(|(code, n)| format!("{} ({n})", voice.texts().translate(code))).collect();
        let more = if tally.unknown_codes.len() > 10 { ", …" } else { "" };
        voice.text("check.unknown_codes", &[("codes", &format!("{}{more}", codes.join(", ")))]);
    }
    if !tally.unnamed_sectors.is_empty() {
        let sector = |(code, quarters): (&String, &Vec<String>)| {
            if quarters.is_empty() { code.clone() } else { format!("{code} ({})", quarters.join(", ")) }
        };
        let sectors: Vec<String> = tally.unnamed_sectors.iter().take(10).map(sector).collect();
        let more = if tally.unnamed_sectors.len() > 10 { ", …" } else { "" };
        voice.text("check.unnamed_sectors", &[("codes", &format!("{}{more}", sectors.join(", ")))]);
    }
    if let Some(far) = &tally.far_away {
        let [because, help] = [&far.because, &far.help].map(|message| voice.texts().translate(message));
        voice.text("check.far_away", &[("n", &text(far.points)), ("because", &because), ("help", &help)]);
    }
    for (key, n) in [
        ("check.disagree", tally.code_and_point_disagree),
        ("check.ambiguous_names", tally.ambiguous_names),
        ("check.unknown_names", tally.unknown_names),
        ("check.unknown_streets", tally.unknown_streets),
        ("check.ambiguous_streets", tally.ambiguous_streets),
    ] {
        if n > 0 {
            voice.text(key, &[("n", &text(n))]);
        }
    }
    for (streets, n) in tally.near_streets.iter().take(10) {
        voice.text("check.near", &[("n", &text(*n)), ("streets", &streets.join(", "))]);
    }
}
