//! A hand-in is accepted once and in time, a receipt says what is stored, and a draft that was saved is not lost.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stoa_domain::attempt::{AttemptState, ClosedReason, GRACE_MS, NEVER_MS, instant};
use stoa_domain::digest;
use stoa_domain::item::Answers;

use crate::calls::{Answered, At, Call, Heard};
use crate::course::{Course, node};
use crate::judge::{Age, Broken};
use crate::stored::{Attempt, Enrolled};

/// The receipt that proves what is stored, without its code; `None` while the attempt is open.
pub fn proof(at: &At, stored: &Attempt) -> Option<Value> {
    let received_at = stored.received_at.unwrap_or(stored.closes_at);
    (stored.phase == AttemptState::Closed).then(|| {
        json!({
            "enrolment": Course::get().enrolments[at.learner].enrolment,
            "assessment": at.assessment,
            "attempt": at.number,
            "submission_id": stored.submission_id,
            "digest": stored.digest.clone().unwrap_or_else(|| digest::of_json(&Answers::new())),
            "received_at": instant(received_at).to_string(),
            "late": received_at > stored.closes_at,
        })
    })
}

/// A receipt without its code, which is derived from the rest.
pub fn without_code(mut receipt: Value) -> Value {
    let code = receipt.as_object_mut().and_then(|members| members.shift_remove("code"));
    if code.as_ref().and_then(Value::as_str).is_some_and(|code| code.len() == 4) { receipt } else { Value::Null }
}

/// Every receipt for a hand-in that a browser holds proves what is stored, and is the same, byte for byte, every time.
pub fn held(learners: &[Enrolled], answered: &[Answered], broken: &mut Broken) {
    let mut texts: BTreeMap<&At, &str> = BTreeMap::new();
    let mut firsts: BTreeMap<&At, usize> = BTreeMap::new();
    for answered in answered.iter().filter(|answered| matches!(answered.status, 200 | 201)) {
        let Call::Submit { at, id, .. } = &answered.call else { continue };
        let stored = learners[at.learner].attempt(at);
        broken.unless(answered.caller == at.learner, || {
            format!("{at:?}: learner {} handed in for another", answered.caller)
        });
        broken.unless(stored.and_then(|stored| proof(at, stored)) == Some(without_code(answered.json())), || {
            format!("{at:?}: the receipt {} does not prove what is stored: {stored:?}", answered.text)
        });
        let is_sent = stored.is_some_and(|stored| {
            stored.submission_id.as_ref() == Some(id) && stored.digest.as_ref() == Some(&answered.call.digest())
        });
        broken.unless(is_sent, || format!("{at:?}: a receipt was given for {id}, and this is stored: {stored:?}"));
        let text = texts.entry(at).or_insert(&answered.text);
        broken.unless(*text == answered.text, || format!("{at:?}: two receipts differ: {text} and {}", answered.text));
        *firsts.entry(at).or_default() += usize::from(answered.status == 201);
    }
    for (at, count) in firsts {
        broken.unless(count <= 1, || format!("{at:?} was accepted for the first time {count} times"));
    }
}

/// What is stored of one learner's attempts was sent by the learner, in time, and is the last of it.
pub fn attempts(learner: usize, enrolled: &Enrolled, heard: &Heard, age: Age, broken: &mut Broken) {
    let course = Course::get();
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    for (key @ (assessment, number), stored) in &enrolled.attempts {
        let at = At::new(learner, assessment, *number);
        let mut check = |holds: bool, what: &str| broken.unless(holds, || format!("{at:?}: {what}: {stored:?}"));
        let last = numbers.entry(assessment).or_default();
        *last += 1;
        check(*number == *last, "attempts are not numbered one by one");
        let summary = course.tree.node(&node(assessment)).and_then(|node| node.assessment).expect("an assessment");
        check(summary.attempts_max.is_none_or(|max| *number <= max), "there are more attempts than allowed");
        check(stored.person == course.enrolments[learner].person.as_str(), "it is somebody else's");

        let due = course.cohort.due(&node(assessment)).map(|due| due.as_millisecond());
        let time_up = summary.time_limit_minutes.map(|minutes| stored.opened_at + i64::from(minutes) * 60_000);
        let closes_at = due.into_iter().chain(time_up).min().unwrap_or(NEVER_MS);
        check(due.is_none_or(|due| stored.opened_at <= due), "it was opened after the deadline");
        check(stored.closes_at == closes_at && stored.accept_until == closes_at + GRACE_MS, "its window is another");

        let answers = enrolled.answers(key).map(|answers| digest::of_json(&answers));
        let may_be_gone = age == Age::Expired && stored.phase == AttemptState::Open;
        check(answers.is_some() || may_be_gone, "its answers are lost");
        check(
            answers.is_none() || stored.digest.is_none() || answers == stored.digest,
            "its answers have another digest",
        );
        match stored.closed_reason {
            Some(ClosedReason::HandedIn) => {
                check(is_sent_in_time(&at, stored, heard), "nobody handed this in, in time")
            }
            Some(ClosedReason::TimeUp) | None => {
                check(
                    stored.submission_id.is_none() && stored.received_at.is_none(),
                    "it holds a hand-in that was not taken",
                );
                check(is_last_draft(&at, stored, heard), "it does not hold the last draft that was saved");
            }
        }
        check(
            (stored.phase == AttemptState::Closed) == stored.closed_reason.is_some(),
            "it is neither open nor closed",
        );
    }
}

fn is_sent_in_time(at: &At, stored: &Attempt, heard: &Heard) -> bool {
    let received_at = stored.received_at.unwrap_or(i64::MAX);
    received_at <= stored.accept_until && heard.sent.iter().filter(|sent| sent.caller == at.learner).any(|sent| {
        matches!(&sent.call, Call::Submit { at: own, id, .. } if own == at && stored.submission_id.as_ref() == Some(id))
            && stored.digest.as_ref() == Some(&sent.call.digest())
            && sent.received_at.as_millisecond() == received_at
    })
}

/// Nothing that a browser was told is saved may be gone, and what stands was sent in time.
fn is_last_draft(at: &At, stored: &Attempt, heard: &Heard) -> bool {
    let saves = |call: &Call| match call {
        Call::Save { at: own, rev, .. } if own == at => Some(*rev),
        Call::Save { .. } | Call::Open(_) | Call::Submit { .. } | Call::Facts { .. } | Call::Reading { .. } => None,
    };
    let saved = heard.answered.iter().filter(|answered| answered.status == 200 && answered.caller == at.learner);
    let is_newest = saved
        .filter_map(|answered| Some((saves(&answered.call)?, &answered.call)))
        .all(|(rev, call)| rev < stored.rev || (rev == stored.rev && stored.digest.as_ref() == Some(&call.digest())));
    let was_sent = stored.rev == 0
        || heard.sent.iter().any(|sent| {
            sent.caller == at.learner
                && saves(&sent.call) == Some(stored.rev)
                && stored.digest.as_ref() == Some(&sent.call.digest())
                && sent.received_at.as_millisecond() <= stored.accept_until
        });
    is_newest && was_sent
}
