//! Administering an organisation: its settings, its people, their roles, and when access ends.

mod handler;
mod import;
mod organisation;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["AUDIENCES", "AUDIT_TABLE", "CURSOR_SECRET", "ISSUER", "LOG_LEVEL", "PEOPLE_TABLE"];

/// What the function works with.
#[derive(Debug)]
pub struct PeopleWrite<E> {
    /// Who may come in.
    pub gate: Gate,
    /// People and their organisation.
    pub store: Store<E>,
    /// What signs the cursors of pages.
    pub cursor_secret: String,
    /// Makes keys that nobody has.
    pub new_key: fn() -> String,
}

#[cfg(test)]
mod tests;
