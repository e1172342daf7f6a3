use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::content::OutlineNode;
use crate::fact::{Fact, Facts};
use crate::testing::outline::{lesson, tree};
use crate::testing::{at, id, rule};

/// A lesson `l` of which everything is asked, with a film of a hundred seconds, and a lesson `m` of which nothing is.
fn course() -> Tree {
    let everything = rule(json!({ "type": "all_of", "conditions": [
        { "type": "time_spent", "min_seconds": 60 },
        { "type": "scrolled_to", "percent": 100 },
        { "type": "video_watched_percent", "video": "film", "min_percent": 100 },
    ] }));
    let videos = BTreeMap::from([(id("film"), 100_000)]);
    tree(vec![OutlineNode { completion: everything, videos, ..lesson("l") }, lesson("m")])
}

fn beat(node: &str, from_ms: i64, until_ms: i64) -> Beat {
    Beat { node: id(node), from: at(from_ms), until: at(until_ms) }
}

fn beats(beats: Vec<Beat>) -> Report {
    Report { beats, ..Report::default() }
}

fn watched(from_ms: u32, until_ms: u32) -> Report {
    let watched = vec![Watched { node: id("l"), video: id("film"), from_ms, until_ms }];
    Report { watched, ..Report::default() }
}

fn seen(percents: &[u8]) -> Report {
    let seen = percents.iter().map(|percent| Seen { node: id("l"), percent: *percent }).collect();
    Report { seen, ..Report::default() }
}

fn flaws(report: &Report) -> Vec<(String, &'static str)> {
    let course = course();
    let flaws = report.flaws(&course, |node| course.position(node).is_some());
    flaws.into_iter().map(|flaw| (flaw.pointer, flaw.detail)).collect()
}

/// What is believed of `l` by a server that has known the learner for ten minutes.
fn believed(report: &Report) -> Value {
    let parts = report.believed(&course(), at(0), at(600_000));
    serde_json::to_value(parts).expect("json")
}

/// The seconds that are believed, counted from the enrolment.
fn seconds(report: &Report) -> Vec<(u64, u64)> {
    let start = u64::try_from(at(0).as_second()).expect("after 1970");
    let parts = report.believed(&course(), at(0), at(600_000));
    let time = parts.get(&id::<NodeId>("l")).map(|reading| reading.time.seconds().clone()).unwrap_or_default();
    time.iter().map(|(from, until)| (from - start, until - start)).collect()
}

#[test]
fn heartbeats_that_overlap_or_follow_one_another_are_one_stretch_of_time() {
    let report = beats(vec![
        beat("l", 30_000, 60_000),
        beat("l", 0, 30_000),
        beat("l", 15_000, 45_000),
        beat("l", 120_000, 121_000),
        beat("l", 0, 30_000),
    ]);
    assert_eq!(seconds(&report), [(0, 60), (120, 121)]);
}

#[test]
fn time_is_believed_from_the_enrolment_until_it_is_reported_and_no_further() {
    assert_eq!(seconds(&beats(vec![beat("l", -20_000, 10_000)])), [(0, 10)]);
    assert_eq!(seconds(&beats(vec![beat("l", 590_000, 620_000)])), [(590, 600)]);
    assert_eq!(seconds(&beats(vec![beat("l", -90_000, -61_000), beat("l", 700_000, 730_000)])), []);
}

#[test]
fn a_client_whose_clock_is_years_off_is_believed_nothing() {
    let year_ms = 365 * 86_400_000;
    assert_eq!(seconds(&beats(vec![beat("l", year_ms, year_ms + 30_000), beat("l", -year_ms, 30_000 - year_ms)])), []);
}

#[test]
fn how_often_it_is_claimed_does_not_matter() {
    let report = beats((0..240).map(|_| beat("l", 0, 30_000)).collect());
    assert_eq!(seconds(&report), [(0, 30)]);
    assert_eq!(flaws(&report), []);
}

#[test]
fn the_farthest_of_one_report_counts_and_pieces_of_a_film_add_up() {
    assert_eq!(believed(&seen(&[40, 70, 10])), json!({ "l": { "scrolled": 70 } }));
    let mut report = watched(0, 40_000);
    report.watched.extend(watched(40_000, 60_000).watched);
    assert_eq!(believed(&report), json!({ "l": { "watched": { "film": "0+600" } } }));
    assert_eq!(believed(&watched(90_000, u32::MAX)), json!({ "l": { "watched": { "film": "900+100" } } }));
}

#[test]
fn what_no_rule_asks_for_and_what_says_nothing_is_left_out() {
    assert_eq!(believed(&beats(vec![beat("m", 0, 30_000)])), json!({}));
    assert_eq!(believed(&beats(vec![beat("l", 30_000, 30_000)])), json!({}));
    assert_eq!(believed(&watched(5_000, 5_000)), json!({}));
    assert_eq!(believed(&seen(&[0])), json!({}));
    assert_eq!(believed(&Report::default()), json!({}));
}

#[test]
fn what_cannot_be_is_found_where_it_is() {
    let there = "This course has no such part, or it is still locked.";
    let reversed = "It ends before it begins.";
    let long = "A heartbeat covers at most 30 seconds.";
    for (report, pointer, detail) in [
        (beats(vec![beat("gone", 0, 1)]), "/beats/0/node", there),
        (beats(vec![beat("l", 0, 1), beat("l", 2, 1)]), "/beats/1/to", reversed),
        (beats(vec![beat("l", 0, 30_001)]), "/beats/0/to", long),
        (beats(vec![Beat { node: id("l"), from: Timestamp::MIN, until: Timestamp::MAX }]), "/beats/0/to", long),
        (seen(&[101]), "/scrolled/0/percent", "A percentage is from 0 to 100."),
        (watched(2, 1), "/watched/0/to_ms", reversed),
    ] {
        assert_eq!(flaws(&report), [(pointer.to_owned(), detail)]);
    }
    let another = Report {
        watched: vec![Watched { node: id("l"), video: id("another"), from_ms: 0, until_ms: 1 }],
        ..Report::default()
    };
    assert_eq!(flaws(&another), [("/watched/0/video".to_owned(), "There is no such video in it.")]);
    let gone = Report { seen: vec![Seen { node: id("gone"), percent: 1 }], ..Report::default() };
    assert_eq!(flaws(&gone), [("/scrolled/0/node".to_owned(), there)]);
}

#[test]
fn what_can_be_has_no_flaw() {
    let mut report = beats(vec![beat("l", 0, 30_000), beat("m", 5, 5), beat("l", 700_000, 700_000)]);
    report.seen = seen(&[0, 100]).seen;
    report.watched = watched(0, 100_000).watched;
    assert_eq!(flaws(&report), []);
}

#[test]
fn more_than_a_report_may_hold_is_found_and_not_looked_at() {
    let many = beats(vec![beat("gone", 2, 1); PIECES_MAX + 1]);
    assert_eq!(flaws(&many).len(), 1 + 2 * PIECES_MAX);
    assert_eq!(
        flaws(&beats(vec![beat("l", 0, 1); PIECES_MAX + 1])),
        [("/beats/240/node".to_owned(), "At most 240 at once.")]
    );
    assert_eq!(flaws(&seen(&[1; SEEN_MAX + 1])), [("/scrolled/100/node".to_owned(), "At most 100 at once.")]);
}

fn any_beat() -> impl Strategy<Value = Beat> {
    (-100_000..700_000i64, 0..30_000i64).prop_map(|(from, length)| beat("l", from, from + length))
}

proptest! {
    #[test]
    fn nobody_has_read_for_longer_than_the_server_has_known_them(
        claims in prop::collection::vec(prop::collection::vec(any_beat(), 0..40), 0..8),
        known_ms in 0..600_000i64,
    ) {
        let mut facts = Facts::default();
        for claim in claims {
            let parts = beats(claim).believed(&course(), at(0), at(known_ms));
            facts.fold(&Fact::Read { parts });
        }
        let read = facts.reading.values().map(|reading| reading.time.seconds().measure()).sum::<u64>();
        prop_assert!(read <= u64::try_from(known_ms / 1_000).expect("not negative"), "{read} s in {known_ms} ms");
    }

    #[test]
    fn a_report_in_two_parts_says_the_same_as_the_whole(
        claim in prop::collection::vec(any_beat(), 0..24),
        cut in any::<prop::sample::Index>(),
    ) {
        let cut = cut.index(claim.len() + 1);
        let (one, other) = claim.split_at(cut);
        let fold = |reports: &[&[Beat]]| {
            let mut facts = Facts::default();
            for report in reports {
                facts.fold(&Fact::Read { parts: beats(report.to_vec()).believed(&course(), at(0), at(600_000)) });
            }
            facts
        };
        prop_assert_eq!(fold(&[&claim]), fold(&[other, one, other]));
    }
}
