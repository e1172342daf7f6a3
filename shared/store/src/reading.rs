//! Reading progress from DynamoDB.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::Item;
use stoa_domain::cohort::{Cohort, Enrolment};
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey, ReleaseId, TenantId};
use stoa_domain::progress::RowState;
use stoa_service::failure::StoreError;
use stoa_service::reading::{ProgressReader, ROWS_MAX, Row, Rows, Standing};
use stoa_service::rebuilding::REPLACED_SECONDS;

use crate::Store;
use crate::cohorts::Place;
use crate::engine::{Engine, Page, Query, SortKeys, Table};
use crate::record;
use crate::schema;

/// A cohort row as it is stored. Names are not in it: they come from `people`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RowRecord {
    pub(crate) person: PersonKey,
    pub(crate) release: ReleaseId,
    /// The place in the log it was drawn at, where conditions can see it. Rows of the first days lack it.
    #[serde(default)]
    pub(crate) sequence: u64,
    pub(crate) state: RowState,
    /// Whether the enrolment has been moved to another cohort.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) moved: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<i64>,
}

impl RowRecord {
    /// The row that one state draws.
    pub(crate) fn new(enrolment: &Enrolment, state: &RowState) -> RowRecord {
        RowRecord {
            person: enrolment.person.clone(),
            release: enrolment.release.clone(),
            sequence: state.sequence,
            state: state.clone(),
            moved: false,
            expires_at: None,
        }
    }

    /// What is left where an enrolment was before it was moved: nothing that is shown, until it expires.
    pub(crate) fn moved(enrolment: &Enrolment, state: &RowState, now: Timestamp) -> RowRecord {
        let state = RowState { sequence: state.sequence, ..RowState::default() };
        let expires_at = Some(now.as_second() + REPLACED_SECONDS);
        RowRecord { moved: true, expires_at, ..RowRecord::new(enrolment, &state) }
    }
}

/// The enrolment that the key of a row names.
pub(crate) fn row_enrolment(item: &Item) -> Option<EnrolmentId> {
    EnrolmentId::parse(record::text(item, "sk")?.strip_prefix(schema::ROW)?).ok()
}

/// A row out of its item.
pub fn row(item: Item) -> Result<Row, StoreError> {
    let enrolment = row_enrolment(&item).ok_or_else(|| StoreError::Corrupt {
        key: "a cohort row".to_owned(),
        why: "no enrolment in its key".to_owned(),
    })?;
    let stored: RowRecord = record::record(item)?;
    let RowRecord { person, release, state, moved, .. } = stored;
    Ok(Row { enrolment, person, release, moved, state })
}

impl<E: Engine> ProgressReader for Store<E> {
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.read_enrolment(tenant, enrolment).await
    }

    async fn enrolments_of(&self, tenant: &TenantId, person: &PersonKey) -> Result<Vec<EnrolmentId>, StoreError> {
        let pk = schema::enrolments_of_pk(tenant, person);
        let places = SortKeys::Prefix(schema::PLACE.to_owned());
        let places = record::all(&self.engine, Table::Learning, pk, places).await?;
        let ids = places.into_iter().map(|place| record::record::<Place>(place).map(|place| place.enrolment));
        // Who was moved has several places with one enrolment.
        Ok(ids.collect::<Result<BTreeSet<_>, _>>()?.into_iter().collect())
    }

    async fn standing(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Standing, StoreError> {
        let (progress, recorded_at) = self.read_progress(tenant, enrolment).await?;
        Ok(Standing { progress, recorded_at })
    }

    async fn cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError> {
        self.read_cohort(tenant, cohort).await
    }

    async fn cohorts(&self, tenant: &TenantId) -> Result<Vec<Cohort>, StoreError> {
        let items = record::all(&self.engine, Table::Learning, schema::cohorts_pk(tenant), SortKeys::All).await?;
        items.into_iter().map(record::record).collect()
    }

    async fn rows(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        after: Option<&EnrolmentId>,
    ) -> Result<Rows, StoreError> {
        // A dashboard says "as of": half the price of a consistent read, and as true.
        let page = self.rows_after(tenant, cohort, after, ROWS_MAX, false).await?;
        let mut rows = page.items.into_iter().map(row).collect::<Result<Vec<_>, _>>()?;
        let next = page.last.and(rows.last().map(|row| row.enrolment.clone()));
        rows.retain(|row| !row.moved);
        Ok(Rows { rows, next })
    }
}

impl<E: Engine> Store<E> {
    /// A page of the rows of a cohort that are read, in the order of their enrolments.
    pub(crate) async fn rows_after(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        after: Option<&EnrolmentId>,
        page_max: u32,
        consistent: bool,
    ) -> Result<Page, StoreError> {
        let generation = self.read_generations(tenant, cohort).await?.live;
        let query = Query {
            table: Table::Learning,
            work_index: false,
            pk: schema::rows_pk(tenant, cohort, generation),
            sort_keys: SortKeys::Prefix(schema::ROW.to_owned()),
            consistent,
            descending: false,
            limit: Some(page_max),
            after: after.map(|enrolment| record::behind(&schema::row(tenant, cohort, generation, enrolment))),
        };
        Ok(self.engine.query(&query).await?)
    }
}
