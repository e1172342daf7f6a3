//! What a package becomes: a draft course in plain structures, ready to be written as JSON.

use crate::report::Report;
use serde::Serialize;

/// A course read from a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cartridge {
    /// Derived from the manifest's identifier.
    pub id: String,
    /// The course's title, at most [`crate::limits::TITLE_CHARS_MAX`] characters.
    pub title: String,
    /// A BCP 47 tag, where the package names one.
    pub language: Option<String>,
    /// The nodes in pre-order: a parent stands before its children.
    pub nodes: Vec<Node>,
    /// The files that blocks and HTML refer to as `asset:ID`.
    pub files: Vec<File>,
    /// What became of everything in the package.
    pub report: Report,
}

/// A draft node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Stable: derived from the identifier in the package.
    pub id: String,
    /// The section it lies in.
    pub parent: Option<String>,
    /// Its place among its siblings, from 0.
    pub position: u32,
    /// What it is.
    pub kind: NodeKind,
    /// Its title, never empty.
    pub title: String,
    /// False for what stood outside every module, and for what learners could not see in the source.
    pub required: bool,
    /// What a learner reads.
    pub blocks: Vec<Block>,
    /// Present exactly on assessments.
    pub assessment: Option<AssessmentSettings>,
    /// The questions of an assessment, in order.
    pub items: Vec<Item>,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A folder of nodes.
    Section,
    /// Something to read.
    Lesson,
    /// Something to answer.
    Assessment,
}

/// A piece of a node's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// Prose. Its references are `asset:ID`, `node:ID` or absolute; it is **not sanitised**.
    Html {
        /// The markup.
        html: String,
    },
    /// A picture.
    Image {
        /// The file.
        asset: String,
        /// What it shows; empty where the package does not say.
        alt: String,
    },
    /// A file to download.
    File {
        /// The file.
        asset: String,
        /// What to call it.
        title: String,
    },
    /// A page elsewhere.
    Link {
        /// An absolute http or https address.
        url: String,
        /// What to call it.
        title: String,
    },
}

/// How an assessment is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AssessmentSettings {
    /// `None`: as many as one likes.
    pub attempts_max: Option<u32>,
    /// `None`: untimed.
    pub time_limit_minutes: Option<u32>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Stable: derived from the identifier in the package; unique in the package.
    pub id: String,
    /// Its place in the assessment, from 0.
    pub position: u32,
    /// How it is answered.
    pub kind: ItemKind,
    /// The question. Not sanitised.
    pub prompt_html: String,
    /// In hundredths of a point.
    pub points_max: u32,
    /// What can be chosen, for the kinds with choices.
    pub choices: Vec<Choice>,
    /// `None` where a person marks it.
    pub key: Option<Key>,
    /// What it was, where it became something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_type: Option<String>,
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// One of the choices.
    SingleChoice,
    /// Any of the choices.
    MultipleChoice,
    /// One of two choices.
    TrueFalse,
    /// A number.
    Numeric,
    /// Text, marked by a person.
    FreeText,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Unique in its question.
    pub id: String,
    /// What it says. Not sanitised.
    pub html: String,
}

/// What is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// The choices that must be chosen, all of them and no other.
    Correct(Vec<String>),
    /// The numbers that are right.
    Ranges(Vec<Range>),
}

/// Numbers from `min` to `max`, both included, as exact decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The least right number.
    pub min: String,
    /// The greatest right number.
    pub max: String,
}

/// A file that the course refers to; [`crate::Package::bytes`] reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// Stable: derived from the resource's identifier, or from the path.
    pub id: String,
    /// Where it lies in the package.
    pub path: String,
    /// Its name without the folders.
    pub name: String,
    /// Guessed from the name's extension.
    pub content_type: String,
    /// In bytes, as it was inflated, not as the package declares.
    pub size: u64,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
}
