//! `optima analyze`: a table to its factor analysis, file to file.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use optima::analyze::{AnalyzeReport, AnalyzeRequest, GroupsReport, GroupsRequest, Method, Missing, analyze};
use optima::error::Result;

use super::say::Voice;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The table: CSV, XLSX, Parquet and what else a source may be; a row a person, a column a question.
    table: PathBuf,
    /// The folder to write; only its user can read it.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace an analysis that is there, once the new one is complete.
    #[arg(long)]
    force: bool,
    /// The questions that make the axes; all columns without another part where absent.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    active: Vec<String>,
    /// Questions that are placed on the axes.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    supplementary: Vec<String>,
    /// Numbers that are correlated with the axes.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', conflicts_with = "ca")]
    numeric: Vec<String>,
    /// Columns without a part, such as a key.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    exclude: Vec<String>,
    /// The column with the weights of persons.
    #[arg(long, value_name = "COLUMN", conflicts_with = "ca")]
    weight: Option<String>,
    /// What an empty cell is.
    #[arg(long, value_name = "KIND", default_value = "modality", conflicts_with = "ca")]
    missing: MissingKind,
    /// The number of axes with coordinates.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    axes: u16,
    /// Group the persons on these axes: so many groups, or auto for the largest relative loss of inertia.
    #[arg(long, value_name = "K|auto", conflicts_with = "ca")]
    groups: Option<Number>,
    /// Let passes of k-means follow the cut.
    #[arg(long, requires = "groups")]
    consolidate: bool,
    /// Samples for the stability of the groups; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 100, requires = "groups", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    resamples: u32,
    /// The seed of the samples.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "groups")]
    seed: u64,
    /// The table holds counts, and the names of its rows in the first column.
    #[arg(long)]
    ca: bool,
    /// Rows of a table of counts that are placed on the axes.
    #[arg(long, value_name = "ROWS", value_delimiter = ',', requires = "ca")]
    supplementary_rows: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
struct Number(Option<usize>);

impl std::str::FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text == "auto" {
            return Ok(Self(None));
        }
        let number = text.parse().ok().filter(|number| (1..=1000).contains(number));
        number.map(|number| Self(Some(number))).ok_or_else(|| "a number from 1 to 1000, or auto".to_owned())
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MissingKind {
    /// A modality of its own.
    Modality,
    /// No modality; the person stays.
    Passive,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let missing = match args.missing {
        MissingKind::Modality => Missing::Modality,
        MissingKind::Passive => Missing::Passive,
    };
    let report = analyze(&AnalyzeRequest {
        table: args.table.clone(),
        method: if args.ca { Method::Counts } else { Method::Questions { missing } },
        active: args.active.clone(),
        supplementary: args.supplementary.clone(),
        numeric: args.numeric.clone(),
        excluded: args.exclude.clone(),
        weight: args.weight.clone(),
        supplementary_rows: args.supplementary_rows.clone(),
        axes: usize::from(args.axes),
        groups: args.groups.map(|Number(number)| GroupsRequest {
            number,
            consolidate: args.consolidate,
            resamples: args.resamples,
            seed: args.seed,
        }),
        output: args.out.clone(),
        force: args.force,
    })?;
    if voice.is_json() {
        voice.json(&report)?;
    } else {
        say(&report, args.ca, voice);
    }
    // A warning that neither --quiet nor a report in a pipe swallows: persons are at stake, and stderr is no data.
    let _ = writeln!(std::io::stderr(), "{}", voice.texts().get("analyze.unprotected"));
    Ok(0)
}

fn say(report: &AnalyzeReport, counts: bool, voice: &mut Voice) {
    let [read, used, set_aside] = [report.read, report.used, report.set_aside].map(|n| n.to_string());
    let [active, points] = [report.active, report.points].map(|n| n.to_string());
    let path = report.folder.display().to_string();
    voice.text("analyze.rows", &[("read", &read), ("used", &used), ("set_aside", &set_aside)]);
    if let Some(row) = report.first_set_aside {
        voice.text("analyze.set_aside", &[("row", &row.to_string())]);
    }
    if report.not_numbers > 0 {
        voice.text("analyze.not_numbers", &[("n", &report.not_numbers.to_string())]);
    }
    let what = if counts { "analyze.counts" } else { "analyze.questions" };
    let inertia = format!("{:.4}", report.total_inertia);
    voice.text(what, &[("active", &active), ("points", &points), ("inertia", &inertia)]);
    if !report.constant.is_empty() {
        voice.text("analyze.constant", &[("names", &report.constant.join(", "))]);
    }
    for (number, axis) in (1..).zip(&report.axes) {
        let (number, value, raw) = (i32::to_string(&number), format!("{:.4}", axis.eigenvalue), percent(axis.raw_share));
        let values = [("axis", number.as_str()), ("value", &value), ("raw", &raw)];
        match (axis.benzecri_share.map(percent), axis.greenacre_share.map(percent)) {
            (Some(benzecri), Some(greenacre)) => {
                voice.text("analyze.axis_adjusted", &[values.as_slice(), &[("benzecri", &benzecri), ("greenacre", &greenacre)]].concat());
            }
            _ => voice.text("analyze.axis", &values),
        }
    }
    if let Some(groups) = &report.groups {
        say_groups(groups, voice);
    }
    voice.text("analyze.written", &[("path", &path), ("files", &report.files.join(", "))]);
}

fn say_groups(found: &GroupsReport, voice: &mut Voice) {
    let (number, points) = (found.groups.len().to_string(), found.points.to_string());
    let key = if found.number_given { "analyze.groups_given" } else { "analyze.groups_auto" };
    voice.text(key, &[("number", &number), ("points", &points), ("between", &percent(found.between_cut))]);
    if let (Some(between), Some(moved)) = (found.between_consolidated, found.moved) {
        voice.text("analyze.consolidated", &[("moved", &moved.to_string()), ("between", &percent(between))]);
    }
    if found.ungrouped > 0 {
        voice.text("analyze.ungrouped", &[("n", &found.ungrouped.to_string())]);
    }
    for group in &found.groups {
        let (number, rows, share) = (group.group.to_string(), group.rows.to_string(), percent(group.share));
        let values = [("group", number.as_str()), ("rows", &rows), ("share", &share)];
        match group.stability {
            Some(stability) => {
                voice.text("analyze.group_stability", &[values.as_slice(), &[("stability", &format!("{stability:.2}"))]].concat());
            }
            None => voice.text("analyze.group", &values),
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}
