//! The projector: the only sequencer of an enrolment's log.
//!
//! A date that a completion rule waits for is a fact like others, which nobody reports: the state carries the mark of the next
//! one, and its doorbell comes when it has come. Whoever commits anything draws the row as it is by then and leaves the next mark.

use std::collections::BTreeSet;

use jiff::Timestamp;
use stoa_domain::cohort::Enrolment;
use stoa_domain::fact::Fact;
use stoa_domain::generation::Generations;
use stoa_domain::id::{CohortId, EnrolmentId, TenantId};
use stoa_domain::notification::{self, News};
use stoa_domain::progress::{self, Event, Progress, RowState};

use crate::failure::StoreError;
use crate::metrics::{METRICS, seconds};
use crate::releases::Outlines;
use crate::trace::Trace;

/// The most facts of one commit: one stale mark cancels all of them.
pub const FACTS_MAX: usize = 30;
/// How often a commit that met another writer is tried again before the queue is asked to come back.
const ROUNDS_MAX: usize = 5;

/// A fact that waits for the projector.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The sort key of the item that holds it; the state's own, if it is a date.
    pub sk: String,
    /// Its work mark, as it was seen.
    pub mark: String,
    /// Since when it waits, in milliseconds since 1970: for a date, the moment itself.
    pub since_ms: i64,
    /// The fact.
    pub fact: Fact,
}

/// What one commit writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit<'a> {
    /// The enrolment as it was read.
    pub enrolment: &'a Enrolment,
    /// The place in the log it follows.
    pub after: u64,
    /// The new entries; none if the facts changed nothing.
    pub events: Vec<Event>,
    /// The state after them.
    pub progress: Progress,
    /// The cohort row drawn from it.
    pub row: RowState,
    /// When a date changes that row, unless something happens before.
    pub redrawn_at: Option<Timestamp>,
    /// The generations of the cohort's rows it goes into.
    pub generations: Vec<u32>,
    /// What the learner is to be told of it.
    pub news: BTreeSet<News>,
    /// The cohorts it was moved out of, and the generations of their rows in which it is no longer shown.
    pub left: Vec<(CohortId, u32)>,
}

/// What the projector may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait ProgressLog {
    /// The facts that the items under these sort keys hold, of those that still carry a work mark; of the state, the date that
    /// it waits for.
    async fn waiting(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        sks: &[String],
    ) -> Result<Vec<Waiting>, StoreError>;

    /// The enrolment.
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError>;

    /// The state as the last commit left it.
    async fn progress(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Progress, StoreError>;

    /// Which generations of a cohort's rows there are, read consistently.
    async fn generations(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Generations, StoreError>;

    /// Writes events, state and row, collects the news, and clears the marks that were seen, leaving reports of reading to
    /// expiry: all, or nothing and [`StoreError::Conflict`].
    async fn commit(
        &self,
        tenant: &TenantId,
        commit: &Commit<'_>,
        seen: &[Waiting],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Clears the marks that were seen of facts that changed nothing.
    async fn clear(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        seen: &[Waiting],
        now: Timestamp,
    ) -> Result<(), StoreError>;
}

/// Brings an enrolment's log up to the facts that doorbells named. Safe to run any number of times, at once, and to
/// stop anywhere.
pub async fn project(
    log: &impl ProgressLog,
    outlines: &impl Outlines,
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    sks: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    for named in sks.chunks(FACTS_MAX) {
        let mut rounds = 1..=ROUNDS_MAX;
        // A conflict means that another projector has moved the log: what it left is read again.
        while let Err(failure) = advance(log, outlines, tenant, enrolment, named, now).await {
            if failure != StoreError::Conflict || rounds.next().is_none() {
                return Err(failure);
            }
        }
    }
    Ok(())
}

async fn advance(
    log: &impl ProgressLog,
    outlines: &impl Outlines,
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    sks: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut waiting = log.waiting(tenant, enrolment, sks).await?;
    // A doorbell that is early by this clock is for nothing: the sweep rings again.
    waiting.retain(|waiting| !matches!(waiting.fact, Fact::DateCame { at } if at > now));
    if waiting.is_empty() {
        return Ok(());
    }
    let before = log.progress(tenant, enrolment).await?;
    let Some((progress, events)) = progress::sequence(&before, waiting.iter().map(|fact| &fact.fact), now) else {
        return log.clear(tenant, enrolment, &waiting, now).await;
    };
    let corrupt = |why: &str| StoreError::Corrupt { key: enrolment.to_string(), why: why.to_owned() };
    let enrolment = log.enrolment(tenant, enrolment).await?.ok_or_else(|| corrupt("it has facts and is not there"))?;
    let tree = outlines.tree(tenant, &enrolment.release).await?.ok_or_else(|| corrupt("its Release is not there"))?;
    let row = progress::row(&tree, &progress, now);
    let redrawn_at = progress::redrawn_at(&tree, &progress, now);
    let generations = log.generations(tenant, &enrolment.cohort).await?.written();
    let left = left(log, tenant, &enrolment, &events).await?;
    let news = notification::news(&events);
    let after = before.sequence;
    let commit = Commit { enrolment: &enrolment, after, events, progress, row, redrawn_at, generations, left, news };
    log.commit(tenant, &commit, &waiting, now).await?;
    waiting.iter().for_each(|fact| note(fact, now));
    Ok(())
}

/// One line for each fact, under the trace of the request that it goes back to: a batch may hold facts of several.
fn note(fact: &Waiting, now: Timestamp) {
    let lag = seconds(now.as_millisecond().saturating_sub(fact.since_ms).max(0));
    let trace = Trace::ending(&fact.mark).map(tracing::field::display);
    tracing::info!(target: METRICS, projection_lag_seconds = lag, trace.id = trace, sk = fact.sk, "a fact was projected");
}

/// Where a move takes the learner's row out. Whoever read the enrolment before the move has read the state before it too, and
/// cannot commit after this: so a row that is taken out stays out.
async fn left(
    log: &impl ProgressLog,
    tenant: &TenantId,
    enrolment: &Enrolment,
    events: &[Event],
) -> Result<Vec<(CohortId, u32)>, StoreError> {
    let mut left = Vec::new();
    if events.iter().any(|event| matches!(event.fact, Fact::EnrolmentChanged { .. })) {
        for cohort in &enrolment.left {
            let generations = log.generations(tenant, cohort).await?.written();
            left.extend(generations.into_iter().map(|generation| (cohort.clone(), generation)));
        }
    }
    Ok(left)
}
