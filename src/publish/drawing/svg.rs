//! The few forms of SVG that the pictures are made of.

use std::fmt::{Display, Write};

use super::text::{Font, clean, escape, is_right_to_left};

/// Color of texts.
pub(super) const INK: &str = "#222222";

/// Color of axes and lines that only guide the eye.
pub(super) const GUIDE: &str = "#8a8a8a";

/// Okabe and Ito's colors, told apart by people who do not see all colors; the most contrasted on white first.
pub(super) const PALETTE: [&str; 8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442"];

/// Where a text stands to its point.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A number with at most two decimals; coordinates that are none become 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number(pub(super) f64);

impl Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.2}", if self.0.is_finite() { self.0 } else { 0.0 });
        let short = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if short == "-0" { "0" } else { short })
    }
}

/// A picture being drawn.
#[derive(Debug)]
pub(super) struct Picture {
    body: String,
}

impl Picture {
    /// A picture with a white ground; title and description are read aloud by screen readers.
    pub(super) fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        let (width, height) = (Number(width), Number(height));
        let mut picture = Self { body: String::new() };
        picture.push(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"title description\" font-family=\"'DejaVu Sans',Verdana,Arial,Helvetica,sans-serif\" fill=\"{INK}\">"
        ));
        picture.push(format_args!("<title id=\"title\">{}</title>", escape(&clean(title))));
        picture.push(format_args!("<desc id=\"description\">{}</desc>", escape(&clean(description))));
        picture.push(format_args!("<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"));
        picture
    }

    /// One element, which the caller closes.
    pub(super) fn push(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.body, "{element}");
    }

    pub(super) fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &str, width: f64, dashes: &str) {
        let dashes = if dashes.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dashes}\"") };
        self.push(format_args!(
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{stroke}\" stroke-width=\"{}\"{dashes}/>",
            Number(x1),
            Number(y1),
            Number(x2),
            Number(y2),
            Number(width)
        ));
    }

    /// A text whose baseline starts, is centered or ends at a point; no text, no element.
    pub(super) fn text(&mut self, (x, y): (f64, f64), text: &str, font: Font, anchor: Anchor) {
        self.styled_text((x, y), text, font, anchor, "");
    }

    /// A text with further attributes.
    pub(super) fn styled_text(&mut self, (x, y): (f64, f64), text: &str, font: Font, anchor: Anchor, attributes: &str) {
        let text = escape(&clean(text));
        if text.is_empty() {
            return;
        }
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        // Each text is an element of its own; one from right to left keeps its own order too, whatever it is mixed with.
        let order = if is_right_to_left(&text) { " unicode-bidi=\"plaintext\"" } else { "" };
        let weight = if font.bold { " font-weight=\"bold\"" } else { "" };
        self.push(format_args!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{weight}{anchor}{order}{attributes}>{text}</text>",
            Number(x),
            Number(y),
            Number(font.size)
        ));
    }

    pub(super) fn finish(mut self) -> String {
        self.body.push_str("</svg>\n");
        self.body
    }
}

/// Round numbers from `low` to `high`, about so many.
pub(super) fn ticks(low: f64, high: f64, about: f64) -> Vec<f64> {
    let raw = (high - low) / about;
    if !(raw > 0.0 && raw.is_finite()) {
        return Vec::new();
    }
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= raw).unwrap_or(raw);
    let mut ticks = Vec::new();
    let mut tick = (low / step).ceil();
    while tick * step <= high && ticks.len() < 100 {
        ticks.push(tick * step);
        tick += 1.0;
    }
    ticks
}

/// A tick as readers see it: three significant digits at most, with the reader's decimal sign.
pub(super) fn tick_text(tick: f64, step: f64, decimal_comma: bool) -> String {
    let digits = (0..9usize).find(|digits| step * 10f64.powi(i32::try_from(*digits).unwrap_or(9)) >= 0.999).unwrap_or(9);
    let text = format!("{:.digits$}", if tick.abs() < step / 2.0 { 0.0 } else { tick });
    let text = text.replace('-', "−");
    if decimal_comma { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_decimals_at_most_and_no_negative_zero() {
        let texts = [1.0, 1.5, -0.001, 2.345_678, 100.0, f64::NAN].map(|x| Number(x).to_string());
        assert_eq!(texts, ["1", "1.5", "0", "2.35", "100", "0"]);
    }

    #[test]
    fn ticks_are_round_and_read_in_both_languages() {
        let found = ticks(-0.31, 0.52, 4.0);
        assert_eq!(found.iter().map(|t| tick_text(*t, 0.5, true)).collect::<Vec<_>>(), ["0,0", "0,5"]);
        assert_eq!(ticks(0.0, 0.0, 5.0), Vec::<f64>::new());
        assert_eq!((tick_text(-2000.0, 1000.0, true), tick_text(-0.02, 0.01, false)), ("−2000".to_owned(), "−0.02".to_owned()));
    }
}
