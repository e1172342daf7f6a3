//! Bugs that are planted on purpose are found.

use stoa_store::engine::Engine;
use stoa_testkit::{Dropped, Dropping, ModelStore};

use crate::bugs::{Blind, Dateless, Ignoring, NeverAhead, OnlyLive};
use crate::seeds::run;

/// Within how many seeds a planted bug must be found.
const SEEDS_MAX: u64 = 300;

/// Some seed must find the bug, and for the right reason: the verdict has these words.
fn found<E: Engine + Clone + 'static>(words: &str, engine: impl Fn(ModelStore) -> E) {
    let seed = (0..SEEDS_MAX).find(|seed| run(*seed, false, &engine).broken.to_string().contains(words));
    assert!(seed.is_some(), "{SEEDS_MAX} seeds did not find that {words:?}");
}

fn without(name: &'static str, part: Option<usize>, words: &str) {
    found(words, |store| Dropping::new(store, Dropped { name, part }));
}

#[test]
fn a_second_hand_in_over_an_accepted_one_is_found() {
    without("SUBMISSION_IS_FIRST", None, "does not prove what is stored");
    without("SUBMISSION_IS_FIRST", Some(0), "two receipts differ");
}

#[test]
fn a_hand_in_that_is_taken_too_late_or_from_somebody_else_is_found() {
    without("SUBMISSION_IS_FIRST", Some(1), "nobody handed this in, in time");
    without("SUBMISSION_IS_FIRST", Some(2), "handed in for another");
}

#[test]
fn a_draft_that_goes_backwards_is_found() {
    without("DRAFT_GOES_FORWARD", None, "does not hold the last draft that was saved");
    without("DRAFT_GOES_FORWARD", Some(1), "does not hold the last draft that was saved");
}

#[test]
fn an_attempt_that_is_opened_over_another_is_found() {
    without("ATTEMPT_IS_NEW", None, "this answer was not right");
}

#[test]
fn a_sweep_that_closes_what_was_handed_in_is_found() {
    without("TIME_IS_UP", Some(0), "it holds a hand-in that was not taken");
}

#[test]
fn a_report_that_replaces_a_fact_is_found() {
    without("FACT_IS_NEW", None, "the log holds what nobody stored");
}

#[test]
fn two_projectors_that_write_over_each_other_are_found() {
    let forget = |name| Dropped { name, part: None };
    found("the log does not hold every fact that is stored", |store| {
        let first = Dropping::new(store, forget("PROGRESS_IS_AS_READ"));
        let second = Dropping::new(first, forget("PROGRESS_IS_NEW"));
        Dropping::new(second, forget("EVENT_IS_NEW"))
    });
}

#[test]
fn a_projector_that_forgets_the_generation_being_built_is_found() {
    found("a projector does not write the generation being built", OnlyLive);
}

#[test]
fn work_that_is_never_ticked_off_is_found() {
    found("does not come to rest", |engine| Ignoring { engine, update: "REMOVE work_pk, work_sk" });
}

#[test]
fn accepted_answers_that_expire_are_found() {
    found("its answers expire", |engine| Ignoring { engine, update: "REMOVE expires_at" });
}

#[test]
fn attempts_that_nobody_closes_ahead_of_the_next_sweep_are_found() {
    found("more than a minute after its end", NeverAhead);
}

#[test]
fn dates_that_nobody_rings_for_ahead_are_found() {
    found("a date came late", NeverAhead);
}

#[test]
fn dates_that_nobody_rings_for_are_found() {
    found("waits for a date", Blind);
}

#[test]
fn a_state_that_forgets_the_date_it_waits_for_is_found() {
    found("the state waits for None", Dateless);
}

#[test]
fn work_that_nobody_sweeps_is_found() {
    found("does not come to rest", Blind);
}
