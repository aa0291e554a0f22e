//! The name of a territory's folder as the name of files: it may hold anything, and the files go to any disk.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::TerritoryId;

/// Names that Windows keeps for devices, whatever follows their first point.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
/// Bytes of a name that are kept: with an extension and the mark of a run under way, no disk finds it too long.
const LONGEST: usize = 80;

impl TerritoryId {
    /// The identifier of a folder: its name in composed form where that is safe as the name of a file on any disk. Where it
    /// is not, letters, digits, `-`, `_` and points are kept, all else becomes `-`, and eight digits of a hash keep two
    /// names apart.
    ///
    /// ```
    /// use optima::territory::TerritoryId;
    /// assert_eq!(TerritoryId::of_folder("seraing").0, "seraing");
    /// assert!(TerritoryId::of_folder("../../x").0.starts_with("x-"));
    /// ```
    #[must_use]
    pub fn of_folder(name: &str) -> Self {
        let composed: String = name.nfc().collect();
        if is_safe(&composed) {
            return Self(composed);
        }
        let kept = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
        let plain: String = composed.chars().map(kept).collect();
        let mut slug = String::new();
        for c in plain.trim_matches(['-', '.']).chars() {
            if slug.len() + c.len_utf8() > LONGEST - 9 {
                break;
            }
            slug.push(c);
        }
        let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(name.as_bytes()));
        let hash = format!("{:08x}", u32::from_be_bytes([a, b, c, d]));
        let slug = if slug.is_empty() { "territory" } else { &slug };
        // A hash before the point, or a device would still be one.
        Self(format!("{}-{hash}", slug.replace('.', "-")))
    }
}

fn is_safe(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt")).is_some_and(|n| n.len() == 1 && n != "0");
    !name.is_empty()
        && name.len() <= LONGEST
        && !DEVICES.contains(&stem.as_str())
        && !port
        && !name.starts_with(['.', '-', ' '])
        && !name.ends_with(['.', ' '])
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_safe_stay_and_others_become_safe_and_stay_apart() {
        for name in ["seraing", "Liège", "my commune", "62096-2003_v1.2"] {
            assert_eq!(TerritoryId::of_folder(name).0, name);
        }
        assert_eq!(TerritoryId::of_folder("Lie\u{300}ge").0, "Liège");
        let awkward = [
            "..",
            ".",
            "",
            "CON",
            "nul.x",
            "com1",
            "../../x",
            "a\0b",
            "x y;\"'--",
            "<b>",
            "a\u{1b}[31m",
            "=cmd()",
            "-x",
            &"a".repeat(200),
            "a\u{202e}b",
        ];
        let mut seen = std::collections::BTreeSet::new();
        for name in awkward {
            let TerritoryId(id) = TerritoryId::of_folder(name);
            assert!(is_safe(&id), "{name:?} → {id:?}");
            assert!(seen.insert(id), "{name:?}");
        }
    }
}
