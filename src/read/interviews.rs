//! Filled-in forms: interviews, one row a person, and the directory of services, one row a service.
//!
//! With a guide its questions are looked for in each file, and every cell has to be an answer that the guide allows. Without
//! one, the questions are the declared columns, and their modalities whatever is seen in them.

mod answer;
mod binding;
mod guided;
mod head;
mod recodes;
mod seen;

use std::path::{Path, PathBuf};

use super::xlsform::Guide;
use super::{Sourced, Sources};
use crate::error::{Error, Result};
use crate::observatory::{Observatory, SourceSpec};
use crate::records::Interviews;

pub(super) use recodes::check_recodes;

/// Which of the two kinds of filled-in form a source holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Interviews,
    Services,
}

impl Form {
    fn source(self) -> &'static str {
        match self {
            Self::Interviews => "interviews",
            Self::Services => "services",
        }
    }
}

pub(super) fn interviews(observatory: &Observatory, spec: &SourceSpec, sources: &mut Sources) -> Result<()> {
    sources.interviews = Some(read(observatory, spec, Form::Interviews, sources)?);
    Ok(())
}

pub(super) fn services(observatory: &Observatory, spec: &SourceSpec, sources: &mut Sources) -> Result<()> {
    sources.services = Some(read(observatory, spec, Form::Services, sources)?);
    Ok(())
}

fn read(observatory: &Observatory, spec: &SourceSpec, form: Form, sources: &mut Sources) -> Result<Sourced<Interviews>> {
    let read = match &spec.guide {
        Some(name) => {
            let path = guide_file(observatory, name, form)?;
            guided::read(observatory, spec, form, &Guide::load(&path)?, name, sources)
        }
        None => seen::read(observatory, spec, form, sources),
    }?;
    if let Some(report) = sources.reports.last_mut() {
        report.response = Some(super::response::response(&read.records));
    }
    Ok(read)
}

/// A path from the observatory's file, or the name of a guide in `layers/guides/`.
fn guide_file(observatory: &Observatory, name: &str, form: Form) -> Result<PathBuf> {
    let mut candidates = vec![observatory.resolve(Path::new(name))];
    if let Some(layers) = observatory.layers_folder()? {
        candidates.push(layers.join("guides").join(format!("{name}.xlsx")));
    }
    if let Some(found) = candidates.iter().find(|path| path.exists()) {
        return Ok(found.clone());
    }
    let error = Error::config(format!("there is no guide \"{name}\""))
        .in_file(&observatory.file)
        .in_column(format!("sources.{}.guide", form.source()));
    let error = candidates.iter().fold(error, |error, path| error.detail(format!("looked for {}", path.display())));
    Err(error.help("name the form's file, or a guide of layers/guides/ without .xlsx"))
}
