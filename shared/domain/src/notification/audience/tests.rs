use super::*;
use crate::notification::{About, DueDate, Kind, Part};
use crate::testing::{at, id};

fn about() -> About {
    About { enrolment: id("e"), title: "A course".to_owned() }
}

fn part() -> Part {
    Part { node: id("q"), title: "q".to_owned() }
}

/// A notice of each kind; the reminder is of a deadline at `at(1_000)`.
fn notice(kind: Kind) -> Notice {
    let zone = "UTC".to_owned();
    match kind {
        Kind::Enrolled => Notice::Enrolled { course: about() },
        Kind::GradePosted => Notice::GradePosted { course: about(), assessments: vec![part()], more: 0 },
        Kind::AssessmentDue => {
            let due = DueDate { part: part(), at: Some(at(1_000).as_millisecond()) };
            Notice::AssessmentDue { course: about(), due, zone }
        }
        Kind::CourseUpdated => Notice::CourseUpdated { course: about(), due: vec![], more: 0, contents: true, zone },
    }
}

/// Somebody to whom everything applies.
fn learner() -> Audience {
    Audience {
        enrolment: Some(Enrolment {
            enrolment: id("e"),
            person: id("p"),
            cohort: id("c"),
            release: id("r"),
            cycle_no: 1,
            status: EnrolmentStatus::Active,
            enrolled_at: 0,
        }),
        person: Some(PersonState::Active),
        preferences: Preferences::default(),
        due: Some(at(1_000)),
        has_handed_in: false,
        posted: [id("q")].into(),
    }
}

fn withdrawn() -> Audience {
    let enrolment = learner().enrolment.map(|own| Enrolment { status: EnrolmentStatus::Withdrawn, ..own });
    Audience { enrolment, ..learner() }
}

#[test]
fn whoever_is_enrolled_and_has_access_is_told_everything() {
    for kind in Kind::ALL {
        for person in [PersonState::Active, PersonState::Invited] {
            let audience = Audience { person: Some(person), ..learner() };
            assert_eq!(audience.suppresses(&notice(kind), at(0)), None, "{kind:?} {person:?}");
        }
    }
}

#[test]
fn whoever_has_left_or_lost_access_is_told_nothing() {
    for kind in Kind::ALL {
        for (audience, reason) in [
            (withdrawn(), Suppressed::NotEnrolled),
            (Audience { enrolment: None, ..learner() }, Suppressed::NotEnrolled),
            (Audience { person: Some(PersonState::Deactivated), ..learner() }, Suppressed::AccessEnded),
            (Audience { person: None, ..learner() }, Suppressed::AccessEnded),
        ] {
            assert_eq!(audience.suppresses(&notice(kind), at(0)), Some(reason), "{kind:?}");
        }
    }
}

#[test]
fn a_reminder_is_for_those_who_still_have_something_to_do_by_that_very_deadline() {
    let reminder = notice(Kind::AssessmentDue);
    for (audience, now, reason) in [
        (Audience { has_handed_in: true, ..learner() }, 0, Some(Suppressed::HandedIn)),
        (Audience { due: Some(at(2_000)), ..learner() }, 0, Some(Suppressed::DeadlineMoved)),
        (Audience { due: None, ..learner() }, 0, Some(Suppressed::DeadlineMoved)),
        (learner(), 1_001, Some(Suppressed::DeadlinePassed)),
        (learner(), 1_000, None),
    ] {
        assert_eq!(audience.suppresses(&reminder, at(now)), reason);
    }
}

#[test]
fn a_grade_notice_is_for_those_who_may_know_one_of_the_grades() {
    let audience = Audience { posted: BTreeSet::new(), ..learner() };
    assert_eq!(audience.suppresses(&notice(Kind::GradePosted), at(0)), Some(Suppressed::NotPosted));
}

#[test]
fn what_was_switched_off_is_off_by_that_channel_alone_and_a_better_reason_goes_first() {
    let preferences = Preferences::default().choose(Kind::GradePosted, Channel::Email, false).expect("optional");
    let audience = Audience { preferences: preferences.clone(), ..learner() };
    let by = |audience: &Audience, channel| audience.suppresses_by(&notice(Kind::GradePosted), channel, at(0));
    assert_eq!(by(&audience, Channel::Email), Some(Suppressed::SwitchedOff));
    assert_eq!(by(&audience, Channel::Inbox), None);
    assert_eq!(by(&Audience { preferences, ..withdrawn() }, Channel::Email), Some(Suppressed::NotEnrolled));
}
