//! Texts of a picture: what may be in them, and how wide they are.

pub(super) use crate::publish::qgis::escape;

/// Widths of the characters from space to tilde, in hundredths of the font's size: those of `DejaVu Sans` and Verdana, the widest of the
/// usual fonts, so that texts in narrower ones stay inside their boxes.
const WIDTHS: [u8; 95] = [
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53, 100,
    68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63,
    55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
];

/// How much wider bold characters are.
const BOLD: f64 = 1.17;

/// A text and how it is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Font {
    /// In pixels.
    pub(super) size: f64,
    pub(super) bold: bool,
}

impl Font {
    pub(super) const fn plain(size: f64) -> Self {
        Self { size, bold: false }
    }

    pub(super) const fn bold(size: f64) -> Self {
        Self { size, bold: true }
    }

    /// From line to line.
    pub(super) fn line_height(self) -> f64 {
        1.2 * self.size
    }

    /// The width of a text, or a little more.
    pub(super) fn width(self, text: &str) -> f64 {
        let hundredths: f64 = text.chars().map(hundredths).sum();
        hundredths / 100.0 * self.size * if self.bold { BOLD } else { 1.0 }
    }

    /// The text, cut with an ellipsis where it is wider.
    pub(super) fn clip(self, text: &str, width: f64) -> String {
        if self.width(text) <= width {
            return text.to_owned();
        }
        let mut kept = String::new();
        for c in text.chars() {
            kept.push(c);
            if self.width(&kept) + self.width("…") > width {
                kept.pop();
                break;
            }
        }
        kept.truncate(kept.trim_end().len());
        kept + "…"
    }

    /// The text in lines no wider, at most so many; the last is cut where more would follow. A colon, as French sets it, stays with
    /// the word before.
    pub(super) fn wrap(self, text: &str, width: f64, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in words(text) {
            let word = word.as_str();
            let more = lines.len() < most;
            match lines.last_mut() {
                Some(line) if more && self.width(line) + self.width(" ") + self.width(word) > width => lines.push(word.to_owned()),
                Some(line) => {
                    line.push(' ');
                    line.push_str(word);
                }
                None => lines.push(word.to_owned()),
            }
        }
        lines.into_iter().map(|line| self.clip(&line, width)).collect()
    }
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if matches!(word, ":" | ";" | "!" | "?" | "»") => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

fn hundredths(c: char) -> f64 {
    match c {
        ' '..='~' => f64::from(WIDTHS[c as usize - 0x20]),
        c if is_mark(c) || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}') => 0.0,
        '\u{a0}' | '’' | '‘' | '·' => 32.0,
        'Æ' | 'æ' | 'Œ' | 'œ' | 'Ŵ' | '…' | '—' => 107.0,
        // Capitals and small letters with accents.
        '\u{c0}'..='\u{de}' => 79.0,
        '\u{df}'..='\u{17f}' => 70.0,
        // Cyrillic and Greek, Hebrew, Arabic.
        '\u{370}'..='\u{52f}' => 90.0,
        '\u{590}'..='\u{8ff}' => 80.0,
        // Everything else, such as Chinese or pictograms, is about a square.
        _ => 110.0,
    }
}

/// Marks that stand over or under the character before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A text on one line: control characters and marks that change the direction of what follows are dropped, line breaks are spaces, and
/// no character carries more than two marks.
pub(super) fn clean(text: &str) -> String {
    let mut kept = String::new();
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        match c {
            '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => kept.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() || marks > 2 => {}
            c => kept.push(c),
        }
    }
    kept.trim().to_owned()
}

/// Whether a text has letters or marks of a script written from right to left.
pub(super) fn is_right_to_left(text: &str) -> bool {
    let of_script = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}');
    text.chars().any(of_script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_come_out_literally_and_alone() {
        assert_eq!(escape(&clean("<script>\u{0}\u{1b}\"&\n'")), "&lt;script&gt;&quot;&amp; &apos;");
        assert_eq!(clean("a\u{202e}b\u{2067}c\u{ffff}\u{85}"), "abc");
        assert_eq!(clean("שלום \u{202d}1"), "שלום 1");
        assert!(is_right_to_left("a שלום") && is_right_to_left("\u{200f}") && !is_right_to_left("L'Espérance, 日本"));
        assert_eq!(clean(&format!("e{}", "\u{301}".repeat(50))), "e\u{301}\u{301}");
    }

    #[test]
    fn a_cut_text_is_no_wider_than_its_room() {
        let font = Font::bold(12.0);
        for text in ["Ressources financières insuffisantes", "WWWWWWWWWWWWWWWWW", "日本語のとても長い名前", ""] {
            for width in [40.0, 80.0, 400.0] {
                assert!(font.width(&font.clip(text, width)) <= width, "{text}");
                let lines = font.wrap(text, width, 2);
                assert!(lines.len() <= 2 && lines.iter().all(|line| font.width(line) <= width), "{lines:?}");
            }
        }
        assert_eq!(Font::plain(10.0).wrap("un deux : trois", 45.0, 2), ["un", "deux :…"]);
        assert_eq!(Font::plain(10.0).wrap("un deux trois quatre", 50.0, 2), ["un deux", "trois qu…"]);
    }
}
