//! What the program says: reports to stdout at the end of a command, errors to stderr, in the readers' language.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use optima::catalog::{Catalog, shipped_texts};
use optima::error::{Error, ErrorKind, Result};
use optima::texts::{Language, Texts};

/// Collects a report and prints it as a whole.
pub(crate) struct Voice {
    asked: Option<Language>,
    texts: Texts,
    json: bool,
    report: Vec<u8>,
}

impl Voice {
    pub(crate) fn new(asked: Option<Language>, json: bool) -> Self {
        Self { asked, texts: shipped_texts(asked.unwrap_or_default()), json, report: Vec::new() }
    }

    /// The language that was asked for on the command line.
    pub(crate) fn asked(&self) -> Option<Language> {
        self.asked
    }

    /// Speaks with a catalog's texts from here on, in its language.
    pub(crate) fn adopt(&mut self, catalog: &Catalog) {
        self.texts = catalog.texts.clone();
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// A line of the report; control characters are shown, not obeyed.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) {
        self.report.extend(visible(text.as_ref()).bytes());
        self.report.push(b'\n');
    }

    /// A line from the catalog, its placeholders filled.
    pub(crate) fn text(&mut self, key: &str, values: &[(&str, &str)]) {
        let line = self.texts.fill(key, values);
        self.line(line);
    }

    /// Bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.report.extend_from_slice(bytes);
    }

    /// A value as JSON.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value).map_err(|e| Error::output(e.to_string()))?;
        self.report.extend(visible_json(&text).bytes());
        self.report.push(b'\n');
        Ok(())
    }

    /// Prints the report. A reader that went away is no failure; a full device is.
    pub(crate) fn flush(&mut self) -> Result<()> {
        let mut out = std::io::stdout().lock();
        match out.write_all(&self.report).and_then(|()| out.flush()) {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::reporting(&e)),
            _ => Ok(()),
        }
    }

    /// Prints an error to stderr, after what the report already holds.
    pub(crate) fn fail(&mut self, error: &Error) -> ExitCode {
        let _ = self.flush();
        let stopped = optima::interrupt::asked().filter(|_| error.kind() == ErrorKind::Interrupted);
        let code = stopped.map_or(error.kind().exit_code(), optima::interrupt::Reason::exit_code);
        let text = self.texts.translate_lines(&error.to_string());
        let mut err = std::io::stderr().lock();
        let label = self.texts.get("cli.error").to_owned();
        let _ = if self.json {
            let object = serde_json::json!({ "error": { "kind": format!("{:?}", error.kind()), "exit_code": code, "message": text } });
            writeln!(err, "{}", visible_json(&object.to_string()))
        } else if err.is_terminal() && !no_color() {
            writeln!(err, "\u{1b}[1;31m{label}\u{1b}[0m {}", visible(&text))
        } else {
            writeln!(err, "{label} {}", visible(&text))
        };
        ExitCode::from(code)
    }
}

/// Whether the user asked for no color (no-color.org): the one thing that is read from the environment.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// Shows what a terminal would obey or hide instead of sending it there; line breaks stay.
pub(super) fn visible(text: &str) -> String {
    text.chars().flat_map(|c| if is_obeyed(c) { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}

/// JSON as the same value without a character that a terminal would obey: within texts only, for nowhere else is there one.
pub(super) fn visible_json(json: &str) -> String {
    let shown = |c: char| if is_obeyed(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    if json.chars().any(is_obeyed) { json.chars().map(shown).collect() } else { json.to_owned() }
}

/// Control characters, and marks that turn the direction of writing or end a line where none is seen to end.
fn is_obeyed(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A fault of the program: said without a word of the data it was working on.
pub(crate) fn panicked(info: &std::panic::PanicHookInfo<'_>) {
    if optima::read::guard::is_guarded() {
        return;
    }
    let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
    let _ =
        writeln!(std::io::stderr(), "optima: internal fault at {place}; nothing was published. Please report it with the command you ran.");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_goes_through() {
        let hostile = "a\u{1b}[2Jb\u{9b}31m\u{7f}\u{202e}\u{2028}\r\tc\nd";
        for shown in [visible(hostile), visible_json(&serde_json::json!({ "name": hostile }).to_string())] {
            assert!(shown.chars().all(|c| c == '\n' || !is_obeyed(c)), "{shown}");
        }
        let back: serde_json::Value = serde_json::from_str(&visible_json(&serde_json::json!([hostile]).to_string())).unwrap();
        assert_eq!(back[0], hostile);
    }
}
