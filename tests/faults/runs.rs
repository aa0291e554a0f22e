//! F7, F8: several runs on one output, and readers while it is written.

use std::fs::File;
use std::io::Write;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::rig::{Run, State, Town, files, many, names, run, told};

fn start(town: &Town) -> Child {
    town.command().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn of_two_to_eight_runs_at_once_each_is_whole_or_refused() {
    let town = Town::new();
    let (mut made, mut refused) = (0, 0);
    for round in 0..many(50, 3) {
        town.restore();
        let runs: Vec<Child> = (0..2 + round % 7).map(|_| start(&town)).collect();
        let before = made;
        for run in runs {
            let output = run.wait_with_output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            match output.status.code() {
                Some(0) => made += 1,
                code => {
                    assert!(code == Some(5) && said.contains("in use by "), "{code:?}: {said}");
                    refused += 1;
                }
            }
        }
        assert!(made > before, "somebody wins");
        assert_eq!(town.state(), State::After);
        town.leaves_nothing("several at once");
    }
    told("F7 two to eight runs at once", made + refused);
}

#[test]
fn the_one_who_is_refused_is_told_by_whom() {
    let town = Town::new();
    let path = town.parent().join(".release.lock");
    let mut lock = File::create(&path).unwrap();
    lock.lock().unwrap();
    write!(lock, "4242").unwrap();
    let before = files(town.parent());
    town.build(&[]).exits(5).says(&["the output is in use by the run with process number 4242", "wait until it ends"]);
    assert!(files(town.parent()) == before);
    // The lock of a dead run, and what it left, hold nobody up.
    drop(lock);
    let left = town.parent().join(".release.staging-4242");
    std::fs::create_dir_all(left.join("release")).unwrap();
    std::fs::set_permissions(left, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    town.holds_after(true, "a stale lock");
}

#[test]
fn a_reader_sees_the_old_release_or_the_new_one_at_every_moment() {
    let town = Town::new();
    let done = AtomicBool::new(false);
    let (before, after) = {
        let before = files(&town.release());
        town.build(&[]).exits(0);
        (before, files(&town.release()))
    };
    let rounds = many(40, 5);
    let looks = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut looks = 0;
            while !done.load(Ordering::Relaxed) {
                // The folder is opened once: what is read through it belongs together.
                let folder = File::open(town.release()).unwrap();
                let through = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&folder));
                for (name, bytes) in &before {
                    // While an old release is taken away its names go; what is still there is what it was.
                    if let Ok(found) = std::fs::read(std::path::Path::new(&through).join(name)) {
                        assert!(found == *bytes || found == after[name], "{}: half a file", name.display());
                    }
                }
                assert!(town.release().join("manifest.json").is_file(), "there is no moment without a release");
                looks += 1;
            }
            looks
        });
        for _ in 0..rounds {
            town.build(&[]).exits(0);
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert!(looks > rounds);
    told("F8 a reader in a loop while releases are replaced", rounds);
}

#[test]
fn a_release_that_is_open_elsewhere_is_replaced_and_nothing_is_left_beside_it() {
    let town = Town::new();
    let mut reader = std::process::Command::new("python3");
    let script = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\nc.execute('select count(*) from gpkg_contents').fetchone()\nprint('open', flush=True)\nsys.stdin.read()\nprint(c.execute('pragma integrity_check').fetchone()[0])";
    reader.args(["-c", script]).arg(town.release().join("valmont.gpkg")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut reader = reader.spawn().unwrap();
    let mut first = [0; 5];
    std::io::Read::read_exact(reader.stdout.as_mut().unwrap(), &mut first).unwrap();
    town.build(&[]).exits(0);
    drop(reader.stdin.take());
    let said = String::from_utf8(reader.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(said, "ok\n", "who reads goes on reading what she opened");
    assert_eq!(town.state(), State::After);
    let beside: Vec<_> = names(&town.release()).into_iter().filter(|name| name.contains("gpkg-")).collect();
    assert!(beside.is_empty(), "{beside:?}");
}

#[test]
fn runs_on_two_outputs_do_not_disturb_each_other() {
    let town = Town::new();
    let builds: Vec<Child> = (0..4)
        .map(|i| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_optima"));
            command.arg("build").arg(town.path("observatory.toml")).arg("--out").arg(town.parent().join(format!("town/out-{i}")));
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for (i, build) in builds.into_iter().enumerate() {
        let Run { code, err, .. } = {
            let output = build.wait_with_output().unwrap();
            Run { code: output.status.code(), out: String::new(), err: String::from_utf8(output.stderr).unwrap() }
        };
        assert_eq!(code, Some(0), "{err}");
        assert!(files(&town.path(&format!("out-{i}"))) == files(&town.path("out-0")));
    }
    // They share a private folder: the list in it is one of theirs, whole.
    assert_eq!(names(&town.path("private")), crate::rig::PRIVATE);
    run(std::process::Command::new(env!("CARGO_BIN_EXE_optima")).arg("verify").arg(town.path("out-3"))).exits(0);
}
