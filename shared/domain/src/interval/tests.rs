use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn set(intervals: &[(u64, u64)]) -> Intervals {
    intervals.iter().copied().collect()
}

fn joined(one: &Intervals, other: &Intervals) -> Intervals {
    let mut joined = one.clone();
    joined.join(other);
    joined
}

/// The numbers themselves: what the intervals stand for.
fn numbers(intervals: &Intervals) -> BTreeSet<u64> {
    intervals.iter().flat_map(|(from, until)| from..until).collect()
}

fn any_intervals() -> impl Strategy<Value = Intervals> {
    prop::collection::vec((0..60u64, 0..12u64), 0..8)
        .prop_map(|pairs| pairs.into_iter().map(|(from, length)| (from, from + length)).collect())
}

#[test]
fn what_overlaps_or_touches_is_one_interval() {
    for (pieces, expected) in [
        (&[(1, 3), (2, 5)][..], &[(1, 5)][..]),
        (&[(1, 3), (3, 5)], &[(1, 5)]),
        (&[(3, 5), (1, 3)], &[(1, 5)]),
        (&[(1, 9), (2, 3)], &[(1, 9)]),
        (&[(1, 3), (4, 5)], &[(1, 3), (4, 5)]),
        (&[(4, 4), (5, 2)], &[]),
    ] {
        assert_eq!(set(pieces).iter().collect::<Vec<_>>(), expected, "{pieces:?}");
    }
}

#[test]
fn an_interval_that_ends_before_it_begins_is_empty() {
    for (from, until) in [(5, 5), (5, 2), (u64::MAX, 0)] {
        assert!(Intervals::one(from, until).is_empty());
    }
}

#[test]
fn a_set_is_written_as_distances_and_lengths() {
    for (intervals, text) in [
        (&[][..], ""),
        (&[(0, 10)], "0+10"),
        (&[(100, 130), (135, 145)], "100+30-5+10"),
        (&[(1_780_000_000, 1_780_000_060), (1_780_003_660, 1_780_003_661)], "1780000000+60-3600+1"),
    ] {
        assert_eq!(set(intervals).to_string(), text);
        assert_eq!(Intervals::try_from(text.to_owned()), Ok(set(intervals)));
    }
}

#[test]
fn what_is_not_written_like_that_is_refused() {
    for text in [
        "1",
        "1+",
        "+1",
        "a+1",
        "1+0",
        "1+5-0+3",
        "1+5-",
        "-1+5",
        "1+5--2+1",
        "01+5",
        "1++5",
        " 1+5",
        "1+5,7+9",
        "1.5+2",
        "NaN+1",
        "18446744073709551615+1",
        "99999999999999999999+1",
        "1+2-18446744073709551615+5",
    ] {
        assert_eq!(Intervals::try_from(text.to_owned()), Err(NotIntervals(text.to_owned())), "{text}");
    }
}

#[test]
fn widening_fills_the_blocks_that_are_touched_and_never_goes_beyond_either_end() {
    let read = set(&[(5, 6), (14, 16), (38, 39)]);
    assert_eq!(read.blocks(10), 3);
    assert_eq!(read.widened(10), set(&[(5, 20), (30, 39)]));
    assert_eq!(read.widened(1), read);
    assert_eq!(Intervals::default().widened(10), Intervals::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_join_is_the_union_of_the_numbers(a in any_intervals(), b in any_intervals()) {
        let union: BTreeSet<u64> = numbers(&a).union(&numbers(&b)).copied().collect();
        prop_assert_eq!(numbers(&joined(&a, &b)), union);
    }

    #[test]
    fn a_join_is_idempotent_commutative_and_associative(a in any_intervals(), b in any_intervals(), c in any_intervals()) {
        prop_assert_eq!(joined(&a, &a), a.clone());
        prop_assert_eq!(joined(&a, &b), joined(&b, &a));
        prop_assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)));
    }

    #[test]
    fn a_join_says_that_it_changed_something_exactly_when_it_did(a in any_intervals(), b in any_intervals()) {
        let mut joined = a.clone();
        prop_assert_eq!(joined.join(&b), joined != a);
    }

    #[test]
    fn the_measure_is_how_many_numbers_there_are(a in any_intervals()) {
        prop_assert_eq!(a.measure(), numbers(&a).len() as u64);
    }

    #[test]
    fn a_set_has_one_form_and_reads_back_as_it_was_written(a in any_intervals()) {
        let pieces: Intervals = numbers(&a).into_iter().map(|number| (number, number + 1)).collect();
        prop_assert_eq!(&pieces, &a);
        prop_assert_eq!(Intervals::try_from(a.to_string()), Ok(a));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9+-]{0,24}") {
        if let Ok(read) = Intervals::try_from(text.clone()) {
            prop_assert_eq!(read.to_string(), text);
        }
    }
}
