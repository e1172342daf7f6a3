//! Marking one's messages as read, choosing what one is told, and ending a kind of e-mail by its link.

mod handler;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["AUDIENCES", "ISSUER", "LEARNING_TABLE", "LINK_SECRET", "LOG_LEVEL", "PEOPLE_TABLE"];

/// What the function works with.
#[derive(Debug)]
pub struct NotificationWrite<E> {
    /// Who may come in.
    pub gate: Gate,
    /// Inboxes and preferences.
    pub store: Store<E>,
    /// What seals the links that end a kind of mail.
    pub link_secret: String,
}

#[cfg(test)]
mod tests;
