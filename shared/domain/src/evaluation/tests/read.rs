//! Rules about reading: time, how far down, and films.

use super::*;
use crate::content::NodeKind;
use crate::testing::outline::{section, under};
use crate::testing::read;

fn time_spent(min_seconds: u32, scope: &str) -> Value {
    json!({ "type": "time_spent", "min_seconds": min_seconds, "scope": scope })
}

/// The verdict of a section's rule, with the lessons `a` and `b` and the assessment `q` in it.
fn of_section(completion: Value, parts: Value) -> Verdict {
    let tree = tree(vec![
        OutlineNode { kind: NodeKind::Section, ..completed_by("s", completion) },
        under("s", lesson("a")),
        under("s", section("t")),
        under("t", lesson("b")),
        lesson("outside"),
    ]);
    evaluate(&tree, &folded(&[read(parts)])).completion[0]
}

fn of_lesson(completion: Value, parts: Value) -> Verdict {
    evaluate(&tree(vec![completed_by("l", completion)]), &folded(&[read(parts)])).completion[0]
}

#[test]
fn time_is_enough_at_the_second() {
    for (time, expected) in [("0+299", Unmet), ("0+300", Met), ("0+150-9000+149", Unmet), ("0+150-9000+150", Met)] {
        assert_eq!(of_lesson(time_spent(300, "node"), json!({ "l": { "time": time } })), expected, "{time}");
    }
}

#[test]
fn time_with_one_object_is_not_time_with_another() {
    assert_eq!(of_lesson(time_spent(60, "node"), json!({ "other": { "time": "0+300" } })), Unmet);
    assert_eq!(of_section(time_spent(60, "node"), json!({ "a": { "time": "0+300" } })), Unmet);
}

#[test]
fn the_time_of_a_section_is_that_of_everything_in_it_and_each_second_counts_once() {
    let descendants = |parts| of_section(time_spent(300, "descendants"), parts);
    assert_eq!(descendants(json!({ "a": { "time": "0+150" }, "b": { "time": "150+150" } })), Met);
    assert_eq!(
        descendants(json!({ "s": { "time": "0+100" }, "a": { "time": "200+100" }, "b": { "time": "400+100" } })),
        Met
    );
    // Two tabs side by side.
    assert_eq!(descendants(json!({ "a": { "time": "0+299" }, "b": { "time": "0+299" } })), Unmet);
    assert_eq!(descendants(json!({ "outside": { "time": "0+900" } })), Unmet);
}

#[test]
fn what_was_seen_is_the_farthest_that_was_seen() {
    let rule = || json!({ "type": "scrolled_to", "percent": 80 });
    for (percent, expected) in [(79, Unmet), (80, Met), (100, Met)] {
        assert_eq!(of_lesson(rule(), json!({ "l": { "scrolled": percent } })), expected, "{percent}");
    }
    let tree = tree(vec![completed_by("l", rule())]);
    let facts = folded(&[read(json!({ "l": { "scrolled": 90 } })), read(json!({ "l": { "scrolled": 10 } }))]);
    assert_eq!(evaluate(&tree, &facts).completion, [Met], "scrolling back takes nothing away");
}

#[test]
fn a_film_is_watched_when_enough_of_it_was_played_wherever_and_however_often() {
    let rule = || json!({ "type": "video_watched_percent", "video": "film", "min_percent": 80 });
    for (watched, expected) in
        [("0+799", Unmet), ("0+800", Met), ("0+400-200+399", Unmet), ("0+400-200+400", Met), ("999+1", Unmet)]
    {
        let parts = json!({ "l": { "watched": { "film": watched } } });
        assert_eq!(of_lesson(rule(), parts), expected, "{watched}");
    }
    assert_eq!(of_lesson(rule(), json!({ "l": { "watched": { "another": "0+1000" } } })), Unmet);
    assert_eq!(of_lesson(rule(), json!({ "other": { "watched": { "film": "0+1000" } } })), Unmet);
}

#[test]
fn reading_implies_having_opened() {
    assert_eq!(of_lesson(json!({ "type": "node_viewed" }), json!({ "l": { "scrolled": 1 } })), Met);
    assert_eq!(of_lesson(json!({ "type": "node_viewed" }), json!({ "l": {} })), Unmet, "what says nothing is nothing");
}

#[test]
fn a_rule_about_reading_what_this_release_lacks_is_unmet() {
    for leaf in [
        json!({ "type": "time_spent", "node": "gone", "min_seconds": 1, "scope": "descendants" }),
        json!({ "type": "scrolled_to", "node": "gone", "percent": 1 }),
        json!({ "type": "video_watched_percent", "node": "gone", "video": "film", "min_percent": 1 }),
    ] {
        assert_eq!(verdict(leaf), Unmet);
    }
}
