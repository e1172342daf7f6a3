//! Moments that rules wait for.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ZonedDateTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::deadline;

/// The most days after an enrolment that a rule may wait: ten years.
pub const DAYS_MAX: u32 = 3_650;

/// A moment by the clocks of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// A wall-clock time, for example `{"civil": "2026-12-03T09:00:00"}`.
    #[serde(deserialize_with = "deadline::wall_clock")]
    Civil(#[schemars(with = "String", extend("pattern" = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$"))] DateTime),
    /// So many days after the enrolment was opened, at the same time of day: `{"days_after_enrolment": 7}`.
    DaysAfterEnrolment(u32),
}

impl When {
    /// The moment in a zone. `None` where it depends on an enrolment that is not known yet.
    ///
    /// Where the clock shows a time twice, the first is meant, and where it skips a time, the instant that comes as long
    /// after the skip began.
    pub fn moment(self, zone: &str, enrolled: Option<i64>) -> Option<ZonedDateTime> {
        // The zone was checked when the Release was published; a database that has lost it reads civil time as UTC.
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let civil = match self {
            When::Civil(civil) => civil,
            When::DaysAfterEnrolment(days) => {
                let opened = Timestamp::from_millisecond(enrolled?).ok()?.to_zoned_datetime(zone.clone()).datetime();
                opened.checked_add(Span::new().days(i64::from(days.min(DAYS_MAX)))).unwrap_or(DateTime::MAX)
            }
        };
        // Only times at the ends of the calendar have no instant; they never come.
        Some(civil.to_zoned_datetime(zone).unwrap_or_else(|_| Timestamp::MAX.to_zoned_datetime(TimeZone::UTC)))
    }
}

#[cfg(test)]
mod tests;
