//! `optima guide`: what an interview guide asks, what of it can be analyzed, and what cannot and why.

use std::path::PathBuf;

use optima::error::Result;
use optima::read::xlsform::{FormKind, FormQuestion, Guide};
use serde_json::{Value, json};

use super::say::Voice;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The form: .xlsx, .xls, .ods, .csv, or a folder with survey.csv and choices.csv.
    file: PathBuf,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let guide = Guide::load(&args.file)?;
    if voice.is_json() {
        voice.json(&as_json(&guide))?;
    } else {
        tell(&guide, voice);
    }
    Ok(0)
}

/// How a question is answered, in one word.
fn kind(question: &FormQuestion) -> &'static str {
    match question.kind {
        FormKind::One(_) => "one",
        FormKind::Several(_) => "several",
        FormKind::Number { .. } => "number",
        FormKind::Acknowledge => "acknowledge",
    }
}

fn relevant(question: &FormQuestion) -> Vec<&str> {
    question.relevant.iter().map(|expression| expression.text.as_str()).collect()
}

fn as_json(guide: &Guide) -> Value {
    let questions = guide.questions.iter().map(|question| {
        let choices = question.choices().iter().map(|choice| json!({ "code": choice.code, "label": choice.label }));
        let not_understood: Vec<&String> = question.relevant.iter().flat_map(|expression| &expression.not_understood).collect();
        json!({
            "id": question.id, "name": question.name, "groups": question.path, "row": question.row, "label": question.label,
            "theme": question.theme.map(|theme| &guide.themes[theme].id), "kind": kind(question),
            "modalities": choices.collect::<Vec<_>>(), "relevant": relevant(question), "not_understood": not_understood,
            "constraint": question.constraint.as_ref().map(|constraint| &constraint.text), "indicators": question.indicators,
        })
    });
    let themes = guide.themes.iter().map(|theme| json!({ "id": theme.id, "label": theme.label }));
    json!({
        "title": guide.title, "form_id": guide.form_id, "version": guide.version, "languages": guide.languages, "sha256": guide.sha256,
        "themes": themes.collect::<Vec<_>>(), "questions": questions.collect::<Vec<_>>(), "left_out": guide.left_out, "remarks": guide.remarks,
    })
}

fn tell(guide: &Guide, voice: &mut Voice) {
    let title = guide.title.as_ref().or(guide.form_id.as_ref()).cloned().unwrap_or_else(|| voice.texts().get("guide.untitled").to_owned());
    let version = guide.version.as_ref().map(|version| format!(" ({version})")).unwrap_or_default();
    let modalities: usize = guide.questions.iter().map(|question| question.choices().len()).sum();
    let [themes, questions, modalities] = [guide.themes.len(), guide.questions.len(), modalities].map(|n| n.to_string());
    voice.text(
        "guide.title",
        &[("title", &format!("{title}{version}")), ("themes", &themes), ("questions", &questions), ("modalities", &modalities)],
    );
    if !guide.languages.is_empty() {
        voice.text("guide.languages", &[("names", &guide.languages.join(", "))]);
    }
    let mut heading = None;
    for question in &guide.questions {
        if heading != Some(question.theme) {
            heading = Some(question.theme);
            let none = voice.texts().get("guide.no_theme").to_owned();
            let language = voice.texts().language();
            let theme = question.theme.map_or(none, |theme| guide.themes[theme].label.get(language).to_owned());
            voice.line(theme);
        }
        tell_question(question, voice);
    }
    if !guide.left_out.is_empty() {
        voice.text("guide.left_out", &[("n", &guide.left_out.len().to_string())]);
        for left in &guide.left_out {
            let reason = voice.texts().translate(&left.reason);
            voice.line(format!("  {} ({}): {reason}", left.name, left.kind));
        }
    }
    if !guide.remarks.is_empty() {
        voice.text("guide.remarks", &[("n", &guide.remarks.len().to_string())]);
        for remark in &guide.remarks {
            let text = voice.texts().translate(&remark.text);
            voice.line(format!("  {}:{}: {}: {text}", remark.sheet, remark.row, remark.column));
        }
    }
}

fn tell_question(question: &FormQuestion, voice: &mut Voice) {
    let language = voice.texts().language();
    let n = question.choices().len().to_string();
    let how = match question.kind {
        FormKind::One(_) => voice.texts().fill("guide.one", &[("n", &n)]),
        FormKind::Several(_) => voice.texts().fill("guide.several", &[("n", &n)]),
        FormKind::Number { .. } => voice.texts().get("guide.number").to_owned(),
        FormKind::Acknowledge => voice.texts().get("guide.acknowledge").to_owned(),
    };
    voice.line(format!("  {}: {} ({how})", question.id, question.label.get(language)));
    if !question.relevant.is_empty() {
        let when = relevant(question).join(" ; ");
        voice.text("guide.relevant", &[("text", &when)]);
    }
    if !question.indicators.is_empty() {
        voice.text("guide.indicators", &[("names", &question.indicators.join(", "))]);
    }
}
