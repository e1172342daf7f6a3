mod rows;

use proptest::prelude::*;

use super::*;
use crate::testing::{any_arrival, any_fact, at, done, folded, graded, scored, viewed};

/// Sequences facts as they arrive, in batches of these sizes, and keeps the log.
fn projected(facts: &[Fact], batches: &[usize]) -> (Progress, Vec<Event>) {
    let (mut progress, mut log) = (Progress::default(), Vec::new());
    let mut rest = facts;
    let mut sizes = batches.iter().copied().chain(std::iter::repeat(facts.len()));
    while !rest.is_empty() {
        let size = sizes.next().expect("without end").clamp(1, rest.len());
        let (batch, later) = rest.split_at(size);
        if let Some((next, events)) = sequence(&progress, batch, at(0)) {
            progress = next;
            log.extend(events);
        }
        rest = later;
    }
    (progress, log)
}

fn event(sequence: u64, fact: Fact) -> Event {
    Event { sequence, fact, recorded_at: at(9).as_millisecond() }
}

#[test]
fn a_fact_that_changes_something_becomes_the_next_event() {
    let start = Progress { sequence: 7, facts: folded(&[viewed("a")]) };
    let (next, events) = sequence(&start, &[done("a"), viewed("b")], at(9)).expect("a change");
    assert_eq!(events, [event(8, done("a")), event(9, viewed("b"))]);
    assert_eq!(next, Progress { sequence: 9, facts: folded(&[viewed("a"), done("a"), viewed("b")]) });
}

#[test]
fn facts_that_change_nothing_get_no_event_and_no_number() {
    let (start, _) = sequence(&Progress::default(), &[viewed("a")], at(0)).expect("a change");
    assert_eq!(sequence(&start, &[viewed("a")], at(9)), None);
    assert_eq!(sequence(&start, &[], at(9)), None);
    let (_, events) = sequence(&start, &[viewed("a"), done("a"), done("a")], at(9)).expect("a change");
    assert_eq!(events, [event(2, done("a"))]);
}

#[test]
fn a_regrade_is_an_event_and_its_duplicate_is_none() {
    let regraded = graded("q", 1, GradeFact { revision: 2, ..scored(0, 10) });
    let (progress, log) = projected(&[graded("q", 1, scored(9, 10)), regraded.clone(), regraded], &[1]);
    assert_eq!((progress.sequence, log.len()), (2, 2));
}

#[test]
fn an_empty_log_folds_to_nothing() {
    assert_eq!(replay(&[]), Ok(Progress::default()));
}

#[test]
fn a_gap_in_the_log_is_named() {
    let log = |numbers: &[u64]| numbers.iter().map(|number| event(*number, viewed("a"))).collect::<Vec<_>>();
    for (numbers, expected, found) in [
        (&[2][..], 1, 2),
        (&[0], 1, 0),
        (&[1, 3], 2, 3),
        (&[1, 2, 2], 3, 2),
        (&[1, 3, 2], 2, 3),
        (&[1, u64::MAX], 2, u64::MAX),
    ] {
        assert_eq!(replay(&log(numbers)), Err(Gap { expected, found }), "{numbers:?}");
    }
    let text = replay(&log(&[1, 3])).expect_err("a gap").to_string();
    assert_eq!(text, "the log has event 3 where 2 should be");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_log_replays_to_the_state_for_any_arrival(
        (facts, arrival) in any_arrival(),
        batches in prop::collection::vec(1..6usize, 0..12),
    ) {
        let (progress, log) = projected(&arrival, &batches);
        prop_assert_eq!(replay(&log), Ok(progress.clone()));
        prop_assert_eq!(progress.facts, folded(&facts));
    }

    #[test]
    fn the_log_is_numbered_from_one_without_gaps(
        (_, arrival) in any_arrival(),
        batches in prop::collection::vec(1..6usize, 0..12),
    ) {
        let (progress, log) = projected(&arrival, &batches);
        prop_assert_eq!(log.iter().map(|event| event.sequence).collect::<Vec<_>>(), (1..=progress.sequence).collect::<Vec<_>>());
    }

    #[test]
    fn batches_change_neither_the_state_nor_the_log(
        (_, arrival) in any_arrival(),
        batches in prop::collection::vec(1..6usize, 0..12),
    ) {
        prop_assert_eq!(projected(&arrival, &batches), projected(&arrival, &[]));
    }

    #[test]
    fn an_event_that_is_lost_is_missed_unless_it_was_the_last(
        facts in prop::collection::vec(any_fact(), 2..16),
        lost in any::<prop::sample::Index>(),
    ) {
        let (_, mut log) = projected(&facts, &[]);
        prop_assume!(log.len() > 1);
        let lost = lost.index(log.len() - 1);
        log.remove(lost);
        let expected = lost as u64 + 1;
        prop_assert_eq!(replay(&log), Err(Gap { expected, found: expected + 1 }));
    }

    #[test]
    fn the_log_reads_back_as_it_was_written(facts in prop::collection::vec(any_fact(), 0..16)) {
        let (progress, log) = projected(&facts, &[]);
        let json = serde_json::to_string(&log).expect("json");
        let read: Vec<Event> = serde_json::from_str(&json).expect("a log");
        prop_assert_eq!(replay(&read), Ok(progress));
    }
}
