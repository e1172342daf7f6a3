//! Logs and metrics as JSON lines on standard output, which is where Lambda collects them.
//!
//! Nothing here or above logs bodies, tokens, e-mail addresses or names.

use std::env;

use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::metrics::{self, Metrics};

/// What is logged where LOG_LEVEL is absent or cannot be read.
const LEVEL_DEFAULT: &str = "info";

/// Starts logging at LOG_LEVEL (`info`, `debug`, or a directive list such as `info,stoa_store=debug`).
///
/// A second call changes nothing, so tests may call it.
#[expect(
    clippy::disallowed_methods,
    reason = "a missing level or name is no reason not to start, so neither is a setting of Config"
)]
pub fn init() {
    let level = env::var("LOG_LEVEL").unwrap_or_default();
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_filter(filter(&level));
    let function = env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
    let metrics = Metrics { function }.with_filter(filter_fn(|about| about.target() == metrics::TARGET));
    let subscriber = tracing_subscriber::registry().with(lines).with(metrics);
    // A subscriber that is already there stays: the first one wins.
    let _already_there = tracing::subscriber::set_global_default(subscriber);
}

/// Metrics have lines of their own, at any level.
const METRICS_OFF: &str = "metrics=off";

/// Prefixes of crates that log whole payloads, headers or bodies at `debug` or `trace`.
const TALKATIVE: [&str; 5] = ["aws_", "h2", "hyper", "lambda_", "rustls"];

fn filter(level: &str) -> EnvFilter {
    let wanted = EnvFilter::try_new(level.trim().to_ascii_lowercase())
        .ok()
        .filter(|_| !level.trim().is_empty())
        .unwrap_or_else(|| EnvFilter::new(LEVEL_DEFAULT));
    let quiet = TALKATIVE.iter().map(|prefix| format!("{prefix}=warn")).chain([METRICS_OFF.to_owned()]);
    quiet.filter_map(|directive| directive.parse().ok()).fold(wanted, EnvFilter::add_directive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_level_is_info_rather_than_silence() {
        for (level, expected) in [("", "info"), ("  ", "info"), ("stoa=loud", "info"), ("DEBUG", "debug")] {
            let directives = filter(level).to_string();
            assert!(directives.split(',').any(|directive| directive == expected), "{level:?} is {directives}");
        }
    }

    #[test]
    fn no_level_makes_other_crates_log_payloads() {
        let subscriber = tracing_subscriber::fmt().with_env_filter(filter("trace")).finish();
        tracing::subscriber::with_default(subscriber, || {
            assert!(tracing::enabled!(target: "stoa_http::call", tracing::Level::TRACE));
            assert!(!tracing::enabled!(target: "lambda_runtime::layers", tracing::Level::TRACE));
            assert!(!tracing::enabled!(target: "aws_smithy_runtime::client", tracing::Level::DEBUG));
            assert!(!tracing::enabled!(target: "hyper_util::client", tracing::Level::INFO));
            assert!(tracing::enabled!(target: "lambda_runtime::layers", tracing::Level::WARN));
        });
    }
}
