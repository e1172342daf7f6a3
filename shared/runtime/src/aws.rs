//! How every AWS client is built: quick to give up, so that a slow answer becomes an honest "try again".

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;

pub use aws_config::SdkConfig;

/// The longest wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// The longest one attempt of an operation may take.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest an operation may take with all its attempts: well below the 30 s of an HTTP API.
pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(8);
/// The most attempts of one operation. Retries of transport live in the SDK and nowhere else.
pub const ATTEMPTS_MAX: u32 = 3;

/// The settings that all clients share: region, credentials and AWS_ENDPOINT_URL from the environment, our timeouts and retries.
///
/// Build clients from it once, in `main`: each one holds connections.
pub async fn config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX))
        .load()
        .await
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_gives_up_before_its_caller_does() {
        assert!(CONNECT_TIMEOUT < ATTEMPT_TIMEOUT);
        assert!(ATTEMPT_TIMEOUT < OPERATION_TIMEOUT);
        assert!(OPERATION_TIMEOUT < Duration::from_secs(30));
    }

    #[test]
    fn every_client_gets_the_timeouts_and_the_retries() {
        let config = tokio::runtime::Runtime::new().expect("a runtime").block_on(config());
        assert_eq!(config.timeout_config(), Some(&timeouts()));
        assert_eq!(config.retry_config().map(RetryConfig::max_attempts), Some(ATTEMPTS_MAX));
    }
}
