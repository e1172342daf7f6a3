//! Items to values and back, and failures to the words of the services.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::{AttributeValue, Item};
use stoa_service::failure::StoreError;

use crate::engine::{Engine, Key, Query, ReadFailure, SortKeys, Table, TransactFailure, Values, WriteFailure};

/// The values of an expression: `values! { ":open" => "open", ":now" => 5 }`.
macro_rules! values {
    ($($name:literal => $value:expr),* $(,)?) => {
        std::collections::BTreeMap::from([$(($name, $crate::record::value(&$value))),*])
    };
}
pub(crate) use values;

/// One attribute's value.
///
/// # Panics
/// Never for the types of Stoa: all of them have a form in DynamoDB.
pub fn value(value: &impl Serialize) -> AttributeValue {
    serde_dynamo::to_attribute_value(value).expect("domain values have a form in DynamoDB")
}

/// A record as an item under its key.
///
/// # Panics
/// Never for the records of Stoa: all of them are structs.
pub fn item(key: &Key, record: &impl Serialize) -> Item {
    let mut item: Item = serde_dynamo::to_item(record).expect("records have a form in DynamoDB");
    item.insert("pk".to_owned(), AttributeValue::S(key.pk.clone()));
    item.insert("sk".to_owned(), AttributeValue::S(key.sk.clone()));
    item
}

/// A record out of an item.
pub fn record<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let key = format!("{} {}", text(&item, "pk").unwrap_or("?"), text(&item, "sk").unwrap_or("?"));
    serde_dynamo::from_item(item).map_err(|error| StoreError::Corrupt { key, why: error.to_string() })
}

/// A text attribute of an item.
pub fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    match item.get(name) {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}

/// The key of an item.
pub fn key_of(item: &Item) -> Option<Key> {
    Some(Key::new(text(item, "pk")?, text(item, "sk")?))
}

/// The place behind an item, for a query to go on from: whether or not the item is there.
pub fn behind(key: &Key) -> Item {
    let key = [("pk", &key.pk), ("sk", &key.sk)];
    HashMap::from(key.map(|(name, part)| (name.to_owned(), AttributeValue::S(part.clone())))).into()
}

/// Reads one record, consistently.
pub async fn get<T: DeserializeOwned>(engine: &impl Engine, table: Table, key: &Key) -> Result<Option<T>, StoreError> {
    engine.get(table, key, true).await?.map(record).transpose()
}

/// Reads a whole partition, or the part of it that `sort_keys` names, consistently and to its end.
pub async fn all(engine: &impl Engine, table: Table, pk: String, sort_keys: SortKeys) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    let mut query = Query {
        table,
        work_index: false,
        pk,
        sort_keys,
        consistent: true,
        descending: false,
        limit: None,
        after: None,
    };
    loop {
        let page = engine.query(&query).await?;
        items.extend(page.items);
        query.after = page.last;
        if query.after.is_none() {
            return Ok(items);
        }
    }
}

/// No values: the expression names none.
pub fn no_values() -> Values {
    Values::new()
}

impl From<ReadFailure> for StoreError {
    fn from(failure: ReadFailure) -> Self {
        match failure {
            ReadFailure::Throttled => StoreError::Throttled,
            ReadFailure::Unavailable(why) => StoreError::Unavailable(why),
        }
    }
}

/// What a write's failure means where its refusal has been dealt with.
pub fn unless_refused(failure: WriteFailure) -> StoreError {
    match failure {
        WriteFailure::Refused(_) | WriteFailure::Conflict => StoreError::Conflict,
        WriteFailure::Throttled => StoreError::Throttled,
        WriteFailure::Unclear(why) => StoreError::Unavailable(why),
    }
}

/// What a transaction's failure means where a refusal is nothing but a conflict.
pub fn cancelled(failure: TransactFailure) -> StoreError {
    match failure {
        TransactFailure::Refused(_) | TransactFailure::Conflict => StoreError::Conflict,
        TransactFailure::Throttled => StoreError::Throttled,
        TransactFailure::Unclear(why) => StoreError::Unavailable(why),
    }
}
