//! Time closes attempts neither early nor late.

use stoa_domain::attempt::CLOSE_MARGIN_MS;

use crate::judge::Broken;
use crate::streams::Closing;
use crate::weather::Weather;

/// How long after its end an attempt is closed at the latest, in milliseconds, as long as nothing is broken.
const CLOSED_WITHIN_MS: i64 = 60_000;
/// How long after an outage of the schedule everything that was due is done, in milliseconds: the next minute begins the
/// sweep, and the sweep takes a few seconds.
const CAUGHT_UP_WITHIN_MS: i64 = 70_000;

/// Nothing is ever closed while a hand-in may be running. Where only the schedule has failed, everything is closed in time,
/// or as soon as the schedule is back.
pub fn check(closings: &[Closing], weather: &Weather, broken: &mut Broken) {
    for closing in closings {
        broken.unless(closing.closed_at > closing.accept_until + CLOSE_MARGIN_MS, || {
            format!("{:?}: it was closed by time while a hand-in might be running: {closing:?}", closing.key)
        });
        broken.unless(
            !weather.is_calm() || closing.closed_at <= latest(closing.accept_until + CLOSED_WITHIN_MS, weather),
            || format!("{:?}: it was closed more than a minute after its end: {closing:?}", closing.key),
        );
    }
}

/// By when what has to be done `by` a time must be done if only the schedule fails, in milliseconds since 1970.
pub fn latest(by: i64, weather: &Weather) -> i64 {
    let (from, to) = (weather.unswept.start.as_millisecond(), weather.unswept.end.as_millisecond());
    if from < to && from <= by { by.max(to + CAUGHT_UP_WITHIN_MS) } else { by }
}
