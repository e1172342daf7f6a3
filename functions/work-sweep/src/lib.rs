//! The sweep of every minute: rings again for work that waits, and closes attempts whose time is up.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use stoa_queue::{Doorbell, NotSent, Target};
use stoa_service::failure::StoreError;
use stoa_service::metrics::{METRICS, seconds};
use stoa_service::sweeping::{self, Bell, Marked, WorkStore};

/// What the function reads from its environment.
pub const ENV: &[&str] =
    &["GRADE_QUEUE_URL", "LEARNING_TABLE", "LOG_LEVEL", "PEOPLE_QUEUE_URL", "PEOPLE_TABLE", "PROGRESS_QUEUE_URL"];

/// What one sweep did, as the invocation answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// How many attempts were closed by time.
    pub closed: usize,
    /// How many marks were rung again.
    pub rung: usize,
}

/// One sweep.
pub async fn handle(store: &impl WorkStore, bell: &impl Bell, now: Timestamp) -> Result<Swept, StoreError> {
    let swept = sweeping::sweep(store, bell, now).await?;
    let pending_age_seconds = seconds(swept.pending_age_ms);
    tracing::info!(target: METRICS, closed_by_time = swept.closed, rung = swept.rung, pending_age_seconds, "swept");
    Ok(Swept { closed: swept.closed, rung: swept.rung })
}

/// Rings the queues' bells by the same routing as the relay.
#[derive(Debug)]
pub struct Bells<F>(pub F);

impl<F: AsyncFn(Target, Vec<Doorbell>) -> Result<(), NotSent>> Bell for Bells<F> {
    async fn ring(&self, work: &[Marked]) -> Result<(), StoreError> {
        let mut rings: BTreeMap<Target, Vec<Doorbell>> = BTreeMap::new();
        for marked in work {
            // A mark without a consumer is a defect of ours; the others are rung all the same.
            match stoa_queue::target(&marked.sk) {
                Some(target) => {
                    rings.entry(target).or_default().push(Doorbell::new(&marked.pk, &marked.sk).of(marked.trace))
                }
                None => tracing::error!(work.sk = marked.sk, "a work mark has no consumer"),
            }
        }
        for (target, bells) in rings {
            (self.0)(target, bells).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        }
        Ok(())
    }
}
