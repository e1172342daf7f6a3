//! What the conditions of erasures and archives promise, each as a short check against a store.

use jiff::{SignedDuration, Timestamp};
use stoa_domain::erasure::Erasure;
use stoa_domain::export::{Export, TRY_MS, Turn};
use stoa_domain::id::PersonKey;
use stoa_domain::notification::preferences::Preferences;
use stoa_domain::notification::{Channel, Kind};
use stoa_domain::person::{Person, PersonState};
use stoa_service::erasing::EraseStore;
use stoa_service::erasures::ErasureStore;
use stoa_service::exporting::{ExportSource, Waiting};
use stoa_service::exports::ExportStore;
use stoa_service::inbox::{InboxWriter, Written};
use stoa_service::people::{AccessChange, PeopleStore};
use stoa_store::engine::{Engine, Table};
use stoa_store::{Store, schema};
use stoa_testkit::SimClock;
use stoa_testkit::audit::{another, by};

use crate::course::Course;

fn key(name: &str) -> PersonKey {
    PersonKey::parse(name).expect("an id")
}

async fn administrator(store: &Store<impl Engine>, name: &str) -> Person {
    stoa_testkit::people::administrator(store.engine(), &Course::get().tenant, name).await
}

/// Another administrator ends the access of one.
async fn deactivate(store: &Store<impl Engine>, asker: &Person, name: &str) -> bool {
    let (from, to) = (PersonState::Active, PersonState::Deactivated);
    let now = SimClock::default().now();
    let change = AccessChange { person: &key(name), from, to };
    store.change_access(asker, &[(change, another(now))], now).await.expect("the engine answers")
}

/// Another administrator takes the role of one away.
async fn demote(store: &Store<impl Engine>, asker: &Person, before: &Person) -> bool {
    let entry = another(SimClock::default().now());
    store.set_roles(before, &["learner".to_owned()], asker, &entry).await.expect("the engine answers")
}

fn erasure() -> Erasure {
    Erasure::asked(key("leaver"), PersonState::Active, key("admin"), SimClock::default().now())
}

async fn ask(store: &Store<impl Engine>, asker: &Person) -> bool {
    let entry = another(SimClock::default().now());
    store.ask(&Course::get().tenant, &erasure(), asker, &entry).await.expect("the engine answers")
}

async fn take_back(store: &Store<impl Engine>, asker: &Person) -> bool {
    let now = SimClock::default().now();
    let (by, entry) = (by("back", now), another(now));
    store.take_back(&Course::get().tenant, &erasure(), asker, &by, &entry).await.expect("the engine answers")
}

async fn begin(store: &Store<impl Engine>) -> bool {
    let now = SimClock::default().now();
    store.begin(&Course::get().tenant, &key("leaver"), now).await.expect("the engine answers")
}

pub async fn an_erasure_that_has_begun_is_not_taken_back(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    ask(store, &admin).await && begin(store).await && !take_back(store, &admin).await
}

pub async fn an_erasure_that_was_taken_back_does_not_begin(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    ask(store, &admin).await && take_back(store, &admin).await && !begin(store).await
}

pub async fn an_administrator_who_was_deactivated_erases_nobody(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    let other = administrator(store, "other").await;
    deactivate(store, &other, "admin").await && !ask(store, &admin).await
}

pub async fn an_administrator_whose_role_was_taken_away_erases_nobody(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    let other = administrator(store, "other").await;
    demote(store, &other, &admin).await && !ask(store, &admin).await
}

pub async fn who_was_demoted_takes_no_erasure_back(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    let other = administrator(store, "other").await;
    administrator(store, "leaver").await;
    ask(store, &admin).await && demote(store, &other, &admin).await && !take_back(store, &admin).await
}

pub async fn of_two_who_end_one_anothers_access_one_does(store: &Store<impl Engine>) -> bool {
    let (first, second) = (administrator(store, "first").await, administrator(store, "second").await);
    deactivate(store, &first, "second").await && !deactivate(store, &second, "first").await
}

pub async fn of_two_who_demote_one_another_one_does(store: &Store<impl Engine>) -> bool {
    let (first, second) = (administrator(store, "first").await, administrator(store, "second").await);
    demote(store, &first, &second).await && !demote(store, &second, &first).await
}

pub async fn who_was_deactivated_changes_not_even_their_own_roles(store: &Store<impl Engine>) -> bool {
    let (first, second) = (administrator(store, "first").await, administrator(store, "second").await);
    let entry = another(SimClock::default().now());
    let more = ["admin".to_owned(), "author".to_owned()];
    let is_ended = deactivate(store, &first, "second").await;
    is_ended && store.set_roles(&second, &more, &second, &entry).await == Ok(false)
}

pub async fn who_was_demoted_does_not_give_themselves_the_role_back(store: &Store<impl Engine>) -> bool {
    let (first, second) = (administrator(store, "first").await, administrator(store, "second").await);
    let entry = another(SimClock::default().now());
    let is_demoted = demote(store, &first, &second).await;
    is_demoted && store.set_roles(&second, &["admin".to_owned()], &second, &entry).await == Ok(false)
}

pub async fn who_was_demoted_invites_nobody(store: &Store<impl Engine>) -> bool {
    let (first, second) = (administrator(store, "first").await, administrator(store, "second").await);
    let now = SimClock::default().now();
    let new = Person { person: key("new"), email: "new@x.test".to_owned(), ..first.clone() };
    demote(store, &first, &second).await && store.insert(&new, &second, &another(now), now).await == Ok(None)
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

/// A request for the archive of `leaver` as it stands, and its mark.
async fn asked(store: &Store<impl Engine>, at: Timestamp) -> (Export, String) {
    let tenant = &Course::get().tenant;
    let export = Export::asked(key("admin"), at);
    let is_asked = store.ask_export(tenant, &key("leaver"), &export, &another(at)).await;
    assert_eq!(is_asked, Ok(true));
    let waiting = ExportSource::waiting(store, tenant, &key("leaver")).await.expect("the engine answers");
    let Waiting { export, mark } = waiting.expect("it is asked for");
    (export, mark.expect("a mark"))
}

async fn begin_archive(store: &Store<impl Engine>, (export, mark): &(Export, String), at: Timestamp) -> bool {
    let Turn::Try(begun) = export.turn(at) else { panic!("{export:?}") };
    let leaver = key("leaver");
    store.claim_export(&Course::get().tenant, &leaver, &begun, mark, at).await.expect("the engine answers")
}

pub async fn an_archive_is_one_makers_affair_until_the_lease_is_over(store: &Store<impl Engine>) -> bool {
    let now = SimClock::default().now();
    let asked = asked(store, now).await;
    let over = now + SignedDuration::from_millis(TRY_MS + 1);
    begin_archive(store, &asked, now).await
        && !begin_archive(store, &asked, now).await
        && begin_archive(store, &asked, over).await
}

pub async fn an_archive_is_not_begun_for_a_request_that_was_replaced(store: &Store<impl Engine>) -> bool {
    let now = SimClock::default().now();
    let first = asked(store, now).await;
    let second = asked(store, now + SignedDuration::from_millis(1)).await;
    !begin_archive(store, &first, now).await && begin_archive(store, &second, now).await
}

pub async fn nothing_is_chosen_for_somebody_who_is_being_erased(store: &Store<impl Engine>) -> bool {
    let admin = administrator(store, "admin").await;
    administrator(store, "leaver").await;
    let (tenant, leaver) = (&Course::get().tenant, key("leaver"));
    let choose = async |before: &Preferences, on: bool| {
        let next = before.choose(Kind::GradePosted, Channel::Email, on).expect("it is optional");
        let written = store.put_preferences(tenant, &leaver, &next).await.expect("the engine answers");
        (written, next)
    };
    let (first, chosen) = choose(&Preferences::default(), false).await;
    let is_chosen = first == Written::Yes && ask(store, &admin).await && begin(store).await;
    is_chosen && choose(&chosen, true).await.0 == Written::BeingErased
}

pub async fn nobody_is_made_by_noting_a_subject(store: &Store<impl Engine>) -> bool {
    let tenant = &Course::get().tenant;
    store.note_subject(tenant, &key("nobody"), "subject").await.expect("the engine answers");
    let item = store.engine().get(Table::People, &schema::person(tenant, &key("nobody")), true).await;
    item == Ok(None)
}
