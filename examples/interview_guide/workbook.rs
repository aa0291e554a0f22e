//! The guide as an `XLSForm`: the sheets survey, choices and settings, and `_indicators`, which form tools pass over.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

use super::Outcome;
use super::source::{Choice, Guide, Kind, Question};

const LANGUAGES: [&str; 2] = ["Français (fr)", "English (en)"];

/// The workbook's bytes: the same for the same guide.
pub(crate) fn workbook(guide: &Guide) -> Outcome<Vec<u8>> {
    let mut workbook = Workbook::new();
    // The day of the founding document: a workbook has to have one, and the clock would change the bytes.
    let created = ExcelDateTime::from_ymd(2004, 1, 15)?;
    workbook.set_properties(&DocProperties::new().set_title(&guide.form.title).set_creation_datetime(&created));
    sheet(
        workbook.add_worksheet(),
        "survey",
        &survey(guide),
        &[22.0, 24.0, 60.0, 60.0, 40.0, 40.0, 40.0, 30.0, 30.0, 30.0, 14.0, 50.0, 30.0, 30.0],
    )?;
    sheet(workbook.add_worksheet(), "choices", &choices(guide), &[24.0, 20.0, 50.0, 50.0, 30.0, 30.0])?;
    sheet(workbook.add_worksheet(), "settings", &settings(guide), &[30.0, 14.0, 14.0, 20.0])?;
    if !guide.form.indicators.is_empty() {
        sheet(workbook.add_worksheet(), "_indicators", &indicators(guide), &[28.0, 50.0, 50.0, 40.0])?;
    }
    Ok(workbook.save_to_buffer()?)
}

type Line = Vec<String>;

fn sheet(sheet: &mut Worksheet, name: &str, lines: &[Line], widths: &[f64]) -> Outcome<()> {
    let (bold, plain) = (Format::new().set_bold(), Format::new().set_text_wrap());
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (column, width) in (0_u16..).zip(widths) {
        sheet.set_column_width(column, *width)?;
    }
    for (row, line) in (0_u32..).zip(lines) {
        for (column, text) in (0_u16..).zip(line).filter(|(_, text)| !text.is_empty()) {
            // Everything is text, the names of the answers 5 to 0 too.
            sheet.write_string_with_format(row, column, text, if row == 0 { &bold } else { &plain })?;
        }
    }
    Ok(())
}

fn translated(column: &str) -> impl Iterator<Item = String> {
    LANGUAGES.map(|language| format!("{column}::{language}")).into_iter()
}

fn survey(guide: &Guide) -> Vec<Line> {
    let texts = |list: &[&str]| -> Line { list.iter().map(|text| (*text).to_owned()).collect() };
    let mut header = texts(&["type", "name"]);
    header.extend(translated("label").chain(translated("hint")));
    header.extend(texts(&["relevant", "constraint"]));
    header.extend(translated("constraint_message"));
    header.extend(texts(&["optima::about", "optima::indicators"]));
    header.extend(translated("optima::short"));
    let mut lines = vec![header];
    for field in &guide.form.fields {
        lines.push(texts(&[&field.kind, &field.id, &field.label[0], &field.label[1], &field.hint[0], &field.hint[1]]));
    }
    for theme in &guide.themes {
        lines.push(texts(&["begin_group", &theme.id, &theme.label[0], &theme.label[1]]));
        lines.extend(theme.questions.iter().map(|question| line(guide, question)));
        lines.push(texts(&["end_group"]));
    }
    lines
}

fn line(guide: &Guide, question: &Question) -> Line {
    let kind = match question.kind {
        Kind::One => format!("select_one {}", question.list_name()),
        Kind::Several => format!("select_multiple {}", question.list_name()),
        Kind::Integer => "integer".to_owned(),
    };
    let [constraint, fr, en] = constraint(guide, question);
    let [hint_fr, hint_en] = question.hint.clone();
    let (label_fr, label_en) = (question.fr.clone(), question.en.clone());
    let (about, indicators) = (question.about.name().to_owned(), question.indicators.join(" "));
    let mut line = vec![
        kind,
        question.id.clone(),
        label_fr,
        label_en,
        hint_fr,
        hint_en,
        question.relevant.clone(),
        constraint,
        fr,
        en,
        about,
        indicators,
    ];
    line.extend(question.short.clone());
    line
}

/// What an answer must keep to, and what is said otherwise: a range of numbers, or a choice that stands alone.
fn constraint(guide: &Guide, question: &Question) -> [String; 3] {
    if let Some([low, high]) = question.range {
        let fr = format!("Un nombre de {low} à {high}.");
        return [format!(". >= {low} and . <= {high}"), fr, format!("A number from {low} to {high}.")];
    }
    let alone = [question.none.as_deref(), guide.form.refused.as_ref().map(|choice| choice[0].as_str())];
    if question.kind != Kind::Several || alone == [None; 2] {
        return [const { String::new() }; 3];
    }
    let chosen: Vec<String> = alone.into_iter().flatten().map(|name| format!("selected(., '{name}')")).collect();
    let expression = format!("not(({}) and count-selected(.) > 1)", chosen.join(" or "));
    [expression, "Cette réponse se coche seule.".to_owned(), "This answer is ticked on its own.".to_owned()]
}

fn choices(guide: &Guide) -> Vec<Line> {
    // pyxform writes these columns into the form under their names, so that these have to be names of XML: no `::`, no blanks.
    let short = ["optima_short_fr", "optima_short_en"].map(str::to_owned);
    let mut lines = vec![["list_name", "name"].map(str::to_owned).into_iter().chain(translated("label")).chain(short).collect::<Line>()];
    for (name, choices) in guide.lists() {
        let line = |choice: &Choice| {
            let own = choice[3..].to_vec();
            let short = if own.is_empty() { choice[1..3].iter().map(|label| small(label)).collect() } else { own };
            [name.to_owned()].into_iter().chain(choice[..3].iter().cloned()).chain(short).collect::<Line>()
        };
        lines.extend(choices.into_iter().map(line));
    }
    lines
}

/// A label as it stands after a colon.
fn small(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

fn settings(guide: &Guide) -> Vec<Line> {
    let form = &guide.form;
    vec![
        ["form_title", "form_id", "version", "default_language"].map(str::to_owned).to_vec(),
        vec![form.title.clone(), form.id.clone(), form.version.clone(), LANGUAGES[0].to_owned()],
    ]
}

fn indicators(guide: &Guide) -> Vec<Line> {
    let mut lines = vec![["name"].map(str::to_owned).into_iter().chain(translated("label")).chain(["source".to_owned()]).collect::<Line>()];
    lines.extend(guide.form.indicators.iter().map(|(name, texts)| [name.clone()].into_iter().chain(texts.clone()).collect::<Line>()));
    lines
}
