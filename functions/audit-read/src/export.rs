//! The audit log as a file: a table for spreadsheets, or a line of JSON an entry.

use std::fmt::Display;

use csv::{QuoteStyle, WriterBuilder};
use stoa_api::bodies::{AuditEntry, ExportForm, Somebody};
use stoa_domain::audit::Change;

const HEADINGS: [&str; 12] = [
    "at",
    "act",
    "actor",
    "actor_name",
    "person",
    "person_name",
    "enrolment",
    "cohort",
    "course",
    "release",
    "changes",
    "request",
];

/// Entries as text; the first page of a table begins with its headings.
pub fn page(form: ExportForm, entries: &[AuditEntry], is_first: bool) -> String {
    match form {
        ExportForm::Jsonl => {
            let line = |entry: &AuditEntry| serde_json::to_string(entry).expect("entries have a JSON form") + "\n";
            entries.iter().map(line).collect()
        }
        ExportForm::Csv => table(entries, is_first),
    }
}

fn table(entries: &[AuditEntry], is_first: bool) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    let mut write = |cells: &[String]| {
        writer.write_record(cells.iter().map(|cell| harmless(cell))).expect("memory takes every record");
    };
    if is_first {
        write(&HEADINGS.map(str::to_owned));
    }
    for entry in entries {
        write(&cells(entry));
    }
    let bytes = writer.into_inner().expect("memory takes every byte");
    String::from_utf8(bytes).expect("cells are text")
}

fn cells(entry: &AuditEntry) -> [String; 12] {
    let key = |somebody: &Option<Somebody>| somebody.as_ref().map_or("", |one| one.person.as_str()).to_owned();
    let name = |somebody: &Option<Somebody>| somebody.as_ref().map_or("", |one| one.name.as_str()).to_owned();
    [
        entry.at.0.to_string(),
        entry.act.name().to_owned(),
        key(&entry.actor),
        name(&entry.actor),
        key(&entry.person),
        name(&entry.person),
        text(entry.enrolment.as_ref()),
        text(entry.cohort.as_ref()),
        text(entry.course.as_ref()),
        text(entry.release.as_ref()),
        entry.changes.iter().map(change).collect::<Vec<_>>().join("; "),
        entry.request.clone(),
    ]
}

fn text(id: Option<&impl Display>) -> String {
    id.map(ToString::to_string).unwrap_or_default()
}

fn change(change: &Change) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    format!("{}: {} → {}", change.field, value(&change.from), value(&change.to))
}

/// A cell that no spreadsheet takes for a formula: names come from people.
fn harmless(cell: &str) -> String {
    let begins_a_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if begins_a_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_every_other_cell_stays_as_it_is() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        for cell in ["", "Ada", "1-2", "a=b", "–"] {
            assert_eq!(harmless(cell), cell);
        }
    }
}
