//! Notification-read over the model store: pages newest first, a count in one read, and nobody else's inbox.

use jiff::Timestamp;
use serde_json::{Value, json};
use stoa_domain::id::{EnrolmentId, PersonKey, TenantId};
use stoa_domain::notification::{About, Kind, Notice, notification_id};
use stoa_http::{Call, Problem, Reply};
use stoa_service::inbox::PAGE_MAX;
use stoa_service::notifying::Message;
use stoa_service::notifying::rounds::RoundStore;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::{Faults, ModelStore};

use super::*;

fn start() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn function() -> NotificationRead<ModelStore> {
    NotificationRead {
        gate: Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]),
        store: Store::new(ModelStore::new(Faults::none())),
        cursor_secret: "secret".to_owned(),
    }
}

/// A message to `person`, so many milliseconds after the start.
fn message(person: &str, after_ms: i64, inbox: bool) -> Message {
    let enrolment = EnrolmentId::parse(format!("e-{person}")).expect("an id");
    Message {
        tenant: TenantId::parse("demo").expect("an id"),
        person: PersonKey::parse(person).expect("an id"),
        id: notification_id(start().as_millisecond() + after_ms, &enrolment, Kind::Enrolled, ""),
        notice: Notice::Enrolled { course: About { enrolment, title: format!("Course {after_ms}") } },
        inbox,
        email: !inbox,
    }
}

async fn ask(function: &NotificationRead<ModelStore>, route: &str, query: &str) -> Result<Reply, Problem> {
    let event = HttpEvent::new(route, start()).raw_query(query).signed_in("demo", "ada", "learner");
    handle(function, &Call::from(event.request())).await
}

async fn answer(function: &NotificationRead<ModelStore>, route: &str, query: &str) -> Value {
    let reply = ask(function, route, query).await.expect("a reply");
    serde_json::from_slice(reply.body()).expect("JSON")
}

#[tokio::test]
async fn an_inbox_is_paged_newest_first_and_counted() {
    let function = function();
    let count = PAGE_MAX + 5;
    for at in 0..count {
        let is_new = function.store.tell_one(&message("ada", at.into(), true), start()).await;
        assert_eq!(is_new, Ok(true));
    }
    let first = answer(&function, "GET /api/me/notifications", "").await;
    let titles = |page: &Value| -> Vec<String> {
        let entries = page["notifications"].as_array().expect("a list");
        entries.iter().map(|entry| entry["notice"]["course"]["title"].as_str().expect("a title").to_owned()).collect()
    };
    let expected: Vec<String> = (0..count).rev().map(|at| format!("Course {at}")).collect();
    let cursor = first["next_cursor"].as_str().expect("there is more");
    let second = answer(&function, "GET /api/me/notifications", &format!("cursor={cursor}")).await;
    assert_eq!([titles(&first), titles(&second)].concat(), expected);
    assert_eq!((&second["next_cursor"], &first["unread"]), (&Value::Null, &json!(count)));
    assert_eq!(first["notifications"][0]["at"], json!("2026-01-15T12:00:00.034Z"));
    assert_eq!(answer(&function, "GET /api/me/notifications/unread", "").await, json!({ "unread": count }));
}

#[tokio::test]
async fn what_was_told_to_others_or_only_by_mail_is_not_in_ones_inbox() {
    let function = function();
    for message in [message("bob", 1, true), message("ada", 2, false)] {
        function.store.tell_one(&message, start()).await.expect("written");
    }
    let page = answer(&function, "GET /api/me/notifications", "").await;
    assert_eq!(page, json!({ "notifications": [], "unread": 0, "next_cursor": null }));
}

#[tokio::test]
async fn whoever_has_chosen_nothing_is_told_everything_by_both_ways() {
    let view = answer(&function(), "GET /api/me/preferences", "").await;
    let rows = view["preferences"].as_array().expect("a list");
    let kinds: Vec<&Value> = rows.iter().map(|row| &row["kind"]).collect();
    assert_eq!(kinds, ["enrolled", "grade_posted", "assessment_due", "course_updated"]);
    assert!(rows.iter().all(|row| row["inbox"] == true && row["email"] == true));
    assert!(rows.iter().all(|row| row["mandatory"] == (row["kind"] == "enrolled")));
}

#[tokio::test]
async fn a_cursor_that_is_not_ours_is_refused_and_nobody_reads_without_a_sign_in() {
    let function = function();
    let strange = ask(&function, "GET /api/me/notifications", "cursor=AAAA").await.expect_err("refused");
    assert_eq!(strange.kind(), stoa_http::Kind::CursorInvalid);
    let event = HttpEvent::new("GET /api/me/notifications", start());
    let nobody = handle(&function, &Call::from(event.request())).await.expect_err("refused");
    assert_eq!(nobody.kind(), stoa_http::Kind::MissingIdentity);
}
