//! What an import did to each thing in the package: the reader's own account, with what the server refused merged in.

use serde::Serialize;
use stoa_cartridge::{Cartridge, Counts, Outcome, Report, Row, RowKind};
use stoa_domain::id::CourseId;

use crate::output::{Output, cut};

/// The most rows that a person is shown; --json has all of them.
const SHOWN_MAX: usize = 60;
/// The most characters of a name in the table.
const WHAT_CHARS: usize = 48;

/// What became of a package.
#[derive(Debug, Serialize)]
pub struct ImportReport {
    outcome: &'static str,
    course: CourseId,
    title: String,
    nodes: usize,
    items: usize,
    files: usize,
    others: usize,
    counts: Counts,
    rows: Vec<Row>,
    #[serde(skip)]
    names: Vec<(String, String)>,
}

impl ImportReport {
    /// The account of a package before anything is sent, into a draft with `others` learning objects of its own.
    pub fn new(course: CourseId, cartridge: &Cartridge, others: usize) -> ImportReport {
        let itself = std::iter::once((cartridge.id.clone(), cartridge.title.clone()));
        let named = cartridge.nodes.iter().flat_map(|node| {
            let items = node.items.iter().map(|item| (item.id.clone(), format!("a question of {}", node.title)));
            std::iter::once((node.id.clone(), node.title.clone())).chain(items)
        });
        ImportReport {
            outcome: "imported",
            course,
            title: cartridge.title.clone(),
            nodes: cartridge.nodes.len(),
            items: cartridge.nodes.iter().map(|node| node.items.len()).sum(),
            files: cartridge.files.len(),
            others,
            counts: Counts::default(),
            rows: cartridge.report.rows.clone(),
            names: itself.chain(named).collect(),
        }
    }

    /// A file did not get there.
    pub fn refuse_file(&mut self, path: &str, why: &str) {
        self.files -= 1;
        self.refuse(&[RowKind::File], path, why);
    }

    /// A learning object did not get there.
    pub fn refuse_node(&mut self, id: &str, why: &str) {
        self.nodes -= 1;
        self.refuse(&[RowKind::Module, RowKind::ModuleItem, RowKind::Resource], id, why);
    }

    /// An item did not get there.
    pub fn refuse_item(&mut self, id: &str, why: &str) {
        self.items -= 1;
        self.refuse(&[RowKind::Question], id, why);
    }

    /// A learning object got there with a loss.
    pub fn degrade_node(&mut self, id: &str, how: &str) {
        let row = self.row(&[RowKind::Module, RowKind::ModuleItem, RowKind::Resource], id);
        row.outcome = match &row.outcome {
            Outcome::Imported => Outcome::Degraded { how: how.to_owned() },
            Outcome::Degraded { how: before } => Outcome::Degraded { how: format!("{before}; {how}") },
            refused @ Outcome::Refused { .. } => refused.clone(),
        };
    }

    /// Counts what became of everything, once all is known.
    pub fn count(&mut self) {
        self.counts = Report { rows: self.rows.clone() }.counts();
        self.outcome = if self.is_anything_there() { "imported" } else { "refused" };
    }

    /// Whether the course has anything of the package now.
    pub fn is_anything_there(&self) -> bool {
        self.nodes > 0
    }

    fn refuse(&mut self, kinds: &[RowKind], id: &str, why: &str) {
        self.row(kinds, id).outcome = Outcome::Refused { why: format!("Stoa refused it: {why}") };
    }

    /// The row of a thing. Where the package calls it by another name than the course, it gets a row of its own.
    fn row(&mut self, kinds: &[RowKind], id: &str) -> &mut Row {
        let at = self.rows.iter().position(|row| kinds.contains(&row.kind) && row.id == id);
        let at = at.unwrap_or_else(|| {
            let what = self.names.iter().find(|(name, _)| name == id).map_or(id, |(_, title)| title).to_owned();
            let kind = kinds.last().copied().unwrap_or(RowKind::Resource);
            self.rows.push(Row { what, id: id.to_owned(), kind, outcome: Outcome::Imported, kept: Vec::new() });
            self.rows.len() - 1
        });
        &mut self.rows[at]
    }

    /// Shows a person what they have to know: everything that is not there in full.
    pub fn show(&self, output: &Output) {
        let told: Vec<[String; 4]> = self.rows.iter().filter_map(line).collect();
        if !told.is_empty() {
            output.table(["what", "kind", "outcome", "how or why"], &told[..told.len().min(SHOWN_MAX)]);
            if told.len() > SHOWN_MAX {
                output.say(format_args!("… and {} more; --json has all of them.", told.len() - SHOWN_MAX));
            }
        }
        let Counts { imported, degraded, refused } = self.counts;
        output.say(format_args!(
            "{} parts of the package: {imported} imported, {degraded} degraded, {refused} refused.",
            self.rows.len()
        ));
        output.say(format_args!(
            "Course {} ({}) has {} learning objects, {} items and {} files of it.",
            self.course, self.title, self.nodes, self.items, self.files
        ));
        if self.others > 0 {
            output.say(format_args!(
                "It also has {} learning objects that are not in this package; they stay.",
                self.others
            ));
        }
        if self.is_anything_there() {
            output.say(format_args!("`stoa publish {}` makes a Release of it.", self.course));
        }
    }
}

fn line(row: &Row) -> Option<[String; 4]> {
    let (outcome, why) = match &row.outcome {
        Outcome::Imported => return None,
        Outcome::Degraded { how } => ("degraded", how),
        Outcome::Refused { why } => ("refused", why),
    };
    let kind = match row.kind {
        RowKind::Package => "package",
        RowKind::Module => "module",
        RowKind::ModuleItem => "entry",
        RowKind::Resource => "resource",
        RowKind::Question => "question",
        RowKind::File => "file",
    };
    Some([cut(&row.what, WHAT_CHARS), kind.to_owned(), outcome.to_owned(), why.clone()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> ImportReport {
        let row = |kind, id: &str| Row {
            what: id.to_owned(),
            id: id.to_owned(),
            kind,
            outcome: Outcome::Imported,
            kept: Vec::new(),
        };
        ImportReport {
            outcome: "imported",
            course: CourseId::parse("c").expect("an id"),
            title: "C".to_owned(),
            nodes: 2,
            items: 1,
            files: 1,
            others: 0,
            counts: Counts::default(),
            rows: vec![row(RowKind::ModuleItem, "n1"), row(RowKind::Resource, "n1"), row(RowKind::File, "a/b.png")],
            names: vec![("n2-0123456789".to_owned(), "Week 2".to_owned())],
        }
    }

    #[test]
    fn what_the_server_refused_replaces_what_the_reader_said_of_it() {
        let mut report = report();
        report.refuse_node("n1", "the title is too long");
        report.refuse_file("a/b.png", "too large");
        report.count();
        assert_eq!((report.counts.imported, report.counts.refused, report.rows.len()), (1, 2, 3));
        assert_eq!((report.nodes, report.files), (1, 0));
    }

    #[test]
    fn what_the_package_calls_by_another_name_is_still_accounted_for() {
        let mut report = report();
        report.refuse_node("n2-0123456789", "no");
        report.refuse_item("q1", "no");
        report.count();
        assert_eq!(report.rows.len(), 5);
        assert_eq!(report.rows[3].what, "Week 2");
    }

    #[test]
    fn a_loss_is_added_to_the_losses_before_it() {
        let mut report = report();
        report.degrade_node("n1", "one");
        report.degrade_node("n1", "two");
        assert_eq!(report.rows[0].outcome, Outcome::Degraded { how: "one; two".to_owned() });
    }

    #[test]
    fn a_package_of_which_nothing_is_there_was_refused() {
        let mut report = report();
        report.refuse_node("n1", "no");
        report.refuse_node("n2", "no");
        report.count();
        assert_eq!(report.outcome, "refused");
    }
}
