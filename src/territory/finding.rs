//! What an audit of outlines finds: one line for people, the same as data for programs.

use std::fmt;

use serde::Serialize;

use crate::error::{Error, ErrorKind};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The zones cannot be used: where a record lies, or how large a zone is, would depend on chance.
    Error,
    /// Something a person must know and may accept.
    Warning,
    /// Something worth knowing.
    Note,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Two zones have the same code.
    DuplicateCode,
    /// A zone has no code.
    EmptyCode,
    /// A zone has no outline.
    NoOutline,
    /// A coordinate is not a number, infinite, or beyond any place on Earth.
    NotFinite,
    /// A ring has fewer than three different points.
    TooFewPoints,
    /// The last point of a ring is not its first.
    Unclosed,
    /// A ring crosses itself.
    SelfIntersection,
    /// A ring runs back over itself.
    Spike,
    /// Two rings of a zone cross.
    RingsCross,
    /// Two rings of a part share a stretch of line.
    RingsShareLine,
    /// A hole lies outside its shell.
    HoleOutside,
    /// A hole in a hole, or a part in a part.
    NestedRings,
    /// Two zones cover the same ground.
    Overlap,
    /// Two zones cover the same ground on less than a centimeter: the rounding of coordinates.
    SliverOverlap,
    /// Ground between zones that belongs to none.
    Gap,
    /// The same, less than a meter wide on average.
    SliverGap,
    /// Borders too tangled to tell gaps from zones.
    Tangled,
    /// A zone far from all others.
    FarAway,
    /// A ring touches itself at a point.
    SelfTouch,
    /// Two parts of a zone share a stretch of border.
    PartsShareBorder,
    /// A zone has no name.
    EmptyName,
    /// A name occurs more than once: records must not be joined by it.
    RepeatedName,
    /// A point follows itself.
    RepeatedPoint,
}

impl FindingKind {
    /// How much it matters.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::SliverOverlap
            | Self::Gap
            | Self::SliverGap
            | Self::Tangled
            | Self::FarAway
            | Self::SelfTouch
            | Self::PartsShareBorder
            | Self::EmptyName => Severity::Warning,
            Self::RepeatedName | Self::RepeatedPoint => Severity::Note,
            _ => Severity::Error,
        }
    }

    /// Whether a repair on request mends it.
    fn can_be_mended(self) -> bool {
        !matches!(self, Self::DuplicateCode | Self::EmptyCode | Self::NoOutline | Self::NotFinite)
    }

    fn says(self) -> &'static str {
        match self {
            Self::DuplicateCode => "the code occurs more than once",
            Self::EmptyCode => "the zone has no code",
            Self::NoOutline => "the zone has no outline",
            Self::NotFinite => "a coordinate is not a finite number, or no place on Earth",
            Self::TooFewPoints => "a ring has fewer than three different points",
            Self::Unclosed => "a ring is not closed",
            Self::SelfIntersection => "the ring crosses itself",
            Self::Spike => "the ring runs back over itself",
            Self::RingsCross => "two rings of the zone cross",
            Self::RingsShareLine => "two rings of a part share a line",
            Self::HoleOutside => "a hole lies outside its shell",
            Self::NestedRings => "a hole lies in a hole, or a part in another part",
            Self::Overlap => "the zones overlap",
            Self::SliverOverlap => "the zones overlap by less than a centimeter",
            Self::Gap => "ground between the zones belongs to none",
            Self::SliverGap => "a sliver between the zones belongs to none",
            Self::Tangled => "the borders are too tangled to look for gaps",
            Self::FarAway => "the zone lies far from all others",
            Self::SelfTouch => "the ring touches itself",
            Self::PartsShareBorder => "two parts of the zone share a border",
            Self::EmptyName => "the zone has no name",
            Self::RepeatedName => "the name occurs more than once; join by code",
            Self::RepeatedPoint => "a point follows itself",
        }
    }
}

/// One finding, with the zones and the place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoverageFinding {
    /// How much it matters.
    pub severity: Severity,
    /// What it is.
    pub kind: FindingKind,
    /// The codes of the zones concerned; for a gap, its neighbors.
    pub zones: Vec<String>,
    /// The positions of these zones in the file, counted from 1; 0 where they come from no file.
    pub features: Vec<u64>,
    /// The place, in meters of the territory's CRS; `None` where there is none.
    pub place: Option<(f64, f64)>,
    /// The area concerned in square meters.
    pub area: Option<f64>,
    /// Its mean width in meters, 2 × area ÷ perimeter.
    pub width: Option<f64>,
}

impl CoverageFinding {
    /// A finding about one zone.
    #[must_use]
    pub fn of_zone(kind: FindingKind, code: &str, feature: u64, place: Option<(f64, f64)>) -> Self {
        let (zones, features) = (vec![code.to_owned()], vec![feature]);
        Self { severity: kind.severity(), kind, zones, features, place, area: None, width: None }
    }
}

impl fmt::Display for CoverageFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.zones.iter().zip(&self.features).map(|(code, feature)| named(code, *feature)).collect();
        if !names.is_empty() {
            write!(f, "{}: ", names.join(", "))?;
        }
        write!(f, "{}", self.kind.says())?;
        if let Some(area) = self.area {
            write!(f, ", {} m²", short(area))?;
        }
        if let Some(width) = self.width {
            write!(f, ", {} m wide on average", short(width))?;
        }
        if let Some((x, y)) = self.place {
            write!(f, ", at {x:.3} {y:.3}")?;
        }
        Ok(())
    }
}

/// All findings of the worst kind as one error; `None` if none of them forbids to go on.
#[must_use]
pub fn refusal(findings: &[CoverageFinding]) -> Option<Error> {
    const SHOWN: usize = 50;
    let errors: Vec<&CoverageFinding> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let first = errors.first()?;
    let message = match errors.len() {
        1 => "an outline does not hold up".to_owned(),
        n => format!("the outlines do not hold up: {n} problems"),
    };
    let mut error =
        errors.iter().take(SHOWN).fold(Error::new(ErrorKind::Findings, message), |error, finding| error.detail(finding.to_string()));
    if errors.len() > SHOWN {
        error = error.detail(format!("… and {} more", errors.len() - SHOWN));
    }
    Some(if first.kind == FindingKind::DuplicateCode {
        error.help("one row a zone: merge the parts of a zone into a multipolygon")
    } else if errors.iter().all(|finding| finding.kind.can_be_mended()) {
        error.help("mend the outlines, or ask for their repair with --repair: each repair is listed with the area before and after")
    } else {
        error.help("mend the outlines in a program that draws them, such as QGIS")
    })
}

fn named(code: &str, feature: u64) -> String {
    // Control characters of a hostile file must not reach a terminal.
    let code: String = code.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).take(60).collect();
    if code.is_empty() { format!("feature {feature}") } else { code }
}

fn short(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.4}") }
}
