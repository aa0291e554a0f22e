//! Runs that are stopped, killed, or started twice: the release of before stays, and nothing else does.

use std::fmt::Write;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::town::{JOB_SEEKERS, Town, files, run};

/// A town with as many records as a city, so that there is time to stop a run.
fn city() -> Town {
    let town = Town::new();
    let text = town.text(JOB_SEEKERS);
    let (header, rows) = text.split_once('\n').unwrap();
    let mut city = format!("{header}\n");
    for copy in 0..40 {
        rows.lines().for_each(|row| writeln!(city, "{copy}_{row}").unwrap());
    }
    town.write(JOB_SEEKERS, city);
    town
}

/// A build that has come as far as a line of its log.
struct Started {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Started {
    fn until(town: &Town, begins: &str) -> Self {
        let mut command = town.command("build");
        command.arg("--out").arg(town.release()).args(["--force", "-v", "--lang", "en"]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.starts_with(begins) {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "the run ended before {begins:?}");
        }
        Self { child, log }
    }

    /// Sends a signal; gives the exit code and what was said after it.
    fn send(mut self, signal: &str) -> (Option<i32>, String) {
        assert!(Command::new("sh").args(["-c", &format!("kill -{signal} {}", self.child.id())]).status().unwrap().success());
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

#[test]
fn a_run_that_is_asked_to_stop_leaves_everything_as_it_was() {
    let town = city();
    let before = files(town.parent());
    for (signal, exit) in [("INT", 130), ("TERM", 143)] {
        for stage in ["reading source=job_seekers", "measuring", "writing file=valmont.gpkg"] {
            let (code, said) = Started::until(&town, stage).send(signal);
            assert_eq!(code, Some(exit), "{signal} while {stage}: {said}");
            assert!(said.ends_with("error: stopped; nothing was published\n"), "{said}");
            assert!(files(town.parent()) == before, "{signal} while {stage}: something is left or lost");
        }
    }
}

#[test]
fn what_a_killed_run_leaves_the_next_one_clears() {
    let town = city();
    let before = files(&town.release());
    let (code, _) = Started::until(&town, "writing file=valmont.gpkg").send("KILL");
    assert_eq!(code, None);
    assert!(files(&town.release()) == before, "the release of before is whole");
    let left = std::fs::read_dir(town.parent()).unwrap().count();
    assert!(left > 2, "the killed run left its unfinished folder");
    town.build(&[]).exits(0);
    town.leaves_nothing();
    assert!(files(&town.release()) != before);
}

#[test]
fn an_output_that_another_run_holds_is_refused() {
    let town = Town::new();
    let path = town.parent().join(".release.lock");
    let mut lock = File::create(&path).unwrap();
    lock.lock().unwrap();
    write!(lock, "4242").unwrap();
    let before = files(town.parent());
    town.build(&["--lang", "en"])
        .exits(5)
        .says(&["release: the output is in use by the run with process number 4242", "wait until it ends"]);
    town.build(&["--lang", "fr"]).exits(5).is_french();
    assert!(files(town.parent()) == before);
    // The lock of a dead run holds nobody up.
    drop(lock);
    town.build(&[]).exits(0);
    town.leaves_nothing();
}

#[test]
fn of_runs_at_once_on_one_output_each_is_whole_or_refused() {
    let town = Town::new();
    let expected = files(&town.release());
    let runs: Vec<Child> = (0..4)
        .map(|_| {
            let mut command = town.command("build");
            command.arg("--out").arg(town.release()).args(["--force", "--lang", "fr"]);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut made = 0;
    for run in runs {
        let output = run.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        match output.status.code() {
            Some(0) => made += 1,
            code => assert!(code == Some(5) && said.contains("est en cours par "), "{code:?}: {said}"),
        }
    }
    assert!(made > 0);
    assert!(files(&town.release()) == expected);
    town.leaves_nothing();
}

#[test]
fn an_interrupted_check_says_so() {
    let town = city();
    let mut command = town.command("check");
    let mut child = command.args(["-v", "--lang", "fr"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("reading source=job_seekers") {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0);
    }
    let (code, said) = Started { child, log }.send("INT");
    assert_eq!((code, said.as_str()), (Some(130), "erreur : arrêté ; rien n'a été publié\n"));
}

#[test]
fn a_join_that_fails_leaves_no_half_file() {
    let town = Town::new();
    let points = town.path("points.csv");
    let joined = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_optima"));
        command.arg("join").arg(&points).arg("--zones").arg(town.path("valmont/zones.geojson"));
        run(command.arg("--out").arg(town.path(name)).args(["--lang", "en"]))
    };
    std::fs::write(&points, "x,y\n201250,100650\nNaN,100000\n").unwrap();
    joined("joined.gpkg").exits(0).says(&["2 points", "1 set aside"]);
    std::fs::write(&points, "x,y\n201250,100650\n201250\n").unwrap();
    let before = files(town.parent());
    joined("joined.gpkg").exits(5).says(&["joined.gpkg: the file exists", "--force"]);
    joined("other.gpkg").exits(3).says(&["points.csv:3", "1 fields"]).names_nobody();
    std::fs::write(&points, "").unwrap();
    joined("other.gpkg").exits(3).says(&["points.csv"]).names_nobody();
    std::fs::write(&points, "east,north\n201250,100650\n").unwrap();
    joined("other.gpkg").says(&["points.csv", "east, north"]).names_nobody();
    std::fs::write(&points, "x,y\n201250,100650\n201250\n").unwrap();
    assert!(files(town.parent()) == before);
}
