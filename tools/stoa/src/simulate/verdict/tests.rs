//! One test for each way in which a world can be broken.

mod world;

use stoa_domain::attempt::{AttemptState, ClosedReason, instant};
use stoa_domain::id::SubmissionId;
use stoa_domain::progress;

use super::*;
use world::{DUE, World, fact, shown};

#[test]
fn a_world_in_order_is_clean_and_counted() {
    let verdict = World::in_order().judge();
    assert!(verdict.is_clean(), "{verdict:#?}");
    assert_eq!((verdict.learners, verdict.accepted, verdict.by_time, verdict.in_grace, verdict.rows), (2, 1, 1, 0, 2));
}

#[test]
fn a_hand_in_in_the_grace_is_accepted_to_its_last_millisecond_and_late_after_it() {
    let mut world = World::in_order();
    world.attempt("handed-in").received_at = Some(DUE + 30_000);
    let verdict = world.judge();
    assert!(verdict.is_clean());
    assert_eq!(verdict.in_grace, 1);
    world.attempt("handed-in").received_at = Some(DUE + 30_001);
    assert_eq!(world.only_finding(), ("late", "attempt 1 at final was accepted 1 ms after the grace".to_owned()));
}

#[test]
fn a_receipt_without_its_hand_in_is_a_loss() {
    let mut other_id = World::in_order();
    other_id.attempt("handed-in").submission_id = Some(SubmissionId::parse("s2").expect("an id"));
    assert_eq!(other_id.only_finding().0, "lost");

    let mut other_answers = World::in_order();
    other_answers.attempt("handed-in").digest = Some("d2".to_owned());
    assert_eq!(other_answers.only_finding().0, "lost");

    let mut swept = World::in_order();
    let attempt = swept.attempt("handed-in");
    (attempt.submission_id, attempt.closed_reason) = (None, Some(ClosedReason::TimeUp));
    assert_eq!(swept.only_finding().0, "lost", "time froze a draft over a hand-in");

    let mut gone = World::in_order();
    gone.kept("handed-in").attempts.clear();
    assert_eq!(gone.only_finding().0, "lost");
}

#[test]
fn two_accepted_hand_ins_of_one_attempt_are_a_loss_of_one() {
    let mut world = World::in_order();
    let mut second = world.witnesses[0].receipts[0].clone();
    second.submission_id = Some(SubmissionId::parse("s2").expect("an id"));
    world.witnesses[0].receipts.push(second);
    assert_eq!(world.only_finding().0, "lost");
}

#[test]
fn the_same_receipt_twice_is_no_finding() {
    let mut world = World::in_order();
    let again = world.witnesses[0].receipts[0].clone();
    world.witnesses[0].receipts.push(again);
    assert!(world.judge().is_clean());
}

#[test]
fn time_must_hand_in_the_last_saved_draft() {
    let mut older = World::in_order();
    older.attempt("by-time").rev = 1;
    assert_eq!(
        older.only_finding(),
        ("lost", "the draft that stands is revision 1, not the saved revision 2".to_owned())
    );

    let mut other = World::in_order();
    other.attempt("by-time").digest = Some("d0".to_owned());
    assert_eq!(other.only_finding().0, "lost");

    let mut overwritten = World::in_order();
    overwritten.attempt("handed-in").rev = 1;
    assert!(overwritten.judge().is_clean(), "a hand-in replaces every draft");
}

#[test]
fn one_number_for_two_attempts_is_a_double() {
    let mut world = World::in_order();
    let again = world.attempt("handed-in").clone();
    world.kept("handed-in").attempts.push(again);
    assert_eq!(world.only_finding(), ("doubled", "attempt 1 at final is stored twice".to_owned()));
}

#[test]
fn one_revision_for_two_grades_is_a_double() {
    let mut world = World::in_order();
    let again = world.kept("handed-in").grades[0].clone();
    world.kept("handed-in").grades.push(again);
    assert_eq!(world.only_finding(), ("doubled", "grade 1 of attempt 1 at final is stored 2 times".to_owned()));
}

#[test]
fn two_events_for_one_grade_are_a_double() {
    let mut world = World::in_order();
    let shown = world.shown[0].clone();
    let kept = world.kept("handed-in");
    let mut again = kept.log[1].clone();
    again.sequence = 3;
    kept.log.push(again);
    // State and rows follow the log, so that nothing but the double is wrong.
    kept.progress.sequence = 3;
    kept.row.as_mut().expect("a row").sequence = 3;
    world.shown[0] = CohortRow { sequence: 3, ..shown };
    assert_eq!(world.only_finding(), ("doubled", "grade 1 of attempt 1 at final has 2 events".to_owned()));
}

#[test]
fn what_is_not_done_yet_is_awaiting() {
    let mut open = World::in_order();
    let attempt = open.attempt("by-time");
    (attempt.state, attempt.closed_reason) = (AttemptState::Open, None);
    assert_eq!(open.only_finding(), ("awaiting", "attempt 1 at final is still open".to_owned()));

    let mut ungraded = World::in_order();
    let fresh = ungraded.kept("by-time");
    fresh.grades.clear();
    fresh.log.pop();
    fresh.progress = progress::replay(&fresh.log).expect("a log");
    let verdict = ungraded.judge();
    assert_eq!(verdict.awaiting[0].what, "attempt 1 has no grade");

    let mut untold = World::in_order();
    let kept = untold.kept("by-time");
    kept.log.pop();
    assert_eq!(untold.judge().awaiting[0].what, "grade 1 of attempt 1 at final is in no event");
}

#[test]
fn a_gap_in_the_log_is_unequal() {
    let mut world = World::in_order();
    world.kept("handed-in").log.remove(0);
    assert_eq!(world.only_finding(), ("unequal", "the log has event 2 where 1 should be".to_owned()));
}

#[test]
fn a_grade_that_only_the_log_knows_is_unequal() {
    let mut world = World::in_order();
    let mut ghost = world.kept("handed-in").grades[0].grade.clone();
    ghost.revision = 9;
    let kept = world.kept("handed-in");
    let (progress, events) =
        progress::sequence(&kept.progress, &[fact(&ghost)], instant(DUE + 2_000)).expect("an event");
    kept.log.extend(events);
    kept.progress = progress;
    let row = progress::row(&world.tree, &world.stored[&world.witnesses[0].enrolment].progress, instant(DUE + 2_000));
    world.shown[0] = shown(&world.witnesses[0].enrolment, &row);
    world.kept("handed-in").row = Some(row);
    assert_eq!(
        world.only_finding(),
        ("unequal", "the log has grade 9 of attempt 1 at final, which is not stored".to_owned())
    );
}

#[test]
fn a_stored_state_that_is_no_fold_of_the_log_is_unequal() {
    let mut world = World::in_order();
    world.kept("handed-in").progress.facts.enrolled = Some(7);
    assert_eq!(world.only_finding().0, "unequal");
}

#[test]
fn a_stored_row_that_is_no_fold_of_the_log_is_unequal_and_so_is_none() {
    let mut other = World::in_order();
    other.kept("handed-in").row.as_mut().expect("a row").completed += 1;
    assert_eq!(other.only_finding().0, "unequal");

    let mut none = World::in_order();
    none.kept("handed-in").row = None;
    assert_eq!(none.only_finding(), ("unequal", "there is no cohort row".to_owned()));
}

#[test]
fn a_cohort_page_that_shows_anything_else_is_unequal() {
    let changes: [fn(&mut CohortRow); 6] = [
        |row| row.completed += 1,
        |row| row.trackable += 1,
        |row| row.states = "mmmmm".to_owned(),
        |row| row.sequence += 1,
        |row| row.last_activity_at = None,
        |row| row.results[0].points += 1,
    ];
    for change in changes {
        let mut world = World::in_order();
        change(&mut world.shown[0]);
        assert_eq!(world.only_finding().0, "unequal");
    }
    let mut hidden = World::in_order();
    hidden.shown.remove(0);
    assert_eq!(hidden.only_finding(), ("unequal", "the cohort page does not show it".to_owned()));

    let mut twice = World::in_order();
    twice.shown.push(twice.shown[0].clone());
    assert_eq!(twice.only_finding(), ("unequal", "the cohort page shows it twice".to_owned()));
}

#[test]
fn an_enrolment_of_which_nothing_is_stored_is_found() {
    let mut world = World::in_order();
    world.stored.clear();
    assert!(!world.judge().is_clean());
}
