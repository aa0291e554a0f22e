//! The five calls in order: read → locate → measure → protect → publish.

mod earlier;
mod inputs;
mod inspection;
mod measured;
mod signature;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::audit::Audit;
use crate::catalog::{Catalog, LayerSpec};
use crate::derive;
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::Ledger;
use crate::locate::{Observations, Tally, check_unlocated, locate};
use crate::measure::{Denominator, Denominators, layers_of, missing_counts};
use crate::observatory::Observatory;
use crate::protect::Protected;
use crate::publish::scenarios::Scenarios;
use crate::publish::{Manifest, Release, StageCounts, preflight, publish};
use crate::read::{Issue, SourceReport, check_set_aside, private, read};
use crate::territory::folder::{TerritoryReport, ZoneOverrides};
use crate::territory::{Epsg, Territory};
use crate::texts::Language;

use inputs::{Seen, inputs};
use inspection::Inspection;
use measured::{finished, measured, of_records, study_warnings};

/// What a run stands on before any record is read.
#[derive(Debug)]
pub struct Ground {
    /// The run.
    pub observatory: Observatory,
    /// What to make.
    pub catalog: Catalog,
    /// The places.
    pub territory: Territory,
    /// What was found out about the outlines.
    pub report: TerritoryReport,
    /// The files as they were before they were read.
    seen: Seen,
}

impl Ground {
    /// Reads the observatory's file, the catalog and the territory.
    ///
    /// # Errors
    /// A wrong configuration, or outlines that do not hold.
    pub fn load(file: &Path, language: Option<Language>, repair: bool) -> Result<Self> {
        let mut seen = Seen::default();
        seen.look_at(file);
        let mut observatory = Observatory::load(file)?;
        if let Some(language) = language {
            observatory.language = language;
        }
        let layers = observatory.layers_folder()?;
        let catalog = Catalog::load(layers.as_deref(), observatory.language)?;
        for theme in &observatory.themes {
            if !catalog.themes.iter().any(|t| t.id == *theme) {
                let known: Vec<&str> = catalog.themes.iter().map(|t| t.id.as_str()).collect();
                return Err(Error::config(format!("there is no theme \"{theme}\""))
                    .in_file(file)
                    .in_column("themes")
                    .help(format!("there are: {}", known.join(", "))));
            }
        }
        let folder = territory_folder(&observatory, layers.as_deref())?;
        let overrides = ZoneOverrides {
            zones: observatory.zones.as_ref().map(|zones| observatory.resolve(zones)),
            layer: observatory.zones_layer.clone(),
            columns: observatory.zones_columns.clone(),
            crs: observatory.zones_crs.map(Epsg),
            repair,
        };
        seen.look_into(&folder);
        overrides.zones.iter().for_each(|zones| seen.look_at(zones));
        let (territory, report) = Territory::load(&folder, &overrides, observatory.zoning, observatory.language)?;
        tracing::info!(
            territory = territory.id.0,
            sectors = territory.sectors.count(),
            quartiers = territory.quartiers.count(),
            "territory"
        );
        if report.transformation.from != report.transformation.to {
            tracing::info!(outlines = %report.transformation, "transformed");
        }
        Ok(Self { observatory, catalog, territory, report, seen })
    }

    /// The layers whose sources are there, then those left out.
    #[must_use]
    pub fn layers(&self) -> (Vec<&LayerSpec>, Vec<&LayerSpec>) {
        let own = of_records(&self.catalog);
        let (made, left_out) = layers_of(&self.observatory, &own, None);
        let measures: Vec<&str> = made.iter().map(|layer| layer.measure.id.as_str()).collect();
        let (derived, without) = derive::layers_of(&self.observatory, &self.catalog, &measures);
        let of = |found: Vec<&LayerSpec>, more: Vec<&LayerSpec>| {
            self.catalog.layers.iter().filter(|layer| found.iter().chain(&more).any(|one| one.id == layer.id)).collect()
        };
        (of(made, derived), of(left_out, without))
    }
}

fn territory_folder(observatory: &Observatory, layers: Option<&Path>) -> Result<PathBuf> {
    let own = observatory.resolve(Path::new(&observatory.territory));
    let shipped = layers.map(|layers| layers.join("territories").join(&observatory.territory));
    let candidates: Vec<PathBuf> = [Some(own), shipped].into_iter().flatten().collect();
    candidates.iter().find(|folder| folder.join("territory.toml").is_file()).cloned().ok_or_else(|| {
        let error =
            Error::config(format!("there is no territory \"{}\"", observatory.territory)).in_file(&observatory.file).in_column("territory");
        let error =
            candidates.iter().fold(error, |error, folder| error.detail(format!("looked for {}", folder.join("territory.toml").display())));
        error.help("name a folder of layers/territories/, or a path to a folder with a territory.toml")
    })
}

/// What `check` found: everything in one go.
#[derive(Debug, Serialize)]
pub struct CheckReport {
    /// Whether a build would go through.
    pub ok: bool,
    /// The territory's findings, repairs and notes.
    pub territory: TerritoryReport,
    /// What was read, source by source.
    pub sources: Vec<SourceReport>,
    /// The rows set aside, with their reasons.
    pub issues: Vec<Issue>,
    /// How records were placed.
    pub located: Vec<Tally>,
    /// The layers that would be made.
    pub layers: Vec<String>,
    /// The layers left out because their source is not there.
    pub layers_left_out: Vec<String>,
    /// What a build would go through with, and a person should know.
    pub warnings: Vec<String>,
    /// What would stop a build.
    pub problems: Vec<String>,
    /// The exit code of the first problem.
    #[serde(skip)]
    pub exit_code: u8,
}

/// Reads and locates everything, writes nothing.
///
/// # Errors
/// Only what keeps it from reading at all; what it finds is in the report.
pub fn check(ground: &Ground) -> Result<CheckReport> {
    let (made, left_out) = ground.layers();
    let ids = |layers: Vec<&LayerSpec>| layers.into_iter().map(|layer| layer.id.clone()).collect();
    let mut report = CheckReport {
        ok: false,
        territory: ground.report.clone(),
        sources: Vec::new(),
        issues: Vec::new(),
        located: Vec::new(),
        layers: ids(made.clone()),
        layers_left_out: ids(left_out),
        warnings: Vec::new(),
        problems: Vec::new(),
        exit_code: 0,
    };
    let problem = |error: Error, report: &mut CheckReport| {
        if report.exit_code == 0 {
            report.exit_code = error.kind().exit_code();
        }
        report.problems.push(error.to_string());
    };
    for tried in [ground.rules().map(|_| ()), Scenarios::of(&ground.observatory.scenarios).map(|_| ())] {
        if let Err(error) = tried.map_err(|e| ground.named(e)) {
            problem(error, &mut report);
        }
    }
    match read(&ground.observatory) {
        Err(error) => problem(error, &mut report),
        Ok(sources) => {
            if let Err(error) = check_set_aside(&sources, ground.observatory.max_set_aside) {
                problem(error, &mut report);
            }
            report.sources.clone_from(&sources.reports);
            report.issues = sources.set_aside.iter().map(|row| row.issue.clone()).collect();
            match locate(sources, &ground.territory).map_err(|e| ground.named(e)) {
                Err(error) => problem(error, &mut report),
                Ok(observed) => {
                    report.located.clone_from(&observed.tallies);
                    report.warnings = warnings(&observed, &ground.observatory, &report.sources);
                    if let Err(error) = check_unlocated(&observed.tallies, ground.observatory.max_unlocated) {
                        problem(error, &mut report);
                    }
                    // Figures of rows that are not to be trusted would only add complaints that say nothing new.
                    if report.problems.is_empty() {
                        let tried = measured(ground, &observed).and_then(|measured| {
                            let warnings: Vec<String> = study_warnings(&measured.studies).collect();
                            Ok((warnings, finished(ground, measured)?))
                        });
                        match tried {
                            Err(error) => problem(error, &mut report),
                            Ok((warnings, finished)) => {
                                report.warnings.extend(warnings);
                                report.warnings.extend(finished.refused);
                                report.layers = finished.catalog.layers.into_iter().map(|layer| layer.id).collect();
                                report.layers_left_out = finished.left_out;
                            }
                        }
                    }
                }
            }
        }
    }
    crate::interrupt::check()?;
    report.ok = report.problems.is_empty();
    Ok(report)
}

/// What `build` made.
#[derive(Debug)]
pub struct Built {
    /// The manifest of the release.
    pub manifest: Manifest,
    /// How records were placed.
    pub located: Vec<Tally>,
    /// Where the rows set aside were listed, where there were any.
    pub set_aside: Option<PathBuf>,
    /// The layers left out because their source is not there.
    pub layers_left_out: Vec<String>,
    /// What a person should know.
    pub warnings: Vec<String>,
    /// What the audit tried and found.
    pub audit: Option<Audit>,
    /// The report for the person who signs: private.
    pub report: Option<PathBuf>,
}

/// Makes a release.
///
/// # Errors
/// The output is tried first; then whatever a stage refuses. An earlier release stays whole until the new one takes its place.
pub fn build(ground: &Ground, output: &Path, force: bool) -> Result<Built> {
    let observatory = &ground.observatory;
    let private_folder = observatory.resolve(&observatory.private);
    let (inner, outer) = (settled(&private_folder), settled(output));
    if inner.starts_with(&outer) || outer.starts_with(&inner) {
        return Err(Error::config("the private folder and the release may not lie in one another")
            .in_file(&observatory.file)
            .in_column("private")
            .help("choose another --out"));
    }
    preflight(output, force)?;
    if ground.layers().0.is_empty() {
        return Err(Error::config("no layer can be made from these sources")
            .in_file(&observatory.file)
            .help("name sources under [sources]"));
    }
    let rules = ground.rules()?;
    let scenarios = Scenarios::of(&observatory.scenarios).map_err(|e| ground.named(e))?;
    let sources = read(observatory)?;
    let set_aside = private::write(&sources, &private_folder, &|reason| ground.catalog.texts.translate(reason))?;
    check_set_aside(&sources, observatory.max_set_aside).map_err(|error| match &set_aside {
        Some(list) => error.detail(format!("rows set aside, personal data: {}", list.display())),
        None => error,
    })?;
    let inputs = inputs(ground, &sources)?;
    let reports = sources.reports.clone();
    let observed = locate(sources, &ground.territory).map_err(|e| ground.named(e))?;
    check_unlocated(&observed.tallies, observatory.max_unlocated)?;
    let mut warnings = warnings(&observed, observatory, &reports);
    let measured = measured(ground, &observed)?;
    warnings.extend(study_warnings(&measured.studies));
    let finished = finished(ground, measured)?;
    warnings.extend(finished.refused);
    let release = Release {
        title: observatory.title.get(observatory.language).to_owned(),
        texts: ground.catalog.texts.clone(),
        date: observatory.date,
        seed: observatory.seed,
        inputs,
        stages: stages(&reports, &observed),
        synthetic: observatory.synthetic,
        source: observatory.source.get(observatory.language).to_owned(),
        scenarios,
    };
    let mut inspection = Inspection {
        ground,
        shown: &finished.shown,
        catalog: &finished.catalog,
        ledger: ground.ledger(),
        private: private_folder,
        entered: None,
        audit: None,
        report: None,
    };
    let published = publish(&finished.shown, rules, &ground.territory, &finished.catalog, &release, output, force, &mut |folder| {
        inspection.inspect(folder)
    });
    if published.is_err() {
        inspection.withdraw();
    }
    let manifest = published.map_err(|error| match &inspection.report {
        Some(report) if error.kind() == ErrorKind::Disclosure => error.detail(format!("the report, personal data: {}", report.display())),
        _ => error,
    })?;
    let (audit, report) = (inspection.audit, inspection.report);
    let layers_left_out = finished.left_out;
    Ok(Built { manifest, located: observed.tallies, set_aside, layers_left_out, warnings, audit, report })
}

/// A path as the system sees it, links followed as far as it exists, so that two spellings of one place compare equal.
fn settled(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let existing = path.ancestors().find_map(|folder| folder.canonicalize().ok().map(|real| (folder, real)));
    match existing {
        Some((folder, real)) => path.strip_prefix(folder).map_or_else(|_| path.clone(), |rest| real.join(rest)),
        None => path,
    }
}

impl Ground {
    /// A mistake of the configuration that names no file is one of the observatory's file.
    fn named(&self, error: Error) -> Error {
        if error.kind() == ErrorKind::Config { error.in_file(&self.observatory.file) } else { error }
    }

    /// The ledger of this observatory, where it keeps one.
    #[must_use]
    pub fn ledger(&self) -> Option<Ledger> {
        self.observatory.ledger.as_ref().map(|folder| Ledger::at(self.observatory.resolve(folder)))
    }

    /// The disclosure policy of this run.
    ///
    /// # Errors
    /// A policy that the catalog does not have.
    pub fn rules(&self) -> Result<&crate::catalog::DisclosureRules> {
        self.catalog.disclosure.get(&self.observatory.disclosure).ok_or_else(|| {
            let known: Vec<&str> = self.catalog.disclosure.keys().map(String::as_str).collect();
            Error::config(format!("there is no policy \"{}\"", self.observatory.disclosure))
                .in_file(&self.observatory.file)
                .in_column("disclosure")
                .help(format!("there are: {}", known.join(", ")))
        })
    }
}

/// Measures and protects without publishing: what `explain` looks at.
///
/// # Errors
/// Whatever a stage refuses.
pub fn explainable(ground: &Ground) -> Result<(Protected, Catalog)> {
    let sources = read(&ground.observatory)?;
    let observed = locate(sources, &ground.territory).map_err(|e| ground.named(e))?;
    let measured = measured(ground, &observed)?;
    let finished = finished(ground, measured)?;
    Ok((finished.shown, finished.catalog))
}

/// Holes in the tables that leave cells without data: they are no error, and not to be found out by looking at the map.
fn warnings(observed: &Observations<'_>, observatory: &Observatory, reports: &[SourceReport]) -> Vec<String> {
    const NAMED: usize = 10;
    let quarters = observatory.quarters();
    let code = |sector| observed.territory.sectors[sector].code.to_string();
    let list = |names: Vec<String>| {
        let more = if names.len() > NAMED { ", …" } else { "" };
        format!("{}{more}", names.into_iter().take(NAMED).collect::<Vec<_>>().join(", "))
    };
    let mut warnings = Vec::new();
    for report in reports.iter().filter(|report| report.set_aside > report.defective) {
        warnings.push(format!(
            "{}: {} of {} rows lie outside the study's period",
            report.source,
            report.set_aside - report.defective,
            report.read
        ));
    }
    let rows: Vec<String> =
        missing_counts(observed, &quarters).into_iter().map(|(sector, quarter)| format!("{} {quarter}", code(sector))).collect();
    if !rows.is_empty() {
        let n = rows.len();
        warnings
            .push(format!("job_seeker_counts lacks {n} rows of zone and quarter, and what they are part of has no data: {}", list(rows)));
    }
    let denominators = Denominators::count(observed);
    if denominators.knows(Denominator::Active) {
        let years: BTreeSet<i32> = quarters.iter().map(|quarter| quarter.year()).collect();
        for year in years {
            let sectors: Vec<String> = denominators.missing(Denominator::Active, year).map(code).collect();
            if !sectors.is_empty() {
                warnings.push(format!(
                    "no active population is known for {year} or before in {} sectors: {}",
                    sectors.len(),
                    list(sectors)
                ));
            }
        }
    }
    warnings
}

fn stages(reports: &[SourceReport], observed: &Observations<'_>) -> Vec<StageCounts> {
    reports
        .iter()
        .map(|report| {
            let tally = observed.tallies.iter().find(|tally| tally.source == report.source);
            StageCounts {
                source: report.source.clone(),
                read: report.read,
                set_aside: report.set_aside,
                used: report.used,
                within: tally.map_or(0, |t| t.within),
                outside: tally.map_or(0, |t| t.outside),
                missing: tally.map_or(0, |t| t.missing),
            }
        })
        .collect()
}
