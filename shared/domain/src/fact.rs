//! What is known of one enrolment: facts, and the state they fold to.
//!
//! The state is a join-semilattice: facts may come twice, late and in any order, and the same set of facts always
//! folds to the same state.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cohort::EnrolmentStatus;
use crate::grading::GradeStatus;
use crate::id::{CohortId, NodeId};
use crate::number::PointsHundredths;
use crate::reading::Reading;

/// One thing that happened, as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Fact {
    /// The enrolment was opened.
    Enrolled {
        /// When.
        #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
        at: Timestamp,
    },
    /// The enrolment was withdrawn, taken back or moved.
    EnrolmentChanged {
        /// When it was opened.
        #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
        enrolled_at: Timestamp,
        /// How it stands.
        standing: EnrolmentFact,
    },
    /// The learner opened a learning object.
    Viewed {
        /// Which.
        node: NodeId,
        /// When, at the earliest.
        #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
        at: Timestamp,
    },
    /// The learner said that a learning object is done.
    Done {
        /// Which.
        node: NodeId,
        /// When, at the earliest.
        #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
        at: Timestamp,
    },
    /// The learner read: what a page reports at once, a minute or longer.
    Read {
        /// What of which learning objects.
        parts: BTreeMap<NodeId, Reading>,
    },
    /// A moment has come that a completion rule waited for. Nobody did anything: the log alone keeps it.
    DateCame {
        /// The moment.
        #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
        at: Timestamp,
    },
    /// A closed attempt was graded, or found to await a person.
    Graded {
        /// Which assessment.
        assessment: NodeId,
        /// Which attempt, from 1.
        attempt: u32,
        /// What stands.
        grade: GradeFact,
    },
}

/// What rules may know of a grade. The field order is the order of precedence: the highest revision stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct GradeFact {
    /// Later judgements have higher numbers.
    pub revision: u32,
    /// Whether the learner may know it. Rules never read a grade that is not posted.
    pub posted: bool,
    /// Whether it is scored or awaits a person.
    pub status: GradeStatus,
    /// The points so far, in hundredths.
    pub points: PointsHundredths,
    /// The points of the whole assessment, in hundredths.
    pub points_max: PointsHundredths,
    /// When the learner handed in: the time that deadlines and certificates care about.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    #[schemars(with = "i64")]
    pub submitted_at: Timestamp,
}

/// How an enrolment stands after a change. The field order is the order of precedence: the highest revision stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnrolmentFact {
    /// Later changes have higher numbers.
    pub rev: u32,
    /// Whether it is alive.
    pub status: EnrolmentStatus,
    /// The cohort it is in.
    pub cohort: CohortId,
}

/// Everything known of one enrolment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// When the enrolment was opened, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled: Option<i64>,
    /// How the enrolment stands, once it was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<EnrolmentFact>,
    /// Opened learning objects, each with its earliest time in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub viewed: BTreeMap<NodeId, i64>,
    /// Learning objects marked as done, each with its earliest time in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub done: BTreeMap<NodeId, i64>,
    /// The latest moment that has come, in milliseconds since 1970: whoever's clock is behind knows that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_came: Option<i64>,
    /// What is known of reading each learning object that a rule asks about.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reading: BTreeMap<NodeId, Reading>,
    /// What stands for each closed attempt of each assessment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub grades: BTreeMap<NodeId, BTreeMap<u32, GradeFact>>,
}

impl Facts {
    /// Folds one fact in. Returns whether anything changed.
    pub fn fold(&mut self, fact: &Fact) -> bool {
        match fact {
            Fact::Enrolled { at } => self.keep_enrolled(*at),
            Fact::EnrolmentChanged { enrolled_at, standing } => {
                let is_earlier = self.keep_enrolled(*enrolled_at);
                let is_later = self.enrolment.as_ref().is_none_or(|known| known < standing);
                if is_later {
                    self.enrolment = Some(standing.clone());
                }
                is_earlier || is_later
            }
            Fact::Viewed { node, at } => keep_earliest(&mut self.viewed, node, at.as_millisecond()),
            Fact::Done { node, at } => keep_earliest(&mut self.done, node, at.as_millisecond()),
            Fact::Read { parts } => parts.iter().fold(false, |is_new, (node, reading)| {
                // What says nothing leaves no trace: the same facts have one state.
                (!reading.is_nothing() && self.reading.entry(node.clone()).or_default().join(reading)) | is_new
            }),
            Fact::DateCame { at } => {
                let latest = Some(at.as_millisecond()).max(self.date_came);
                std::mem::replace(&mut self.date_came, latest) != latest
            }
            Fact::Graded { assessment, attempt, grade } => {
                let attempts = self.grades.entry(assessment.clone()).or_default();
                match attempts.get_mut(attempt) {
                    Some(known) if *known >= *grade => false,
                    Some(known) => {
                        *known = grade.clone();
                        true
                    }
                    None => {
                        attempts.insert(*attempt, grade.clone());
                        true
                    }
                }
            }
        }
    }

    fn keep_enrolled(&mut self, at: Timestamp) -> bool {
        let at = at.as_millisecond();
        let earliest = self.enrolled.map_or(at, |known| known.min(at));
        self.enrolled.replace(earliest) != Some(earliest)
    }

    /// The latest time anything here happened, in milliseconds since 1970.
    pub fn last_activity_ms(&self) -> Option<i64> {
        let submitted =
            self.grades.values().flat_map(BTreeMap::values).map(|grade| grade.submitted_at.as_millisecond());
        let read = self.reading.values().filter_map(|reading| reading.time.seconds().span());
        let read = read.map(|(_, end)| i64::try_from(end).unwrap_or(i64::MAX / 1_000).saturating_mul(1_000));
        self.viewed.values().chain(self.done.values()).copied().chain(submitted).chain(read).max()
    }
}

fn keep_earliest(times: &mut BTreeMap<NodeId, i64>, node: &NodeId, at: i64) -> bool {
    match times.get_mut(node) {
        Some(known) if *known <= at => false,
        Some(known) => {
            *known = at;
            true
        }
        None => {
            times.insert(node.clone(), at);
            true
        }
    }
}

#[cfg(test)]
mod tests;
