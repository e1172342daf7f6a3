//! A refusal was right, given what is stored.

use serde_json::Value;
use stoa_domain::attempt::ClosedReason;
use stoa_domain::id::NodeId;

use crate::calls::{Answered, At, Call, TOO_MANY};
use crate::course::{Course, node};
use crate::judge::Broken;
use crate::reading;
use crate::receipts::{proof, without_code};
use crate::stored::{Attempt, Enrolled};

/// Checks one answer; those that are proofs are judged by [`crate::receipts`].
pub fn check(learners: &[Enrolled], answered: &Answered, broken: &mut Broken) {
    if !answered.is_definite() {
        let is_honest = matches!(answered.status, 503 | TOO_MANY);
        broken.unless(is_honest, || format!("this answer was not right: {answered:?}"));
        return;
    }
    let is_right = match &answered.call {
        Call::Open(at) => is_right_to_open(&learners[at.learner], at, answered),
        Call::Save { at, rev, .. } => {
            let stored = learners[at.learner].attempt(at);
            stored.is_some_and(|stored| is_right_to_save(stored, at, *rev, answered))
        }
        Call::Submit { at, id, .. } => {
            let stored = learners[at.learner].attempt(at);
            stored.is_some_and(|stored| is_right_to_submit(stored, at, id, answered))
        }
        Call::Facts { learner, facts } => is_right_about(&learners[*learner], *learner, facts, answered),
        Call::Reading { learner, report } => reading::is_right(&learners[*learner], *learner, report, answered),
    };
    broken.unless(is_right, || format!("this answer was not right: {answered:?}"));
}

fn is_gated(assessment: &NodeId) -> bool {
    Course::get().tree.node(assessment).is_some_and(|node| node.gated)
}

fn is_right_to_open(enrolled: &Enrolled, at: &At, answered: &Answered) -> bool {
    let course = Course::get();
    let body = answered.json();
    let count = enrolled.attempts.keys().filter(|(assessment, _)| assessment == at.assessment.as_str()).count() as u64;
    match (answered.status, answered.kind().as_str()) {
        (200 | 201, _) => {
            let accept_until = |stored: &Attempt| stoa_domain::attempt::instant(stored.accept_until).to_string();
            let stored = enrolled.attempt(at);
            stored.is_some()
                && body["accept_until"].as_str().is_none_or(|until| stored.map(accept_until).as_deref() == Some(until))
        }
        (403, "node-locked") => is_gated(&at.assessment),
        (409, "attempt-refused") => match body["next_attempt"].as_u64() {
            Some(next) => next != u64::from(at.number) && next <= count + 1,
            None => {
                let summary = course.tree.node(&at.assessment).and_then(|node| node.assessment).expect("an assessment");
                let are_used = summary.attempts_max.is_some_and(|max| count == u64::from(max));
                are_used || course.cohort.due(&at.assessment).is_some_and(|due| answered.received_at > due)
            }
        },
        _ => false,
    }
}

fn is_right_to_save(stored: &Attempt, at: &At, rev: u32, answered: &Answered) -> bool {
    let is_own = answered.caller == at.learner;
    match (answered.status, answered.kind().as_str()) {
        (200, _) => is_own && rev <= stored.rev && answered.received_at.as_millisecond() <= stored.accept_until,
        (404, "not-found") => !is_own,
        (409, "draft-stale") => {
            let standing = answered.json()["rev"].as_u64().unwrap_or(0);
            is_own && u64::from(rev) <= standing && standing <= u64::from(stored.rev)
        }
        (409, "attempt-closed") => is_own && holds_proof(stored, at, answered),
        (410, "attempt-time-up") => is_own && is_too_late(stored, answered),
        _ => false,
    }
}

fn is_right_to_submit(stored: &Attempt, at: &At, id: &String, answered: &Answered) -> bool {
    let is_own = answered.caller == at.learner;
    match (answered.status, answered.kind().as_str()) {
        // Judged as receipts.
        (200 | 201, _) => is_own,
        (404, "not-found") => !is_own,
        (409, "attempt-closed") => {
            // Nothing closes by time over a hand-in that arrived before it was up.
            let may_be = stored.closed_reason != Some(ClosedReason::TimeUp) || is_too_late(stored, answered);
            is_own && holds_proof(stored, at, answered) && stored.submission_id.as_ref() != Some(id) && may_be
        }
        (410, "attempt-time-up") => is_own && is_too_late(stored, answered),
        (422, "submission-differs") => {
            let is_namesake =
                stored.submission_id.as_ref() == Some(id) && stored.digest.as_ref() != Some(&answered.call.digest());
            is_own && holds_proof(stored, at, answered) && is_namesake
        }
        _ => false,
    }
}

fn holds_proof(stored: &Attempt, at: &At, answered: &Answered) -> bool {
    proof(at, stored) == Some(without_code(answered.json()["receipt"].clone()))
}

fn is_too_late(stored: &Attempt, answered: &Answered) -> bool {
    stored.accept_until < answered.received_at.as_millisecond()
}

fn is_right_about(enrolled: &Enrolled, learner: usize, facts: &Value, answered: &Answered) -> bool {
    let facts = facts.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |fact: &Value, name: &str| fact[name].as_str().unwrap_or_default().to_owned();
    let is_stored =
        |fact: &Value| enrolled.facts.contains_key(&format!("{}#{}", text(fact, "kind"), text(fact, "node")));
    let is_own = answered.caller == learner;
    match (answered.status, answered.kind().as_str()) {
        (202, _) => is_own && facts.iter().all(is_stored),
        (404, "not-found") => !is_own,
        (422, "invalid-body") => is_own && facts.iter().any(|fact| is_gated(&node(&text(fact, "node")))),
        _ => false,
    }
}
