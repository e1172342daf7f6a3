//! Saving drafts and handing in: one conditional write each, and what its refusal means.

use stoa_domain::attempt::{self, Attempt, Met, Receipt, Submission};
use stoa_domain::id::PersonKey;

use super::{AttemptError, AttemptRef, AttemptStore, DraftSave, Written};
use crate::failure::StoreError;

/// A hand-in that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The proof.
    pub receipt: Receipt,
    /// Whether it was taken now, or had been taken before.
    pub is_first: bool,
}

/// Hands in. The decision is the condition of one write; nothing is read before it.
pub async fn submit(
    store: &impl AttemptStore,
    at: &AttemptRef,
    person: &PersonKey,
    submission: &Submission,
) -> Result<Accepted, AttemptError> {
    let met = match store.submit(at, person, submission).await? {
        Written::Stands(attempt) => {
            let receipt = attempt.receipt().ok_or_else(still_open)?;
            return Ok(Accepted { receipt, is_first: true });
        }
        Written::Refused(stored) => attempt::meet(stored.as_deref(), person, submission),
    };
    match met {
        Met::Itself(receipt) => Ok(Accepted { receipt, is_first: false }),
        Met::Nothing => Err(AttemptError::NotFound),
        Met::Namesake(receipt) => Err(AttemptError::Differs(Box::new(receipt))),
        Met::Closed(receipt) => Err(AttemptError::Closed(Box::new(receipt))),
        Met::TimeUp(overdue) => Err(AttemptError::TimeUp(overdue)),
        Met::Open => Err(AttemptError::Store(StoreError::Conflict)),
    }
}

/// Saves a draft. The same draft again is success: its answer may have been lost.
pub async fn save_draft(
    store: &impl AttemptStore,
    at: &AttemptRef,
    person: &PersonKey,
    draft: &DraftSave,
) -> Result<(), AttemptError> {
    let stored = match store.save_draft(at, person, draft).await? {
        Written::Stands(_) => return Ok(()),
        Written::Refused(stored) => stored.filter(|attempt| attempt.person == *person),
    };
    let attempt: &Attempt = stored.as_deref().ok_or(AttemptError::NotFound)?;
    if let Some(receipt) = attempt.receipt() {
        Err(AttemptError::Closed(Box::new(receipt)))
    } else if let Some(overdue) = attempt.overdue(draft.received_at) {
        Err(AttemptError::TimeUp(overdue))
    } else if attempt.rev == draft.rev && attempt.digest.as_deref() == Some(&draft.digest) {
        Ok(())
    } else {
        Err(AttemptError::DraftStale { rev: attempt.rev })
    }
}

fn still_open() -> StoreError {
    StoreError::Unavailable("the write that closes an attempt left it open".to_owned())
}
