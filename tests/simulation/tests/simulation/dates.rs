//! What a date changes is changed when it has come: not before, in time, and whether or not anything happens then.

use jiff::Timestamp;
use stoa_domain::evaluation::{evaluate, next_completion_at};
use stoa_domain::fact::{Fact, Facts};

use crate::course::{Course, DATES_AFTER};
use crate::judge::Broken;
use crate::promptness::latest;
use crate::stored::Enrolled;
use crate::weather::Weather;

/// How long after a date a row shows it at the latest, in milliseconds, as long as nothing is broken: somebody has rung ahead.
const CAME_WITHIN_MS: i64 = 20_000;

/// Checks what is stored of one learner, in a world that has come to rest at `now`.
pub fn check(learner: usize, enrolled: &Enrolled, now: Timestamp, weather: &Weather, broken: &mut Broken) {
    let course = Course::get();
    let stored = enrolled.progress.as_ref();
    let Some(facts) = stored.and_then(|stored| serde_json::from_str::<Facts>(&stored.facts).ok()) else { return };

    // Evaluated anew at this moment, nothing is other than what the row says: no date is forgotten.
    let completion = evaluate(&course.tree, &facts, now).completion;
    let letters: String = completion.iter().map(|verdict| verdict.letter()).collect();
    let states = enrolled.row.as_ref().map(|row| row.state.states.as_str());
    broken.unless(states == Some(&letters), || {
        format!("learner {learner}: the row shows {states:?} and not {letters}, as things stand at {now}")
    });
    let ahead = next_completion_at(&course.tree, &facts, now).map(Timestamp::as_millisecond);
    broken.unless(enrolled.date_ahead == ahead, || {
        format!("learner {learner}: the state waits for {:?} and not for {ahead:?}", enrolled.date_ahead)
    });

    let begin = course.enrolments[learner].enrolled_at;
    let dates = DATES_AFTER.map(|after| begin + after.as_millis() as i64);
    for event in &enrolled.log {
        let Fact::DateCame { at } = &event.fact else { continue };
        let (at, recorded_at) = (at.as_millisecond(), event.recorded_at);
        broken.unless(dates.contains(&at) && at <= recorded_at, || {
            format!("learner {learner}: a date came that is none, or has not come: {event:?}")
        });
        broken.unless(!weather.is_calm() || recorded_at <= latest(at + CAME_WITHIN_MS, weather), || {
            format!("learner {learner}: a date came late: {event:?}")
        });
    }
}
