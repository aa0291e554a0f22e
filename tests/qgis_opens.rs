//! A release made by the program opens in QGIS as a geographer opens it: every layer valid and styled, the project with
//! its themes and CRS, also after the folder has moved.

use std::path::Path;
use std::process::Command;

/// Says why a test does not run; under `make test` (`OPTIMA_TESTS=all`) everything is installed, and not to run is to fail.
fn skip(reason: &str) {
    assert!(std::env::var("OPTIMA_TESTS").as_deref() != Ok("all"), "{reason}");
    eprintln!("skipped: {reason}");
}

/// The shipped example, built by the program into a folder of its own and opened by headless QGIS.
fn opens(example: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let observatory = root.join("examples").join(example).join("observatory.toml");
    let folder = tempfile::tempdir().unwrap();
    let release = folder.path().join("release");
    let built = Command::new(env!("CARGO_BIN_EXE_optima")).arg("build").arg(&observatory).arg("--out").arg(&release).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let script = root.join("tests/qgis_opens.py");
    let Ok(opened) = Command::new("/usr/bin/python3").arg(&script).arg(&release).env("QT_QPA_PLATFORM", "offscreen").output() else {
        skip("python3 is not installed");
        return;
    };
    let said = String::from_utf8_lossy(&opened.stdout);
    if opened.status.code() == Some(77) {
        skip(&format!("QGIS is not installed: {said}"));
        return;
    }
    assert!(opened.status.success(), "{said}\n{}", String::from_utf8_lossy(&opened.stderr));
    let found: serde_json::Value = serde_json::from_str(said.lines().last().unwrap_or_default()).unwrap();
    assert_eq!(found["problems"], serde_json::json!([]));
    assert!(found["layers"]["job_seeker_rate"]["rows"].as_u64().unwrap() > 10);
    assert!(found["qgz"]["temporal"].as_u64().unwrap() > 0);
}

#[test]
fn seraing_opens_in_qgis() {
    opens("seraing");
}

#[test]
fn saint_nicolas_opens_in_qgis() {
    opens("saint-nicolas");
}
