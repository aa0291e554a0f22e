//! What optima is made of: licenses, sources, no crate that speaks to a network and no call to one, no `unsafe` of our own.
//!
//! `deny.toml` says what is allowed; cargo-deny checks the same and known vulnerabilities besides, where it is installed.

#![allow(clippy::unwrap_used, reason = "tests may: a panic is how they fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use optima::territory::Epsg;
use optima::territory::zone_file::{ZoneColumns, read_zones};
use serde_json::Value;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn toml_of(file: &str) -> toml::Table {
    fs::read_to_string(project().join(file)).unwrap().parse().unwrap()
}

/// A list of words of `deny.toml`.
fn allowed(section: &str, key: &str) -> BTreeSet<String> {
    toml_of("deny.toml")[section][key].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// What cargo knows of this machine's build, from the lock file and the sources at hand alone.
fn metadata() -> Value {
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", &platform]);
    let output = cargo.current_dir(project()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether a license expression (SPDX, or the older form with `/`) can be met by what is allowed.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.trim();
    // The outermost OR, then the outermost AND, then parentheses, then a name.
    let split = |word: &str| {
        let mut depth = 0_i32;
        let mut parts = vec![String::new()];
        for token in expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").split_whitespace() {
            depth += i32::from(token == "(") - i32::from(token == ")");
            if depth == 0 && token == word {
                parts.push(String::new());
            } else {
                let part = parts.last_mut().unwrap();
                part.push_str(if part.is_empty() { "" } else { " " });
                part.push_str(token);
            }
        }
        parts
    };
    for (word, any) in [("OR", true), ("AND", false)] {
        let parts = split(word);
        if parts.len() > 1 {
            let mut met = parts.iter().map(|part| is_met(part, allowed));
            return if any { met.any(|met| met) } else { met.all(|met| met) };
        }
    }
    match expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => is_met(inner, allowed),
        None => allowed.contains(expression),
    }
}

#[test]
fn license_expressions_are_read_as_spdx_has_them() {
    let allowed: BTreeSet<String> = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for met in
        ["MIT", "MIT OR GPL-3.0", "GPL-2.0/MIT", "MIT AND Apache-2.0", "(MIT OR GPL-3.0) AND Apache-2.0", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT AND GPL-3.0) OR SSPL-1.0", "", "MIT WITH x", "(MIT OR Apache-2.0) AND GPL-3.0"] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn every_crate_has_a_license_that_ours_may_be_combined_with() {
    let allowed = allowed("licenses", "allow");
    assert!(allowed.iter().all(|license| !license.contains("GPL")), "a copyleft license of others needs a lawyer's look first");
    let metadata = metadata();
    let built: BTreeSet<&str> = metadata["resolve"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap()).collect();
    let mut looked_at = 0;
    for package in metadata["packages"].as_array().unwrap() {
        if built.contains(package["id"].as_str().unwrap()) {
            looked_at += 1;
            let license = package["license"].as_str().unwrap_or_default();
            assert!(is_met(license, &allowed), "{}: the license is \"{license}\"", package["name"]);
        }
    }
    assert!(looked_at > 100, "{looked_at}");
}

#[test]
fn nothing_that_is_linked_speaks_to_a_network() {
    let banned = allowed("bans", "deny");
    // The metadata have what any feature would bring; the tree has what is built.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = cargo.current_dir(project()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let linked: BTreeSet<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(linked.len() > 100 && linked.contains("gdal"), "{}", linked.len());
    for name in linked {
        assert!(!banned.contains(name), "{name} is linked: `cargo tree -i {name}` says by whom");
    }
}

#[test]
fn a_file_that_names_an_address_makes_nobody_call_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // The older form of a CRS in GeoJSON: GDAL asks the address for it.
    let link = format!(r#"{{"type":"link","properties":{{"href":"http://{address}/crs","type":"proj4"}}}}"#);
    let square = r#"{"type":"Polygon","coordinates":[[[5,50],[5.1,50],[5.1,50.1],[5,50]]]}"#;
    let text = format!(
        r#"{{"type":"FeatureCollection","crs":{link},"features":[{{"type":"Feature","properties":{{"code":"A1"}},"geometry":{square}}}]}}"#
    );
    let path = folder.path().join("zones.geojson");
    fs::write(&path, text).unwrap();
    _ = read_zones(&path, None, &ZoneColumns::default(), None, Epsg(31370), None);
    assert!(listener.accept().is_err(), "the address was called");
    let called = std::net::TcpStream::connect(address).is_ok() && listener.accept().is_ok();
    assert!(called, "the test itself would see a call");
}

#[test]
fn every_crate_is_of_the_registry_pinned_by_its_hash_and_the_same_for_the_fuzz_targets() {
    let packages = |file: &str| toml_of(file)["package"].as_array().unwrap().clone();
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    for (file, ours) in [("Cargo.lock", &["optima"][..]), ("fuzz/Cargo.lock", &["optima", "optima-fuzz"])] {
        for package in packages(file) {
            let name = text(&package, "name").unwrap();
            match text(&package, "source") {
                None => assert!(ours.contains(&name.as_str()), "{file}: {name} comes from a folder"),
                Some(source) => {
                    assert!(source.starts_with("registry+"), "{file}: {name} comes from {source}");
                    assert!(text(&package, "checksum").is_some_and(|hash| hash.len() == 64), "{file}: {name} has no hash");
                }
            }
        }
    }
    // With other versions the dependencies would be built twice, and what is fuzzed would not be what is shipped.
    let versions = |file: &str| -> BTreeSet<(String, String)> {
        packages(file).iter().map(|package| (text(package, "name").unwrap(), text(package, "version").unwrap())).collect()
    };
    let shipped = versions("Cargo.lock");
    let beyond: Vec<String> = versions("fuzz/Cargo.lock").difference(&shipped).map(|(name, _)| name.clone()).collect();
    assert_eq!(beyond, ["arbitrary", "libfuzzer-sys", "optima-fuzz"], "copy Cargo.lock to fuzz/ and build");
}

/// Rust files below a folder.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut waiting = vec![project().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn our_own_code_has_no_unsafe() {
    assert_eq!(toml_of("Cargo.toml")["lints"]["rust"]["unsafe_code"].as_str(), Some("deny"));
    let marks = ["{", "fn ", "impl ", "trait ", "extern "].map(|after| format!("{} {after}", "unsafe"));
    let allowance = format!("({}_code", "unsafe");
    let mut files = 0;
    for path in ["src", "examples", "tests", "fuzz/src", "fuzz/fuzz_targets"].into_iter().flat_map(sources) {
        files += 1;
        for (at, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let bad = marks.iter().any(|mark| code.contains(mark)) || code.contains(&allowance);
            assert!(!bad, "{}:{}", path.display(), at + 1);
        }
    }
    assert!(files > 200, "{files}");
}
