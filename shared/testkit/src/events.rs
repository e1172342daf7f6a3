//! Events as AWS delivers them. Each begins as the golden sample of its source in `events/` and differs from it where a
//! test says so; functions read them with the same code as in production.

mod http;
mod records;

pub use http::HttpEvent;
pub use records::{queue_batch, queue_event, sequence_number, stream_batch, stream_event};

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What the scheduler sends every minute.
pub fn schedule_event() -> Value {
    sample(include_str!("../../../events/schedule.json"))
}

/// What the user pool sends before it issues tokens.
pub fn pre_token_generation_event() -> Value {
    sample(include_str!("../../../events/pre-token-generation.json"))
}

fn sample(text: &str) -> Value {
    serde_json::from_str(text).expect("samples are JSON")
}

/// An event as the type that a function reads.
fn read<T: DeserializeOwned>(event: Value) -> T {
    serde_json::from_value(event).expect("functions read the events of their source")
}
