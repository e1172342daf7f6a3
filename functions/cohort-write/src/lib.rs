//! Running cohorts: their dates, who is in them, who leaves and who moves.

mod handler;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;
use stoa_store::releases::Releases;

/// What the function reads from its environment.
pub const ENV: &[&str] = &[
    "AUDIENCES",
    "AUDIT_TABLE",
    "CONTENT_BUCKET",
    "CONTENT_TABLE",
    "ISSUER",
    "LEARNING_TABLE",
    "LOG_LEVEL",
    "PEOPLE_TABLE",
];

/// What the function works with.
#[derive(Debug)]
pub struct CohortWrite<E, O> {
    /// Who may come in.
    pub gate: Gate,
    /// Cohorts, courses and people.
    pub store: Store<E>,
    /// Releases, for what a cohort can take.
    pub releases: Releases<O>,
}

#[cfg(test)]
mod tests;
