//! Attempt-write over models: what a hand-in meets around the end of its attempt.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stoa_domain::attempt::{Attempt, AttemptState, CLOSE_MARGIN_MS, GRACE_MS};
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, ReleaseId, TenantId};
use stoa_domain::item::Answers;
use stoa_http::Call;
use stoa_service::attempts::{AttemptRef, AttemptStore, Inserted};
use stoa_service::closing::CloseStore;
use stoa_store::engine::Table;
use stoa_store::record::text;
use stoa_store::schema::BODY;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelObjects, ModelStore, Rates};

use super::*;

/// The routes of an attempt.
const ATTEMPT: &str = "/api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}";

/// When the attempt closes for the learner.
fn closes_at() -> Timestamp {
    "2026-12-01T22:59:00Z".parse().expect("a time")
}

/// So many milliseconds after it has closed, or before.
fn after(ms: i64) -> Timestamp {
    closes_at() + SignedDuration::from_millis(ms)
}

fn at() -> AttemptRef {
    AttemptRef {
        tenant: TenantId::parse("demo").expect("an id"),
        enrolment: EnrolmentId::parse("e1").expect("an id"),
        assessment: NodeId::parse("quiz").expect("an id"),
        number: 1,
    }
}

fn open() -> Attempt {
    let at = at();
    Attempt {
        enrolment: at.enrolment,
        assessment: at.assessment,
        number: at.number,
        person: PersonKey::parse("ada").expect("an id"),
        release: ReleaseId::parse("r1").expect("an id"),
        state: AttemptState::Open,
        closed_reason: None,
        rev: 0,
        opened_at: after(-600_000).as_millisecond(),
        closes_at: closes_at().as_millisecond(),
        accept_until: after(GRACE_MS).as_millisecond(),
        saved_at: None,
        answers: Answers::new(),
        digest: None,
        submission_id: None,
        received_at: None,
        suspended: false,
    }
}

/// An open attempt of Ada's, and the function that takes hand-ins.
struct World {
    faults: Faults,
    function: AttemptWrite<ModelStore, ModelObjects>,
}

impl World {
    async fn new() -> World {
        let faults = Faults::none();
        let function = AttemptWrite {
            gate: Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]),
            store: Store::new(ModelStore::new(faults.clone())),
            releases: Releases::new(ModelObjects::new(faults.clone())),
        };
        stoa_testkit::enrolled(&function.store, &at().tenant, &open()).await;
        assert_eq!(function.store.insert(&at().tenant, &open()).await, Ok(Inserted::New));
        World { faults, function }
    }

    /// Sends to an attempt's route; the gateway receives it so many milliseconds after closing, the function begins later.
    async fn send(&self, route: &str, ms: i64, body: &Value) -> (u16, Value) {
        self.send_as("ada", "1", route, ms, body).await
    }

    async fn send_as(&self, person: &str, attempt: &str, route: &str, ms: i64, body: &Value) -> (u16, Value) {
        let event = HttpEvent::new(&format!("PUT {ATTEMPT}/{route}"), after(ms)).path("enrolment", "e1");
        let event = event.path("assessment", "quiz").path("attempt", attempt).signed_in("demo", person, "").json(body);
        let begins_at = after(ms + CLOSE_MARGIN_MS - 1);
        let answer =
            stoa_http::answer(event.request(), async |call: &Call| handle(&self.function, call, begins_at).await).await;
        (answer.status_code, answer.body.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default())
    }

    async fn hand_in(&self, ms: i64) -> (u16, Value) {
        self.send("submission", ms, &json!({"submission_id": "s1", "answers": answers("7")})).await
    }

    /// The same, while DynamoDB throttles everything.
    async fn hand_in_throttled(&self, ms: i64) -> (u16, Value) {
        self.faults.change(Rates { throttled: 1_000, ..Rates::default() });
        let answer = self.hand_in(ms).await;
        self.faults.quiet();
        answer
    }

    async fn save(&self, ms: i64, value: &str) -> u16 {
        self.send("draft", ms, &json!({"rev": 1, "answers": answers(value)})).await.0
    }

    /// How many items of large answers there are.
    fn bodies(&self) -> usize {
        let items = self.function.store.engine().items(Table::Learning);
        items.iter().filter(|item| text(item, "sk").is_some_and(|sk| sk.starts_with(BODY))).count()
    }

    async fn stored(&self) -> Attempt {
        self.function.store.attempt(&at()).await.expect("the model answers").expect("it is there")
    }
}

fn answers(value: &str) -> Value {
    json!({"sum": {"type": "number", "value": value}})
}

/// Answers that stand in an item of their own.
fn long(letter: &str) -> Value {
    json!({"essay": {"type": "text", "text": letter.repeat(6_000)}})
}

fn kind(problem: &Value) -> &str {
    problem["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default()
}

#[tokio::test]
async fn the_gateways_receive_time_decides_to_the_millisecond() {
    for (ms, status, late) in [
        (-1, 201, Some(false)),
        (0, 201, Some(false)),
        (1, 201, Some(true)),
        (GRACE_MS, 201, Some(true)),
        (GRACE_MS + 1, 410, None),
    ] {
        let (answered, body) = World::new().await.hand_in(ms).await;
        assert_eq!((answered, body["late"].as_bool()), (status, late), "{ms} ms after closing: {body}");
    }
}

#[tokio::test]
async fn a_hand_in_that_was_throttled_before_the_deadline_is_taken_late_when_it_is_retried_in_the_grace() {
    let world = World::new().await;
    let (status, problem) = world.hand_in_throttled(-1_000).await;
    assert_eq!((status, kind(&problem)), (503, "try-again"));
    assert_eq!(world.stored().await.state, AttemptState::Open);

    let (status, receipt) = world.hand_in(GRACE_MS).await;
    assert_eq!((status, &receipt["late"]), (201, &json!(true)));
    let received_at: Timestamp = receipt["received_at"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    assert_eq!(received_at, after(GRACE_MS));
    assert_eq!(world.hand_in(GRACE_MS + 3_600_000).await, (200, receipt), "its receipt is there for ever");
}

#[tokio::test]
async fn a_hand_in_that_is_retried_after_the_grace_is_told_which_draft_stands_and_then_gets_its_receipt() {
    let world = World::new().await;
    assert_eq!(world.save(-2_000, "6").await, 200);
    let draft = world.stored().await;
    assert_eq!(world.hand_in_throttled(-1_000).await.0, 503);

    let (status, problem) = world.hand_in(GRACE_MS + 1).await;
    assert_eq!((status, kind(&problem)), (410, "attempt-time-up"));
    assert_eq!((&problem["rev"], &problem["digest"]), (&json!(1), &json!(draft.digest)));
    assert_eq!(world.save(GRACE_MS + 1, "7").await, 410);
    assert_eq!(world.stored().await, draft, "nothing that came too late was recorded");

    // A hand-in that arrived in time could still be running, so time waits for it.
    let over = GRACE_MS + CLOSE_MARGIN_MS;
    let close = async |ms| CloseStore::close_expired(&world.function.store, &at(), after(ms)).await;
    assert_eq!((close(over).await, close(over + 1).await), (Ok(false), Ok(true)));
    let (status, problem) = world.hand_in(over + 2).await;
    assert_eq!((status, kind(&problem)), (409, "attempt-closed"));
    let receipt = &problem["receipt"];
    assert_eq!((&receipt["digest"], &receipt["submission_id"]), (&json!(draft.digest), &Value::Null));
    assert_eq!(receipt["late"], json!(false));
}

#[tokio::test]
async fn without_a_draft_the_refusal_says_that_none_stands() {
    let (_, problem) = World::new().await.hand_in(GRACE_MS + 1).await;
    assert_eq!((&problem["rev"], problem.get("digest")), (&json!(0), None));
}

#[tokio::test]
async fn nobody_leaves_large_answers_where_they_do_not_belong() {
    let world = World::new().await;
    let draft = |rev: u32, letter: &str| json!({"rev": rev, "answers": long(letter)});
    let hand_in = |id: &str, letter: &str| json!({"submission_id": id, "answers": long(letter)});
    for (person, attempt) in [("eve", "1"), ("ada", "2"), ("eve", "2")] {
        for (route, body) in [("draft", draft(1, "a")), ("submission", hand_in("s1", "a"))] {
            let answer = world.send_as(person, attempt, route, -9_000, &body).await;
            assert_eq!((answer.0, kind(&answer.1)), (404, "not-found"), "{person} {attempt} {route}");
        }
    }
    let too_late = world.send("submission", GRACE_MS + 1, &hand_in("s1", "a")).await;
    assert_eq!((too_late.0, kind(&too_late.1)), (410, "attempt-time-up"));
    assert_eq!(world.bodies(), 0);

    assert_eq!(world.send("draft", -8_000, &draft(2, "a")).await.0, 200);
    assert_eq!(world.send("draft", -7_000, &draft(2, "a")).await.0, 200, "its answer was lost");
    let stale = world.send("draft", -7_000, &draft(1, "b")).await;
    assert_eq!((stale.0, kind(&stale.1), world.bodies()), (409, "draft-stale", 1));
    let (status, receipt) = world.send("submission", -6_000, &hand_in("s1", "a")).await;
    assert_eq!((status, world.send("submission", -5_000, &hand_in("s1", "a")).await), (201, (200, receipt)));
    let second = world.send("submission", -5_000, &hand_in("s2", "b")).await;
    assert_eq!((second.0, kind(&second.1), world.bodies()), (409, "attempt-closed", 1));
    assert_eq!(serde_json::to_value(world.stored().await.answers).expect("json"), long("a"));
}
