use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::attempt::CLOSE_MARGIN_MS;

/// When a tick happens, in milliseconds.
fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("a time")
}

#[test]
fn a_doorbell_is_kept_back_for_whole_seconds_until_its_time_is_over_on_every_clock() {
    for (due_ms, margin_ms, now_ms, seconds) in [
        (60_000, 0, 0, 61),
        (60_000, 0, 59_000, 2),
        (60_000, 0, 60_000, 1),
        (60_000, 0, 60_500, 1),
        (60_000, 0, 60_501, 0),
        (60_000, 10_000, 0, 71),
        (60_499, 0, 0, 61),
        (60_500, 0, 0, 62),
        (60_000, 10_000, 70_501, 0),
        (60_000, 10_000, 9_000_000, 0),
        (119_999, 10_000, 0, 131),
    ] {
        assert_eq!(delay_seconds(due_ms, margin_ms, at(now_ms)), seconds, "{due_ms} and {margin_ms} at {now_ms}");
    }
}

#[test]
fn what_is_due_as_far_ahead_as_the_sweep_looks_is_never_kept_back_for_longer_than_a_queue_can() {
    let now = at(0);
    assert_eq!(delay_seconds(horizon_ms(now), CLOSE_MARGIN_MS, now), 131);
    assert_eq!(delay_seconds(i64::MAX, CLOSE_MARGIN_MS, now), DELAY_SECONDS_MAX);
}

/// What is due, and from when on it can be seen: something may be made late, and the index is late as well.
#[derive(Debug, Clone, Copy)]
struct Due {
    due_ms: i64,
    seen_from_ms: i64,
}

/// When each thing rings first if the sweep looks at these times, and everything is handled as soon as it rings.
fn rings(things: &[Due], margin_ms: i64, ticks: &[i64]) -> BTreeMap<usize, i64> {
    let mut first: BTreeMap<usize, i64> = BTreeMap::new();
    for tick in ticks {
        for (thing, due) in things.iter().enumerate() {
            let is_handled = first.get(&thing).is_some_and(|rings| rings <= tick);
            if due.seen_from_ms <= *tick && !is_handled && due.due_ms < horizon_ms(at(*tick)) {
                let rings = tick + 1_000 * i64::from(delay_seconds(due.due_ms, margin_ms, at(*tick)));
                first.entry(thing).and_modify(|first| *first = rings.min(*first)).or_insert(rings);
            }
        }
    }
    first
}

/// Ticks a minute apart, each up to two seconds late, of which those in the outage do not happen.
fn ticks(late_ms: &[i64], outage: (usize, usize)) -> Vec<i64> {
    let all = late_ms.iter().enumerate().map(|(minute, late)| (minute, minute as i64 * 60_000 + late));
    all.filter(|(minute, _)| !(outage.0..outage.1).contains(minute)).map(|(_, tick)| tick).collect()
}

fn things() -> impl Strategy<Value = Vec<Due>> {
    // An attempt can be opened in the instant of its deadline, and then it still has the grace.
    let thing = (0..1_200_000i64, 30_000..600_000i64, 0..2_000i64)
        .prop_map(|(made_ms, lasts_ms, lag_ms)| Due { due_ms: made_ms + lasts_ms, seen_from_ms: made_ms + lag_ms });
    prop::collection::vec(thing, 1..40)
}

proptest! {
    #[test]
    fn nothing_rings_early_and_nothing_late_as_long_as_the_sweep_looks_every_minute(
        things in things(),
        late_ms in prop::collection::vec(0..2_000i64, 40..41),
        margin_ms in prop::sample::select(vec![0, CLOSE_MARGIN_MS]),
    ) {
        let first = rings(&things, margin_ms, &ticks(&late_ms, (0, 0)));
        for (thing, due) in things.iter().enumerate() {
            let rings = first[&thing];
            prop_assert!(rings > due.due_ms + margin_ms + CLOCKS_APART_MS, "{due:?} rings early, at {rings}");
            // The next look is at most 62 s after it can be seen.
            let latest = (due.due_ms + margin_ms + 2_000).max(due.seen_from_ms + 62_000);
            prop_assert!(rings <= latest, "{due:?} rings late, at {rings}");
            prop_assert!(rings < due.due_ms + 60_000, "{due:?} rings more than a minute after it is due, at {rings}");
        }
    }

    #[test]
    fn an_outage_of_any_length_is_caught_up_by_the_first_look_after_it(
        things in things(),
        late_ms in prop::collection::vec(0..2_000i64, 90..91),
        from in 0..20usize,
        minutes in 1..60usize,
    ) {
        let outage = (from, from + minutes);
        let ticks = ticks(&late_ms, outage);
        let over_ms = ticks.iter().copied().find(|tick| *tick >= outage.1 as i64 * 60_000).expect("one after it");
        let first = rings(&things, CLOSE_MARGIN_MS, &ticks);
        for (thing, due) in things.iter().enumerate() {
            let rings = first[&thing];
            prop_assert!(rings > due.due_ms + CLOSE_MARGIN_MS, "{due:?} rings early, at {rings}");
            let latest = (due.due_ms + CLOSE_MARGIN_MS + 2_000).max(due.seen_from_ms + 62_000).max(over_ms);
            prop_assert!(rings <= latest, "{due:?} rings late, at {rings}");
        }
    }

    #[test]
    fn one_look_that_fails_leaves_nothing_late_that_could_be_seen_two_minutes_ahead(
        due_ms in 300_000..1_000_000i64,
        failed in 0..20usize,
    ) {
        let late_ms = [0; 40];
        let thing = Due { due_ms, seen_from_ms: 0 };
        let first = rings(&[thing], CLOSE_MARGIN_MS, &ticks(&late_ms, (failed, failed + 1)));
        prop_assert!(first[&0] > due_ms + CLOSE_MARGIN_MS);
        prop_assert!(first[&0] <= due_ms + CLOSE_MARGIN_MS + 2_000);
    }

    #[test]
    fn the_later_the_look_the_shorter_the_delay_and_the_ring_stays_where_it_was(
        now_ms in 0..1_000_000i64,
        ahead_ms in -AHEAD_MS..AHEAD_MS,
        later_ms in 0..130_000i64,
    ) {
        let due_ms = now_ms + ahead_ms;
        let rings = |now_ms: i64| at(now_ms) + SignedDuration::from_secs(delay_seconds(due_ms, 0, at(now_ms)).into());
        let (one, other) = (rings(now_ms), rings(now_ms + later_ms));
        prop_assert!(delay_seconds(due_ms, 0, at(now_ms + later_ms)) <= delay_seconds(due_ms, 0, at(now_ms)));
        if other > at(now_ms + later_ms) {
            prop_assert!(one.duration_until(other).abs() < SignedDuration::from_secs(1));
        }
    }
}
