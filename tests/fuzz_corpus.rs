//! The fuzz targets without a fuzzer: the kept corpus, and seeded changes of it, through the same functions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::pedantic,
    unreachable_pub,
    missing_docs,
    dead_code,
    reason = "tests may: a panic is how they fail; the targets are a crate of their own"
)]

#[path = "../fuzz/seeds.rs"]
mod seeds;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use targets::TARGETS;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = project().join("fuzz/corpus").join(target);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Steele's SplitMix64: seeded, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.bits() % limit.max(1) as u64) as usize
    }

    /// A few changes of the kind that fuzzers make: bits, bytes, pieces left out, said twice, or taken from another input.
    fn changed(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let end = (at + 1 + self.below(16)).min(bytes.len());
            match self.below(6) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 if !bytes.is_empty() => bytes[at] = [0, 255, b'"', b'\n', b'-', b'9', b'[', b'<'][self.below(8)],
                2 if end > at => drop(bytes.drain(at..end)),
                3 if end > at => {
                    let piece = bytes[at..end].to_vec();
                    let piece = piece.repeat(1 + self.below(9));
                    drop(bytes.splice(at..at, piece));
                }
                4 => bytes.truncate(at),
                _ => {
                    let from = self.below(other.len());
                    let piece = other[from..(from + 24).min(other.len())].to_vec();
                    drop(bytes.splice(at..at, piece));
                }
            }
        }
        bytes
    }
}

/// Runs a target; where it fails, says on what, in a form that a file can be made of.
fn hold(target: fn(&[u8]), name: &str, bytes: &[u8], of: &str) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| target(bytes))) {
        let text = String::from_utf8_lossy(bytes);
        eprintln!("{name}, {of}: {text:?}\n{bytes:?}");
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn every_target_has_a_program_and_a_corpus_and_all_of_it_holds() {
    let folders: BTreeSet<String> =
        fs::read_dir(project().join("fuzz/corpus")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(folders, TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect());
    for (name, target) in TARGETS {
        let program = fs::read_to_string(project().join(format!("fuzz/fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("optima_fuzz::{name},")), "{name}");
        let kept = corpus(name);
        assert!(kept.len() > 1, "{name}: a corpus of {}", kept.len());
        for (path, bytes) in kept {
            assert!(bytes.len() <= 64 << 10, "{} is large", path.display());
            hold(target, name, &bytes, &path.display().to_string());
        }
    }
}

#[test]
fn seeded_changes_of_the_corpus_hold() {
    const CHANGES: usize = 600;
    for (number, (name, target)) in TARGETS.into_iter().enumerate() {
        let kept = corpus(name);
        let mut dice = Dice(number as u64);
        for change in 0..CHANGES {
            let (of, other) = (dice.below(kept.len()), dice.below(kept.len()));
            let bytes = dice.changed(&kept[of].1, &kept[other].1);
            hold(target, name, &bytes, &format!("change {change}"));
        }
    }
}

#[test]
fn the_seeds_are_those_that_the_program_writes() {
    let path = |target: &str, name: &str| project().join("fuzz/corpus").join(target).join(name);
    if std::env::var_os("BLESS").is_some() {
        for (target, name, bytes) in [seeds::seeds(), seeds::copies(project())].concat() {
            fs::create_dir_all(path(target, &name).parent().unwrap()).unwrap();
            fs::write(path(target, &name), &bytes).unwrap();
        }
    }
    for (target, name, bytes) in seeds::seeds() {
        let kept = fs::read(path(target, &name)).unwrap_or_default();
        assert!(kept == bytes, "{target}/{name} differs: renew it with BLESS=1");
    }
    for (target, name, _) in seeds::copies(project()) {
        assert!(path(target, &name).is_file(), "{target}/{name} is missing: BLESS=1 makes it");
    }
}
