//! Rebuilding a cohort's rows on DynamoDB: beside those that are read, under their own partition.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_dynamo::Item;
use stoa_domain::cohort::Enrolment;
use stoa_domain::generation::Generations;
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey, TenantId};
use stoa_domain::progress::{Progress, RowState};
use stoa_domain::rebuild::Sources;
use stoa_service::failure::StoreError;
use stoa_service::reading::{ProgressReader, Row};
use stoa_service::rebuilding::RebuildStore;

use crate::Store;
use crate::conditions::{
    GENERATIONS_ARE_AS_READ, GENERATIONS_ARE_NEW, PROGRESS_IS_AS_READ, PROGRESS_IS_NEW, ROW_IS_NOT_NEWER, ROW_IS_THERE,
};
use crate::engine::{Change, Condition, Engine, Key, SortKeys, Table, Values, Write, WriteFailure};
use crate::learning::ProgressRecord;
use crate::marks::Mark;
use crate::reading::{self, RowRecord};
use crate::record::{self, no_values, unless_refused, values};
use crate::{projecting, schema};

impl<E: Engine> Store<E> {
    /// Writes to `learning` under a condition; `false` if it did not hold.
    pub(crate) async fn learning_if(
        &self,
        key: Key,
        change: Change,
        condition: Condition,
        values: Values,
    ) -> Result<bool, StoreError> {
        let write = Write { table: Table::Learning, key, change, condition: Some(condition), values };
        match self.engine.write(write).await {
            Ok(_) => Ok(true),
            Err(WriteFailure::Refused(_)) => Ok(false),
            Err(failure) => Err(unless_refused(failure)),
        }
    }
}

impl<E: Engine> RebuildStore for Store<E> {
    async fn members(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Vec<EnrolmentId>, StoreError> {
        let people = SortKeys::Prefix(format!("{}#", schema::PERSON));
        let people = record::all(&self.engine, Table::People, schema::people_pk(tenant), people).await?;
        let mut members = Vec::new();
        for person in people.iter().filter_map(record::key_of) {
            let Some((_, person)) = schema::parse_person_key(&person) else { continue };
            members.extend(self.members_of(tenant, cohort, &person).await?);
        }
        Ok(members)
    }

    async fn generations(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Generations, StoreError> {
        self.read_generations(tenant, cohort).await
    }

    async fn put_generations(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        next: &Generations,
    ) -> Result<bool, StoreError> {
        let key = schema::generations(tenant, cohort);
        let change = Change::Put(record::item(&key, next));
        match next.rev.saturating_sub(1) {
            0 => self.learning_if(key, change, GENERATIONS_ARE_NEW, no_values()).await,
            before => self.learning_if(key, change, GENERATIONS_ARE_AS_READ, values! { ":rev" => before }).await,
        }
    }

    async fn sources(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
    ) -> Result<Option<(Enrolment, Sources)>, StoreError> {
        let begun_at = self.read_progress(tenant, enrolment).await?.0.sequence;
        let (mut found, mut sources) = (None, Sources::default());
        // In the order of sort keys the log comes before facts, grades and state: if the state is where it was before, all
        // of it was read at one place of the log.
        let pk = schema::enrolment_pk(tenant, enrolment);
        for item in record::all(&self.engine, Table::Learning, pk, SortKeys::All).await? {
            let Some(key) = record::key_of(&item) else { continue };
            if key.sk.starts_with(schema::EVENT) {
                sources.log.push(projecting::event(item)?);
                continue;
            }
            if key.sk == schema::PROGRESS {
                sources.progress = Some(record::record::<ProgressRecord>(item)?.progress(&key)?);
                continue;
            }
            if key.sk == schema::ENROLMENT {
                found = Some(record::record::<Enrolment>(item.clone())?);
            }
            let mark: Mark = record::record(item.clone())?;
            if let Some(fact) = projecting::fact_of(&key, item)? {
                let facts = if mark.waiting().is_some() { &mut sources.waiting } else { &mut sources.projected };
                facts.push(fact);
            }
        }
        if sources.progress.as_ref().map_or(0, |progress| progress.sequence) != begun_at {
            return Err(StoreError::Conflict);
        }
        Ok(found.map(|enrolment| (enrolment, sources)))
    }

    async fn replace_state(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        read: Option<u64>,
        progress: &Progress,
        recorded_at: Timestamp,
        redrawn_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let key = schema::progress(tenant, enrolment);
        let record = ProgressRecord::new(&key, progress, recorded_at, redrawn_at);
        let change = Change::Put(record::item(&key, &record));
        let is_replaced = match read {
            None => self.learning_if(key, change, PROGRESS_IS_NEW, no_values()).await?,
            Some(read) => self.learning_if(key, change, PROGRESS_IS_AS_READ, values! { ":sequence" => read }).await?,
        };
        if is_replaced { Ok(()) } else { Err(StoreError::Conflict) }
    }

    async fn put_row(
        &self,
        tenant: &TenantId,
        generation: u32,
        enrolment: &Enrolment,
        row: &RowState,
    ) -> Result<(), StoreError> {
        let key = schema::row(tenant, &enrolment.cohort, generation, &enrolment.enrolment);
        let change = Change::Put(record::item(&key, &RowRecord::new(enrolment, row)));
        // Refused: the projector was here and has drawn a newer row.
        let values = values! { ":sequence" => row.sequence };
        self.learning_if(key, change, ROW_IS_NOT_NEWER, values).await.map(drop)
    }

    async fn rows_of(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        generation: u32,
    ) -> Result<BTreeMap<EnrolmentId, Option<Row>>, StoreError> {
        let pk = schema::rows_pk(tenant, cohort, generation);
        let rows = SortKeys::Prefix(schema::ROW.to_owned());
        let items = record::all(&self.engine, Table::Learning, pk, rows).await?;
        let row = |item: Item| Some((reading::row_enrolment(&item)?, reading::row(item).ok()));
        Ok(items.into_iter().filter_map(row).collect())
    }

    async fn expire_row(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        generation: u32,
        enrolment: &EnrolmentId,
        expires_at: i64,
    ) -> Result<(), StoreError> {
        let key = schema::row(tenant, cohort, generation, enrolment);
        let change = Change::Update("SET expires_at = :expires_at");
        self.learning_if(key, change, ROW_IS_THERE, values! { ":expires_at" => expires_at }).await.map(drop)
    }
}

impl<E: Engine> Store<E> {
    /// A person's enrolments in one cohort.
    async fn members_of(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        person: &PersonKey,
    ) -> Result<Vec<EnrolmentId>, StoreError> {
        let mut members = Vec::new();
        for id in self.enrolments_of(tenant, person).await? {
            let enrolment = self.read_enrolment(tenant, &id).await?;
            members
                .extend(enrolment.filter(|enrolment| enrolment.cohort == *cohort).map(|enrolment| enrolment.enrolment));
        }
        Ok(members)
    }
}
