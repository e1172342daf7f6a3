//! Recording what learners viewed, read and marked as done.

mod handler;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;
use stoa_store::releases::Releases;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["AUDIENCES", "CONTENT_BUCKET", "ISSUER", "LEARNING_TABLE", "LOG_LEVEL", "PEOPLE_TABLE"];

/// What the function works with.
#[derive(Debug)]
pub struct FactWrite<E, O> {
    /// Who may come in.
    pub gate: Gate,
    /// Facts and what they depend on.
    pub store: Store<E>,
    /// Releases, for what there is.
    pub releases: Releases<O>,
}

#[cfg(test)]
mod tests;
