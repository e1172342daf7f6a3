//! Cohorts and enrolments: who takes which Release together, and until when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deadline::Deadline;
use crate::digest;
use crate::id::{CohortId, CourseId, EnrolmentId, NodeId, PersonKey, ReleaseId};

/// A group of learners who take one Release by one calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// Its id.
    pub cohort: CohortId,
    /// Its name.
    pub name: String,
    /// The course it takes.
    pub course: CourseId,
    /// The course's title when the cohort was last saved.
    pub course_title: String,
    /// The Release that new enrolments are pinned to.
    pub release: ReleaseId,
    /// Its IANA time zone.
    pub zone: String,
    /// When its assessments are due.
    pub deadlines: BTreeMap<NodeId, Deadline>,
    /// How often it was changed; a change follows the revision it was decided on.
    #[serde(default)]
    pub rev: u32,
}

impl Cohort {
    /// When an assessment is due in this cohort, if it has a deadline.
    pub fn due(&self, assessment: &NodeId) -> Option<Timestamp> {
        let deadline = self.deadlines.get(assessment)?;
        // The zone was checked when the cohort was saved; a database that has lost it reads civil time as UTC.
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        Some(deadline.instant(&zone))
    }
}

/// Whether an enrolment is alive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentStatus {
    /// The learner may learn.
    #[default]
    Active,
    /// The learner has left.
    Withdrawn,
}

/// One person's registration in one cohort, pinned to one Release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Its id; it follows from cohort, person and cycle, so enrolling twice finds the first.
    pub enrolment: EnrolmentId,
    /// The learner.
    pub person: PersonKey,
    /// The cohort.
    pub cohort: CohortId,
    /// The Release the learner sees.
    pub release: ReleaseId,
    /// How often the learner has been enrolled in this cohort, from 1.
    pub cycle_no: u32,
    /// Whether it is alive.
    pub status: EnrolmentStatus,
    /// When it was opened, in milliseconds since 1970.
    pub enrolled_at: i64,
    /// How often it was withdrawn, taken back or moved; a change follows the revision it was decided on.
    #[serde(default)]
    pub rev: u32,
    /// The cohorts it was moved out of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<CohortId>,
}

/// How many cohorts an enrolment can have been moved out of: a row is taken out of each with every later change.
pub const LEFT_MAX: usize = 8;

impl Enrolment {
    /// It as it is once the learner has left, or has come back. Attempts, facts and grades stay.
    pub fn with_status(&self, status: EnrolmentStatus) -> Enrolment {
        Enrolment { status, rev: self.rev + 1, ..self.clone() }
    }

    /// It as it is in another cohort of the same course: the same Release, attempts and progress under other dates. `None` if
    /// it has been moved too often.
    pub fn moved(&self, to: &CohortId) -> Option<Enrolment> {
        let mut left: Vec<CohortId> = self.left.iter().filter(|cohort| *cohort != to).cloned().collect();
        left.push(self.cohort.clone());
        let moved = Enrolment { cohort: to.clone(), rev: self.rev + 1, left, ..self.clone() };
        (moved.left.len() <= LEFT_MAX).then_some(moved)
    }
}

/// The enrolment of a person in a cohort: always the same for the same cycle.
pub fn enrolment_id(cohort: &CohortId, person: &PersonKey, cycle_no: u32) -> EnrolmentId {
    let name = digest::name_of(&[cohort.as_str(), person.as_str(), &cycle_no.to_string()]);
    EnrolmentId::parse(name).expect("hexadecimal is an id")
}

#[cfg(test)]
mod tests;
