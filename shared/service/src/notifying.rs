//! Telling people: news of one enrolment, rounds through a cohort, and the e-mail that follows.
//!
//! News are collected in an item beside what caused them, written in the same transaction. When their time has come a message
//! is written into the inbox of each person concerned, under a name that follows from the occasion: telling twice finds the
//! first. The message carries the work mark of its own e-mail.

pub mod audience;
pub mod link;
pub mod mail;
pub mod news;
pub mod rounds;
pub mod sending;

use stoa_domain::id::{NotificationId, PersonKey, TenantId};
use stoa_domain::notification::audience::Audience;
use stoa_domain::notification::{Channel, Notice};

use jiff::Timestamp;

/// How much earlier than its time a doorbell may ring, in milliseconds: queues count in whole seconds.
pub const EARLY_MS: i64 = 2_000;

/// One message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The organisation.
    pub tenant: TenantId,
    /// To whom.
    pub person: PersonKey,
    /// Its name, which follows from its occasion.
    pub id: NotificationId,
    /// What it says.
    pub notice: Notice,
    /// Whether the person finds it in the inbox.
    pub inbox: bool,
    /// Whether it is to go by e-mail as well.
    pub email: bool,
}

impl Message {
    /// The message of a notice to somebody, by the ways that reach them; `None` if none does.
    fn to(
        tenant: &TenantId,
        id: NotificationId,
        notice: Notice,
        audience: &Audience,
        now: Timestamp,
    ) -> Option<Message> {
        let person = audience.enrolment.as_ref()?.person.clone();
        let by = |channel| audience.suppresses_by(&notice, channel, now).is_none();
        let (inbox, email) = (by(Channel::Inbox), by(Channel::Email));
        (inbox || email).then(|| Message { tenant: tenant.clone(), person, id, notice, inbox, email })
    }
}
