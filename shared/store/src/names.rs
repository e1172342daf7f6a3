//! Names out of `people`, for those who read progress.

use serde::Deserialize;
use serde_dynamo::Item;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::Person;
use stoa_service::failure::StoreError;
use stoa_service::reading::PeopleReader;

use crate::Store;
use crate::engine::{Engine, Key, Table};
use crate::{record, schema};

/// How many items DynamoDB reads at once.
const READ_MAX: usize = 100;

#[derive(Deserialize)]
struct TenantName {
    name: String,
}

impl<E: Engine> PeopleReader for Store<E> {
    async fn tenant_name(&self, tenant: &TenantId) -> Result<Option<String>, StoreError> {
        let stored: Option<TenantName> = record::get(&self.engine, Table::People, &schema::tenant(tenant)).await?;
        Ok(stored.map(|tenant| tenant.name))
    }

    async fn people(&self, tenant: &TenantId, people: &[PersonKey]) -> Result<Vec<Person>, StoreError> {
        let keys: Vec<Key> = people.iter().map(|person| schema::person(tenant, person)).collect();
        let reads = keys.chunks(READ_MAX).map(|keys| self.engine.get_many(Table::People, keys));
        let items: Vec<Vec<Item>> = futures::future::try_join_all(reads).await?;
        items.into_iter().flatten().map(record::record).collect()
    }
}
