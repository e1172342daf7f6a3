//! Notification-write over the model store: a message is counted off once, and a link ends one kind of mail and nothing else.

use jiff::Timestamp;
use serde_json::{Value, json};
use stoa_domain::erasure::Erasure;
use stoa_domain::id::{EnrolmentId, NotificationId, PersonKey, TenantId};
use stoa_domain::notification::{About, Channel, Kind, Notice, notification_id};
use stoa_http::{Call, Problem, Reply};
use stoa_service::erasing::EraseStore;
use stoa_service::erasures::ErasureStore;
use stoa_service::inbox::InboxReader;
use stoa_service::notifying::Message;
use stoa_service::notifying::link::{Ending, seal};
use stoa_service::notifying::rounds::RoundStore;
use stoa_store::engine::Table;
use stoa_testkit::audit::another;
use stoa_testkit::events::HttpEvent;
use stoa_testkit::people::administrator;
use stoa_testkit::{Faults, ModelStore, Rates, Rng, Scheduler};

use super::*;

const SECRET: &str = "secret";

fn start() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn tenant() -> TenantId {
    TenantId::parse("demo").expect("an id")
}

fn ada() -> PersonKey {
    PersonKey::parse("ada").expect("an id")
}

fn function(faults: Faults) -> NotificationWrite<ModelStore> {
    NotificationWrite {
        gate: Gate::new(HttpEvent::ISSUER, vec![HttpEvent::CLIENT.to_owned()]),
        store: Store::new(ModelStore::new(faults)),
        link_secret: SECRET.to_owned(),
    }
}

/// So many messages to Ada; their names.
async fn told(function: &NotificationWrite<ModelStore>, count: i64) -> Vec<NotificationId> {
    let mut ids = Vec::new();
    for at in 0..count {
        let enrolment = EnrolmentId::parse("e1").expect("an id");
        let id = notification_id(at, &enrolment, Kind::Enrolled, "");
        let notice = Notice::Enrolled { course: About { enrolment, title: "A course".to_owned() } };
        let message = Message { tenant: tenant(), person: ada(), id: id.clone(), notice, inbox: true, email: false };
        function.store.tell_one(&message, start()).await.expect("written");
        ids.push(id);
    }
    ids
}

async fn ask(function: &NotificationWrite<ModelStore>, event: HttpEvent) -> Result<Reply, Problem> {
    handle(function, &Call::from(event.request())).await
}

fn read(ids: &[NotificationId]) -> HttpEvent {
    let event = HttpEvent::new("POST /api/me/notifications/read", start()).signed_in("demo", "ada", "learner");
    event.json(&json!({ "notifications": ids }))
}

fn choose(kind: &str, channel: &str, on: bool) -> HttpEvent {
    let event = HttpEvent::new("PUT /api/me/preferences/{kind}/{channel}", start()).signed_in("demo", "ada", "learner");
    event.path("kind", kind).path("channel", channel).json(&json!({ "on": on }))
}

fn by_link(method: &str, link: &str) -> HttpEvent {
    HttpEvent::new(&format!("{method} /api/unsubscribe/{{link}}"), start()).path("link", link)
}

fn ending(kind: Kind) -> String {
    seal(SECRET, &Ending { tenant: tenant(), person: ada(), kind, channel: Channel::Email })
}

fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(reply.body()).expect("JSON")
}

async fn wants(function: &NotificationWrite<ModelStore>, kind: Kind, channel: Channel) -> bool {
    function.store.chosen(&tenant(), &ada()).await.expect("read").wants(kind, channel)
}

#[tokio::test]
async fn a_message_is_counted_off_once_however_often_it_is_read() {
    let function = function(Faults::none());
    let ids = told(&function, 3).await;
    for _ in 0..2 {
        let reply = ask(&function, read(&ids[..2])).await.expect("a reply");
        assert_eq!(json_of(&reply), json!({ "unread": 1 }));
    }
    let twice = [ids[2].clone(), ids[2].clone()];
    let reply = ask(&function, read(&twice)).await.expect("a reply");
    assert_eq!(json_of(&reply), json!({ "unread": 0 }));
    let strange = NotificationId::parse("nobodys").expect("an id");
    assert_eq!(json_of(&ask(&function, read(&[strange])).await.expect("a reply")), json!({ "unread": 0 }));
}

#[tokio::test]
async fn at_most_a_hundred_messages_are_marked_at_once() {
    let function = function(Faults::none());
    let ids = told(&function, 101).await;
    assert_eq!(ask(&function, read(&ids)).await.expect_err("refused").kind(), stoa_http::Kind::InvalidBody);
    let reply = ask(&function, read(&ids[..100])).await.expect("a reply");
    assert_eq!(json_of(&reply), json!({ "unread": 1 }));
}

/// Whatever goes wrong and whoever reads at the same time: what is counted is what is unread.
#[tokio::test]
async fn the_count_is_always_the_number_of_unread_messages() {
    for seed in 0..200 {
        let mut rng = Rng::new(seed);
        let faults = Faults::seeded(rng.fork(), Rates::default());
        let function = function(faults.clone());
        let ids = told(&function, 8).await;
        faults.change(Rates::stormy());
        let mut scheduler = Scheduler::new(rng.fork(), &faults);
        for _ in 0..4 {
            let some: Vec<NotificationId> = ids.iter().filter(|_| rng.below(2) == 0).cloned().collect();
            let function = &function;
            scheduler.spawn("reads", async move { ask(function, read(&some)).await.is_ok() });
        }
        scheduler.run();
        drop(scheduler);
        faults.quiet();
        function.store.engine().arrive();
        let page = function.store.inbox(&tenant(), &ada(), None).await.expect("read");
        let unread = page.entries.iter().filter(|entry| entry.unread).count();
        let counted = function.store.unread(&tenant(), &ada()).await.expect("read");
        assert_eq!(counted as usize, unread, "seed {seed}");
    }
}

#[tokio::test]
async fn a_choice_is_kept_and_what_is_mandatory_cannot_be_switched_off() {
    let function = function(Faults::none());
    let reply = ask(&function, choose("grade_posted", "email", false)).await.expect("a reply");
    let row = json_of(&reply)["preferences"][1].clone();
    assert_eq!(row, json!({ "kind": "grade_posted", "mandatory": false, "inbox": true, "email": false }));
    let refused = ask(&function, choose("enrolled", "email", false)).await.expect_err("refused");
    assert_eq!(refused.kind(), stoa_http::Kind::NotPossible);
    for (kind, channel) in [("legal", "email"), ("grade_posted", "sms")] {
        let unknown = ask(&function, choose(kind, channel, false)).await.expect_err("refused");
        assert_eq!(unknown.kind(), stoa_http::Kind::NotFound);
    }
    ask(&function, choose("grade_posted", "email", true)).await.expect("a reply");
    assert!(wants(&function, Kind::GradePosted, Channel::Email).await);
}

#[tokio::test]
async fn a_link_ends_its_kind_of_mail_without_a_sign_in_and_nothing_else() {
    let function = function(Faults::none());
    let link = ending(Kind::GradePosted);
    // As a mail program sends it, once and again.
    for _ in 0..2 {
        let event = by_link("POST", &link).header("content-type", "application/x-www-form-urlencoded");
        let reply = ask(&function, event.text("List-Unsubscribe=One-Click")).await.expect("a reply");
        assert_eq!(json_of(&reply), json!({ "kind": "grade_posted", "channel": "email" }));
    }
    assert!(!wants(&function, Kind::GradePosted, Channel::Email).await);
    assert!(wants(&function, Kind::GradePosted, Channel::Inbox).await);
    assert!(wants(&function, Kind::AssessmentDue, Channel::Email).await);
}

#[tokio::test]
async fn a_link_in_an_old_mail_writes_nothing_about_somebody_who_was_erased() {
    let function = function(Faults::none());
    let store = &function.store;
    let asker = administrator(store.engine(), &tenant(), "admin").await;
    let ada = administrator(store.engine(), &tenant(), "ada").await;
    let erasure = Erasure::asked(ada.person.clone(), ada.state, asker.person.clone(), start());
    let end = || by_link("POST", &ending(Kind::GradePosted));

    assert_eq!(store.ask(&tenant(), &erasure, &asker, &another(start())).await, Ok(true));
    ask(&function, end()).await.expect("a reply");
    assert!(!wants(&function, Kind::GradePosted, Channel::Email).await, "it can still be taken back");

    assert_eq!(store.begin(&tenant(), &ada.person, start()).await, Ok(true));
    store.clear_inbox(&tenant(), &ada.person).await.expect("cleared");
    let before = store.engine().items(Table::Learning);
    let reply = ask(&function, end()).await.expect("a reply");
    assert_eq!(
        json_of(&reply),
        json!({ "kind": "grade_posted", "channel": "email" }),
        "whoever clicks is told the same"
    );
    assert_eq!(store.engine().items(Table::Learning), before);
}

#[tokio::test]
async fn opening_a_link_leads_to_the_page_that_asks_and_changes_nothing() {
    let function = function(Faults::none());
    let link = ending(Kind::GradePosted);
    let reply = ask(&function, by_link("GET", &link)).await.expect("a reply");
    assert_eq!(reply.status(), 303);
    assert!(wants(&function, Kind::GradePosted, Channel::Email).await);
}

#[tokio::test]
async fn a_link_that_is_not_ours_or_ends_what_is_mandatory_changes_nothing() {
    let function = function(Faults::none());
    let elsewhere = Ending { tenant: tenant(), person: ada(), kind: Kind::GradePosted, channel: Channel::Email };
    for link in ["grade_posted~email~AAAA".to_owned(), seal("another secret", &elsewhere)] {
        for method in ["GET", "POST"] {
            let refused = ask(&function, by_link(method, &link)).await.expect_err("refused");
            assert_eq!(refused.kind(), stoa_http::Kind::NotFound);
        }
    }
    let refused = ask(&function, by_link("POST", &ending(Kind::Enrolled))).await.expect_err("refused");
    assert_eq!(refused.kind(), stoa_http::Kind::NotPossible);
    assert!(wants(&function, Kind::GradePosted, Channel::Email).await);
}
