//! Grading a closed attempt: one grade item, then the attempt's mark is cleared.

use jiff::Timestamp;
use stoa_domain::attempt::Attempt;
use stoa_domain::grading::{self, Grade};

use crate::attempts::AttemptRef;
use crate::failure::StoreError;
use crate::metrics::{METRICS, seconds};
use crate::releases::Keys;
use crate::trace;

/// A closed attempt that waits for grading.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The attempt with its answers.
    pub attempt: Attempt,
    /// Its work mark, as it was seen.
    pub mark: String,
    /// Since when it waits, in milliseconds since 1970.
    pub since_ms: i64,
}

/// What grading may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait GradeStore {
    /// A closed attempt that carries a work mark; `None` if there is none, or it is graded already.
    async fn waiting(&self, at: &AttemptRef) -> Result<Option<Waiting>, StoreError>;

    /// Writes a posted grade, marked for the projector. A grade of that revision that is there already is success: it was
    /// derived from the same answers and keys.
    async fn record(&self, at: &AttemptRef, grade: &Grade, submitted_at: i64, now: Timestamp)
    -> Result<(), StoreError>;

    /// Takes the expiry off the answers that were accepted, where they stand apart from their attempt.
    async fn keep_answers(&self, at: &AttemptRef, attempt: &Attempt) -> Result<(), StoreError>;

    /// Clears the attempt's work mark if it is still the one that was seen.
    async fn clear(&self, at: &AttemptRef, mark: &str) -> Result<(), StoreError>;
}

/// Grades one attempt. Safe to run any number of times, and to stop anywhere: the mark goes last.
pub async fn grade(
    store: &impl GradeStore,
    keys: &impl Keys,
    at: &AttemptRef,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(Waiting { attempt, mark, since_ms }) = store.waiting(at).await? else { return Ok(()) };
    let keys = keys.keys(&at.tenant, &attempt.release, &at.assessment).await?;
    let grade = grading::grade(&keys, &attempt.answers);
    let submitted_at = attempt.received_at.unwrap_or(attempt.closes_at);

    store.keep_answers(at, &attempt).await?;
    store.record(at, &grade, submitted_at, now).await?;
    store.clear(at, &mark).await?;
    let lag = seconds(now.as_millisecond().saturating_sub(since_ms).max(0));
    let trace = trace::current().map(tracing::field::display);
    tracing::info!(target: METRICS, grading_lag_seconds = lag, trace.id = trace, "an attempt was graded");
    Ok(())
}
