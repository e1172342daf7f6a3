use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::testing::{id, time};

/// A cohort in which `q` is due at the end of a day.
fn cohort() -> Cohort {
    Cohort {
        cohort: id("winter"),
        name: "Winter".to_owned(),
        course: id("course"),
        course_title: "A course".to_owned(),
        release: id("release"),
        zone: "Europe/Berlin".to_owned(),
        deadlines: BTreeMap::from([(
            id("q"),
            Deadline { civil: "2026-12-01T23:59:00".parse().expect("a civil time") },
        )]),
        rev: 0,
    }
}

#[test]
fn an_assessment_is_due_by_the_clock_of_the_cohort() {
    assert_eq!(cohort().due(&id("q")), Some(time("2026-12-01T22:59:00Z")));
    let elsewhere = Cohort { zone: "America/New_York".to_owned(), ..cohort() };
    assert_eq!(elsewhere.due(&id("q")), Some(time("2026-12-02T04:59:00Z")));
}

#[test]
fn what_has_no_deadline_is_never_due() {
    assert_eq!(cohort().due(&id("r")), None);
}

#[test]
fn a_zone_that_the_database_has_lost_is_read_as_utc() {
    let lost = Cohort { zone: "Mars/Olympus".to_owned(), ..cohort() };
    assert_eq!(lost.due(&id("q")), Some(time("2026-12-01T23:59:00Z")));
}

#[test]
fn a_cohort_reads_back_as_it_was_written() {
    let json = serde_json::to_string(&cohort()).expect("json");
    assert_eq!(serde_json::from_str::<Cohort>(&json).expect("a cohort"), cohort());
}

#[test]
fn an_enrolment_has_the_same_id_for_ever() {
    // Enrolments are found by this id: whoever changes how it is derived loses them.
    let expected = &digest::of_bytes(b"winter#person#1")[..32];
    assert_eq!(enrolment_id(&id("winter"), &id("person"), 1).as_str(), expected);
}

fn enrolment() -> Enrolment {
    Enrolment {
        enrolment: enrolment_id(&id("winter"), &id("person"), 1),
        person: id("person"),
        cohort: id("winter"),
        release: id("release"),
        cycle_no: 1,
        status: EnrolmentStatus::Active,
        enrolled_at: 5,
        rev: 0,
        left: vec![],
    }
}

#[test]
fn a_learner_who_left_and_came_back_has_the_enrolment_they_had() {
    let back = enrolment().with_status(EnrolmentStatus::Withdrawn).with_status(EnrolmentStatus::Active);
    assert_eq!(back, Enrolment { rev: 2, ..enrolment() });
}

#[test]
fn who_is_moved_takes_everything_along_and_leaves_each_cohort_once() {
    let moved = enrolment().moved(&id("summer")).expect("moved");
    assert_eq!((moved.cohort.as_str(), moved.left.as_slice()), ("summer", &[id("winter")][..]));
    let kept = Enrolment { cohort: id("winter"), rev: 0, left: vec![], ..moved.clone() };
    assert_eq!(kept, enrolment(), "the Release, the id and the time stay");
    let back = moved.moved(&id("winter")).expect("moved");
    assert_eq!((back.cohort.as_str(), back.left.as_slice()), ("winter", &[id("summer")][..]));

    let mut often = enrolment();
    for at in 0..LEFT_MAX {
        often = often.moved(&id(&format!("c{at}"))).expect("moved");
    }
    assert_eq!(often.moved(&id("again")), None);
    assert!(often.moved(&id("c0")).is_some(), "where it was before is no further cohort");
}

#[test]
fn another_cohort_person_or_cycle_is_another_enrolment() {
    let enrolments = BTreeSet::from([
        enrolment_id(&id("winter"), &id("person"), 1),
        enrolment_id(&id("summer"), &id("person"), 1),
        enrolment_id(&id("winter"), &id("other"), 1),
        enrolment_id(&id("winter"), &id("person"), 2),
        enrolment_id(&id("person"), &id("winter"), 1),
    ]);
    assert_eq!(enrolments.len(), 5);
}

proptest! {
    #[test]
    fn enrolments_are_the_same_exactly_when_cohort_person_and_cycle_are(
        left in ("[ab][-_1]{0,2}", "[ab][-_1]{0,2}", 1..12u32),
        right in ("[ab][-_1]{0,2}", "[ab][-_1]{0,2}", 1..12u32),
    ) {
        let of = |(cohort, person, cycle): &(String, String, u32)| enrolment_id(&id(cohort), &id(person), *cycle);
        prop_assert_eq!(of(&left) == of(&right), left == right);
    }
}
