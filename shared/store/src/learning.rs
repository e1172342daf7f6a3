//! Reads that several use cases of learning share.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stoa_domain::cohort::{Cohort, Enrolment};
use stoa_domain::fact::Facts;
use stoa_domain::generation::Generations;
use stoa_domain::id::{CohortId, EnrolmentId, TenantId};
use stoa_domain::progress::Progress;
use stoa_service::failure::StoreError;

use crate::Store;
use crate::engine::{Engine, Key, Table};
use crate::marks::Mark;
use crate::{record, schema};

/// An enrolment's state as it is stored. The facts are one text: the item's size is what every commit pays for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ProgressRecord {
    pub(crate) sequence: u64,
    pub(crate) facts: String,
    pub(crate) recorded_at: i64,
    /// Due when a date changes the row.
    #[serde(flatten)]
    pub(crate) mark: Mark,
}

impl ProgressRecord {
    /// The record under its key, to be drawn anew at `redrawn_at`.
    pub(crate) fn new(
        key: &Key,
        progress: &Progress,
        recorded_at: Timestamp,
        redrawn_at: Option<Timestamp>,
    ) -> ProgressRecord {
        let facts = serde_json::to_string(&progress.facts).expect("facts have a JSON form");
        let mark = redrawn_at.map(|at| Mark::due_by_itself(&key.pk, at.as_millisecond(), "date")).unwrap_or_default();
        ProgressRecord { sequence: progress.sequence, facts, recorded_at: recorded_at.as_millisecond(), mark }
    }

    pub(crate) fn progress(&self, key: &Key) -> Result<Progress, StoreError> {
        let facts: Facts = serde_json::from_str(&self.facts)
            .map_err(|error| StoreError::Corrupt { key: format!("{} {}", key.pk, key.sk), why: error.to_string() })?;
        Ok(Progress { sequence: self.sequence, facts })
    }
}

impl<E: Engine> Store<E> {
    pub(crate) async fn read_enrolment(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
    ) -> Result<Option<Enrolment>, StoreError> {
        record::get(&self.engine, Table::Learning, &schema::enrolment(tenant, enrolment)).await
    }

    pub(crate) async fn read_cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError> {
        record::get(&self.engine, Table::Learning, &schema::cohort(tenant, cohort)).await
    }

    /// Which generations of a cohort's rows there are; before the first rebuild only the first.
    pub(crate) async fn read_generations(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
    ) -> Result<Generations, StoreError> {
        let key = schema::generations(tenant, cohort);
        let stored: Option<Generations> = record::get(&self.engine, Table::Learning, &key).await?;
        Ok(stored.unwrap_or_default())
    }

    /// An enrolment's state and when its newest event was recorded; the empty state before the first event.
    pub(crate) async fn read_progress(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
    ) -> Result<(Progress, Option<i64>), StoreError> {
        let key = schema::progress(tenant, enrolment);
        match record::get::<ProgressRecord>(&self.engine, Table::Learning, &key).await? {
            None => Ok((Progress::default(), None)),
            Some(stored) => Ok((stored.progress(&key)?, Some(stored.recorded_at))),
        }
    }
}
