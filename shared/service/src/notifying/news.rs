//! Telling a learner the collected news of one enrolment.

use std::collections::BTreeSet;

use jiff::Timestamp;
use stoa_domain::id::{EnrolmentId, TenantId};
use stoa_domain::notification::{self, News};

use super::audience::{self, AudienceStore};
use super::{EARLY_MS, Message};
use crate::failure::StoreError;
use crate::releases::Outlines;

/// How often news that grow while they are told are read again before the queue is asked to come back.
const ROUNDS_MAX: usize = 5;

/// News that wait to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// What is new.
    pub news: BTreeSet<News>,
    /// When they are to be told, in milliseconds since 1970.
    pub due_at: i64,
    /// Goes up with every change.
    pub rev: u64,
}

/// What telling news may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait NewsStore: AudienceStore {
    /// The news of an enrolment that wait; `None` if none do.
    async fn collected(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Collected>, StoreError>;

    /// Writes the messages and forgets the news they were made of, together; [`StoreError::Conflict`] if there are more news
    /// by now, and nothing was written.
    async fn tell(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        told: &Collected,
        messages: &[Message],
        now: Timestamp,
    ) -> Result<(), StoreError>;
}

/// Tells the news of an enrolment whose time has come, one message a kind. Safe to run any number of times, at once, and to
/// stop anywhere.
pub async fn tell(
    store: &impl NewsStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    enrolment: &EnrolmentId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let mut rounds = 1..=ROUNDS_MAX;
    loop {
        match tell_once(store, outlines, tenant, enrolment, now).await {
            Err(StoreError::Conflict) if rounds.next().is_some() => {}
            told => return told,
        }
    }
}

async fn tell_once(
    store: &impl NewsStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    id: &EnrolmentId,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let Some(collected) = store.collected(tenant, id).await? else { return Ok(0) };
    if collected.due_at > now.as_millisecond() + EARLY_MS {
        return Ok(0);
    }
    let corrupt = |why: &str| StoreError::Corrupt { key: id.to_string(), why: why.to_owned() };
    let enrolment = store.enrolled(tenant, id).await?.ok_or_else(|| corrupt("it has news and is not there"))?;
    let tree = outlines.tree(tenant, &enrolment.release).await?.ok_or_else(|| corrupt("its Release is not there"))?;
    let facts = store.known(tenant, id).await?;
    let occasion = collected.rev.to_string();
    let mut messages = Vec::new();
    for notice in notification::told(&tree, id, &collected.news, &facts) {
        let (audience, _) = audience::of(store, tenant, &notice).await?;
        let name = notification::notification_id(collected.due_at, id, notice.kind(), &occasion);
        messages.extend(Message::to(tenant, name, notice, &audience, now));
    }
    store.tell(tenant, id, &collected, &messages, now).await?;
    Ok(messages.len())
}
