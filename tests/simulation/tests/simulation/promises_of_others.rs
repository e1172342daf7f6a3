//! What the conditions of Releases, cohorts and people promise, each as a short check against a store.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_dynamo::Item;
use stoa_domain::cohort::{Cohort, Enrolment};
use stoa_domain::id::{CourseId, PersonKey, ReleaseId, TenantId};
use stoa_domain::notification::agenda::Agenda;
use stoa_domain::person::{Person, PersonState};
use stoa_service::cohorts::CohortStore;
use stoa_service::people::{AGAIN_MS, AccessChange, Inserted, InvitedAgain, PeopleStore};
use stoa_service::provisioning::ProvisionStore;
use stoa_service::publishing::{Register, Registered};
use stoa_service::reading::PeopleReader;
use stoa_service::signing_in::SignIns;
use stoa_store::Store;
use stoa_store::engine::{
    Change, Engine, Key, Page, Query, ReadFailure, Table, TransactFailure, Values, Write, WriteFailure,
};
use stoa_store::{record, schema};
use stoa_testkit::SimClock;
use stoa_testkit::audit::{another, entry};
use stoa_testkit::people::administrator;

use crate::course::Course;

fn tenant() -> TenantId {
    Course::get().tenant.clone()
}

fn key(name: &str) -> PersonKey {
    PersonKey::parse(name).expect("an id")
}

fn person(name: &str, email: &str) -> Person {
    Person {
        tenant: tenant(),
        person: key(name),
        email: email.to_owned(),
        name: name.to_owned(),
        roles: vec!["admin".to_owned()],
        state: PersonState::Invited,
        subject: None,
    }
}

async fn invite(store: &Store<impl Engine>, name: &str, email: &str) -> Inserted {
    let now = SimClock::default().now();
    let asker = administrator(store.engine(), &tenant(), "admin").await;
    let inserted = store.insert(&person(name, email), &asker, &entry(name, now), now).await;
    inserted.expect("the engine answers").expect("an administrator asks")
}

pub async fn a_number_of_a_release_is_given_once(store: &Store<impl Engine>) -> bool {
    let course = CourseId::parse("course").expect("an id");
    let line = |release: &str| Registered {
        number: 1,
        release: ReleaseId::parse(release).expect("an id"),
        title: release.to_owned(),
        nodes: 1,
        items: 0,
        published_at: 0,
    };
    let add = async |release| {
        let entry = entry(release, SimClock::default().now());
        store.add(&tenant(), &course, &line(release), &entry).await.expect("the engine answers")
    };
    add("one").await && !add("other").await && store.newest(&tenant(), &course).await == Ok(Some(line("one")))
}

async fn put(store: &Store<impl Engine>, cohort: &Cohort) -> bool {
    let entry = entry(&cohort.name, SimClock::default().now());
    // The agenda is of no account here: each change comes with one of its own revision.
    let told = store.told_of(&tenant(), &cohort.cohort).await.expect("the engine answers");
    let agenda = Agenda { rev: told.rev + 1, ..told };
    store.put_cohort(&tenant(), cohort, &agenda, None, &entry).await.expect("the engine answers")
}

async fn stands(store: &Store<impl Engine>, cohort: &Cohort) -> bool {
    CohortStore::cohort(store, &tenant(), &cohort.cohort).await.as_ref() == Ok(&Some(cohort.clone()))
}

pub async fn a_cohort_is_made_once(store: &Store<impl Engine>) -> bool {
    let cohort = Course::get().cohort.clone();
    let other = Cohort { name: "Other".to_owned(), course: CourseId::parse("other").expect("an id"), ..cohort.clone() };
    put(store, &cohort).await && !put(store, &other).await && stands(store, &cohort).await
}

pub async fn of_two_who_change_a_cohort_one_does(store: &Store<impl Engine>) -> bool {
    let cohort = Course::get().cohort.clone();
    let change = |name: &str| Cohort { name: name.to_owned(), rev: 1, ..cohort.clone() };
    let (first, second) = (change("First"), change("Second"));
    let is_first = put(store, &cohort).await && put(store, &first).await;
    is_first && !put(store, &second).await && stands(store, &first).await
}

pub async fn an_enrolment_is_made_once(store: &Store<impl Engine>) -> bool {
    let first = Course::get().enrolments[0].clone();
    let again = Enrolment { release: ReleaseId::parse("newer").expect("an id"), ..first.clone() };
    let now = SimClock::default().now();
    let enrol = async |enrolment: &Enrolment| {
        let entry = entry(enrolment.release.as_str(), now);
        store.enrol(&tenant(), enrolment, &entry, now).await.expect("the engine answers")
    };
    let stands = enrol(&first).await && !enrol(&again).await;
    let found = stoa_service::attempts::AttemptStore::enrolment(store, &tenant(), &first.enrolment).await;
    stands && found == Ok(Some(first))
}

pub async fn an_address_belongs_to_one_person(store: &Store<impl Engine>) -> bool {
    let first = invite(store, "p1", "ada@example.org").await;
    let second = invite(store, "p2", "ada@example.org").await;
    let is_nobody = PeopleStore::person(store, &tenant(), &key("p2")).await == Ok(None);
    first == Inserted::New && second == Inserted::Existing(key("p1")) && is_nobody
}

pub async fn an_organisation_is_made_once(store: &Store<impl Engine>) -> bool {
    let now = SimClock::default().now();
    for (name, admin) in [("First", person("p1", "ada@example.org")), ("Second", person("p2", "bob@example.org"))] {
        store.create_tenant(name, &admin, &entry(name, now), now).await.expect("the engine answers");
    }
    store.tenant_name(&tenant()).await == Ok(Some("First".to_owned()))
}

pub async fn roles_are_replaced_only_as_they_were_read(store: &Store<impl Engine>) -> bool {
    invite(store, "p1", "ada@example.org").await;
    let asker = administrator(store.engine(), &tenant(), "admin").await;
    let read = person("p1", "ada@example.org");
    let give = async |to: &Person, role: &str| {
        let entry = entry(role, SimClock::default().now());
        store.set_roles(to, &[role.to_owned()], &asker, &entry).await.expect("the engine answers")
    };
    let is_first = give(&read, "author").await && !give(&read, "grader").await;
    let is_nobody = !give(&person("nobody", "nobody@example.org"), "learner").await;
    let found = PeopleStore::person(store, &tenant(), &key("p1")).await.expect("the engine answers");
    is_first && is_nobody && found.is_some_and(|found| found.roles == ["author"])
}

async fn deactivate(store: &Store<impl Engine>, name: &str, from: PersonState) -> bool {
    let now = SimClock::default().now();
    let entry = entry(&format!("{name} {}", from.name()), now);
    let change = AccessChange { person: &key(name), from, to: PersonState::Deactivated };
    let asker = administrator(store.engine(), &tenant(), "admin").await;
    store.change_access(&asker, &[(change, entry)], now).await.expect("the engine answers")
}

pub async fn a_change_of_access_follows_the_state_it_was_decided_on(store: &Store<impl Engine>) -> bool {
    invite(store, "p1", "ada@example.org").await;
    let is_refused = !deactivate(store, "p1", PersonState::Active).await;
    is_refused && deactivate(store, "p1", PersonState::Invited).await
}

async fn invite_again(store: &Store<impl Engine>, read: &Person, at: Timestamp) -> InvitedAgain {
    let asker = administrator(store.engine(), &tenant(), "admin").await;
    store.invite_again(read, &asker, &another(at), at).await.expect("the engine answers")
}

pub async fn somebody_is_invited_again_once_in_ten_minutes(store: &Store<impl Engine>) -> bool {
    invite(store, "p1", "ada@example.org").await;
    let (read, now) = (person("p1", "ada@example.org"), SimClock::default().now());
    let later = now + SignedDuration::from_millis(AGAIN_MS);
    let is_first = invite_again(store, &read, now).await == InvitedAgain::Yes;
    let is_refused = invite_again(store, &read, later - SignedDuration::from_millis(1)).await == InvitedAgain::TooSoon;
    is_first && is_refused && invite_again(store, &read, later).await == InvitedAgain::Yes
}

pub async fn somebody_is_invited_again_only_as_they_were_read(store: &Store<impl Engine>) -> bool {
    invite(store, "p1", "ada@example.org").await;
    let is_ended = deactivate(store, "p1", PersonState::Invited).await;
    let read = person("p1", "ada@example.org");
    is_ended && invite_again(store, &read, SimClock::default().now()).await == InvitedAgain::Changed
}

pub async fn an_account_is_followed_only_as_it_was_seen(store: &Store<impl Engine>) -> bool {
    invite(store, "p1", "ada@example.org").await;
    let seen = ProvisionStore::waiting(store, &tenant(), &key("p1")).await.expect("the engine answers");
    let mark = seen.and_then(|seen| seen.mark).unwrap_or_default();
    deactivate(store, "p1", PersonState::Invited).await;
    let is_refused = store.activate(&tenant(), &key("p1"), "subject", &mark).await == Ok(false);
    let found = PeopleStore::person(store, &tenant(), &key("p1")).await.expect("the engine answers");
    is_refused && found.map(|person| person.state) == Some(PersonState::Deactivated)
}

pub async fn a_subject_signs_in_as_one_person(store: &Store<impl Engine>) -> bool {
    invite(store, "p1", "ada@example.org").await;
    invite(store, "p2", "bob@example.org").await;
    let elsewhere = TenantId::parse("elsewhere").expect("an id");
    let link = async |tenant: &TenantId, name| {
        store.link("issuer", "subject", tenant, &key(name)).await.expect("the engine answers")
    };
    let is_linked = link(&tenant(), "p1").await && link(&tenant(), "p1").await;
    let stands = is_linked && !link(&tenant(), "p2").await && !link(&elsewhere, "p1").await;
    let found = store.signed_in("issuer", "subject").await.expect("the engine answers");
    stands && found.map(|person| person.person) == Some(key("p1"))
}

pub async fn two_who_begin_the_list_of_ended_access_do_not_lose_one_another(store: &Store<impl Engine>) -> bool {
    invite(store, "p1", "ada@example.org").await;
    is_kept_while_another_writes(store, 1, &["p2"]).await
}

pub async fn two_who_change_the_list_of_ended_access_do_not_lose_one_another(store: &Store<impl Engine>) -> bool {
    invite(store, "p1", "ada@example.org").await;
    invite(store, "p2", "bob@example.org").await;
    deactivate(store, "p2", PersonState::Invited).await && is_kept_while_another_writes(store, 2, &["p2", "p3"]).await
}

/// Ends the access of p1 while another writes the list between the reading and the writing of it.
async fn is_kept_while_another_writes(store: &Store<impl Engine>, rev: u32, names: &[&str]) -> bool {
    let list: BTreeMap<&str, i64> = names.iter().map(|name| (*name, 1)).collect();
    let key = schema::revoked(&tenant());
    let item = record::item(&key, &serde_json::json!({ "people": list, "rev": rev }));
    let write = Write { table: Table::People, key, change: Change::Put(item), condition: None, values: Values::new() };
    let meanwhile = Store::new(Meanwhile { engine: store.engine(), write: RefCell::new(Some(write)) });
    let is_refused = !deactivate(&meanwhile, "p1", PersonState::Invited).await;
    is_refused && listed(store).await.keys().eq(names)
}

#[derive(Deserialize)]
struct List {
    people: BTreeMap<String, i64>,
}

async fn listed(store: &Store<impl Engine>) -> BTreeMap<String, i64> {
    let list: Option<List> =
        record::get(store.engine(), Table::People, &schema::revoked(&tenant())).await.expect("a list");
    list.map(|list| list.people).unwrap_or_default()
}

/// Somebody else writes an item right after it was read.
pub struct Meanwhile<'a, E> {
    /// Where.
    pub engine: &'a E,
    /// What, until it is done.
    pub write: RefCell<Option<Write>>,
}

impl<E: Engine> Engine for Meanwhile<'_, E> {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        let read = self.engine.get(table, key, consistent).await;
        let due = self.write.borrow_mut().take_if(|write| write.key == *key);
        if let Some(write) = due {
            self.engine.write(write).await.expect("the engine answers");
        }
        read
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        self.engine.get_many(table, keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        self.engine.query(query).await
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        self.engine.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactFailure> {
        self.engine.transact(writes).await
    }
}
