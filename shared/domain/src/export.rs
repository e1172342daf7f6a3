//! A person's data in one archive: what was asked for, and how long it is there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::PersonKey;

/// How long an archive is kept, in milliseconds: seven days. The bucket deletes it by its own rule of as many days.
pub const KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// How old an archive may be to be given to whoever asks for one, in milliseconds.
pub const FRESH_MS: i64 = 600_000;

/// How often making an archive is begun before it is given up.
pub const TRIES_MAX: u32 = 5;
/// How long one try is left alone, in milliseconds: longer than the function that makes it may run. Whoever ends without an
/// answer, out of memory say, is followed by another one after that.
pub const TRY_MS: i64 = 120_000;

/// How far an archive has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It is being made.
    Preparing,
    /// It is there.
    Ready,
    /// It would be larger than what can be made.
    TooLarge,
    /// It was begun [`TRIES_MAX`] times and never finished.
    Failed,
}

/// A request for an archive. A person has one at a time: a new one replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// How far it has come.
    pub phase: Phase,
    /// Who asked for it.
    pub asked_by: PersonKey,
    /// When, in milliseconds since 1970.
    pub asked_at: i64,
    /// How often making it was begun.
    #[serde(default)]
    pub tries: u32,
    /// Until when whoever began it last is left alone, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<i64>,
    /// When it was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<i64>,
    /// How large it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// What is to be done about an archive that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Nothing: somebody else is at it.
    Anothers,
    /// It is begun, with the request as it stands meanwhile.
    Try(Export),
    /// It was begun often enough: this is what became of the request.
    GiveUp(Export),
}

impl Export {
    /// A request made now.
    pub fn asked(asked_by: PersonKey, now: Timestamp) -> Export {
        Export {
            phase: Phase::Preparing,
            asked_by,
            asked_at: now.as_millisecond(),
            tries: 0,
            lease_until: None,
            ready_at: None,
            bytes: None,
        }
    }

    /// Whether it answers a request that is made now: it is on its way, or has just been made.
    pub fn answers(&self, now: Timestamp) -> bool {
        match self.phase {
            Phase::Preparing => true,
            Phase::Ready => self.ready_at.is_some_and(|ready_at| now.as_millisecond() < ready_at + FRESH_MS),
            Phase::TooLarge | Phase::Failed => false,
        }
    }

    /// What whoever makes the archive does about it now.
    pub fn turn(&self, now: Timestamp) -> Turn {
        let now_ms = now.as_millisecond();
        if self.lease_until.is_some_and(|until| now_ms <= until) {
            return Turn::Anothers;
        }
        if self.tries >= TRIES_MAX {
            return Turn::GiveUp(Export { phase: Phase::Failed, lease_until: None, ..self.clone() });
        }
        Turn::Try(Export { tries: self.tries + 1, lease_until: Some(now_ms + TRY_MS), ..self.clone() })
    }

    /// Until when the archive can be fetched, in milliseconds since 1970; `None` if it cannot any more, or not yet.
    pub fn fetched_until(&self, now: Timestamp) -> Option<i64> {
        let until = self.ready_at.filter(|_| self.phase == Phase::Ready)? + KEPT_MS;
        (now.as_millisecond() < until).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).expect("a time")
    }

    fn ready() -> Export {
        let asked = Export::asked(PersonKey::parse("p1").expect("an id"), at(0));
        Export { phase: Phase::Ready, ready_at: Some(1_000), bytes: Some(5), ..asked }
    }

    #[test]
    fn whoever_asks_again_gets_the_archive_that_is_on_its_way_or_has_just_been_made() {
        let asked = Export { phase: Phase::Preparing, ready_at: None, ..ready() };
        assert!(asked.answers(at(KEPT_MS)), "its mark brings it to its end");
        assert!(ready().answers(at(1_000 + FRESH_MS - 1)) && !ready().answers(at(1_000 + FRESH_MS)));
        assert!(!Export { phase: Phase::TooLarge, ..ready() }.answers(at(1_000)));
    }

    #[test]
    fn an_archive_is_begun_five_times_one_after_the_other_and_then_given_up() {
        let mut export = Export::asked(PersonKey::parse("p1").expect("an id"), at(0));
        let mut now_ms = 0;
        for number in 1..=TRIES_MAX {
            let Turn::Try(begun) = export.turn(at(now_ms)) else { panic!("try {number}") };
            assert_eq!((begun.tries, begun.lease_until), (number, Some(now_ms + TRY_MS)));
            assert_eq!(begun.turn(at(now_ms + TRY_MS)), Turn::Anothers);
            (export, now_ms) = (begun, now_ms + TRY_MS + 1);
        }
        let Turn::GiveUp(failed) = export.turn(at(now_ms)) else { panic!("{export:?}") };
        assert_eq!(failed.phase, Phase::Failed);
        assert!(!failed.answers(at(now_ms)), "it can be asked for again");
    }

    #[test]
    fn an_archive_can_be_fetched_for_seven_days_and_only_once_it_is_there() {
        assert_eq!(ready().fetched_until(at(1_000 + KEPT_MS - 1)), Some(1_000 + KEPT_MS));
        assert_eq!(ready().fetched_until(at(1_000 + KEPT_MS)), None);
        assert_eq!(Export { phase: Phase::Preparing, ..ready() }.fetched_until(at(2_000)), None);
    }
}
