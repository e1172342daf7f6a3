//! When the doorbell of something that is due at a time rings.
//!
//! Looking is cheap and late, a doorbell that is kept back is exact: so somebody looks every minute at what will be due soon,
//! and each doorbell is sent ahead, to ring at its time. What is found too late, whatever the reason, rings at once.

use jiff::Timestamp;

/// How far ahead the sweep looks, in milliseconds: two of its minutes, so that one that fails leaves nothing late.
pub const AHEAD_MS: i64 = 120_000;
/// The longest a queue keeps a doorbell back, in seconds.
pub const DELAY_SECONDS_MAX: u32 = 900;
/// How far apart the clocks of two machines may be, in milliseconds: a doorbell that rings early by its consumer's clock is
/// for nothing.
pub const CLOCKS_APART_MS: i64 = 500;

/// Until when something must be due for its doorbell to be sent at `now`, in milliseconds since 1970. Not included.
pub fn horizon_ms(now: Timestamp) -> i64 {
    now.as_millisecond() + AHEAD_MS
}

/// How many seconds the doorbell of something that is due at `due_ms` is kept back at `now`, if its consumer acts
/// `margin_ms` after that and no sooner.
///
/// Its own instant is on time, so it is over a millisecond later. Queues count whole seconds: the doorbell rings up to
/// a second and [`CLOCKS_APART_MS`] later than it might.
pub fn delay_seconds(due_ms: i64, margin_ms: i64, now: Timestamp) -> u32 {
    let over_ms = due_ms.saturating_add(margin_ms + 1 + CLOCKS_APART_MS);
    let wait_ms = over_ms.saturating_sub(now.as_millisecond()).max(0);
    u32::try_from(wait_ms.unsigned_abs().div_ceil(1_000)).unwrap_or(u32::MAX).min(DELAY_SECONDS_MAX)
}

#[cfg(test)]
mod tests;
