//! Deadlines: civil time in a named zone, and the instant they mean.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A deadline as people say it: a wall-clock time in the cohort's zone. Its own instant is on time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The wall-clock time, for example `2026-12-01T23:59:00`.
    #[schemars(with = "String", extend("pattern" = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$"))]
    pub civil: DateTime,
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
mod tests {
    use super::*;

    fn instant(civil: &str, name: &str) -> String {
        let deadline = Deadline { civil: civil.parse().expect("a civil time") };
        deadline.instant(&zone(name).expect("a zone")).to_string()
    }

    #[test]
    fn a_deadline_means_the_wall_clock_of_its_zone_in_summer_and_winter() {
        assert_eq!(instant("2026-07-01T23:59:00", "Europe/Berlin"), "2026-07-01T21:59:00Z");
        assert_eq!(instant("2026-12-01T23:59:00", "Europe/Berlin"), "2026-12-01T22:59:00Z");
        assert_eq!(instant("2026-12-01T23:59:00", "Asia/Kolkata"), "2026-12-01T18:29:00Z");
    }

    #[test]
    fn a_time_that_comes_twice_means_the_later_one() {
        assert_eq!(instant("2026-10-25T02:30:00", "Europe/Berlin"), "2026-10-25T01:30:00Z");
    }

    #[test]
    fn a_time_that_is_skipped_means_as_long_after_the_skip() {
        assert_eq!(instant("2026-03-29T02:30:00", "Europe/Berlin"), "2026-03-29T01:30:00Z");
    }

    #[test]
    fn an_unknown_zone_is_refused_by_its_name() {
        assert_eq!(zone("Mars/Olympus").map(|_| ()), Err(UnknownZone("Mars/Olympus".to_owned())));
    }
}
