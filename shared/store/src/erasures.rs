//! Requests for erasure on DynamoDB: each with the end of the person's access, in one transaction.

use serde::{Deserialize, Serialize};
use stoa_domain::attempt::instant;
use stoa_domain::audit::{By, Entry};
use stoa_domain::erasure::{Erasure, Stage};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_service::erasures::ErasureStore;
use stoa_service::failure::StoreError;
use stoa_service::people::AccessChange;
use stoa_service::reading::ProgressReader;

use crate::Store;
use crate::audit;
use crate::conditions::{ERASURE_WAITS, NOT_BEING_ERASED};
use crate::engine::{Change, Engine, Table, Write};
use crate::marks::Mark;
use crate::people::{administrator_stays, put, update};
use crate::record::{self, values};
use crate::schema;

/// An erasure as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ErasureRecord {
    #[serde(flatten)]
    pub(crate) erasure: Erasure,
    #[serde(flatten)]
    pub(crate) mark: Mark,
}

/// Nobody has begun to erase the person, in the transaction of what is to be kept of them. The record of an erasure outlasts
/// it, so this holds for good.
pub(crate) fn not_being_erased(tenant: &TenantId, person: &PersonKey) -> Write {
    Write {
        table: Table::People,
        key: schema::erasure(tenant, person),
        change: Change::Check,
        condition: Some(NOT_BEING_ERASED),
        values: values! { ":waiting" => Stage::Waiting, ":cancelled" => Stage::Cancelled },
    }
}

impl<E: Engine> ErasureStore for Store<E> {
    async fn who(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        self.read_person(tenant, person).await
    }

    async fn erasure(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Erasure>, StoreError> {
        let stored: Option<ErasureRecord> =
            record::get(&self.engine, Table::People, &schema::erasure(tenant, person)).await?;
        Ok(stored.map(|stored| stored.erasure))
    }

    async fn enrolment_count(&self, tenant: &TenantId, person: &PersonKey) -> Result<usize, StoreError> {
        Ok(self.enrolments_of(tenant, person).await?.len())
    }

    async fn ask(
        &self,
        tenant: &TenantId,
        erasure: &Erasure,
        asker: &Person,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let change = AccessChange { person: &erasure.person, from: erasure.stood, to: PersonState::Erasing };
        let mut writes = self.access_writes(tenant, [change], instant(erasure.asked_at)).await?;
        let key = schema::erasure(tenant, &erasure.person);
        let mark = Mark::due(&key.pk, erasure.erase_at, "asked");
        writes.push(put(key, &ErasureRecord { erasure: erasure.clone(), mark }));
        writes.extend([administrator_stays(asker), audit::entry(tenant, entry)]);
        self.transact_if(writes).await
    }

    async fn take_back(
        &self,
        tenant: &TenantId,
        erasure: &Erasure,
        asker: &Person,
        by: &By,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let change = AccessChange { person: &erasure.person, from: PersonState::Erasing, to: erasure.stood };
        let mut writes = self.access_writes(tenant, [change], by.at).await?;
        let values = values! { ":waiting" => Stage::Waiting, ":cancelled" => Stage::Cancelled };
        let key = schema::erasure(tenant, &erasure.person);
        let taken_back = update(key, "SET stage = :cancelled REMOVE work_pk, work_sk", values);
        writes.push(Write { condition: Some(ERASURE_WAITS), ..taken_back });
        writes.extend([administrator_stays(asker), audit::entry(tenant, entry)]);
        self.transact_if(writes).await
    }
}
