//! What reading a learning object leaves behind: when it was read, how far down, and what of its videos was watched.

pub mod report;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::content::NodeKind;
use crate::id::{AssetId, NodeId};
use crate::interval::Intervals;
use crate::rule::{Condition, Rule, Scope};
use crate::tree::Tree;

/// The longest that one heartbeat of a page may cover, in milliseconds.
pub const HEARTBEAT_MS_MAX: i64 = 30_000;
/// The most that a rule may ask for, in seconds: a day.
pub const TIME_SECONDS_MAX: u32 = 24 * 60 * 60;
/// The most intervals that [`TimeSpent`] keeps.
pub const TIME_INTERVALS_MAX: usize = 720;
/// In how many parts of a video watching is counted. Two hours have parts of 7.2 seconds.
pub const VIDEO_PARTS: u64 = 1_000;

/// In how many different minutes somebody read, at most, and how finely it is kept then, in seconds. Each line ends where
/// [`TIME_INTERVALS_MAX`] intervals, every second step one, would fill its minutes.
const STEPS: [(u64, u64); 3] = [(24, 1), (240, 10), (1_440, 60)];

/// The seconds since 1970 in which somebody read. Time that two tabs report is the same time.
///
/// It stays small. The more different minutes there are in it, the coarser it gets, always to the learner's favour: exact
/// for the first 24, then in blocks of ten seconds, then in whole minutes; beyond 1,440 only the first and the last second
/// are known, and what lies between counts, which is more than any rule asks for. How many minutes there are never depends
/// on the order in which they came, so the join stays one: a union, closed by an operator that only ever adds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Intervals", into = "Intervals")]
pub struct TimeSpent(Intervals);

impl From<Intervals> for TimeSpent {
    fn from(seconds: Intervals) -> TimeSpent {
        let minutes = seconds.blocks(60);
        TimeSpent(match STEPS.iter().find(|(minutes_max, _)| minutes <= *minutes_max) {
            Some((_, 1)) => seconds,
            Some((_, step)) => seconds.widened(*step),
            None => seconds.span().map(|(first, end)| Intervals::one(first, end)).unwrap_or_default(),
        })
    }
}

impl From<TimeSpent> for Intervals {
    fn from(time: TimeSpent) -> Intervals {
        time.0
    }
}

impl TimeSpent {
    /// The seconds themselves.
    pub fn seconds(&self) -> &Intervals {
        &self.0
    }

    fn join(&mut self, other: &TimeSpent) -> bool {
        let mut seconds = self.0.clone();
        seconds.join(&other.0);
        let joined = TimeSpent::from(seconds);
        let is_new = joined != *self;
        *self = joined;
        is_new
    }
}

/// What is known of one enrolment's reading of one learning object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// When it was read.
    #[serde(default, skip_serializing_if = "TimeSpent::is_nothing")]
    pub time: TimeSpent,
    /// How far down it was seen, in percent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub scrolled: u8,
    /// Which of the [`VIDEO_PARTS`] of its videos were played.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub watched: BTreeMap<AssetId, Intervals>,
}

impl TimeSpent {
    fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(percent: &u8) -> bool {
    *percent == 0
}

impl Reading {
    /// Takes in what else is known. Returns whether anything changed.
    pub fn join(&mut self, other: &Reading) -> bool {
        let mut is_new = self.time.join(&other.time);
        is_new |= other.scrolled > self.scrolled;
        self.scrolled = self.scrolled.max(other.scrolled);
        for (video, parts) in other.watched.iter().filter(|(_, parts)| !parts.is_empty()) {
            is_new |= self.watched.entry(video.clone()).or_default().join(parts);
        }
        is_new
    }

    /// Whether nothing is known.
    pub fn is_nothing(&self) -> bool {
        self.time.is_nothing() && self.scrolled == 0 && self.watched.values().all(Intervals::is_empty)
    }
}

/// The parts of a video that a segment covers, `until` left out, both in milliseconds from its beginning. What follows one
/// another without a gap stays without one.
pub fn parts_of(from_ms: u32, until_ms: u32, duration_ms: u32) -> Intervals {
    let part = |ms: u32| {
        let (ms, duration) = (u64::from(ms.min(duration_ms)), u64::from(duration_ms.max(1)));
        (ms * VIDEO_PARTS + duration / 2) / duration
    };
    Intervals::one(part(from_ms), part(until_ms))
}

/// What the rules of a Release ask of reading one learning object. What none asks for is neither reported nor kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whether time counts.
    pub time: bool,
    /// Whether it counts how far down it was seen.
    pub scrolled: bool,
    /// Whether it counts what of its videos was played.
    pub watched: bool,
}

impl Asked {
    /// What is left of a reading.
    pub fn of(self, mut reading: Reading) -> Reading {
        if !self.time {
            reading.time = TimeSpent::default();
        }
        if !self.scrolled {
            reading.scrolled = 0;
        }
        if !self.watched {
            reading.watched.clear();
        }
        reading
    }
}

/// What is asked of each learning object, by its place in the outline.
pub fn asked(tree: &Tree) -> Vec<Asked> {
    let mut asked = vec![Asked::default(); tree.nodes().len()];
    for (at, node) in tree.nodes().iter().enumerate() {
        for rule in [Some(&node.completion), node.access.as_ref()].into_iter().flatten() {
            rule.visit(1, &mut |rule: &Rule, _| ask(tree, at, &rule.condition, &mut asked));
        }
    }
    asked
}

fn ask(tree: &Tree, at: usize, condition: &Condition, asked: &mut [Asked]) {
    match condition {
        Condition::TimeSpent { node, scope, .. } => {
            let Some(at) = subject(tree, at, node.as_ref()) else { return };
            asked[at].time = true;
            if *scope == Scope::Descendants {
                let inside = tree.descendants(at).filter(|below| tree.nodes()[*below].kind != NodeKind::Assessment);
                inside.for_each(|below| asked[below].time = true);
            }
        }
        Condition::ScrolledTo { node, .. } => {
            if let Some(at) = subject(tree, at, node.as_ref()) {
                asked[at].scrolled = true;
            }
        }
        Condition::VideoWatchedPercent { node, .. } => {
            if let Some(at) = subject(tree, at, node.as_ref()) {
                asked[at].watched = true;
            }
        }
        Condition::AllOf { .. }
        | Condition::AnyOf { .. }
        | Condition::NoneOf { .. }
        | Condition::NOf { .. }
        | Condition::ChildrenCompleted { .. }
        | Condition::NodeViewed { .. }
        | Condition::MarkedDone { .. }
        | Condition::AssessmentScore { .. }
        | Condition::AfterDate { .. } => {}
    }
}

fn subject(tree: &Tree, at: usize, named: Option<&NodeId>) -> Option<usize> {
    named.map_or(Some(at), |node| tree.position(node))
}

#[cfg(test)]
mod tests;
