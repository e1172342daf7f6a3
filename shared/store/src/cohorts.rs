//! Cohorts and enrolments on DynamoDB.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stoa_domain::attempt::{Attempt, AttemptState};
use stoa_domain::audit::Entry;
use stoa_domain::cohort::{Cohort, Enrolment, EnrolmentStatus};
use stoa_domain::fact::Facts;
use stoa_domain::id::{CohortId, CourseId, EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_domain::notification::agenda::Agenda;
use stoa_domain::person::Person;
use stoa_service::attempts::AttemptRef;
use stoa_service::cohorts::{CohortStore, EnrolmentChange, Members};
use stoa_service::failure::StoreError;
use stoa_service::lessons::Learners;

use crate::Store;
use crate::audit;
use crate::conditions::{
    ATTEMPT_IS_OPEN, COHORT_IS_AS_READ, COHORT_IS_NEW, ENROLMENT_IS_AS_READ, ENROLMENT_IS_NEW, PLACE_IS_FREE,
};
use crate::engine::{Change, Engine, Key, SortKeys, Table, Write};
use crate::marks::Mark;
use crate::record::{self, no_values, values};
use crate::{notifying, schema};

/// An enrolment as it is written: with the projector's mark.
#[derive(Serialize)]
struct EnrolmentRecord<'a> {
    #[serde(flatten)]
    enrolment: &'a Enrolment,
    #[serde(flatten)]
    mark: Mark,
}

/// A learner's place in a cohort. The rest of the enrolment is read by its id.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) enrolment: EnrolmentId,
}

/// Takes the place of an enrolment in its cohort, or keeps it.
fn place(tenant: &TenantId, enrolment: &Enrolment) -> Write {
    let key = schema::place(tenant, &enrolment.person, &enrolment.cohort);
    let values = values! { ":enrolment" => enrolment.enrolment };
    Write { condition: Some(PLACE_IS_FREE), values, ..put(key, &Place { enrolment: enrolment.enrolment.clone() }) }
}

fn put(key: Key, record: &impl Serialize) -> Write {
    let item = record::item(&key, record);
    Write { table: Table::Learning, key, change: Change::Put(item), condition: None, values: no_values() }
}

impl<E: Engine> CohortStore for Store<E> {
    async fn cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError> {
        self.read_cohort(tenant, cohort).await
    }

    async fn told_of(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Agenda, StoreError> {
        let stored: Option<Agenda> =
            record::get(&self.engine, Table::Learning, &schema::agenda(tenant, cohort)).await?;
        Ok(stored.unwrap_or_default())
    }

    async fn put_cohort(
        &self,
        tenant: &TenantId,
        cohort: &Cohort,
        agenda: &Agenda,
        due_at: Option<i64>,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let (condition, values) = match cohort.rev {
            0 => (COHORT_IS_NEW, no_values()),
            next => (COHORT_IS_AS_READ, values! { ":rev" => next - 1 }),
        };
        let write = put(schema::cohort(tenant, &cohort.cohort), cohort);
        let write = Write { condition: Some(condition), values, ..write };
        let agenda = notifying::agenda_write(tenant, &cohort.cohort, agenda, due_at);
        self.transact_if(vec![write, agenda, audit::entry(tenant, entry)]).await
    }

    async fn enrol(
        &self,
        tenant: &TenantId,
        enrolment: &Enrolment,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = schema::enrolment(tenant, &enrolment.enrolment);
        let mark = Mark::pending(&key.pk, now.as_millisecond(), "enrolled");
        let writes = vec![
            Write { condition: Some(ENROLMENT_IS_NEW), ..put(key, &EnrolmentRecord { enrolment, mark }) },
            place(tenant, enrolment),
            audit::entry(tenant, entry),
        ];
        self.transact_if(writes).await
    }

    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.read_enrolment(tenant, enrolment).await
    }

    async fn placed(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        cohort: &CohortId,
    ) -> Result<Option<Enrolment>, StoreError> {
        let key = schema::place(tenant, person, cohort);
        match record::get::<Place>(&self.engine, Table::Learning, &key).await? {
            Some(place) => self.read_enrolment(tenant, &place.enrolment).await,
            None => Ok(None),
        }
    }

    async fn open_attempts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Vec<Attempt>, StoreError> {
        let prefix = SortKeys::Prefix(schema::ATTEMPT.to_owned());
        let attempts = self.read_attempts(tenant, enrolment, prefix).await?;
        Ok(attempts.into_iter().filter(|attempt| attempt.state == AttemptState::Open).collect())
    }

    async fn change_enrolment(&self, tenant: &TenantId, change: EnrolmentChange<'_>) -> Result<bool, StoreError> {
        let EnrolmentChange { next, open, entry, now } = change;
        let key = schema::enrolment(tenant, &next.enrolment);
        let mark = Mark::pending(&key.pk, now.as_millisecond(), &format!("changed-{}", next.rev));
        let values = values! { ":rev" => next.rev.saturating_sub(1) };
        let write = put(key, &EnrolmentRecord { enrolment: next, mark });
        let mut writes = vec![
            Write { condition: Some(ENROLMENT_IS_AS_READ), values, ..write },
            place(tenant, next),
            audit::entry(tenant, entry),
        ];
        writes.extend(open.iter().map(|attempt| suspension(tenant, attempt, next.status)));
        self.transact_if(writes).await
    }

    async fn has_course(&self, tenant: &TenantId, course: &CourseId) -> Result<bool, StoreError> {
        Ok(self.engine.get(Table::Content, &schema::course(tenant, course), true).await?.is_some())
    }
}

impl<E: Engine> Members for Store<E> {
    async fn member(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        record::get(&self.engine, Table::People, &schema::person(tenant, person)).await
    }

    async fn addressed(&self, tenant: &TenantId, email: &str) -> Result<Option<Person>, StoreError> {
        self.read_addressed(tenant, email).await
    }
}

/// Lets an open attempt take nothing while its learner is withdrawn.
fn suspension(tenant: &TenantId, attempt: &Attempt, status: EnrolmentStatus) -> Write {
    let mut values = values! { ":open" => AttemptState::Open };
    let change = match status {
        EnrolmentStatus::Active => Change::Update("REMOVE suspended"),
        EnrolmentStatus::Withdrawn => {
            values.insert(":suspended", record::value(&true));
            Change::Update("SET suspended = :suspended")
        }
    };
    let at = AttemptRef {
        tenant: tenant.clone(),
        enrolment: attempt.enrolment.clone(),
        assessment: attempt.assessment.clone(),
        number: attempt.number,
    };
    Write { table: Table::Learning, key: crate::attempts::key(&at), change, condition: Some(ATTEMPT_IS_OPEN), values }
}

impl<E: Engine> Learners for Store<E> {
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.read_enrolment(tenant, enrolment).await
    }

    async fn facts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError> {
        Ok(self.read_progress(tenant, enrolment).await?.0.facts)
    }

    async fn has_attempted(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        assessment: &NodeId,
    ) -> Result<bool, StoreError> {
        let first = schema::attempt(tenant, enrolment, assessment, 1);
        Ok(self.engine.get(Table::Learning, &first, true).await?.is_some())
    }
}
