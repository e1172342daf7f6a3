//! Work marks: what an item carries while its consumer has something to do.

use serde::{Deserialize, Serialize};
use stoa_service::trace::{self, Trace};

use crate::conditions::MARK_IS_AS_SEEN;
use crate::engine::{Change, Key, Table, Write};
use crate::record::values;
use crate::schema;

/// The two attributes of the sparse `work` index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) work_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) work_sk: Option<String>,
}

impl Mark {
    /// Work that waits for the item's consumer since `at_ms`.
    pub(crate) fn pending(pk: &str, at_ms: i64, revision: &str) -> Mark {
        Mark { work_pk: Some(schema::pending_pk(schema::shard_of(pk))), work_sk: Some(traced(pk, at_ms, revision)) }
    }

    /// Something that is over after `at_ms`.
    pub(crate) fn due(pk: &str, at_ms: i64, revision: &str) -> Mark {
        Mark { work_pk: Some(schema::due_pk(schema::shard_of(pk))), work_sk: Some(traced(pk, at_ms, revision)) }
    }

    /// Something that follows from the item alone and is due at `at_ms`. The same item has the same mark, whoever writes it:
    /// writing it again moves nothing in the index. So whoever acts on it must see by the item that it is still so.
    pub(crate) fn due_by_itself(pk: &str, at_ms: i64, revision: &str) -> Mark {
        let sk = schema::work_sk(at_ms, revision);
        let trace = Trace::derived(&[pk, &sk]);
        Mark { work_pk: Some(schema::due_pk(schema::shard_of(pk))), work_sk: Some(format!("{sk}#{trace}")) }
    }

    /// When something is over, in milliseconds since 1970; `None` if nothing is awaited.
    pub(crate) fn due_at(&self) -> Option<i64> {
        let is_due = self.work_pk.as_ref().is_some_and(|pk| pk.starts_with(schema::DUE));
        self.work_sk.as_deref().filter(|_| is_due)?.split('#').next()?.parse().ok()
    }

    /// What the item became that somebody has to act on: the word that its writer gave the mark; `None` if nothing waits.
    pub(crate) fn revision(&self) -> Option<&str> {
        self.waiting()?.split('#').nth(1)
    }

    /// The mark of work that waits; `None` if none does.
    pub(crate) fn waiting(&self) -> Option<&str> {
        let is_pending = self.work_pk.as_ref().is_some_and(|pk| pk.starts_with(schema::PENDING));
        self.work_sk.as_deref().filter(|_| is_pending)
    }
}

/// Clears a mark, if it is still the one that was seen, and leaves the item to expiry at `expires_at`, in seconds since
/// 1970: what it says is kept elsewhere by then.
pub(crate) fn clear_and_expire(table: Table, key: Key, seen: &str, expires_at: i64) -> Write {
    Write {
        change: Change::Update("SET expires_at = :expires_at REMOVE work_pk, work_sk"),
        values: values! { ":seen" => seen, ":expires_at" => expires_at },
        ..clear(table, key, seen)
    }
}

/// The sort key of a mark. It ends with the trace of whoever makes it, so that the consumer's work is found under the same
/// name, whoever rings; a mark that nobody's request makes begins a trace.
fn traced(pk: &str, at_ms: i64, revision: &str) -> String {
    let sk = schema::work_sk(at_ms, revision);
    let trace = trace::current().unwrap_or_else(|| Trace::derived(&[pk, &sk]));
    format!("{sk}#{trace}")
}

/// Clears a mark, if it is still the one that was seen.
pub(crate) fn clear(table: Table, key: Key, seen: &str) -> Write {
    Write {
        table,
        key,
        change: Change::Update("REMOVE work_pk, work_sk"),
        condition: Some(MARK_IS_AS_SEEN),
        values: values! { ":seen" => seen },
    }
}
