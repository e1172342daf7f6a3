//! The sweep of every minute: rings again for work that nobody took, and ahead for what is due soon.
//!
//! It reads the index of work marks in stretches, a page of each in turn, so that none waits for another's end. What a sweep
//! has no time for, the next one begins with.

use std::cell::RefCell;
use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use stoa_domain::due::horizon_ms;

use crate::failure::StoreError;
use crate::trace::Trace;

/// How old a mark of waiting work must be before it is rung again, in milliseconds.
pub const PENDING_AGE_MS: i64 = 60_000;
/// The most pages of the index that are worked on at once.
const PAGES_AT_ONCE: usize = 8;
/// How long a sweep goes on reading: well below the function's timeout.
pub const SWEEP_MAX: SignedDuration = SignedDuration::from_secs(20);

/// Where a work mark stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Marked {
    /// The item's partition key.
    pub pk: String,
    /// The item's sort key.
    pub sk: String,
    /// Since when its work waits, or when it is due, in milliseconds since 1970.
    pub at_ms: i64,
    /// What it goes back to.
    pub trace: Option<Trace>,
}

/// What a work mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Somebody has something to do.
    Pending,
    /// Somebody will have something to do at a time.
    Due,
}

/// A part of the index in order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Which of the store's lanes, from 0.
    pub lane: u32,
    /// Which marks.
    pub work: Work,
    /// Since when, in milliseconds since 1970.
    pub from_ms: i64,
    /// Before when, in milliseconds since 1970.
    pub before_ms: i64,
}

/// Some marks of a stretch.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<P> {
    /// The marks, in order of time.
    pub marks: Vec<Marked>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<P>,
}

/// What the sweep may read. The index may lag.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait WorkStore {
    /// A place between two marks.
    type Place: Clone;

    /// Into how many lanes the index is divided; each mark has its own for as long as it stands.
    const LANES: u32;

    /// A page of a stretch, from a place on.
    async fn page(&self, stretch: &Stretch, from: Option<&Self::Place>) -> Result<Page<Self::Place>, StoreError>;
}

/// Rings the bells of work.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Bell {
    /// Tells the consumers of these items, at once or when they are due, unless enough is waiting for them. Telling them twice
    /// does no harm. How many doorbells were sent.
    async fn ring(&self, work: Work, marks: &[Marked], now: Timestamp) -> Result<usize, StoreError>;
}

/// Where sweeps that had no time left have stopped. It decides where the next one begins and never what is left out: a
/// sweep that knows nothing of the one before begins at the beginning.
#[derive(Debug)]
pub struct Stops<P>(RefCell<BTreeMap<(u32, Work), P>>);

impl<P> Default for Stops<P> {
    fn default() -> Stops<P> {
        Stops(RefCell::default())
    }
}

/// What one sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// For how many marks of things that are due doorbells were sent.
    pub due: usize,
    /// How many marks of waiting work were rung again.
    pub rung: usize,
    /// How long the oldest of them has waited, in seconds; 0 if there is none.
    pub pending_age_seconds: i64,
    /// How long ago the oldest thing that is due has become so, in seconds; 0 if nothing is over.
    pub overdue_seconds: i64,
    /// How many stretches it had no time to read to their end.
    pub cut: usize,
}

impl Swept {
    fn count(&mut self, work: Work, rung: &Rung, now: Timestamp) {
        let (marks, oldest_seconds) = match work {
            Work::Due => (&mut self.due, &mut self.overdue_seconds),
            Work::Pending => (&mut self.rung, &mut self.pending_age_seconds),
        };
        *marks += rung.marks;
        let age_ms = rung.oldest_ms.map_or(0, |ms| now.as_millisecond() - ms);
        *oldest_seconds = (*oldest_seconds).max(age_ms / 1_000);
    }
}

/// One sweep. A missed one is caught up by the next: everything that is due or waits is still in the index.
///
/// What cannot be read or rung keeps nothing else back; the sweep fails in the end, so that somebody is told.
pub async fn sweep<S: WorkStore>(
    store: &S,
    bell: &impl Bell,
    stops: &Stops<S::Place>,
    clock: impl Fn() -> Timestamp,
) -> Result<Swept, StoreError> {
    let now = clock();
    let mut known = stops.0.take();
    let begin = |stretch: Stretch| {
        let from = if is_resumed(&stretch) { known.remove(&(stretch.lane, stretch.work)) } else { None };
        (stretch, from)
    };
    let mut open: Vec<(Stretch, Option<S::Place>)> = stretches(S::LANES, now).map(begin).collect();
    let mut swept = Swept::default();
    let mut failed = None;
    loop {
        // In turns, so that every stretch comes to its page before any comes to its next.
        let turns = open.into_iter().map(async |(stretch, from)| {
            let (next, rung) = turn(store, bell, &stretch, from, &clock).await;
            (stretch, next, rung)
        });
        let turns: Vec<_> = stream::iter(turns).buffer_unordered(PAGES_AT_ONCE).collect().await;
        open = Vec::new();
        for (stretch, next, rung) in turns {
            match rung {
                Ok(page) => swept.count(stretch.work, &page, now),
                Err(failure) => failed = failed.or(Some(failure)),
            }
            if next.is_some() {
                open.push((stretch, next));
            }
        }
        if open.is_empty() || clock() >= now + SWEEP_MAX {
            break;
        }
    }
    swept.cut = open.len();
    let stopped = open.into_iter().filter(|(stretch, _)| is_resumed(stretch));
    stops.0.replace(stopped.filter_map(|(stretch, next)| Some(((stretch.lane, stretch.work), next?))).collect());
    failed.map_or(Ok(swept), Err)
}

/// What a sweep reads. What is due soon is a stretch of its own, so that no backlog keeps it back.
fn stretches(lanes: u32, now: Timestamp) -> impl Iterator<Item = Stretch> {
    let now_ms = now.as_millisecond();
    let of_lane = move |lane| {
        let stretch = move |work, from_ms, before_ms| Stretch { lane, work, from_ms, before_ms };
        [
            stretch(Work::Due, now_ms, horizon_ms(now)),
            stretch(Work::Due, 0, now_ms),
            stretch(Work::Pending, 0, now_ms - PENDING_AGE_MS),
        ]
    };
    (0..lanes).flat_map(of_lane)
}

/// Whether the next sweep reads on where this one stops. What is due soon moves on with the time.
fn is_resumed(stretch: &Stretch) -> bool {
    stretch.from_ms == 0
}

/// What was rung of one page.
struct Rung {
    marks: usize,
    /// The time of the first mark, in milliseconds since 1970.
    oldest_ms: Option<i64>,
}

/// Rings for one page of a stretch. Where the next one begins, what was rung, and what went wrong.
async fn turn<S: WorkStore>(
    store: &S,
    bell: &impl Bell,
    stretch: &Stretch,
    from: Option<S::Place>,
    clock: &impl Fn() -> Timestamp,
) -> (Option<S::Place>, Result<Rung, StoreError>) {
    let page = match store.page(stretch, from.as_ref()).await {
        Ok(page) => page,
        // The next sweep begins this stretch at its beginning: the place itself may be what is wrong.
        Err(failure) => return (None, Err(failure)),
    };
    let oldest_ms = page.marks.first().map(|marked| marked.at_ms);
    let sent = if page.marks.is_empty() { Ok(0) } else { bell.ring(stretch.work, &page.marks, clock()).await };
    (page.next, sent.map(|marks| Rung { marks, oldest_ms }))
}

#[cfg(test)]
mod tests;
