//! The sweeper: rings again for work that nobody took, and closes attempts whose time is up.

use jiff::Timestamp;

use crate::attempts::AttemptRef;
use crate::failure::StoreError;

/// How old a work mark must be before it is rung again, in milliseconds.
pub const PENDING_AGE_MS: i64 = 60_000;
/// How long after its end an attempt is closed by time, in milliseconds: as long as a hand-in that arrived in time may
/// still be running. It is the timeout of the function that takes hand-ins.
pub const SWEEP_MARGIN_MS: i64 = 10_000;

/// Where a work mark stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Marked {
    /// The item's partition key.
    pub pk: String,
    /// The item's sort key.
    pub sk: String,
}

/// What the sweeper may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait WorkStore {
    /// Items whose work has waited since before `before_ms`. The index may lag.
    async fn pending(&self, before_ms: i64) -> Result<Vec<Marked>, StoreError>;

    /// Attempts that took answers until before `before_ms`, and look open. The index may lag.
    async fn due(&self, before_ms: i64) -> Result<Vec<AttemptRef>, StoreError>;

    /// Closes an attempt whose time is up with its last draft; `false` if it is not open, or not over.
    async fn close_expired(&self, at: &AttemptRef, now: Timestamp) -> Result<bool, StoreError>;
}

/// Rings the bells of work.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Bell {
    /// Tells the consumers of these items that there is work. Telling them twice does no harm.
    async fn ring(&self, work: &[Marked]) -> Result<(), StoreError>;
}

/// What one sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many attempts were closed by time.
    pub closed: usize,
    /// How many marks were rung again.
    pub rung: usize,
}

/// One sweep. A missed one is caught up by the next: everything that is over is still in the index.
pub async fn sweep(store: &impl WorkStore, bell: &impl Bell, now: Timestamp) -> Result<Swept, StoreError> {
    let now_ms = now.as_millisecond();
    let mut swept = Swept::default();
    for at in store.due(now_ms - SWEEP_MARGIN_MS).await? {
        swept.closed += usize::from(store.close_expired(&at, now).await?);
    }
    let pending = store.pending(now_ms - PENDING_AGE_MS).await?;
    if !pending.is_empty() {
        bell.ring(&pending).await?;
    }
    swept.rung = pending.len();
    Ok(swept)
}
