//! Audit-read over the model store: what was done is found once, by those who may know.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stoa_domain::audit::{Act, By, Change, Subject};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_http::{Call, Gate, Kind, Problem};
use stoa_service::people::PeopleStore;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::people::administrator;
use stoa_testkit::{Faults, ModelStore};

use super::*;

fn start() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn after(minutes: i64) -> Timestamp {
    start() + SignedDuration::from_mins(minutes)
}

fn person(key: &str, name: &str) -> Person {
    Person {
        tenant: TenantId::parse("demo").expect("an id"),
        person: PersonKey::parse(key).expect("an id"),
        email: format!("{key}@x.test"),
        name: name.to_owned(),
        roles: vec!["admin".to_owned()],
        state: PersonState::Invited,
        subject: None,
    }
}

fn by(actor: Option<&str>, request: &str, minutes: i64) -> By {
    let actor = actor.map(|actor| PersonKey::parse(actor).expect("an id"));
    By { actor, request: request.to_owned(), at: after(minutes) }
}

/// An organisation whose administrator has invited so many people, one a minute.
async fn organisation(invited: i64) -> AuditRead<ModelStore> {
    let store = Store::new(ModelStore::new(Faults::none()));
    let admin = person("admin", "=cmd|'/c calc'!A1");
    let made = by(None, "operator", 0).did(Act::OrganisationMade, Subject::person(&admin.person), []);
    store.create_tenant("Demo", &admin, &made, start()).await.expect("made");
    let asker = administrator(store.engine(), &admin.tenant, "asker").await;
    for number in 1..=invited {
        let one = person(&format!("p{number:04}"), &format!("Person {number}"));
        let change = Change::between("roles", None, Some("learner"));
        let entry = by(Some("admin"), &format!("r{number}"), number);
        let entry = entry.did(Act::Invited, Subject::person(&one.person), change);
        store.insert(&one, &asker, &entry, start()).await.expect("invited");
    }
    let gate = Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]);
    AuditRead { gate, store, cursor_secret: "a secret".to_owned() }
}

async fn ask(function: &AuditRead<ModelStore>, event: HttpEvent) -> Result<Value, Problem> {
    let reply = handle(function, &Call::from(event.request())).await?;
    Ok(serde_json::from_slice(reply.body()).expect("JSON"))
}

fn request(route: &str, query: &str) -> HttpEvent {
    HttpEvent::new(route, start()).signed_in("demo", "admin", "admin").raw_query(query)
}

const LIST: &str = "GET /api/audit";
const EXPORT: &str = "GET /api/audit/export";

/// All pages of a question, from the first to the last.
async fn all(function: &AuditRead<ModelStore>, route: &str, query: &str) -> Vec<Value> {
    let mut pages = vec![ask(function, request(route, query)).await.expect("a page")];
    while let Some(next) = pages.last().expect("a page")["next"].as_str() {
        let query = format!("{query}&cursor={next}");
        pages.push(ask(function, request(route, &query)).await.expect("a page"));
    }
    pages
}

fn entries(pages: &[Value]) -> Vec<Value> {
    pages.iter().flat_map(|page| page["entries"].as_array().expect("entries").clone()).collect()
}

#[tokio::test]
async fn every_entry_is_on_one_page_newest_first_with_the_names_of_today() {
    let function = organisation(250).await;
    let pages = all(&function, LIST, "").await;
    assert_eq!(
        pages.iter().map(|page| page["entries"].as_array().map(Vec::len)).collect::<Vec<_>>(),
        [Some(100), Some(100), Some(51)]
    );
    let entries = entries(&pages);
    assert!(entries.is_sorted_by(|newer, older| newer["at"].as_str() > older["at"].as_str()));
    assert_eq!(
        entries[0],
        json!({
            "at": "2026-01-15T16:10:00Z", "act": "invited",
            "actor": {"person": "admin", "name": "=cmd|'/c calc'!A1"},
            "person": {"person": "p0250", "name": "Person 250"},
            "enrolment": null, "cohort": null, "course": null, "release": null,
            "changes": [{"field": "roles", "from": null, "to": "learner"}], "request": "r250",
        })
    );
    assert_eq!(entries.last().map(|entry| &entry["actor"]), Some(&Value::Null), "the operator is nobody of the tenant");
}

#[tokio::test]
async fn a_time_and_a_person_narrow_the_log() {
    let function = organisation(250).await;
    let count = async |query: &str| entries(&all(&function, LIST, query).await).len();
    assert_eq!(count("from=2026-01-15T12:10:00Z&until=2026-01-15T12:20:00Z").await, 10);
    assert_eq!(count("person=p0007").await, 1);
    assert_eq!(count("person=admin").await, 251);
    assert_eq!(count("person=nobody").await, 0);
    assert_eq!(count("until=2026-01-15T12:00:00Z").await, 0, "its own instant is not before it");
    for (query, kind) in [
        ("from=yesterday", Kind::InvalidQuery),
        ("until=2026-01-15", Kind::InvalidQuery),
        ("person=a%2Fb", Kind::InvalidQuery),
        ("cursor=rubbish", Kind::CursorInvalid),
    ] {
        assert_eq!(ask(&function, request(LIST, query)).await.expect_err("refused").kind(), kind, "{query}");
    }
}

#[tokio::test]
async fn a_cursor_goes_on_with_its_own_question_only() {
    let function = organisation(250).await;
    let page = ask(&function, request(LIST, "person=admin")).await.expect("a page");
    let next = page["next"].as_str().expect("more");
    for (route, query) in [(LIST, ""), (LIST, "person=p0007&"), (EXPORT, "person=admin&")] {
        let refused = ask(&function, request(route, &format!("{query}cursor={next}"))).await;
        assert_eq!(refused.expect_err("refused").kind(), Kind::CursorInvalid, "{route} {query}");
    }
}

#[tokio::test]
async fn an_export_holds_each_entry_once_in_both_forms() {
    let function = organisation(1_200).await;
    let text = async |form: &str| {
        let pages = all(&function, EXPORT, &format!("form={form}")).await;
        assert_eq!(pages.len(), 2);
        pages.iter().filter_map(|page| page["text"].as_str()).collect::<String>()
    };
    let lines = text("jsonl").await;
    let parsed: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut requests: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &parsed {
        *requests.entry(entry["request"].as_str().expect("text")).or_default() += 1;
    }
    assert_eq!((requests.len(), requests.values().max()), (1_201, Some(&1)));

    let table = text("csv").await;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(reader.headers().expect("headings").iter().take(3).collect::<Vec<_>>(), ["at", "act", "actor"]);
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("a table");
    assert_eq!(rows.len(), 1_201);
    assert_eq!(&rows[0][3], "'=cmd|'/c calc'!A1", "a name is no formula");
    assert_eq!(&rows[0][10], "roles: – → learner");
    let refused = ask(&function, request(EXPORT, "form=xlsx")).await;
    assert_eq!(refused.expect_err("refused").kind(), Kind::InvalidQuery);
}

#[tokio::test]
async fn the_log_is_for_administrators_of_the_organisation_it_is_of() {
    let function = organisation(3).await;
    for route in [LIST, EXPORT] {
        for roles in ["", "learner", "author instructor grader", "admin@c1"] {
            let event = HttpEvent::new(route, start()).signed_in("demo", "p1", roles);
            assert_eq!(ask(&function, event).await.expect_err("refused").kind(), Kind::Forbidden, "{route} {roles}");
        }
    }
    let other = HttpEvent::new(LIST, start()).signed_in("other", "admin", "admin");
    assert_eq!(ask(&function, other).await.expect("a page"), json!({"entries": [], "next": null}));
}
