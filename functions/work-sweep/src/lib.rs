//! The sweep of every minute: rings again for work that waits, and ahead for what is due soon.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use stoa_domain::due::delay_seconds;
use stoa_queue::{Doorbell, NotSent, Ring, Target};
use stoa_service::failure::StoreError;
use stoa_service::metrics::METRICS;
use stoa_service::sweeping::{self, Bell, Marked, Stops, Work, WorkStore};

/// What the function reads from its environment.
pub const ENV: &[&str] = &[
    "CLOSE_QUEUE_URL",
    "ERASE_QUEUE_URL",
    "EXPORT_QUEUE_URL",
    "GRADE_QUEUE_URL",
    "LEARNING_TABLE",
    "LOG_LEVEL",
    "MAIL_QUEUE_URL",
    "NOTICE_QUEUE_URL",
    "PEOPLE_QUEUE_URL",
    "PEOPLE_TABLE",
    "PROGRESS_QUEUE_URL",
];

/// What one sweep did, as the invocation answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// For how many things that are due doorbells were sent.
    pub due: usize,
    /// How many marks of waiting work were rung again.
    pub rung: usize,
    /// How long the oldest of them has waited, in seconds.
    pub pending_age_seconds: i64,
    /// How long ago the oldest thing that is due has become so, in seconds.
    pub overdue_seconds: i64,
    /// How many parts of the index the next sweep has to go on with.
    pub cut: usize,
}

/// One sweep.
pub async fn handle<S: WorkStore>(
    store: &S,
    bell: &impl Bell,
    stops: &Stops<S::Place>,
    clock: impl Fn() -> Timestamp,
) -> Result<Swept, StoreError> {
    let sweeping::Swept { due, rung, pending_age_seconds, overdue_seconds, cut } =
        sweeping::sweep(store, bell, stops, clock).await?;
    tracing::info!(due, rung, pending_age_seconds, overdue_seconds, cut, "swept");
    tracing::info!(target: METRICS, rung, pending_age_seconds, overdue_seconds);
    Ok(Swept { due, rung, pending_age_seconds, overdue_seconds, cut })
}

/// The most doorbells that may wait in a queue for the sweep to add others. While a consumer cannot do its work, each sweep
/// would add one for every mark, and who comes after would wait behind all of them.
pub const WAITING_MAX: u32 = 10_000;

/// Rings the queues' bells by the same routing as the relay.
#[derive(Debug)]
pub struct Bells<S, W> {
    /// Sends doorbells.
    pub send: S,
    /// How many doorbells wait in a queue, about; `None` if it gives no answer.
    pub waiting: W,
}

impl<S, W> Bell for Bells<S, W>
where
    S: AsyncFn(Target, Vec<Ring>) -> Result<(), NotSent>,
    W: AsyncFn(Target) -> Option<u32>,
{
    async fn ring(&self, work: Work, marks: &[Marked], now: Timestamp) -> Result<usize, StoreError> {
        // What is due soon has no doorbell yet; everything else had one, at its time or from the last sweep.
        let is_again = |marked: &Marked| work == Work::Pending || marked.at_ms < now.as_millisecond();
        let mut rings: BTreeMap<(Target, bool), Vec<Ring>> = BTreeMap::new();
        for marked in marks {
            // A mark without a consumer is a defect of ours; the others are rung all the same.
            match route(work, marked, now) {
                Some((target, ring)) => rings.entry((target, is_again(marked))).or_default().push(ring),
                None => tracing::error!(work.sk = marked.sk, "a work mark has no consumer"),
            }
        }
        let (mut sent, mut failed) = (0, None);
        for ((target, is_again), rings) in rings {
            if is_again && let Some(waiting @ WAITING_MAX..) = (self.waiting)(target).await {
                tracing::warn!(queue = ?target, waiting, "enough doorbells wait; the sweep adds none");
                continue;
            }
            let count = rings.len();
            match (self.send)(target, rings).await {
                Ok(()) => sent += count,
                Err(not_sent) => failed = failed.or(Some(StoreError::Unavailable(not_sent.to_string()))),
            }
        }
        failed.map_or(Ok(sent), Err)
    }
}

/// Who a mark's doorbell is for, and when it rings.
fn route(work: Work, marked: &Marked, now: Timestamp) -> Option<(Target, Ring)> {
    let bell = Doorbell::new(&marked.pk, &marked.sk).of(marked.trace);
    match work {
        Work::Pending => Some((stoa_queue::target(&marked.sk)?, bell.into())),
        Work::Due => {
            let (target, margin_ms) = stoa_queue::due_target(&marked.sk)?;
            Some((target, Ring { bell, delay_seconds: delay_seconds(marked.at_ms, margin_ms, now) }))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn marked(sk: &str, at_ms: i64) -> Marked {
        Marked { pk: "pk".to_owned(), sk: sk.to_owned(), at_ms, trace: None }
    }

    /// Rings while sending to `broken` fails; says what rang, and whether somebody is told.
    async fn ring(work: Work, marks: &[Marked], broken: Option<Target>) -> (Vec<String>, bool) {
        ring_into(work, marks, broken, None).await
    }

    /// As [`ring`], into queues in which so many doorbells wait.
    async fn ring_into(
        work: Work,
        marks: &[Marked],
        broken: Option<Target>,
        waiting: Option<u32>,
    ) -> (Vec<String>, bool) {
        let rang = RefCell::new(Vec::new());
        let send = async |target, rings: Vec<Ring>| {
            if broken == Some(target) {
                return Err(NotSent { indexes: vec![0], cause: "throttled".to_owned() });
            }
            let rings = rings.iter().map(|ring| format!("{target:?} {} in {} s", ring.bell.sk, ring.delay_seconds));
            rang.borrow_mut().extend(rings);
            Ok(())
        };
        let bells = Bells { send, waiting: async |_| waiting };
        let is_told = bells.ring(work, marks, Timestamp::UNIX_EPOCH).await.is_err();
        (rang.into_inner(), is_told)
    }

    #[tokio::test]
    async fn waiting_work_is_rung_at_once_and_what_is_due_at_its_time() {
        let marks = [marked("ATTEMPT#quiz#0001", 60_000), marked("ATTEMPT#quiz#0002", -60_000)];
        let waiting = ring(Work::Pending, &marks, None).await;
        assert_eq!(waiting.0, ["Grade ATTEMPT#quiz#0001 in 0 s", "Grade ATTEMPT#quiz#0002 in 0 s"]);
        let due = ring(Work::Due, &marks, None).await;
        assert_eq!(due.0, ["Close ATTEMPT#quiz#0001 in 71 s", "Close ATTEMPT#quiz#0002 in 0 s"]);
    }

    #[tokio::test]
    async fn a_full_queue_gets_no_doorbell_again_and_always_those_of_what_is_due_soon() {
        let (over, soon) = ([marked("ATTEMPT#quiz#0001", -1)], [marked("ATTEMPT#quiz#0001", 0)]);
        let rings = async |work, marks: &[Marked], waiting| ring_into(work, marks, None, waiting).await.0.len();
        for waiting in [None, Some(0), Some(WAITING_MAX - 1)] {
            assert_eq!(rings(Work::Pending, &soon, waiting).await, 1);
            assert_eq!(rings(Work::Due, &over, waiting).await, 1);
        }
        for waiting in [WAITING_MAX, u32::MAX] {
            assert_eq!(rings(Work::Pending, &soon, Some(waiting)).await, 0);
            assert_eq!(rings(Work::Due, &over, Some(waiting)).await, 0);
            assert_eq!(rings(Work::Due, &soon, Some(waiting)).await, 1);
            let both = [marked("ATTEMPT#quiz#0001", -1), marked("ATTEMPT#quiz#0002", 0)];
            assert_eq!(rings(Work::Due, &both, Some(waiting)).await, 1, "one that has come keeps none back");
        }
    }

    #[tokio::test]
    async fn a_mark_that_nobody_consumes_and_a_queue_that_is_broken_silence_no_other() {
        let marks = ["PROGRESS", "FACT#viewed#read", "PERSON#ada", "ATTEMPT#quiz#0001"].map(|sk| marked(sk, 0));
        let (rang, is_told) = ring(Work::Pending, &marks, Some(Target::Grade)).await;
        assert_eq!(rang, ["Progress FACT#viewed#read in 0 s", "People PERSON#ada in 0 s"]);
        assert!(is_told);
    }
}
