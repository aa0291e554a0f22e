//! What people write themselves: an observatory, the files of a catalog, names, and the expressions of a form.

use std::fs;
use std::path::{Component, Path};

use optima::catalog::Catalog;
use optima::measure_id::MeasureId;
use optima::observatory::Observatory;
use optima::publish::sql::{identifier, literal};
use optima::read::relevance::{Expression, Given, Value};
use optima::texts::{Language, Texts};

use super::scratch;

/// An `observatory.toml`.
pub fn config(bytes: &[u8]) {
    let path = scratch::file("observatory.toml", bytes);
    if let Ok(observatory) = Observatory::load(&path) {
        assert!(observatory.quarters().windows(2).all(|pair| pair[0] < pair[1]), "quarters in order");
        _ = observatory.layers_folder();
    }
}

/// One file of a catalog: the first byte says which of them the rest is.
pub fn catalog(bytes: &[u8]) {
    const FILES: [&str; 8] = [
        "themes/employment/layer.toml",
        "themes/employment/theme.toml",
        "styles/style.toml",
        "disclosure/policy.toml",
        "analyses/analysis.toml",
        "cross_tables/tables.toml",
        "determining/situation.toml",
        "texts.toml",
    ];
    let Some((which, content)) = bytes.split_first() else { return };
    let folder = scratch::folder().join("catalog");
    _ = fs::remove_dir_all(&folder);
    let path = folder.join(FILES[usize::from(*which) % FILES.len()]);
    fs::create_dir_all(path.parent().expect("every file has a folder")).expect("a temporary folder can be made");
    fs::write(&path, content).expect("a temporary file can be written");
    _ = Catalog::load(Some(&folder), Language::Fr);
}

/// Names that become files, tables and columns: what is accepted stays in its folder, what is quoted stays in its quotes.
pub fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(id) = MeasureId::new(text.clone()) {
        let path = Path::new(id.as_str());
        assert!(path.components().count() == 1 && path.components().all(|c| matches!(c, Component::Normal(_))), "leaves its folder");
        assert!(id.as_str().len() <= 40 && id.as_str().is_ascii());
    }
    for (quoted, mark) in [(identifier(&text), '"'), (literal(&text), '\'')] {
        let inner = quoted.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)).expect("quoted on both sides");
        assert!(!inner.replace([mark, mark], "").contains('\0'));
        assert!(inner.split(mark).count() % 2 == 1 || !inner.contains(mark), "a quotation mark ends the name");
    }
    if let Ok(texts) = Texts::from_toml(&text, Language::En) {
        _ = (texts.translate(&text), texts.get("title"), texts.both("title"));
    }
}

/// What a form's `relevant` says: parsed, and evaluated on texts, numbers and nothing.
pub fn relevance(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let expression = Expression::parse(text);
    assert_eq!(expression.text, text.trim(), "the expression is kept as the form has it");
    let own = Value::Text("a b".to_owned());
    for shift in 0..3 {
        let answer = |at: usize| match (at + shift) % 3 {
            0 => Some(Value::Number(17.5)),
            1 => Some(Value::Text("family friends".to_owned())),
            _ => None,
        };
        let first = expression.holds(Given { answer: &answer, own: Some(&own) });
        assert_eq!(first, expression.holds(Given { answer: &answer, own: Some(&own) }), "an expression holds or does not");
    }
}
