//! F8, F9, F11: inputs that are in use, change, vanish, never end, or nest without end.

use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::rig::{State, Town, files, many, run, strace_works, told, works};

const RECORDS: &str = "records/job_seekers.csv";
const ZONES: &str = "valmont/zones.geojson";

/// Refused in this time or stopped: what never ends is told apart from what is slow.
fn quickly(town: &Town) -> crate::rig::Run {
    run(&mut town.under(&["timeout", "-k", "1", "10"]))
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let names = [RECORDS, ZONES, "observatory.toml", "valmont/territory.toml", "valmont/crosswalk.csv", "layers/disclosure/default.toml"];
    for name in names {
        let town = Town::new();
        let path = town.path(name);
        let put: [(&str, fn(&PathBuf)); 5] = [
            ("a pipe", |path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success())),
            ("a device that never ends", |path| symlink("/dev/zero", path).unwrap()),
            ("an empty device", |path| symlink("/dev/null", path).unwrap()),
            ("a folder", |path| std::fs::create_dir(path).unwrap()),
            ("a link to itself", |path| symlink(path, path).unwrap()),
        ];
        for (what, put) in put {
            let _ = std::fs::remove_file(&path);
            let _ = std::fs::remove_dir(&path);
            put(&path);
            let found = quickly(&town);
            assert!(matches!(found.code, Some(2 | 3)), "{name} is {what}: {found:?}");
            found.names_nobody();
            assert_eq!(town.state(), State::Before, "{name} is {what}");
            town.leaves_nothing(what);
        }
    }
}

#[test]
fn a_package_that_another_program_is_writing_is_refused_and_never_touched() {
    for name in ["records/points.gpkg", "valmont/zones.gpkg"] {
        // A run that was stopped left its journal, or one that is at work its log.
        for (mode, suffix) in [("delete", "-journal"), ("wal", "-wal")] {
            let town = Town::new();
            let path = town.path(name);
            let mut make = Command::new("ogr2ogr");
            make.args(["-f", "GPKG"]).arg(&path).arg(town.path(if name.starts_with("records") { RECORDS } else { ZONES }));
            if !works(&mut make, "ogr2ogr") {
                return;
            }
            if name.starts_with("records") {
                town.edit("observatory.toml", RECORDS, name);
            } else {
                town.edit("valmont/territory.toml", "zones = \"zones.geojson\"", "zones = \"zones.gpkg\"");
            }
            let script = format!(
                "import sqlite3, sys, os\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\nc.execute('pragma journal_mode={mode}')\n\
                 c.execute('pragma cache_size=1')\nc.execute('begin immediate')\nc.execute('create table more (a)')\n\
                 c.executemany('insert into more values (?)', [('x' * 900,)] * 500)\nif '{mode}' == 'wal': c.execute('commit')\nos._exit(0)"
            );
            assert!(Command::new("python3").args(["-c", &script]).arg(&path).status().unwrap().success());
            assert!(PathBuf::from(format!("{}{suffix}", path.display())).exists(), "{mode}");
            let before = files(path.parent().unwrap());
            let found = town.build(&[]);
            let kept = files(path.parent().unwrap()) == before;
            assert!(kept, "{name} {mode}: an input was changed: {:?} {found:?}", files(path.parent().unwrap()).keys());
            found.exits(3).names_nobody();
            assert_eq!(town.state(), State::Before);
        }
    }
}

#[test]
fn an_input_that_changes_or_vanishes_while_it_is_read_is_noticed() {
    if !strace_works() {
        return;
    }
    let town = Town::new();
    // Stopped at its first write to the release, the program has read all; stopped at reads, some.
    let mut runs = 0;
    for (name, at) in
        [(RECORDS, "pread64"), (RECORDS, "read"), (ZONES, "mkdir"), ("observatory.toml", "mkdir"), ("valmont/crosswalk.csv", "mkdir")]
    {
        for (what, change) in [
            ("grows", "printf 'x' >> \"$1\""),
            ("is replaced", "sed 's/2/3/' \"$1\" > \"$1.new\"; mv \"$1.new\" \"$1\""),
            ("vanishes", "rm \"$1\""),
        ] {
            if many(1, 0) == 0 && (what == "vanishes" || at == "pread64") {
                continue;
            }
            for when in [1, 2].into_iter().take(many(2, 1)) {
                let town = Town::new();
                let inject = format!("inject={at}:delay_enter=900000:when={when}");
                let filter = format!("trace={at}");
                let path = town.path(name);
                let original = hash(&std::fs::read(&path).unwrap());
                let traced = if at == "mkdir" { town.parent().to_path_buf() } else { path.clone() };
                let mut words = vec!["strace", "-f", "-qq", "-o", "/dev/null", "-e", &filter, "-e", &inject];
                if at != "mkdir" {
                    words.extend(["-P", traced.to_str().unwrap()]);
                }
                let mut child = town.under(&words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
                std::thread::sleep(std::time::Duration::from_millis(500));
                assert!(Command::new("sh").args(["-c", change, "sh"]).arg(&path).status().unwrap().success());
                let status = child.wait().unwrap();
                let mut said = String::new();
                std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
                // Either the run stops and says so, or it used the bytes whose hash it tells.
                let when = format!("{name} {what} at {at}: {status} {said}");
                match status.code() {
                    Some(0) => {
                        town.verify().exits(0);
                        let text = std::fs::read_to_string(town.release().join("manifest.json")).unwrap();
                        let now = std::fs::read(&path).map(|bytes| hash(&bytes)).unwrap_or_default();
                        // The bytes of before with their release, or those of now with their hash.
                        assert!(town.state() == State::After && text.contains(&original) || text.contains(&now), "{when}");
                    }
                    Some(1..=3) => assert_eq!(town.state(), State::Before, "{when}"),
                    _ => panic!("{when}"),
                }
                town.leaves_nothing(&when);
                runs += 1;
            }
        }
    }
    drop(town);
    told("F9 an input that changes or vanishes while it is read", runs);
}

fn hash(bytes: &[u8]) -> String {
    optima::read::hex(&<sha2::Sha256 as sha2::Digest>::digest(bytes))
}

#[test]
fn what_nests_without_end_is_refused_also_on_a_small_stack() {
    let town = Town::new();
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    for (name, text, codes) in [
        (ZONES, deep("[", "]"), [3, 3]),
        (ZONES, deep("{\"type\":\"FeatureCollection\",\"features\":", "}"), [3, 3]),
        (
            ZONES,
            format!(
                "{{\"type\":\"FeatureCollection\",\"features\":[{{\"type\":\"Feature\",\"properties\":{{}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{}}}}}]}}",
                deep("[", "]")
            ),
            [3, 3],
        ),
        ("observatory.toml", format!("a = {}", deep("[", "]")), [2, 2]),
        ("layers/analyses/needs.toml", format!("a = {}", deep("[", "]")), [2, 2]),
        ("layers/analyses/needs.toml", format!("{}a = 1", "a.".repeat(100_000)), [2, 2]),
    ] {
        let town = Town::new();
        town.write(name, text);
        for stack in ["--stack=1048576:", "--stack=8388608:"] {
            let found = run(&mut town.under(&["timeout", "-k", "1", "20", "prlimit", stack]));
            assert!(
                codes.contains(&found.code.unwrap_or(-1)),
                "{name} {stack} {:?} {}",
                found.code,
                found.err.chars().take(300).collect::<String>()
            );
            assert_eq!(town.state(), State::Before);
        }
    }
    // And an ordinary build needs no more than that.
    run(&mut town.under(&["prlimit", "--stack=1048576:"])).exits(0);
    town.release().join("manifest.json").metadata().unwrap();
    std::fs::write(town.release().join("manifest.json"), deep("[", "]")).unwrap();
    town.verify().exits(3).names_nobody();
}
