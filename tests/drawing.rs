//! Pictures as files: well-formed, the same twice, of a bearable size, with hostile names as plain text, for any points and trees.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests may: a panic is how they fail, and they say when they skip")]

use std::path::Path;
use std::process::Command;

use optima::publish::drawing::dendrogram::{Dendrogram, Leaf, Node};
use optima::publish::drawing::factor_plane::{FactorPlane, Kind, LARGEST_COORDINATE, Point, Words};
use proptest::prelude::*;

const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "\" onload=\"x\" '&amp; ]]>",
    "\u{0}\u{1b}[31m\u{85}\u{fffe}rouge",
    "\u{202e}gnol \u{2067}",
    "שכונה <b>",
    "{count} {0} %s \\n",
    "",
    "Ressources financières insuffisantes pour se chauffer, se nourrir et se soigner : tous les mois ou presque",
];

/// Checks what XML asks of an element: tags closed in order, attributes quoted and named once, no bare `<`, `&` or control character.
/// Gives the texts of all elements, unescaped.
fn well_formed(svg: &str) -> Vec<String> {
    assert!(svg.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{fffe}' || c == '\u{ffff}')), "a character XML forbids");
    let (mut open, mut texts, mut rest) = (Vec::<&str>::new(), Vec::new(), svg);
    while let Some(at) = rest.find('<') {
        let text = &rest[..at];
        assert!(open.is_empty() <= text.trim().is_empty(), "text outside of the root: {text}");
        if !text.trim().is_empty() {
            texts.push(unescape(text));
        }
        let end = rest.find('>').unwrap();
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        assert!(!matches!(name, "script" | "image" | "use" | "foreignObject" | "a" | "style"), "{name}");
        let mut seen = Vec::new();
        while !attributes.is_empty() {
            let (key, value) = attributes.split_once("=\"").unwrap();
            let (value, after) = value.split_once('"').unwrap();
            assert!(!seen.contains(&key) && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{key}");
            assert!(!key.starts_with("on") && key != "href", "{key}");
            assert!(!value.contains(['<', '&']) && (key == "xmlns" || !value.contains("//")), "{value}");
            seen.push(key);
            attributes = after.trim_start();
        }
        if !closed {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
    texts
}

fn unescape(text: &str) -> String {
    for piece in text.split('&').skip(1) {
        assert!(["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|entity| piece.starts_with(entity)), "&{piece}");
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}

const WORDS: Words<'static> = Words {
    active: "Modalité active",
    supplementary: "Modalité supplémentaire",
    group: "Groupe",
    size: "Surface : nombre de réponses",
    unlabeled: "{count} sans étiquette",
    undrawn: "{count} non dessinés",
};

fn plane<'a>(points: Vec<Point<'a>>, themes: Vec<&'a str>) -> FactorPlane<'a> {
    let (title, description) = ("Plan <1-2>", "Points & groupes");
    FactorPlane { title, description, horizontal: "Axe 1 (12,3 %)", vertical: "Axe 2", themes, points, words: WORDS, decimal_comma: true }
}

fn any_point() -> impl Strategy<Value = Point<'static>> {
    let coordinate = || prop_oneof![8 => -2.0f64..2.0, 1 => Just(0.0), 1 => any::<f64>()];
    let kind = prop_oneof![Just(Kind::Active), Just(Kind::Active), Just(Kind::Supplementary), Just(Kind::Group)];
    (0..HOSTILE.len(), coordinate(), coordinate(), any::<f64>(), any::<f64>(), kind, proptest::option::of(0usize..30))
        .prop_map(|(label, x, y, size, importance, kind, theme)| Point { label: HOSTILE[label], x, y, size, importance, kind, theme })
}

/// A number said in a note, such as 12 in "12 sans étiquette"; 0 where there is no note.
fn noted(texts: &[String], words: &str) -> usize {
    texts.iter().find_map(|text| text.strip_suffix(words)?.trim().parse().ok()).unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_factor_plane_is_well_formed_repeats_and_counts_what_it_leaves_out(points in proptest::collection::vec(any_point(), 0..330)) {
        let count = points.len();
        let numbers = points.iter().filter(|point| point.x.abs() <= LARGEST_COORDINATE && point.y.abs() <= LARGEST_COORDINATE).count();
        let plane = plane(points, HOSTILE.to_vec());
        let svg = plane.svg();
        prop_assert_eq!(&svg, &plane.svg());
        prop_assert!(svg.len() < 100_000 && !svg.contains("NaN") && !svg.contains("inf"), "{}", svg.len());
        let texts = well_formed(&svg);
        let drawn = numbers.min(250);
        prop_assert_eq!(noted(&texts, "non dessinés"), count - drawn);
        prop_assert!(noted(&texts, "sans étiquette") >= drawn.saturating_sub(45));
        // The legend's marks and the points.
        let marks = svg.matches("<circle").count() + svg.matches("<polygon").count() + svg.matches(" stroke=\"#ffffff\"/>").count();
        prop_assert!(marks >= drawn + HOSTILE.len(), "{marks} {drawn}");
    }

    #[test]
    fn a_plane_of_one_immense_coordinate_has_no_infinite_ticks(exponent in 290.0f64..308.25, x in -2.0f64..2.0) {
        let point = |x, y| Point { label: "a", x, y, size: 1.0, importance: 1.0, kind: Kind::Active, theme: None };
        let svg = plane(vec![point(x, -(10f64.powf(exponent))), point(1.5, 2.0)], Vec::new()).svg();
        prop_assert!(!svg.contains("NaN") && !svg.contains("inf"));
        well_formed(&svg);
    }

    #[test]
    fn any_tree_is_well_formed_and_repeats(joins in proptest::collection::vec((any::<u32>(), any::<u32>(), 0.0f64..1.0), 0..60), groups in 1usize..9) {
        let leaves: Vec<Leaf<'_>> =
            (0..=joins.len()).map(|at| Leaf { label: HOSTILE[at % 8], weight: f64::from(u32::try_from(at).unwrap()), group: at % groups }).collect();
        let mut pieces: Vec<usize> = (0..leaves.len()).collect();
        let mut nodes = Vec::new();
        for (a, b, level) in &joins {
            let first = pieces.swap_remove(*a as usize % pieces.len());
            let second = pieces.swap_remove(*b as usize % pieces.len());
            pieces.push(leaves.len() + nodes.len());
            nodes.push(Node { first, second, level: *level });
        }
        let count = leaves.len();
        let tree = Dendrogram {
            title: HOSTILE[0], description: HOSTILE[1], axis: HOSTILE[3], cut: HOSTILE[4], leaves, nodes,
            groups: HOSTILE.iter().chain(&HOSTILE).copied().take(groups).collect(), decimal_comma: false,
        };
        let svg = tree.svg().unwrap();
        prop_assert_eq!(&svg, &tree.svg().unwrap());
        prop_assert!(svg.len() < 60_000, "{}", svg.len());
        let texts = well_formed(&svg);
        prop_assert!(texts.iter().any(|text| text == HOSTILE[0]));
        prop_assert_eq!(svg.matches("<circle").count(), count);
    }
}

fn town() -> (Vec<String>, Vec<&'static str>) {
    let questions =
        ["Vit seul", "A renoncé à des soins pour raison financière", "Emploi", "Logement humide", "Dettes", "Permis de conduire"];
    let answers = ["oui", "non", "parfois", "non-réponse"];
    let labels = (0..240).map(|at| format!("{} {} : {}", questions[at % 6], at / 24 + 1, answers[at / 6 % 4])).collect();
    (labels, vec!["Logement", "Emploi et formation", "Santé", "Ressources", "Famille", "Mobilité", "Participation"])
}

/// The plane of a guide of 60 questions with four modalities each, and three groups.
fn real_plane<'a>(labels: &'a [String], themes: &[&'a str]) -> FactorPlane<'a> {
    let mut points = Vec::new();
    for (at, label) in labels.iter().enumerate() {
        // A spiral: dense at the center, as planes are.
        let turn = f64::from(u32::try_from(at).unwrap()) * 2.4;
        let far = turn / 600.0;
        let kind = if at % 9 == 8 { Kind::Supplementary } else { Kind::Active };
        points.push(Point {
            label,
            x: far * turn.cos(),
            y: far * turn.sin(),
            size: 400.0 - turn / 2.0,
            importance: far,
            kind,
            theme: Some(at % 7),
        });
    }
    for (label, x, y) in [("Groupe 1 : isolés, mal logés", -0.4, 0.3), ("Groupe 2 : actifs entourés", 0.0, 0.0), ("Groupe 3", 0.5, 0.1)]
    {
        points.push(Point { label, x, y, size: 300.0, importance: 0.0, kind: Kind::Group, theme: None });
    }
    plane(points, themes.to_vec())
}

#[test]
fn a_plane_of_sixty_questions_stays_under_60_kilobytes_and_names_its_groups() {
    let (labels, themes) = town();
    let svg = real_plane(&labels, &themes).svg();
    assert!(svg.len() < 60_000, "{}", svg.len());
    let texts = well_formed(&svg).join(" ");
    for part in
        ["Groupe 1 : isolés, mal logés", "Groupe 2 : actifs entourés", "Groupe 3", "Participation", "Axe 1 (12,3 %)", "Plan <1-2>", "0,5"]
    {
        assert!(texts.contains(part), "{part}");
    }
    assert!(svg.contains("role=\"img\"") && svg.contains("<title id=\"title\">") && svg.contains("<desc id=\"description\">"));
}

#[test]
fn both_axes_have_one_scale() {
    let point = |x, y| Point { label: "p", x, y, size: 1.0, importance: 1.0, kind: Kind::Active, theme: Some(0) };
    let svg = plane(vec![point(0.0, 0.0), point(1.0, 0.0), point(0.0, 1.0), point(-3.0, 0.0)], vec![]).svg();
    let circles: Vec<(f64, f64)> = svg
        .lines()
        .filter(|line| line.contains("fill=\"#0072b2\""))
        .map(|line| {
            let number = |key: &str| line.split_once(&format!(" {key}=\"")).unwrap().1.split_once('"').unwrap().0.parse().unwrap();
            (number("cx"), number("cy"))
        })
        .collect();
    let [origin, right, up, left] = circles[..] else { panic!("{circles:?}") };
    let unit = right.0 - origin.0;
    assert!(unit > 100.0 && (origin.1 - up.1 - unit).abs() < 0.02 && (origin.0 - left.0 - 3.0 * unit).abs() < 0.02, "{circles:?}");
    assert_eq!((right.1, up.0), (origin.1, origin.0));
}

#[test]
fn what_is_no_tree_is_not_drawn() {
    let leaf = |group| Leaf { label: "a", weight: 1.0, group };
    let node = |first, second, level| Node { first, second, level };
    let draw = |leaves: Vec<Leaf<'static>>, nodes: Vec<Node>| {
        Dendrogram { title: "t", description: "d", axis: "i", cut: "2", leaves, nodes, groups: vec!["g", "h"], decimal_comma: false }.svg()
    };
    let three = || vec![leaf(0), leaf(0), leaf(1)];
    assert!(draw(three(), vec![node(0, 1, 0.1), node(3, 2, 0.4)]).unwrap().contains("stroke-dasharray"), "one line cuts both groups off");
    assert!(!draw(three(), vec![node(0, 2, 0.1), node(3, 1, 0.4)]).unwrap().contains("stroke-dasharray"), "no line does");
    assert!(draw(vec![leaf(0)], vec![]).is_some());
    for (leaves, nodes) in [
        (vec![], vec![]),
        (three(), vec![node(0, 1, 0.1)]),
        (three(), vec![node(0, 1, 0.1), node(0, 2, 0.4)]),
        (three(), vec![node(0, 0, 0.1), node(3, 2, 0.4)]),
        (three(), vec![node(0, 9, 0.1), node(3, 2, 0.4)]),
        (three(), vec![node(0, 1, f64::NAN), node(3, 2, 0.4)]),
        (three(), vec![node(0, 1, -0.1), node(3, 2, 0.4)]),
        (vec![leaf(0), leaf(0), leaf(2)], vec![node(0, 1, 0.1), node(3, 2, 0.4)]),
    ] {
        assert_eq!(draw(leaves, nodes), None);
    }
}

#[test]
fn an_xml_parser_reads_the_pictures() {
    let python = Path::new("/usr/bin/python3");
    if !python.exists() {
        eprintln!("skipped: python3 is not installed");
        return;
    }
    let (labels, themes) = town();
    let folder = tempfile::tempdir().unwrap();
    let hostile = HOSTILE.iter().map(|label| Point { label, x: 1.0, y: 2.0, size: 1.0, importance: 1.0, kind: Kind::Group, theme: None });
    for (name, svg) in [("real.svg", real_plane(&labels, &themes).svg()), ("hostile.svg", plane(hostile.collect(), HOSTILE.to_vec()).svg())]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, svg).unwrap();
        let script = "import sys, xml.etree.ElementTree as E; print(E.parse(sys.argv[1]).getroot().tag)";
        let output = Command::new(python).args(["-c", script]).arg(&path).output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            "{http://www.w3.org/2000/svg}svg",
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
