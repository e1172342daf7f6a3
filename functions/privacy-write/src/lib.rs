//! What is held about a person: asking for an archive of it, and asking that it be erased.

mod handler;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;
use stoa_store::archives::Archives;

/// What the function reads from its environment.
pub const ENV: &[&str] =
    &["AUDIENCES", "AUDIT_TABLE", "ISSUER", "LEARNING_TABLE", "LOG_LEVEL", "PEOPLE_TABLE", "UPLOADS_BUCKET"];

/// What the function works with.
#[derive(Debug)]
pub struct PrivacyWrite<E, O> {
    /// Who may come in.
    pub gate: Gate,
    /// People, and what they are enrolled in.
    pub store: Store<E>,
    /// The archives, for their addresses.
    pub archives: Archives<O>,
}

#[cfg(test)]
mod tests;
