//! Opening an attempt, or resuming it.

use std::sync::Arc;

use jiff::Timestamp;
use stoa_domain::attempt::{self, Attempt, AttemptState, Earlier, closes_before_ms};
use stoa_domain::cohort::{Cohort, Enrolment, EnrolmentStatus};
use stoa_domain::content::{AssessmentSummary, OutlineNode};
use stoa_domain::evaluation::evaluate;
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_domain::item::Answers;
use stoa_domain::tree::Tree;

use super::{AttemptError, AttemptRef, AttemptStore};
use crate::failure::StoreError;
use crate::releases::Outlines;

/// An attempt that takes answers, or is closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The attempt.
    pub attempt: Attempt,
    /// Whether it is new.
    pub is_new: bool,
}

/// Opens attempt `number`, or gives the one that is there. An earlier one whose time is up is closed first.
pub async fn open(
    store: &impl AttemptStore,
    outlines: &impl Outlines,
    at: &AttemptRef,
    person: &PersonKey,
    now: Timestamp,
) -> Result<Opened, AttemptError> {
    let taken = Taken::load(store, outlines, &at.tenant, &at.enrolment, &at.assessment, person).await?;
    let attempts = store.attempts(&at.tenant, &at.enrolment, &at.assessment).await?;
    if attempts.iter().any(|attempt| attempt.number == at.number) {
        return resume(store, at).await;
    }
    if taken.is_locked(store, &at.tenant, now).await? {
        return Err(AttemptError::Locked);
    }

    let earlier: Vec<Earlier> = attempts.iter().map(earlier).collect();
    let due = taken.cohort.due(&at.assessment);
    let window = attempt::open(&taken.assessment(), due, &earlier, at.number, now).map_err(AttemptError::Refused)?;
    for expired in attempts.iter().filter(|attempt| attempt.state == AttemptState::Open) {
        // A hand-in that arrived in time may still be running: it is not overtaken. The client tries again in a moment.
        if expired.accept_until >= closes_before_ms(now) {
            return Err(StoreError::Conflict.into());
        }
        store.close_expired(&AttemptRef { number: expired.number, ..at.clone() }, now).await?;
    }

    let attempt = Attempt {
        enrolment: at.enrolment.clone(),
        assessment: at.assessment.clone(),
        number: at.number,
        person: person.clone(),
        release: taken.enrolment.release,
        state: AttemptState::Open,
        closed_reason: None,
        rev: 0,
        opened_at: now.as_millisecond(),
        closes_at: window.closes_at,
        accept_until: window.accept_until,
        saved_at: None,
        answers: Answers::new(),
        digest: None,
        submission_id: None,
        received_at: None,
    };
    if store.insert(&at.tenant, &attempt).await? {
        Ok(Opened { attempt, is_new: true })
    } else {
        // Another tab was faster; both go on with the same attempt.
        resume(store, at).await
    }
}

async fn resume(store: &impl AttemptStore, at: &AttemptRef) -> Result<Opened, AttemptError> {
    let attempt = store.attempt(at).await?.ok_or(AttemptError::NotFound)?;
    Ok(Opened { attempt, is_new: false })
}

pub(super) fn earlier(attempt: &Attempt) -> Earlier {
    Earlier { number: attempt.number, state: attempt.state, accept_until: attempt.accept_until }
}

/// What taking an assessment depends on.
pub(super) struct Taken {
    pub(super) enrolment: Enrolment,
    pub(super) cohort: Cohort,
    pub(super) tree: Arc<Tree>,
    position: usize,
}

impl Taken {
    /// Loads it for the learner whose enrolment it is; for anybody else it is not there.
    pub(super) async fn load(
        store: &impl AttemptStore,
        outlines: &impl Outlines,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        assessment: &NodeId,
        person: &PersonKey,
    ) -> Result<Taken, AttemptError> {
        let enrolment = store
            .enrolment(tenant, enrolment)
            .await?
            .filter(|enrolment| enrolment.person == *person && enrolment.status == EnrolmentStatus::Active)
            .ok_or(AttemptError::NotFound)?;
        let cohort = store.cohort(tenant, &enrolment.cohort).await?.ok_or(AttemptError::NotFound)?;
        let tree = outlines.tree(tenant, &enrolment.release).await?.ok_or(AttemptError::NotFound)?;
        let position = tree.position(assessment).ok_or(AttemptError::NotFound)?;
        if tree.nodes()[position].assessment.is_none() {
            return Err(AttemptError::NotFound);
        }
        Ok(Taken { enrolment, cohort, tree, position })
    }

    pub(super) fn node(&self) -> &OutlineNode {
        &self.tree.nodes()[self.position]
    }

    pub(super) fn assessment(&self) -> AssessmentSummary {
        self.node().assessment.expect("loading has seen that it is an assessment")
    }

    /// Whether the assessment is still closed to the learner. Without a gate nothing is read.
    pub(super) async fn is_locked(
        &self,
        store: &impl AttemptStore,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<bool, AttemptError> {
        if !self.node().gated {
            return Ok(false);
        }
        let facts = store.facts(tenant, &self.enrolment.enrolment).await?;
        Ok(evaluate(&self.tree, &facts, now).locked[self.position])
    }
}
