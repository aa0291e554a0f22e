//! F1, F2, F13: the end at any moment. SIGKILL at random and at every call that changes the disk; SIGTERM and SIGINT at random.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::calls::{Call, calls};
use crate::rig::{Chance, State, Town, many, strace_works, told};

/// A build takes about this long, in microseconds.
const BUILD: u64 = 260_000;

/// The calls that change a disk, or that give a file away.
const CHANGES: &str =
    "write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,flock,fadvise64,close";

fn start(town: &Town) -> Child {
    town.command().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn send(child: &Child, signal: &str) {
    // One that has ended meanwhile is not there any more.
    let _ = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).stderr(Stdio::null()).status();
}

#[test]
fn a_run_that_is_killed_at_any_moment_leaves_the_old_release_or_the_new_one() {
    for (had_release, seed) in [(false, 1), (true, 2)] {
        let town = Town::new();
        let mut chance = Chance::seeded(seed);
        let (mut killed, wanted) = (0, many(120, 4));
        while killed < wanted {
            town.restore();
            if !had_release {
                std::fs::remove_dir_all(town.release()).unwrap();
            }
            let mut child = start(&town);
            let after = chance.below(BUILD);
            std::thread::sleep(Duration::from_micros(after));
            child.kill().unwrap();
            killed += usize::from(child.wait().unwrap().signal() == Some(9));
            town.holds_after(had_release, &format!("killed after {after} us"));
        }
        told(if had_release { "F1 SIGKILL at random, a release is there" } else { "F1 SIGKILL at random, first run" }, killed);
    }
}

#[test]
fn a_run_that_is_killed_twice_in_a_row_leaves_the_old_release_or_the_new_one() {
    let town = Town::new();
    let mut chance = Chance::seeded(3);
    let rounds = many(20, 2);
    for _ in 0..rounds {
        town.restore();
        for _ in 0..2 {
            let mut child = start(&town);
            std::thread::sleep(Duration::from_micros(chance.below(BUILD)));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        town.holds_after(true, "killed twice");
    }
    told("F1 SIGKILL twice in a row", rounds * 2);
}

#[test]
fn a_run_that_is_killed_at_any_call_leaves_the_old_release_or_the_new_one() {
    if !strace_works() {
        return;
    }
    let town = Town::new();
    let every = calls(&town, CHANGES);
    assert!(every.len() > 300, "{} calls", every.len());
    let stride = many(1, every.len() / 10);
    let mut runs = 0;
    for (at, Call { name, nth, .. }) in every.iter().enumerate() {
        // Those near the end, where the new release takes its place, always.
        let last = matches!(name.as_str(), "renameat2" | "rename");
        if at % stride != 0 && !last {
            continue;
        }
        town.restore();
        let inject = format!("inject={name}:signal=KILL:when={nth}");
        let status = town.under(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={name}"), "-e", &inject]);
        let status = { status }.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(!status.success() || town.state() == State::After, "{inject}: success without a release");
        town.holds_after(true, &inject);
        runs += 1;
    }
    told("F2 SIGKILL at every call that changes the disk", runs);
}

#[test]
fn a_file_system_that_cannot_exchange_two_folders_gets_the_old_release_back() {
    if !strace_works() {
        return;
    }
    let town = Town::new();
    let no_exchange = "inject=renameat2:error=EINVAL:when=1";
    let run = crate::rig::run(&mut town.under(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2", "-e", no_exchange]));
    run.exits(0);
    assert_eq!(town.state(), State::After);
    town.leaves_nothing("two renames");
    // Killed before the first of the two renames, between them, and after both.
    let renames = calls(&town, "rename").len();
    for nth in renames + 1..=renames + 2 {
        town.restore();
        let kill = format!("inject=rename:signal=KILL:when={nth}");
        let mut command =
            town.under(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rename,renameat2", "-e", no_exchange, "-e", &kill]);
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(!status.success(), "{kill}");
        // Between the two there is nothing for a moment; the next run brings the old one back before it does anything else.
        assert!(town.state() != State::Mixed);
        town.edit("observatory.toml", "last = \"2003-Q4\"", "last = \"2003-Q9\"");
        town.build(&[]).exits(2);
        town.edit("observatory.toml", "last = \"2003-Q9\"", "last = \"2003-Q4\"");
        town.edit("observatory.toml", "max_set_aside = 0.02", "max_set_aside = 0.0");
        town.build(&[]).exits(1);
        town.edit("observatory.toml", "max_set_aside = 0.0", "max_set_aside = 0.02");
        assert_eq!(town.state(), State::Before, "{kill}: a run that fails brings the old release back");
        town.holds_after(true, &kill);
    }
}

#[test]
fn a_run_that_is_asked_to_stop_cleans_up_and_says_so_in_its_exit_code() {
    let town = Town::new();
    let mut chance = Chance::seeded(4);
    for (signal, code, number) in [("TERM", 143, 15), ("INT", 130, 2), ("HUP", 129, 1)] {
        let (mut stopped, mut rounds) = (0, 0);
        while stopped < many(30, 3) {
            rounds += 1;
            assert!(rounds < 1000, "{signal} never came in time");
            town.restore();
            let mut child = start(&town);
            let after = chance.below(BUILD);
            std::thread::sleep(Duration::from_micros(after));
            send(&child, signal);
            let status = child.wait().unwrap();
            let when = format!("{signal} after {after} us: {status}");
            town.leaves_nothing(&when);
            match status.code() {
                Some(0) => assert_eq!(town.state(), State::After, "{when}"),
                // Before the program listens there is nothing to clean up.
                None => assert!(status.signal() == Some(number) && town.state() == State::Before, "{when}"),
                found => {
                    assert_eq!(found, Some(code), "{when}");
                    assert_eq!(town.state(), State::Before, "{when}");
                    stopped += 1;
                }
            }
        }
        told(&format!("F13 SIG{signal} at random"), stopped);
    }
    town.holds_after(true, "asked to stop");
}
