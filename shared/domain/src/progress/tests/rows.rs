//! Cohort rows: what they say, and what they may weigh.

use super::*;
use crate::content::{NODES_MAX, OutlineNode};
use crate::evaluation::Verdict;
use crate::fact::EnrolmentFact;
use crate::item::ITEMS_MAX;
use crate::number::ITEM_POINTS_HUNDREDTHS_MAX;
use crate::testing::outline::{lesson, quiz, quiz_of, section, tree, under};
use crate::testing::{awaiting, id, time, unposted};

fn drawn(nodes: Vec<OutlineNode>, facts: &[Fact]) -> RowState {
    row(&tree(nodes), &projected(facts, &[]).0, at(0))
}

fn result_of(grades: &[GradeFact]) -> String {
    let facts: Vec<Fact> = (1..).zip(grades).map(|(attempt, grade)| graded("q", attempt, grade.clone())).collect();
    String::from(drawn(vec![quiz("q")], &facts).results[0].clone())
}

#[test]
fn a_row_says_what_is_completed_in_the_order_of_the_outline() {
    let nodes = vec![
        section("s"),
        under("s", lesson("a")),
        under("s", quiz("q")),
        OutlineNode { required: false, ..under("s", lesson("b")) },
        quiz_of(1, "r"),
    ];
    let facts = [viewed("a"), graded("q", 1, unposted(900, 1_000)), graded("r", 1, scored(1_000, 1_000))];
    let row = drawn(nodes, &facts);
    assert_eq!((row.sequence, row.completed, row.trackable), (3, 2, 3));
    assert_eq!(row.states, "pmpum");
    assert_eq!(row.results.iter().cloned().map(String::from).collect::<Vec<_>>(), ["-", "s1000/1000x1"]);
    assert_eq!(row.last_activity_at, Some(at(0).as_millisecond()));
}

#[test]
fn a_row_shows_how_things_stood_when_it_was_recorded() {
    let rule = crate::testing::rule(serde_json::json!({
        "type": "after_date", "zone": "UTC", "when": { "civil": "2026-12-03T09:00:00" },
    }));
    let tree = tree(vec![OutlineNode { completion: rule, ..lesson("a") }]);
    let states = |recorded_at: &str| row(&tree, &Progress::default(), time(recorded_at)).states;
    assert_eq!(states("2026-12-03T08:59:59Z"), "u");
    assert_eq!(states("2026-12-03T09:00:00Z"), "m");
}

/// A date in winter, and the state of somebody who waits for it, with these facts.
fn dated(facts: &[Fact]) -> (Tree, Progress) {
    let rule = crate::testing::rule(serde_json::json!({
        "type": "after_date", "zone": "UTC", "when": { "civil": "2026-12-03T09:00:00" },
    }));
    (tree(vec![OutlineNode { completion: rule, ..lesson("a") }]), projected(facts, &[]).0)
}

#[test]
fn a_row_is_drawn_anew_when_the_next_date_comes_and_then_no_more() {
    let redrawn = |facts: &[Fact], recorded_at: &str| {
        let (tree, progress) = dated(facts);
        redrawn_at(&tree, &progress, time(recorded_at))
    };
    assert_eq!(redrawn(&[viewed("a")], "2026-12-03T08:59:59Z"), Some(time("2026-12-03T09:00:00Z")));
    assert_eq!(redrawn(&[viewed("a")], "2026-12-03T09:00:00Z"), None);
    assert_eq!(redrawn_at(&tree(vec![lesson("a")]), &Progress::default(), at(0)), None);
}

#[test]
fn a_clock_that_is_behind_takes_no_date_back() {
    let (tree, progress) = dated(&[Fact::DateCame { at: time("2026-12-03T09:00:00Z") }, viewed("a")]);
    let behind = time("2026-12-03T08:59:59Z");
    assert_eq!((row(&tree, &progress, behind).states.as_str(), redrawn_at(&tree, &progress, behind)), ("m", None));
}

#[test]
fn nobody_waits_for_the_dates_of_somebody_who_is_withdrawn() {
    let standing = |rev, status| Fact::EnrolmentChanged {
        enrolled_at: at(0),
        standing: EnrolmentFact { rev, status, cohort: id("winter") },
    };
    let (withdrawn, back) = (standing(1, EnrolmentStatus::Withdrawn), standing(2, EnrolmentStatus::Active));
    let before = time("2026-12-01T00:00:00Z");
    let redrawn = |facts: &[Fact]| {
        let (tree, progress) = dated(facts);
        redrawn_at(&tree, &progress, before)
    };
    assert_eq!(redrawn(std::slice::from_ref(&withdrawn)), None);
    assert_eq!(redrawn(&[withdrawn, back]), Some(time("2026-12-03T09:00:00Z")));
}

#[test]
fn however_much_was_read_a_row_weighs_the_same() {
    let read =
        crate::testing::read(serde_json::json!({ "a": { "time": "1780000000+60-60+60-60+60", "scrolled": 50 } }));
    let [little, much] = [viewed("a"), read].map(|fact| drawn(vec![lesson("a")], &[fact]));
    assert_eq!(RowState { last_activity_at: little.last_activity_at, ..much }, little);
}

#[test]
fn a_row_of_somebody_who_did_nothing_is_whole() {
    let row = drawn(vec![lesson("a"), quiz("q")], &[]);
    assert_eq!((row.sequence, row.completed, row.trackable, row.last_activity_at), (0, 0, 2, None));
    assert_eq!((row.states.as_str(), row.results.len()), ("uu", 1));
}

#[test]
fn a_result_shows_the_best_posted_attempt_and_how_many_there_are() {
    for (grades, expected) in [
        (vec![], "-"),
        (vec![scored(0, 1_000)], "s0/1000x1"),
        (vec![scored(400, 1_000), scored(900, 1_000), scored(500, 1_000)], "s900/1000x3"),
        (vec![awaiting(900, 1_000)], "a900/1000x1"),
        (vec![awaiting(900, 1_000), scored(400, 1_000)], "s400/1000x2"),
        (vec![scored(400, 1_000), awaiting(900, 1_000)], "s400/1000x2"),
        (vec![unposted(900, 1_000)], "-"),
        (vec![unposted(900, 1_000), scored(400, 1_000)], "s400/1000x1"),
        (vec![scored(3, 10), scored(299, 1_000)], "s3/10x2"),
        (vec![scored(0, 0), scored(0, 0)], "s0/0x2"),
    ] {
        assert_eq!(result_of(&grades), expected, "{grades:?}");
    }
}

#[test]
fn every_verdict_has_its_letter_in_the_states() {
    let nodes = vec![
        lesson("a"),
        lesson("b"),
        quiz("q"),
        OutlineNode {
            completion: crate::testing::rule(serde_json::json!({ "type": "assessment_score", "min_score": "1" })),
            ..quiz_of(1, "r")
        },
    ];
    let row = drawn(nodes, &[viewed("a"), graded("q", 1, awaiting(0, 10)), graded("r", 1, scored(9, 10))]);
    let letters = [Verdict::Met, Verdict::Unmet, Verdict::Pending, Verdict::Impossible].map(Verdict::letter);
    assert_eq!(row.states, String::from_iter(letters));
}

#[test]
fn the_row_of_the_largest_course_stays_under_its_limit() {
    let most = ITEMS_MAX as u32 * ITEM_POINTS_HUNDREDTHS_MAX;
    let result = RowResult {
        status: Some(GradeStatus::Scored),
        points: most,
        points_max: most,
        attempts: crate::attempt::ATTEMPTS_MAX,
    };
    let nodes: Vec<OutlineNode> = (0..NODES_MAX).map(|at| quiz(&format!("q{at}"))).collect();
    let facts: Vec<Fact> = (0..NODES_MAX).map(|at| graded(&format!("q{at}"), 1, scored(most, most))).collect();
    let mut row = drawn(nodes, &facts);
    assert_eq!((row.states.len(), row.results.len()), (ROW_STATES_MAX, ROW_RESULTS_MAX));
    assert_eq!((row.completed, row.trackable), (NODES_MAX as u32, NODES_MAX as u32));
    // Thousands of attempts at thousands of assessments would only make the test slow, and the sequence long.
    row.results.fill(result);
    row.sequence = u64::MAX;
    let bytes = serde_json::to_vec(&row).expect("json").len();
    assert!(bytes <= ROW_BYTES_MAX, "{bytes}");
}

#[test]
fn a_result_that_stoa_did_not_write_is_refused() {
    let garbage = [
        "",
        "-1",
        "--",
        "s",
        "a",
        "s1",
        "s1/2",
        "s1x2",
        "s/x",
        "s1/2x",
        "s/2x1",
        "s1/x1",
        "x1/2x3",
        "S1/2x3",
        "1/2x3",
        "s-1/2x3",
        "s1/2x3x4",
        "s1/2/3x4",
        "s1.5/2x3",
        "s 1/2x3",
        "s1/2x3 ",
        "s4294967296/1x1",
        "ä",
        "ß1/2x3",
    ];
    for text in garbage {
        assert!(RowResult::try_from(text.to_owned()).is_err(), "{text:?}");
    }
    assert!(serde_json::from_str::<RowResult>("{}").is_err());
}

proptest! {
    #[test]
    fn a_result_reads_back_as_it_was_written(
        (scored, points, points_max, attempts) in any::<(Option<bool>, u32, u32, u32)>(),
    ) {
        let result = match scored {
            None => RowResult { status: None, points: 0, points_max: 0, attempts: 0 },
            Some(scored) => {
                let status = if scored { GradeStatus::Scored } else { GradeStatus::AwaitsPerson };
                RowResult { status: Some(status), points, points_max, attempts }
            }
        };
        prop_assert_eq!(RowResult::try_from(String::from(result.clone())), Ok(result.clone()));
        let json = serde_json::to_string(&result).expect("json");
        prop_assert_eq!(serde_json::from_str::<RowResult>(&json).expect("a result"), result);
    }

    #[test]
    fn any_text_is_a_result_or_refused_and_never_a_panic(text in "\\PC{0,12}|[sa-][0-9]{0,11}/[0-9]{0,11}x[0-9]{0,11}") {
        if let Ok(result) = RowResult::try_from(text) {
            prop_assert_eq!(RowResult::try_from(String::from(result.clone())), Ok(result));
        }
    }

    #[test]
    fn a_row_is_the_same_for_any_arrival_of_the_same_facts((facts, arrival) in any_arrival()) {
        let nodes = || vec![section("s"), under("s", lesson("a")), lesson("b"), quiz_of(2, "q"), quiz("r")];
        let drawn_apart = |facts: &[Fact]| RowState { sequence: 0, ..drawn(nodes(), facts) };
        prop_assert_eq!(drawn_apart(&facts), drawn_apart(&arrival));
    }
}
