//! F12: clocks, time zones, locales, masks, homes and standard streams: the same bytes, and an exit code that is true.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::rig::{State, Town, run, told};

#[test]
fn the_same_bytes_come_out_wherever_and_whenever_the_program_runs() {
    let town = Town::new();
    let environments: [&[(&str, &str)]; 9] = [
        &[("TZ", "Pacific/Kiritimati")],
        &[("TZ", "America/Adak"), ("LANG", "C")],
        &[("TZ", ":/no/such/zone")],
        &[("LANG", "fr_BE.UTF-8"), ("LC_ALL", "fr_BE.UTF-8"), ("LC_NUMERIC", "fr_BE.UTF-8")],
        &[("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")],
        &[("LANG", "no_such"), ("LC_ALL", "\u{fffd}")],
        &[("TMPDIR", "/no/such/folder"), ("SQLITE_TMPDIR", "/no/such/folder"), ("CPL_TMPDIR", "/no/such/folder")],
        &[("RAYON_NUM_THREADS", "1")],
        &[("RAYON_NUM_THREADS", "8"), ("HOME", "/no/such/home")],
    ];
    for environment in environments {
        town.restore();
        run(town.command().envs(environment.iter().copied())).exits(0).names_nobody();
        assert_eq!(town.state(), State::After, "{environment:?}");
    }
    town.restore();
    run(town.command().env_clear()).exits(0).names_nobody();
    assert_eq!(town.state(), State::After, "no environment at all");
    for umask in ["000", "022", "077", "027"] {
        town.restore();
        run(&mut town.under(&["sh", "-c", &format!("umask {umask}; exec \"$0\" \"$@\"")])).exits(0);
        assert_eq!(town.state(), State::After, "umask {umask}");
        town.is_private(umask);
        // What is published has the mode that its user's mask gives.
        let mode = std::fs::metadata(town.release()).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o777 & !u32::from_str_radix(umask, 8).unwrap(), "umask {umask}");
    }
    told("F12 time zones, locales, masks, homes, threads", environments.len() + 5);
}

#[test]
fn a_clock_that_is_wrong_changes_nothing() {
    let town = Town::new();
    // Without a clock that can be set: files that come from the future, and from before the epoch.
    for time in ["2099-01-01", "1969-01-01"] {
        town.restore();
        for name in ["observatory.toml", "records/job_seekers.csv", "valmont/zones.geojson"] {
            assert!(Command::new("touch").args(["-d", time]).arg(town.path(name)).status().unwrap().success());
        }
        town.build(&[]).exits(0);
        assert_eq!(town.state(), State::After, "{time}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_no_success_and_a_reader_that_left_no_failure() {
    let town = Town::new();
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let output = town.command().stdin(Stdio::null()).stdout(full()).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("stdout: no space left on the device") && said.contains("only its report"), "{said}");
    // The release is made all the same; only the report is lost.
    assert_eq!(town.state(), State::After);
    let code = town.command().stdin(Stdio::null()).stdout(full()).stderr(full()).status().unwrap().code();
    assert_eq!(code, Some(5), "both streams are full");
    for redirect in [">&-", "2>&- >&-", "<&- >&- 2>&-", "| head -c 1 > /dev/null; exit ${PIPESTATUS[0]}", "| true; exit ${PIPESTATUS[0]}"] {
        town.restore();
        let found = run(&mut town.under(&["bash", "-c", &format!("\"$0\" \"$@\" {redirect}")]));
        assert_eq!((found.code, found.err.as_str()), (Some(0), ""), "{redirect}");
        assert_eq!(town.state(), State::After, "{redirect}");
    }
    // An error that cannot be told is still an error.
    std::fs::remove_file(town.path("records/job_seekers.csv")).unwrap();
    let code = town.command().stdin(Stdio::null()).stdout(full()).stderr(full()).status().unwrap().code();
    assert_eq!(code, Some(3));
}

#[test]
fn nothing_is_written_outside_the_release_and_the_private_folder() {
    if !crate::rig::strace_works() {
        return;
    }
    let town = Town::new();
    let log = town.path("strace.log");
    let set = "trace=openat,open,creat,mkdir,rename,renameat,renameat2,unlink,unlinkat,symlink,link,execve,connect,sendto,fork,vfork";
    run(&mut town.under(&["strace", "-f", "-qq", "-o", log.to_str().unwrap(), "-e", set])).exits(0);
    let text = std::fs::read_to_string(&log).unwrap();
    let place = town.parent().to_str().unwrap();
    let written = ["O_CREAT", "O_WRONLY", "O_RDWR", "mkdir(", "rename", "unlink", "symlink", "link("];
    let (mut own, mut foreign, mut runs) = (0, Vec::new(), 0);
    for line in text.lines() {
        runs += usize::from(line.contains("execve("));
        if line.contains("resumed>") {
            continue;
        }
        if written.iter().any(|word| line.contains(word)) {
            // Names within a folder that is open are those of a cleared folder: openat gives them their full path before.
            let within = line.contains("unlinkat(") && !line.contains("\"/");
            if line.contains(place) || within { own += 1 } else { foreign.push(line.to_owned()) }
        }
        assert!(!line.contains("connect(") && !line.contains("sendto("), "the network: {line}");
    }
    assert!(own > 20);
    assert!(foreign.is_empty(), "{foreign:#?}");
    assert_eq!(runs, 1, "no other program is started");
}
