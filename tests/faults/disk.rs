//! F3, F6: disks that are full, closed, of a kind that cannot do it, and names that cannot be.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::rig::{Run, Small, Town, files, is_root, many, names, run, told, works, write_files};

fn build_to(town: &Town, output: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_optima"));
    run(command.arg("build").arg(town.path("observatory.toml")).arg("--out").arg(output).args(["--lang", "en"]).args(arguments))
}

#[test]
fn a_disk_that_fills_up_anywhere_is_named_and_loses_nothing() {
    let town = Town::new();
    let at = town.parent().join("disk");
    let release: usize = files(&town.release()).values().map(|bytes| bytes.len().next_multiple_of(4096)).sum();
    let steps = many(64, 6);
    let (mut runs, mut full) = (0, 0);
    for step in 0..steps {
        // From no room at all to room for two releases: the old one is always there.
        let size = release + 65_536 + release * step / (steps / 2).max(1);
        let Some(_small) = Small::mount(&at, &format!("size={size}")) else { return };
        let output = at.join("release");
        write_files(&output, &files(&town.release()));
        let before = files(&at);
        let found = build_to(&town, &output, &["--force"]);
        found.names_nobody();
        if found.code != Some(0) {
            found.exits(5).says(&["no space left on the device", "untouched"]);
            assert!(files(&at) == before && names(&at) == ["release"], "{size}");
            full += 1;
        }
        run(Command::new(env!("CARGO_BIN_EXE_optima")).arg("verify").arg(&output)).exits(0);
        runs += 1;
    }
    assert!(full > 0 && full < runs, "{full} of {runs} were full");
    told("F3 a disk with room for a part of the release", runs);
}

#[test]
fn disks_of_1_to_64_mib_hold_a_whole_release_or_none() {
    let town = Town::new();
    let at = town.parent().join("disk");
    let sizes: Vec<u64> = if many(1, 0) == 1 { (1..=64).collect() } else { vec![1, 64] };
    let mut runs = 0;
    for mib in sizes {
        let Some(_small) = Small::mount(&at, &format!("size={mib}m")) else { return };
        let found = build_to(&town, &at.join("release"), &[]);
        match found.code {
            Some(0) => assert_eq!(names(&at), ["release"]),
            _ => {
                found.exits(5).says(&["no space left on the device"]);
                assert_eq!(names(&at).len(), 0);
            }
        }
        runs += 1;
    }
    told("F3 a disk of 1 to 64 MiB, first run", runs);
}

#[test]
fn a_disk_without_room_for_another_name_is_named() {
    let town = Town::new();
    let at = town.parent().join("disk");
    let mut runs = 0;
    for inodes in (2..46).step_by(many(1, 8)) {
        let Some(_small) = Small::mount(&at, &format!("nr_inodes={inodes}")) else { return };
        let found = build_to(&town, &at.join("release"), &[]);
        found.names_nobody();
        if found.code != Some(0) {
            found.exits(5).says(&["no space left on the device"]);
            assert_eq!(names(&at).len(), 0, "{inodes}");
        }
        runs += 1;
    }
    told("F3 a disk with room for few names", runs);
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_like_another() {
    let town = Town::new();
    let mut runs = 0;
    for size in (1000..1_000_000_usize).step_by(many(50_000, 400_000)) {
        if !works(Command::new("prlimit").args(["--fsize=1000", "true"]), "prlimit") {
            return;
        }
        town.restore();
        let found = run(&mut town.under(&["prlimit", &format!("--fsize={size}")]));
        found.names_nobody();
        assert!(matches!(found.code, Some(0 | 5)), "{size}: {found:?}");
        town.leaves_nothing(&format!("files of {size} bytes"));
        town.holds_after(true, &format!("files of {size} bytes"));
        runs += 1;
    }
    told("F3 a limit on the size of files", runs);
}

#[test]
fn a_disk_that_may_not_be_written_is_named_before_any_work() {
    let town = Town::new();
    let at = town.parent().join("disk");
    let Some(small) = Small::mount(&at, "size=16m") else { return };
    write_files(&at.join("release"), &files(&town.release()));
    small.remount("ro");
    let before = files(&at);
    // Before any work: the records are not even looked at.
    std::fs::remove_file(town.path("records/job_seekers.csv")).unwrap();
    for name in ["release", "other", "new/other"] {
        build_to(&town, &at.join(name), &["--force"]).exits(5).says(&["the file system is read-only"]).names_nobody();
    }
    assert!(files(&at) == before);
}

#[test]
fn a_folder_that_may_not_change_is_named_before_any_work() {
    let town = Town::new();
    let closed = town.parent().join("closed");
    write_files(&closed.join("release"), &files(&town.release()));
    let mut lock = Command::new("chattr");
    lock.arg("+i").arg(&closed).stderr(Stdio::null());
    // Not every file system knows this.
    if !is_root() || !lock.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: chattr +i does not work here");
        return;
    }
    let before = files(&closed);
    let found = build_to(&town, &closed.join("release"), &["--force"]);
    let other = build_to(&town, &closed.join("other"), &[]);
    assert!(Command::new("chattr").arg("-i").arg(&closed).status().unwrap().success());
    for found in [found, other] {
        found.exits(5).says(&["closed"]).names_nobody();
    }
    assert!(files(&closed) == before);
    // A release that itself may not change can be moved by nobody: known only when it is tried.
    let release = closed.join("release");
    assert!(Command::new("chattr").arg("+i").arg(&release).status().unwrap().success());
    let found = build_to(&town, &release, &["--force"]);
    assert!(Command::new("chattr").arg("-i").arg(&release).status().unwrap().success());
    found.exits(5).names_nobody();
    assert!(files(&closed) == before && names(&closed) == ["release"]);
}

#[test]
fn outputs_that_cannot_be_are_refused_before_any_work() {
    let town = Town::new();
    std::fs::remove_file(town.path("records/job_seekers.csv")).unwrap();
    let place = |name: &str| town.parent().join("town/places").join(name);
    std::fs::create_dir(town.path("places")).unwrap();
    std::fs::create_dir(place("elsewhere")).unwrap();
    std::fs::write(place("file"), "mine").unwrap();
    symlink("elsewhere", place("link")).unwrap();
    symlink("nowhere", place("dangling")).unwrap();
    symlink("loop", place("loop")).unwrap();
    symlink("/dev/null", place("device")).unwrap();
    assert!(Command::new("mkfifo").arg(place("pipe")).status().unwrap().success());
    let before = files(town.parent());
    let long = ["n".repeat(255), "n".repeat(256), "n".repeat(300), format!("{}/release", "n".repeat(256))];
    let deep = (0..40).map(|_| "n".repeat(120)).collect::<Vec<_>>().join("/");
    let refused = ["file", "file/below", "link", "dangling", "loop", "device", "pipe", "dangling/below", &deep];
    for name in refused.into_iter().chain(long.iter().map(String::as_str)) {
        build_to(&town, &place(name), &["--force"]).exits(5).names_nobody();
        assert!(files(town.parent()) == before, "{name}");
    }
    // The longest name that leaves room for what stands beside it.
    build_to(&town, &place(&"n".repeat(230)), &[]).exits(3).says(&["job_seekers.csv"]);
    for name in ["", "/", "..", "."] {
        let found = build_to(&town, Path::new(name), &["--force"]);
        assert!(matches!(found.code, Some(2 | 5)), "{name:?}: {found:?}");
    }
}

#[test]
fn somebody_without_rights_is_told_before_any_work() {
    if !is_root() {
        return;
    }
    let town = Town::new();
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    // A program and a town that anybody can read.
    let program = town.path("optima");
    std::fs::copy(env!("CARGO_BIN_EXE_optima"), &program).unwrap();
    mode(town.parent(), 0o755);
    let nobody = |output: PathBuf, observatory: PathBuf| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program).arg("build").arg(observatory);
        run(command.arg("--out").arg(output).args(["--force", "--lang", "en"]))
    };
    if !works(Command::new("setpriv").args(["--reuid=65534", "--regid=65534", "--clear-groups", "true"]), "setpriv") {
        return;
    }
    let observatory = town.path("observatory.toml");
    let before = files(&town.release());
    nobody(town.release(), observatory.clone()).exits(5).says(&["permission denied"]).names_nobody();
    nobody(town.parent().join("new/release"), observatory.clone()).exits(5).says(&["permission denied"]).names_nobody();
    assert!(files(&town.release()) == before);
    // A folder of her own, and records that she may read; the private list has no place to go.
    let own = town.parent().join("own");
    std::fs::create_dir(&own).unwrap();
    mode(&own, 0o777);
    nobody(own.join("release"), observatory).exits(5).says(&["private"]).names_nobody();
    assert_eq!(names(&own).len(), 0);
    mode(&town.path("records/job_seekers.csv"), 0o600);
    nobody(own.join("release"), town.path("observatory.toml")).exits(3).says(&["job_seekers.csv", "permission denied"]).names_nobody();
    assert_eq!(names(&own).len(), 0);
}
