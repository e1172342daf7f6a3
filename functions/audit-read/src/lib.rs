//! Reading the audit log: who did which privileged act.

mod export;
mod handler;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["AUDIENCES", "AUDIT_TABLE", "CURSOR_SECRET", "ISSUER", "LOG_LEVEL", "PEOPLE_TABLE"];

/// What the function works with.
#[derive(Debug)]
pub struct AuditRead<E> {
    /// Who may come in.
    pub gate: Gate,
    /// The log, and names.
    pub store: Store<E>,
    /// What signs the cursors of pages.
    pub cursor_secret: String,
}

#[cfg(test)]
mod tests;
