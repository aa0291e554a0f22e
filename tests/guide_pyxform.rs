//! The shipped forms are forms that KoboToolbox and ODK take: pyxform converts them without a word, and finds in the interview guide
//! what the method asks for.

use std::path::Path;
use std::process::Command;

/// Says why a test does not run; under `make test` (`OPTIMA_TESTS=all`) everything is installed, and not to run is to fail.
fn skip(reason: &str) {
    assert!(std::env::var("OPTIMA_TESTS").as_deref() != Ok("all"), "{reason}");
    eprintln!("skipped: {reason}");
}

const THEMES: [&str; 7] =
    ["personal", "socio_economic", "housing", "school_occupation", "social_autonomy", "health_well_being", "prevention"];

/// What pyxform makes of a form of `layers/guides`; `None` where pyxform is missing, after that was said.
fn converted(name: &str) -> Option<serde_json::Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (script, guide) = (root.join("tests/guide_pyxform.py"), root.join("layers/guides").join(name));
    let Ok(converted) = Command::new("/usr/bin/python3").arg(&script).arg(&guide).output() else {
        skip("python3 is not installed");
        return None;
    };
    let said = String::from_utf8_lossy(&converted.stdout);
    if converted.status.code() == Some(77) {
        skip(&format!("pyxform is not installed: {said}"));
        return None;
    }
    assert!(converted.status.success(), "{}", String::from_utf8_lossy(&converted.stderr));
    let found: serde_json::Value = serde_json::from_str(said.trim()).unwrap();
    assert_eq!(found["warnings"], serde_json::json!([]));
    assert_eq!(found["languages"], serde_json::json!(["Français (fr)", "English (en)"]));
    Some(found)
}

#[test]
fn pyxform_takes_the_guide_with_its_seven_themes() {
    let Some(found) = converted("catalyse.xlsx") else { return };
    assert_eq!(found["themes"], serde_json::json!(THEMES));
    assert_eq!(found["relevant"], 7);
    let questions = found["questions"].as_object().unwrap();
    let in_theme = |theme: &str| questions.values().filter(|q| q["theme"] == theme).count();
    let counts = THEMES.map(in_theme);
    assert_eq!(counts.iter().sum::<usize>(), 67, "{counts:?}");
    assert!(counts.iter().all(|n| *n >= 5), "{counts:?}");
    assert_eq!(questions.values().filter(|q| q["several"] == true).count(), 5);
    for item in ["cheerful", "calm", "active", "rested", "interested"] {
        assert_eq!(questions[&format!("who5_{item}")]["answers"], serde_json::json!(["5", "4", "3", "2", "1", "0"]));
    }
    let refusable = questions.values().filter_map(|q| q["answers"].as_array()).filter(|answers| answers.iter().any(|a| a == "refused"));
    assert_eq!(refusable.count(), 67 - 5 - 4, "all but WHO-5 and the four numbers may be refused");
}

#[test]
fn pyxform_takes_the_sheet_of_the_directory() {
    let Some(found) = converted("directory.xlsx") else { return };
    assert_eq!(found["themes"], serde_json::json!(["offer", "access"]));
    let questions = found["questions"].as_object().unwrap();
    assert_eq!(questions.values().filter(|q| q["answers"].is_array()).count(), 9);
    assert_eq!(questions.values().filter(|q| q["several"] == true).count(), 2);
}
