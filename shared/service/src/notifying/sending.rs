//! Sending one message by e-mail: claim, look once more, send, settle.
//!
//! A claim has an owner, a lease and a fence. Whoever claims counts one more try whose outcome is unknown; only a clear outcome
//! takes it back. SES takes no fence, so what a second try means is the kind's own promise
//! ([`Kind::promise`](stoa_domain::notification::Kind::promise)): a reminder is never sent again once somebody may have sent it,
//! everything else is.

use jiff::Timestamp;
use stoa_domain::id::{NotificationId, PersonKey, TenantId};
use stoa_domain::notification::audience::Suppressed;
use stoa_domain::notification::{Channel, Promise};

use super::Message;
use super::audience::{self, AudienceStore};
use super::mail::{self, Letterhead, Mail};
use crate::failure::StoreError;

/// How long a claim holds, in milliseconds: longer than the function that sends may run.
pub const LEASE_MS: i64 = 60_000;
/// How many tries of unknown outcome there are at most, whatever was promised: nobody gets a message without end.
pub const UNCLEAR_MAX: u32 = 5;

/// Which message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRef {
    /// The organisation.
    pub tenant: TenantId,
    /// To whom.
    pub person: PersonKey,
    /// Its name.
    pub id: NotificationId,
}

/// What a claim found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The number of this claim: only its holder may settle.
    pub fence: u32,
    /// How many tries have an unknown outcome, this one included.
    pub unclear: u32,
}

/// What became of an e-mail for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// SES has taken it.
    Delivered,
    /// It was not for its addressee any more.
    Suppressed(Suppressed),
    /// SES will never take it.
    Rejected,
    /// An earlier try may have sent it, and it must not come twice.
    Abandoned,
}

/// What sending may do in the table.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait MailStore: AudienceStore {
    /// A message whose e-mail waits; `None` if nothing does.
    async fn unsent(&self, at: &MessageRef) -> Result<Option<Message>, StoreError>;

    /// Makes sending it this owner's affair until the lease is over; `None` if it is somebody else's, or settled.
    async fn claim(
        &self,
        at: &MessageRef,
        owner: &str,
        lease_until: i64,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError>;

    /// Says what became of it, and clears its mark, if the claim is still this one.
    async fn settle(&self, at: &MessageRef, fence: u32, outcome: Outcome, now: Timestamp) -> Result<(), StoreError>;

    /// Gives a claim back under which nothing was sent, if it is still this one.
    async fn release(&self, at: &MessageRef, fence: u32) -> Result<(), StoreError>;

    /// The organisation's name.
    async fn organisation(&self, tenant: &TenantId) -> Result<Option<String>, StoreError>;
}

/// Why a mail was not handed over. It names neither the address nor the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotMailed {
    /// It was not taken, and may be later.
    #[error("not taken now: {0}")]
    Refused(String),
    /// It will never be taken.
    #[error("never taken: {0}")]
    Rejected(String),
    /// Nobody knows.
    #[error("no clear answer: {0}")]
    Unclear(String),
}

/// Hands mail over for delivery.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Mailer {
    /// Hands one mail over.
    async fn mail(&self, mail: &Mail) -> Result<(), NotMailed>;
}

/// Why it has to be tried again.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SendError {
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail was not handed over, as far as is known.
    #[error(transparent)]
    Mail(#[from] NotMailed),
}

/// Sends the e-mail of one message; what became of it, or `None` if there is nothing to do for this caller. Safe to run any
/// number of times, at once, and to stop anywhere.
pub async fn send(
    store: &impl MailStore,
    mailer: &impl Mailer,
    letterhead: &Letterhead,
    at: &MessageRef,
    owner: &str,
    now: Timestamp,
) -> Result<Option<Outcome>, SendError> {
    let Some(message) = store.unsent(at).await? else { return Ok(None) };
    // Everything that may fail is read first: between the claim and the mail nothing else happens.
    let (audience, person) = audience::of(store, &at.tenant, &message.notice).await?;
    let organisation = store.organisation(&at.tenant).await?.unwrap_or_else(|| at.tenant.to_string());
    let suppressed = audience.suppresses_by(&message.notice, Channel::Email, now);

    let lease_until = now.as_millisecond() + LEASE_MS;
    let Some(claim) = store.claim(at, owner, lease_until, now).await? else { return Ok(None) };
    let may_repeat = message.notice.kind().promise() == Promise::AtLeastOnce && claim.unclear <= UNCLEAR_MAX;
    let outcome = match (suppressed, person) {
        (Some(reason), _) => Outcome::Suppressed(reason),
        (None, None) => Outcome::Suppressed(Suppressed::AccessEnded),
        (None, Some(_)) if claim.unclear > 1 && !may_repeat => Outcome::Abandoned,
        (None, Some(person)) => match mailer.mail(&mail::write(&message, &person, &organisation, letterhead)).await {
            Ok(()) => Outcome::Delivered,
            Err(NotMailed::Rejected(why)) => {
                tracing::error!(why, "a mail was rejected for good");
                Outcome::Rejected
            }
            Err(refused @ NotMailed::Refused(_)) => {
                store.release(at, claim.fence).await?;
                return Err(refused.into());
            }
            Err(unclear @ NotMailed::Unclear(_)) => return Err(unclear.into()),
        },
    };
    store.settle(at, claim.fence, outcome, now).await?;
    Ok(Some(outcome))
}
