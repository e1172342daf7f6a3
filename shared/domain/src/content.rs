//! The content model: a tree of learning objects of any depth, made of blocks, frozen as a Release.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{AssetId, CourseId, NodeId, ReleaseId};
use crate::number::PointsHundredths;
use crate::rule::Rule;

/// The most levels a course's tree may have.
pub const TREE_LEVELS_MAX: usize = 16;
/// The most learning objects a course may have.
pub const NODES_MAX: usize = 5_000;
/// The most blocks a learning object may have.
pub const BLOCKS_MAX: usize = 200;
/// The most bytes of HTML in one block.
pub const HTML_BYTES_MAX: usize = 256 * 1024;
/// The most characters of a title.
pub const TITLE_CHARS_MAX: usize = 300;
/// The longest film, in milliseconds: a day.
pub const VIDEO_MS_MAX: u32 = 24 * 60 * 60 * 1_000;

/// What a learning object is. Any kind may stand under any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// A part of a course: chapter, module, week.
    Section,
    /// Something to read, watch or do.
    Lesson,
    /// Something to answer and be graded on.
    Assessment,
}

/// A piece of a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// Text with structure. Sanitised by the server; may refer to `asset:ID` and `node:ID`.
    Html {
        /// The HTML.
        html: String,
    },
    /// A picture.
    Image {
        /// The picture's file.
        asset: AssetId,
        /// What the picture shows, for those who do not see it; empty for decoration.
        alt: String,
    },
    /// A film that plays in the page.
    Video {
        /// The film's file.
        asset: AssetId,
        /// What it is about; it stands above it.
        title: String,
        /// How long it is, in milliseconds: what rules about watching it reckon with.
        duration_ms: u32,
    },
    /// A file to open or download.
    File {
        /// The file.
        asset: AssetId,
        /// What the link says.
        title: String,
    },
    /// A page elsewhere.
    Link {
        /// An `https` or `http` address.
        url: String,
        /// What the link says.
        title: String,
    },
}

/// How an assessment is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessmentSettings {
    /// How many attempts a learner has; `null` is any number.
    pub attempts_max: Option<u32>,
    /// How long an attempt may take, in minutes; `null` is untimed.
    pub time_limit_minutes: Option<u32>,
}

/// A learning object in a course's draft, without its blocks and items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DraftNode {
    /// Its id, stable across Releases.
    pub id: NodeId,
    /// The object it stands under; `null` at the top.
    pub parent: Option<NodeId>,
    /// Its place among its siblings, lowest first.
    pub position: u32,
    /// What it is.
    pub kind: NodeKind,
    /// Its title.
    pub title: String,
    /// Whether completing the course needs it.
    pub required: bool,
    /// When it counts as completed; `null` is the default of its kind.
    pub completion: Option<Rule>,
    /// When it opens; `null` is at once.
    pub access: Option<Rule>,
    /// About how long it takes, in minutes.
    pub minutes: Option<u32>,
    /// How it is taken, if it is an assessment.
    pub assessment: Option<AssessmentSettings>,
}

/// An assessment's summary in a Release: what its start page says, and what rules need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssessmentSummary {
    /// How many attempts a learner has; `null` is any number.
    pub attempts_max: Option<u32>,
    /// How long an attempt may take, in minutes; `null` is untimed.
    pub time_limit_minutes: Option<u32>,
    /// The points of all its items, in hundredths.
    pub points_max: PointsHundredths,
    /// How many items it has.
    pub item_count: u32,
}

/// A learning object in a Release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutlineNode {
    /// Its id, stable across Releases.
    pub id: NodeId,
    /// The object it stands under; `null` at the top.
    pub parent: Option<NodeId>,
    /// What it is.
    pub kind: NodeKind,
    /// Its title.
    pub title: String,
    /// Whether completing the course needs it.
    pub required: bool,
    /// When it counts as completed.
    pub completion: Rule,
    /// When it opens; `null` is at once.
    pub access: Option<Rule>,
    /// Whether it, or an object it stands under, opens only by a rule.
    pub gated: bool,
    /// Whether there is something to read.
    pub has_blocks: bool,
    /// About how long it takes, in minutes.
    pub minutes: Option<u32>,
    /// Its films, each with its length in milliseconds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub videos: BTreeMap<AssetId, u32>,
    /// How it is taken, if it is an assessment.
    pub assessment: Option<AssessmentSummary>,
}

/// A file that belongs to a course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The file's name as the author knows it.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its bytes in lower-case hexadecimal.
    pub sha256: String,
}

/// A Release: what a learner's view is made of. It holds structure and rules; blocks and items are beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outline {
    /// The Release's id, derived from all its content.
    pub release: ReleaseId,
    /// The course it is a Release of.
    pub course: CourseId,
    /// The course's title.
    pub title: String,
    /// The language of the content, as a BCP 47 tag.
    pub language: String,
    /// Learning objects, parents before children, siblings in order.
    pub nodes: Vec<OutlineNode>,
}

/// The files that something refers to.
pub type Assets = BTreeMap<AssetId, Asset>;

/// The readable part of one learning object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeContent {
    /// The learning object.
    pub node: NodeId,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
    /// The files that they refer to. Releases from before files stood here have none that can be had.
    #[serde(default)]
    pub assets: Assets,
}
