//! Privacy-write over the model store: who may ask for what, and what follows.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use stoa_domain::export::{Export, KEPT_MS, Phase};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_http::{Call, Gate, Kind, Problem, Reply};
use stoa_service::erasing::EraseStore;
use stoa_service::exporting::ExportSource;
use stoa_service::people::PeopleStore;
use stoa_store::Store;
use stoa_store::archives::Archives;
use stoa_store::engine::{Change, Engine, Table, Values, Write};
use stoa_store::{record, schema};
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelObjects, ModelStore, Rates, Rng};

use super::*;

const ROUTES_OF_ADMINISTRATORS: [&str; 6] = [
    "GET /api/people/{person}/export",
    "POST /api/people/{person}/export",
    "POST /api/people/{person}/export/address",
    "GET /api/people/{person}/erasure",
    "PUT /api/people/{person}/erasure",
    "DELETE /api/people/{person}/erasure",
];

fn start() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn tenant() -> TenantId {
    TenantId::parse("demo").expect("an id")
}

fn key(person: &str) -> PersonKey {
    PersonKey::parse(person).expect("an id")
}

/// An organisation with the administrators `admin` and `other`, and `ada`.
async fn organisation() -> (ModelStore, PrivacyWrite<ModelStore, ModelObjects>) {
    organisation_on(Faults::none()).await
}

async fn organisation_on(faults: Faults) -> (ModelStore, PrivacyWrite<ModelStore, ModelObjects>) {
    let model = ModelStore::new(faults);
    let function = PrivacyWrite {
        gate: Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]),
        store: Store::new(model.clone()),
        archives: Archives(ModelObjects::new(Faults::none())),
    };
    for (name, role) in [("admin", "admin"), ("other", "admin"), ("ada", "learner")] {
        let known = Person {
            tenant: tenant(),
            person: key(name),
            email: format!("{name}@x.test"),
            name: name.to_owned(),
            roles: vec![role.to_owned()],
            state: PersonState::Active,
            subject: Some(name.to_owned()),
        };
        let at = schema::person(&tenant(), &known.person);
        let change = Change::Put(record::item(&at, &known));
        let write = Write { table: Table::People, key: at, change, condition: None, values: Values::new() };
        model.write(write).await.expect("written");
    }
    (model, function)
}

fn request(route: &str, person: &str) -> HttpEvent {
    HttpEvent::new(route, start()).path("person", person).signed_in("demo", "admin", "admin")
}

async fn ask(function: &PrivacyWrite<ModelStore, ModelObjects>, event: HttpEvent) -> Result<Reply, Problem> {
    let call = Call::from(event.request());
    handle(function, &call, call.received_at()).await
}

async fn answer(function: &PrivacyWrite<ModelStore, ModelObjects>, event: HttpEvent) -> Value {
    serde_json::from_slice(ask(function, event).await.expect("a reply").body()).expect("JSON")
}

async fn refusal(function: &PrivacyWrite<ModelStore, ModelObjects>, event: HttpEvent) -> Problem {
    ask(function, event).await.expect_err("refused")
}

#[tokio::test]
async fn only_administrators_ask_about_others_and_only_in_their_organisation() {
    let (_, function) = organisation().await;
    for route in ROUTES_OF_ADMINISTRATORS {
        for roles in ["", "learner", "author instructor grader", "admin@c1"] {
            let event = HttpEvent::new(route, start()).path("person", "ada").signed_in("demo", "p9", roles);
            assert_eq!(refusal(&function, event).await.kind(), Kind::Forbidden, "{route} {roles}");
        }
        let event = HttpEvent::new(route, start()).path("person", "ada").signed_in("other", "p9", "admin");
        assert_eq!(refusal(&function, event).await.kind(), Kind::NotFound, "{route}");
    }
}

#[tokio::test]
async fn everybody_asks_for_their_own_archive_and_gets_its_address_while_it_is_kept() {
    let (_, function) = organisation().await;
    let mine = |route| HttpEvent::new(route, start()).signed_in("demo", "ada", "learner");
    assert_eq!(answer(&function, mine("GET /api/me/export")).await["state"], "none");
    let asked = answer(&function, mine("POST /api/me/export")).await;
    assert_eq!((&asked["state"], &asked["url"]), (&"preparing".into(), &Value::Null));
    let again = answer(&function, mine("POST /api/me/export")).await;
    assert_eq!(again, asked, "one archive is made for two requests");

    is_made(&function).await;
    let view = answer(&function, mine("GET /api/me/export")).await;
    let url = view["url"].as_str().expect("an address");
    assert!(url.starts_with("https://uploads.test/exports/demo/ada.zip?"), "{url}");
    assert!(url.contains("attachment") && url.contains("octet-stream"), "{url}");
    assert_eq!((&view["state"], &view["bytes"]), (&"ready".into(), &5.into()));

    let late = HttpEvent::new("GET /api/me/export", start() + SignedDuration::from_millis(KEPT_MS));
    let view = answer(&function, late.signed_in("demo", "ada", "learner")).await;
    assert_eq!((&view["state"], &view["url"]), (&"expired".into(), &Value::Null));
}

/// Ada's archive is made.
async fn is_made(function: &PrivacyWrite<ModelStore, ModelObjects>) {
    let waiting = ExportSource::waiting(&function.store, &tenant(), &key("ada")).await.expect("read").expect("there");
    let ready_at = start().as_millisecond();
    let ready = Export { phase: Phase::Ready, ready_at: Some(ready_at), bytes: Some(5), ..waiting.export };
    let mark = waiting.mark.expect("a mark");
    function.store.done(&tenant(), &key("ada"), &ready, &mark).await.expect("written");
}

#[tokio::test]
async fn an_administrator_gets_the_address_of_an_archive_only_after_it_is_written_down() {
    let (model, function) = organisation().await;
    let fetch = || request("POST /api/people/{person}/export/address", "ada");
    assert_eq!(refusal(&function, fetch()).await.kind(), Kind::NotFound);
    answer(&function, HttpEvent::new("POST /api/me/export", start()).signed_in("demo", "ada", "learner")).await;
    assert_eq!(refusal(&function, fetch()).await.kind(), Kind::NotFound, "it is being made");
    is_made(&function).await;
    // The person made it for themselves; nothing of that is a privileged act.
    let before = model.items(Table::Audit).len();
    for route in ["GET /api/people/{person}/export", "POST /api/people/{person}/export"] {
        let view = answer(&function, request(route, "ada")).await;
        assert_eq!((&view["state"], &view["url"]), (&"ready".into(), &Value::Null), "{route}");
    }
    assert_eq!(model.items(Table::Audit).len(), before);

    let given = answer(&function, fetch()).await;
    assert!(given["url"].as_str().expect("an address").contains("exports/demo/ada.zip?"), "{given}");
    let log = format!("{:?}", model.items(Table::Audit));
    assert_eq!(model.items(Table::Audit).len(), before + 1);
    assert!(log.contains("archive_handed_out"), "{log}");

    let late =
        HttpEvent::new("POST /api/people/{person}/export/address", start() + SignedDuration::from_millis(KEPT_MS));
    let late = late.path("person", "ada").signed_in("demo", "admin", "admin");
    assert_eq!(refusal(&function, late).await.kind(), Kind::NotFound, "it is deleted");
}

/// Whatever the store does, an address that is given is in the log.
#[tokio::test]
async fn no_address_is_given_without_an_entry() {
    let mut given = 0;
    for seed in 0..200 {
        let faults = Faults::seeded(Rng::new(seed), Rates { crash_before: 0, crash_after: 0, ..Rates::stormy() });
        faults.quiet();
        let (model, function) = organisation_on(faults.clone()).await;
        answer(&function, HttpEvent::new("POST /api/me/export", start()).signed_in("demo", "ada", "learner")).await;
        is_made(&function).await;
        faults.change(Rates { throttled: 200, crash_before: 0, crash_after: 0, ..Rates::stormy() });
        let fetched = ask(&function, request("POST /api/people/{person}/export/address", "ada")).await.is_ok();
        faults.quiet();
        model.arrive();
        let is_logged = format!("{:?}", model.items(Table::Audit)).contains("archive_handed_out");
        assert!(is_logged || !fetched, "seed {seed}");
        given += usize::from(fetched);
    }
    assert!((20..180).contains(&given), "{given}");
}

#[tokio::test]
async fn asking_for_an_erasure_ends_access_and_taking_it_back_gives_it_back() {
    let (_, function) = organisation().await;
    let view = answer(&function, request("GET /api/people/{person}/erasure", "ada")).await;
    assert_eq!((&view["state"], &view["enrolments"]), (&"none".into(), &0.into()));

    let view = answer(&function, request("PUT /api/people/{person}/erasure", "ada")).await;
    assert_eq!((&view["state"], &view["erase_at"]), (&"waiting".into(), &"2026-01-22T12:00:00Z".into()));
    let found = PeopleStore::person(&function.store, &tenant(), &key("ada")).await.expect("read").expect("there");
    assert_eq!(found.state, PersonState::Erasing);
    assert!(function.store.revoked(&tenant()).await.expect("read").contains_key(&key("ada")));
    let again = answer(&function, request("PUT /api/people/{person}/erasure", "ada")).await;
    assert_eq!(again, view, "asking again changes nothing");

    let view = answer(&function, request("DELETE /api/people/{person}/erasure", "ada")).await;
    assert_eq!((&view["state"], &view["erase_at"]), (&"none".into(), &Value::Null));
    let found = PeopleStore::person(&function.store, &tenant(), &key("ada")).await.expect("read").expect("there");
    assert_eq!(found.state, PersonState::Active);
    assert!(!function.store.revoked(&tenant()).await.expect("read").contains_key(&key("ada")));
    let asked = answer(&function, request("PUT /api/people/{person}/erasure", "ada")).await;
    assert_eq!(asked["state"], "waiting", "and it can be asked for again");
}

#[tokio::test]
async fn an_erasure_that_has_begun_is_not_taken_back_and_no_archive_is_made_any_more() {
    let (_, function) = organisation().await;
    answer(&function, request("PUT /api/people/{person}/erasure", "ada")).await;
    let kept = answer(&function, request("POST /api/people/{person}/export", "ada")).await;
    assert_eq!(kept["state"], "preparing", "before that somebody may want it");
    assert_eq!(function.store.begin(&tenant(), &key("ada"), start()).await, Ok(true));
    function.store.clear_export(&tenant(), &key("ada")).await.expect("cleared");
    for route in ["DELETE /api/people/{person}/erasure", "POST /api/people/{person}/export"] {
        assert_eq!(refusal(&function, request(route, "ada")).await.kind(), Kind::NotPossible, "{route}");
    }
    let view = answer(&function, request("GET /api/people/{person}/erasure", "ada")).await;
    assert_eq!(view["state"], "erasing");
}

#[tokio::test]
async fn two_administrators_who_erase_one_another_leave_one() {
    let (_, function) = organisation().await;
    assert_eq!(
        refusal(&function, request("PUT /api/people/{person}/erasure", "admin")).await.kind(),
        Kind::NotPossible
    );
    answer(&function, request("PUT /api/people/{person}/erasure", "other")).await;
    let back = HttpEvent::new("PUT /api/people/{person}/erasure", start()).path("person", "admin");
    // A token that was issued before access ended is still around; the gate refuses it, and so would the store.
    let back = back.signed_in("demo", "other", "admin");
    assert!(ask(&function, back).await.is_err());
    let found = PeopleStore::person(&function.store, &tenant(), &key("admin")).await.expect("read").expect("there");
    assert_eq!(found.state, PersonState::Active);
}
