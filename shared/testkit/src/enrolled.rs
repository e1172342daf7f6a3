//! An enrolment for tests that are about an attempt only.

use stoa_domain::attempt::Attempt;
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::id::{CohortId, TenantId};
use stoa_store::Store;
use stoa_store::engine::{Change, Engine, Table, Write};
use stoa_store::{record, schema};

/// Enrols the learner of an attempt that is to be opened, without anything that follows from it.
///
/// # Panics
/// If the engine does not answer.
pub async fn enrolled(store: &Store<impl Engine>, tenant: &TenantId, attempt: &Attempt) {
    let enrolment = Enrolment {
        enrolment: attempt.enrolment.clone(),
        person: attempt.person.clone(),
        cohort: CohortId::parse("cohort").expect("an id"),
        release: attempt.release.clone(),
        cycle_no: 1,
        status: EnrolmentStatus::Active,
        enrolled_at: attempt.opened_at,
        rev: 0,
        left: vec![],
    };
    let key = schema::enrolment(tenant, &enrolment.enrolment);
    let change = Change::Put(record::item(&key, &enrolment));
    let write = Write { table: Table::Learning, key, change, condition: None, values: record::no_values() };
    store.engine().write(write).await.expect("the engine answers");
}
