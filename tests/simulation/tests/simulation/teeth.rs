//! Bugs that are planted on purpose are found.

use stoa_store::engine::Engine;
use stoa_testkit::{Dropped, Dropping, ModelStore};

use crate::bugs::{Blind, Ignoring};
use crate::seeds::run;

/// Within how many seeds a planted bug must be found.
const SEEDS_MAX: u64 = 60;

fn found<E: Engine + Clone + 'static>(bug: &str, engine: impl Fn(ModelStore) -> E) {
    let seed = (0..SEEDS_MAX).find(|seed| !run(*seed, false, &engine).broken.is_empty());
    println!("{bug}: found by seed {seed:?}");
    assert!(seed.is_some(), "{bug}: {SEEDS_MAX} seeds did not find it");
}

fn without(name: &'static str, part: Option<usize>) {
    found(&format!("{name} without {part:?}"), |store| Dropping::new(store, Dropped { name, part }));
}

#[test]
fn a_second_hand_in_over_an_accepted_one_is_found() {
    without("SUBMISSION_IS_FIRST", None);
    without("SUBMISSION_IS_FIRST", Some(0));
}

#[test]
fn a_hand_in_that_is_taken_too_late_or_from_somebody_else_is_found() {
    without("SUBMISSION_IS_FIRST", Some(1));
    without("SUBMISSION_IS_FIRST", Some(2));
}

#[test]
fn a_draft_that_goes_backwards_is_found() {
    without("DRAFT_GOES_FORWARD", None);
    without("DRAFT_GOES_FORWARD", Some(1));
}

#[test]
fn an_attempt_that_is_opened_over_another_is_found() {
    without("ATTEMPT_IS_NEW", None);
}

#[test]
fn a_sweep_that_closes_what_was_handed_in_is_found() {
    without("TIME_IS_UP", Some(0));
}

#[test]
fn a_report_that_replaces_a_fact_is_found() {
    without("FACT_IS_NEW", None);
}

#[test]
fn two_projectors_that_write_over_each_other_are_found() {
    let forget = |name| Dropped { name, part: None };
    found("neither the log nor the state is guarded", |store| {
        let first = Dropping::new(store, forget("PROGRESS_IS_AS_READ"));
        let second = Dropping::new(first, forget("PROGRESS_IS_NEW"));
        Dropping::new(second, forget("EVENT_IS_NEW"))
    });
}

#[test]
fn work_that_is_never_ticked_off_is_found() {
    found("marks are never cleared", |engine| Ignoring { engine, update: "REMOVE work_pk, work_sk" });
}

#[test]
fn accepted_answers_that_expire_are_found() {
    found("the expiry stays", |engine| Ignoring { engine, update: "REMOVE expires_at" });
}

#[test]
fn work_that_nobody_sweeps_is_found() {
    found("the sweeper sees nothing", Blind);
}
