//! Requests for erasure on DynamoDB: each with the end of the person's access, in one transaction.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use stoa_domain::attempt::instant;
use stoa_domain::erasure::{Erasure, Stage};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_service::erasures::ErasureStore;
use stoa_service::failure::StoreError;
use stoa_service::people::AccessChange;
use stoa_service::reading::ProgressReader;

use crate::Store;
use crate::conditions::{ADMINISTRATOR_STAYS, ERASURE_WAITS};
use crate::engine::{Change, Engine, Table, TransactFailure, Write};
use crate::marks::Mark;
use crate::people::{put, update};
use crate::record::{self, cancelled, values};
use crate::schema;

/// An erasure as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ErasureRecord {
    #[serde(flatten)]
    pub(crate) erasure: Erasure,
    #[serde(flatten)]
    pub(crate) mark: Mark,
}

impl<E: Engine> Store<E> {
    /// Writes all or nothing; `false` if a condition did not hold.
    async fn transact_if(&self, writes: Vec<Write>) -> Result<bool, StoreError> {
        match self.engine.transact(writes).await {
            Ok(()) => Ok(true),
            Err(TransactFailure::Refused(_)) => Ok(false),
            Err(failure) => Err(cancelled(failure)),
        }
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

    async fn ask(&self, tenant: &TenantId, erasure: &Erasure, asker: &Person) -> Result<bool, StoreError> {
        let change = AccessChange {
            tenant,
            person: &erasure.person,
            from: erasure.stood,
            to: PersonState::Erasing,
            now: instant(erasure.asked_at),
        };
        let mut writes = Vec::from(self.access_writes(change).await?);
        let key = schema::erasure(tenant, &erasure.person);
        let mark = Mark::due(&key.pk, erasure.erase_at, "asked");
        writes.push(put(key, &ErasureRecord { erasure: erasure.clone(), mark }));
        writes.push(Write {
            table: Table::People,
            key: schema::person(tenant, &asker.person),
            change: Change::Check,
            condition: Some(ADMINISTRATOR_STAYS),
            values: values! { ":active" => PersonState::Active, ":roles" => asker.roles },
        });
        self.transact_if(writes).await
    }

    async fn take_back(&self, tenant: &TenantId, erasure: &Erasure, now: Timestamp) -> Result<bool, StoreError> {
        let change =
            AccessChange { tenant, person: &erasure.person, from: PersonState::Erasing, to: erasure.stood, now };
        let mut writes = Vec::from(self.access_writes(change).await?);
        let values = values! { ":waiting" => Stage::Waiting, ":cancelled" => Stage::Cancelled };
        let key = schema::erasure(tenant, &erasure.person);
        let taken_back = update(key, "SET stage = :cancelled REMOVE work_pk, work_sk", values);
        writes.push(Write { condition: Some(ERASURE_WAITS), ..taken_back });
        self.transact_if(writes).await
    }
}
