//! From the library's events to a bar on a terminal, or to lines where they were asked for; silence in a pipe.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::sync::OnceLock;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

static BAR: OnceLock<ProgressBar> = OnceLock::new();

/// The stages, by the word with which each of their events begins.
const STAGES: [(&str, u64); 8] =
    [("territory", 0), ("reading", 1), ("read", 1), ("located", 2), ("measuring", 3), ("protecting", 4), ("protected", 4), ("writing", 5)];

/// Begins to listen.
pub(crate) fn listen(quiet: bool, verbose: bool, json: bool) {
    let terminal = std::io::stderr().is_terminal();
    if quiet || (!verbose && !terminal) {
        return;
    }
    if !verbose {
        let bar = ProgressBar::with_draw_target(Some(6), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{bar:24}] {pos}/{len} {wide_msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        let _ = BAR.set(bar);
    }
    let _ = tracing::subscriber::set_global_default(registry().with(Listener { lines: verbose, json }));
}

/// Clears the bar.
pub(crate) fn done() {
    if let Some(bar) = BAR.get() {
        bar.finish_and_clear();
    }
}

struct Listener {
    lines: bool,
    json: bool,
}

#[derive(Default)]
struct Words {
    message: String,
    fields: Vec<(String, String)>,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let text = format!("{value:?}");
        self.put(field, text);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.to_owned());
    }
}

impl Words {
    fn put(&mut self, field: &Field, text: String) {
        if field.name() == "message" { self.message = text } else { self.fields.push((field.name().to_owned(), text)) }
    }
}

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if *event.metadata().level() > Level::INFO || !event.metadata().target().starts_with("optima") {
            return;
        }
        let mut words = Words::default();
        event.record(&mut words);
        if self.lines {
            let line = if self.json {
                let fields: serde_json::Map<String, serde_json::Value> = words.fields.into_iter().map(|(k, v)| (k, v.into())).collect();
                serde_json::json!({ "event": words.message, "fields": fields }).to_string()
            } else {
                words.fields.iter().fold(words.message.clone(), |mut line, (name, value)| {
                    let _ = write!(line, " {name}={value}");
                    line
                })
            };
            let line = if self.json { super::say::visible_json(&line) } else { super::say::visible(&line) };
            let _ = writeln!(std::io::stderr(), "{line}");
        } else if let Some(bar) = BAR.get() {
            if let Some((_, stage)) = STAGES.iter().find(|(word, _)| *word == words.message) {
                bar.set_position(*stage);
            }
            let detail = words.fields.first().map(|(_, value)| value.as_str()).unwrap_or_default();
            bar.set_message(super::say::visible(&format!("{} {detail}", words.message)));
        }
    }
}
