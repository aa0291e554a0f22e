//! The lists of choices of a form.

use std::collections::{BTreeMap, BTreeSet};

use super::label::Languages;
use super::problem::{Problems, Remark};
use super::sheet::Sheet;
use super::{Choice, MOST_CHOICES};

/// The lists by name, each with its choices in the order of the sheet.
pub(super) type Lists = BTreeMap<String, Vec<Choice>>;

/// Reads the sheet. Choices of one name in one list are refused, unless the form's settings allow them.
pub(super) fn read(
    sheet: &Sheet,
    languages: &Languages,
    allow_duplicates: bool,
    problems: &mut Problems,
    remarks: &mut Vec<Remark>,
) -> Lists {
    let mut lists = Lists::new();
    for column in ["list_name", "name"] {
        if !sheet.rows.is_empty() && !sheet.has(column) {
            problems.add("choices", 1, column, "there is no such column: a choice has list_name, name and label");
            return lists;
        }
    }
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for (number, cells) in &sheet.rows {
        let row = sheet.row(cells);
        for column in row.broken() {
            problems.add("choices", *number, column, "the cell holds an error");
        }
        let (list, name) = match (row.cell("list_name"), row.cell("name")) {
            (Some(list), Some(name)) => (list, name),
            // A row without a list belongs to nobody: pyxform skips it too.
            (None, _) => continue,
            (Some(_), None) => {
                problems.add("choices", *number, "name", "a choice without a name: give the code that the records hold");
                continue;
            }
        };
        if !seen.insert((list.to_owned(), name.to_owned())) {
            if !allow_duplicates {
                problems.add(
                    "choices",
                    *number,
                    "name",
                    format!("the list \"{list}\" has the choice \"{name}\" twice: rename one, or set allow_choice_duplicates to yes"),
                );
            }
            continue;
        }
        let labels = row.labels();
        if labels.is_empty() {
            let text = "a choice without a label: its name is shown";
            remarks.push(Remark { sheet: "choices".to_owned(), row: *number, column: name.to_owned(), text: text.to_owned() });
        }
        let label = languages.localized(&labels, name);
        let choice = Choice {
            code: name.to_owned(),
            short: languages.short(&row.shorts(), &label),
            label,
            labels: labels.iter().map(|(_, label)| (*label).to_owned()).collect(),
        };
        lists.entry(list.to_owned()).or_default().push(choice);
    }
    for (list, choices) in &lists {
        if choices.len() > MOST_CHOICES {
            problems.add(
                "choices",
                1,
                "list_name",
                format!("the list \"{list}\" has over {MOST_CHOICES} choices: this is no closed question"),
            );
        }
    }
    lists
}
