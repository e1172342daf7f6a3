use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::content::OutlineNode;
use crate::testing::outline::{lesson, quiz, section, tree, under};
use crate::testing::{any_reading, rule};

fn seconds(intervals: impl IntoIterator<Item = (u64, u64)>) -> Intervals {
    intervals.into_iter().collect()
}

fn joined(one: &TimeSpent, other: &TimeSpent) -> TimeSpent {
    let mut joined = one.clone();
    joined.join(other);
    joined
}

/// Every second one of so many minutes.
fn scattered(minutes: u64) -> Intervals {
    seconds((0..minutes * 30).map(|at| (at * 2, at * 2 + 1)))
}

/// One second of each of so many minutes, an hour apart.
fn glances(count: u64) -> Intervals {
    seconds((0..count).map(|at| (at * 3_600, at * 3_600 + 1)))
}

#[test]
fn ordinary_reading_is_kept_to_the_second() {
    let read = seconds([(1_000, 1_290), (5_000, 5_601)]);
    assert_eq!(TimeSpent::from(read.clone()).seconds(), &read);
    assert_eq!(TimeSpent::from(glances(24)).seconds().measure(), 24);
}

#[test]
fn more_different_minutes_are_kept_in_coarser_blocks() {
    for (count, measure) in
        [(24, 24), (25, 24 * 10 + 1), (240, 239 * 10 + 1), (241, 240 * 60 + 1), (1_440, 1_439 * 60 + 1)]
    {
        assert_eq!(TimeSpent::from(glances(count)).seconds().measure(), measure, "{count}");
    }
    assert_eq!(TimeSpent::from(glances(1_441)).seconds(), &Intervals::one(0, 1_440 * 3_600 + 1));
}

#[test]
fn however_scattered_it_is_it_never_has_more_intervals_than_its_cap() {
    for minutes in [1, 23, 24, 25, 239, 240, 241, 1_439, 1_440, 1_441, 5_000] {
        let kept = TimeSpent::from(scattered(minutes));
        assert!(kept.seconds().count() <= TIME_INTERVALS_MAX, "{minutes}: {}", kept.seconds().count());
        assert!(kept.seconds().measure() >= scattered(minutes).measure());
    }
    // The worst there is: every second second of 24 minutes.
    assert_eq!(TimeSpent::from(scattered(24)).seconds().count(), TIME_INTERVALS_MAX);
    let text = String::from(Intervals::from(TimeSpent::from(scattered(24))));
    assert!(text.len() <= 4 * TIME_INTERVALS_MAX, "{} bytes", text.len());
}

#[test]
fn a_day_of_whole_minutes_is_more_than_any_rule_asks_for() {
    let read = TimeSpent::from(glances(1_441));
    assert!(read.seconds().measure() >= u64::from(TIME_SECONDS_MAX));
}

#[test]
fn segments_that_follow_one_another_leave_no_gap_at_any_length_of_film() {
    for duration_ms in [1, 7, 999, 1_000, 61_003, 7_200_000, u32::MAX] {
        let cut = |tenth: u32| (u64::from(duration_ms) * u64::from(tenth) / 10) as u32;
        let mut watched = Intervals::default();
        for tenth in [3, 9, 0, 1, 8, 2, 4, 7, 5, 6] {
            watched.join(&parts_of(cut(tenth), cut(tenth + 1), duration_ms));
        }
        assert_eq!(watched, Intervals::one(0, VIDEO_PARTS), "{duration_ms}");
    }
}

#[test]
fn beyond_the_end_of_a_film_there_is_nothing() {
    assert_eq!(parts_of(0, u32::MAX, 60_000), Intervals::one(0, VIDEO_PARTS));
    assert!(parts_of(60_000, 90_000, 60_000).is_empty());
    assert!(parts_of(30_000, 20_000, 60_000).is_empty());
}

#[test]
fn a_seek_adds_nothing() {
    let mut watched = parts_of(0, 10_000, 100_000);
    watched.join(&parts_of(90_000, 90_000, 100_000));
    assert_eq!(watched.measure(), 100);
    watched.join(&parts_of(5_000, 10_000, 100_000));
    assert_eq!(watched.measure(), 100, "what is played twice counts once");
}

fn asked_of(nodes: Vec<OutlineNode>) -> Vec<(bool, bool, bool)> {
    asked(&tree(nodes)).into_iter().map(|asked| (asked.time, asked.scrolled, asked.watched)).collect()
}

fn completed_by(completion: Value, node: OutlineNode) -> OutlineNode {
    OutlineNode { completion: rule(completion), ..node }
}

#[test]
fn only_what_a_rule_asks_about_is_asked() {
    let film = json!({ "type": "video_watched_percent", "node": "b", "video": "film", "min_percent": 50 });
    let nested = json!({ "type": "any_of", "conditions": [{ "type": "time_spent", "min_seconds": 9 }, film] });
    let access = json!({ "type": "scrolled_to", "node": "a", "percent": 50 });
    let nodes = vec![
        completed_by(nested, lesson("a")),
        OutlineNode { access: Some(rule(access)), ..lesson("b") },
        completed_by(json!({ "type": "scrolled_to", "node": "gone", "percent": 50 }), lesson("c")),
    ];
    assert_eq!(asked_of(nodes), [(true, true, false), (false, false, true), (false, false, false)]);
}

#[test]
fn the_time_of_a_section_asks_for_that_of_every_lesson_in_it() {
    let rule = json!({ "type": "time_spent", "min_seconds": 9, "scope": "descendants" });
    let nodes = vec![
        completed_by(rule, section("s")),
        under("s", section("t")),
        under("t", lesson("a")),
        under("s", quiz("q")),
        lesson("outside"),
    ];
    let time: Vec<bool> = asked_of(nodes).into_iter().map(|(time, _, _)| time).collect();
    assert_eq!(time, [true, true, true, false, false]);
}

#[test]
fn what_no_rule_asks_for_is_not_kept() {
    let reading: Reading =
        serde_json::from_value(json!({ "time": "0+9", "scrolled": 50, "watched": { "film": "0+9" } }))
            .expect("a reading");
    let only = |asked: Asked| serde_json::to_value(asked.of(reading.clone())).expect("json");
    let nothing = Asked::default();
    assert!(nothing.of(reading.clone()).is_nothing());
    assert_eq!(only(Asked { time: true, ..nothing }), json!({ "time": "0+9" }));
    assert_eq!(only(Asked { scrolled: true, ..nothing }), json!({ "scrolled": 50 }));
    assert_eq!(only(Asked { watched: true, ..nothing }), json!({ "watched": { "film": "0+9" } }));
}

/// Reading scattered over so many minutes that every step of [`TimeSpent`] occurs.
fn any_time() -> impl Strategy<Value = Intervals> {
    let run = (0..2_000u64, 0..60u64, 1..400u64);
    let many = (0..2_000u64, 0..1_500u64).prop_map(|(first, count)| {
        (first..first + count).map(|minute| (minute * 60 + 7, minute * 60 + 9)).collect::<Vec<_>>()
    });
    let few = prop::collection::vec(run, 0..6).prop_map(|runs| {
        runs.into_iter().map(|(minute, second, length)| (minute * 60 + second, minute * 60 + second + length)).collect()
    });
    prop_oneof![2 => few, 1 => many].prop_map(seconds)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn joining_time_is_idempotent_commutative_and_associative(a in any_time(), b in any_time(), c in any_time()) {
        let (a, b, c) = (TimeSpent::from(a), TimeSpent::from(b), TimeSpent::from(c));
        prop_assert_eq!(joined(&a, &a), a.clone());
        prop_assert_eq!(joined(&a, &b), joined(&b, &a));
        prop_assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)));
    }

    #[test]
    fn joined_piece_by_piece_it_is_the_same_as_all_at_once(pieces in prop::collection::vec(any_time(), 0..6)) {
        let all: Intervals = pieces.iter().flat_map(Intervals::iter).collect();
        let mut one_by_one = TimeSpent::default();
        for piece in pieces {
            one_by_one.join(&TimeSpent::from(piece));
        }
        prop_assert_eq!(one_by_one, TimeSpent::from(all));
    }

    #[test]
    fn what_is_kept_only_ever_adds_and_only_once(a in any_time()) {
        let kept = TimeSpent::from(a.clone());
        let mut with_all = kept.seconds().clone();
        prop_assert!(!with_all.join(&a), "something was lost");
        prop_assert_eq!(TimeSpent::from(kept.seconds().clone()), kept.clone());
        prop_assert_eq!(kept.seconds().span(), a.span());
        prop_assert!(kept.seconds().count() <= TIME_INTERVALS_MAX);
    }

    #[test]
    fn a_reading_says_that_it_changed_something_exactly_when_it_did(a in any_reading(), b in any_reading()) {
        let mut joined = a.clone();
        prop_assert_eq!(joined.join(&b), joined != a);
        prop_assert!(!joined.join(&a) && !joined.join(&b));
    }
}
