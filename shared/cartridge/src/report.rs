//! The report: one row for each thing in the package, so that nothing is dropped in silence.

use serde::Serialize;

/// What became of everything in the package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// One row per thing, in the order: package, modules and their items, resources, questions, files.
    pub rows: Vec<Row>,
}

/// What became of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The thing in words a person recognises: a title or a path.
    pub what: String,
    /// What the package itself calls it: an identifier, or the path of a file.
    pub id: String,
    /// What sort of thing it is.
    pub kind: RowKind,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Content that has no place in a course here and must not get lost: accepted answers of a question that a person
    /// will mark, feedback texts. For authors only: it may hold the key of a question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
}

/// The sort of thing a row speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// The package as a whole.
    Package,
    /// A module, or a folder of the manifest's organisation.
    Module,
    /// An entry of a module or of the organisation.
    ModuleItem,
    /// A resource of the manifest.
    Resource,
    /// A question, or a group that draws questions.
    Question,
    /// A file in the archive.
    File,
}

/// What became of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is there in full.
    Imported,
    /// It is there, or was understood, with a loss.
    Degraded {
        /// What was lost or changed.
        how: String,
    },
    /// It is not there.
    Refused {
        /// Why not.
        why: String,
    },
}

impl Outcome {
    /// Imported where there is nothing to note, degraded otherwise.
    pub(crate) fn of(notes: &[String]) -> Self {
        if notes.is_empty() { Self::Imported } else { Self::Degraded { how: notes.join("; ") } }
    }
}

/// How many rows have which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Rows that were imported in full.
    pub imported: usize,
    /// Rows that were imported with a loss.
    pub degraded: usize,
    /// Rows that were refused.
    pub refused: usize,
}

impl Report {
    /// How many rows have which outcome.
    pub fn counts(&self) -> Counts {
        self.rows.iter().fold(Counts::default(), |mut counts, row| {
            match row.outcome {
                Outcome::Imported => counts.imported += 1,
                Outcome::Degraded { .. } => counts.degraded += 1,
                Outcome::Refused { .. } => counts.refused += 1,
            }
            counts
        })
    }

    /// Adds a row for something that is there, with a loss for each note.
    pub(crate) fn noted(&mut self, kind: RowKind, id: &str, what: &str, notes: &[String]) {
        self.push(kind, id, what, Outcome::of(notes), Vec::new());
    }

    /// Adds a row for something that is not there.
    pub(crate) fn refused(&mut self, kind: RowKind, id: &str, what: &str, why: impl Into<String>) {
        self.push(kind, id, what, Outcome::Refused { why: why.into() }, Vec::new());
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, kind: RowKind, id: &str, what: &str, outcome: Outcome, kept: Vec<String>) {
        let shown = if what.trim().is_empty() { id } else { what.trim() };
        self.rows.push(Row { what: crate::text::cut(shown), id: id.to_owned(), kind, outcome, kept });
    }
}
