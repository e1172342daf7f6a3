//! Writing courses: drafts, items, files, and publishing.

mod draft;
mod handler;
mod publishing;

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
    "LOG_LEVEL",
    "PEOPLE_TABLE",
    "UPLOADS_BUCKET",
];

/// What the function works with.
#[derive(Debug)]
pub struct ContentWrite<E, O> {
    /// Who may come in.
    pub gate: Gate,
    /// Drafts and the register of Releases.
    pub store: Store<E>,
    /// Where the parts of Releases and the bytes of files go.
    pub releases: Releases<O>,
}

#[cfg(test)]
mod tests;
