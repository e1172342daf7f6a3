//! Fact-write over models: whose reading is recorded, and how much of what a client says is believed.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::content::{Asset, Block, DraftNode, NodeKind};
use stoa_domain::fact::Fact;
use stoa_domain::release::{Draft, freeze};
use stoa_http::{Gate, Response};
use stoa_service::cohorts::CohortStore;
use stoa_service::projecting::{ProgressLog, project};
use stoa_service::publishing::{Part, Parts};
use stoa_store::schema;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelObjects, ModelStore};

use super::*;

struct World {
    function: FactWrite<ModelStore, ModelObjects>,
}

/// When everybody was enrolled: ten minutes before the first report.
fn begun() -> Timestamp {
    "2026-01-15T11:50:00Z".parse().expect("a time")
}

/// So many seconds after noon, when reports begin to come.
fn noon(seconds: i64) -> Timestamp {
    begun() + SignedDuration::from_mins(10) + SignedDuration::from_secs(seconds)
}

fn id<T: TryFrom<String, Error: std::fmt::Debug>>(text: &str) -> T {
    T::try_from(text.to_owned()).expect("an id")
}

fn lesson(name: &str, completion: Value, access: Value) -> DraftNode {
    DraftNode {
        id: id(name),
        parent: None,
        position: 0,
        kind: NodeKind::Lesson,
        title: name.to_owned(),
        required: true,
        completion: serde_json::from_value(completion).expect("a rule"),
        access: serde_json::from_value(access).expect("a rule"),
        minutes: None,
        assessment: None,
    }
}

/// A lesson with a film of which everything is asked, one of which nothing is, and one that opens after the first.
fn draft() -> Draft {
    let everything = json!({"type": "all_of", "conditions": [
        {"type": "time_spent", "min_seconds": 300},
        {"type": "scrolled_to", "percent": 90},
        {"type": "video_watched_percent", "video": "film", "min_percent": 80},
    ]});
    let text = || Block::Html { html: "<p>Text</p>".to_owned() };
    let film = Block::Video { asset: id("film"), title: "A film".to_owned(), duration_ms: 100_000 };
    let file =
        Asset { name: "film.webm".to_owned(), content_type: "video/webm".to_owned(), size: 3, sha256: "ab".repeat(32) };
    Draft {
        title: "Algebra".to_owned(),
        language: "en".to_owned(),
        nodes: vec![
            lesson("read", everything, json!(null)),
            lesson("free", json!(null), json!(null)),
            lesson(
                "later",
                json!({"type": "scrolled_to", "percent": 1}),
                json!({"type": "scrolled_to", "node": "read", "percent": 90}),
            ),
        ],
        blocks: BTreeMap::from([
            (id("read"), vec![text(), film]),
            (id("free"), vec![text()]),
            (id("later"), vec![text()]),
        ]),
        assets: BTreeMap::from([(id("film"), file)]),
        ..Draft::default()
    }
}

fn beat(node: &str, from: Timestamp, to: Timestamp) -> Value {
    json!({"node": node, "from": from, "to": to})
}

fn report(beats: Value, scrolled: Value, watched: Value) -> Value {
    json!({"beats": beats, "scrolled": scrolled, "watched": watched})
}

fn beats(beats: Vec<Value>) -> Value {
    report(json!(beats), json!([]), json!([]))
}

impl World {
    async fn new() -> World {
        let function = FactWrite {
            gate: Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]),
            store: Store::new(ModelStore::new(Faults::none())),
            releases: Releases::new(ModelObjects::new(Faults::none())),
        };
        let frozen = freeze(&id("algebra"), &draft()).expect("it can be published");
        let tenant = id("demo");
        function
            .releases
            .write(&tenant, &frozen.outline.release, Part::Outline(&frozen.outline))
            .await
            .expect("written");
        for (enrolment, person) in [("e1", "ada"), ("e2", "bob")] {
            let enrolment = Enrolment {
                enrolment: id(enrolment),
                person: id(person),
                cohort: id("winter"),
                release: frozen.outline.release.clone(),
                cycle_no: 1,
                status: EnrolmentStatus::Active,
                enrolled_at: begun().as_millisecond(),
                rev: 0,
                left: vec![],
            };
            let entry = stoa_testkit::audit::entry(enrolment.enrolment.as_str(), begun());
            function.store.enrol(&tenant, &enrolment, &entry, begun()).await.expect("written");
        }
        World { function }
    }

    /// Ada reports about her enrolment.
    async fn report(&self, at: Timestamp, report: &Value) -> Response {
        self.report_about("e1", at, report).await
    }

    async fn report_about(&self, enrolment: &str, at: Timestamp, report: &Value) -> Response {
        let event = HttpEvent::new("POST /api/enrolments/{enrolment}/reading", at)
            .path("enrolment", enrolment)
            .signed_in("demo", "ada", "")
            .json(report);
        stoa_http::answer(event.request(), async |call| handle(&self.function, call).await).await
    }

    /// Where the problem of a report at noon is.
    async fn pointer(&self, report: &Value) -> String {
        let response = self.report(noon(0), report).await;
        let problem = body(&response);
        assert_eq!(response.status_code, 422, "{problem}");
        assert_eq!(self.stored(noon(0)).await, None, "nothing is half recorded");
        problem["errors"][0]["pointer"].as_str().expect("a pointer").to_owned()
    }

    /// What is stored of a minute.
    async fn stored(&self, minute: Timestamp) -> Option<Value> {
        let sk = schema::reading(&id("demo"), &id("e1"), minute.as_millisecond()).sk;
        let waiting = self.function.store.waiting(&id("demo"), &id("e1"), &[sk]).await.expect("read");
        let Some(Fact::Read { parts }) = waiting.into_iter().next().map(|waiting| waiting.fact) else { return None };
        serde_json::to_value(parts).ok()
    }
}

fn body(response: &Response) -> Value {
    serde_json::from_str(response.body.as_deref().unwrap_or_default()).expect("JSON")
}

fn kind(response: &Response) -> (u16, String) {
    let kind = body(response)["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default().to_owned();
    (response.status_code, kind)
}

#[tokio::test]
async fn what_was_read_is_stored_once_and_small() {
    let world = World::new().await;
    let scrolled = json!([{"node": "read", "percent": 40}, {"node": "read", "percent": 60}]);
    let watched = json!([{"node": "read", "video": "film", "from_ms": 0, "to_ms": 20_000}]);
    let beats = json!([
        beat("read", noon(-60), noon(-30)),
        beat("read", noon(-30), noon(-1)),
        beat("free", noon(-9), noon(-1))
    ]);
    let taken = world.report(noon(0), &report(beats, scrolled, watched)).await;
    assert_eq!((taken.status_code, body(&taken)), (202, json!({"nodes": 1})));
    let from = noon(-60).as_second();
    let expected = json!({"read": {"time": format!("{from}+59"), "scrolled": 60, "watched": {"film": "0+200"}}});
    assert_eq!(world.stored(noon(0)).await, Some(expected));
}

#[tokio::test]
async fn a_minute_takes_one_report_and_the_same_one_again() {
    let world = World::new().await;
    let first = beats(vec![beat("read", noon(-30), noon(0))]);
    let more = beats(vec![beat("read", noon(-30), noon(0)), beat("read", noon(0), noon(20))]);
    assert_eq!(world.report(noon(1), &first).await.status_code, 202);
    assert_eq!(world.report(noon(2), &first).await.status_code, 202, "its answer was lost");
    let refused = world.report(noon(45), &more).await;
    assert_eq!(kind(&refused), (429, "too-soon".to_owned()));
    assert_eq!(refused.headers.get("retry-after").map(String::as_str), Some("15"));
    assert_eq!(world.report(noon(60), &more).await.status_code, 202, "nothing is too late");
}

#[tokio::test]
async fn time_that_the_server_cannot_have_seen_is_not_believed() {
    let world = World::new().await;
    let second = SignedDuration::from_secs(1);
    let year = SignedDuration::from_hours(365 * 24);
    let reported = beats(vec![
        beat("read", begun() - 20 * second, begun() + 5 * second),
        beat("read", noon(-5), noon(20)),
        beat("read", noon(0) + year, noon(0) + year + second),
        beat("read", noon(0) - year, noon(0) - year + second),
    ]);
    assert_eq!(world.report(noon(0), &reported).await.status_code, 202);
    let time = format!("{}+5-590+5", begun().as_second());
    assert_eq!(world.stored(noon(0)).await, Some(json!({"read": {"time": time}})));
}

#[tokio::test]
async fn what_no_rule_asks_for_costs_no_write() {
    let world = World::new().await;
    let reported =
        report(json!([beat("free", noon(-30), noon(0))]), json!([{"node": "free", "percent": 100}]), json!([]));
    let taken = world.report(noon(0), &reported).await;
    assert_eq!((taken.status_code, body(&taken)), (202, json!({"nodes": 0})));
    assert_eq!(world.stored(noon(0)).await, None);
}

#[tokio::test]
async fn another_learners_reading_is_nobodys_to_report() {
    let world = World::new().await;
    for enrolment in ["e2", "not-there"] {
        let answer = world.report_about(enrolment, noon(0), &beats(vec![beat("read", noon(-30), noon(0))])).await;
        assert_eq!(kind(&answer), (404, "not-found".to_owned()));
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_where_it_is() {
    let world = World::new().await;
    let ok = || beat("read", noon(-30), noon(0));
    let segment = |from_ms: Value, to_ms: Value| {
        report(json!([]), json!([]), json!([{"node": "read", "video": "film", "from_ms": from_ms, "to_ms": to_ms}]))
    };
    let scroll = |percent: Value| report(json!([]), json!([{"node": "read", "percent": percent}]), json!([]));
    let another = json!([{"node": "read", "video": "another", "from_ms": 0, "to_ms": 1}]);
    for (reported, pointer) in [
        (beats(vec![ok(), beat("gone", noon(-30), noon(0))]), "/beats/1/node"),
        (beats(vec![ok(), beat("later", noon(-30), noon(0))]), "/beats/1/node"),
        (beats(vec![beat("a/b", noon(-30), noon(0))]), "/beats/0/node"),
        (beats(vec![beat("read", noon(0), noon(-1))]), "/beats/0/to"),
        (beats(vec![beat("read", noon(-31), noon(0))]), "/beats/0/to"),
        (
            beats(vec![json!({"node": "read", "from": "1970-01-01T00:00:00Z", "to": "9999-12-30T00:00:00Z"})]),
            "/beats/0/to",
        ),
        (beats(vec![json!({"node": "read", "from": "yesterday", "to": noon(0)})]), "/beats/0/from"),
        (beats(vec![json!({"node": "read", "from": -5, "to": noon(0)})]), "/beats/0/from"),
        (beats(vec![json!({"node": "read", "from": null, "to": noon(0)})]), "/beats/0/from"),
        (beats(vec![ok(); 241]), "/beats/240/node"),
        (scroll(json!(101)), "/scrolled/0/percent"),
        (scroll(json!(256)), "/scrolled/0/percent"),
        (scroll(json!(-1)), "/scrolled/0/percent"),
        (scroll(json!(0.5)), "/scrolled/0/percent"),
        (segment(json!(2), json!(1)), "/watched/0/to_ms"),
        (segment(json!(-1), json!(1)), "/watched/0/from_ms"),
        (segment(json!(0), json!(1e300)), "/watched/0/to_ms"),
        (segment(json!(0), json!("NaN")), "/watched/0/to_ms"),
        (report(json!([]), json!([]), another), "/watched/0/video"),
        (json!({"beats": [], "scrolled": []}), ""),
        (json!({"beats": [], "scrolled": [], "watched": [], "read": []}), "/read"),
    ] {
        assert_eq!(world.pointer(&reported).await, pointer, "{reported}");
    }
    let event = HttpEvent::new("POST /api/enrolments/{enrolment}/reading", noon(0)).path("enrolment", "e1");
    let not_json = event.signed_in("demo", "ada", "").text(r#"{"beats": [], "scrolled": [], "watched": [NaN]}"#);
    let not_json = not_json.header("content-type", "application/json");
    let answer = stoa_http::answer(not_json.request(), async |call| handle(&world.function, call).await).await;
    assert_eq!(kind(&answer), (400, "malformed-json".to_owned()));
}

#[tokio::test]
async fn viewed_and_done_are_recorded_beside_it() {
    let world = World::new().await;
    let fact = |node: &str| json!({"facts": [{"kind": "viewed", "node": node, "occurred_at": noon(0)}]});
    for (node, status) in [("read", 202), ("later", 422)] {
        let event = HttpEvent::new("POST /api/enrolments/{enrolment}/facts", noon(0)).path("enrolment", "e1");
        let event = event.signed_in("demo", "ada", "").json(&fact(node));
        let answer = stoa_http::answer(event.request(), async |call| handle(&world.function, call).await).await;
        assert_eq!(answer.status_code, status);
    }
}

#[tokio::test]
async fn a_fact_is_recorded_at_a_time_that_can_be_true_whatever_its_clients_clock_shows() {
    for (claimed, believed) in [
        ("1970-01-01T00:00:00Z", begun()),
        ("-009999-01-02T01:59:59Z", begun()),
        ("2026-01-15T11:49:59.999Z", begun()),
        ("2026-01-15T11:55:00Z", begun() + SignedDuration::from_mins(5)),
        ("2026-01-15T12:00:00.001Z", noon(0)),
        ("9999-12-30T22:00:00Z", noon(0)),
    ] {
        let world = World::new().await;
        let facts = json!({"facts": [{"kind": "viewed", "node": "read", "occurred_at": claimed}]});
        let event = HttpEvent::new("POST /api/enrolments/{enrolment}/facts", noon(0)).path("enrolment", "e1");
        let event = event.signed_in("demo", "ada", "").json(&facts);
        let answer = stoa_http::answer(event.request(), async |call| handle(&world.function, call).await).await;
        assert_eq!(answer.status_code, 202, "{claimed}: nothing is lost");
        let (tenant, enrolment) = (id("demo"), id("e1"));
        let sk = schema::fact(&tenant, &enrolment, "viewed", &id("read")).sk;
        let waiting = world.function.store.waiting(&tenant, &enrolment, &[sk]).await.expect("read");
        let facts: Vec<Fact> = waiting.into_iter().map(|waiting| waiting.fact).collect();
        assert_eq!(facts, [Fact::Viewed { node: id("read"), at: believed }], "{claimed}");
    }
}

#[tokio::test]
async fn a_learner_minute_costs_the_same_in_the_first_and_in_the_last_of_an_hour() {
    let world = World::new().await;
    let FactWrite { store, releases, .. } = &world.function;
    let (tenant, enrolment) = (id("demo"), id("e1"));
    let mut spent = Vec::new();
    for minute in 0..60 {
        let before = store.engine().units();
        let at = |second: i64| noon(minute * 60 + second);
        let reported = report(
            json!([beat("read", at(-60), at(-30)), beat("read", at(-30), at(0))]),
            json!([{"node": "read", "percent": minute}]),
            json!([]),
        );
        assert_eq!(world.report(at(0), &reported).await.status_code, 202);
        let reported = store.engine().units();
        let sk = schema::reading(&tenant, &enrolment, at(0).as_millisecond()).sk;
        project(store, releases, &tenant, &enrolment, &[sk], at(1)).await.expect("projected");
        spent.push((reported - before, store.engine().units() - reported));
    }
    let (to_report, to_project) = spent[59];
    assert_eq!(spent[1], spent[59], "it does not grow");
    assert_eq!((to_report.write, to_report.index_write, to_report.read_halves), (1, 1, 4));
    assert_eq!((to_project.write, to_project.index_write, to_project.read_halves), (8, 1, 8));
    let progress = store.progress(&tenant, &enrolment).await.expect("read");
    let from = begun().as_second() + 540;
    let expected = json!({"reading": {"read": {"time": format!("{from}+3600"), "scrolled": 59}}});
    assert_eq!(serde_json::to_value(progress.facts).expect("json"), expected);
}
