//! Reading Releases: lessons behind gates, and what opens the edge for the rest: cookies, and the addresses of files.

mod handler;

pub use handler::handle;

use stoa_http::Gate;
use stoa_http::edge::EdgeKey;
use stoa_store::Store;
use stoa_store::releases::Releases;

/// What the function reads from its environment.
pub const ENV: &[&str] = &[
    "AUDIENCES",
    "CONTENT_BUCKET",
    "CONTENT_ORIGIN",
    "EDGE_KEY",
    "EDGE_KEY_ID",
    "ISSUER",
    "LEARNING_TABLE",
    "LOG_LEVEL",
    "PEOPLE_TABLE",
    "WEB_ORIGIN",
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
    /// What serves Releases and files in our place.
    pub edge: Edge,
}

/// The edge: it serves bytes to whoever shows what this function signed.
#[derive(Debug)]
pub struct Edge {
    /// Signs for it.
    pub key: EdgeKey,
    /// The web application's origin, under which Releases are.
    pub web_origin: String,
    /// The origin that serves the bytes of files.
    pub content_origin: String,
}

#[cfg(test)]
mod tests;
