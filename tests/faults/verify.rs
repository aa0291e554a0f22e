//! F14, F15: a former release that was damaged, or that another version made.

use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::Value;

use crate::rig::{Chance, Town, files, many, run, told, write_files};

#[test]
fn one_flipped_bit_in_any_file_is_found_and_named() {
    let town = Town::new();
    let mut chance = Chance::seeded(14);
    let release = files(&town.release());
    let mut runs = 0;
    for (name, bytes) in &release {
        let last = bytes.len() as u64 - 1;
        let random = (0..many(20, 1)).map(|_| chance.below(bytes.len() as u64)).collect::<Vec<_>>();
        for at in random.into_iter().chain([0, last]) {
            let mut spoiled = bytes.clone();
            let at_byte = usize::try_from(at).unwrap();
            spoiled[at_byte] ^= 1 << chance.below(8);
            std::fs::write(town.release().join(name), &spoiled).unwrap();
            let found = town.verify();
            let name = name.to_str().unwrap();
            // A manifest may be past reading; any other file is named, and no other one is.
            if name == "manifest.json" {
                assert!(matches!(found.code, Some(1 | 3)), "byte {at} of the manifest: {found:?}");
                found.says(&["manifest.json"]);
            } else {
                found.exits(1).says(&[&format!("changed: {name}\n"), "1 differences"]);
            }
            runs += 1;
        }
        std::fs::write(town.release().join(name), bytes).unwrap();
    }
    town.verify().exits(0).says(&["all as they were published"]);
    told("F14 one flipped bit", runs);
}

#[test]
fn all_that_differs_is_told_in_one_go_in_both_languages_and_as_data() {
    let town = Town::new();
    let release = town.release();
    std::fs::remove_file(release.join("tables/indicators.csv")).unwrap();
    std::fs::write(release.join("geojson/isolation.geojson"), "{").unwrap();
    std::fs::write(release.join("notes\u{1b}[31m.txt"), "mine").unwrap();
    symlink("/etc/passwd", release.join("link")).unwrap();
    let words =
        ["missing: tables/indicators.csv", "changed: geojson/isolation.geojson", "extra: notes\\u{1b}[31m.txt", "not followed: link"];
    town.verify().exits(1).says(&words).says(&["4 differences"]);
    let verify = |arguments: &[&str]| run(Command::new(env!("CARGO_BIN_EXE_optima")).arg("verify").arg(&release).args(arguments));
    verify(&["--lang", "fr"]).exits(1).says(&["manque : tables/indicators.csv", "modifié : ", "en trop : ", "non suivi : link"]);
    let report: Value = serde_json::from_str(&verify(&["--format", "json"]).exits(1).out).unwrap();
    let kinds: Vec<&str> = report["differences"].as_array().unwrap().iter().map(|d| d["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["changed", "no_file", "extra", "missing"]);
    assert!(report["program"].as_str().unwrap().starts_with("optima "));
}

#[test]
fn a_manifest_that_leads_elsewhere_is_not_followed() {
    let town = Town::new();
    std::fs::write(town.parent().join("outside"), "not ours").unwrap();
    let text = std::fs::read_to_string(town.release().join("manifest.json")).unwrap();
    let mut manifest: Value = serde_json::from_str(&text).unwrap();
    for (i, name) in ["../outside", "/etc/passwd", "tables/../../outside"].into_iter().enumerate() {
        manifest["outputs"][i]["name"] = name.into();
    }
    std::fs::write(town.release().join("manifest.json"), manifest.to_string()).unwrap();
    let found = town.verify();
    found.exits(1).says(&["refused: ../outside", "refused: /etc/passwd", "refused: tables/../../outside", "changed: manifest.json"]);
    // A folder in it that is a link is not gone into, whatever lies behind.
    let town = Town::new();
    std::fs::rename(town.release().join("tables"), town.parent().join("tables")).unwrap();
    symlink(town.parent().join("tables"), town.release().join("tables")).unwrap();
    town.verify().exits(1).says(&["missing: tables/indicators.csv", "not followed: tables"]);
}

#[test]
fn what_is_no_release_is_refused() {
    let town = Town::new();
    let verify = |path: &str| run(Command::new(env!("CARGO_BIN_EXE_optima")).arg("verify").arg(town.path(path)).args(["--lang", "en"]));
    verify("records").exits(3).says(&["manifest.json", "name the folder of a release"]);
    verify("nowhere").exits(3).says(&["there is no such file"]);
    verify("observatory.toml").exits(3);
    town.write("records/manifest.json", "{\"name\": \"of another program\"}");
    verify("records").exits(3).says(&["no manifest of a release"]);
    std::fs::remove_file(town.path("records/manifest.json")).unwrap();
    assert!(Command::new("mkfifo").arg(town.path("records/manifest.json")).status().unwrap().success());
    verify("records").exits(3).says(&["not a plain file"]);
}

#[test]
fn a_release_of_another_version_is_verified_or_its_version_named() {
    let town = Town::new();
    let original = files(&town.release());
    let manifest = || serde_json::from_str::<Value>(&std::fs::read_to_string(town.release().join("manifest.json")).unwrap()).unwrap();
    let write = |manifest: &Value| std::fs::write(town.release().join("manifest.json"), manifest.to_string()).unwrap();
    // Of before manifests had a hash of their own, with keys of its own.
    let mut older = manifest();
    older["program"] = "optima 0.0.9".into();
    older.as_object_mut().unwrap().shift_remove("manifest_sha256");
    older["atlas"] = serde_json::json!({ "pages": 3 });
    write(&older);
    town.verify().exits(0).says(&["optima 0.0.9"]);
    // It may be replaced by a new one.
    town.build(&[]).exits(0);
    write_files(&town.release(), &original);
    // Of after manifests took another form.
    write(&serde_json::json!({ "program": "optima 9.1.0", "files": {} }));
    town.verify().exits(3).says(&["the manifest is of optima 9.1.0", "verify it with the version that made it"]);
    // A configuration of a later version names the key that is not known.
    write_files(&town.release(), &original);
    town.edit("observatory.toml", "language =", "cell_key = 7\nlanguage =");
    town.build(&[]).exits(2).says(&["observatory.toml", "cell_key"]);
}
