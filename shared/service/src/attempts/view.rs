//! What a learner sees of an assessment and of an attempt.

use std::collections::BTreeMap;

use jiff::Timestamp;
use stoa_domain::attempt::{self, Attempt, Refused};
use stoa_domain::cohort::Cohort;
use stoa_domain::content::AssessmentSummary;
use stoa_domain::fact::GradeFact;
use stoa_domain::grading::Grade;
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_domain::item::Item;

use super::open::{Taken, earlier, enrolled};
use super::{AttemptError, AttemptRef, AttemptStore};
use crate::releases::{Items, Outlines};

/// An assessment before an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// Its title.
    pub title: String,
    /// Its rules.
    pub summary: AssessmentSummary,
    /// The cohort, for its deadline and zone.
    pub cohort: Cohort,
    /// The attempts so far.
    pub attempts: Vec<Attempt>,
    /// What stands of them, by number; it may lag.
    pub grades: BTreeMap<u32, GradeFact>,
    /// The attempt to open or resume, or why none can be.
    pub next: Result<u32, StartRefused>,
}

/// Why no attempt can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartRefused {
    /// All are used.
    AttemptsUsed,
    /// The deadline has passed.
    Closed,
    /// The learning object is still closed.
    Locked,
}

/// An assessment's rules of time, and the attempts so far.
pub async fn start(
    store: &impl AttemptStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    assessment: &NodeId,
    person: &PersonKey,
    now: Timestamp,
) -> Result<Start, AttemptError> {
    let taken = Taken::load(store, outlines, tenant, enrolment, assessment, person).await?;
    let attempts = store.attempts(tenant, enrolment, assessment).await?;
    let facts = store.facts(tenant, enrolment).await?;
    let next = if taken.is_locked(store, tenant, now).await? {
        Err(StartRefused::Locked)
    } else {
        next_attempt(&taken, assessment, &attempts, now)
    };
    Ok(Start {
        title: taken.node().title.clone(),
        summary: taken.assessment(),
        grades: facts.grades.get(assessment).cloned().unwrap_or_default(),
        cohort: taken.cohort,
        attempts,
        next,
    })
}

/// Asks the same decision that opening asks, so that the page and the server agree.
fn next_attempt(taken: &Taken, assessment: &NodeId, attempts: &[Attempt], now: Timestamp) -> Result<u32, StartRefused> {
    let known: Vec<_> = attempts.iter().map(earlier).collect();
    let due = taken.cohort.due(assessment);
    let number = attempts.iter().map(|attempt| attempt.number).max().unwrap_or(0) + 1;
    match attempt::open(&taken.assessment(), due, &known, number, now) {
        Ok(_) => Ok(number),
        Err(Refused::OutOfTurn { next }) => Ok(next),
        Err(Refused::AttemptsUsed { .. }) => Err(StartRefused::AttemptsUsed),
        Err(Refused::Closed { .. }) => Err(StartRefused::Closed),
    }
}

/// An attempt as its learner sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Viewed {
    /// The attempt with its answers.
    pub attempt: Attempt,
    /// What is asked.
    pub items: Vec<Item>,
    /// The posted grade.
    pub grade: Option<Grade>,
}

/// An attempt with its items, for the learner whose it is.
pub async fn view(
    store: &impl AttemptStore,
    items: &impl Items,
    at: &AttemptRef,
    person: &PersonKey,
) -> Result<Viewed, AttemptError> {
    enrolled(store, &at.tenant, &at.enrolment, person).await?;
    let attempt = store.attempt(at).await?.filter(|attempt| attempt.person == *person).ok_or(AttemptError::NotFound)?;
    let asked = items.items(&at.tenant, &attempt.release, &at.assessment).await?;
    let grade = if attempt.receipt().is_some() { store.grade(at).await? } else { None };
    Ok(Viewed { attempt, items: asked, grade })
}
