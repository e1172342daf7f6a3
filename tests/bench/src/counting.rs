//! An engine and buckets that count how often they are asked.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_dynamo::Item;
use stoa_service::failure::StoreError;
use stoa_store::engine::{Engine, Key, Page, Query, ReadFailure, Table, TransactFailure, Write, WriteFailure};
use stoa_store::objects::{Bucket, Object, Objects, SignedUpload};

/// How often something was asked. Clones count into the same sum.
#[derive(Debug, Clone, Default)]
pub struct Asked(Rc<Cell<u64>>);

impl Asked {
    /// How often so far.
    pub fn count(&self) -> u64 {
        self.0.get()
    }

    fn once(&self) {
        self.0.set(self.0.get() + 1);
    }
}

/// An engine or buckets behind a count of their requests.
#[derive(Debug, Clone)]
pub struct Counting<T> {
    inner: T,
    asked: Asked,
}

impl<T> Counting<T> {
    /// Counts what `inner` is asked.
    pub fn new(inner: T, asked: &Asked) -> Counting<T> {
        Counting { inner, asked: asked.clone() }
    }
}

impl<E: Engine> Engine for Counting<E> {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        self.asked.once();
        self.inner.get(table, key, consistent).await
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        self.asked.once();
        self.inner.get_many(table, keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        self.asked.once();
        self.inner.query(query).await
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        self.asked.once();
        self.inner.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactFailure> {
        self.asked.once();
        self.inner.transact(writes).await
    }
}

/// Signing is arithmetic and asks nobody.
impl<O: Objects> Objects for Counting<O> {
    async fn get(&self, bucket: Bucket, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.asked.once();
        self.inner.get(bucket, key).await
    }

    async fn put(&self, bucket: Bucket, key: &str, object: Object) -> Result<(), StoreError> {
        self.asked.once();
        self.inner.put(bucket, key, object).await
    }

    async fn delete(&self, bucket: Bucket, key: &str) -> Result<(), StoreError> {
        self.asked.once();
        self.inner.delete(bucket, key).await
    }

    async fn size(&self, bucket: Bucket, key: &str) -> Result<Option<u64>, StoreError> {
        self.asked.once();
        self.inner.size(bucket, key).await
    }

    async fn signed_get(&self, key: &str, content_type: &str, disposition: &str) -> Result<String, StoreError> {
        self.inner.signed_get(key, content_type, disposition).await
    }

    async fn signed_put(
        &self,
        key: &str,
        upload: &SignedUpload,
    ) -> Result<(String, BTreeMap<String, String>), StoreError> {
        self.inner.signed_put(key, upload).await
    }
}
