//! The sparse index of work: what waits too long, and what is over.

use jiff::Timestamp;
use serde_dynamo::Item;
use stoa_service::attempts::AttemptRef;
use stoa_service::failure::StoreError;
use stoa_service::sweeping::{Marked, WorkStore};
use stoa_service::trace::Trace;

use crate::Store;
use crate::engine::{Engine, Query, SortKeys, Table};
use crate::record;
use crate::schema::{self, WORK_SHARDS};

/// The most index entries one sweep reads of one shard; the next sweep goes on where work is left.
const SWEPT_MAX: u32 = 1_000;

impl<E: Engine> Store<E> {
    async fn marked(&self, table: Table, pk: String, before_ms: i64) -> Result<Vec<Item>, StoreError> {
        let query = Query {
            table,
            work_index: true,
            pk,
            sort_keys: SortKeys::Below(schema::work_before(before_ms)),
            consistent: false,
            descending: false,
            limit: Some(SWEPT_MAX),
            after: None,
        };
        Ok(self.engine.query(&query).await?.items)
    }
}

fn marked(item: &Item) -> Option<Marked> {
    let (key, mark) = (record::key_of(item)?, record::text(item, "work_sk")?);
    let since_ms = schema::parse_work_since(mark)?;
    Some(Marked { pk: key.pk, sk: key.sk, since_ms, trace: Trace::ending(mark) })
}

impl<E: Engine> WorkStore for Store<E> {
    async fn pending(&self, before_ms: i64) -> Result<Vec<Marked>, StoreError> {
        let mut found = Vec::new();
        for table in [Table::Learning, Table::People] {
            for shard in 0..WORK_SHARDS {
                let items = self.marked(table, schema::pending_pk(shard), before_ms).await?;
                found.extend(items.iter().filter_map(marked));
            }
        }
        Ok(found)
    }

    async fn due(&self, before_ms: i64) -> Result<Vec<AttemptRef>, StoreError> {
        let mut found = Vec::new();
        for shard in 0..WORK_SHARDS {
            let items = self.marked(Table::Learning, schema::due_pk(shard), before_ms).await?;
            found.extend(items.iter().filter_map(record::key_of).filter_map(|key| {
                let (tenant, enrolment) = schema::parse_enrolment_pk(&key.pk)?;
                let (assessment, number) = schema::parse_attempt_sk(&key.sk)?;
                Some(AttemptRef { tenant, enrolment, assessment, number })
            }));
        }
        Ok(found)
    }

    async fn close_expired(&self, at: &AttemptRef, now: Timestamp) -> Result<bool, StoreError> {
        self.write_close_expired(at, now).await
    }
}
