//! Messages between functions: the doorbell, how it is rung and how a batch of them is worked through. And mail to people.
//!
//! The only crate that names the SDKs of SQS and SES. A message is never the truth: it says which item changed, and whoever hears it
//! reads the item. So every message may come twice, late or out of order, and losing one costs time, not data.
//!
//! A queue function's main, in one expression:
//!
//! ```text
//! serve_events(async |event: Invocation<Batch>| {
//!     Ok(run_grouped(event.payload, event.stop, async |pk, bells| handler::handle(&store, pk, bells).await).await)
//! })
//! ```
//!
//! and the relay's:
//!
//! ```text
//! serve_events(async |event: Invocation<StreamBatch>| {
//!     Ok(relay(event.payload, async |target, bells| sender.send(queues.url(target), bells).await).await)
//! })
//! ```

mod batch;
mod doorbell;
mod mailer;
mod relay;
mod run;
mod sender;

pub use batch::{Batch, BatchResponse, Message, MessageId};
pub use doorbell::{Doorbell, NotSent, Ring, Undecodable};
pub use mailer::Ses;
pub use relay::{Queues, StreamBatch, Target, due_target, relay, target};
pub use run::{CONCURRENT_MAX, Failure, run_batch, run_grouped};
pub use sender::Sender;
