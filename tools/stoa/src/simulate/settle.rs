//! Waiting until nothing waits any more: no attempt is open, and no work is marked.

use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::Timestamp;
use stoa_service::sweeping::{Marked, Stretch, Work, WorkStore};
use stoa_store::dynamo::Dynamo;
use stoa_store::{Store, schema};

use super::cast::Stage;
use super::stored;
use crate::output::Output;

/// How often to look.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// A time that every mark is before, in milliseconds.
const ALL_MARKS_MS: i64 = stoa_domain::attempt::NEVER_MS;

/// Waits until the organisation has no work left and the cohort no open attempt. Says whether that came to pass within
/// `patience` after `over`, when the last attempt has ended.
pub async fn settle(
    store: &Store<Dynamo>,
    stage: &Stage,
    over: Timestamp,
    patience: Duration,
    output: &Output,
) -> Result<bool> {
    let bar = output.waiting("waiting for the end of the grace, and until all work is done");
    let left = Duration::try_from(over.duration_since(stoa_runtime::clock::now())).unwrap_or_default();
    let give_up_at = Instant::now() + left + patience;
    loop {
        let waiting = waiting(store, stage).await?;
        if waiting == 0 {
            // The index may lag behind the items, so the items have the last word.
            let hidden = indicatif::ProgressBar::hidden();
            let stored = stored::read(store, stage, &hidden).await?;
            if stored.values().all(|kept| kept.marks == 0) {
                bar.finish_and_clear();
                return Ok(true);
            }
        }
        if Instant::now() >= give_up_at {
            bar.finish_and_clear();
            output.say(format_args!("After {} s, {waiting} pieces of work still wait.", patience.as_secs()));
            return Ok(false);
        }
        bar.set_message(format!("waiting until all work is done: {waiting} left"));
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// How many work marks the organisation has, and how many of the cohort's attempts still look open.
async fn waiting(store: &Store<Dynamo>, stage: &Stage) -> Result<usize> {
    let own = format!("T#{}#", stage.tenant);
    let is_open = |mark: &&Marked| {
        let attempt = schema::parse_attempt(&mark.pk, &mark.sk);
        attempt.is_some_and(|at| at.tenant == stage.tenant && stage.enrolments.contains(&at.enrolment))
    };
    let pending = marks(store, Work::Pending).await?.iter().filter(|mark| mark.pk.starts_with(&own)).count();
    Ok(pending + marks(store, Work::Due).await?.iter().filter(is_open).count())
}

/// All marks of a kind.
async fn marks(store: &Store<Dynamo>, work: Work) -> Result<Vec<Marked>> {
    let mut marks = Vec::new();
    for lane in 0..<Store<Dynamo> as WorkStore>::LANES {
        let stretch = Stretch { lane, work, from_ms: 0, before_ms: ALL_MARKS_MS };
        let mut from = None;
        loop {
            let page = store.page(&stretch, from.as_ref()).await?;
            marks.extend(page.marks);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
    }
    Ok(marks)
}
