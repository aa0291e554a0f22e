//! `optima layers`: the maps that can be made, theme by theme.

use std::path::PathBuf;

use optima::catalog::{Catalog, LayerSpec};
use optima::error::Result;
use optima::observatory::Observatory;

use super::say::Voice;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The observatory's file; without one, the shipped catalog is listed.
    file: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let language = voice.texts().language();
    let catalog = match &args.file {
        Some(file) => {
            let observatory = Observatory::load(file)?;
            Catalog::load(observatory.layers_folder()?.as_deref(), voice.asked().unwrap_or(observatory.language))?
        }
        None => Catalog::load(None, language)?,
    };
    voice.adopt(&catalog);
    let language = catalog.texts.language();
    let title = |layer: &LayerSpec| layer.title.get(language).to_owned();
    if voice.is_json() {
        let list: Vec<_> = catalog
            .layers
            .iter()
            .map(|l| serde_json::json!({ "id": l.id, "theme": l.theme, "title": title(l), "measure": l.measure.id, "indicator": l.measure.indicator, "style": l.style }))
            .collect();
        voice.json(&list)?;
        return Ok(0);
    }
    let width = catalog.layers.iter().map(|l| l.id.len()).max().unwrap_or(0);
    for theme in &catalog.themes {
        voice.line(theme.title.get(language));
        for layer in catalog.layers.iter().filter(|l| l.theme == theme.id) {
            voice.line(format!("  {:width$}  {}", layer.id, title(layer)));
        }
    }
    Ok(0)
}
