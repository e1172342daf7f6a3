//! What the conditions of notifications promise, each as a short check against a store.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use stoa_domain::id::{CohortId, NotificationId, PersonKey, TenantId};
use stoa_domain::notification::agenda::Agenda;
use stoa_domain::notification::preferences::Preferences;
use stoa_domain::notification::{About, Channel, Kind, News, Notice, notification_id};
use stoa_domain::progress::{Event, Progress, RowState};
use stoa_service::failure::StoreError;
use stoa_service::inbox::{InboxReader, InboxWriter, Written};
use stoa_service::notifying::Message;
use stoa_service::notifying::news::{Collected, NewsStore};
use stoa_service::notifying::rounds::RoundStore;
use stoa_service::notifying::sending::{Claim, MailStore, MessageRef, Outcome};
use stoa_service::projecting::{Commit, ProgressLog};
use stoa_store::Store;
use stoa_store::engine::{Change, Engine, Table, Values, Write};
use stoa_store::schema;
use stoa_testkit::SimClock;

use crate::course::{Course, node};
use crate::promises_of_others::Meanwhile;

fn tenant() -> &'static TenantId {
    &Course::get().tenant
}

fn cohort() -> &'static CohortId {
    &Course::get().cohort.cohort
}

fn person() -> &'static PersonKey {
    &Course::get().enrolments[0].person
}

fn after(seconds: i64) -> Timestamp {
    SimClock::default().now() + SignedDuration::from_secs(seconds)
}

/// Collects news of the first learner, as the projector does.
async fn collect(store: &Store<impl Engine>, sequence: u64, attempt: u32) {
    let news = BTreeSet::from([News::Graded { assessment: node("quiz"), attempt }]);
    let commit = Commit {
        enrolment: &Course::get().enrolments[0],
        after: sequence - 1,
        events: Vec::<Event>::new(),
        left: vec![],
        progress: Progress { sequence, ..Progress::default() },
        row: RowState::default(),
        redrawn_at: None,
        generations: vec![0],
        news,
    };
    store.commit(tenant(), &commit, &[], after(0)).await.expect("the engine answers");
}

async fn collected(store: &Store<impl Engine>) -> Option<Collected> {
    let enrolment = &Course::get().enrolments[0].enrolment;
    NewsStore::collected(store, tenant(), enrolment).await.expect("the engine answers")
}

pub async fn news_that_come_meanwhile_are_told_later(store: &Store<impl Engine>) -> bool {
    collect(store, 1, 1).await;
    let Some(seen) = collected(store).await else { return false };
    collect(store, 2, 2).await;
    let enrolment = &Course::get().enrolments[0].enrolment;
    let is_refused = store.tell(tenant(), enrolment, &seen, &[], after(1)).await == Err(StoreError::Conflict);
    let Some(now) = collected(store).await else { return false };
    let has_window_of_first = now.due_at == seen.due_at;
    let is_told = store.tell(tenant(), enrolment, &now, &[], after(1)).await == Ok(());
    is_refused && has_window_of_first && now.news.len() == 2 && is_told && collected(store).await.is_none()
}

fn message(number: i64) -> Message {
    let enrolment = Course::get().enrolments[0].enrolment.clone();
    Message {
        tenant: tenant().clone(),
        person: person().clone(),
        id: notification_id(number, &enrolment, Kind::GradePosted, ""),
        notice: Notice::Enrolled { course: About { enrolment, title: "How to study".to_owned() } },
        inbox: true,
        email: true,
    }
}

async fn tell(store: &Store<impl Engine>) -> bool {
    store.tell_one(&message(1), after(0)).await.expect("the engine answers")
}

async fn unread(store: &Store<impl Engine>) -> u32 {
    store.unread(tenant(), person()).await.expect("the engine answers")
}

pub async fn an_occasion_is_one_message(store: &Store<impl Engine>) -> bool {
    tell(store).await && !tell(store).await && unread(store).await == 1
}

pub async fn a_message_is_counted_off_once(store: &Store<impl Engine>) -> bool {
    tell(store).await;
    let key = schema::message(tenant(), person(), &message(1).id);
    let change = Change::Update("REMOVE unread");
    let write = Write { table: Table::Learning, key, change, condition: None, values: Values::new() };
    // Another reader marks it after this one has looked; what that one counts off is not part of this check.
    let meanwhile = Store::new(Meanwhile { engine: store.engine(), write: RefCell::new(Some(write)) });
    let ids: [NotificationId; 1] = [message(1).id];
    meanwhile.mark_read(tenant(), person(), &ids).await.expect("the engine answers");
    unread(store).await == 1
}

fn at() -> MessageRef {
    MessageRef { tenant: tenant().clone(), person: person().clone(), id: message(1).id }
}

/// Claims the e-mail of the message at a time, for a minute.
async fn claim(store: &Store<impl Engine>, owner: &str, seconds: i64) -> Option<Claim> {
    let lease_until = after(seconds + 60).as_millisecond();
    store.claim(&at(), owner, lease_until, after(seconds)).await.expect("the engine answers")
}

async fn settle(store: &Store<impl Engine>, fence: u32) -> bool {
    store.settle(&at(), fence, Outcome::Delivered, after(0)).await.expect("the engine answers");
    store.unsent(&at()).await.expect("the engine answers").is_none()
}

pub async fn an_e_mail_is_one_senders_affair_until_the_lease_is_over(store: &Store<impl Engine>) -> bool {
    tell(store).await;
    let first = claim(store, "one", 0).await == Some(Claim { fence: 1, unclear: 1 });
    let is_refused = claim(store, "two", 60).await.is_none();
    first && is_refused && claim(store, "two", 61).await == Some(Claim { fence: 2, unclear: 2 })
}

pub async fn an_e_mail_that_is_settled_is_nobodys_affair(store: &Store<impl Engine>) -> bool {
    tell(store).await;
    claim(store, "one", 0).await;
    settle(store, 1).await && claim(store, "two", 1_000).await.is_none()
}

pub async fn who_was_overtaken_settles_nothing(store: &Store<impl Engine>) -> bool {
    tell(store).await;
    claim(store, "one", 0).await;
    claim(store, "two", 61).await;
    !settle(store, 1).await && settle(store, 2).await
}

pub async fn a_claim_is_given_back_once(store: &Store<impl Engine>) -> bool {
    tell(store).await;
    claim(store, "one", 0).await;
    for _ in 0..2 {
        store.release(&at(), 1).await.expect("the engine answers");
    }
    claim(store, "two", 0).await == Some(Claim { fence: 2, unclear: 1 })
}

async fn choose(store: &Store<impl Engine>, before: &Preferences, channel: Channel) -> Option<Preferences> {
    let next = before.choose(Kind::GradePosted, channel, false).expect("it is optional");
    let written = store.put_preferences(tenant(), person(), &next).await.expect("the engine answers");
    (written == Written::Yes).then_some(next)
}

pub async fn two_who_begin_to_choose_do_not_lose_one_another(store: &Store<impl Engine>) -> bool {
    let none = Preferences::default();
    let first = choose(store, &none, Channel::Email).await;
    let is_refused = choose(store, &none, Channel::Inbox).await.is_none();
    first.is_some() && is_refused && store.chosen(tenant(), person()).await.ok() == first
}

pub async fn two_who_choose_do_not_lose_one_another(store: &Store<impl Engine>) -> bool {
    let Some(first) = choose(store, &Preferences::default(), Channel::Email).await else { return false };
    let on = first.choose(Kind::GradePosted, Channel::Email, true).expect("it is optional");
    let is_written = store.put_preferences(tenant(), person(), &on).await == Ok(Written::Yes);
    let is_refused = choose(store, &first, Channel::Inbox).await.is_none();
    is_written && is_refused && store.chosen(tenant(), person()).await == Ok(on)
}

async fn put(store: &Store<impl Engine>, next: &Agenda) -> bool {
    store.put_agenda(tenant(), cohort(), next, Some(5)).await.expect("the engine answers")
}

fn agenda(rev: u32, at: i64) -> Agenda {
    Agenda { rev, reminded: [(node("exam"), at)].into(), ..Agenda::default() }
}

async fn stands(store: &Store<impl Engine>, expected: &Agenda) -> bool {
    store.agenda(tenant(), cohort()).await.expect("the engine answers").as_ref() == Some(expected)
}

pub async fn two_who_begin_an_agenda_do_not_lose_one_another(store: &Store<impl Engine>) -> bool {
    put(store, &agenda(1, 1)).await && !put(store, &agenda(1, 2)).await && stands(store, &agenda(1, 1)).await
}

pub async fn two_who_change_an_agenda_do_not_lose_one_another(store: &Store<impl Engine>) -> bool {
    let is_written = put(store, &agenda(1, 1)).await && put(store, &agenda(2, 2)).await;
    is_written && !put(store, &agenda(2, 3)).await && stands(store, &agenda(2, 2)).await
}
