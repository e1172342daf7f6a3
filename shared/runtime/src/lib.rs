//! Where a function meets its machine: settings, time, names, logs and the Lambda loop.
//!
//! The only crate that reads the environment, the clock or randomness, so that everything else can be replayed. Mains and
//! tools import it, nothing else does, and it knows no other crate of ours.
//!
//! A whole main:
//!
//! ```no_run
//! # struct Store;
//! # impl Store { fn new(_: &stoa_runtime::aws::SdkConfig, _: &str) -> Store { Store } }
//! # async fn handle(_: &Store, _: serde::de::IgnoredAny) -> u8 { 0 }
//! const ENV: &[&str] = &["LEARNING_TABLE"];
//!
//! fn main() -> Result<(), stoa_runtime::Error> {
//!     stoa_runtime::start(async {
//!         let config = stoa_runtime::Config::from_env(ENV)?;
//!         let aws = stoa_runtime::aws::config().await;
//!         let store = Store::new(&aws, config.get("LEARNING_TABLE"));
//!
//!         stoa_runtime::serve_http(async |request| handle(&store, request).await).await
//!     })
//! }
//! ```

pub mod aws;
pub mod clock;
mod config;
pub mod ids;
mod metrics;
mod serve;
pub mod telemetry;

pub use config::{Config, Missing};
pub use serve::{Error, Invocation, Stop, serve_events, serve_http, start};
