//! The sweeper: rings again for work that nobody took, and closes attempts whose time is up.

use jiff::Timestamp;

use crate::attempts::AttemptRef;
use crate::failure::StoreError;
use crate::trace::Trace;

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
    /// Since when it waits, in milliseconds since 1970.
    pub since_ms: i64,
    /// What it goes back to.
    pub trace: Option<Trace>,
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
    /// How long the oldest of them has waited, in milliseconds; 0 if there is none.
    pub pending_age_ms: i64,
}

/// One sweep. A missed one is caught up by the next: everything that is over is still in the index.
///
/// An attempt that cannot be closed keeps no other open, and no bell silent; the sweep fails in the end, so that somebody
/// is told.
pub async fn sweep(store: &impl WorkStore, bell: &impl Bell, now: Timestamp) -> Result<Swept, StoreError> {
    let now_ms = now.as_millisecond();
    let mut swept = Swept::default();
    let mut failed = None;
    for at in store.due(now_ms - SWEEP_MARGIN_MS).await? {
        match store.close_expired(&at, now).await {
            Ok(is_closed) => swept.closed += usize::from(is_closed),
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    let pending = store.pending(now_ms - PENDING_AGE_MS).await?;
    if !pending.is_empty() {
        bell.ring(&pending).await?;
    }
    swept.rung = pending.len();
    swept.pending_age_ms = pending.iter().map(|marked| now_ms - marked.since_ms).max().unwrap_or_default();
    failed.map_or(Ok(swept), Err)
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use futures::FutureExt;
    use stoa_domain::id::{EnrolmentId, NodeId, TenantId};

    use super::*;

    /// Three attempts that are over, the first of which cannot be closed, and one mark.
    #[derive(Default)]
    struct Work {
        closed: RefCell<Vec<u32>>,
        rung: RefCell<usize>,
        is_fine: Cell<bool>,
    }

    fn poisoned() -> StoreError {
        StoreError::Corrupt { key: "ATTEMPT#quiz#0001".to_owned(), why: "no person".to_owned() }
    }

    impl WorkStore for Work {
        async fn pending(&self, _: i64) -> Result<Vec<Marked>, StoreError> {
            Ok(vec![Marked { pk: "pk".to_owned(), sk: "sk".to_owned(), since_ms: -7_000, trace: None }])
        }

        async fn due(&self, _: i64) -> Result<Vec<AttemptRef>, StoreError> {
            let at = |number| AttemptRef {
                tenant: TenantId::parse("demo").expect("an id"),
                enrolment: EnrolmentId::parse("e1").expect("an id"),
                assessment: NodeId::parse("quiz").expect("an id"),
                number,
            };
            Ok((1..=3).map(at).collect())
        }

        async fn close_expired(&self, at: &AttemptRef, _: Timestamp) -> Result<bool, StoreError> {
            if at.number == 1 && !self.is_fine.get() {
                return Err(poisoned());
            }
            self.closed.borrow_mut().push(at.number);
            Ok(true)
        }
    }

    impl Bell for Work {
        async fn ring(&self, work: &[Marked]) -> Result<(), StoreError> {
            *self.rung.borrow_mut() += work.len();
            Ok(())
        }
    }

    #[test]
    fn an_attempt_that_cannot_be_closed_keeps_no_other_open_and_no_bell_silent() {
        let work = Work::default();
        let swept = sweep(&work, &work, Timestamp::UNIX_EPOCH).now_or_never().expect("nothing waits");
        assert_eq!(swept, Err(poisoned()), "somebody must be told");
        assert_eq!((work.closed.into_inner(), work.rung.into_inner()), (vec![2, 3], 1));
    }

    #[test]
    fn a_sweep_says_how_long_the_oldest_work_has_waited() {
        let (store, bell) = (Work::default(), Work::default());
        store.is_fine.set(true);
        let now = Timestamp::from_millisecond(60_000).expect("a time");
        let swept = sweep(&store, &bell, now).now_or_never().expect("nothing waits");
        assert_eq!(swept, Ok(Swept { closed: 3, rung: 1, pending_age_ms: 67_000 }));
    }
}
