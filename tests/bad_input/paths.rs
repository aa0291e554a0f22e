//! Names that would lead a file elsewhere: of territories, layers, zones, in the configuration. Nothing leaves its folder.

use crate::outlines::{spoil, zone};
use crate::town::{Town, files, run};

/// Builds, and sees that nothing but the release has come into being.
fn stays_inside(town: &Town) {
    // The report for the person who signs goes to the private folder.
    let kept = |name: &std::path::PathBuf| !name.starts_with("release") && !name.starts_with("town/private");
    let before: Vec<_> = files(town.parent()).into_keys().filter(kept).collect();
    town.build(&["--lang", "en"]).exits(0).names_nobody();
    let after: Vec<_> = files(town.parent()).into_keys().filter(kept).collect();
    assert_eq!(after, before, "nothing is written outside the release");
    for name in files(&town.release()).keys() {
        let text = name.to_str().unwrap();
        assert!(text.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c)) && !text.contains(".."), "{text}");
        let stem = name.file_stem().unwrap().to_str().unwrap().to_lowercase();
        assert!(!["con", "nul", "aux", "prn", "com1", "lpt1"].contains(&stem.as_str()), "{text}");
    }
}

#[test]
fn a_territory_may_be_called_anything_and_its_files_are_not() {
    // `TerritoryId::of_folder` has more of them in its own test.
    for folder in ["CON", "x;'\"--\u{1b}[31m", "a\\b\u{202e}", &"n".repeat(250)] {
        let town = Town::new();
        std::fs::rename(town.path("valmont"), town.path(folder)).unwrap();
        let quoted = format!("\"./{}\"", folder.replace('\\', "\\\\").replace('"', "\\\"").replace('\u{1b}', "\\u001b"));
        town.edit("observatory.toml", "\"valmont\"", &quoted);
        stays_inside(&town);
    }
}

#[test]
fn codes_of_zones_are_never_names_of_files() {
    let town = Town::new();
    let keep = town.text("valmont/zones.geojson");
    spoil(&town, |zones| zone(zones, "99001C010")["properties"]["code"] = serde_json::json!("a\0b"));
    town.stops(3, &["zones.geojson", "a text holds a NUL character"]);
    town.write("valmont/zones.geojson", keep);
    let codes = [("99001C010", "../../x"), ("99001A01-", "/etc/passwd"), ("99001A110", "CON"), ("99001A120", "."), ("99001B00-", "C:\\x")];
    for (ours, theirs) in codes {
        spoil(&town, |zones| zone(zones, ours)["properties"]["code"] = serde_json::json!(theirs));
        for file in ["valmont/crosswalk.csv", "records/job_seekers.csv", "records/interviews.csv", "records/population.csv"] {
            town.write(file, town.text(file).replace(ours, theirs));
        }
    }
    // And of quartiers, which maps show.
    let crosswalk = town.text("valmont/crosswalk.csv").replace("\n05,", "\n../../y,").replace("\n04,", "\nNUL,");
    town.write("valmont/crosswalk.csv", crosswalk);
    stays_inside(&town);
}

#[test]
fn the_file_of_a_scenario_or_a_bilan_does_not_take_its_name_from_a_path() {
    let town = Town::new();
    let text = town.text("observatory.toml");
    let scenario = "[[scenarios]]\nid = \"../../x\"\ntitle = { fr = \"x\", en = \"x\" }\nfrom = { year = 2001, percent = 22.0 }\n\
                    to = { year = 2003, percent = 26.0 }\nsource = { fr = \"x\", en = \"x\" }\n";
    town.write("observatory.toml", format!("{text}\n{scenario}"));
    stays_inside(&town);
    for group in ["partner=../../x", "quartier=/tmp/x", "campaign=a/../../b"] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_optima"));
        let before: Vec<_> = files(town.parent()).into_keys().filter(|name| !name.starts_with("town/private")).collect();
        let ran = run(command.args(["bilan", "--lang", "en"]).args(["--group", group]).arg("--file").arg(town.path("observatory.toml")));
        assert_ne!(ran.code, Some(0), "{ran:?}");
        let after: Vec<_> = files(town.parent()).into_keys().filter(|name| !name.starts_with("town/private")).collect();
        assert_eq!(after, before);
    }
}

#[test]
fn an_output_that_is_a_link_out_of_the_folder_is_refused_and_not_followed() {
    let town = Town::new();
    std::fs::create_dir(town.parent().join("elsewhere")).unwrap();
    std::fs::remove_dir_all(town.release()).unwrap();
    std::os::unix::fs::symlink(town.parent().join("elsewhere"), town.release()).unwrap();
    town.build(&["--lang", "en"]).exits(5).says(&["release: this is no folder", "choose another --out"]);
    assert_eq!(files(&town.parent().join("elsewhere")).len(), 0);
}

#[test]
fn nothing_in_the_configuration_is_expanded() {
    let town = Town::new();
    let keep = town.text("observatory.toml");
    for name in
        ["$HOME/x.csv", "${PATH}", "~/x.csv", "records/*.csv", "records/job_seeker?.csv", "`id`", "records/{job_seekers,interviews}.csv"]
    {
        town.edit("observatory.toml", "records/job_seekers.csv", name);
        town.stops(3, &[name, "there is no such file", "paths are relative to the file that names them"]);
        town.write("observatory.toml", &keep);
    }
    town.write("observatory.toml", format!("include = \"other.toml\"\n{keep}"));
    town.stops(2, &["observatory.toml", "line 1, column 1", "unknown field `include`"]);
}

#[test]
fn configuration_nested_beyond_reason_is_refused_in_a_few_lines() {
    let town = Town::new();
    let keep = town.text("observatory.toml");
    let deep = [
        format!("x = {}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("x = {}1{}", "{a=".repeat(100_000), "}".repeat(100_000)),
        format!("{}x = 1", "a.".repeat(100_000)),
        format!("[{}x]", "a.".repeat(100_000)),
    ];
    for line in deep {
        town.write("observatory.toml", format!("{line}\n{keep}"));
        let run = town.check(&["--lang", "en"]);
        run.exits(2).says(&["observatory.toml"]).names_nobody();
        assert!(run.err.len() < 3_000, "{} bytes are told", run.err.len());
    }
}

#[test]
fn an_input_that_is_a_device_is_refused() {
    let town = Town::new();
    for device in ["/dev/zero", "/dev/stdin", "/proc/self/mem", "/dev/null"] {
        town.edit("observatory.toml", "records/job_seekers.csv", device);
        let run = town.check(&["--lang", "en"]);
        run.exits(3).says(&[device]).names_nobody();
        town.edit("observatory.toml", device, "records/job_seekers.csv");
    }
}
