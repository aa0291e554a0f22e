//! The other commands that write: `join`, `analyze`, `bilan`, `init`. Whole or not there, as a release is.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::calls::of_log;
use crate::rig::{Chance, Files, Small, Town, files, many, names, run, strace_works, told};

/// A command with its output, and what lies there before and after.
struct Work {
    name: &'static str,
    /// The words, without the program.
    words: Vec<String>,
    /// The folder that holds the output and nothing else.
    place: PathBuf,
    before: Files,
    after: Files,
}

impl Work {
    fn command(&self, under: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_optima");
        let mut words = under.iter().copied().chain([program]).chain(self.words.iter().map(String::as_str));
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(["--lang", "en"]).stdin(Stdio::null());
        command
    }

    fn restore(&self) {
        let _ = std::fs::remove_dir_all(&self.place);
        std::fs::create_dir_all(&self.place).unwrap();
        crate::rig::write_files(&self.place, &self.before);
        set_private(&self.place);
    }

    /// What lies at the place, without what a dead run may leave until the next one.
    fn seen(&self) -> Files {
        let mut found = files(&self.place);
        found.retain(|name, _| !name.to_string_lossy().starts_with('.') || name == Path::new(".gitignore"));
        found
    }

    fn is_whole(&self, when: &str) {
        let seen = self.seen();
        assert!(seen == self.before || seen == self.after, "{} {when}: {:?}", self.name, seen.keys().collect::<Vec<_>>());
    }

    /// The next run succeeds and leaves nothing but its output.
    fn goes_on(&self, when: &str) {
        // What does not replace (`init`) has nothing to do where the work was done.
        if self.name == "init" && self.seen() == self.after {
            self.restore();
        }
        run(&mut self.command(&[])).exits(0);
        assert!(files(&self.place) == self.after, "{} {when}: left {:?}", self.name, files(&self.place).keys().collect::<Vec<_>>());
    }
}

fn set_private(place: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o700)).unwrap();
}

/// Each command over an output of before, made by itself from other inputs.
fn works(town: &Town) -> Vec<Work> {
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    let observatory = text(town.path("observatory.toml"));
    let mut points = "x,y\n".to_owned();
    (0..20_000).for_each(|i| points.push_str(&format!("{},{}\n", 200_000 + i % 3000, 100_000 + i / 7)));
    town.write("points.csv", points);
    town.write("fewer.csv", "x,y\n201250,100650\n");
    let zones = text(town.path("valmont/zones.geojson"));
    let join = |points: &str| {
        let out = text(town.path("joined/zones.gpkg"));
        ["join".to_owned(), text(town.path(points)), "--zones".to_owned(), zones.clone(), "--out".to_owned(), out, "--force".to_owned()]
            .to_vec()
    };
    let analyze = |axes: &str| {
        let out = text(town.path("analyzed/axes"));
        let table = text(town.path("records/interviews.csv"));
        let active = "housing_tenure,housing_damp,health_self,isolation".to_owned();
        [
            "analyze".to_owned(),
            table,
            "--active".to_owned(),
            active,
            "--axes".to_owned(),
            axes.to_owned(),
            "--out".to_owned(),
            out,
            "--force".to_owned(),
        ]
        .to_vec()
    };
    let bilan = |group: &str| ["bilan".to_owned(), observatory.clone(), "--group".to_owned(), group.to_owned()].to_vec();
    let init = ["init".to_owned(), text(town.path("begun/new"))].to_vec();
    let mut made = Vec::new();
    for (name, first, words, folder) in [
        ("join", Some(join("fewer.csv")), join("points.csv"), "joined"),
        ("analyze", Some(analyze("1")), analyze("2"), "analyzed"),
        ("bilan", Some(bilan("partner=maison_medicale")), bilan("partner=cpas"), "private"),
        ("init", None, init, "begun"),
    ] {
        let mut work =
            Work { name, words: first.clone().unwrap_or_default(), place: town.path(folder), before: Files::new(), after: Files::new() };
        work.restore();
        if first.is_some() {
            run(&mut work.command(&[])).exits(0);
            work.before = files(&work.place);
        }
        work.words = words;
        run(&mut work.command(&[])).exits(0);
        work.after = files(&work.place);
        assert!(work.before != work.after && !work.after.is_empty(), "{name}");
        work.restore();
        made.push(work);
    }
    made
}

#[test]
fn other_commands_that_are_killed_leave_the_old_output_or_the_new_one() {
    let town = Town::new();
    let mut chance = Chance::seeded(5);
    for work in works(&town) {
        let rounds = many(60, 3);
        for _ in 0..rounds {
            work.restore();
            let mut child = work.command(&[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_micros(chance.below(80_000)));
            child.kill().unwrap();
            child.wait().unwrap();
            work.is_whole("killed");
            work.goes_on("killed");
        }
        told(&format!("F1 optima {}: SIGKILL at random", work.name), rounds);
    }
}

#[test]
fn other_commands_that_are_killed_or_fail_at_any_call_leave_the_old_output_or_the_new_one() {
    if !strace_works() {
        return;
    }
    let town = Town::new();
    let set = "write,pwrite64,ftruncate,fsync,rename,renameat2,unlink,unlinkat,mkdir";
    for work in works(&town) {
        work.restore();
        let log = town.path("strace.log");
        let trace = format!("trace={set}");
        let under = ["strace", "-f", "-y", "-qq", "-s", "0", "-o", log.to_str().unwrap(), "-e", &trace];
        run(&mut work.command(&under)).exits(0);
        let every = of_log(&std::fs::read_to_string(&log).unwrap(), work.place.to_str().unwrap());
        assert!(every.len() > 3, "{}: {} calls", work.name, every.len());
        let stride = many(1, every.len().div_ceil(3));
        let mut runs = 0;
        for call in every.iter().step_by(stride) {
            for fault in ["signal=KILL", "error=ENOSPC", "error=EIO"] {
                work.restore();
                let inject = format!("inject={}:{fault}:when={}", call.name, call.nth);
                let when = format!("{inject} at {}", call.line);
                let trace = format!("trace={}", call.name);
                let found = run(&mut work.command(&["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject]));
                found.names_nobody();
                work.is_whole(&when);
                if fault != "signal=KILL" {
                    assert!(matches!(found.code, Some(0 | 5)), "{} {when}: {found:?}", work.name);
                    assert!(found.code != Some(0) || work.seen() == work.after, "{} {when}: success without the output", work.name);
                    let must_fail = matches!(call.name.as_str(), "write" | "pwrite64" | "fsync" | "mkdir");
                    assert!(!must_fail || found.code == Some(5), "{} {when}: {found:?}", work.name);
                }
                work.goes_on(&when);
                runs += 1;
            }
        }
        told(&format!("F2, F4 optima {}: SIGKILL, ENOSPC and EIO at every call", work.name), runs);
    }
}

#[test]
fn other_commands_name_a_full_disk_and_outputs_that_cannot_be() {
    let town = Town::new();
    let works = works(&town);
    let at = town.path("disk");
    for work in works.iter().filter(|work| work.name != "bilan") {
        let Some(_small) = Small::mount(&at, "size=8k") else { return };
        let mut words = work.words.clone();
        for word in &mut words {
            *word = word.replace(work.place.to_str().unwrap(), at.to_str().unwrap());
        }
        let full = Work { name: work.name, words, place: at.clone(), before: Files::new(), after: Files::new() };
        run(&mut full.command(&[])).exits(5).says(&["no space left on the device"]).names_nobody();
        assert_eq!(names(&at).len(), 0, "{}", work.name);
    }
    // A device or a link is not replaced by a file.
    std::os::unix::fs::symlink("/dev/null", town.path("joined/null")).unwrap();
    std::os::unix::fs::symlink("nowhere", town.path("joined/dangling")).unwrap();
    for name in ["null", "dangling", ""] {
        let mut join = Command::new(env!("CARGO_BIN_EXE_optima"));
        join.arg("join").arg(town.path("points.csv")).arg("--zones").arg(town.path("valmont/zones.geojson"));
        let found = run(join.arg("--out").arg(town.path("joined").join(name)).args(["--force", "--lang", "en"]));
        assert!(matches!(found.code, Some(2 | 5)), "{name}: {found:?}");
    }
    assert!(std::fs::symlink_metadata(town.path("joined/null")).unwrap().is_symlink());
}

#[test]
fn a_join_that_is_asked_to_stop_leaves_nothing() {
    let town = Town::new();
    let mut points = "x,y\n".to_owned();
    (0..3_000_000).for_each(|i| points.push_str(if i % 2 == 0 { "201250,100650\n" } else { "201350,100750\n" }));
    town.write("many.csv", points);
    let mut join = Command::new(env!("CARGO_BIN_EXE_optima"));
    join.arg("join").arg(town.path("many.csv")).arg("--zones").arg(town.path("valmont/zones.geojson"));
    join.arg("--out").arg(town.path("joined/zones.gpkg")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = join.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(60));
    let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    let code = child.wait().unwrap().code();
    // Before the program listens, the signal ends it, and there is nothing to clean up.
    assert!(matches!(code, Some(143 | 0) | None), "{code:?}");
    assert!(code == Some(0) || names(&town.path("joined")).is_empty());
}
