//! A town with interviews that a test writes, and what the program makes of it.

use std::path::{Path, PathBuf};

use crate::released::{optima, project, write};

/// Sectors of Valmont where people live.
const SECTORS: [&str; 4] = ["99001A00-", "99001B00-", "99001C010", "99001B100"];

/// Interviews by column; `zone`, `id`, `date` and a question `isolation` with both answers are added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Town {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// `layers/analyses/needs.toml`, where there is one.
    pub(crate) analysis: Option<String>,
    /// Lines of their own for the top of the observatory's file.
    pub(crate) top: String,
    /// The first and last day of the campaign.
    pub(crate) campaign: Option<[&'static str; 2]>,
    /// Columns that are no questions.
    pub(crate) heads: Vec<&'static str>,
    /// Lines for `[sources.interviews]`.
    pub(crate) interviews: String,
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Town {
    pub(crate) fn new(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        Self { columns: columns.iter().map(|name| (*name).to_owned()).collect(), rows: rows.into_iter().collect(), ..Self::default() }
    }

    /// An analysis of these questions.
    pub(crate) fn analyzed(mut self, questions: &[&str], groups: &str) -> Self {
        let list = questions.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        self.analysis = Some(format!(
            "title = {{ fr = \"Profils\", en = \"Profiles\" }}\ngroup = {{ fr = \"Profil\", en = \"Profile\" }}\nof = \"interviews\"\n\
             missing = \"passive\"\n[active]\nquestions = [{list}]\n[groups]\n{groups}\n"
        ));
        self
    }

    /// Writes the town's folder; gives the observatory's file.
    pub(crate) fn write(&self, folder: &Path) -> PathBuf {
        for (name, content) in optima::catalog::shipped_files() {
            let studies = ["analyses/", "cross_tables/", "determining/", "territories/"];
            if !studies.iter().any(|part| name.starts_with(part)) {
                let path = folder.join("layers").join(name);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, content).unwrap();
            }
        }
        if let Some(analysis) = &self.analysis {
            write(&folder.join("layers/analyses/needs.toml"), analysis);
        }
        let mut text = format!("id,date,zone,isolation,{}\n", self.columns.join(","));
        for (at, row) in self.rows.iter().enumerate() {
            let answer = if at % 3 == 0 { "yes" } else { "no" };
            text.push_str(&format!("R{at:05},2003-06-01,{},{answer},{}\n", SECTORS[at % SECTORS.len()], row.join(",")));
        }
        write(&folder.join("interviews.csv"), &text);
        let territory = project().join("layers/territories/valmont");
        let [first, last] = self.campaign.unwrap_or(["2003-01-01", "2003-12-31"]);
        let questions = self.columns.iter().filter(|name| !self.heads.contains(&name.as_str()));
        let questions: String = questions.map(|name| format!("\"{name}\" = \"{name}\"\n")).collect();
        let settings = format!(
            "title = {{ fr = \"Essai\", en = \"Trial\" }}\nterritory = \"{}\"\nlanguage = \"en\"\ndate = \"2004-01-15\"\nlayers = \"layers\"\n\
             source = {{ fr = \"essai\", en = \"trial\" }}\nmax_set_aside = 1.0\nmax_unlocated = 1.0\n{}\n[campaign]\nfirst = \"{first}\"\n\
             last = \"{last}\"\n[sources.interviews]\nfiles = [\"interviews.csv\"]\n{}\n[sources.interviews.questions]\nisolation = \
             \"isolation\"\n{questions}",
            territory.display(),
            self.top,
            self.interviews
        );
        let file = folder.join("observatory.toml");
        write(&file, &settings);
        file
    }

    /// Builds the release of the town into `folder/release`.
    pub(crate) fn build(&self, folder: &Path, language: &str) -> Ran {
        let file = self.write(folder);
        ran(optima().args(["--lang", language, "build"]).arg(file).arg("--out").arg(folder.join("release")))
    }
}

pub(crate) fn ran(command: &mut std::process::Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// A plain generator, so that towns are the same everywhere.
pub(crate) fn draws(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}
