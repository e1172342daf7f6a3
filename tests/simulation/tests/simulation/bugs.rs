//! Engines with bugs, to see that the verdicts find them.

use serde_dynamo::Item;
use stoa_store::engine::{
    Change, Engine, Key, Page, Query, ReadFailure, SortKeys, Table, TransactFailure, Write, WriteFailure,
};
use stoa_store::schema::{self, PROGRESS, ROW};
use stoa_testkit::yield_now;

/// Says that a certain update stands, and does nothing.
#[derive(Debug, Clone)]
pub struct Ignoring<E> {
    /// The engine that does everything else.
    pub engine: E,
    /// The update.
    pub update: &'static str,
}

impl<E> Ignoring<E> {
    fn ignores(&self, write: &Write) -> bool {
        matches!(&write.change, Change::Update(update) if *update == self.update)
    }
}

impl<E: Engine> Engine for Ignoring<E> {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        self.engine.get(table, key, consistent).await
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        self.engine.get_many(table, keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        self.engine.query(query).await
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        if self.ignores(&write) { Ok(None) } else { self.engine.write(write).await }
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactFailure> {
        self.engine.transact(writes.into_iter().filter(|write| !self.ignores(write)).collect()).await
    }
}

/// Finds nothing in the index: nobody sweeps.
#[derive(Debug, Clone)]
pub struct Blind<E>(pub E);

impl<E: Engine> Engine for Blind<E> {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        self.0.get(table, key, consistent).await
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        self.0.get_many(table, keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        if query.work_index { Ok(Page::default()) } else { self.0.query(query).await }
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        self.0.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactFailure> {
        self.0.transact(writes).await
    }
}

/// A projector that forgets the date a state waits for.
#[derive(Debug, Clone)]
pub struct Dateless<E>(pub E);

impl<E: Engine> Engine for Dateless<E> {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        self.0.get(table, key, consistent).await
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        self.0.get_many(table, keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        self.0.query(query).await
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        self.0.write(write).await
    }

    async fn transact(&self, mut writes: Vec<Write>) -> Result<(), TransactFailure> {
        for write in &mut writes {
            if let Change::Put(item) = &mut write.change
                && write.key.sk == PROGRESS
            {
                item.remove("work_pk");
                item.remove("work_sk");
            }
        }
        self.0.transact(writes).await
    }
}

/// Finds only what is over in the index: nobody looks ahead.
#[derive(Debug, Clone)]
pub struct NeverAhead<E>(pub E);

impl<E: Engine> Engine for NeverAhead<E> {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        self.0.get(table, key, consistent).await
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        self.0.get_many(table, keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        let is_ahead = matches!(&query.sort_keys, SortKeys::Between(from, _) if *from != schema::work_time(0));
        if query.work_index && is_ahead { Ok(Page::default()) } else { self.0.query(query).await }
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        self.0.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactFailure> {
        self.0.transact(writes).await
    }
}

/// A projector that writes into the first of the generations it should write into, and forgets the one being built.
#[derive(Debug, Clone)]
pub struct OnlyLive<E>(pub E);

impl<E: Engine> Engine for OnlyLive<E> {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        self.0.get(table, key, consistent).await
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        self.0.get_many(table, keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        self.0.query(query).await
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        if write.key.sk.starts_with(ROW) {
            // The operator is far away, so that there is time for learners to do something.
            for _ in 0..500 {
                yield_now().await;
            }
        }
        self.0.write(write).await
    }

    async fn transact(&self, mut writes: Vec<Write>) -> Result<(), TransactFailure> {
        let mut rows = 0;
        writes.retain(|write| {
            let is_row = write.key.sk.starts_with(ROW);
            rows += usize::from(is_row);
            !is_row || rows == 1
        });
        self.0.transact(writes).await
    }
}
