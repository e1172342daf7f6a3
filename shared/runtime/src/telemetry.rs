//! Logs as JSON lines on standard output, which is where Lambda collects them.
//!
//! Nothing here or above logs bodies, tokens, e-mail addresses or names.

use std::env;

use tracing_subscriber::EnvFilter;

/// What is logged where LOG_LEVEL is absent or cannot be read.
const LEVEL_DEFAULT: &str = "info";

/// Starts logging at LOG_LEVEL (`info`, `debug`, or a directive list such as `info,stoa_store=debug`).
///
/// A second call changes nothing, so tests may call it.
pub fn init() {
    let level = env::var("LOG_LEVEL").unwrap_or_default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter(&level))
        .finish();
    // A subscriber that is already there stays: the first one wins.
    let _already_there = tracing::subscriber::set_global_default(subscriber);
}

fn filter(level: &str) -> EnvFilter {
    EnvFilter::try_new(level.trim().to_ascii_lowercase())
        .ok()
        .filter(|_| !level.trim().is_empty())
        .unwrap_or_else(|| EnvFilter::new(LEVEL_DEFAULT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_level_is_info_rather_than_silence() {
        for (level, expected) in [
            ("", "info"),
            ("  ", "info"),
            ("stoa=loud", "info"),
            ("DEBUG", "debug"),
            ("warn,stoa_http=trace", "stoa_http=trace,warn"),
        ] {
            assert_eq!(filter(level).to_string(), expected, "{level:?}");
        }
    }
}
