//! Where a release goes: what is there already, what cannot be written, what is full, what is in use.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::town::{Run, Town, files, run};

fn build_to(town: &Town, output: &Path, arguments: &[&str]) -> Run {
    run(town.command("build").arg("--out").arg(output).args(arguments).args(["--lang", "en"]))
}

/// Refused with code 5, and not a byte has changed.
fn refused(town: &Town, output: &Path, arguments: &[&str], words: &[&str]) {
    let before = files(town.parent());
    build_to(town, output, arguments).exits(5).says(words).names_nobody();
    assert!(files(town.parent()) == before, "nothing has changed");
    run(town.command("build").arg("--out").arg(output).args(arguments).args(["--lang", "fr"])).exits(5).is_french();
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

#[test]
fn a_release_is_replaced_only_when_asked() {
    let town = Town::new();
    let output = town.release();
    refused(&town, &output, &[], &["release: there is a release already", "help: --force replaces it"]);
    let before = files(&output);
    town.build(&[]).exits(0);
    town.leaves_nothing();
    assert!(files(&output) == before, "the same inputs give the same bytes");
}

#[test]
fn what_is_no_release_of_ours_is_never_replaced() {
    let town = Town::new();
    let place = |name: &str| town.parent().join(name);
    std::fs::write(place("file"), "mine").unwrap();
    refused(&town, &place("file"), &["--force"], &["file: this is no folder", "choose another --out"]);
    refused(&town, &place("file/below"), &["--force"], &["a file of this name is in the way"]);
    std::fs::create_dir(place("photos")).unwrap();
    std::fs::write(place("photos/cat.jpg"), "mine").unwrap();
    refused(&town, &place("photos"), &["--force"], &["photos: this folder holds something else than a release"]);
    std::fs::write(place("photos/manifest.json"), "{\"name\": \"of another program\"}").unwrap();
    refused(&town, &place("photos"), &["--force"], &["photos: this folder holds something else than a release"]);
    std::os::unix::fs::symlink("release", place("link")).unwrap();
    refused(&town, &place("link"), &["--force"], &["link: this is no folder"]);
    std::os::unix::fs::symlink("nowhere", place("dangling")).unwrap();
    refused(&town, &place("dangling"), &["--force"], &["dangling: this is no folder"]);
    refused(&town, &place(&"n".repeat(254)), &[], &["the name is too long"]);
    std::fs::create_dir(place("empty")).unwrap();
    build_to(&town, &place("empty"), &[]).exits(0);
}

#[test]
fn files_that_somebody_put_into_a_release_are_not_lost() {
    let town = Town::new();
    let mine = town.release().join("tables/notes.txt");
    std::fs::write(&mine, "mine").unwrap();
    refused(&town, &town.release(), &["--force"], &["no part of the release", "- tables/notes.txt", "move them elsewhere"]);
    std::fs::remove_file(mine).unwrap();
    let open = town.release().join("valmont.gpkg-wal");
    std::fs::write(&open, "pending").unwrap();
    refused(&town, &town.release(), &["--force"], &["another program has the release open", "valmont.gpkg-wal", "QGIS"]);
}

#[test]
fn folders_above_a_release_are_made_and_taken_back_where_it_fails() {
    let town = Town::new();
    let output = town.parent().join("2004/january/release");
    build_to(&town, &output, &[]).exits(0);
    std::fs::remove_dir_all(town.parent().join("2004")).unwrap();
    town.write("records/job_seekers.csv", "");
    build_to(&town, &output, &[]).exits(3);
    town.leaves_nothing();
}

#[test]
fn a_folder_that_may_not_be_written_is_refused_before_any_work() {
    let town = Town::new();
    let closed = town.parent().join("closed");
    std::fs::create_dir(&closed).unwrap();
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(&closed, 0o555);
    if !is_root() {
        refused(&town, &closed.join("release"), &[], &["permission denied"]);
        mode(&closed, 0o755);
        return;
    }
    // Root may write anywhere: run as somebody who may not, with a program and a town that anybody can read.
    let program = town.parent().join("optima");
    std::fs::copy(env!("CARGO_BIN_EXE_optima"), &program).unwrap();
    mode(town.parent(), 0o755);
    let as_nobody = |output: PathBuf| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program).arg("build").arg(town.path("observatory.toml"));
        command.arg("--out").arg(output).args(["--lang", "en"]).stdin(Stdio::null());
        command
    };
    if !as_nobody(closed.join("release")).output().is_ok_and(|output| output.status.code() == Some(5)) {
        let told = as_nobody(closed.join("release")).output();
        let runs = told.as_ref().is_ok_and(|output| output.status.code().is_some_and(|code| code < 100 && code != 1));
        assert!(!runs, "{told:?}");
        eprintln!("skipped: setpriv cannot run the program as another user here");
        return;
    }
    for output in [closed.join("release"), closed.join("2004/release")] {
        run(&mut as_nobody(output)).exits(5).says(&["permission denied", "closed"]).names_nobody();
    }
    assert_eq!(files(&closed).len(), 0);
}

/// A file system of this size, gone when dropped; `None`, with the reason printed, where it cannot be made.
struct Small(PathBuf);

impl Small {
    fn mount(at: &Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).stderr(Stdio::null()).status();
        if is_root() && mounted.is_ok_and(|status| status.success()) {
            return Some(Self(at.to_path_buf()));
        }
        eprintln!("skipped: no tmpfs can be mounted here");
        None
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_named_and_leaves_the_release_of_before_whole() {
    let town = Town::new();
    let at = town.parent().join("disk");
    let release: usize = files(&town.release()).values().map(Vec::len).sum();
    for percent in [5, 35, 65, 85] {
        let size = release * percent / 100;
        let Some(_small) = Small::mount(&at, &format!("size={size}")) else { return };
        build_to(&town, &at.join("release"), &[]).exits(5).says(&["no space left on the device"]).names_nobody();
        assert_eq!(files(&at).len(), 0, "{size}");
    }
    // Room for one release and not for two.
    let Some(_small) = Small::mount(&at, &format!("size={}", release * 18 / 10)) else { return };
    build_to(&town, &at.join("release"), &[]).exits(0);
    let before = files(&at);
    build_to(&town, &at.join("release"), &["--force"]).exits(5).says(&["no space left on the device", "untouched"]);
    assert!(files(&at) == before);
}

#[test]
fn a_disk_without_room_for_another_name_or_without_writing_is_named() {
    let town = Town::new();
    let at = town.parent().join("disk");
    for (options, words) in [("nr_inodes=8", "no space left on the device"), ("ro", "the file system is read-only")] {
        let Some(_small) = Small::mount(&at, options) else { return };
        build_to(&town, &at.join("release"), &[]).exits(5).says(&[words]).names_nobody();
        assert_eq!(files(&at).len(), 0, "{options}");
    }
}

#[test]
fn a_private_list_that_cannot_be_written_stops_the_run() {
    let town = Town::new();
    town.lines("records/job_seekers.csv", |lines| lines[10].push_str(",more"));
    town.write("private", "a file where the folder should be");
    let before = files(town.parent());
    build_to(&town, &town.release(), &["--force"]).exits(5).says(&["town/private", "in the way"]);
    assert!(files(town.parent()) == before);
}

#[test]
fn a_report_that_cannot_be_written_is_no_success() {
    let town = Town::new();
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    for verb in ["check", "layers", "completions"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_optima"));
        match verb {
            "check" => command.arg(verb).arg(town.path("observatory.toml")),
            "completions" => command.args([verb, "bash"]),
            _ => command.current_dir(town.path("")).arg(verb),
        };
        let output = command.args(["--lang", "en"]).stdout(full()).stderr(Stdio::piped()).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(5), "{verb}: {err}");
        assert!(err.contains("error: stdout: no space left on the device"), "{err}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let town = Town::new();
    let script = |redirect: &str| format!("\"$0\" check \"$1\" --lang en {redirect}");
    for (redirect, code) in [(">&-", 0), ("2>&- >&-", 0), ("| head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", 0)] {
        let mut command = Command::new("bash");
        command.arg("-c").arg(script(redirect)).arg(env!("CARGO_BIN_EXE_optima")).arg(town.path("observatory.toml"));
        let run = run(&mut command);
        assert_eq!((run.code, run.err.as_str()), (Some(code), ""), "{redirect}");
    }
}
