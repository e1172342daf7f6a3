//! The heavy pages through the production handlers: a large outline, its learner's progress, and a page of a cohort's rows.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use stoa_bench::world::{TENANT, World};
use stoa_domain::content::Outline;
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey, TenantId};
use stoa_service::publishing::{Part, Parts};
use stoa_store::engine::{Change, Engine, Key, Table, Values, Write};
use stoa_store::{record, schema};
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelObjects, ModelStore, embedded};

use crate::{course, table};

/// The large outline.
const NODES: usize = 5_000;
const LEVELS: usize = 12;
/// The page of rows.
const ROWS: usize = 500;
const OBJECTS: usize = 200;
/// How often each page is asked for.
const TIMES: usize = 40;

/// Measures the pages over the model, which is our own time, and over the embedded engine with the real SDK.
pub async fn measure() {
    let mut rows = pages("own time", &ModelStore::new(Faults::none())).await;
    let embedded = embedded().await;
    rows.extend(pages("embedded engine", &embedded.engine).await);
    table::print(
        &format!(
            "Pages, {TIMES} times each: progress in an outline of {LEVELS} levels and {NODES} objects, {ROWS} rows of {OBJECTS} objects"
        ),
        &["page", "over", "p50", "p95", "bytes"],
        &rows,
    );
}

async fn pages<E: Engine + Clone>(over: &str, engine: &E) -> Vec<Vec<String>> {
    let world = World::new(engine, &ModelObjects::new(Faults::none()));
    let now: Timestamp = "2026-01-15T12:00:00Z".parse().expect("a time");
    let large = course::deep(NODES, LEVELS);
    let small = course::flat(OBJECTS, 1);
    for outline in [&large, &small] {
        world.releases.write(&tenant(), &outline.release, Part::Outline(outline)).await.expect("written");
    }
    fill(engine, &large, &small).await;
    let event = |route: &str, roles: &str| {
        HttpEvent::new(route, now).signed_in(TENANT, "p0", roles).path("tenant", TENANT).path("cohort", "cohort")
    };
    let progress = event("GET /api/enrolments/{enrolment}/progress", "").path("enrolment", "large");
    let dashboard = event("GET /api/cohorts/{cohort}/rows", "instructor");
    let mut rows = Vec::new();
    for (page, event) in [("progress", progress), ("rows", dashboard)] {
        let mut times: Vec<Duration> = Vec::with_capacity(TIMES);
        let mut bytes = 0;
        for _ in 0..TIMES {
            let begun = Instant::now();
            let response = world.answer(&event, now).await;
            times.push(begun.elapsed());
            assert_eq!(response.status_code, 200, "{page}: {response:?}");
            bytes = response.body.map_or(0, |body| body.len());
        }
        times.sort_unstable();
        rows.push(vec![
            page.to_owned(),
            over.to_owned(),
            table::ms(table::percentile(&times, 50)),
            table::ms(table::percentile(&times, 95)),
            bytes.to_string(),
        ]);
    }
    rows
}

async fn fill<E: Engine>(engine: &E, large: &Outline, small: &Outline) {
    let cohort = CohortId::parse("cohort").expect("an id");
    let held = json!({
        "cohort": "cohort", "name": "Winter", "course": "course", "course_title": "A course", "release": small.release,
        "zone": "UTC", "deadlines": {},
    });
    put(engine, Table::Learning, schema::cohort(&tenant(), &cohort), held).await;
    let enrolment = json!({
        "enrolment": "large", "person": "p0", "cohort": "cohort", "release": large.release, "cycle_no": 1,
        "status": "active", "enrolled_at": 0,
    });
    let id = EnrolmentId::parse("large").expect("an id");
    put(engine, Table::Learning, schema::enrolment(&tenant(), &id), enrolment).await;
    let viewed: serde_json::Map<String, Value> =
        (LEVELS..NODES / 2).map(|at| (format!("n{at}"), json!(1_768_478_400_000_i64))).collect();
    let facts = json!({"enrolled": 0, "viewed": viewed}).to_string();
    let progress = json!({"sequence": NODES / 2, "facts": facts, "recorded_at": 0});
    put(engine, Table::Learning, schema::progress(&tenant(), &id), progress).await;
    for number in 0..ROWS {
        let person = PersonKey::parse(format!("p{number}")).expect("an id");
        let state = json!({
            "sequence": 1, "completed": OBJECTS / 2, "trackable": OBJECTS, "states": "mu".repeat(OBJECTS / 2),
            "results": vec!["s80/100x2"; 10], "last_activity_at": 1_768_478_400_000_i64,
        });
        let row = json!({"person": person, "release": small.release, "sequence": 1, "state": state});
        let enrolment = EnrolmentId::parse(format!("e{number}")).expect("an id");
        put(engine, Table::Learning, schema::row(&tenant(), &cohort, 0, &enrolment), row).await;
        let known = json!({
            "tenant": TENANT, "person": person, "email": format!("p{number}@demo.example"),
            "name": format!("Learner {number}"), "roles": [], "state": "active", "subject": null,
        });
        put(engine, Table::People, schema::person(&tenant(), &person), known).await;
    }
}

async fn put<E: Engine>(engine: &E, table: Table, key: Key, attributes: Value) {
    let change = Change::Put(record::item(&key, &attributes));
    let write = Write { table, key, change, condition: None, values: Values::new() };
    engine.write(write).await.expect("nothing stands against it");
}

fn tenant() -> TenantId {
    TenantId::parse(TENANT).expect("an id")
}
