//! F4, F5: each call to the system fails once, at every place where it is made.

use std::collections::BTreeMap;
use std::process::Stdio;

use crate::rig::{State, Town, many, run, strace_works, told};

/// A call of a build that concerns the town: when=`nth` of this name.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) nth: usize,
    pub(crate) line: String,
}

/// The calls of a build over a release of before, in order; only those of the main thread on the town's files.
pub(crate) fn calls(town: &Town, set: &str) -> Vec<Call> {
    town.restore();
    let log = town.path("strace.log");
    let mut command = town.under(&["strace", "-f", "-y", "-qq", "-s", "0", "-o", log.to_str().unwrap(), "-e", &format!("trace={set}")]);
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success());
    town.restore();
    let text = std::fs::read_to_string(&log).unwrap();
    std::fs::remove_file(&log).unwrap();
    of_log(&text, town.parent().to_str().unwrap())
}

pub(crate) fn of_log(text: &str, place: &str) -> Vec<Call> {
    let main = text.split_whitespace().next().unwrap_or_default();
    let (mut counts, mut found) = (BTreeMap::new(), Vec::new());
    for line in text.lines() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let Some((name, _)) = rest.trim_start().split_once('(') else { continue };
        if pid != main || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            continue;
        }
        let nth = counts.entry(name.to_owned()).or_insert(0);
        *nth += 1;
        if line.contains(place) {
            found.push(Call { name: name.to_owned(), nth: *nth, line: rest.trim_start().to_owned() });
        }
    }
    found
}

/// Fails one call of many with each error, and looks at what came of it.
fn fail_each(series: &str, set: &str, errors: &[&str], few: usize, concerns: impl Fn(&Call) -> bool) {
    if !strace_works() {
        return;
    }
    let town = Town::new();
    let every: Vec<Call> = calls(&town, set).into_iter().filter(concerns).collect();
    assert!(!every.is_empty(), "{series}: no such call");
    // Every one of the first 300, then one of seven; in short, a few.
    let taken = |at: usize| if many(1, 0) == 1 { at < 300 || at.is_multiple_of(7) } else { at.is_multiple_of(every.len().div_ceil(few)) };
    let mut runs = 0;
    for (_, Call { name, nth, line }) in every.iter().enumerate().filter(|(at, _)| taken(*at)) {
        for error in errors {
            town.restore();
            let inject = format!("inject={name}:error={error}:when={nth}");
            let when = format!("{inject} at {line}");
            let found = run(&mut town.under(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={name}"), "-e", &inject]));
            found.names_nobody();
            match found.code {
                // What failed did not matter (or was tried again, where that is allowed): the release is whole.
                Some(0) => assert_eq!(town.state(), State::After, "{when}"),
                Some(1 | 2 | 3 | 5) => {
                    assert!(found.err.contains("error: "), "{when}: {found:?}");
                    // Only the very last sync comes after the new release took its place.
                    let confirmed = !found.err.contains("did not confirm");
                    assert_eq!(town.state(), if confirmed { State::Before } else { State::After }, "{when}: {found:?}");
                }
                code => panic!("{when}: {code:?} {found:?}"),
            }
            // A sync that fails is believed the first time.
            let must_fail = matches!(name.as_str(), "fsync" | "fdatasync" | "write" | "pwrite64") && *error != "EINTR";
            assert!(!must_fail || found.code == Some(5), "{when}: {found:?}");
            assert!(*error != "EINTR" || found.code == Some(0), "{when}: {found:?}");
            let no_space = *error == "ENOSPC" && matches!(name.as_str(), "write" | "pwrite64" | "mkdir");
            assert!(!no_space || found.err.contains("no space left on the device"), "{when}: {found:?}");
            // A run that fails in words clears what it made, unless clearing is what failed; the next one does that then.
            if matches!(name.as_str(), "unlink" | "unlinkat" | "rename" | "flock") || runs % 10 == 0 {
                town.holds_after(true, &when);
            } else {
                town.leaves_nothing(&when);
            }
            runs += 1;
        }
    }
    told(series, runs);
}

#[test]
fn a_write_that_fails_anywhere_is_told_and_leaves_the_old_release() {
    fail_each("F4 ENOSPC and EIO at every write", "write,pwrite64", &["ENOSPC", "EIO"], 5, |_| true);
}

#[test]
fn a_sync_that_fails_once_is_never_taken_for_a_success() {
    fail_each("F4 ENOSPC and EIO at every fsync", "fsync,fdatasync", &["ENOSPC", "EIO"], 3, |_| true);
}

#[test]
fn names_that_cannot_be_made_or_changed_are_told() {
    let set = "mkdir,rename,renameat,renameat2,ftruncate,flock,unlink,unlinkat";
    fail_each("F4 ENOSPC and EIO at every mkdir, rename, ftruncate, flock, unlink", set, &["ENOSPC", "EIO"], 3, |_| true);
}

#[test]
fn a_file_that_cannot_be_made_is_told() {
    fail_each("F4 ENOSPC and EIO at every open that makes a file", "openat", &["ENOSPC", "EIO"], 2, |call| call.line.contains("O_CREAT"));
}

#[test]
fn a_close_that_fails_loses_nothing() {
    // Of files: the standard library takes a folder that does not close for a fault of the program.
    let of_file = |call: &Call| {
        call.line.split('>').next().is_some_and(|place| {
            place.rsplit('/').next().is_some_and(|name| name.contains('.') && (!name.starts_with('.') || name.ends_with(".lock")))
        })
    };
    fail_each("F4 EIO at every close of a file", "close", &["EIO"], 3, of_file);
}

#[test]
fn a_read_that_fails_is_told_and_leaves_the_old_release() {
    fail_each("F4 EIO at every read", "read,pread64", &["EIO"], 4, |_| true);
}

/// Reads by GDAL and by the reader of CSV are not made again but refused. All signals are held back from the threads that work, so
/// that no call of theirs is interrupted outside this rig.
#[test]
fn a_call_that_is_interrupted_is_made_again() {
    fail_each("F5 EINTR at every write, sync and lock of ours", "write,fsync,flock", &["EINTR"], 4, |call| !call.line.contains(".gpkg"));
}

#[test]
fn a_write_of_a_package_that_is_interrupted_is_made_again() {
    fail_each("F5 EINTR at every write of the GeoPackage", "pwrite64", &["EINTR"], 3, |_| true);
}
