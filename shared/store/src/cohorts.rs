//! Cohorts and enrolments on DynamoDB.

use jiff::Timestamp;
use serde::Serialize;
use stoa_domain::cohort::{Cohort, Enrolment};
use stoa_domain::fact::Facts;
use stoa_domain::id::{CohortId, CourseId, EnrolmentId, PersonKey, TenantId};
use stoa_domain::notification::agenda::Agenda;
use stoa_domain::person::Person;
use stoa_service::cohorts::{CohortStore, Members, Put};
use stoa_service::failure::StoreError;
use stoa_service::lessons::Learners;

use crate::Store;
use crate::conditions::{COHORT_KEEPS_ITS_COURSE, ENROLMENT_IS_NEW};
use crate::engine::{Change, Engine, Key, Table, TransactFailure, Write};
use crate::marks::Mark;
use crate::record::{self, cancelled, no_values, values};
use crate::{notifying, schema};

/// An enrolment as it is written: with the projector's mark.
#[derive(Serialize)]
struct EnrolmentRecord<'a> {
    #[serde(flatten)]
    enrolment: &'a Enrolment,
    #[serde(flatten)]
    mark: Mark,
}

/// A line of a learner's list. The rest of the enrolment is read by its id.
#[derive(Serialize)]
struct EnrolmentLine<'a> {
    cohort: &'a CohortId,
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
    ) -> Result<Put, StoreError> {
        let write = Write {
            condition: Some(COHORT_KEEPS_ITS_COURSE),
            values: values! { ":course" => cohort.course },
            ..put(schema::cohort(tenant, &cohort.cohort), cohort)
        };
        let writes = vec![write, notifying::agenda_write(tenant, &cohort.cohort, agenda, due_at)];
        match self.engine.transact(writes).await {
            Ok(()) => Ok(Put::Written),
            Err(TransactFailure::Refused(refused)) if refused.first() == Some(&true) => Ok(Put::OfAnotherCourse),
            Err(TransactFailure::Refused(_)) => Ok(Put::Overtaken),
            Err(failure) => Err(cancelled(failure)),
        }
    }

    async fn enrol(&self, tenant: &TenantId, enrolment: &Enrolment, now: Timestamp) -> Result<bool, StoreError> {
        let key = schema::enrolment(tenant, &enrolment.enrolment);
        let mark = Mark::pending(&key.pk, now.as_millisecond(), "enrolled");
        let writes = vec![
            Write { condition: Some(ENROLMENT_IS_NEW), ..put(key, &EnrolmentRecord { enrolment, mark }) },
            put(
                schema::enrolment_of(tenant, &enrolment.person, &enrolment.enrolment),
                &EnrolmentLine { cohort: &enrolment.cohort },
            ),
        ];
        match self.engine.transact(writes).await {
            Ok(()) => Ok(true),
            Err(TransactFailure::Refused(_)) => Ok(false),
            Err(failure) => Err(cancelled(failure)),
        }
    }

    async fn has_course(&self, tenant: &TenantId, course: &CourseId) -> Result<bool, StoreError> {
        Ok(self.engine.get(Table::Content, &schema::course(tenant, course), true).await?.is_some())
    }
}

impl<E: Engine> Members for Store<E> {
    async fn member(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        record::get(&self.engine, Table::People, &schema::person(tenant, person)).await
    }
}

impl<E: Engine> Learners for Store<E> {
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.read_enrolment(tenant, enrolment).await
    }

    async fn facts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError> {
        Ok(self.read_progress(tenant, enrolment).await?.0.facts)
    }
}
