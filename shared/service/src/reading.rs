//! Reading progress: a learner's own, and a cohort's rows.

use stoa_domain::cohort::{Cohort, Enrolment};
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey, ReleaseId, TenantId};
use stoa_domain::person::Person;
use stoa_domain::progress::{Progress, RowState};

use crate::failure::StoreError;

/// How many rows a page of a cohort has.
pub const ROWS_MAX: u32 = 500;

/// One learner's row in a cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// The learner.
    pub person: PersonKey,
    /// The Release that positions in the state refer to.
    pub release: ReleaseId,
    /// Whether the enrolment has been moved to another cohort: the row is only left to expiry.
    pub moved: bool,
    /// What the page shows.
    pub state: RowState,
}

/// A page of a cohort.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// In order of their enrolments.
    pub rows: Vec<Row>,
    /// The enrolment that the next page begins after; `None` at the end.
    pub next: Option<EnrolmentId>,
}

/// An enrolment's state with the time of its newest event, in milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub progress: Progress,
    /// When its newest event was recorded.
    pub recorded_at: Option<i64>,
}

/// What reading progress may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait ProgressReader {
    /// An enrolment.
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError>;

    /// The ids of a person's enrolments.
    async fn enrolments_of(&self, tenant: &TenantId, person: &PersonKey) -> Result<Vec<EnrolmentId>, StoreError>;

    /// An enrolment's state.
    async fn standing(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Standing, StoreError>;

    /// A cohort.
    async fn cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError>;

    /// All cohorts of a tenant.
    async fn cohorts(&self, tenant: &TenantId) -> Result<Vec<Cohort>, StoreError>;

    /// One page of a cohort's rows: one query.
    async fn rows(&self, tenant: &TenantId, cohort: &CohortId, after: Option<&EnrolmentId>)
    -> Result<Rows, StoreError>;
}

/// Reads people. The only place where names come from.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait PeopleReader {
    /// A tenant's name.
    async fn tenant_name(&self, tenant: &TenantId) -> Result<Option<String>, StoreError>;

    /// The people behind these keys; those who are not there are left out.
    async fn people(&self, tenant: &TenantId, people: &[PersonKey]) -> Result<Vec<Person>, StoreError>;
}
