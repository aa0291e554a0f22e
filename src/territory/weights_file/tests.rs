//! Files that spdep and libpysal wrote, byte for byte; round trips; what a damaged file is told.

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/weights").join(name)
}

/// The first eight polygons of columbus: the neighbors that `weights_columbus` gives for them.
const EIGHT: [&[u32]; 8] = [&[1, 2], &[0, 2, 3], &[0, 1, 3, 4], &[1, 2, 4, 7], &[2, 3, 5, 7], &[4], &[7], &[3, 4, 6]];
const NUMBERS: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];
const CODES: [&str; 4] = ["62096A00-", "62096 B1", "x", "Île"];

#[test]
fn files_of_other_programs_are_read_and_written_byte_for_byte() {
    let queen = SpatialWeights::binary(&EIGHT.map(<[u32]>::to_vec)).unwrap();
    let columbus = Header { layer: "columbus", key: "POLYID" };
    for (file, header) in [("spdep.gal", None), ("spdep_header.gal", Some(columbus)), ("libpysal.gal", None)] {
        let path = recorded(file);
        let found = read(&path, &NUMBERS).unwrap();
        assert_eq!(found, queen, "{file}");
        assert_eq!(to_gal(&found, &NUMBERS, header).unwrap(), std::fs::read_to_string(&path).unwrap(), "{file}");
    }
    let nearest = read(&recorded("spdep.gwt"), &NUMBERS).unwrap();
    assert_eq!((nearest.neighbors(0), nearest.weight(0, 1)), (&[1, 2][..], 0.598_657_926_107_688));
    let written = to_gwt(&nearest, &NUMBERS, columbus).unwrap();
    assert_eq!(written, std::fs::read_to_string(recorded("spdep.gwt")).unwrap());

    let coded = SpatialWeights::new(&[vec![(1, 0.5), (3, 1.25)], vec![(0, 0.333_333)], vec![], vec![(0, 3.0)]]).unwrap();
    assert_eq!(read(&recorded("libpysal.gwt"), &CODES).unwrap(), coded);
    assert_eq!(to_gwt(&coded, &CODES, Header::default()).unwrap(), std::fs::read_to_string(recorded("libpysal.gwt")).unwrap());
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(rows in proptest::collection::vec(proptest::collection::btree_map(0_u32..9, 1e-12..1e12, 0..6), 9), spaced in any::<bool>()) {
        let rows: Vec<Vec<(u32, f64)>> = (0..).zip(rows).map(|(zone, row)| row.into_iter().filter(|(other, _)| *other != zone).collect()).collect();
        let weights = SpatialWeights::new(&rows).unwrap();
        let codes: Vec<String> = (0..9).map(|zone| if spaced { format!("zone {zone}\t-") } else { format!("{zone}") }).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        prop_assert_eq!(&parse_gwt(&to_gwt(&weights, &codes, Header { layer: "my layer", key: "id" }).unwrap(), &codes).unwrap(), &weights);
        let plain = SpatialWeights::binary(&rows.iter().map(|row| row.iter().map(|(other, _)| *other).collect()).collect::<Vec<_>>()).unwrap();
        for header in [None, Some(Header { layer: "my layer", key: "id" })] {
            prop_assert_eq!(&parse_gal(&to_gal(&weights, &codes, header).unwrap(), &codes).unwrap(), &plain);
        }
    }

    #[test]
    fn no_text_is_a_panic(text in "[0-9ab \n._-]{0,60}") {
        _ = parse_gal(&text, &["a", "b"]);
        _ = parse_gwt(&text, &["a", "b"]);
    }
}

#[test]
fn damaged_files_are_told_with_line_and_expectation() {
    let gal = |text: &str| parse_gal(text, &["a", "b"]).unwrap_err().to_string().lines().next().unwrap().to_owned();
    assert_eq!(gal(""), "row 1: the number of zones was expected, alone or after a 0");
    assert_eq!(gal("x\n"), "row 1: the number of zones was expected, alone or after a 0");
    assert_eq!(gal("0 49 columbus POLYID\n"), "row 1: the file is about 49 zones, and there are 2");
    assert_eq!(gal("2\na 1\nb\nb\n"), "row 4: a code and a number of neighbors were expected");
    assert_eq!(gal("2\na one\nb\n"), "row 2: the number of neighbors was expected after the code");
    assert_eq!(gal("2\na 2\nb\n"), "row 3: 2 neighbors were expected, and there are 1");
    assert_eq!(gal("2\na 2\n"), "row 3: 2 neighbors were expected, and there are 0");
    assert_eq!(gal("2\na 1\nc\n"), "row 3: no zone has the code c");
    assert_eq!(gal("2\na 1\na\n"), "row 3: the zone is its own neighbor");
    assert_eq!(gal("2\na 2\nb b\n"), "row 3: the zone has a neighbor twice");
    assert_eq!(gal("2\na 1\nb\na 1\nb\n"), "row 4: the zone a comes twice");
    assert_eq!(gal("2\na 1\nb\n"), "the zone b is not listed");
    let gwt = |text: &str| parse_gwt(text, &["a", "b"]).unwrap_err().to_string().lines().next().unwrap().to_owned();
    assert_eq!(gwt("0 2 l k\na b\n"), "row 2: two codes and a weight were expected");
    assert_eq!(gwt("0 2 l k\na b 0\n"), "row 2: a weight above 0 was expected after the codes");
    assert_eq!(gwt("0 2 l k\na b NaN\n"), "row 2: a weight above 0 was expected after the codes");
    assert_eq!(gwt("0 2 l k\na b 1\na b 1\n"), "row 3: the zone has a neighbor twice");
    assert_eq!(gwt("0 2 l k\na c 1\n"), "row 2: no zone has the code c");
}

#[test]
fn an_island_may_have_its_empty_line_or_not() {
    for text in ["3\na 0\n\nb 1\nc\nc 1\nb\n", "3\na 0\nb 1\nc\nc 1\nb\n", "0 3 \"my layer\" key\r\na 0\r\nb 1\r\nc\r\nc 1\r\nb"] {
        assert_eq!(parse_gal(text, &["a", "b", "c"]).unwrap().islands(), [0], "{text}");
    }
    assert!(parse_gal("0\n", &[]).unwrap().is_empty());
}

#[test]
fn codes_that_a_file_could_not_tell_apart_are_refused() {
    let weights = SpatialWeights::binary(&[vec![], vec![]]).unwrap();
    let message = |codes: &[&str]| to_gal(&weights, codes, None).unwrap_err().message().to_owned();
    assert_eq!(message(&["a b", "a_b"]), "two zones are a_b");
    assert_eq!(message(&["a", " "]), "a zone without a code");
    assert_eq!(message(&["a"]), "1 codes for the weights of 2 zones");
    assert_eq!(
        write(Path::new("weights.txt"), &weights, &["a", "b"], None).unwrap_err().message(),
        "weights are kept in .gal or .gwt files"
    );
}
