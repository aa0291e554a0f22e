//! `layers/` as values: what to make, read at run time; changing it needs no Rust.

mod disclosure;
pub mod studies;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::plain_file;
use crate::texts::{Language, Localized, Texts};

pub use disclosure::{DisclosureRules, Dominance, GroupRule, PriorPosterior, RateRule};
use studies::{AnalysisSpec, CrossTablesSpec, DeterminingSpec, Each};

/// The catalog as it was when the program was built, for runs that have no `layers/` folder at hand.
static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/layers");

/// A chapter of the atlas.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeSpec {
    /// Its folder.
    #[serde(skip)]
    pub id: String,
    /// Its place among the themes.
    pub order: u32,
    /// Its title.
    pub title: Localized,
}

/// Which of a measure's numbers a map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// The value: a rate, a mean, an index; drawn as areas.
    Value,
    /// The numerator: a count; drawn as symbols.
    Count,
}

/// What is measured for a layer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureSpec {
    /// The measure's name in all outputs; layers that share it share indicator and parameters.
    pub id: String,
    /// The indicator that computes it.
    pub indicator: String,
    /// The parameters, parsed by the indicator itself.
    #[serde(default)]
    pub params: toml::Table,
}

impl MeasureSpec {
    /// The measures that it builds on: `of = [..]` of its parameters.
    pub fn built_on(&self) -> impl Iterator<Item = &str> {
        self.params.get("of").and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_str)
    }
}

/// One map: what it measures, how it is titled, how it is drawn.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerSpec {
    /// The name of its file, without extension; unique over all themes. Also the table's name in the GeoPackage.
    #[serde(skip)]
    pub id: String,
    /// The theme it belongs to.
    #[serde(skip)]
    pub theme: String,
    /// Its place in the theme.
    pub order: u32,
    /// What is measured.
    pub measure: MeasureSpec,
    /// Which number the map shows.
    pub shows: Shows,
    /// A file of `layers/styles`.
    pub style: String,
    /// Whether the file stands for several layers.
    #[serde(default)]
    pub each: Option<Each>,
    /// The map's title.
    pub title: Localized,
    /// The name of the value, for columns and legends.
    pub label: Localized,
    /// The name of the count above the line; empty where there is none.
    #[serde(default)]
    pub numerator: Localized,
    /// The name of the count below the line; empty where there is none.
    #[serde(default)]
    pub denominator: Localized,
    /// How to read the map, in two sentences.
    pub reading: Localized,
}

/// How values become classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Classification {
    /// Equal numbers of values (quantiles of type 7).
    Quantile,
    /// Six classes at the quantiles .05, .25, .5, .75 and .95: the tails stand apart.
    Q6,
    /// Fisher–Jenks: least squares within classes, exact.
    FisherJenks,
    /// Head/tail breaks: the mean, then the mean of what lies above it, and so on; at most as many classes as colors.
    HeadTail,
    /// Equal widths.
    Equal,
    /// Breaks given in the style.
    Manual,
    /// One class a category, for values that are the numbers of groups.
    Categories,
}

/// The kind of drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drawing {
    /// Colored areas.
    Choropleth,
    /// Circles whose area is proportional to the count.
    Symbols,
}

/// How a map is drawn; shared by layers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleSpec {
    /// The name of its file, without extension.
    #[serde(skip)]
    pub id: String,
    /// Areas or symbols.
    pub drawing: Drawing,
    /// How classes are cut; over the shown values of all periods, so that maps of different periods compare.
    pub classification: Classification,
    /// One color a class, light to dark, as `#rrggbb`. For symbols, the first colors them.
    pub palette: Vec<String>,
    /// Inner breaks in the unit readers see, for `manual`; one fewer than colors.
    #[serde(default)]
    pub breaks: Vec<f64>,
}

/// All there is to make.
#[derive(Debug, Clone)]
pub struct Catalog {
    /// Where it was read, for the manifest; `None` for the catalog the program was built with.
    pub folder: Option<PathBuf>,
    /// The themes, in order.
    pub themes: Vec<ThemeSpec>,
    /// The layers, by theme and order.
    pub layers: Vec<LayerSpec>,
    /// The styles, by name.
    pub styles: BTreeMap<String, StyleSpec>,
    /// The disclosure policies, by name.
    pub disclosure: BTreeMap<String, DisclosureRules>,
    /// The analyses of groups, by name.
    pub analyses: Vec<AnalysisSpec>,
    /// The cross tables, by name.
    pub cross_tables: Vec<CrossTablesSpec>,
    /// The situations whose determining factors are sought, by name.
    pub determining: Vec<DeterminingSpec>,
    /// What readers see.
    pub texts: Texts,
    /// Every file that was read, with its content: what the manifest hashes.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Catalog {
    /// Reads the `layers/` folder, or the shipped catalog where `folder` is `None`.
    ///
    /// # Errors
    /// All files that do not parse, or name a theme, style or measure that does not exist, in one error.
    pub fn load(folder: Option<&Path>, language: Language) -> Result<Self> {
        let files = match folder {
            Some(folder) => files_on_disk(folder)?,
            None => shipped_files(),
        };
        Self::from_files(files, folder.map(Path::to_path_buf), language)
    }

    /// The same catalog with these layers only, and the themes they belong to.
    #[must_use]
    pub fn with_layers(&self, layers: &[&LayerSpec]) -> Self {
        let layers: Vec<LayerSpec> = layers.iter().map(|layer| (*layer).clone()).collect();
        let themes = self.themes.iter().filter(|theme| layers.iter().any(|layer| layer.theme == theme.id)).cloned().collect();
        Self { themes, layers, ..self.clone() }
    }

    fn from_files(files: Vec<(String, Vec<u8>)>, folder: Option<PathBuf>, language: Language) -> Result<Self> {
        let mut problems = Vec::new();
        let mut catalog = Self {
            folder,
            themes: Vec::new(),
            layers: Vec::new(),
            styles: BTreeMap::new(),
            disclosure: BTreeMap::new(),
            analyses: Vec::new(),
            cross_tables: Vec::new(),
            determining: Vec::new(),
            texts: Texts::empty(language),
            files: Vec::new(),
        };
        for (name, content) in &files {
            if let Err(error) = catalog.take(name, content, language) {
                problems.push(error.in_file(name).to_string());
            }
        }
        catalog.themes.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        let rank: BTreeMap<String, usize> = catalog.themes.iter().enumerate().map(|(i, t)| (t.id.clone(), i)).collect();
        catalog.layers.sort_by(|a, b| (rank.get(&a.theme), a.order, &a.id).cmp(&(rank.get(&b.theme), b.order, &b.id)));
        problems.extend(catalog.contradictions(&rank));
        catalog.files = files;
        if problems.is_empty() {
            return Ok(catalog);
        }
        let error = Error::config(format!("{} of the catalog's files do not hold", problems.len()));
        let error = match &catalog.folder {
            Some(folder) => error.in_file(folder),
            None => error,
        };
        Err(problems.into_iter().fold(error, Error::detail).help("CONTRIBUTING.md says what each file may contain"))
    }

    fn take(&mut self, name: &str, content: &[u8], language: Language) -> Result<()> {
        let parts: Vec<&str> = name.split('/').collect();
        match parts.as_slice() {
            ["texts.toml"] => self.texts = Texts::from_toml(utf8(content)?, language)?,
            ["themes", theme, "theme.toml"] => {
                let mut spec: ThemeSpec = parse(content)?;
                (*theme).clone_into(&mut spec.id);
                self.themes.push(spec);
            }
            ["themes", theme, file] => {
                let mut spec: LayerSpec = parse(content)?;
                spec.id = stem(file);
                crate::measure_id::MeasureId::new(spec.id.clone())?;
                (*theme).clone_into(&mut spec.theme);
                self.layers.push(spec);
            }
            ["styles", file] => {
                let mut spec: StyleSpec = parse(content)?;
                spec.id = stem(file);
                if spec.palette.is_empty() || spec.palette.iter().any(|c| !is_color(c)) {
                    return Err(Error::config("expected one color or more, each as #rrggbb").in_column("palette"));
                }
                if spec.classification == Classification::Manual && spec.breaks.len() + 1 != spec.palette.len() {
                    return Err(Error::config("expected one break fewer than colors").in_column("breaks"));
                }
                if spec.classification == Classification::Q6 && spec.palette.len() != 6 {
                    return Err(Error::config("expected six colors, for q6 makes six classes").in_column("palette"));
                }
                self.styles.insert(spec.id.clone(), spec);
            }
            ["disclosure", file] => {
                let mut spec: DisclosureRules = parse(content)?;
                spec.id = stem(file);
                spec.check()?;
                self.disclosure.insert(spec.id.clone(), spec);
            }
            ["analyses", file] => {
                let mut spec: AnalysisSpec = parse(content)?;
                spec.id = stem(file);
                crate::measure_id::MeasureId::new(spec.id.clone())?;
                self.analyses.push(spec);
            }
            ["cross_tables", file] => self.cross_tables.push(CrossTablesSpec { id: stem(file), ..parse(content)? }),
            ["determining", file] => self.determining.push(DeterminingSpec { id: stem(file), ..parse(content)? }),
            _ => {}
        }
        Ok(())
    }

    fn contradictions(&self, themes: &BTreeMap<String, usize>) -> Vec<String> {
        let mut problems = Vec::new();
        let mut measures: BTreeMap<&str, &MeasureSpec> = BTreeMap::new();
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for layer in &self.layers {
            if !themes.contains_key(&layer.theme) {
                problems.push(format!("themes/{}: theme.toml is missing", layer.theme));
            }
            if !self.styles.contains_key(&layer.style) {
                problems.push(format!("themes/{}/{}.toml: there is no style \"{}\"", layer.theme, layer.id, layer.style));
            }
            if let Some(other) = seen.insert(&layer.id, &layer.theme) {
                problems.push(format!("the layer \"{}\" is in two themes, {} and {}", layer.id, other, layer.theme));
            }
            let first = measures.entry(&layer.measure.id).or_insert(&layer.measure);
            if **first != layer.measure {
                problems.push(format!("the measure \"{}\" is declared twice and differently, once in {}.toml", layer.measure.id, layer.id));
            }
        }
        problems
    }
}

/// The texts the program was built with, for what it says before an observatory is read.
#[must_use]
pub fn shipped_texts(language: Language) -> Texts {
    let text = SHIPPED.get_file("texts.toml").and_then(|file| file.contents_utf8()).unwrap_or_default();
    Texts::from_toml(text, language).unwrap_or_else(|_| Texts::empty(language))
}

/// The shipped catalog's files, as `init` copies them.
#[must_use]
pub fn shipped_files() -> Vec<(String, Vec<u8>)> {
    fn walk(dir: &Dir<'_>, files: &mut Vec<(String, Vec<u8>)>) {
        for file in dir.files() {
            files.push((file.path().to_string_lossy().replace('\\', "/"), file.contents().to_vec()));
        }
        dir.dirs().for_each(|inner| walk(inner, files));
    }
    let mut files = Vec::new();
    walk(&SHIPPED, &mut files);
    files.sort();
    files
}

fn files_on_disk(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for part in ["texts.toml", "themes", "styles", "disclosure", "analyses", "cross_tables", "determining"] {
        let path = folder.join(part);
        if path.is_dir() {
            walk_disk(&path, part, &mut files)?;
        } else if path.is_file() {
            files.push((part.to_owned(), plain_file::read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

fn walk_disk(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|e| Error::reading(folder, &e))? {
        let entry = entry.map_err(|e| Error::reading(folder, &e))?;
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        let is_layer = path.extension().is_some_and(|e| e == "toml");
        if path.is_dir() && !is_layer {
            walk_disk(&path, &name, files)?;
        } else if is_layer {
            files.push((name, plain_file::read(&path)?));
        }
    }
    Ok(())
}

fn utf8(content: &[u8]) -> Result<&str> {
    std::str::from_utf8(content).map_err(|_| Error::config("the file is not UTF-8"))
}

fn parse<T: DeserializeOwned>(content: &[u8]) -> Result<T> {
    toml::from_str(utf8(content)?).map_err(|e| Error::config(e.to_string().trim_end().to_owned()))
}

fn stem(file: &str) -> String {
    file.strip_suffix(".toml").unwrap_or(file).to_owned()
}

fn is_color(text: &str) -> bool {
    text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
}
