use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::deadline::Deadline;
use crate::testing::{at, id};

const HOUR_MS: i64 = 3_600_000;

/// A cohort in UTC whose assessments are due so many hours after `at(0)`.
fn cohort(deadlines: &[(&str, i64)]) -> Cohort {
    let deadline = |hours: i64| {
        let due = at(0) + jiff::SignedDuration::from_hours(hours);
        Deadline { civil: TimeZone::UTC.to_datetime(due) }
    };
    Cohort {
        cohort: id("winter"),
        name: "Winter".to_owned(),
        course: id("course"),
        course_title: "A course".to_owned(),
        release: id("release"),
        zone: "UTC".to_owned(),
        deadlines: deadlines.iter().map(|(node, hours)| (id(node), deadline(*hours))).collect(),
    }
}

/// So many hours after `at(0)`, in milliseconds.
fn hours(hours: i64) -> i64 {
    at(0).as_millisecond() + hours * HOUR_MS
}

fn due(assessment: &str, at_hours: i64) -> Subject {
    Subject::Due { assessment: id(assessment), due_at: hours(at_hours) }
}

fn subject(agenda: Option<&Agenda>) -> Option<Subject> {
    agenda?.round.as_ref().map(|round| round.subject.clone())
}

#[test]
fn an_assessment_is_reminded_of_a_day_ahead_and_once() {
    let cohort = cohort(&[("q", 48), ("r", 72)]);
    let agenda = Agenda::default().changed(None, &cohort, hours(0));
    assert_eq!(agenda.due_at(&cohort, hours(0)), Some(hours(24)));
    assert_eq!(agenda.begun(&cohort, hours(24) - 1), None);

    let begun = agenda.begun(&cohort, hours(24));
    assert_eq!(subject(begun.as_ref()), Some(due("q", 48)));
    let ended = begun.expect("begun").advanced(None, hours(24));
    assert_eq!(ended.begun(&cohort, hours(30)), None);
    assert_eq!(ended.due_at(&cohort, hours(30)), Some(hours(48)), "the next one");
    assert_eq!(subject(ended.begun(&cohort, hours(48)).as_ref()), Some(due("r", 72)));
}

#[test]
fn a_reminder_that_an_outage_delayed_is_given_late_and_not_after_the_deadline() {
    let cohort = cohort(&[("q", 48)]);
    let agenda = Agenda::default().changed(None, &cohort, hours(0));
    assert_eq!(subject(agenda.begun(&cohort, hours(47)).as_ref()), Some(due("q", 48)));
    assert_eq!(agenda.begun(&cohort, hours(48)), None);
    assert_eq!(agenda.due_at(&cohort, hours(48)), None);
}

#[test]
fn a_moved_deadline_is_reminded_of_anew_and_the_old_one_is_not() {
    let (before, after) = (cohort(&[("q", 48)]), cohort(&[("q", 96)]));
    let agenda = Agenda::default().changed(None, &before, hours(0));
    let told = agenda.begun(&before, hours(24)).expect("due").advanced(None, hours(24));
    let moved = told.changed(Some(&before), &after, hours(25));
    assert_eq!(moved.due_at(&after, hours(25)), Some(hours(25) + CHANGES_WINDOW_MS), "the change is news first");
    let told = moved.begun(&after, hours(26)).expect("due").advanced(None, hours(26));
    assert_eq!(told.due_at(&after, hours(26)), Some(hours(72)));
}

#[test]
fn a_deadline_that_is_set_less_than_a_day_ahead_is_news_and_no_reminder() {
    let (before, after) = (cohort(&[]), cohort(&[("q", 10)]));
    let agenda = Agenda::default().changed(Some(&before), &after, hours(0));
    let begun = agenda.begun(&after, hours(1)).expect("the change is told");
    let updated = Subject::Updated { deadlines: [id("q")].into(), release: false };
    assert_eq!(subject(Some(&begun)), Some(updated));
    assert_eq!(begun.advanced(None, hours(1)).due_at(&after, hours(1)), None);
}

#[test]
fn a_cohort_that_is_made_has_no_changes_to_tell_and_neither_has_one_that_stays_as_it_is() {
    let cohort = cohort(&[("q", 48)]);
    let made = Agenda::default().changed(None, &cohort, hours(0));
    let renamed = Cohort { name: "Summer".to_owned(), ..cohort.clone() };
    assert_eq!(made.changes, None);
    assert_eq!(made.changed(Some(&cohort), &renamed, hours(1)).changes, None);
}

#[test]
fn changes_within_the_window_are_one_round_and_the_window_does_not_move() {
    let steps = [cohort(&[]), cohort(&[("q", 48)]), cohort(&[("q", 50), ("r", 60)])];
    let newer = Cohort { release: id("newer"), ..steps[2].clone() };
    let mut agenda = Agenda::default().changed(None, &steps[0], hours(0));
    for (minute, pair) in [&steps[0], &steps[1], &steps[2], &newer].windows(2).enumerate() {
        agenda = agenda.changed(Some(pair[0]), pair[1], hours(1) + minute as i64 * 60_000);
    }
    assert_eq!(agenda.due_at(&newer, hours(1)), Some(hours(1) + CHANGES_WINDOW_MS));
    assert_eq!(agenda.begun(&newer, hours(1) + CHANGES_WINDOW_MS - 1), None);
    let begun = agenda.begun(&newer, hours(1) + CHANGES_WINDOW_MS);
    assert_eq!(subject(begun.as_ref()), Some(Subject::Updated { deadlines: [id("q"), id("r")].into(), release: true }));
}

#[test]
fn a_round_goes_on_where_it_stopped_once_it_has_stood_still() {
    let cohort = cohort(&[("q", 48)]);
    let agenda = Agenda::default().changed(None, &cohort, hours(0));
    let begun = agenda.begun(&cohort, hours(24)).expect("due").advanced(Some(id("e7")), hours(24));
    let free_at = hours(24) + ROUND_LEASE_MS;
    assert_eq!(begun.begun(&cohort, free_at - 1), None, "somebody is at it");
    assert_eq!(begun.due_at(&cohort, hours(24)), Some(free_at));
    let taken = begun.begun(&cohort, free_at).expect("nobody is");
    let round = taken.round.expect("the same round");
    assert_eq!((round.after, round.lease_until), (Some(id("e7")), free_at + ROUND_LEASE_MS));
}

proptest! {
    #[test]
    fn whatever_happens_each_deadline_that_stands_is_reminded_of_at_most_once(
        steps in prop::collection::vec((0..72i64, prop::option::of((0..3usize, prop::option::of(1..120i64)))), 1..40),
    ) {
        let names = ["q", "r", "s"];
        let mut set: BTreeMap<&str, i64> = BTreeMap::new();
        let mut standing = cohort(&[]);
        let mut agenda = Agenda::default().changed(None, &standing, hours(0));
        let (mut now, mut reminded) = (0, Vec::new());
        for (later, change) in steps {
            now += later;
            if let Some((which, at_hours)) = change {
                match at_hours {
                    Some(ahead) => set.insert(names[which], now + ahead),
                    None => set.remove(names[which]),
                };
                let after = cohort(&set.iter().map(|(name, at)| (*name, *at)).collect::<Vec<_>>());
                agenda = agenda.changed(Some(&standing), &after, hours(now));
                standing = after;
            }
            while let Some(begun) = agenda.begun(&standing, hours(now)) {
                if let Some(Subject::Due { assessment, due_at }) = subject(Some(&begun)) {
                    prop_assert!(hours(now) < due_at && due_at - REMIND_BEFORE_MS <= hours(now));
                    prop_assert_eq!(set.get(assessment.as_str()).map(|at| hours(*at)), Some(due_at));
                    reminded.push((assessment, due_at));
                }
                agenda = begun.advanced(None, hours(now));
            }
            prop_assert!(agenda.due_at(&standing, hours(now)).is_none_or(|at| at > hours(now)), "nobody would look at it");
        }
        let count = reminded.len();
        reminded.sort();
        reminded.dedup();
        prop_assert_eq!(reminded.len(), count);
    }
}
