//! Taking assessments: open an attempt, save drafts, hand in. The hot path of a deadline.

mod handler;
mod shape;
#[cfg(test)]
mod tests;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;
use stoa_store::releases::Releases;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["AUDIENCES", "CONTENT_BUCKET", "ISSUER", "LEARNING_TABLE", "LOG_LEVEL", "PEOPLE_TABLE"];

/// What the function works with.
#[derive(Debug)]
pub struct AttemptWrite<E, O> {
    /// Who may come in.
    pub gate: Gate,
    /// Attempts and what they depend on.
    pub store: Store<E>,
    /// Releases, for rules and items.
    pub releases: Releases<O>,
}
