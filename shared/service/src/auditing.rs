//! Reading the audit log, newest first.

use jiff::Timestamp;
use stoa_domain::audit::Entry;
use stoa_domain::id::{PersonKey, TenantId};

use crate::failure::StoreError;

/// The most entries that are looked at for one page. A filter that finds little gives a short page and a place to go on from.
pub const LOOKED_AT_MAX: usize = 2_000;
/// How many entries one query reads.
const QUERY_MAX: u32 = 500;

/// An entry with the key it stands under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Its key: later entries have higher ones.
    pub key: String,
    /// The entry.
    pub entry: Entry,
}

/// Reads the log.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait AuditLog {
    /// Up to `limit` entries whose keys are below `key`, newest first. Fewer may come although there are more; none come only
    /// if there are none.
    async fn before(&self, tenant: &TenantId, key: &str, limit: u32) -> Result<Vec<Logged>, StoreError>;
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Not before this instant.
    pub from: Option<Timestamp>,
    /// Only those that somebody did, or that were done to them.
    pub person: Option<PersonKey>,
}

/// A page of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditPage {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// The key that the next page lies below; `None` at the end.
    pub next: Option<String>,
}

/// The entries below `key` that are wanted: at most `most`.
pub async fn page(
    log: &impl AuditLog,
    tenant: &TenantId,
    wanted: &Wanted,
    key: &str,
    most: usize,
) -> Result<AuditPage, StoreError> {
    let mut page = AuditPage::default();
    let mut below = key.to_owned();
    let mut looked_at = 0;
    while looked_at < LOOKED_AT_MAX {
        let found = log.before(tenant, &below, QUERY_MAX).await?;
        if found.is_empty() {
            return Ok(page);
        }
        for Logged { key, entry } in found {
            if wanted.from.is_some_and(|from| entry.at < from.as_millisecond()) {
                return Ok(page);
            }
            looked_at += 1;
            below = key;
            if wanted.person.as_ref().is_none_or(|person| entry.concerns(person)) {
                page.entries.push(entry);
            }
            if page.entries.len() == most {
                page.next = Some(below);
                return Ok(page);
            }
        }
    }
    page.next = Some(below);
    Ok(page)
}
