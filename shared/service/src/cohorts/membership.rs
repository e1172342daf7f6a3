//! Leaving a cohort, coming back, and moving to another one.

use stoa_domain::audit::{Act, By, Change};
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::id::{CohortId, EnrolmentId, TenantId};

use super::{CohortError, CohortStore, EnrolmentChange, ROUNDS_MAX, about};
use crate::failure::StoreError;

/// The most open attempts of one enrolment that one change can reach: all of it is one transaction.
const OPEN_MAX: usize = 90;

/// Withdraws a learner. Attempts, grades and progress stay; the content and what is open take nothing from them any more.
pub async fn withdraw(
    store: &impl CohortStore,
    tenant: &TenantId,
    cohort: &CohortId,
    enrolment: &EnrolmentId,
    by: &By,
) -> Result<Enrolment, CohortError> {
    set_status(store, tenant, cohort, enrolment, EnrolmentStatus::Withdrawn, by).await
}

/// Takes a withdrawn learner back, to where they were. Attempts whose time is not up go on.
pub async fn reinstate(
    store: &impl CohortStore,
    tenant: &TenantId,
    cohort: &CohortId,
    enrolment: &EnrolmentId,
    by: &By,
) -> Result<Enrolment, CohortError> {
    set_status(store, tenant, cohort, enrolment, EnrolmentStatus::Active, by).await
}

async fn set_status(
    store: &impl CohortStore,
    tenant: &TenantId,
    cohort: &CohortId,
    enrolment: &EnrolmentId,
    status: EnrolmentStatus,
    by: &By,
) -> Result<Enrolment, CohortError> {
    let act = if status == EnrolmentStatus::Withdrawn { Act::Withdrawn } else { Act::Reinstated };
    for _ in 0..ROUNDS_MAX {
        let found = of_cohort(store, tenant, cohort, enrolment).await?;
        if found.status == status {
            return Ok(found);
        }
        let open = store.open_attempts(tenant, enrolment).await?;
        if open.len() > OPEN_MAX {
            return Err(CohortError::NotPossible("Too many of this learner's attempts are open at once."));
        }
        let next = found.with_status(status);
        let entry = by.did(act, about(&next), []);
        let change = EnrolmentChange { next: &next, open: &open, entry: &entry, now: by.at };
        if store.change_enrolment(tenant, change).await? {
            return Ok(next);
        }
    }
    Err(StoreError::Conflict.into())
}

/// Moves a learner to another cohort of the same course. The enrolment stays what it is, with its Release, attempts, grades
/// and progress; from now on the other cohort's dates count, and attempts that are open keep theirs.
pub async fn move_to(
    store: &impl CohortStore,
    tenant: &TenantId,
    cohort: &CohortId,
    enrolment: &EnrolmentId,
    to: &CohortId,
    by: &By,
) -> Result<Enrolment, CohortError> {
    let from = store.cohort(tenant, cohort).await?.ok_or(CohortError::NotFound)?;
    let Some(target) = store.cohort(tenant, to).await? else {
        return Err(CohortError::Invalid(vec![super::finding("/cohort", "There is no such cohort.")]));
    };
    if target.course != from.course {
        let detail = "That cohort takes another course: what has been done here would count for nothing there.";
        return Err(CohortError::Invalid(vec![super::finding("/cohort", detail)]));
    }
    for _ in 0..ROUNDS_MAX {
        let found = match of_cohort(store, tenant, cohort, enrolment).await {
            // Moved there already: the answer to the first request was lost.
            Err(CohortError::NotFound) => {
                let there = of_cohort(store, tenant, to, enrolment).await?;
                return if there.left.contains(cohort) { Ok(there) } else { Err(CohortError::NotFound) };
            }
            found => found?,
        };
        if found.cohort == *to {
            return Ok(found);
        }
        let other = store.placed(tenant, &found.person, to).await?;
        if other.is_some_and(|other| other.enrolment != found.enrolment) {
            return Err(CohortError::NotPossible("This learner has an enrolment in that cohort already."));
        }
        let Some(next) = found.moved(to) else {
            return Err(CohortError::NotPossible("This learner has been moved too often. Enrol them there instead."));
        };
        let change = Change::between("cohort", Some(cohort.as_str()), Some(to.as_str()));
        let entry = by.did(Act::Moved, about(&next), change);
        let change = EnrolmentChange { next: &next, open: &[], entry: &entry, now: by.at };
        if store.change_enrolment(tenant, change).await? {
            return Ok(next);
        }
    }
    Err(StoreError::Conflict.into())
}

/// An enrolment, if it is in this cohort: a role in one cohort says nothing about another's learners.
async fn of_cohort(
    store: &impl CohortStore,
    tenant: &TenantId,
    cohort: &CohortId,
    enrolment: &EnrolmentId,
) -> Result<Enrolment, CohortError> {
    let found = store.enrolment(tenant, enrolment).await?;
    found.filter(|enrolment| enrolment.cohort == *cohort).ok_or(CohortError::NotFound)
}
