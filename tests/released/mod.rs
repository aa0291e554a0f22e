//! What tests of a release have in common: running the program as a person would, and reading what it wrote.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) type Row = BTreeMap<String, String>;

pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program, with a quiet environment.
pub(crate) fn optima() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_optima"));
    command.arg("--quiet").env("NO_COLOR", "1");
    command
}

/// Runs a command that must succeed.
pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{said}{}", String::from_utf8_lossy(&output.stdout));
    output
}

/// Builds a release and gives its manifest.
pub(crate) fn build(observatory: &Path, out: &Path) -> serde_json::Value {
    let output = run(optima().args(["--format", "json", "build"]).arg(observatory).arg("--out").arg(out).arg("--force"));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The manifest's counts of a source: read, set aside, within, outside, missing.
pub(crate) fn stage(manifest: &serde_json::Value, source: &str) -> [u64; 5] {
    let stages = manifest["stages"].as_array().unwrap();
    let stage = stages.iter().find(|stage| stage["source"] == source).unwrap();
    ["read", "set_aside", "within", "outside", "missing"].map(|key| stage[key].as_u64().unwrap())
}

/// The long table of a release.
pub(crate) fn indicators(release: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(release.join("tables/indicators.csv")).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// All files of a folder by relative name, with their bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                walk(&entry.path(), &format!("{name}/"), files);
            } else {
                files.insert(name, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    walk(folder, "", &mut files);
    files
}

/// Real data beside the project, or beside the folder it lies in; says so where they are not at hand.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let found = project().ancestors().skip(1).take(2).map(|folder| folder.join("shared/data").join(name)).find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: {name} is not at hand");
    }
    found
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Says why a test does not run; under `make test` (`OPTIMA_TESTS=all`) everything is installed, and not to run is to fail.
pub(crate) fn skip(reason: &str) {
    assert!(std::env::var("OPTIMA_TESTS").as_deref() != Ok("all"), "{reason}");
    eprintln!("skipped: {reason}");
}
