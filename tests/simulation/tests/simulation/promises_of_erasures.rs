//! What the conditions of erasures and archives promise, each as a short check against a store.

use stoa_domain::erasure::Erasure;
use stoa_domain::export::Export;
use stoa_domain::id::PersonKey;
use stoa_domain::person::{Person, PersonState};
use stoa_service::erasing::EraseStore;
use stoa_service::erasures::ErasureStore;
use stoa_service::exports::ExportStore;
use stoa_service::people::{AccessChange, PeopleStore};
use stoa_store::engine::{Engine, Table};
use stoa_store::{Store, schema};
use stoa_testkit::SimClock;
use stoa_testkit::audit::{another, by};

use crate::course::Course;

fn key(name: &str) -> PersonKey {
    PersonKey::parse(name).expect("an id")
}

/// Somebody who is invited and active, as an administrator.
async fn administrator(store: &Store<impl Engine>, name: &str) -> Person {
    let (tenant, now) = (&Course::get().tenant, SimClock::default().now());
    let person = Person {
        tenant: tenant.clone(),
        person: key(name),
        email: format!("{name}@demo.example"),
        name: name.to_owned(),
        roles: vec!["admin".to_owned()],
        state: PersonState::Invited,
        subject: None,
    };
    store.insert(&person, &another(now), now).await.expect("the engine answers");
    change(store, name, PersonState::Invited, PersonState::Active).await;
    Person { state: PersonState::Active, ..person }
}

async fn change(store: &Store<impl Engine>, name: &str, from: PersonState, to: PersonState) {
    let change =
        AccessChange { tenant: &Course::get().tenant, person: &key(name), from, to, now: SimClock::default().now() };
    assert_eq!(store.change_access(change, &another(SimClock::default().now())).await, Ok(true));
}

fn erasure() -> Erasure {
    Erasure::asked(key("leaver"), PersonState::Active, key("admin"), SimClock::default().now())
}

async fn ask(store: &Store<impl Engine>, asker: &Person) -> bool {
    let entry = another(SimClock::default().now());
    store.ask(&Course::get().tenant, &erasure(), asker, &entry).await.expect("the engine answers")
}

async fn take_back(store: &Store<impl Engine>) -> bool {
    let now = SimClock::default().now();
    let (by, entry) = (by("back", now), another(now));
    store.take_back(&Course::get().tenant, &erasure(), &by, &entry).await.expect("the engine answers")
}

async fn begin(store: &Store<impl Engine>) -> bool {
    let now = SimClock::default().now();
    store.begin(&Course::get().tenant, &key("leaver"), now).await.expect("the engine answers")
}

pub async fn an_erasure_that_has_begun_is_not_taken_back(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    ask(store, &admin).await && begin(store).await && !take_back(store).await
}

pub async fn an_erasure_that_was_taken_back_does_not_begin(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    ask(store, &admin).await && take_back(store).await && !begin(store).await
}

pub async fn an_administrator_who_was_deactivated_erases_nobody(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    change(store, "admin", PersonState::Active, PersonState::Deactivated).await;
    !ask(store, &admin).await
}

pub async fn an_administrator_whose_role_was_taken_away_erases_nobody(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    let entry = another(SimClock::default().now());
    store.set_roles(&admin, &["learner".to_owned()], &entry).await.expect("the engine answers");
    !ask(store, &admin).await
}

pub async fn nobody_asks_for_the_archive_of_somebody_who_is_being_erased(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    let (tenant, now) = (&Course::get().tenant, SimClock::default().now());
    let export = Export::asked(key("admin"), now);
    let wanted =
        async || store.ask_export(tenant, &key("leaver"), &export, &another(now)).await.expect("the engine answers");
    let is_given = wanted().await && ask(store, &admin).await && wanted().await;
    is_given && begin(store).await && !wanted().await
}

pub async fn nobody_is_made_by_noting_a_subject(store: &Store<impl Engine>) -> bool {
    let tenant = &Course::get().tenant;
    store.note_subject(tenant, &key("nobody"), "subject").await.expect("the engine answers");
    let item = store.engine().get(Table::People, &schema::person(tenant, &key("nobody")), true).await;
    item == Ok(None)
}
