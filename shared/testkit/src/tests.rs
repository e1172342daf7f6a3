//! The models together: a small system under a storm. It is also the shortest example of a simulation's driver.

use std::collections::BTreeMap;

use serde_json::json;
use stoa_store::engine::{Change, Condition, Engine, Key, Table, TransactFailure, Values, Write};
use stoa_store::record::{item, text, value};

use crate::faults::Fault;
use crate::{Faults, ModelStore, QueueSettings, Rates, Rng, Scheduler, SimClock, SimQueue, Step};

const MESSAGES: usize = 6;
const PROCESSES_MAX: usize = 3;
const PK: &str = "T#demo#E#e1";

/// Counts a message once, however often it comes. `Err` asks for it again.
async fn count(store: &ModelStore, message: &str, guarded: bool) -> Result<(), ()> {
    let new = Condition { name: "NEW", expression: "attribute_not_exists(pk)" };
    let (event, total) = (Key::new(PK, format!("EVENT#{message}")), Key::new(PK, "COUNT"));
    let put = Change::Put(item(&event, &json!({})));
    let values: Values = [(":zero", value(&0)), (":one", value(&1))].into();
    let add = Change::Update("SET n = if_not_exists(n, :zero) + :one");
    let table = Table::Learning;
    let answer = store.transact(vec![
        Write { table, key: event, change: put, condition: guarded.then_some(new), values: Values::new() },
        Write { table, key: total, change: add, condition: None, values },
    ]);
    match answer.await {
        Ok(()) | Err(TransactFailure::Refused(_)) => Ok(()),
        Err(_) => Err(()),
    }
}

#[derive(Debug, PartialEq)]
struct Outcome {
    events: usize,
    counted: usize,
    steps: usize,
    fired: BTreeMap<Fault, u64>,
}

fn run(seed: u64, guarded: bool) -> Outcome {
    let mut rng = Rng::new(seed);
    let clock = SimClock::default();
    // Nobody rings again here for a message that has vanished.
    let faults = Faults::seeded(rng.fork(), Rates { vanished: 0, ..Rates::stormy() });
    let store = ModelStore::new(faults.clone());
    let settings = QueueSettings { receives_max: 50, ..QueueSettings::default() };
    let queue = SimQueue::new(settings, &clock, &faults, rng.fork());
    (0..MESSAGES).for_each(|number| queue.put(number.to_string(), 0));

    let mut scheduler = Scheduler::new(rng.fork(), &faults);
    let mut steps = 0;
    loop {
        if scheduler.running().count() < PROCESSES_MAX {
            let batch = queue.receive(1);
            if let [delivery] = &batch[..] {
                let (store, body) = (store.clone(), delivery.body.clone());
                scheduler.spawn(batch, async move { count(&store, &body, guarded).await });
            }
        }
        steps += 1;
        match scheduler.step() {
            Some(Step::Finished(batch, Ok(()))) => queue.settle(&batch, []),
            Some(Step::Finished(batch, Err(()))) => queue.settle(&batch, [batch[0].message_id.as_str()]),
            Some(Step::Yielded | Step::Crashed(_)) => {}
            None => {
                store.arrive();
                let Some(at) = queue.next_at() else { break };
                clock.advance_to(at.max(clock.now()));
            }
        }
    }

    let items = store.items(Table::Learning);
    let is_event = |item: &&serde_dynamo::Item| text(item, "sk").is_some_and(|sk| sk.starts_with("EVENT#"));
    let events = items.iter().filter(is_event).count();
    let counted = (0..100).find(|number| items[0].get("n") == Some(&value(number))).expect("a small count");
    assert!(store.defects().is_empty() && queue.dead_letters().is_empty());
    Outcome { events, counted, steps, fired: faults.fired() }
}

#[test]
fn a_system_that_guards_its_writes_survives_every_storm() {
    let mut fired = BTreeMap::new();
    for seed in 0..500 {
        let outcome = run(seed, true);
        assert_eq!((outcome.events, outcome.counted), (MESSAGES, MESSAGES), "SEED={seed}");
        for (fault, times) in outcome.fired {
            *fired.entry(fault).or_insert(0) += times;
        }
    }
    let expected = [
        Fault::Throttled,
        Fault::Conflict,
        Fault::Lost,
        Fault::CommittedUnclear,
        Fault::Late,
        Fault::Resent,
        Fault::CrashBefore,
        Fault::CrashAfter,
        Fault::Duplicated,
        Fault::Delayed,
    ];
    assert!(expected.iter().all(|fault| fired.contains_key(fault)), "{fired:?}");
}

#[test]
fn a_system_that_does_not_is_found_out() {
    let wrong = (0..500).filter(|seed| run(*seed, false).counted != MESSAGES).count();
    assert!(wrong > 250, "{wrong} of 500");
}

#[test]
fn a_seed_replays_its_run() {
    for seed in 0..20 {
        assert_eq!(run(seed, true), run(seed, true));
    }
}
