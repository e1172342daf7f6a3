//! A person's inbox and preferences on DynamoDB.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_dynamo::{AttributeValue, Item};
use stoa_domain::id::{NotificationId, PersonKey, TenantId};
use stoa_domain::notification::Notice;
use stoa_domain::notification::preferences::Preferences;
use stoa_service::failure::StoreError;
use stoa_service::inbox::{Entry, InboxPage, InboxReader, InboxWriter, PAGE_MAX, Written};
use stoa_service::notifying::Message;
use stoa_service::notifying::sending::Outcome;

use crate::Store;
use crate::conditions::{MESSAGE_IS_NEW, MESSAGE_IS_UNREAD, PREFERENCES_ARE_AS_READ, PREFERENCES_ARE_NEW};
use crate::engine::{Change, Engine, Key, Query, SortKeys, Table, TransactFailure, Write};
use crate::erasures::not_being_erased;
use crate::marks::Mark;
use crate::record::{self, cancelled, no_values, values};
use crate::schema;

/// How many messages one transaction marks as read.
const READ_AT_ONCE: usize = 50;
/// How often messages that somebody else reads at the same time are looked at again.
const ROUNDS_MAX: usize = 5;

/// Where an e-mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MailState {
    /// Nobody sends it.
    Waiting,
    /// Somebody does.
    Claimed,
    /// Nobody has to any more.
    Settled,
}

/// A message as it is stored. Beside these, a claimed one has `lease_until`, and a settled one `settled_at`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MessageRecord {
    pub(crate) notice: Notice,
    /// Whether it is shown in the inbox.
    pub(crate) inbox: bool,
    /// There as long as it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unread: Option<bool>,
    /// Its e-mail; absent if none was wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail: Option<MailState>,
    /// How often the e-mail was claimed.
    #[serde(default)]
    pub(crate) fence: u32,
    /// How many of those claims have an unknown outcome.
    #[serde(default)]
    pub(crate) unclear: u32,
    /// Who claimed it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// What became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<Outcome>,
    #[serde(flatten)]
    pub(crate) mark: Mark,
}

/// The count of unread messages.
#[derive(Debug, Default, Deserialize)]
struct UnreadRecord {
    unread: u32,
}

/// What writes a new message and counts it, together.
pub(crate) fn written(message: &Message, now_ms: i64) -> Vec<Write> {
    let Message { tenant, person, id, notice, inbox, email } = message;
    let key = schema::message(tenant, person, id);
    let stored = MessageRecord {
        notice: notice.clone(),
        inbox: *inbox,
        unread: inbox.then_some(true),
        mail: email.then_some(MailState::Waiting),
        fence: 0,
        unclear: 0,
        owner: None,
        outcome: None,
        mark: if *email { Mark::pending(&key.pk, now_ms, "mail") } else { Mark::default() },
    };
    let item = record::item(&key, &stored);
    let put = Write {
        table: Table::Learning,
        key,
        change: Change::Put(item),
        condition: Some(MESSAGE_IS_NEW),
        values: no_values(),
    };
    let count = inbox.then(|| counted(schema::unread(tenant, person), 1));
    std::iter::once(put).chain(count).collect()
}

/// Changes the count of unread messages.
pub(crate) fn counted(key: Key, by: i64) -> Write {
    let change = Change::Update("ADD unread :by");
    Write { table: Table::Learning, key, change, condition: None, values: values! { ":by" => by } }
}

fn entry(item: Item) -> Result<Option<Entry>, StoreError> {
    let id = record::key_of(&item).and_then(|key| schema::parse_message_key(&key)).map(|(_, _, id)| id);
    let stored: MessageRecord = record::record(item)?;
    let id = id.ok_or_else(|| StoreError::Corrupt { key: "a message".to_owned(), why: "no name".to_owned() })?;
    Ok(stored.inbox.then(|| Entry { id, notice: stored.notice, unread: stored.unread.is_some() }))
}

impl<E: Engine> InboxReader for Store<E> {
    async fn inbox(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        after: Option<&NotificationId>,
    ) -> Result<InboxPage, StoreError> {
        let query = Query {
            table: Table::Learning,
            work_index: false,
            pk: schema::inbox_pk(tenant, person),
            sort_keys: SortKeys::Prefix(schema::MESSAGE.to_owned()),
            // What was read a moment ago must not look unread again.
            consistent: true,
            descending: true,
            limit: Some(PAGE_MAX),
            after: after.map(|id| record::behind(&schema::message(tenant, person, id))),
        };
        let page = self.engine.query(&query).await?;
        let last = page.last.as_ref().and_then(record::key_of).and_then(|key| schema::parse_message_key(&key));
        let entries = page.items.into_iter().filter_map(|item| entry(item).transpose());
        Ok(InboxPage { entries: entries.collect::<Result<_, _>>()?, next: last.map(|(_, _, id)| id) })
    }

    async fn unread(&self, tenant: &TenantId, person: &PersonKey) -> Result<u32, StoreError> {
        let stored: Option<UnreadRecord> =
            record::get(&self.engine, Table::Learning, &schema::unread(tenant, person)).await?;
        Ok(stored.unwrap_or_default().unread)
    }

    async fn chosen(&self, tenant: &TenantId, person: &PersonKey) -> Result<Preferences, StoreError> {
        self.read_preferences(tenant, person).await
    }
}

impl<E: Engine> InboxWriter for Store<E> {
    async fn mark_read(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        messages: &[NotificationId],
    ) -> Result<(), StoreError> {
        for some in messages.chunks(READ_AT_ONCE) {
            let mut rounds = 1..=ROUNDS_MAX;
            while !self.read_once(tenant, person, some).await? {
                if rounds.next().is_none() {
                    return Err(StoreError::Conflict);
                }
            }
        }
        Ok(())
    }

    async fn put_preferences(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        next: &Preferences,
    ) -> Result<Written, StoreError> {
        let key = schema::preferences(tenant, person);
        let (condition, values) = match next.rev.saturating_sub(1) {
            0 => (PREFERENCES_ARE_NEW, no_values()),
            before => (PREFERENCES_ARE_AS_READ, values! { ":rev" => before }),
        };
        let change = Change::Put(record::item(&key, next));
        let write = Write { table: Table::Learning, key, change, condition: Some(condition), values };
        match self.engine.transact(vec![write, not_being_erased(tenant, person)]).await {
            Ok(()) => Ok(Written::Yes),
            Err(TransactFailure::Refused(refused)) if refused.last() == Some(&true) => Ok(Written::BeingErased),
            Err(TransactFailure::Refused(_)) => Ok(Written::Overtaken),
            Err(failure) => Err(cancelled(failure)),
        }
    }
}

impl<E: Engine> Store<E> {
    pub(crate) async fn read_preferences(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<Preferences, StoreError> {
        let stored: Option<Preferences> =
            record::get(&self.engine, Table::Learning, &schema::preferences(tenant, person)).await?;
        Ok(stored.unwrap_or_default())
    }

    /// Marks those of these messages that are unread, all or none; `false` if another reader was at one of them.
    async fn read_once(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        messages: &[NotificationId],
    ) -> Result<bool, StoreError> {
        // A transaction writes no item twice, whatever the client lists.
        let keys: BTreeSet<Key> = messages.iter().map(|id| schema::message(tenant, person, id)).collect();
        let reads = keys.iter().map(|key| self.engine.get(Table::Learning, key, true));
        let items = futures::future::try_join_all(reads).await?;
        let is_unread = |item: &Option<Item>| {
            item.as_ref().is_some_and(|item| matches!(item.get("unread"), Some(AttributeValue::Bool(true))))
        };
        let unread: Vec<Key> =
            keys.iter().zip(&items).filter(|(_, item)| is_unread(item)).map(|(key, _)| key.clone()).collect();
        let Ok(count @ 1..) = i64::try_from(unread.len()) else { return Ok(true) };
        let read = |key: Key| Write {
            table: Table::Learning,
            key,
            change: Change::Update("REMOVE unread"),
            condition: Some(MESSAGE_IS_UNREAD),
            values: no_values(),
        };
        let count = counted(schema::unread(tenant, person), -count);
        match self.engine.transact(unread.into_iter().map(read).chain([count]).collect()).await {
            Ok(()) => Ok(true),
            Err(TransactFailure::Refused(_) | TransactFailure::Conflict) => Ok(false),
            Err(failure) => Err(cancelled(failure)),
        }
    }
}
