//! Deadlines: civil time in a named zone, and the instant they mean.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// A deadline as people say it: a wall-clock time in the cohort's zone. Its own instant is on time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The wall-clock time, for example `2026-12-01T23:59:00`.
    #[serde(deserialize_with = "wall_clock")]
    #[schemars(with = "String", extend("pattern" = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$"))]
    pub civil: DateTime,
}

/// Reads a time without an offset or a zone. The parser of civil times would drop either without a word, and the deadline
/// would be hours off.
pub(crate) fn wall_clock<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime, D::Error> {
    const MINUTES: &str = "0000-00-00T00:00";
    let text = String::deserialize(deserializer)?;
    let (minutes, seconds) = text.split_at_checked(MINUTES.len()).unwrap_or_default();
    let in_form = |(byte, place): (u8, u8)| if place == b'0' { byte.is_ascii_digit() } else { byte == place };
    let is_plain = minutes.len() == MINUTES.len()
        && minutes.bytes().zip(MINUTES.bytes()).all(in_form)
        && seconds.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    text.parse()
        .ok()
        .filter(|_| is_plain)
        .ok_or_else(|| serde::de::Error::custom("a deadline is a wall-clock time, for example 2026-12-01T23:59:00"))
}

/// The zone is not in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no IANA time zone, for example Europe/Berlin")]
pub struct UnknownZone(pub String);

/// Checks that a zone exists.
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned()))
}

impl Deadline {
    /// The instant it means in `zone`.
    ///
    /// Where the clock shows a time twice, the later one is meant, and where it skips a time, the instant that comes as
    /// long after the skip began: on both days the learner gets the reading that is better for them.
    pub fn instant(&self, zone: &TimeZone) -> Timestamp {
        // Only times at the ends of the calendar have no instant; then no deadline can ever pass.
        zone.to_ambiguous_timestamp(self.civil).later().unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests;
