//! The only clock. Everything below the mains takes time as an argument.

use std::time::Duration;

use jiff::Timestamp;

/// The time now, to the millisecond: stored, compared and sent times all have that precision.
#[expect(clippy::disallowed_methods, reason = "this is the only clock")]
pub fn now() -> Timestamp {
    to_millisecond(Timestamp::now())
}

/// How much time is left until a deadline given in milliseconds since 1970, as the Lambda context has it.
#[expect(clippy::disallowed_methods, reason = "this is the only clock")]
pub fn until(deadline_ms: u64) -> Duration {
    let now_ms = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
    Duration::from_millis(deadline_ms.saturating_sub(now_ms))
}

fn to_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_has_millisecond_precision_so_that_it_survives_being_stored() {
        assert_eq!(now().subsec_nanosecond() % 1_000_000, 0);
        let time: Timestamp = "2026-01-01T00:00:00.123456789Z".parse().expect("a time");
        assert_eq!(to_millisecond(time).to_string(), "2026-01-01T00:00:00.123Z");
    }

    #[test]
    fn a_deadline_in_the_past_leaves_no_time() {
        assert_eq!(until(0), Duration::ZERO);
    }
}
