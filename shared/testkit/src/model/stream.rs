//! The streams of the tables, as their filter lets them through.

use serde_dynamo::Item;
use stoa_store::engine::{Key, Table};

/// What happened to an item. Removals never pass the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventName {
    /// It was not there before.
    Insert,
    /// It was.
    Modify,
}

/// One record: an item that changed and now waits for its consumer.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// The table it is in.
    pub table: Table,
    /// What happened.
    pub event_name: EventName,
    /// The item's key.
    pub key: Key,
    /// The item as the change left it.
    pub image: Item,
    /// The number of the write. The records of one transaction share it.
    pub sequence: u64,
}
