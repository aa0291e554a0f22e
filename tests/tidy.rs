//! The shape of the project, kept: who uses whom, where foreign crates stay, what the pages and the texts promise.
//!
//! ARCHITECTURE.md shows the same table. A new arrow between modules is a commit of its own that changes both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use optima::catalog::Catalog;
use optima::derive::DERIVATIONS;
use optima::measure::INDICATORS;
use optima::texts::Language;

/// For each module of the library, in order: the modules it may use. Each stands below those it uses.
const MAY_USE: [(&str, &[&str]); 25] = [
    ("error", &[]),
    ("period", &[]),
    ("stats", &[]),
    ("interrupt", &["error"]),
    ("plain_file", &["error"]),
    ("staging", &["error"]),
    ("texts", &["error"]),
    ("measure_id", &["error"]),
    ("territory", &["error", "stats", "plain_file", "texts"]),
    ("observatory", &["error", "period", "plain_file", "texts", "territory"]),
    ("records", &["period", "texts", "observatory"]),
    ("catalog", &["error", "plain_file", "texts", "measure_id"]),
    ("read", &["error", "period", "interrupt", "staging", "texts", "territory", "observatory", "records"]),
    ("locate", &["error", "interrupt", "territory", "records", "read"]),
    (
        "measure",
        &["error", "period", "stats", "interrupt", "texts", "measure_id", "territory", "observatory", "records", "catalog", "locate"],
    ),
    ("protect", &["error", "period", "stats", "interrupt", "texts", "territory", "observatory", "catalog", "measure"]),
    ("derive", &["error", "period", "stats", "territory", "observatory", "catalog", "measure", "protect"]),
    (
        "publish",
        &["error", "period", "stats", "interrupt", "staging", "texts", "territory", "observatory", "catalog", "read", "measure", "protect"],
    ),
    ("audit", &["error", "stats", "interrupt", "texts"]),
    ("ledger", &["error"]),
    ("join", &["error", "interrupt", "staging", "territory", "read"]),
    ("bilan", &["error", "staging", "texts", "territory", "records", "locate", "measure"]),
    ("analyze", &["error", "stats", "interrupt", "staging", "observatory", "read"]),
    (
        "pipeline",
        &[
            "error",
            "period",
            "interrupt",
            "plain_file",
            "staging",
            "texts",
            "territory",
            "observatory",
            "catalog",
            "read",
            "locate",
            "measure",
            "protect",
            "derive",
            "publish",
            "audit",
            "ledger",
        ],
    ),
    (
        "cli",
        &[
            "error",
            "period",
            "interrupt",
            "staging",
            "texts",
            "territory",
            "observatory",
            "records",
            "catalog",
            "read",
            "locate",
            "measure",
            "protect",
            "derive",
            "publish",
            "join",
            "bilan",
            "analyze",
            "audit",
            "pipeline",
        ],
    ),
];

/// Crates at the boundary of the program, and the only places that may name them.
const BOUNDARY: [(&str, &[&str]); 19] = [
    ("gdal", &["read/ogr.rs", "territory/", "publish/", "audit/"]),
    ("proj", &["territory/crs.rs"]),
    ("polars", &["read/"]),
    ("polars_io", &["read/"]),
    ("calamine", &["read/spreadsheet.rs", "audit/table.rs"]),
    ("encoding_rs", &["read/csv.rs"]),
    ("rstar", &["territory/"]),
    ("robust", &["territory/"]),
    ("statrs", &["stats/"]),
    ("faer", &["stats/"]),
    ("stlrs", &["stats/"]),
    ("rand_chacha", &["stats/"]),
    ("nix", &["cli/"]),
    ("rustix", &["staging", "cli/"]),
    ("include_dir", &["catalog.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("indicatif", &["cli/"]),
];

/// Files over 400 lines before their tests: each asks what its second idea is. Keep this list short and exact.
const LONG: &[&str] = &["pipeline.rs", "protect/mod.rs"];

/// Sections of `layers/texts.toml` whose keys are put together while the program runs.
const DYNAMIC: [&str; 18] = [
    "category",
    "check_name",
    "code",
    "column",
    "finding",
    "grouping",
    "indicator",
    "interval",
    "limits",
    "message",
    "note",
    "rule",
    "scenario",
    "signal",
    "signature",
    "statistic",
    "status",
    "unit",
];

const PAGES: [&str; 6] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/formats.md", "docs/reliability.md"];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_in(folder: &str, extension: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, extension, files);
            } else if path.extension().is_some_and(|e| e == extension) {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&project().join(folder), extension, &mut files);
    files.sort();
    files
}

/// A file of `src/`: its path there, and its code without comments and without its tests.
struct Source {
    path: String,
    code: String,
    lines_before_tests: usize,
}

fn sources() -> Vec<Source> {
    let root = project().join("src");
    let files = files_in("src", "rs");
    assert!(files.len() > 50, "src/ was not found");
    let made_for_tests = |path: &str| path.ends_with("/tests.rs") || path == "publish/town.rs";
    files
        .iter()
        .map(|file| (file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), fs::read_to_string(file).unwrap()))
        .filter(|(path, _)| !made_for_tests(path))
        .map(|(path, text)| {
            let body = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let code: Vec<&str> = body.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            Source { path, code: code.join("\n"), lines_before_tests: body.lines().count() }
        })
        .collect()
}

fn module_of(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The text after each `name::` that begins a path.
fn paths_of<'a>(code: &'a str, name: &str) -> Vec<&'a str> {
    let pattern = format!("{name}::");
    code.match_indices(&pattern)
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| is_word(c) || c == ':'))
        .map(|(at, _)| &code[at + pattern.len()..])
        .collect()
}

/// The modules that a `crate::…` path names; a braced list names several.
fn named_modules(rest: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| is_word(*c)).collect::<String>();
    let Some(list) = rest.strip_prefix('{') else { return vec![word(rest)] };
    let (mut depth, mut names, mut start) = (0, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && is_word(c) => {
                names.push(word(&list[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

fn arrows() -> BTreeMap<(String, String), String> {
    let mut arrows = BTreeMap::new();
    for source in sources() {
        let from = module_of(&source.path).to_owned();
        if from == "lib" || from == "main" {
            continue;
        }
        let library = if from == "cli" { "optima" } else { "crate" };
        for to in paths_of(&source.code, library).into_iter().flat_map(named_modules).filter(|to| *to != from) {
            arrows.entry((from.clone(), to)).or_insert_with(|| source.path.clone());
        }
    }
    arrows
}

#[test]
fn modules_use_what_stands_below_them_and_nothing_else() {
    let arrows = arrows();
    let mut problems = Vec::new();
    for ((from, to), file) in &arrows {
        let table = MAY_USE.iter().find(|(module, _)| module == from);
        let Some((_, allowed)) = table else {
            problems.push(format!("src/{file}: the module {from} is not in the table of tests/tidy.rs"));
            continue;
        };
        if !allowed.contains(&to.as_str()) {
            problems.push(format!("src/{file}: {from} may not use {to}"));
        }
    }
    // An arrow that is allowed and not there would let a new one in unseen.
    let allowed = MAY_USE.iter().flat_map(|(from, all)| all.iter().map(move |to| (*from, *to)));
    problems.extend(
        allowed
            .filter(|(from, to)| !arrows.contains_key(&((*from).to_owned(), (*to).to_owned())))
            .map(|(from, to)| format!("{from} does not use {to}: take it out of the table")),
    );
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_table_of_modules_has_no_circle() {
    for (position, (module, allowed)) in MAY_USE.iter().enumerate() {
        for used in *allowed {
            let below = MAY_USE.iter().position(|(other, _)| other == used);
            assert!(below.is_some_and(|below| below < position), "{module} uses {used}, which does not stand below it");
        }
    }
}

#[test]
fn the_page_on_architecture_shows_the_same_table() {
    let page = fs::read_to_string(project().join("ARCHITECTURE.md")).unwrap();
    for (module, allowed) in MAY_USE {
        let list: Vec<String> = allowed.iter().map(|used| format!("`{used}`")).collect();
        let uses = if list.is_empty() { "–".to_owned() } else { list.join(", ") };
        let row = format!("| `{module}` | {uses} |");
        assert!(page.contains(&row), "ARCHITECTURE.md lacks the row\n{row}");
    }
}

#[test]
fn boundary_crates_stay_at_the_boundary() {
    let sources = sources();
    for (name, places) in BOUNDARY {
        let users: Vec<&str> = sources
            .iter()
            .filter(|source| !paths_of(&source.code, name).is_empty() || source.code.contains(&format!("use {name};")))
            .map(|source| source.path.as_str())
            .collect();
        assert!(!users.is_empty(), "{name} is used nowhere: take it out of Cargo.toml and of this table");
        for user in users {
            assert!(places.iter().any(|place| user.starts_with(place)), "src/{user} uses {name}; only {places:?} may");
        }
    }
}

#[test]
fn every_file_opens_by_saying_why_it_exists() {
    let all = ["src", "tests", "examples"].iter().flat_map(|folder| files_in(folder, "rs"));
    for file in all.chain([project().join("build.rs")]) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} does not open with //!", file.display());
    }
}

#[test]
fn a_file_that_holds_two_ideas_is_noticed() {
    let long: Vec<String> = sources().into_iter().filter(|s| s.lines_before_tests > 400).map(|s| s.path).collect();
    assert_eq!(long, LONG, "files over 400 lines before their tests; split by idea, or keep the list exact");
}

#[test]
fn no_file_is_named_after_nothing() {
    for source in sources() {
        let stem = source.path.rsplit('/').next().unwrap().trim_end_matches(".rs").to_owned();
        assert!(!["utils", "util", "helpers", "common", "types", "traits", "misc"].contains(&stem.as_str()), "{}", source.path);
    }
}

/// All texts by key, in French and in English.
fn texts() -> BTreeMap<String, (String, String)> {
    let text = fs::read_to_string(project().join("layers/texts.toml")).unwrap();
    let root: toml::Table = toml::from_str(&text).unwrap();
    let mut texts = BTreeMap::new();
    collect(&root, "", &mut texts);
    texts
}

fn collect(table: &toml::Table, prefix: &str, texts: &mut BTreeMap<String, (String, String)>) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        let inner = value.as_table().unwrap_or_else(|| panic!("{path} is no table"));
        if inner.values().all(toml::Value::is_table) {
            collect(inner, &path, texts);
        } else {
            let language = |code: &str| inner.get(code).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
            texts.insert(path, (language("fr"), language("en")));
        }
    }
}

/// The string literals of a piece of code, escaped quotes and line breaks resolved.
fn literals(code: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let mut rest = code.replace("'\"'", "' '");
    while let Some(open) = rest.find('"') {
        let mut text = String::new();
        let mut end = rest.len();
        let mut letters = rest[open + 1..].char_indices();
        while let Some((at, c)) = letters.next() {
            match c {
                '"' => {
                    end = open + 1 + at;
                    break;
                }
                '\\' => match letters.next() {
                    Some((_, '\n')) => {}
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, other)) => text.push(other),
                    None => {}
                },
                c => text.push(c),
            }
        }
        literals.push(text);
        rest = rest.get(end + 1..).unwrap_or_default().to_owned();
    }
    literals
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_text_is_in_both_languages_with_the_same_placeholders() {
    let texts = texts();
    assert!(texts.len() > 100);
    for (key, (fr, en)) in &texts {
        assert!(!fr.trim().is_empty() && !en.trim().is_empty(), "{key} lacks a language");
        assert_eq!(placeholders(fr), placeholders(en), "{key}: the languages differ in their placeholders");
    }
}

#[test]
fn every_key_that_the_code_names_is_in_the_texts_and_none_is_dead() {
    let texts = texts();
    let sections: BTreeSet<&str> = texts.keys().map(|key| key.split('.').next().unwrap()).collect();
    let is_key = |text: &str| {
        text.split_once('.')
            .is_some_and(|(section, key)| sections.contains(section) && !key.is_empty() && key.chars().all(|c| is_word(c) || c == '.'))
    };
    let mut named = BTreeSet::new();
    for source in sources() {
        for literal in literals(&source.code) {
            // `series.csv` and the like would look like keys too: keys never end so.
            if is_key(&literal) && ![".toml", ".csv", ".json", ".gpkg"].iter().any(|end| literal.ends_with(end)) {
                assert!(texts.contains_key(&literal), "src/{}: the text \"{literal}\" is not in layers/texts.toml", source.path);
                named.insert(literal);
            }
        }
        for call in [".text(\"", "texts.get(\"", "texts.fill(\"", "texts().get(\"", "texts().fill(\""] {
            for (at, _) in source.code.match_indices(call) {
                let key = source.code[at + call.len()..].split('"').next().unwrap();
                assert!(texts.contains_key(key), "src/{}: the text \"{key}\" is not in layers/texts.toml", source.path);
            }
        }
    }
    assert!(named.len() > 60, "only {} keys were found in src/", named.len());
    let dead: Vec<&String> =
        texts.keys().filter(|key| !DYNAMIC.contains(&key.split('.').next().unwrap()) && !named.contains(*key)).collect();
    assert!(dead.is_empty(), "texts that nothing names: {dead:?}");
}

#[test]
fn every_message_with_a_french_form_is_still_said_in_english() {
    let literals: Vec<String> = sources().iter().flat_map(|source| literals(&source.code)).collect();
    let said = |piece: &str| literals.iter().any(|literal| literal.contains(piece));
    // Some messages are put together from two literals.
    let joined =
        |piece: &str| piece.char_indices().any(|(at, _)| at > 3 && at + 3 < piece.len() && said(&piece[..at]) && said(&piece[at..]));
    // What the parser of TOML says is said by that crate.
    let ours = |key: &str| key.starts_with("message.") && !key.starts_with("message.toml");
    for (key, (_, en)) in texts().iter().filter(|(key, _)| ours(key)) {
        for piece in en.split(['{', '}']).step_by(2).map(str::trim).filter(|piece| piece.len() > 3) {
            assert!(said(piece) || joined(piece), "{key}: nothing in src/ says \"{piece}\"");
        }
    }
}

#[test]
fn every_indicator_has_a_layer_and_says_what_it_is() {
    let catalog = Catalog::load(Some(&project().join("layers")), Language::Fr).unwrap();
    let of_records = INDICATORS.iter().map(|indicator| indicator.definition().id);
    let of_figures = DERIVATIONS.iter().map(|derivation| derivation.definition().id);
    let known: BTreeSet<&str> = of_records.chain(of_figures).collect();
    assert_eq!(known.len(), INDICATORS.len() + DERIVATIONS.len(), "two indicators share a name");
    for id in &known {
        assert!(catalog.layers.iter().any(|layer| layer.measure.indicator == *id), "no layer shows the indicator {id}");
        for part in ["formula", "universe"] {
            assert!(catalog.texts.has(&format!("indicator.{id}.{part}")), "layers/texts.toml lacks indicator.{id}.{part}");
        }
    }
    for layer in &catalog.layers {
        assert!(known.contains(layer.measure.indicator.as_str()), "{}: there is no indicator {}", layer.id, layer.measure.indicator);
    }
}

/// The commands of a page: lines of its `sh` blocks, continuation lines joined.
fn commands(page: &str) -> Vec<String> {
    let text = fs::read_to_string(project().join(page)).unwrap();
    let blocks = text.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("sh\n").map(str::to_owned));
    blocks
        .flat_map(|block| block.replace("\\\n", " ").lines().map(str::to_owned).collect::<Vec<_>>())
        .map(|line| line.split(" #").next().unwrap().trim().to_owned())
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

fn help_of(command: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_optima"));
    let output = if command.is_empty() { program.arg("--help").output() } else { program.args([command, "--help"]).output() };
    String::from_utf8(output.unwrap().stdout).unwrap()
}

#[test]
fn the_commands_of_the_pages_exist() {
    let makefile = fs::read_to_string(project().join("Makefile")).unwrap();
    let all = help_of("");
    let mut seen = 0;
    for page in PAGES {
        for command in commands(page) {
            let words: Vec<&str> = command.split_whitespace().collect();
            if words[0] == "make" {
                for target in &words[1..] {
                    assert!(makefile.contains(&format!("\n{target}:")), "{page}: there is no `make {target}`");
                }
            }
            if words[0].ends_with("optima") {
                let sub = words.get(1).filter(|word| !word.starts_with('-'));
                assert!(sub.is_none_or(|sub| all.contains(&format!("\n  {sub} "))), "{page}: there is no `{command}`");
                let help = help_of(sub.unwrap_or(&""));
                for flag in words.iter().filter(|word| word.starts_with("--")) {
                    assert!(help.contains(flag.split('=').next().unwrap()), "{page}: `{command}` has no {flag}");
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 5, "the pages show {seen} commands");
}

#[test]
fn the_files_that_the_pages_name_exist() {
    // Made by a run or an exercise, not part of the project.
    let made = [
        "release",
        "layers/themes/employment/median_duration.toml",
        "layers/themes/employment/very_long_term_rate.toml",
        "src/measure/median_duration.rs",
    ];
    let roots = ["src/", "tests/", "examples/", "layers/", "docs/", "bench/", "records/register.rs"];
    for page in PAGES {
        let text = fs::read_to_string(project().join(page)).unwrap();
        let inline = text.split('`').map(str::to_owned);
        let links = text.match_indices("](").map(|(at, _)| text[at + 2..].split([')', '#']).next().unwrap().to_owned());
        let words = commands(page).into_iter().flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        for name in inline.chain(words).filter(|name| roots.iter().any(|root| name.starts_with(root))).chain(links) {
            let plain = name.chars().all(|c| is_word(c) || matches!(c, '/' | '.' | '-'));
            if name.is_empty() || name.starts_with("http") || !plain || made.iter().any(|m| name.starts_with(m)) {
                continue;
            }
            let beside = project().join(page).parent().unwrap().join(&name);
            assert!(project().join(&name).exists() || beside.exists(), "{page} names {name}, which is not there");
        }
    }
}

#[test]
fn the_readme_tells_every_exit_code() {
    use optima::error::ErrorKind as Kind;
    let readme = fs::read_to_string(project().join("README.md")).unwrap();
    for kind in [Kind::Findings, Kind::Config, Kind::Input, Kind::Disclosure, Kind::Output, Kind::Interrupted, Kind::Internal] {
        let row = format!("\n| {} |", kind.exit_code());
        assert!(readme.contains(&row), "README.md lacks the exit code {}", kind.exit_code());
    }
}
