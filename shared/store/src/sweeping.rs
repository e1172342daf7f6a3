//! The sparse index of work: what waits, and what is due.

use serde_dynamo::Item;
use stoa_service::failure::StoreError;
use stoa_service::sweeping::{Marked, Page, Stretch, Work, WorkStore};
use stoa_service::trace::Trace;

use crate::Store;
use crate::engine::{Engine, Query, SortKeys, Table};
use crate::record;
use crate::schema::{self, WORK_SHARDS};

/// The tables that have the index.
const TABLES: [Table; 2] = [Table::Learning, Table::People];
/// The most entries of one page.
const PAGE_MAX: u32 = 1_000;

impl<E: Engine> WorkStore for Store<E> {
    type Place = Item;
    const LANES: u32 = TABLES.len() as u32 * WORK_SHARDS;

    async fn page(&self, stretch: &Stretch, from: Option<&Item>) -> Result<Page<Item>, StoreError> {
        let shard = stretch.lane % WORK_SHARDS;
        let query = Query {
            table: TABLES[(stretch.lane / WORK_SHARDS) as usize],
            work_index: true,
            pk: match stretch.work {
                Work::Pending => schema::pending_pk(shard),
                Work::Due => schema::due_pk(shard),
            },
            sort_keys: SortKeys::Between(schema::work_time(stretch.from_ms), schema::work_time(stretch.before_ms)),
            consistent: false,
            descending: false,
            limit: Some(PAGE_MAX),
            after: from.cloned(),
        };
        let page = self.engine.query(&query).await?;
        Ok(Page { marks: page.items.iter().filter_map(marked).collect(), next: page.last })
    }
}

fn marked(entry: &Item) -> Option<Marked> {
    let key = record::key_of(entry)?;
    let mark = record::text(entry, "work_sk")?;
    let at_ms = schema::parse_work_time(mark)?;
    Some(Marked { pk: key.pk, sk: key.sk, at_ms, trace: Trace::ending(mark) })
}
