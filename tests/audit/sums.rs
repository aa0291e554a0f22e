//! Leaks by arithmetic, each in the smallest release that has it.

use tempfile::tempdir;

use crate::written::{Cell, outlines, passes, refused, release};

const Q: &str = "2003-Q4";
const ONE: [(&str, &str, Option<&str>, Option<u8>); 1] = [("ris", "ris", None, None)];

/// The table of the shared case `sdc_table_4x3`: four zones, three parts of a group, with the cells at these places hidden.
fn four_by_three(folder: &std::path::Path, hidden: &[(usize, usize)]) -> std::path::PathBuf {
    const INNER: [[u32; 3]; 4] = [[12, 3, 20], [9, 14, 2], [30, 8, 17], [6, 11, 25]];
    let measures =
        [("a", "q=a", Some("q"), Some(3)), ("b", "q=b", Some("q"), Some(3)), ("c", "q=c", Some("q"), Some(3)), ("q", "q", None, None)];
    let zones = ["z0", "z1", "z2", "z3"];
    let mut told: Vec<(String, String, String)> = Vec::new();
    for (z, row) in INNER.iter().enumerate() {
        let all: u32 = row.iter().sum();
        told.push(("q".to_owned(), zones[z].to_owned(), format!("{all}/1000")));
        for (part, count) in row.iter().enumerate() {
            let figures = if hidden.contains(&(z, part)) { "S".to_owned() } else { format!("{count}/{all}") };
            told.push((measures[part].0.to_owned(), zones[z].to_owned(), figures));
        }
    }
    let all: u32 = INNER.iter().flatten().sum();
    told.push(("q".to_owned(), String::new(), format!("{all}/4000")));
    for part in 0..3 {
        let sum: u32 = INNER.iter().map(|row| row[part]).sum();
        told.push((measures[part].0.to_owned(), String::new(), format!("{sum}/{all}")));
    }
    let cells: Vec<Cell<'_>> = told.iter().map(|(m, z, f)| (m.as_str(), Q, z.as_str(), f.as_str())).collect();
    release(folder, &measures, &cells)
}

#[test]
fn hidden_cells_that_stand_alone_in_their_sums_are_subtracted() {
    let place = tempdir().unwrap();
    refused(&four_by_three(place.path(), &[(0, 1), (1, 2)]), &[], "S11", "stands alone in a published sum");
}

#[test]
fn a_second_cell_in_one_row_alone_protects_nothing() {
    let place = tempdir().unwrap();
    refused(&four_by_three(&place.path().join("row"), &[(0, 1), (0, 0), (1, 2)]), &[], "S11", "stands alone");
}

#[test]
fn a_sum_of_sums_opens_a_cell_that_no_single_sum_does() {
    let place = tempdir().unwrap();
    // c of z1 stands beside another in its row and in its column; but that of z3, which is large, opens first.
    refused(&four_by_three(place.path(), &[(1, 1), (1, 2), (3, 2)]), &[], "S3", "the hidden cell can be computed");
}

#[test]
fn a_percentage_without_its_count_tells_the_count_of_a_small_group() {
    let place = tempdir().unwrap();
    let folder = release(place.path(), &[("ris", "ris", Some("seekers"), None)], &[("ris", Q, "z0", "12/40"), ("ris", Q, "", "60/90")]);
    let table = folder.join("tables/indicators.csv");
    let rows = std::fs::read_to_string(&table).unwrap() + "z1,ris,percent,2003-Q4,8.7,,23,V\r\n";
    std::fs::write(&table, rows).unwrap();
    refused(&folder, &[], "S4", "8.7 % of 23 is 2");
}

#[test]
fn what_the_quarter_before_showed_opens_what_is_hidden_now() {
    let place = tempdir().unwrap();
    let now = [("ris", Q, "z0", "S"), ("ris", Q, "z1", "S"), ("ris", Q, "z2", "20/60"), ("ris", Q, "", "35/200")];
    let new = release(&place.path().join("new"), &ONE, &now);
    passes(&new, &[]);
    let before = [("ris", Q, "z0", "12/70"), ("ris", Q, "z1", "S"), ("ris", Q, "z2", "S"), ("ris", Q, "", "35/200")];
    let old = release(&place.path().join("old"), &ONE, &before);
    passes(&old, &[]);
    refused(&new, &[old.as_os_str()], "S5", "ris, 2003-Q4, z1");
    // The same release again says nothing new.
    passes(&new, &[new.as_os_str()]);
}

#[test]
fn two_zonings_set_a_block_of_two_persons_apart() {
    let place = tempdir().unwrap();
    let old = release(&place.path().join("old"), &ONE, &[("ris", Q, "a", "57/300"), ("ris", Q, "b", "90/300"), ("ris", Q, "", "147/600")]);
    outlines(&old, &[("a", 4.0, 6.0), ("b", 6.0, 8.0)]);
    let new = release(&place.path().join("new"), &ONE, &[("ris", Q, "c", "55/290"), ("ris", Q, "d", "92/310"), ("ris", Q, "", "147/600")]);
    outlines(&new, &[("c", 4.0, 5.9), ("d", 5.9, 8.0)]);
    refused(&new, &[old.as_os_str()], "S6", "a ∩ d");
}

#[test]
fn who_is_alone_in_a_cell_finds_the_other() {
    let place = tempdir().unwrap();
    let cells = [("ris", Q, "z0", "S"), ("ris", Q, "z1", "S"), ("ris", Q, "z2", "20/60"), ("ris", Q, "", "25/200")];
    refused(&release(place.path(), &ONE, &cells), &[], "S7", "alone in another");
}

#[test]
fn a_partner_that_knows_its_own_clients_finds_the_others() {
    let place = tempdir().unwrap();
    let cells = [("ris", Q, "z0", "24/80"), ("ris", Q, "z1", "40/90"), ("ris", Q, "", "64/170")];
    let folder = release(&place.path().join("r"), &ONE, &cells);
    passes(&folder, &[]);
    let clients = place.path().join("clients.csv");
    std::fs::write(&clients, "measure,period,zone_code,persons\nris,2003-Q4,z0,22\n").unwrap();
    refused(&folder, &["--clients".as_ref(), clients.as_os_str()], "S7", "its own clients");
}

#[test]
fn an_amount_that_is_nearly_one_contributors_is_refused() {
    let place = tempdir().unwrap();
    let folder = release(&place.path().join("r"), &ONE, &[("ris", Q, "z0", "24/80"), ("ris", Q, "", "24/80")]);
    let amounts = place.path().join("amounts.csv");
    let row = |amount: u32| format!("ris,2003-Q4,z0,{amount}\n");
    let rows = |amounts: &[u32]| "measure,period,zone_code,amount\n".to_owned() + &amounts.iter().map(|a| row(*a)).collect::<String>();
    // Cases of `sdc_dominance_a`.
    std::fs::write(&amounts, rows(&[100, 80, 5])).unwrap();
    refused(&folder, &["--contributions".as_ref(), amounts.as_os_str()], "S9", "estimated too closely");
    std::fs::write(&amounts, rows(&[50, 49, 48])).unwrap();
    passes(&folder, &["--contributions".as_ref(), amounts.as_os_str()]);
}
