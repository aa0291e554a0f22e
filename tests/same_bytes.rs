//! One hash of a whole release, whatever the machine around it: threads, time zone, locale, umask, home, folder.
//!
//! `tests/invariants.rs` has the order of zones and rows. Here the program runs as a user runs it, on a copy of an example somewhere
//! else each time. Valmont always; Seraing too where `OPTIMA_FAULTS=all` asks for the long suites.

#![allow(clippy::unwrap_used, reason = "tests may: a panic is how they fail")]

mod released;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use released::{files, project, run};
use sha2::{Digest, Sha256};

/// The surroundings of one run.
struct Machine {
    threads: &'static str,
    /// Variables set, beside those of the threads; none of the test's own is inherited but the path.
    set: &'static [(&'static str, &'static str)],
    umask: &'static str,
    /// The folder, in a temporary one, that the inputs lie in.
    inputs: &'static str,
    /// The folder, in a temporary one, that the program is started in.
    started_in: &'static str,
}

const MACHINES: [Machine; 6] = [
    Machine {
        threads: "1",
        set: &[("HOME", "/root"), ("TZ", "America/Caracas"), ("LC_ALL", "C")],
        umask: "022",
        inputs: "a",
        started_in: "a",
    },
    Machine {
        threads: "2",
        set: &[("TZ", "Pacific/Kiritimati"), ("LC_ALL", "fr_BE.UTF-8"), ("LANG", "fr_BE.UTF-8"), ("LANGUAGE", "fr")],
        umask: "077",
        inputs: "une commune à côté",
        started_in: "elsewhere",
    },
    Machine {
        threads: "8",
        set: &[("HOME", "/nowhere"), ("TZ", "Europe/Brussels"), ("LC_ALL", "tr_TR.UTF-8"), ("TMPDIR", "/nowhere")],
        umask: "027",
        inputs: "deep/er/and/deeper",
        started_in: "deep/er",
    },
    // No variable at all; and a terminal that asks for colors.
    Machine { threads: "", set: &[], umask: "000", inputs: "b", started_in: "." },
    Machine {
        threads: "8",
        set: &[("TZ", ":/nonsense"), ("LC_NUMERIC", "de_DE.UTF-8"), ("COLUMNS", "20"), ("TERM", "xterm-256color"), ("CLICOLOR_FORCE", "1")],
        umask: "022",
        inputs: "c",
        started_in: "c",
    },
    // What GDAL and PROJ would take from the environment is not for a release to depend on.
    Machine {
        threads: "2",
        set: &[
            ("GDAL_NUM_THREADS", "ALL_CPUS"),
            ("OGR_CURRENT_DATE", "2001-01-01T00:00:00Z"),
            ("OSR_DEFAULT_AXIS_MAPPING_STRATEGY", "AUTHORITY_COMPLIANT"),
        ],
        umask: "022",
        inputs: "d",
        started_in: "d",
    },
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Names, lengths and bytes of all files, the manifest included, in the order of the names.
fn hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        hash.update(format!("{name}\0{}\0", bytes.len()));
        hash.update(bytes);
    }
    optima::read::hex(&hash.finalize())
}

#[test]
fn one_hash_whatever_the_machine_around_the_program() {
    let all = std::env::var("OPTIMA_FAULTS").is_ok_and(|word| word == "all");
    for example in if all { &["valmont", "seraing"][..] } else { &["valmont"] } {
        let mut first: Option<(String, BTreeMap<String, Vec<u8>>)> = None;
        for (number, machine) in MACHINES.iter().enumerate() {
            let folder = tempfile::tempdir().unwrap();
            let inputs = folder.path().join(machine.inputs);
            copy(&project().join("examples").join(example), &inputs);
            copy(&project().join("layers"), &folder.path().join("layers"));
            let started_in = folder.path().join(machine.started_in);
            fs::create_dir_all(&started_in).unwrap();
            let out = folder.path().join(format!("out {number}"));
            let mut command = Command::new("/bin/sh");
            command.args(["-c", "umask \"$1\"; shift; exec \"$@\"", "sh", machine.umask, env!("CARGO_BIN_EXE_optima"), "build"]);
            command.arg(inputs.join("observatory.toml")).arg("--out").arg(&out).env_clear().current_dir(&started_in);
            if !machine.threads.is_empty() {
                command.env("RAYON_NUM_THREADS", machine.threads).env("POLARS_MAX_THREADS", machine.threads);
            }
            run(command.envs(machine.set.iter().copied()));
            let found = files(&out);
            assert!(found.len() > 10 && found.contains_key("manifest.json"), "{example}");
            let got = hash(&found);
            let (expected, before) = first.get_or_insert_with(|| (got.clone(), found.clone()));
            let differing: Vec<&String> = found.keys().chain(before.keys()).filter(|name| found.get(*name) != before.get(*name)).collect();
            assert_eq!((&got, differing), (&*expected, vec![]), "{example}, machine {number}");
        }
    }
}
