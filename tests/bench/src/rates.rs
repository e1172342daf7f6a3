//! How fast one core folds facts, evaluates rules and relays doorbells, without any store.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use stoa_domain::evaluation::evaluate;
use stoa_domain::fact::Fact;
use stoa_domain::progress::{self, Event, Progress};
use stoa_domain::tree::Tree;
use stoa_queue::{Doorbell, StreamBatch, relay};
use stoa_service::projecting::FACTS_MAX;

use crate::course;
use crate::table;

/// How many learners' logs are folded.
const LEARNERS: usize = 2_000;
/// How many learning objects their course has.
const NODES: usize = 200;
/// How many learners' rules are evaluated: as many as a rule change would touch.
const DRY_RUN: usize = 5_000;
/// How many leaves the rule of each learning object has.
const LEAVES: usize = 5;
/// How many records a batch of the stream has.
const RECORDS: usize = 100;
/// How many batches are relayed.
const BATCHES: usize = 2_000;

/// Measures all three and prints them.
pub fn measure() {
    let tree = Tree::new(course::flat(NODES, LEAVES)).expect("a tree");
    let rows = [folding(&tree), replaying(), ruling(&tree), relaying()];
    table::print("Rates of one core", &["what", "how much", "took", "a second"], &rows);
}

fn row(what: &str, count: usize, of: &str, took: Duration) -> Vec<String> {
    let a_second = count as f64 / took.as_secs_f64();
    vec![what.to_owned(), format!("{count} {of}"), table::ms(took), format!("{a_second:.0}")]
}

fn facts() -> Vec<Fact> {
    let viewed =
        |at: usize| json!({"type": "viewed", "node": format!("n{at}"), "at": 1_768_478_400_000_i64 + at as i64});
    (0..NODES).map(|at| serde_json::from_value(viewed(at)).expect("a fact")).collect()
}

/// What a projector does with facts besides reading and writing: puts them into the log and draws the row.
fn folding(tree: &Tree) -> Vec<String> {
    let (facts, now) = (facts(), Timestamp::UNIX_EPOCH);
    let begun = Instant::now();
    for _ in 0..LEARNERS {
        let mut state = Progress::default();
        for some in facts.chunks(FACTS_MAX) {
            let (next, events) = progress::sequence(&state, some, now).expect("they are new");
            std::hint::black_box((progress::row(tree, &next, now), events));
            state = next;
        }
        assert_eq!(state.sequence, NODES as u64);
    }
    row("facts folded, with log and row", LEARNERS * NODES, "facts", begun.elapsed())
}

/// Folding a log anew gives what stood, bit for bit.
fn replaying() -> Vec<String> {
    let facts = facts();
    let (live, events) = progress::sequence(&Progress::default(), &facts, Timestamp::UNIX_EPOCH).expect("they are new");
    let log: Vec<Event> = events;
    let begun = Instant::now();
    for _ in 0..LEARNERS {
        assert_eq!(progress::replay(&log).as_ref(), Ok(&live));
    }
    let took = begun.elapsed();
    let (stood, again) = (json(&live), json(&progress::replay(&log).expect("no gap")));
    assert_eq!(stood, again, "a rebuild equals what stood");
    row("facts folded anew from a log, equal bit for bit", LEARNERS * NODES, "facts", took)
}

fn json(progress: &Progress) -> String {
    serde_json::to_string(progress).expect("it has a JSON form")
}

fn ruling(tree: &Tree) -> Vec<String> {
    let (progress, _) =
        progress::sequence(&Progress::default(), &facts(), Timestamp::UNIX_EPOCH).expect("they are new");
    let begun = Instant::now();
    for _ in 0..DRY_RUN {
        std::hint::black_box(evaluate(tree, std::hint::black_box(&progress.facts), Timestamp::UNIX_EPOCH));
    }
    row("leaves of rules evaluated, 5,000 learners", DRY_RUN * NODES * LEAVES, "leaves", begun.elapsed())
}

fn relaying() -> Vec<String> {
    let record = |number: usize| {
        json!({
            "eventName": "MODIFY",
            "dynamodb": {
                "SequenceNumber": number.to_string(),
                "Keys": {"pk": {"S": format!("T#demo#E#{number}")}, "sk": {"S": "ATTEMPT#quiz#0001"}},
                "NewImage": {
                    "work_pk": {"S": "PENDING#3"}, "work_sk": {"S": format!("001768467600000#1#{number:032x}")},
                    "answers": {"S": "x".repeat(1_024)},
                },
            },
        })
    };
    let event = json!({"Records": (1..=RECORDS).map(record).collect::<Vec<Value>>()}).to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let begun = Instant::now();
    for _ in 0..BATCHES {
        let batch: StreamBatch = serde_json::from_str(&event).expect("a batch");
        let encoded = async |_, bells: Vec<Doorbell>| {
            std::hint::black_box(bells.iter().map(Doorbell::encode).collect::<Vec<_>>());
            Ok(())
        };
        assert_eq!(runtime.block_on(relay(batch, encoded)).failed().count(), 0);
    }
    row("stream records of 1 KB relayed, read and encoded", BATCHES * RECORDS, "records", begun.elapsed())
}
