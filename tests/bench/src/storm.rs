//! The deadline's minute: 5,000 learners hand in through the production handler and the real SDK, over a connector that
//! breaks, into an engine that shares no code with ours. The verdict is read from what is stored.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::retry::RetryConfig;
use futures::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use stoa_bench::world::{TENANT, World};
use stoa_domain::attempt::AttemptState;
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_service::attempts::{AttemptRef, AttemptStore, Inserted};
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelObjects, Rng, embedded};

use crate::faulty::Faulty;
use crate::submit_path::{enrol, opened};
use crate::table;

/// How many learners hand in.
const LEARNERS: usize = 5_000;
/// One of so many sends twice at once: a double click, or a client that has lost its patience.
const TWICE_ONE_OF: usize = 5;
/// How many requests are on their way at once.
const AT_ONCE: usize = 64;
/// The minute.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// How often a client tries again that got no receipt.
const TRIES_MAX: usize = 30;
const ROUTE: &str = "PUT /api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}/submission";

struct HandedIn {
    learner: usize,
    receipts: BTreeSet<String>,
    times: Vec<Duration>,
    requests: usize,
}

/// Runs the minute and prints what became of it.
pub async fn measure() {
    let embedded = embedded().await;
    let faulty = Faulty::new(7);
    let retry = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(5));
    let config = embedded.client.config().to_builder().http_client(faulty.clone()).retry_config(retry).build();
    let names = TableNames {
        audit: "audit".to_owned(),
        content: "content".to_owned(),
        learning: "learning".to_owned(),
        people: "people".to_owned(),
    };
    let engine = Dynamo::new(aws_sdk_dynamodb::Client::from_conf(config), names);
    let world = World::new(&engine, &ModelObjects::new(Faults::none()));
    let stored = Store::new(embedded.engine.clone());
    let start: Timestamp = "2026-01-15T12:00:00Z".parse().expect("a time");
    for learner in 0..LEARNERS {
        let attempt = opened(&at(learner), &person(learner), start);
        enrol(&stored, &at(learner), &person(learner), start).await;
        assert_eq!(stored.insert(&tenant(), &attempt).await.expect("written"), Inserted::New);
    }

    let mut rng = Rng::new(11);
    let twice: Vec<bool> = (0..LEARNERS).map(|_| rng.below(TWICE_ONE_OF) == 0).collect();
    let begun = Instant::now();
    let minute = stream::iter(0..LEARNERS).map(|learner| hand_in(&world, learner, twice[learner], start));
    let handed_in: Vec<HandedIn> = minute.buffer_unordered(AT_ONCE).collect().await;
    let elapsed = begun.elapsed();

    let (mut lost, mut doubled) = (0, 0);
    for one in &handed_in {
        let attempt = stored.attempt(&at(one.learner)).await.expect("read").expect("it is there");
        let stands = attempt.receipt().and_then(|receipt| serde_json::to_string(&receipt).ok());
        lost += usize::from(attempt.state != AttemptState::Closed || stands.is_none() || one.receipts.is_empty());
        doubled += usize::from(one.receipts.len() > 1 || one.receipts.iter().any(|own| Some(own) != stands.as_ref()));
    }
    report(&handed_in, elapsed, lost, doubled, &faulty);
}

fn report(handed_in: &[HandedIn], elapsed: Duration, lost: usize, doubled: usize, faulty: &Faulty) {
    let happened = faulty.happened();
    let mut times: Vec<Duration> = handed_in.iter().flat_map(|one| one.times.iter().copied()).collect();
    times.sort_unstable();
    let requests: usize = handed_in.iter().map(|one| one.requests).sum();
    let rows = [
        ("learners", LEARNERS.to_string()),
        ("requests to the handler", requests.to_string()),
        ("requests of the SDK that were answered", happened.answered.to_string()),
        ("… that never arrived", happened.lost.to_string()),
        ("… that were done and unheard", happened.unheard.to_string()),
        ("… that were throttled", happened.throttled.to_string()),
        ("hand-ins lost", lost.to_string()),
        ("hand-ins that are not the one receipt", doubled.to_string()),
        ("taken in", format!("{:.1} s", elapsed.as_secs_f64())),
        ("a request, p50", table::ms(table::percentile(&times, 50))),
        ("a request, p99", table::ms(table::percentile(&times, 99))),
    ];
    table::print(
        "The deadline's minute: one of five sends twice at once, a connector that breaks, real SDK, embedded engine",
        &["what", "count"],
        &rows.map(|(what, count)| vec![what.to_owned(), count]),
    );
}

async fn hand_in(world: &World<Dynamo, ModelObjects>, learner: usize, is_twice: bool, start: Timestamp) -> HandedIn {
    let offset = i64::try_from(learner).expect("a small number") * WINDOW.as_millis() as i64 / LEARNERS as i64;
    let received_at = start + SignedDuration::from_millis(offset);
    let answers = json!({"essay": {"type": "text", "text": "x".repeat(900)}});
    let event = HttpEvent::new(ROUTE, received_at)
        .signed_in(TENANT, person(learner).as_str(), "")
        .path("enrolment", at(learner).enrolment.as_str())
        .path("assessment", "final")
        .path("attempt", "1")
        .json(&json!({"submission_id": format!("hand-in-{learner}"), "answers": answers}));
    let mut all = HandedIn { learner, receipts: BTreeSet::new(), times: Vec::new(), requests: 0 };
    let one = insist(world, &event, received_at);
    if is_twice {
        let (one, two) = futures::future::join(one, insist(world, &event, received_at)).await;
        all.add(one);
        all.add(two);
    } else {
        all.add(one.await);
    }
    all
}

impl HandedIn {
    fn add(&mut self, (receipt, times): (Option<String>, Vec<Duration>)) {
        self.receipts.extend(receipt);
        self.requests += times.len();
        self.times.extend(times);
    }
}

/// Sends until there is a receipt, as the web application does.
async fn insist(
    world: &World<Dynamo, ModelObjects>,
    event: &HttpEvent,
    now: Timestamp,
) -> (Option<String>, Vec<Duration>) {
    let mut times = Vec::new();
    for _ in 0..TRIES_MAX {
        let begun = Instant::now();
        let response = world.answer(event, now).await;
        times.push(begun.elapsed());
        match response.status_code {
            200 | 201 => return (response.body, times),
            500.. => {}
            // Nothing else may come of a hand-in that is in time.
            _ => return (None, times),
        }
    }
    (None, times)
}

fn tenant() -> TenantId {
    TenantId::parse(TENANT).expect("an id")
}

fn person(learner: usize) -> PersonKey {
    PersonKey::parse(format!("learner-{learner}")).expect("an id")
}

fn at(learner: usize) -> AttemptRef {
    AttemptRef {
        tenant: tenant(),
        enrolment: EnrolmentId::parse(format!("enrolment-{learner}")).expect("an id"),
        assessment: NodeId::parse("final").expect("an id"),
        number: 1,
    }
}
