//! The rig: a town whose build takes a fifth of a second and makes a file of every kind, its release of before and the one a
//! build makes, and what must hold after any fault.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// What a run keeps in the private folder: what was set aside, and the report for the person who signs.
pub(crate) const PRIVATE: [&str; 3] = ["disclosure_report.html", "hidden_cells.csv", "set_aside.csv"];

pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A person of the records. Nothing but the private list may hold a word of this.
pub(crate) const SECRET: &str = "Zebulon-Kwakkel";

/// The analysis of the town: small, so that a build is fast, and whole, so that there are pictures and groups.
const ANALYSIS: &str = r#"
title = { fr = "Besoins", en = "Needs" }
group = { fr = "Profil", en = "Profile" }
of = "interviews"
missing = "modality"
rare_below = 0.02
axes = 3
[active]
questions = ["income_source", "housing_tenure", "housing_damp", "health_self", "isolation"]
[supplementary]
themes = []
questions = ["school_dropout"]
[groups]
fewest = 3
most = 4
consolidate = true
resamples = 4
stable_from = 0.0
"#;

const THEMES: [&str; 9] = [
    "employment/theme.toml",
    "employment/job_seeker_rate.toml",
    "employment/job_seeker_count.toml",
    "living/theme.toml",
    "living/isolation.toml",
    "profiles/theme.toml",
    "profiles/needs.toml",
    "signal/theme.toml",
    "signal/job_seeker_rank.toml",
];

pub(crate) struct Town {
    folder: tempfile::TempDir,
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Whether whole series are run.
#[expect(clippy::disallowed_methods, reason = "a test is told by its environment how far to go")]
pub(crate) fn whole() -> bool {
    std::env::var_os("OPTIMA_FAULTS").is_some_and(|value| value == "all")
}

#[expect(clippy::disallowed_methods, reason = "a test is told by its environment whether it may be skipped")]
fn must_run() -> bool {
    whole() || std::env::var_os("OPTIMA_TESTS").is_some_and(|value| value == "all")
}

/// So many in a whole series, so many otherwise.
pub(crate) fn many(all: usize, few: usize) -> usize {
    if whole() { all } else { few }
}

/// Whether a rig works here; skipped with the reason where it does not, unless it was asked that nothing be skipped.
pub(crate) fn works(rig: &mut Command, name: &str) -> bool {
    let found = rig.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    assert!(found || !must_run(), "{name} does not work here: ./setup --install --tests");
    if !found {
        eprintln!("skipped: {name} does not work here");
    }
    found
}

pub(crate) fn strace_works() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| works(Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]), "strace"))
}

pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

/// Tells, for docs/reliability.md, how many runs of a series there were; whoever comes here found no violation.
pub(crate) fn told(series: &str, runs: usize) {
    eprintln!("fault | {series} | {runs} runs | 0 violations");
}

/// A number after another, the same every time: where a series takes places at random.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// 0..below.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below.max(1)
    }
}

/// The releases of the town: of before and after.
struct Releases {
    before: Files,
    after: Files,
}

fn releases() -> &'static Releases {
    static RELEASES: OnceLock<Releases> = OnceLock::new();
    RELEASES.get_or_init(|| {
        let town = Town::unreleased();
        town.edit("observatory.toml", "date = \"2004-01-15\"", "date = \"2003-10-15\"");
        town.build(&[]).exits(0);
        let before = files(&town.release());
        town.edit("observatory.toml", "date = \"2003-10-15\"", "date = \"2004-01-15\"");
        town.build(&[]).exits(0);
        let after = files(&town.release());
        assert!(before != after && before.keys().eq(after.keys()));
        for kind in ["gpkg", "qgz", "geojson", "csv", "svg", "gal", "json"] {
            assert!(after.keys().any(|name| name.extension() == Some(OsStr::new(kind))), "no {kind} in the town's release");
        }
        Releases { before, after }
    })
}

impl Town {
    pub(crate) fn unreleased() -> Self {
        let town = Self { folder: tempfile::tempdir().unwrap() };
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let copy = |from: &str, to: &str| write_files(&town.path(to), &files(&project.join(from)));
        copy("examples/valmont/records", "records");
        copy("layers/territories/valmont", "valmont");
        for folder in ["styles", "disclosure"] {
            copy(&format!("layers/{folder}"), &format!("layers/{folder}"));
        }
        for name in THEMES.iter().map(|theme| format!("layers/themes/{theme}")).chain(["layers/texts.toml".to_owned()]) {
            town.write(&name, std::fs::read(project.join(&name)).unwrap());
        }
        town.write("layers/analyses/needs.toml", ANALYSIS);
        town.write("observatory.toml", std::fs::read(project.join("examples/valmont/observatory.toml")).unwrap());
        let interviews = town.text("records/interviews.csv");
        town.write("records/interviews.csv", interviews.lines().take(40).map(|line| format!("{line}\n")).collect::<String>());
        // One row that holds and one that is set aside, so that there is a private list.
        let seekers = town.text("records/job_seekers.csv");
        let mut lines: Vec<String> = seekers.lines().map(str::to_owned).collect();
        lines[1] = format!("{SECRET},2003-Q1,99001A00-,,,,,,22,deda,34,no");
        lines[2] = format!("77,2003-Q1,,,,Rue de {SECRET},3,4999,no age,deda,34,no");
        town.write("records/job_seekers.csv", lines.join("\n") + "\n");
        town
    }

    /// A town with its release of before.
    pub(crate) fn new() -> Self {
        let town = Self::unreleased();
        town.restore();
        town
    }

    /// Puts the release of before back, and takes away what runs left in the private folder.
    pub(crate) fn restore(&self) {
        let _ = std::fs::remove_dir_all(self.release());
        let _ = std::fs::remove_dir_all(self.path("private"));
        write_files(&self.release(), &releases().before);
    }

    pub(crate) fn parent(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("town").join(name)
    }

    pub(crate) fn release(&self) -> PathBuf {
        self.folder.path().join("release")
    }

    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{name} does not hold {from:?}");
        self.write(name, text.replacen(from, to, 1));
    }

    /// The words of a build into the release, in place of one that is there.
    pub(crate) fn words(&self) -> Vec<PathBuf> {
        let [observatory, release] = [self.path("observatory.toml"), self.release()];
        let program = PathBuf::from(env!("CARGO_BIN_EXE_optima"));
        vec![program, "build".into(), observatory, "--out".into(), release, "--force".into(), "--lang".into(), "en".into()]
    }

    pub(crate) fn command(&self) -> Command {
        let words = self.words();
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command
    }

    pub(crate) fn build(&self, arguments: &[&str]) -> Run {
        run(self.command().args(arguments))
    }

    /// A build under another program.
    pub(crate) fn under(&self, words: &[&str]) -> Command {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(self.words());
        command
    }

    /// What lies at the output: the release of before, the one after, nothing, or something that must not be.
    pub(crate) fn state(&self) -> State {
        if !self.release().exists() {
            return State::Nothing;
        }
        let there = files(&self.release());
        match releases() {
            all if there == all.before => State::Before,
            all if there == all.after => State::After,
            _ => State::Mixed,
        }
    }

    /// Beside the town and its release there is nothing, in the private folder nothing unfinished, in the release no trace.
    pub(crate) fn leaves_nothing(&self, when: &str) {
        let left: Vec<_> = names(self.parent()).into_iter().filter(|name| name != "release" && name != "town").collect();
        assert!(left.is_empty(), "{when}: left {left:?}");
        let left: Vec<_> = names(&self.path("private")).into_iter().filter(|name| !PRIVATE.contains(&name.as_str())).collect();
        assert!(left.is_empty(), "{when}: left in the private folder {left:?}");
    }

    /// After a fault: the release of before or the one after, whole (nothing, where there was none before); all that is
    /// unfinished is for its user's eyes only; and the next run clears it and succeeds.
    pub(crate) fn holds_after(&self, had_release: bool, when: &str) {
        let state = self.state();
        assert!(state != State::Mixed, "{when}: a mix of two releases, or half of one");
        assert!(state != State::Nothing || !had_release, "{when}: the release of before is gone");
        if state != State::Nothing {
            self.verify().exits(0);
        }
        self.is_private(when);
        self.build(&[]).exits(0).names_nobody();
        assert!(self.state() == State::After, "{when}: the next run makes another release");
        self.leaves_nothing(when);
    }

    pub(crate) fn verify(&self) -> Run {
        run(Command::new(env!("CARGO_BIN_EXE_optima")).arg("verify").arg(self.release()).args(["--lang", "en"]))
    }

    /// Unfinished folders and all private files can be read by nobody else.
    pub(crate) fn is_private(&self, when: &str) {
        use std::os::unix::fs::PermissionsExt;
        let open = |path: &Path| std::fs::symlink_metadata(path).is_ok_and(|there| there.permissions().mode() & 0o077 != 0);
        for name in names(self.parent()) {
            let path = self.parent().join(&name);
            assert!(!name.contains(".staging-") || !open(&path), "{when}: {name} is open to others");
        }
        let private = self.path("private");
        if private.exists() {
            assert!(!open(&private), "{when}: the private folder is open to others");
            for name in names(&private) {
                assert!(!open(&private.join(&name)), "{when}: private/{name} is open to others");
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Nothing,
    Before,
    After,
    Mixed,
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

    /// Neither a person of the records, nor a message of another library's, nor a panic.
    pub(crate) fn names_nobody(&self) -> &Self {
        let said = format!("{}{}", self.out, self.err);
        for foreign in [SECRET, "ERROR 1", "Warning 1", "panicked", "internal fault", "memory allocation of"] {
            assert!(!said.contains(foreign), "{foreign}:\n{said}");
        }
        self
    }
}

pub(crate) fn run(command: &mut Command) -> Run {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Run { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// The names in a folder, in order; none where there is no folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// All files of a folder with their bytes, by their path in it.
pub(crate) fn files(folder: &Path) -> Files {
    fn walk(root: &Path, folder: &Path, found: &mut Files) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = std::fs::symlink_metadata(&path).unwrap().file_type();
            if kind.is_dir() {
                walk(root, &path, found);
            } else {
                let bytes = if kind.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
                found.insert(path.strip_prefix(root).unwrap().to_path_buf(), bytes);
            }
        }
    }
    let mut found = Files::new();
    walk(folder, folder, &mut found);
    found
}

pub(crate) fn write_files(folder: &Path, files: &Files) {
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// A file system of its own, gone when dropped; `None`, with the reason told, where none can be made.
pub(crate) struct Small(PathBuf);

impl Small {
    pub(crate) fn mount(at: &Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at);
        works(&mut mount, "mount of a tmpfs").then(|| Self(at.to_path_buf()))
    }

    pub(crate) fn remount(&self, options: &str) {
        let status = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}
