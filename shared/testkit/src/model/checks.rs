//! What DynamoDB refuses as a validation error. In a test such a request is a defect, so it panics.

use std::collections::BTreeSet;

use serde_dynamo::{AttributeValue, Item};
use stoa_store::engine::{Change, Key, Query, SortKeys, TRANSACTION_WRITES_MAX, Table, Values, Write};

use crate::expression::{check_values, item_size, normal, value_size};

/// The most bytes of an item.
const ITEM_BYTES_MAX: usize = 400 * 1024;
/// The most bytes of all items of a transaction.
const TRANSACTION_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most bytes of a partition key.
const PK_BYTES_MAX: usize = 2_048;
/// The most bytes of a sort key.
const SK_BYTES_MAX: usize = 1_024;
/// The most keys of one batch.
const BATCH_KEYS_MAX: usize = 100;

/// Whether a table has the index over work marks. Its stream is there with it.
pub(super) fn has_index(table: Table) -> bool {
    matches!(table, Table::Learning | Table::People)
}

/// Refuses a key that no item can have.
pub(super) fn key(key: &Key) {
    key_part("pk", &key.pk, PK_BYTES_MAX);
    key_part("sk", &key.sk, SK_BYTES_MAX);
}

fn key_part(name: &str, text: &str, bytes_max: usize) {
    assert!(!text.is_empty(), "{name} is empty: DynamoDB refuses the request");
    assert!(text.len() <= bytes_max, "{name} is longer than {bytes_max} bytes: {text:?}");
}

/// Refuses an item that a table does not take.
pub(super) fn item(table: Table, item: &Item) {
    for name in item.keys() {
        assert!(!name.is_empty(), "an attribute without a name");
    }
    if has_index(table) {
        for (name, bytes_max) in [("work_pk", PK_BYTES_MAX), ("work_sk", SK_BYTES_MAX)] {
            match item.get(name) {
                None => {}
                Some(AttributeValue::S(text)) => key_part(name, text, bytes_max),
                Some(other) => panic!("{name} is {other:?}; the index takes text"),
            }
        }
    }
    let size = item_size(item);
    assert!(size <= ITEM_BYTES_MAX, "an item of {size} bytes; DynamoDB takes {ITEM_BYTES_MAX}");
}

/// Refuses a write that DynamoDB would not even try, and brings its values into the form in which they are kept.
pub(super) fn write(write: Write) -> Write {
    let Write { table, key: at, change, condition, values } = write;
    key(&at);
    let change = match change {
        Change::Put(own) => {
            let own: Item =
                own.into_inner().into_iter().map(|(name, value)| (name, normal(value))).collect::<Map>().into();
            let names = |name: &str, text: &str| own.get(name) == Some(&AttributeValue::S(text.to_owned()));
            assert!(names("pk", &at.pk) && names("sk", &at.sk), "the item does not carry its key {at:?}");
            item(table, &own);
            Change::Put(own)
        }
        Change::Check => {
            assert!(condition.is_some(), "a check without a condition");
            Change::Check
        }
        other @ (Change::Update(_) | Change::Delete) => other,
    };
    let update = if let Change::Update(expression) = change { Some(expression) } else { None };
    check_values(condition.map(|condition| condition.expression).into_iter().chain(update), &values);
    let values: Values = values.into_iter().map(|(name, value)| (name, normal(value))).collect();
    Write { table, key: at, change, condition, values }
}

type Map = std::collections::HashMap<String, AttributeValue>;

/// Refuses a write that stands only in a transaction.
pub(super) fn single(write: Write) -> Write {
    assert!(write.change != Change::Check, "a check stands only in a transaction");
    write
}

/// Refuses a transaction that DynamoDB would not even try.
pub(super) fn transaction(writes: Vec<Write>) -> Vec<Write> {
    assert!(!writes.is_empty(), "an empty transaction");
    let count = writes.len();
    assert!(
        count <= TRANSACTION_WRITES_MAX,
        "{count} writes in a transaction; DynamoDB takes {TRANSACTION_WRITES_MAX}"
    );
    let mut seen = BTreeSet::new();
    for write in &writes {
        assert!(seen.insert((write.table, &write.key)), "two writes of a transaction are for {:?}", write.key);
    }
    let bytes: usize = writes.iter().map(bytes).sum();
    assert!(bytes <= TRANSACTION_BYTES_MAX, "a transaction of {bytes} bytes; DynamoDB takes {TRANSACTION_BYTES_MAX}");
    writes
}

fn bytes(write: &Write) -> usize {
    let item = if let Change::Put(item) = &write.change { item_size(item) } else { 0 };
    item + write.values.values().map(value_size).sum::<usize>()
}

/// Refuses a batch that DynamoDB would not even try.
pub(super) fn batch(keys: &[Key]) {
    let count = keys.len();
    assert!(count <= BATCH_KEYS_MAX, "{count} keys in a batch; DynamoDB takes {BATCH_KEYS_MAX}");
    keys.iter().for_each(key);
    let distinct: BTreeSet<&Key> = keys.iter().collect();
    assert!(distinct.len() == count, "a batch that asks for one key twice: DynamoDB refuses it");
}

/// Refuses a query that DynamoDB would not even try.
pub(super) fn query(query: &Query) {
    assert!(!query.work_index || has_index(query.table), "{:?} has no index", query.table);
    assert!(!(query.work_index && query.consistent), "an index is never read consistently");
    assert!(query.limit != Some(0), "a limit of 0");
    key_part("pk", &query.pk, PK_BYTES_MAX);
    match &query.sort_keys {
        SortKeys::All => {}
        SortKeys::Prefix(text) => key_part("sk", text, SK_BYTES_MAX),
        SortKeys::Between(from, to) => {
            key_part("sk", from, SK_BYTES_MAX);
            key_part("sk", to, SK_BYTES_MAX);
            assert!(from <= to, "a range that ends before it begins: DynamoDB refuses it");
        }
    }
}
