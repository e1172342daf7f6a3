//! Rings doorbells through SQS, and looks at what became of every single one.

use std::ops::Range;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{
    BatchResultErrorEntry, QueueAttributeName, SendMessageBatchRequestEntry, SendMessageBatchResultEntry,
};
use futures::{FutureExt, StreamExt, stream};

use crate::doorbell::{NotSent, Ring};

/// The most messages SQS takes at once.
const BATCH_COUNT_MAX: usize = 10;
/// The most bytes SQS takes at once, all bodies together.
const BATCH_BYTES_MAX: usize = 256 * 1024;
/// The most batches that are on their way at once.
const BATCHES_AT_ONCE: usize = 4;

/// Sends doorbells. Build one in `main`: it holds connections.
#[derive(Debug, Clone)]
pub struct Sender {
    client: Client,
}

impl Sender {
    /// A sender with the settings all clients share.
    pub fn new(config: &SdkConfig) -> Sender {
        Sender { client: Client::new(config) }
    }

    /// Sends all doorbells to one queue, in no particular order.
    ///
    /// An unclear outcome counts as not sent: a doorbell may ring twice.
    pub async fn send(&self, queue_url: &str, rings: Vec<impl Into<Ring>>) -> Result<(), NotSent> {
        let rings: Vec<Ring> = rings.into_iter().map(Into::into).collect();
        let bodies: Vec<String> = rings.iter().map(|ring| ring.bell.encode()).collect();
        let mut sent = stream::iter(batches(&bodies).into_iter().map(async |batch: Range<usize>| {
            // Boxed, since the futures of the SDK are nested so deeply that the compiler gives up on more.
            let unsent = self.send_batch(queue_url, &rings[batch.clone()], &bodies[batch.clone()]).boxed_local().await;
            unsent.into_iter().map(move |(index, cause)| (batch.start + index, cause))
        }))
        .buffered(BATCHES_AT_ONCE);
        let mut unsent: Vec<(usize, String)> = Vec::new();
        while let Some(of_batch) = sent.next().await {
            unsent.extend(of_batch);
        }
        match unsent.first() {
            None => Ok(()),
            Some((_, cause)) => {
                Err(NotSent { cause: cause.clone(), indexes: unsent.iter().map(|(index, _)| *index).collect() })
            }
        }
    }

    /// About how many messages are in a queue: those that wait, are kept back, or are being worked on. `None` if it gives no
    /// answer.
    pub async fn waiting(&self, queue_url: &str) -> Option<u32> {
        let counted = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        let request = self.client.get_queue_attributes().queue_url(queue_url);
        match request.set_attribute_names(Some(counted.to_vec())).send().boxed_local().await {
            Ok(answer) => {
                let counts = answer.attributes?;
                Some(counts.values().filter_map(|count| count.parse::<u32>().ok()).sum())
            }
            Err(error) => {
                tracing::warn!(cause = %DisplayErrorContext(error), "a queue does not say how full it is");
                None
            }
        }
    }

    async fn send_batch(&self, queue_url: &str, rings: &[Ring], bodies: &[String]) -> Vec<(usize, String)> {
        let entries = bodies.iter().zip(rings).enumerate().map(|(index, (body, ring))| {
            let entry = SendMessageBatchRequestEntry::builder().id(index.to_string()).message_body(body);
            entry.delay_seconds(ring.delay_seconds.cast_signed()).build()
        });
        let all = |cause: String| (0..bodies.len()).map(|index| (index, cause.clone())).collect();
        let entries = match entries.collect::<Result<Vec<_>, _>>() {
            Ok(entries) => entries,
            Err(error) => return all(error.to_string()),
        };
        match self.client.send_message_batch().queue_url(queue_url).set_entries(Some(entries)).send().await {
            Ok(output) => unsent(bodies.len(), output.successful(), output.failed()),
            Err(error) => all(DisplayErrorContext(error).to_string()),
        }
    }
}

/// Cuts bodies into batches that SQS takes.
fn batches(bodies: &[String]) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> = Vec::new();
    let mut bytes = 0;
    for (index, body) in bodies.iter().enumerate() {
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH_COUNT_MAX && bytes + body.len() <= BATCH_BYTES_MAX => {
                batch.end = index + 1;
                bytes += body.len();
            }
            _ => {
                batches.push(index..index + 1);
                bytes = body.len();
            }
        }
    }
    batches
}

/// Every entry that the queue did not confirm, in order. An entry that is not mentioned at all was not confirmed.
fn unsent(
    count: usize,
    successful: &[SendMessageBatchResultEntry],
    failed: &[BatchResultErrorEntry],
) -> Vec<(usize, String)> {
    let name = |index: usize| index.to_string();
    (0..count)
        .filter(|index| !successful.iter().any(|entry| entry.id() == name(*index)))
        .map(|index| {
            let entry = failed.iter().find(|entry| entry.id() == name(index));
            (index, entry.map_or("the queue does not mention it", BatchResultErrorEntry::code).to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(bytes: usize) -> String {
        "x".repeat(bytes)
    }

    #[test]
    fn a_batch_has_ten_messages_and_256_kilobytes_at_most() {
        assert_eq!(batches(&[]), Vec::<Range<usize>>::new());
        assert_eq!(batches(&vec![body(1); 23]), [0..10, 10..20, 20..23]);
        assert_eq!(batches(&[body(BATCH_BYTES_MAX - 1), body(1), body(1)]), [0..2, 2..3]);
        assert_eq!(batches(&[body(1), body(BATCH_BYTES_MAX + 1), body(1)]), [0..1, 1..2, 2..3]);
    }

    #[test]
    fn an_entry_that_failed_or_is_not_mentioned_was_not_sent() {
        let sent = |id: &str| {
            let entry = SendMessageBatchResultEntry::builder().id(id).message_id("m").md5_of_message_body("d");
            entry.build().expect("an entry")
        };
        let refused = |id: &str| {
            let entry = BatchResultErrorEntry::builder().id(id).code("ServiceUnavailable").sender_fault(false);
            entry.build().expect("an entry")
        };
        let unsent = unsent(4, &[sent("2"), sent("0")], &[refused("1")]);
        let expected = [(1, "ServiceUnavailable".to_owned()), (3, "the queue does not mention it".to_owned())];
        assert_eq!(unsent, expected);
    }
}
