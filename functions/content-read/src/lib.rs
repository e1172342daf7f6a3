//! Reading Releases: structure, lessons, and the addresses of files.

mod handler;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;
use stoa_store::releases::Releases;

/// What the function reads from its environment.
pub const ENV: &[&str] = &[
    "AUDIENCES",
    "CONTENT_BUCKET",
    "CONTENT_ORIGIN",
    "ISSUER",
    "LEARNING_TABLE",
    "LOG_LEVEL",
    "PEOPLE_TABLE",
    "UPLOADS_BUCKET",
];

/// What the function works with.
#[derive(Debug)]
pub struct ContentRead<E, O> {
    /// Who may come in.
    pub gate: Gate,
    /// Enrolments and progress, for gates.
    pub store: Store<E>,
    /// Releases.
    pub releases: Releases<O>,
    /// The origin that serves the bytes of files; empty for the bucket's own.
    pub content_origin: String,
}

#[cfg(test)]
mod tests;
