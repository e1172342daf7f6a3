//! The services' ports on DynamoDB and S3: keys, records and conditions. The only crate that names those SDKs.

pub mod archives;
pub mod conditions;
pub mod dynamo;
pub mod engine;
pub mod objects;
pub mod record;
pub mod releases;
pub mod schema;

mod attempts;
mod cohorts;
mod drafts;
mod erasing;
mod erasures;
mod exports;
mod facts;
mod grading;
mod inbox;
mod learning;
mod marks;
mod names;
mod notifying;
mod people;
pub mod projecting;
mod publication;
pub mod reading;
mod rebuilding;
mod revocation;
mod sweeping;

use engine::Engine;

/// The store over an engine. The ports it implements stand in the modules of their use cases.
#[derive(Debug, Clone)]
pub struct Store<E> {
    engine: E,
}

impl<E: Engine> Store<E> {
    /// A store over an engine.
    pub fn new(engine: E) -> Store<E> {
        Store { engine }
    }

    /// The engine itself, for verdicts over stored items.
    pub fn engine(&self) -> &E {
        &self.engine
    }
}
