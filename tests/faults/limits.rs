//! F10, S12: too little memory, and what a process that ends badly leaves of the records.

use std::fmt::Write;
use std::process::{Command, Stdio};

use crate::rig::{SECRET, Town, many, names, run, told, works};

/// A town with far more records.
fn city(copies: usize) -> Town {
    let town = Town::new();
    let text = town.text("records/job_seekers.csv");
    let (header, rows) = text.split_once('\n').unwrap();
    let mut city = format!("{header}\n");
    for copy in 0..copies {
        rows.lines().for_each(|row| writeln!(city, "{copy}_{row}").unwrap());
    }
    town.write("records/job_seekers.csv", city);
    town
}

#[test]
fn too_little_memory_is_said_and_nothing_is_published() {
    if !works(Command::new("prlimit").args(["--as=1000000000", "true"]), "prlimit") {
        return;
    }
    let town = city(many(600, 300));
    let (mut refused, mut aborted, mut runs) = (0, 0, 0);
    for mib in (200..=640_u64).step_by(many(20, 110)) {
        let found = run(&mut town.under(&["prlimit", &format!("--as={}", mib << 20)]));
        assert!(!found.err.contains(SECRET));
        runs += 1;
        match found.code {
            Some(0) => {}
            Some(3) => {
                found.says(&["more memory than this run may use", "help: raise the limit"]).names_nobody();
                town.leaves_nothing("too little memory");
                refused += 1;
            }
            // An allocation that fails before the guard saw it: the program ends in the middle, as when it is killed.
            _ => aborted += 1,
        }
        town.verify().exits(0);
    }
    eprintln!("fault | F10 of {runs} limits: {refused} refused in words, {aborted} ended by an allocation that failed");
    assert!(refused > 0, "no limit was refused in words");
    run(&mut town.command()).exits(0);
    town.leaves_nothing("too little memory");
    told("F10 a limit on memory", runs);
}

#[test]
fn a_process_that_ends_badly_leaves_no_core_file() {
    let town = city(40);
    for signal in ["SEGV", "ABRT", "QUIT"] {
        let mut command =
            town.under(&["bash", "-c", "ulimit -c unlimited; cd \"$1\"; shift; exec \"$@\"", "bash", town.path("").to_str().unwrap()]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Until the program has said so; one that never did would end with a core file here.
        let refuses =
            |line: &str| line.starts_with("Max core file size") && line.split_whitespace().filter(|word| *word == "0").count() == 2;
        let mut looks = 0;
        while !std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap_or_default().lines().any(refuses) {
            std::thread::sleep(std::time::Duration::from_millis(5));
            looks += 1;
            assert!(looks < 2000, "core files are not refused");
        }
        let _ = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).stderr(Stdio::null()).status();
        let mut child = child;
        let status = child.wait().unwrap();
        assert!(!std::os::unix::process::ExitStatusExt::core_dumped(&status), "{signal}: {status}");
        assert!(names(&town.path("")).iter().all(|name| !name.starts_with("core")), "{signal}");
        town.verify().exits(0);
    }
}

#[test]
fn what_a_killed_run_leaves_of_the_records_is_private_and_goes() {
    let town = Town::new();
    // As a run leaves it that is killed while it writes its list; of another name than any process has.
    let left = [town.path("private/.set_aside.csv-999999999.part"), town.path("private/.bilan_person.csv-999999999.part")];
    town.write("private/.set_aside.csv-999999999.part", SECRET);
    town.write("private/.bilan_person.csv-999999999.part", SECRET);
    town.build(&[]).exits(0);
    assert!(!left[0].exists());
    run(Command::new(env!("CARGO_BIN_EXE_optima")).arg("bilan").arg(town.path("observatory.toml")).args(["--group", "partner=cpas"]));
    let person = town.text("records/interviews.csv").lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    run(Command::new(env!("CARGO_BIN_EXE_optima")).arg("bilan").arg(town.path("observatory.toml")).args(["--person", &person])).exits(0);
    assert!(!left[1].exists());
    // Nothing was set aside this time: the list of before goes too.
    town.edit("records/job_seekers.csv", "no age", "30");
    town.write("private/.set_aside.csv-999999999.part", SECRET);
    town.build(&[]).exits(0);
    assert!(!left[0].exists() && !town.path("private/set_aside.csv").exists());
}
