//! Who is told: decided when it is told, by what stands then, and looked at once more before a message leaves.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::preferences::Preferences;
use super::{Channel, Notice};
use crate::cohort::{Enrolment, EnrolmentStatus};
use crate::id::NodeId;
use crate::person::PersonState;

/// Why somebody is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppressed {
    /// They are not enrolled, or not any more.
    NotEnrolled,
    /// Their access has ended.
    AccessEnded,
    /// They have handed in already.
    HandedIn,
    /// The deadline was moved or taken away.
    DeadlineMoved,
    /// The deadline has passed.
    DeadlinePassed,
    /// None of the grades may be known to them.
    NotPosted,
    /// They do not want it.
    SwitchedOff,
}

/// What stands of somebody at the moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    /// The enrolment.
    pub enrolment: Option<Enrolment>,
    /// Whether the person may sign in; `None` if there is no such person.
    pub person: Option<PersonState>,
    /// What they want.
    pub preferences: Preferences,
    /// When the assessment of a reminder is due; `None` if it has no deadline.
    pub due: Option<Timestamp>,
    /// Whether they have handed in the assessment of a reminder.
    pub has_handed_in: bool,
    /// Assessments with a grade they may know.
    pub posted: BTreeSet<NodeId>,
}

impl Audience {
    /// Why a notice is not for them; `None` if it is.
    pub fn suppresses(&self, notice: &Notice, now: Timestamp) -> Option<Suppressed> {
        if self.enrolment.as_ref().is_none_or(|enrolment| enrolment.status != EnrolmentStatus::Active) {
            return Some(Suppressed::NotEnrolled);
        }
        match self.person {
            None | Some(PersonState::Deactivated | PersonState::Erasing) => return Some(Suppressed::AccessEnded),
            Some(PersonState::Invited | PersonState::Active) => {}
        }
        match notice {
            Notice::Enrolled { .. } | Notice::CourseUpdated { .. } => None,
            Notice::GradePosted { assessments, .. } => {
                let is_known = assessments.iter().any(|part| self.posted.contains(&part.node));
                (!is_known).then_some(Suppressed::NotPosted)
            }
            Notice::AssessmentDue { due, .. } => match self.due {
                Some(at) if Some(at.as_millisecond()) != due.at => Some(Suppressed::DeadlineMoved),
                None => Some(Suppressed::DeadlineMoved),
                Some(at) if at < now => Some(Suppressed::DeadlinePassed),
                Some(_) if self.has_handed_in => Some(Suppressed::HandedIn),
                Some(_) => None,
            },
        }
    }

    /// Why a notice does not reach them by one channel; `None` if it does.
    pub fn suppresses_by(&self, notice: &Notice, channel: Channel, now: Timestamp) -> Option<Suppressed> {
        let is_off = !self.preferences.wants(notice.kind(), channel);
        self.suppresses(notice, now).or(is_off.then_some(Suppressed::SwitchedOff))
    }
}

#[cfg(test)]
mod tests;
