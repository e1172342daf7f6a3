//! Erasing a person: what was asked for, when it becomes final, and what is to be done at a moment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::PersonKey;
use crate::person::PersonState;

/// How long an erasure can be taken back, in milliseconds: seven days. Access has ended meanwhile.
pub const GRACE_MS: i64 = 7 * 24 * 3_600_000;
/// How long after everything was taken away it is looked at again, in milliseconds: longer than any function runs that may
/// have read something before, and write after, it was taken away.
pub const SETTLE_MS: i64 = 120_000;

/// How far an erasure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It can be taken back.
    Waiting,
    /// It was taken back.
    Cancelled,
    /// It cannot be taken back any more: everything is being taken away.
    Erasing,
    /// Everything was taken away. What was under way meanwhile is taken away by a second look.
    Settling,
    /// Nothing is left but this.
    Erased,
}

/// A request that a person be erased, and in the end all that is known of them: that their key was one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Who is erased.
    pub person: PersonKey,
    /// How far it has come.
    pub stage: Stage,
    /// Which administrator asked for it.
    pub asked_by: PersonKey,
    /// When it was asked for, in milliseconds since 1970.
    pub asked_at: i64,
    /// Until when it can be taken back.
    pub erase_at: i64,
    /// What the person's state was: it comes back when the erasure is taken back.
    pub stood: PersonState,
    /// When the second look may be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<i64>,
    /// When nothing was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<i64>,
}

/// What is to be done at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing yet, or nothing any more.
    Nothing,
    /// From here on it cannot be taken back.
    Begin,
    /// Take everything away.
    Clear,
    /// Take away what has appeared since, and then the person.
    Finish,
}

impl Erasure {
    /// A request made now.
    pub fn asked(person: PersonKey, stood: PersonState, asked_by: PersonKey, now: Timestamp) -> Erasure {
        let asked_at = now.as_millisecond();
        Erasure {
            person,
            stage: Stage::Waiting,
            asked_by,
            asked_at,
            erase_at: asked_at + GRACE_MS,
            stood,
            settled_at: None,
            erased_at: None,
        }
    }

    /// What is to be done now. A bell that rings early, late or twice changes nothing about it.
    pub fn step(&self, now: Timestamp) -> Step {
        let is_past = |at: i64| now.as_millisecond() >= at;
        match self.stage {
            Stage::Waiting if is_past(self.erase_at) => Step::Begin,
            Stage::Erasing => Step::Clear,
            Stage::Settling if self.settled_at.is_none_or(is_past) => Step::Finish,
            Stage::Waiting | Stage::Settling | Stage::Cancelled | Stage::Erased => Step::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).expect("a time")
    }

    fn asked() -> Erasure {
        let key = |name: &str| PersonKey::parse(name).expect("an id");
        Erasure::asked(key("p1"), PersonState::Active, key("admin"), at(1_000))
    }

    #[test]
    fn nothing_is_done_before_the_grace_is_over_and_its_own_instant_is_over() {
        let erasure = asked();
        assert_eq!(erasure.step(at(1_000)), Step::Nothing);
        assert_eq!(erasure.step(at(1_000 + GRACE_MS - 1)), Step::Nothing);
        assert_eq!(erasure.step(at(1_000 + GRACE_MS)), Step::Begin);
        assert_eq!(SignedDuration::from_millis(GRACE_MS), SignedDuration::from_hours(7 * 24));
    }

    #[test]
    fn an_erasure_that_was_taken_back_or_is_done_asks_for_nothing_ever_again() {
        for stage in [Stage::Cancelled, Stage::Erased] {
            assert_eq!(Erasure { stage, ..asked() }.step(at(i64::from(u32::MAX) * 1_000)), Step::Nothing);
        }
    }

    #[test]
    fn the_second_look_waits_until_nothing_is_under_way() {
        let settling = Erasure { stage: Stage::Settling, settled_at: Some(5_000), ..asked() };
        assert_eq!((settling.step(at(4_999)), settling.step(at(5_000))), (Step::Nothing, Step::Finish));
        assert_eq!(Erasure { stage: Stage::Erasing, ..asked() }.step(at(0)), Step::Clear);
    }
}
