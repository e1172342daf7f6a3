//! Reading what stands of somebody who is to be told.

use stoa_domain::cohort::{Cohort, Enrolment};
use stoa_domain::fact::Facts;
use stoa_domain::id::{CohortId, EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_domain::notification::Notice;
use stoa_domain::notification::audience::Audience;
use stoa_domain::notification::preferences::Preferences;
use stoa_domain::person::Person;

use crate::failure::StoreError;

/// What looking at an audience may do. Everything is read consistently: it decides whether somebody is disturbed.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait AudienceStore {
    /// An enrolment.
    async fn enrolled(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError>;

    /// A person.
    async fn addressee(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError>;

    /// What a person wants to be told.
    async fn wishes(&self, tenant: &TenantId, person: &PersonKey) -> Result<Preferences, StoreError>;

    /// The cohort with its deadlines.
    async fn calendar(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError>;

    /// Whether an attempt at an assessment is closed.
    async fn has_handed_in(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        assessment: &NodeId,
    ) -> Result<bool, StoreError>;

    /// What is known of an enrolment.
    async fn known(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError>;
}

/// What stands of the learner whom a notice is about, and who they are.
pub async fn of(
    store: &impl AudienceStore,
    tenant: &TenantId,
    notice: &Notice,
) -> Result<(Audience, Option<Person>), StoreError> {
    let id = &notice.course().enrolment;
    let Some(enrolment) = store.enrolled(tenant, id).await? else { return Ok((Audience::default(), None)) };
    let person = store.addressee(tenant, &enrolment.person).await?;
    let preferences = store.wishes(tenant, &enrolment.person).await?;
    let mut audience =
        Audience { person: person.as_ref().map(|person| person.state), preferences, ..Audience::default() };
    match notice {
        Notice::Enrolled { .. } | Notice::CourseUpdated { .. } => {}
        Notice::GradePosted { .. } => {
            let facts = store.known(tenant, id).await?;
            let is_posted = |(_, attempts): &(_, std::collections::BTreeMap<u32, stoa_domain::fact::GradeFact>)| {
                attempts.values().any(|grade| grade.posted)
            };
            audience.posted = facts.grades.into_iter().filter(is_posted).map(|(assessment, _)| assessment).collect();
        }
        Notice::AssessmentDue { due, .. } => {
            let cohort = store.calendar(tenant, &enrolment.cohort).await?;
            audience.due = cohort.and_then(|cohort| cohort.due(&due.part.node));
            audience.has_handed_in = store.has_handed_in(tenant, id, &due.part.node).await?;
        }
    }
    audience.enrolment = Some(enrolment);
    Ok((audience, person))
}
