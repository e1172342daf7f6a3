//! Reading one's inbox, and what one is told.

mod handler;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["AUDIENCES", "CURSOR_SECRET", "ISSUER", "LEARNING_TABLE", "LOG_LEVEL", "PEOPLE_TABLE"];

/// What the function works with.
#[derive(Debug)]
pub struct NotificationRead<E> {
    /// Who may come in.
    pub gate: Gate,
    /// Inboxes and preferences.
    pub store: Store<E>,
    /// What signs the cursors of pages.
    pub cursor_secret: String,
}

#[cfg(test)]
mod tests;
