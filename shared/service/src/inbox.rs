//! A person's inbox, and what they want to be told.

use stoa_domain::id::{NotificationId, PersonKey, TenantId};
use stoa_domain::notification::preferences::{Mandatory, Preferences};
use stoa_domain::notification::{Channel, Kind, Notice};

use crate::failure::StoreError;

/// How many messages a page of the inbox has.
pub const PAGE_MAX: u32 = 30;
/// How often a choice that met another one is decided anew.
const ROUNDS_MAX: usize = 5;

/// A message in the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: NotificationId,
    /// What it says.
    pub notice: Notice,
    /// Whether it was not read yet.
    pub unread: bool,
}

/// A page of the inbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboxPage {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// The message the next page begins after; `None` at the end.
    pub next: Option<NotificationId>,
}

/// What reading an inbox may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait InboxReader {
    /// One page: one query.
    async fn inbox(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        after: Option<&NotificationId>,
    ) -> Result<InboxPage, StoreError>;

    /// How many messages are unread: one small item, counted when they are written and read.
    async fn unread(&self, tenant: &TenantId, person: &PersonKey) -> Result<u32, StoreError>;

    /// What a person wants to be told.
    async fn chosen(&self, tenant: &TenantId, person: &PersonKey) -> Result<Preferences, StoreError>;
}

/// What a person may change.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait InboxWriter: InboxReader {
    /// Marks those of these messages that are there and unread as read, and counts them off.
    async fn mark_read(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        messages: &[NotificationId],
    ) -> Result<(), StoreError>;

    /// Writes the next preferences over those of the revision before, unless the person is being erased or is erased.
    async fn put_preferences(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        next: &Preferences,
    ) -> Result<Written, StoreError>;
}

/// What came of writing preferences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// They stand.
    Yes,
    /// Somebody was faster.
    Overtaken,
    /// Nothing is kept of this person any more.
    BeingErased,
}

/// Why a choice was not made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChoiceError {
    /// It cannot be switched off.
    #[error(transparent)]
    Mandatory(#[from] Mandatory),
    /// The person is being erased, or is erased: nothing is kept of them any more.
    #[error("this person is being erased")]
    BeingErased,
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Switches one kind by one channel on or off. The same choice again changes nothing.
pub async fn choose(
    store: &impl InboxWriter,
    tenant: &TenantId,
    person: &PersonKey,
    kind: Kind,
    channel: Channel,
    on: bool,
) -> Result<Preferences, ChoiceError> {
    for _ in 0..ROUNDS_MAX {
        let before = store.chosen(tenant, person).await?;
        let next = before.choose(kind, channel, on)?;
        if next == before {
            return Ok(next);
        }
        match store.put_preferences(tenant, person, &next).await? {
            Written::Yes => return Ok(next),
            Written::Overtaken => {}
            Written::BeingErased => return Err(ChoiceError::BeingErased),
        }
    }
    Err(StoreError::Conflict.into())
}
