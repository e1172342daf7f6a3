//! People-write over the model store: what an administrator may do, and what follows from it.

mod access;
mod files;
mod invitations;
mod organisations;

use std::cell::Cell;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stoa_domain::audit::{Act, Subject};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_http::{Call, Gate, Kind, Problem, Reply};
use stoa_service::provisioning::ProvisionStore;
use stoa_store::Store;
use stoa_store::engine::Engine;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelStore};

use super::*;

thread_local! {
    static NEXT_KEY: Cell<u32> = const { Cell::new(0) };
}

fn new_key() -> String {
    NEXT_KEY.set(NEXT_KEY.get() + 1);
    format!("p{:04}", NEXT_KEY.get())
}

fn start() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn tenant() -> TenantId {
    TenantId::parse("demo").expect("an id")
}

fn key(person: &str) -> PersonKey {
    PersonKey::parse(person).expect("an id")
}

fn function<E: Engine>(engine: E) -> PeopleWrite<E> {
    PeopleWrite {
        gate: Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]),
        store: Store::new(engine),
        cursor_secret: "a secret".to_owned(),
        new_key,
    }
}

/// An organisation with its first administrator, `admin`, who has signed in, and the function.
async fn organisation() -> (ModelStore, PeopleWrite<ModelStore>) {
    founded(Faults::none()).await
}

async fn founded(faults: Faults) -> (ModelStore, PeopleWrite<ModelStore>) {
    let model = ModelStore::new(faults);
    let function = function(model.clone());
    let admin = Person {
        tenant: tenant(),
        person: key("admin"),
        email: "admin@x.test".to_owned(),
        name: "Admin".to_owned(),
        roles: vec!["admin".to_owned()],
        state: PersonState::Invited,
        subject: None,
    };
    let entry = stoa_testkit::audit::by("made", start()).did(Act::OrganisationMade, Subject::default(), []);
    function.store.create_tenant("Demo", &admin, &entry, start()).await.expect("made");
    let waiting = function.store.waiting(&tenant(), &key("admin")).await.expect("read").expect("there");
    let mark = waiting.mark.expect("a mark");
    function.store.activate(&tenant(), &key("admin"), "subject-of-admin", &mark).await.expect("written");
    (model, function)
}

/// A request of the administrator.
fn request(route: &str) -> HttpEvent {
    HttpEvent::new(route, start()).signed_in("demo", "admin", "admin")
}

async fn ask<E: Engine>(function: &PeopleWrite<E>, event: HttpEvent) -> Result<Reply, Problem> {
    let call = Call::from(event.request());
    handle(function, &call, call.received_at()).await
}

async fn answer<E: Engine>(function: &PeopleWrite<E>, event: HttpEvent) -> Value {
    let reply = ask(function, event).await.expect("a reply");
    assert_eq!(reply.status(), 200);
    serde_json::from_slice(reply.body()).expect("JSON")
}

async fn refusal<E: Engine>(function: &PeopleWrite<E>, event: HttpEvent) -> Problem {
    ask(function, event).await.expect_err("refused")
}

fn invitation(people: &[(&str, &str, &[&str])]) -> HttpEvent {
    let people: Vec<Value> =
        people.iter().map(|(email, name, roles)| json!({"email": email, "name": name, "roles": roles})).collect();
    request("POST /api/people").json(&json!({"people": people}))
}

/// Invites one person; their key.
async fn invited<E: Engine>(function: &PeopleWrite<E>, email: &str, roles: &[&str]) -> String {
    let invited = answer(function, invitation(&[(email, "Somebody", roles)])).await;
    invited["people"][0]["person"].as_str().expect("a key").to_owned()
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

#[tokio::test]
async fn only_administrators_of_the_whole_organisation_may_call() {
    let (_, function) = organisation().await;
    for roles in ["", "learner", "author instructor grader", "admin@c1"] {
        for route in [
            "GET /api/organisation",
            "PUT /api/organisation",
            "POST /api/people/diff",
            "POST /api/people/changes",
            "GET /api/people/{person}",
            "POST /api/people",
            "GET /api/people",
            "PUT /api/people/{person}/roles",
            "POST /api/people/{person}/invitation",
            "POST /api/people/{person}/deactivation",
            "DELETE /api/people/{person}/deactivation",
        ] {
            let event = HttpEvent::new(route, start()).path("person", "admin").signed_in("demo", "p9", roles);
            assert_eq!(refusal(&function, event.json(&json!({}))).await.kind(), Kind::Forbidden, "{route} {roles}");
        }
    }
}

#[tokio::test]
async fn people_of_another_organisation_are_not_there() {
    let (_, function) = organisation().await;
    for route in [
        "PUT /api/people/{person}/roles",
        "POST /api/people/{person}/invitation",
        "POST /api/people/{person}/deactivation",
        "DELETE /api/people/{person}/deactivation",
    ] {
        let event = HttpEvent::new(route, start()).path("person", "admin").signed_in("other", "p9", "admin");
        assert_eq!(refusal(&function, event.json(&json!({"roles": []}))).await.kind(), Kind::NotFound, "{route}");
    }
    let list = HttpEvent::new("GET /api/people", start()).signed_in("other", "p9", "admin");
    assert_eq!(answer(&function, list).await, json!({"people": [], "next": null}));
}
