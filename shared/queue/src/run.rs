//! Works through a batch: each message on its own, a few at a time, and in time.

use std::any::Any;
use std::collections::BTreeSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;

use futures::future::{Either, select};
use futures::{FutureExt, StreamExt, stream};
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
    let span = tracing::info_span!(
        "message",
        message.id = ids.first().map(MessageId::as_str),
        message.count = ids.len(),
        pk,
        sk = bells.first().map(|bell| bell.sk.as_str()),
        traceparent = bells.iter().find_map(|bell| bell.traceparent.as_deref()),
    );
    // Boxed, since the futures of the SDK are nested so deeply that the compiler gives up on more.
    let work = AssertUnwindSafe(async { handle(pk, bells).await }.boxed_local()).catch_unwind();
    let result = async {
        let result = work.await.unwrap_or_else(|panic| Err(Failure::Retry(format!("panicked: {}", message(&*panic)))));
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
mod tests {
    use std::cell::{Cell, RefCell};
    use std::future::{pending, ready};

    use super::*;

    fn batch(bodies: &[(&str, &str)]) -> Batch {
        let messages = bodies.iter().map(|(id, body)| Message {
            message_id: MessageId::try_from((*id).to_owned()).expect("a name"),
            body: (*body).to_owned(),
        });
        Batch { messages: messages.collect() }
    }

    fn bells(keys: &[(&str, &str, &str)]) -> Batch {
        let bodies: Vec<(&str, String)> =
            keys.iter().map(|(id, pk, sk)| (*id, Doorbell::new(*pk, *sk).encode())).collect();
        batch(&bodies.iter().map(|(id, body)| (*id, body.as_str())).collect::<Vec<_>>())
    }

    fn failed(response: &BatchResponse) -> Vec<&str> {
        response.failed().collect()
    }

    #[tokio::test]
    async fn each_message_succeeds_fails_or_panics_for_itself_alone() {
        let batch = bells(&[
            ("m1", "a", "ok"),
            ("m2", "a", "busy"),
            ("m3", "a", "panic"),
            ("m4", "a", "gone"),
            ("m5", "b", "ok"),
        ]);
        let response = run_batch(batch, pending(), async |bell| match bell.sk.as_str() {
            "busy" => Err(Failure::retry("throttled")),
            "gone" => Err(Failure::Discard("the item is gone")),
            "panic" => panic!("a defect"),
            _ => Ok(()),
        })
        .await;
        assert_eq!(failed(&response), ["m2", "m3"]);
    }

    #[tokio::test]
    async fn a_body_that_cannot_be_read_comes_again_until_the_dead_letter_queue_has_it() {
        let good = Doorbell::new("a", "s").encode();
        let batch = batch(&[("m1", "not json"), ("m2", &good), ("m3", r#"{"v":9,"pk":"a","sk":"s"}"#), ("m4", "")]);
        let handled = Cell::new(0);
        let response = run_batch(batch, pending(), async |_| {
            handled.set(handled.get() + 1);
            Ok(())
        })
        .await;
        assert_eq!((failed(&response), handled.get()), (vec!["m1", "m3", "m4"], 1));
    }

    #[tokio::test]
    async fn a_partition_is_handled_once_with_each_key_once_and_in_order() {
        let batch = bells(&[("m1", "a", "1"), ("m2", "b", "1"), ("m3", "a", "2"), ("m4", "a", "1")]);
        let calls = RefCell::new(Vec::new());
        let response = run_grouped(batch, pending(), async |pk, bells| {
            let keys: Vec<String> = bells.into_iter().map(|bell| bell.sk).collect();
            calls.borrow_mut().push(format!("{pk}: {}", keys.join(" ")));
            Ok(())
        })
        .await;
        assert_eq!(*calls.borrow(), ["a: 1 2", "b: 1"]);
        assert!(failed(&response).is_empty());
    }

    #[tokio::test]
    async fn the_messages_of_a_partition_stand_or_fall_together() {
        let batch = bells(&[("m1", "a", "1"), ("m2", "b", "1"), ("m3", "a", "2")]);
        let fail_a = async |pk: String, _| if pk == "a" { Err(Failure::retry("conflict")) } else { Ok(()) };
        assert_eq!(failed(&run_grouped(batch, pending(), fail_a).await), ["m1", "m3"]);
    }

    #[tokio::test]
    async fn what_is_not_finished_when_time_runs_out_comes_again() {
        let batch = bells(&[("m1", "a", "quick"), ("m2", "a", "slow"), ("m3", "a", "quick")]);
        let (stop, stopped) = futures::channel::oneshot::channel::<()>();
        let (stop, quick) = (RefCell::new(Some(stop)), Cell::new(0));
        let response = run_batch(batch, stopped.map(|_| ()), async |bell| {
            if bell.sk == "slow" {
                return pending().await;
            }
            quick.set(quick.get() + 1);
            if quick.get() == 2 {
                stop.borrow_mut().take();
            }
            Ok(())
        })
        .await;
        assert_eq!(failed(&response).first(), Some(&"m2"));
        assert!(!failed(&response).contains(&"m1"));
    }

    #[tokio::test]
    async fn a_batch_that_arrives_without_any_time_left_is_not_begun() {
        let response = run_batch(bells(&[("m1", "a", "s"), ("m2", "b", "s")]), ready(()), async |_| Ok(())).await;
        assert_eq!(failed(&response), ["m1", "m2"]);
    }

    #[tokio::test]
    async fn only_a_few_messages_are_worked_on_at_once() {
        let keys: Vec<(String, String)> = (0..50).map(|n| (format!("m{n}"), format!("p{n}"))).collect();
        let batch = bells(&keys.iter().map(|(id, pk)| (id.as_str(), pk.as_str(), "s")).collect::<Vec<_>>());
        let (now, most) = (Cell::new(0), Cell::new(0));
        let response = run_batch(batch, pending(), async |_| {
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            tokio::task::yield_now().await;
            now.set(now.get() - 1);
            Ok(())
        })
        .await;
        assert_eq!((failed(&response).len(), most.get()), (0, CONCURRENT_MAX));
    }
}
