//! The few operations of DynamoDB that Stoa uses, as a trait: the AWS SDK implements it for the real thing, and the
//! model store of the tests implements it with faults. Everything above it (keys, conditions, records) is shared.

use std::collections::BTreeMap;

use serde_dynamo::{AttributeValue, Item};

/// A table, by its role; its name is configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Drafts and the register of Releases. No stream.
    Content,
    /// Cohorts, enrolments, attempts, grades, facts, logs and progress. With a stream.
    Learning,
    /// People. With a stream.
    People,
}

/// The key of one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The partition key.
    pub pk: String,
    /// The sort key.
    pub sk: String,
}

impl Key {
    /// A key of these two parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Key {
        Key { pk: pk.into(), sk: sk.into() }
    }
}

/// A named condition expression. The name lets a test drop it; `#word` stands for the attribute `word` where DynamoDB
/// has reserved the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Its name, unique in the store.
    pub name: &'static str,
    /// The expression, in DynamoDB's language.
    pub expression: &'static str,
}

/// The values that expressions refer to, by their names with the colon.
pub type Values = BTreeMap<&'static str, AttributeValue>;

/// What a write does.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Writes the whole item. The item carries its key attributes `pk` and `sk`.
    Put(Item),
    /// Changes attributes by an update expression (`SET a = :a, b = :b REMOVE c`).
    Update(&'static str),
    /// Deletes the item.
    Delete,
    /// Changes nothing: only the condition counts. In transactions only.
    Check,
}

/// One write.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// Where.
    pub table: Table,
    /// Which item.
    pub key: Key,
    /// What.
    pub change: Change,
    /// Only if this holds.
    pub condition: Option<Condition>,
    /// The values that the expressions refer to.
    pub values: Values,
}

/// The keys that a query covers, within one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKeys {
    /// All of them.
    All,
    /// Those that begin with this.
    Prefix(String),
    /// Those from the first to the second, both included.
    Between(String, String),
}

/// A query of one partition, of the table or of its `work` index.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Where.
    pub table: Table,
    /// Whether the sparse work index is asked instead of the table. It is eventually consistent.
    pub work_index: bool,
    /// The partition.
    pub pk: String,
    /// Which sort keys.
    pub sort_keys: SortKeys,
    /// Read consistently; not possible on an index.
    pub consistent: bool,
    /// Highest sort keys first.
    pub descending: bool,
    /// The most items of one page.
    pub limit: Option<u32>,
    /// The last key of the page before.
    pub after: Option<Item>,
}

/// A page of a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The items; of the index, their keys.
    pub items: Vec<Item>,
    /// Where the next page begins; `None` at the end.
    pub last: Option<Item>,
}

/// Why a read gave nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReadFailure {
    /// Too many requests; nothing was read.
    #[error("throttled")]
    Throttled,
    /// Anything else.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Why a write may not stand.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WriteFailure {
    /// The condition did not hold; this is the item as it stood, if there was one.
    #[error("the condition did not hold")]
    Refused(Option<Box<Item>>),
    /// Another transaction was at the item; nothing was written.
    #[error("conflict")]
    Conflict,
    /// Too many requests; nothing was written.
    #[error("throttled")]
    Throttled,
    /// Anything else: it may or may not have been written.
    #[error("unclear: {0}")]
    Unclear(String),
}

/// Why a transaction may not stand.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TransactFailure {
    /// Nothing was written. One entry a write, in order: whether its condition did not hold.
    #[error("refused: {0:?}")]
    Refused(Vec<bool>),
    /// Another transaction was at one of the items; nothing was written.
    #[error("conflict")]
    Conflict,
    /// Too many requests; nothing was written.
    #[error("throttled")]
    Throttled,
    /// Anything else: it may or may not have been written.
    #[error("unclear: {0}")]
    Unclear(String),
}

/// The most writes of one transaction.
pub const TRANSACTION_WRITES_MAX: usize = 100;

/// The operations themselves.
///
/// Futures need not be `Send`: a function handles one invocation at a time.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Engine {
    /// Reads one item.
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure>;

    /// Reads up to 100 items of a table, in any order; those that are not there are left out.
    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure>;

    /// Reads one page of a partition.
    async fn query(&self, query: &Query) -> Result<Page, ReadFailure>;

    /// Writes one item. An update answers the item as it stands after it; a put and a delete answer `None`.
    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure>;

    /// Writes several items, all or none; at most [`TRANSACTION_WRITES_MAX`].
    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactFailure>;
}
