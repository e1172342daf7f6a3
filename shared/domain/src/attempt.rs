//! Attempts: when one may be opened, how long it takes answers, and what a hand-in meets.
//!
//! The store decides by the condition of one write; what is here says in advance which windows an attempt gets, and
//! afterwards what a refused condition means.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::content::AssessmentSummary;
use crate::digest;
use crate::id::{EnrolmentId, NodeId, PersonKey, ReleaseId, SubmissionId};
use crate::item::Answers;

/// How long after closing a hand-in is still taken, in milliseconds: time for a throttled request to be retried.
pub const GRACE_MS: i64 = 30_000;
/// How long after `accept_until` time may close an attempt, in milliseconds: as long as a hand-in that arrived in time may still
/// be running. It is the timeout of the function that takes hand-ins.
pub const CLOSE_MARGIN_MS: i64 = 10_000;
/// `closes_at` of an attempt without any limit: the last second of the year 9999.
pub const NEVER_MS: i64 = 253_402_300_799_000;
/// The most attempts anyone can open at one assessment.
pub const ATTEMPTS_MAX: u32 = 9_999;

/// Whether an attempt takes answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    /// It does, until its time is up.
    Open,
    /// It never will again.
    Closed,
}

/// Why an attempt closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosedReason {
    /// The learner handed in.
    HandedIn,
    /// Its time was up; the last saved draft stands as the answers.
    TimeUp,
}

/// One attempt at one assessment, as it is stored. Times are milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Whose.
    pub enrolment: EnrolmentId,
    /// At what.
    pub assessment: NodeId,
    /// Which, from 1.
    pub number: u32,
    /// The learner, so that no other read is needed to know who may write.
    pub person: PersonKey,
    /// The Release it is taken under.
    pub release: ReleaseId,
    /// Whether it takes answers.
    pub state: AttemptState,
    /// Why it closed, if it did.
    pub closed_reason: Option<ClosedReason>,
    /// How often the draft was saved.
    pub rev: u32,
    /// When it was opened.
    pub opened_at: i64,
    /// When it closes for the learner; [`NEVER_MS`] if nothing limits it.
    pub closes_at: i64,
    /// Until when the server takes a hand-in: `closes_at` and the grace.
    pub accept_until: i64,
    /// When the draft was last saved.
    pub saved_at: Option<i64>,
    /// The draft, or the answers once it is closed.
    pub answers: Answers,
    /// The digest of the answers.
    pub digest: Option<String>,
    /// The client's name for the hand-in that closed it.
    pub submission_id: Option<SubmissionId>,
    /// When the hand-in arrived at the gateway.
    pub received_at: Option<i64>,
    /// Whether it takes nothing while it is open, because its learner is withdrawn.
    pub suspended: bool,
}

/// The proof of a hand-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// Whose.
    pub enrolment: EnrolmentId,
    /// At what.
    pub assessment: NodeId,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The client's name for the hand-in; `null` where the time was up and the saved draft was handed in.
    pub submission_id: Option<SubmissionId>,
    /// The digest of the answers that stand.
    pub digest: String,
    /// When the hand-in arrived at the gateway.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub received_at: Timestamp,
    /// Four characters to read out.
    pub code: String,
    /// Whether it arrived in the grace after closing.
    pub late: bool,
}

/// When an attempt takes answers. Milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it closes for the learner.
    pub closes_at: i64,
    /// Until when the server takes a hand-in.
    pub accept_until: i64,
}

/// What is known of an attempt before a new one is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// Which, from 1.
    pub number: u32,
    /// Whether it takes answers.
    pub state: AttemptState,
    /// Until when the server takes a hand-in, in milliseconds since 1970.
    pub accept_until: i64,
}

impl Earlier {
    /// Whether it is closed, or would be if anyone had looked: closing is logical, whatever a timer does.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.state == AttemptState::Closed || self.accept_until < now.as_millisecond()
    }
}

/// The end of an attempt, in milliseconds since 1970, before which time closes it at `now`: its own `accept_until` must be
/// earlier, or a hand-in that arrived in time may still be running.
pub fn closes_before_ms(now: Timestamp) -> i64 {
    now.as_millisecond() - CLOSE_MARGIN_MS
}

/// Why no attempt can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// All attempts are used.
    AttemptsUsed {
        /// How many there were.
        attempts_max: u32,
    },
    /// The deadline has passed.
    Closed {
        /// When it passed, in milliseconds since 1970.
        closed_at: i64,
    },
    /// The client named another attempt than the next one.
    OutOfTurn {
        /// The one that can be opened, or resumed.
        next: u32,
    },
}

/// Decides whether attempt `number` may be opened at `now`, and when it closes.
///
/// `earlier` are all attempts there are. A deadline includes its own instant.
pub fn open(
    assessment: &AssessmentSummary,
    due: Option<Timestamp>,
    earlier: &[Earlier],
    number: u32,
    now: Timestamp,
) -> Result<Window, Refused> {
    if let Some(open) = earlier.iter().find(|attempt| !attempt.is_over(now)) {
        return Err(Refused::OutOfTurn { next: open.number });
    }
    let next = earlier.iter().map(|attempt| attempt.number).max().unwrap_or(0) + 1;
    let attempts_max = assessment.attempts_max.unwrap_or(ATTEMPTS_MAX).min(ATTEMPTS_MAX);
    if next > attempts_max {
        return Err(Refused::AttemptsUsed { attempts_max });
    }
    if number != next {
        return Err(Refused::OutOfTurn { next });
    }
    if let Some(due) = due.filter(|due| now > *due) {
        return Err(Refused::Closed { closed_at: due.as_millisecond() });
    }
    let time_up = assessment.time_limit_minutes.map(|minutes| now.as_millisecond() + i64::from(minutes) * 60_000);
    let limits = [time_up, due.map(Timestamp::as_millisecond)];
    let closes_at = limits.into_iter().flatten().min().unwrap_or(NEVER_MS).min(NEVER_MS);
    Ok(Window { closes_at, accept_until: closes_at + GRACE_MS })
}

/// A hand-in as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The client's name for it.
    pub id: SubmissionId,
    /// The answers.
    pub answers: Answers,
    /// The digest of the answers.
    pub digest: String,
    /// When it arrived at the gateway.
    pub received_at: Timestamp,
}

impl Submission {
    /// A hand-in of `answers` under the client's name `id`.
    pub fn new(id: SubmissionId, answers: Answers, received_at: Timestamp) -> Submission {
        let digest = digest::of_json(&answers);
        Submission { id, answers, digest, received_at }
    }
}

/// An open attempt whose time is up: nothing is taken any more, and the draft that was saved last stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    /// When it closed for the learner, in milliseconds since 1970.
    pub closed_at: i64,
    /// How often the draft was saved; 0 if it never was.
    pub rev: u32,
    /// The digest of the draft, if there is one.
    pub digest: Option<String>,
}

/// What a hand-in whose write was refused has met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// There is no such attempt, or it is somebody else's: nobody is told which.
    Nothing,
    /// This very hand-in was taken before.
    Itself(Receipt),
    /// A hand-in of the same name with other answers was taken before.
    Namesake(Receipt),
    /// The attempt is closed by another hand-in, or by its time.
    Closed(Receipt),
    /// The attempt's time is up.
    TimeUp(Overdue),
    /// Nothing that would refuse it: the store changed its mind between the two looks. The client tries again.
    Open,
}

/// Says what a refused hand-in has met. Its name is compared before the time: a retry after the deadline of a hand-in
/// that was taken before it gets its receipt.
pub fn meet(stored: Option<&Attempt>, person: &PersonKey, submission: &Submission) -> Met {
    let Some(attempt) = stored.filter(|attempt| attempt.person == *person) else {
        return Met::Nothing;
    };
    match attempt.receipt() {
        Some(receipt) if receipt.submission_id.as_ref() != Some(&submission.id) => Met::Closed(receipt),
        Some(receipt) if receipt.digest == submission.digest => Met::Itself(receipt),
        Some(receipt) => Met::Namesake(receipt),
        // A withdrawn learner is told what anybody is told whose attempt it is not.
        None if attempt.suspended => Met::Nothing,
        None => attempt.overdue(submission.received_at).map_or(Met::Open, Met::TimeUp),
    }
}

impl Attempt {
    /// Whether it takes answers of `person` that were received at `received_at`.
    pub fn takes_from(&self, person: &PersonKey, received_at: Timestamp) -> bool {
        let is_open = self.state == AttemptState::Open && !self.suspended;
        is_open && self.person == *person && self.overdue(received_at).is_none()
    }

    /// What stands in an open attempt if what was received at `received_at` came too late; `None` if it did not.
    pub fn overdue(&self, received_at: Timestamp) -> Option<Overdue> {
        let is_over = self.state == AttemptState::Open && self.accept_until < received_at.as_millisecond();
        is_over.then(|| Overdue { closed_at: self.closes_at, rev: self.rev, digest: self.digest.clone() })
    }

    /// The proof of what was handed in, once the attempt is closed.
    pub fn receipt(&self) -> Option<Receipt> {
        if self.state == AttemptState::Open {
            return None;
        }
        let digest = self.digest.clone().unwrap_or_else(|| digest::of_json(&self.answers));
        let received_at = self.received_at.unwrap_or(self.closes_at);
        Some(Receipt {
            code: receipt_code(&self.enrolment, &self.assessment, self.number, &digest),
            enrolment: self.enrolment.clone(),
            assessment: self.assessment.clone(),
            attempt: self.number,
            submission_id: self.submission_id.clone(),
            digest,
            received_at: instant(received_at),
            late: received_at > self.closes_at,
        })
    }
}

/// An instant from stored milliseconds.
pub fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

/// Four characters of Crockford's base 32, which has no letters that read alike.
fn receipt_code(enrolment: &EnrolmentId, assessment: &NodeId, attempt: u32, digest: &str) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let name = digest::name_of(&[enrolment.as_str(), assessment.as_str(), &attempt.to_string(), digest]);
    let bits = u32::from_str_radix(&name[..8], 16).unwrap_or(0);
    (0..4).map(|place| char::from(LETTERS[(bits >> (5 * place)) as usize & 31])).collect()
}

#[cfg(test)]
mod tests;
