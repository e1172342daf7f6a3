//! Learner facts on DynamoDB: one item each, written once, marked for the projector.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stoa_domain::cohort::Enrolment;
use stoa_domain::fact::{Fact, Facts};
use stoa_domain::id::{EnrolmentId, TenantId};
use stoa_service::facts::FactStore;
use stoa_service::failure::StoreError;

use crate::Store;
use crate::conditions::{FACT_IS_NEW, READING_IS_ONCE_A_MINUTE};
use crate::engine::{Change, Engine, Table, Write, WriteFailure};
use crate::marks::Mark;
use crate::record::{self, no_values, unless_refused};
use crate::schema;

/// A fact as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FactRecord {
    pub(crate) fact: Fact,
    pub(crate) origin: Origin,
    pub(crate) received_at: i64,
    #[serde(flatten)]
    pub(crate) mark: Mark,
}

/// Who says so.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Origin {
    /// The learner's own browser.
    Client,
}

impl<E: Engine> FactStore for Store<E> {
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.read_enrolment(tenant, enrolment).await
    }

    async fn facts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError> {
        Ok(self.read_progress(tenant, enrolment).await?.0.facts)
    }

    async fn record(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        fact: &Fact,
        received_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (kind, node) = match fact {
            Fact::Viewed { node, .. } => ("viewed", node),
            Fact::Done { node, .. } => ("done", node),
            Fact::Enrolled { .. }
            | Fact::EnrolmentChanged { .. }
            | Fact::Read { .. }
            | Fact::DateCame { .. }
            | Fact::Graded { .. } => {
                return Err(StoreError::Unavailable("only what a learner did is recorded here".to_owned()));
            }
        };
        let key = schema::fact(tenant, enrolment, kind, node);
        let stored = FactRecord {
            fact: fact.clone(),
            origin: Origin::Client,
            received_at: received_at.as_millisecond(),
            mark: Mark::pending(&key.pk, received_at.as_millisecond(), kind),
        };
        let write = Write {
            table: Table::Learning,
            change: Change::Put(record::item(&key, &stored)),
            key,
            condition: Some(FACT_IS_NEW),
            values: no_values(),
        };
        match self.engine.write(write).await {
            Ok(_) | Err(WriteFailure::Refused(_)) => Ok(()),
            Err(failure) => Err(unless_refused(failure)),
        }
    }

    async fn record_reading(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        read: &Fact,
        received_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let key = schema::reading(tenant, enrolment, received_at.as_millisecond());
        let stored = FactRecord {
            fact: read.clone(),
            origin: Origin::Client,
            received_at: received_at.as_millisecond(),
            mark: Mark::pending(&key.pk, received_at.as_millisecond(), "reading"),
        };
        let write = Write {
            table: Table::Learning,
            change: Change::Put(record::item(&key, &stored)),
            key,
            condition: Some(READING_IS_ONCE_A_MINUTE),
            values: no_values(),
        };
        match self.engine.write(write).await {
            Ok(_) => Ok(true),
            // The same report again, after an answer that was lost.
            Err(WriteFailure::Refused(Some(stands))) => Ok(record::record::<FactRecord>(*stands)?.fact == *read),
            Err(failure) => Err(unless_refused(failure)),
        }
    }
}
