//! Sending messages by e-mail: the only consumer of their work marks.

use jiff::Timestamp;
use stoa_queue::{Doorbell, Failure};
use stoa_service::notifying::mail::Letterhead;
use stoa_service::notifying::sending::{self, MailStore, Mailer, MessageRef};
use stoa_store::engine::Key;
use stoa_store::schema;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["LEARNING_TABLE", "LINK_SECRET", "LOG_LEVEL", "MAIL_FROM", "PEOPLE_TABLE", "WEB_ORIGIN"];

/// Sends the e-mail of the message that a doorbell names. `owner` is a name nobody else has.
pub async fn handle(
    store: &impl MailStore,
    mailer: &impl Mailer,
    letterhead: &Letterhead,
    bell: &Doorbell,
    owner: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let named = schema::parse_message_key(&Key::new(&bell.pk, &bell.sk));
    let (tenant, person, id) = named.ok_or_else(|| Failure::retry("the doorbell names no message"))?;
    let at = MessageRef { tenant, person, id };

    let outcome = sending::send(store, mailer, letterhead, &at, owner, now).await.map_err(Failure::retry)?;
    if let Some(outcome) = outcome {
        tracing::info!(?outcome, "an e-mail is settled");
    }
    Ok(())
}
