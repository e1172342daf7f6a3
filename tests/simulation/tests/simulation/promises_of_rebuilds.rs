//! What the conditions of rebuilds promise, each as a short check against a store.

use stoa_domain::cohort::Enrolment;
use stoa_domain::generation::{Generations, LEASE_MS};
use stoa_domain::id::{CohortId, TenantId};
use stoa_domain::progress::RowState;
use stoa_service::rebuilding::RebuildStore;
use stoa_store::Store;
use stoa_store::engine::{Engine, Table};
use stoa_store::schema;

use crate::course::Course;

fn cohort() -> (&'static TenantId, &'static CohortId) {
    (&Course::get().tenant, &Course::get().cohort.cohort)
}

fn enrolment() -> &'static Enrolment {
    &Course::get().enrolments[0]
}

async fn put(store: &Store<impl Engine>, next: &Generations) -> bool {
    let (tenant, cohort) = cohort();
    store.put_generations(tenant, cohort, next).await.expect("the engine answers")
}

async fn stored(store: &Store<impl Engine>) -> Generations {
    let (tenant, cohort) = cohort();
    RebuildStore::generations(store, tenant, cohort).await.expect("the engine answers")
}

fn begun(owner: &str) -> Generations {
    Generations::default().taken(owner, 0).expect("nobody is at work")
}

pub async fn of_two_who_begin_a_rebuild_one_does(store: &Store<impl Engine>) -> bool {
    put(store, &begun("first")).await && !put(store, &begun("second")).await && stored(store).await == begun("first")
}

pub async fn who_was_taken_over_does_not_switch(store: &Store<impl Engine>) -> bool {
    put(store, &begun("first")).await;
    let taken = begun("first").taken("second", LEASE_MS + 1).expect("the first is silent");
    let is_taken = put(store, &taken).await;
    is_taken && !put(store, &begun("first").switched(5)).await && stored(store).await == taken
}

async fn draw(store: &Store<impl Engine>, sequence: u64) {
    let row = RowState { sequence, ..RowState::default() };
    store.put_row(cohort().0, 1, enrolment(), &row).await.expect("it is written, or a newer one is there");
}

async fn drawn(store: &Store<impl Engine>) -> Option<u64> {
    let (tenant, cohort) = cohort();
    let rows = store.rows_of(tenant, cohort, 1).await.expect("the engine answers");
    rows.get(&enrolment().enrolment).and_then(Option::as_ref).map(|row| row.state.sequence)
}

pub async fn a_rebuild_never_draws_over_a_newer_row(store: &Store<impl Engine>) -> bool {
    draw(store, 2).await;
    draw(store, 1).await;
    let is_kept = drawn(store).await == Some(2);
    draw(store, 3).await;
    is_kept && drawn(store).await == Some(3)
}

pub async fn only_rows_that_are_there_expire(store: &Store<impl Engine>) -> bool {
    let (tenant, cohort) = cohort();
    let id = &enrolment().enrolment;
    store.expire_row(tenant, cohort, 1, id, 5).await.expect("it is not there, and stays so");
    let read = async || store.engine().get(Table::Learning, &schema::row(tenant, cohort, 1, id), true).await;
    let is_absent = read().await == Ok(None);
    draw(store, 1).await;
    store.expire_row(tenant, cohort, 1, id, 5).await.expect("it is there");
    is_absent && read().await.is_ok_and(|row| row.is_some_and(|row| row.contains_key("expires_at")))
}
