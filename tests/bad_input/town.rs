//! The town of Valmont in a folder of its own, with a release of before, and somebody in the records who must never be named.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

pub(crate) const JOB_SEEKERS: &str = "records/job_seekers.csv";
pub(crate) const INTERVIEWS: &str = "records/interviews.csv";
pub(crate) const ZONES: &str = "valmont/zones.geojson";

/// A person of the records. Nothing but the private list may hold a word of this.
pub(crate) const SECRET: &str = "Zébulon-Kwakkel";
/// The part of it that is the same in every encoding.
const TRACE: &[u8] = b"bulon-Kwakkel";

/// Words that a French message does not hold.
const ENGLISH: [&str; 14] =
    [" the ", " is ", " are ", " and ", " not ", " of ", " with ", "expected ", "there ", " cannot ", " it ", "this ", " no ", "declare "];

pub(crate) struct Town {
    folder: tempfile::TempDir,
}

/// What a run of the program gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

type Files = BTreeMap<PathBuf, Vec<u8>>;

impl Town {
    /// The town as it is shipped, with [`SECRET`] among its people, and without a release.
    pub(crate) fn unreleased() -> Self {
        let town = Self { folder: tempfile::tempdir().unwrap() };
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&project.join("examples/valmont"), &town.path(""));
        copy(&project.join("layers/territories/valmont"), &town.path("valmont"));
        town.lines(JOB_SEEKERS, |lines| {
            lines[1] = format!("{SECRET},2003-Q1,99001A00-,,,,,,22,deda,34,no");
            lines[2] = format!("77,2003-Q1,,,,Rue de {SECRET},3,4999,22,deda,34,no");
        });
        town.lines(INTERVIEWS, |lines| {
            lines[1] =
                format!("{SECRET},2003-01-08,maison_medicale,operator,0.75,,,,Rue de {SECRET},,4999,no,private_tenant,yes,no,no,good,ris");
        });
        town
    }

    /// The same with a release of before.
    pub(crate) fn new() -> Self {
        static RELEASE: OnceLock<Files> = OnceLock::new();
        let town = Self::unreleased();
        let release = RELEASE.get_or_init(|| {
            let town = Self::unreleased();
            let run = town.build(&[]);
            assert_eq!(run.code, Some(0), "{run:?}");
            files(&town.release())
        });
        for (name, bytes) in release {
            let path = town.release().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        town
    }

    /// The folder with the observatory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("town").join(name)
    }

    /// The folder that holds the town and its release.
    pub(crate) fn parent(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn release(&self) -> PathBuf {
        self.folder.path().join("release")
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// Puts a text in the place of another, which must be there.
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{name} does not hold {from:?}");
        self.write(name, text.replacen(from, to, 1));
    }

    /// A key of a source, such as `encoding = "utf-8"`.
    pub(crate) fn declare(&self, source: &str, line: &str) {
        let header = format!("[sources.{source}]\n");
        self.edit("observatory.toml", &header, &format!("{header}{line}\n"));
    }

    /// Changes the lines of a text file; `lines[0]` is the header.
    pub(crate) fn lines(&self, name: &str, change: impl FnOnce(&mut Vec<String>)) {
        let mut lines: Vec<String> = self.text(name).lines().map(str::to_owned).collect();
        change(&mut lines);
        self.write(name, lines.join("\n") + "\n");
    }

    /// Changes one cell of each row that has something there; the function gets the row's number among those.
    pub(crate) fn cells(&self, name: &str, column: usize, mut change: impl FnMut(usize, &mut Vec<String>)) {
        self.lines(name, |lines| {
            let mut count = 0;
            for line in lines.iter_mut().skip(1) {
                let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
                if !cells[column].is_empty() {
                    change(count, &mut cells);
                    count += 1;
                    *line = cells.join(",");
                }
            }
        });
    }

    pub(crate) fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_optima"));
        command.arg(verb).arg(self.path("observatory.toml"));
        command
    }

    pub(crate) fn check(&self, arguments: &[&str]) -> Run {
        run(self.command("check").args(arguments))
    }

    /// A build into the release, in place of one that is there.
    pub(crate) fn build(&self, arguments: &[&str]) -> Run {
        run(self.command("build").arg("--out").arg(self.release()).arg("--force").args(arguments))
    }

    /// The report of `check` as data; `read = used + set aside` holds for each source.
    pub(crate) fn report(&self) -> Value {
        let run = self.check(&["--format", "json"]);
        let report: Value = serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{e}: {run:?}"));
        for source in report["sources"].as_array().unwrap() {
            let count = |key: &str| source[key].as_u64().unwrap();
            assert_eq!(count("read"), count("used") + count("set_aside"), "{source}");
        }
        for tally in report["located"].as_array().unwrap() {
            let count = |key: &str| tally[key].as_u64().unwrap();
            assert_eq!(count("records"), count("within") + count("outside") + count("missing"), "{tally}");
        }
        report
    }

    /// The counts of a source: read, used, set aside.
    pub(crate) fn counts(&self, source: &str) -> [u64; 3] {
        let report = self.report();
        let found = report["sources"].as_array().unwrap().iter().find(|s| s["source"] == source).unwrap().clone();
        ["read", "used", "set_aside"].map(|key| found[key].as_u64().unwrap())
    }

    /// How the records of a source were placed.
    pub(crate) fn tally(&self, source: &str) -> Value {
        let report = self.report();
        report["located"].as_array().unwrap().iter().find(|t| t["source"] == source).unwrap().clone()
    }

    /// `check` and `build` both stop with this code and these words, in both languages; nothing is written, the release of
    /// before is the same to the byte, and nobody is named.
    pub(crate) fn refuses(&self, code: i32, words: &[&str]) {
        let before = files(self.parent());
        self.check(&["--lang", "en"]).exits(code).says(words).names_nobody();
        self.check(&["--lang", "fr"]).exits(code).is_french().names_nobody();
        assert!(files(self.parent()) == before, "check writes nothing");
        self.build(&["--lang", "en"]).exits(code).says(words).names_nobody();
        let (mut before, mut after) = (before, files(self.parent()));
        for files in [&mut before, &mut after] {
            files.retain(|name, _| !name.starts_with("town/private"));
        }
        assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "nothing is left");
        assert!(after == before, "the release of before is whole");
    }

    /// As [`refuses`](Self::refuses), in two runs in place of three: `build` in English, `check` in French.
    pub(crate) fn stops(&self, code: i32, words: &[&str]) {
        let before = files(self.parent());
        self.check(&["--lang", "fr"]).exits(code).is_french().names_nobody();
        self.build(&["--lang", "en"]).exits(code).says(words).names_nobody();
        let after = files(self.parent());
        let kept = |files: &Files| {
            files.iter().filter(|(name, _)| !name.starts_with("town/private")).map(|(n, b)| (n.clone(), b.clone())).collect()
        };
        let (before, after): (Files, Files) = (kept(&before), kept(&after));
        assert!(after == before, "nothing is written, and no input is changed");
    }

    /// `check` says these words and finds all ready.
    pub(crate) fn passes(&self, words: &[&str]) {
        let before = files(self.parent());
        self.check(&["--lang", "en"]).exits(0).says(words).names_nobody();
        assert!(files(self.parent()) == before, "nothing is written, and no input is changed");
    }

    /// A tenth of the rows of a small file may be set aside.
    pub(crate) fn accepts_more_set_aside(&self) {
        self.edit("observatory.toml", "max_set_aside = 0.02", "max_set_aside = 0.1");
    }

    /// What a release consists of, with the parts of its archives as files of their own.
    pub(crate) fn outputs(&self) -> Files {
        let mut all = Files::new();
        for (name, bytes) in files(&self.release()) {
            if name.extension() == Some(OsStr::new("qgz")) {
                let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
                for i in 0..archive.len() {
                    let mut inner = Vec::new();
                    let mut entry = archive.by_index(i).unwrap();
                    let part = name.join(entry.name().unwrap().as_ref());
                    entry.read_to_end(&mut inner).unwrap();
                    all.insert(part, inner);
                }
            } else {
                all.insert(name, bytes);
            }
        }
        all
    }

    /// `check` says these words and finds all ready, and a release comes out that names nobody.
    pub(crate) fn accepts(&self, words: &[&str]) {
        self.check(&["--lang", "en"]).exits(0).says(words).names_nobody();
        self.check(&["--lang", "fr"]).exits(0).is_french().names_nobody();
        self.build(&[]).exits(0).names_nobody();
        self.leaves_nothing();
        for (name, bytes) in self.outputs() {
            assert!(!holds_trace(&bytes), "{} names somebody", name.display());
            // In a database three such bytes may be part of a number.
            let text = name.extension() != Some(OsStr::new("gpkg"));
            assert!(!text || !bytes.windows(3).any(|part| part == "\u{fffd}".as_bytes()), "{} lost a letter", name.display());
        }
    }

    /// Beside the town and its release there is nothing.
    pub(crate) fn leaves_nothing(&self) {
        let mut names: Vec<_> = std::fs::read_dir(self.parent()).unwrap().map(|e| e.unwrap().file_name()).collect();
        names.sort();
        names.retain(|name| name != "release" && name != "town");
        assert!(names.is_empty(), "left: {names:?}");
    }
}

impl Run {
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        self
    }

    pub(crate) fn says(&self, words: &[&str]) -> &Self {
        let said = format!("{}{}", self.out, self.err);
        for word in words {
            assert!(said.contains(word), "expected {word:?} in:\n{said}");
        }
        self
    }

    /// Neither the person of the records nor a message of GDAL's own, nor a panic.
    pub(crate) fn names_nobody(&self) -> &Self {
        let said = format!("{}{}", self.out, self.err);
        assert!(!holds_trace(said.as_bytes()), "somebody is named:\n{said}");
        for foreign in ["ERROR 1", "Warning 1", "panicked", "internal fault", "os error"] {
            assert!(!said.contains(foreign), "{foreign}:\n{said}");
        }
        self
    }

    pub(crate) fn is_french(&self) -> &Self {
        for line in format!("{}{}", self.out, self.err).lines() {
            let spaced = format!(" {line} ");
            let found: Vec<_> = ENGLISH.iter().filter(|word| spaced.contains(**word)).collect();
            assert!(found.is_empty(), "English {found:?} in: {line}");
        }
        self
    }
}

fn holds_trace(bytes: &[u8]) -> bool {
    bytes.windows(TRACE.len()).any(|window| window == TRACE)
}

pub(crate) fn run(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// All files of a folder with their bytes, by their path in it.
pub(crate) fn files(folder: &Path) -> Files {
    fn walk(root: &Path, folder: &Path, found: &mut Files) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = std::fs::symlink_metadata(&path).unwrap().file_type();
            let name = path.strip_prefix(root).unwrap().to_path_buf();
            if kind.is_dir() {
                walk(root, &path, found);
            } else {
                found.insert(name, if kind.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() });
            }
        }
    }
    let mut found = Files::new();
    walk(folder, folder, &mut found);
    found
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        if name.starts_with("private") || name.starts_with("release") {
            continue;
        }
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
