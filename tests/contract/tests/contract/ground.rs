//! Where a sentence is tried: an engine, and partitions that nobody else uses.

use std::fmt::Debug;
use std::panic::AssertUnwindSafe;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use futures::FutureExt;
use serde::Serialize;
use serde_dynamo::{AttributeValue, Item};
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_store::engine::{
    Change, Condition, Engine, Key, Page, Query, SortKeys, Table, TransactFailure, Values, Write, WriteFailure,
};
use stoa_store::record;
use stoa_testkit::{Embedded, Faults, ModelStore};

/// An engine and a partition of it.
pub struct Ground<E> {
    pub engine: E,
    pub pk: String,
}

impl Ground<ModelStore> {
    pub fn model() -> Self {
        Ground { engine: ModelStore::new(Faults::none()), pk: "CONTRACT#1".to_owned() }
    }
}

impl Ground<Dynamo> {
    pub fn embedded(embedded: &Embedded) -> Self {
        Ground { engine: embedded.engine.clone(), pk: "CONTRACT#1".to_owned() }
    }
}

/// The tables of the Stoa that `STOA_ENDPOINTS` names. Their stream lets none of our marks through.
pub fn deployed() -> Ground<Dynamo> {
    let file = std::env::var_os("STOA_ENDPOINTS").expect("STOA_ENDPOINTS names the endpoints file of a running stack");
    let text = std::fs::read_to_string(&file).expect("STOA_ENDPOINTS names a file");
    let endpoints: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let at = |pointer: &str| endpoints.pointer(pointer).and_then(|value| value.as_str()).expect(pointer).to_owned();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(at("/region")))
        .endpoint_url(at("/aws_endpoint"))
        .credentials_provider(Credentials::new("test", "test", None, None, "contract"))
        .build();
    let names = TableNames {
        content: at("/tables/content"),
        learning: at("/tables/learning"),
        people: at("/tables/people"),
        audit: at("/tables/audit"),
    };
    let engine = Dynamo::new(aws_sdk_dynamodb::Client::from_conf(config), names);
    Ground { engine, pk: format!("CONTRACT#{}", uuid::Uuid::now_v7()) }
}

impl<E: Engine> Ground<E> {
    /// A key of our partition.
    pub fn key(&self, sk: &str) -> Key {
        Key::new(self.pk.as_str(), sk)
    }

    /// A write without a condition.
    pub fn write(&self, sk: &str, change: Change) -> Write {
        Write { table: Table::Learning, key: self.key(sk), change, condition: None, values: Values::new() }
    }

    /// Puts an item with these attributes.
    pub fn put(&self, sk: &str, attributes: &impl Serialize) -> Write {
        self.write(sk, Change::Put(record::item(&self.key(sk), attributes)))
    }

    /// Updates an item.
    pub fn update(&self, sk: &str, expression: &'static str, values: Values) -> Write {
        Write { values, ..self.write(sk, Change::Update(expression)) }
    }

    /// Does a write that nothing stands against.
    pub async fn done(&self, write: Write) -> Option<Item> {
        let shown = format!("{write:?}");
        self.engine.write(write).await.unwrap_or_else(|failure| panic!("{failure:?}: {shown:.300}"))
    }

    /// The item as it stands.
    pub async fn read(&self, sk: &str) -> Option<Item> {
        self.engine.get(Table::Learning, &self.key(sk), true).await.expect("read")
    }

    /// Whether a condition holds for an item with these attributes.
    pub async fn holds(&self, attributes: &impl Serialize, expression: &'static str, values: Values) -> bool {
        self.done(self.put("HOLDS", attributes)).await;
        let delete = Write { values, ..when(expression, self.write("HOLDS", Change::Delete)) };
        match self.engine.write(delete).await {
            Ok(_) => true,
            Err(WriteFailure::Refused(_)) => false,
            Err(other) => panic!("{expression}: {other:?}"),
        }
    }

    /// A query of our whole partition.
    pub fn query(&self) -> Query {
        Query {
            table: Table::Learning,
            work_index: false,
            pk: self.pk.clone(),
            sort_keys: SortKeys::All,
            consistent: true,
            descending: false,
            limit: None,
            after: None,
        }
    }

    /// A query of a partition of the index.
    pub fn work(&self, work_pk: &str) -> Query {
        Query { work_index: true, pk: work_pk.to_owned(), consistent: false, ..self.query() }
    }

    /// Every page of a query.
    pub async fn pages(&self, mut query: Query) -> Vec<Page> {
        let mut pages = Vec::new();
        loop {
            let page = self.engine.query(&query).await.expect("read");
            query.after.clone_from(&page.last);
            pages.push(page);
            if query.after.is_none() {
                return pages;
            }
        }
    }

    /// The sort keys that a query finds.
    pub async fn sks(&self, query: Query) -> Vec<String> {
        let items = self.pages(query).await.into_iter().flat_map(|page| page.items);
        items.filter_map(|item| record::text(&item, "sk").map(str::to_owned)).collect()
    }

    /// Tries a write that is no write at all: the model panics, and DynamoDB answers a validation error.
    pub async fn is_refused_as_invalid(&self, write: Write) {
        let shown = format!("{write:?}");
        match AssertUnwindSafe(self.engine.write(write)).catch_unwind().await {
            Err(_) => {}
            Ok(Err(WriteFailure::Unclear(why))) => is_validation(&why),
            Ok(other) => panic!("{other:?}: {shown:.300}"),
        }
    }

    /// Tries a transaction that is none at all.
    pub async fn is_refused_as_invalid_together(&self, writes: Vec<Write>) {
        match AssertUnwindSafe(self.engine.transact(writes)).catch_unwind().await {
            Err(_) => {}
            Ok(Err(TransactFailure::Unclear(why))) => is_validation(&why),
            Ok(other) => panic!("{other:?}"),
        }
    }
}

fn is_validation(why: &str) {
    assert!(why.starts_with("ValidationException") || why.contains("ValidationError"), "{why}");
}

/// A write under a condition.
pub fn when(expression: &'static str, write: Write) -> Write {
    Write { condition: Some(Condition { name: "CONTRACT", expression }), ..write }
}

/// Values of expressions.
pub fn values<const N: usize>(values: [(&'static str, AttributeValue); N]) -> Values {
    values.into()
}

/// One value.
pub fn value(value: impl Serialize) -> AttributeValue {
    record::value(&value)
}

/// No values.
pub fn none() -> Values {
    Values::new()
}

/// An attribute of an item that must be there.
pub fn attribute(item: Option<&Item>, name: &str) -> Option<AttributeValue> {
    item.expect("it is there").get(name).cloned()
}

/// The item that stood where a write was refused.
pub fn standing<T: Debug>(answer: Result<T, WriteFailure>) -> Option<Item> {
    match answer {
        Err(WriteFailure::Refused(item)) => item.map(|item| *item),
        other => panic!("it was not refused: {other:?}"),
    }
}
