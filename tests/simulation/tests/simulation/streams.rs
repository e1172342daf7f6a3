//! The tables' stream on its way to the relay: in shards, again after a failure, and lost in an outage.

use std::collections::VecDeque;
use std::ops::Range;

use jiff::{SignedDuration, Timestamp};
use stoa_queue::{BatchResponse, StreamBatch};
use stoa_store::engine::Key;
use stoa_testkit::events::{sequence_number, stream_batch};
use stoa_testkit::{ModelStore, Rng, StreamRecord};

use crate::stored;

/// How many shards the stream has.
const SHARDS: usize = 2;
/// The most records of one batch.
const BATCH_MAX: usize = 20;
/// How often a batch is tried again before the stream gives it up to its failure destination, as the template says.
const RETRIES_MAX: u32 = 8;
/// How long the event source waits before it tries again.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(1);

/// The stream.
#[derive(Debug)]
pub struct Streams {
    shards: Vec<Shard>,
    outage: Range<Timestamp>,
    rng: Rng,
    sequence: u64,
    /// What time has closed, whether anybody heard of it or not.
    pub closings: Vec<Closing>,
    /// How many records were lost in the outage, or given up.
    pub lost: u64,
}

/// An attempt that time has closed.
#[derive(Debug, Clone)]
pub struct Closing {
    /// Its key.
    pub key: Key,
    /// When it ended, in milliseconds since 1970.
    pub accept_until: i64,
    /// When it was closed, in milliseconds since 1970.
    pub closed_at: i64,
}

#[derive(Debug, Default)]
struct Shard {
    records: VecDeque<StreamRecord>,
    in_flight: Option<usize>,
    retries: u32,
    ready_at: Timestamp,
}

impl Streams {
    /// A stream that loses what happens in `outage`.
    pub fn new(outage: Range<Timestamp>, rng: Rng) -> Streams {
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        Streams { shards, outage, rng, sequence: 0, closings: Vec::new(), lost: 0 }
    }

    /// Takes what the tables have let through. The order of a partition is mostly kept: nobody may rely on it.
    pub fn take(&mut self, store: &ModelStore, now: Timestamp) {
        for mut record in store.take_stream() {
            self.closings.extend(stored::closing(&record));
            if self.outage.contains(&now) {
                self.lost += 1;
                continue;
            }
            self.sequence += 1;
            // In the stream the records of one transaction have numbers of their own.
            record.sequence = self.sequence;
            let shard = &mut self.shards[record.key.pk.bytes().map(usize::from).sum::<usize>() % SHARDS];
            let waiting = shard.in_flight.unwrap_or(0);
            let at = if self.rng.chance(100) {
                waiting + self.rng.below(shard.records.len() - waiting + 1)
            } else {
                shard.records.len()
            };
            shard.records.insert(at, record);
        }
    }

    /// The next batch that can be delivered, with its shard.
    pub fn next(&mut self, now: Timestamp) -> Option<(usize, StreamBatch)> {
        let is_ready = |shard: &Shard| shard.in_flight.is_none() && !shard.records.is_empty() && shard.ready_at <= now;
        let at = self.shards.iter().position(is_ready)?;
        let shard = &mut self.shards[at];
        let records: Vec<StreamRecord> = shard.records.iter().take(BATCH_MAX).cloned().collect();
        shard.in_flight = Some(records.len());
        Some((at, stream_batch(&records)))
    }

    /// Goes on behind what was relayed; `None` is an invocation that ended without an answer.
    pub fn settle(&mut self, shard: usize, response: Option<&BatchResponse>, now: Timestamp) {
        let shard = &mut self.shards[shard];
        let count = shard.in_flight.take().expect("a batch was on its way");
        let failed = response.map(|response| response.failed().next());
        let done = match failed {
            None => 0,
            Some(None) => count,
            Some(Some(first)) => {
                shard.records.iter().position(|record| sequence_number(record) == first).expect("a record of the batch")
            }
        };
        shard.records.drain(..done);
        shard.retries = if done > 0 { 0 } else { shard.retries + 1 };
        if shard.retries > RETRIES_MAX {
            self.lost += (count - done) as u64;
            shard.records.drain(..count - done);
            shard.retries = 0;
        }
        if done < count {
            shard.ready_at = now + RETRY_AFTER;
        }
    }

    /// Whether every record is relayed.
    pub fn is_empty(&self) -> bool {
        self.shards.iter().all(|shard| shard.records.is_empty())
    }

    /// When a shard is ready to be tried again.
    pub fn next_at(&self) -> Option<Timestamp> {
        self.shards.iter().filter(|shard| !shard.records.is_empty()).map(|shard| shard.ready_at).min()
    }
}
