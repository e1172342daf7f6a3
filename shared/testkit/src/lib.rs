//! A world to test in: DynamoDB, S3, SQS and the clock as models that are strict where AWS is strict and break on purpose.
//! For tests only.
//!
//! Everything here is single-threaded, knows neither the wall clock nor a random source, and draws from one seed: a run is
//! replayed by its seed. The handles ([`ModelStore`], [`Faults`], [`SimClock`], …) are cheap to clone and share one state.

pub mod audit;
mod clock;
mod dropping;
mod dynoxide;
mod enrolled;
pub mod events;
mod expression;
pub mod faults;
mod mailbox;
mod meter;
pub mod model;
mod objects;
pub mod people;
pub mod queue;
mod rng;
pub mod scheduler;
#[cfg(test)]
mod tests;
mod yielding;

pub use clock::SimClock;
pub use dropping::{Dropped, Dropping};
pub use dynoxide::{Embedded, embedded};
pub use enrolled::enrolled;
pub use faults::{Faults, Rates};
pub use mailbox::ModelMailbox;
pub use model::{ModelStore, StreamRecord};
pub use objects::ModelObjects;
pub use queue::{QueueSettings, SimQueue};
pub use rng::Rng;
pub use scheduler::{Scheduler, Step};
pub use yielding::yield_now;
