//! Works through a batch: each message on its own, a few at a time, and in time.

use std::any::Any;
use std::collections::BTreeSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;

use futures::future::{Either, select};
use futures::{FutureExt, StreamExt, stream};
use stoa_service::trace::{self, Trace};
use tracing::Instrument;

use crate::batch::{Batch, BatchResponse, Message, MessageId};
use crate::doorbell::Doorbell;

/// The most messages or groups of a batch that are worked on at once.
pub const CONCURRENT_MAX: usize = 8;

/// What becomes of a message that was not handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It comes again, and after the queue's last try it ends in the dead-letter queue. The cause is logged.
    Retry(String),
    /// It is dropped on purpose, for this reason: there is nothing left to do, and repeating it would not change that.
    Discard(&'static str),
}

impl Failure {
    /// A failure that may pass.
    pub fn retry(cause: impl ToString) -> Failure {
        Failure::Retry(cause.to_string())
    }
}

/// Hands each doorbell to `handle`, and reports every message that must come again.
///
/// When `stop` resolves, whatever is not finished is reported as failed: better redelivered than half the batch lost with
/// the invocation. The runtime's `Invocation::stop` resolves shortly before the deadline.
pub async fn run_batch(
    batch: Batch,
    stop: impl Future<Output = ()>,
    handle: impl AsyncFn(Doorbell) -> Result<(), Failure>,
) -> BatchResponse {
    let handle = async |_pk: String, mut bells: Vec<Doorbell>| match bells.pop() {
        Some(bell) => handle(bell).await,
        None => Ok(()),
    };
    run(batch, stop, false, handle).await
}

/// Like [`run_batch`], with all doorbells of one partition handed to `handle` at once, each key only once.
///
/// Whatever a partition's doorbells ask for is then done once per batch.
pub async fn run_grouped(
    batch: Batch,
    stop: impl Future<Output = ()>,
    handle: impl AsyncFn(String, Vec<Doorbell>) -> Result<(), Failure>,
) -> BatchResponse {
    run(batch, stop, true, handle).await
}

/// Messages that stand or fall together.
struct Group {
    ids: Vec<MessageId>,
    pk: String,
    bells: Vec<Doorbell>,
}

#[derive(Default)]
struct Counts {
    done: usize,
    discarded: usize,
    retried: usize,
}

async fn run(
    batch: Batch,
    stop: impl Future<Output = ()>,
    grouped: bool,
    handle: impl AsyncFn(String, Vec<Doorbell>) -> Result<(), Failure>,
) -> BatchResponse {
    let all: Vec<MessageId> = batch.messages.iter().map(|message| message.message_id.clone()).collect();
    let mut counts = Counts::default();
    let mut finished = BTreeSet::new();
    let groups = groups(batch.messages, grouped, &mut counts);

    let handle = &handle;
    let mut work = pin!(stream::iter(groups).map(|group| run_one(group, handle)).buffer_unordered(CONCURRENT_MAX));
    let mut stop = pin!(stop);
    loop {
        match select(&mut stop, work.next()).await {
            Either::Right((Some((ids, result)), _)) => {
                if settle(&ids, result, &mut counts) {
                    finished.extend(ids);
                }
            }
            Either::Right((None, _)) => break,
            Either::Left(((), _)) => {
                tracing::warn!("the batch was stopped before the deadline; the rest comes again");
                break;
            }
        }
    }

    let failed: Vec<&MessageId> = all.iter().filter(|id| !finished.contains(*id)).collect();
    let Counts { done, discarded, retried } = counts;
    tracing::info!(
        batch.count = all.len(),
        done,
        discarded,
        retried,
        failed = failed.len(),
        "a batch was worked through"
    );
    BatchResponse::of_messages(failed)
}

/// Decodes each body on its own, so that one bad body fails nobody else.
fn groups(messages: Vec<Message>, grouped: bool, counts: &mut Counts) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for message in messages {
        let bell = match Doorbell::decode(&message.body) {
            Ok(bell) => bell,
            Err(undecodable) => {
                // It comes again until the queue gives up and keeps it in the dead-letter queue, where a person can look.
                counts.retried += 1;
                tracing::error!(message.id = message.message_id.as_str(), cause = %undecodable, "a message cannot be read");
                continue;
            }
        };
        match groups.iter_mut().find(|group| grouped && group.pk == bell.pk) {
            Some(group) => {
                group.ids.push(message.message_id);
                if !group.bells.iter().any(|other| other.sk == bell.sk) {
                    group.bells.push(bell);
                }
            }
            None => groups.push(Group { ids: vec![message.message_id], pk: bell.pk.clone(), bells: vec![bell] }),
        }
    }
    groups
}

async fn run_one(
    group: Group,
    handle: &impl AsyncFn(String, Vec<Doorbell>) -> Result<(), Failure>,
) -> (Vec<MessageId>, Result<(), Failure>) {
    let Group { ids, pk, bells } = group;
    let begun = || Trace::derived(&[ids.first().map_or("", MessageId::as_str)]);
    let trace = bells.iter().find_map(|bell| bell.trace).unwrap_or_else(begun);
    let span = tracing::info_span!(
        "message",
        message.id = ids.first().map(MessageId::as_str),
        message.count = ids.len(),
        pk,
        sk = bells.first().map(|bell| bell.sk.as_str()),
        trace.id = %trace,
    );
    // Boxed, since the futures of the SDK are nested so deeply that the compiler gives up on more.
    let work = AssertUnwindSafe(async { handle(pk, bells).await }.boxed_local()).catch_unwind();
    let result = async {
        let result = trace::within(trace, work)
            .await
            .unwrap_or_else(|panic| Err(Failure::Retry(format!("panicked: {}", message(&*panic)))));
        // Logged inside the span, so that the line names the message.
        match &result {
            Ok(()) => {}
            Err(Failure::Retry(cause)) => tracing::error!(cause, "a message failed and comes again"),
            Err(Failure::Discard(reason)) => tracing::warn!(reason, "a message was discarded"),
        }
        result
    };
    let result = result.instrument(span).await;
    (ids, result)
}

/// Counts the outcome, and says whether the messages are done with.
fn settle(ids: &[MessageId], result: Result<(), Failure>, counts: &mut Counts) -> bool {
    let (count, finished) = match result {
        Ok(()) => (&mut counts.done, true),
        Err(Failure::Discard(_)) => (&mut counts.discarded, true),
        Err(Failure::Retry(_)) => (&mut counts.retried, false),
    };
    *count += ids.len();
    finished
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

#[cfg(test)]
mod tests;
