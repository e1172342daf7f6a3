//! The audit log on DynamoDB: an entry goes into the transaction of its act, and is never touched again.

use serde_dynamo::Item;
use stoa_domain::audit::Entry;
use stoa_domain::id::TenantId;
use stoa_service::auditing::{AuditLog, Logged};
use stoa_service::failure::StoreError;

use crate::Store;
use crate::conditions::ENTRY_IS_NEW;
use crate::engine::{Change, Engine, Query, SortKeys, Table, Write};
use crate::record::{self, no_values};
use crate::schema;

/// Before every entry: their keys begin with digits.
const FIRST: &str = "0";

/// The write of an entry, for the transaction of its act.
pub(crate) fn entry(tenant: &TenantId, entry: &Entry) -> Write {
    let key = schema::audit(tenant, entry);
    Write {
        table: Table::Audit,
        change: Change::Put(record::item(&key, entry)),
        key,
        condition: Some(ENTRY_IS_NEW),
        values: no_values(),
    }
}

fn logged(item: Item) -> Result<Logged, StoreError> {
    let key = record::text(&item, "sk").unwrap_or_default().to_owned();
    Ok(Logged { key, entry: record::record(item)? })
}

impl<E: Engine> AuditLog for Store<E> {
    async fn before(&self, tenant: &TenantId, key: &str, limit: u32) -> Result<Vec<Logged>, StoreError> {
        let query = Query {
            table: Table::Audit,
            work_index: false,
            pk: schema::audit_pk(tenant),
            // Both ends are included: the entry at `key` itself is left out again below.
            sort_keys: SortKeys::Between(FIRST.to_owned(), key.to_owned()),
            consistent: true,
            descending: true,
            limit: Some(limit.saturating_add(1)),
            after: None,
        };
        let entries = self.engine.query(&query).await?.items.into_iter().map(logged);
        let mut before: Vec<Logged> =
            entries.filter(|entry| !matches!(entry, Ok(at) if at.key == key)).collect::<Result<_, _>>()?;
        before.truncate(limit as usize);
        Ok(before)
    }
}
