//! What the conditions of administration promise, each as a short check against a store.

use stoa_domain::attempt::{Attempt, AttemptState};
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey, TenantId};
use stoa_domain::organisation::Organisation;
use stoa_domain::person::{Person, PersonState};
use stoa_service::auditing::AuditLog;
use stoa_service::cohorts::{CohortStore, EnrolmentChange};
use stoa_service::organisation::OrganisationStore;
use stoa_service::people::PeopleStore;
use stoa_store::Store;
use stoa_store::engine::Engine;
use stoa_store::schema;
use stoa_testkit::SimClock;
use stoa_testkit::audit::entry;
use stoa_testkit::people::administrator;

use crate::course::Course;
use crate::promises::{after, enrolment, hand_in, me, open, save, stands, stored};

fn tenant() -> &'static TenantId {
    &Course::get().tenant
}

/// Writes an enrolment over the revision before, by a request of this name.
async fn change(store: &Store<impl Engine>, request: &str, next: &Enrolment, open: &[Attempt]) -> bool {
    let entry = &entry(request, after(2));
    let change = EnrolmentChange { next, open, entry, now: after(2) };
    store.change_enrolment(tenant(), change).await.expect("the engine answers")
}

fn withdrawn() -> Enrolment {
    enrolment().with_status(EnrolmentStatus::Withdrawn)
}

async fn open_attempts(store: &Store<impl Engine>) -> Vec<Attempt> {
    store.open_attempts(tenant(), &enrolment().enrolment).await.expect("the engine answers")
}

/// Withdraws a learner whose attempt is open.
async fn withdraw(store: &Store<impl Engine>) -> bool {
    open(store).await && change(store, "withdraw", &withdrawn(), &open_attempts(store).await).await
}

async fn reinstate(store: &Store<impl Engine>) -> bool {
    let back = withdrawn().with_status(EnrolmentStatus::Active);
    change(store, "reinstate", &back, &open_attempts(store).await).await
}

pub async fn who_is_withdrawn_saves_no_draft(store: &Store<impl Engine>) -> bool {
    let is_refused = withdraw(store).await && !stands(&save(store, &me(), 1, 3, 3).await);
    is_refused && reinstate(store).await && stands(&save(store, &me(), 1, 3, 4).await)
}

pub async fn who_is_withdrawn_hands_nothing_in(store: &Store<impl Engine>) -> bool {
    let is_refused = withdraw(store).await && !stands(&hand_in(store, &me(), "s1", 3, 3).await);
    is_refused && reinstate(store).await && stands(&hand_in(store, &me(), "s1", 3, 4).await)
}

pub async fn who_is_withdrawn_opens_no_attempt(store: &Store<impl Engine>) -> bool {
    let entry = entry("enrol", after(0));
    store.enrol(tenant(), enrolment(), &entry, after(0)).await.expect("the engine answers");
    change(store, "withdraw", &withdrawn(), &[]).await && !open(store).await && open_attempts(store).await.is_empty()
}

pub async fn an_attempt_that_is_closed_meanwhile_is_not_suspended(store: &Store<impl Engine>) -> bool {
    open(store).await;
    let seen = open_attempts(store).await;
    hand_in(store, &me(), "s1", 3, 1).await;
    let closed = stored(store).await;
    let is_refused = !change(store, "withdraw", &withdrawn(), &seen).await;
    is_refused && closed.state == AttemptState::Closed && stored(store).await == closed
}

pub async fn of_two_who_change_an_enrolment_one_does(store: &Store<impl Engine>) -> bool {
    open(store).await;
    let moved = enrolment().moved(&CohortId::parse("summer").expect("an id")).expect("moved");
    let is_first = change(store, "withdraw", &withdrawn(), &[]).await && !change(store, "move", &moved, &[]).await;
    let found = CohortStore::enrolment(store, tenant(), &enrolment().enrolment).await;
    is_first && found == Ok(Some(withdrawn()))
}

pub async fn a_person_has_one_enrolment_in_a_cohort(store: &Store<impl Engine>) -> bool {
    open(store).await;
    let summer = CohortId::parse("summer").expect("an id");
    let second = Enrolment {
        enrolment: EnrolmentId::parse("second").expect("an id"),
        cohort: summer.clone(),
        ..enrolment().clone()
    };
    let entry = entry("second", after(1));
    let is_enrolled = store.enrol(tenant(), &second, &entry, after(1)).await.expect("the engine answers");
    let is_refused = !change(store, "move", &enrolment().moved(&summer).expect("moved"), &[]).await;
    // Back to where one has been is no second place.
    let third = CohortId::parse("third").expect("an id");
    let there = enrolment().moved(&third).expect("moved");
    let back = there.moved(&enrolment().cohort).expect("moved");
    let returns = change(store, "there", &there, &[]).await && change(store, "back", &back, &[]).await;
    is_enrolled && is_refused && returns
}

fn ada() -> Person {
    Person {
        tenant: tenant().clone(),
        person: PersonKey::parse("p1").expect("an id"),
        email: "ada@example.org".to_owned(),
        name: "Ada".to_owned(),
        roles: vec!["admin".to_owned()],
        state: PersonState::Invited,
        subject: None,
    }
}

pub async fn an_entry_of_the_log_is_never_written_over(store: &Store<impl Engine>) -> bool {
    let now = SimClock::default().now();
    let first = entry("the same", now);
    let asker = administrator(store.engine(), tenant(), "admin").await;
    store.insert(&ada(), &asker, &first, now).await.expect("the engine answers");
    let mut other = first.clone();
    other.actor = PersonKey::parse("somebody-else").ok();
    let is_refused = store.set_roles(&ada(), &["author".to_owned()], &asker, &other).await == Ok(false);
    let end = schema::audit_before(now.as_millisecond() + 1);
    let logged = store.before(tenant(), &end, 10).await.expect("the engine answers");
    is_refused && logged.into_iter().map(|logged| logged.entry).eq([first])
}

pub async fn of_two_who_change_settings_one_does(store: &Store<impl Engine>) -> bool {
    let now = SimClock::default().now();
    store.create_tenant("Demo", &ada(), &entry("made", now), now).await.expect("the engine answers");
    let put = async |name: &str| {
        let next = Organisation { name: name.to_owned(), rev: 1, ..Organisation::default() };
        store.put_organisation(tenant(), &next, &entry(name, now)).await.expect("the engine answers")
    };
    let is_first = put("First").await && !put("Second").await;
    let found = store.organisation(tenant()).await.expect("the engine answers");
    is_first && found.is_some_and(|found| found.name == "First")
}
