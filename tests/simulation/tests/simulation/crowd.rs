//! A crowd whose attempts all end in the same minute.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use stoa_domain::attempt::{Attempt, AttemptState, GRACE_MS};
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, ReleaseId, TenantId};
use stoa_domain::item::Answers;
use stoa_queue::{Ring, Target};
use stoa_service::attempts::{AttemptStore, Inserted};
use stoa_service::sweeping::Stops;
use stoa_store::Store;
use stoa_testkit::{Faults, ModelStore, SimClock, enrolled};
use work_sweep::{Bells, Swept};

/// How many attempts there are: more than 1,000 in each of the eight shards.
const CROWD: usize = 10_000;

fn end() -> Timestamp {
    SimClock::default().now() + SignedDuration::from_mins(60)
}

fn attempt(number: usize, tenant: &TenantId) -> (TenantId, Attempt) {
    let attempt = Attempt {
        enrolment: EnrolmentId::parse(format!("e{number}")).expect("an id"),
        assessment: NodeId::parse("exam").expect("an id"),
        number: 1,
        person: PersonKey::parse(format!("p{number}")).expect("an id"),
        release: ReleaseId::parse("r1").expect("an id"),
        state: AttemptState::Open,
        closed_reason: None,
        rev: 0,
        opened_at: SimClock::default().now().as_millisecond(),
        closes_at: end().as_millisecond() - GRACE_MS,
        accept_until: end().as_millisecond(),
        saved_at: None,
        answers: Answers::new(),
        digest: None,
        submission_id: None,
        received_at: None,
        suspended: false,
    };
    (tenant.clone(), attempt)
}

/// One sweep whose clock moves on by so many milliseconds with every doorbell it sends.
async fn sweep(
    store: &Store<ModelStore>,
    stops: &Stops<serde_dynamo::Item>,
    at: Timestamp,
    ring_ms: i64,
) -> (Swept, Vec<Ring>) {
    let (rings, passed_ms) = (RefCell::new(Vec::new()), Cell::new(0));
    let send = async |target, sent: Vec<Ring>| {
        assert_eq!(target, Target::Close);
        passed_ms.set(passed_ms.get() + ring_ms * sent.len() as i64);
        rings.borrow_mut().extend(sent);
        Ok(())
    };
    let bells = Bells { send, waiting: async |_| Some(0) };
    let clock = || at + SignedDuration::from_millis(passed_ms.get());
    let swept = work_sweep::handle(store, &bells, stops, clock).await.expect("nothing goes wrong");
    (swept, rings.into_inner())
}

async fn close(store: &Store<ModelStore>, rings: &[Ring], at: Timestamp) {
    for ring in rings {
        attempt_close::handle(store, &ring.bell, at).await.expect("nothing goes wrong");
    }
}

fn names(rings: &[Ring]) -> BTreeSet<&str> {
    rings.iter().map(|ring| ring.bell.pk.as_str()).collect()
}

/// Runs to its end what only yields.
fn run<T>(work: impl Future<Output = T>) -> T {
    let mut work = Box::pin(work);
    loop {
        if let Some(done) = work.as_mut().now_or_never() {
            return done;
        }
    }
}

async fn crowd() -> Store<ModelStore> {
    let store = Store::new(ModelStore::new(Faults::none()));
    let tenant = TenantId::parse("demo").expect("an id");
    for number in 0..CROWD {
        let (tenant, attempt) = attempt(number, &tenant);
        enrolled(&store, &tenant, &attempt).await;
        assert_eq!(store.insert(&tenant, &attempt).await, Ok(Inserted::New));
    }
    store
}

#[test]
fn ten_thousand_attempts_that_end_together_are_rung_for_by_one_sweep_and_closed_in_time() {
    run(async {
        let (store, stops) = (crowd().await, Stops::default());
        let ahead = end() - SignedDuration::from_secs(100);
        let (swept, rings) = sweep(&store, &stops, ahead, 0).await;
        assert_eq!((swept.due, swept.cut, names(&rings).len()), (CROWD, 0, CROWD));
        let delays: BTreeSet<u32> = rings.iter().map(|ring| ring.delay_seconds).collect();
        assert_eq!(delays, BTreeSet::from([111]), "10 s of margin, half a second for clocks, whole seconds");

        close(&store, &rings, ahead + SignedDuration::from_secs(111)).await;
        let (swept, _) = sweep(&store, &stops, end() + SignedDuration::from_secs(20), 0).await;
        assert_eq!(swept.due, 0, "all are closed");
    });
}

#[test]
fn more_than_a_sweep_has_time_for_is_rung_for_by_the_sweeps_after_it_whatever_cannot_be_closed() {
    run(async {
        let (store, stops) = (crowd().await, Stops::default());
        let mut heard: BTreeSet<String> = BTreeSet::new();
        let mut sweeps = 0;
        // Nothing is ever closed, and a sweep has time for no more than a first page of each part.
        while heard.len() < CROWD {
            sweeps += 1;
            assert!(sweeps <= 3, "{} are never rung for", CROWD - heard.len());
            let at = end() + SignedDuration::from_mins(sweeps);
            let (swept, rings) = sweep(&store, &stops, at, 10).await;
            assert!(swept.due < CROWD, "this sweep was to be too short");
            heard.extend(names(&rings).into_iter().map(str::to_owned));
        }
        assert!(sweeps > 1);
    });
}
