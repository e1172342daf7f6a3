//! Rules that make no sense by themselves.

use super::*;

const QUANTITY: &str = "The quantity is {\"all\": true}, {\"n\": 1 or more} or {\"percent\": 1 to 100}.";
const LIMITS: &str = "A rule has at most 16 levels and 200 leaves.";

fn children(quantity: Value) -> Value {
    json!({ "type": "children_completed", "depth": "direct", "quantity": quantity, "empty": "met" })
}

fn score(assessment: Option<&str>, min_score: &str) -> Value {
    json!({ "type": "assessment_score", "assessment": assessment, "min_score": min_score })
}

fn all_of(conditions: Vec<Value>) -> Value {
    json!({ "type": "all_of", "conditions": conditions })
}

/// What is found in a completion rule of a section, among a lesson `l` under it that has a text and a film, a lesson `void`
/// without anything, an assessment `q` and one without items, `bare`.
fn found_in(completion: Value) -> Vec<String> {
    let nodes =
        vec![completed_by(completion, section("s")), under("s", lesson("l")), lesson("void"), quiz("q"), quiz("bare")];
    let mut draft = draft(nodes);
    draft.items.remove(&id("bare"));
    draft.assets.insert(id("film"), film());
    let film = Block::Video { asset: id("film"), title: "A film".to_owned(), duration_ms: 60_000 };
    draft.blocks.insert(id("l"), vec![Block::Html { html: "<p>Text</p>".to_owned() }, film]);
    draft.blocks.insert(id("q"), vec![Block::Html { html: "<p>Before you begin</p>".to_owned() }]);
    let of_rule = |(pointer, detail)| {
        assert_eq!(pointer, "/nodes/s/completion");
        detail
    };
    findings(&draft).into_iter().map(of_rule).collect()
}

#[test]
fn a_rule_about_what_is_not_in_the_course_is_found() {
    for leaf in ["node_viewed", "marked_done"] {
        assert_eq!(
            found_in(json!({ "type": leaf, "node": "gone" })),
            ["The rule names gone, which is not in the course."]
        );
        assert_eq!(found_in(json!({ "type": leaf, "node": "l" })), [""; 0]);
    }
    assert_eq!(found_in(score(Some("gone"), "0.5")), ["The rule names gone, which is not in the course."]);
}

#[test]
fn an_access_rule_about_what_is_not_in_the_course_is_found() {
    let draft = draft(vec![behind(&["gone"], lesson("l"))]);
    assert_finds(&draft, "/nodes/l/access", "The rule names gone, which is not in the course.");
}

#[test]
fn a_score_of_what_has_none_is_found() {
    assert_eq!(found_in(score(Some("l"), "0")), ["l is not an assessment, so it has no score."]);
    assert_eq!(found_in(score(None, "0")), ["s is not an assessment, so it has no score."]);
    assert_eq!(found_in(score(Some("q"), "1")), [""; 0]);
}

#[test]
fn a_share_of_zero_points_is_found_unless_only_a_scored_attempt_is_asked_for() {
    assert_eq!(found_in(score(Some("bare"), "0.5")), ["bare has no points, so its score can never be reached."]);
    assert_eq!(found_in(score(Some("bare"), "0.000001")).len(), 1);
    assert_eq!(found_in(score(Some("bare"), "0")), [""; 0]);
}

#[test]
fn items_that_are_all_worth_nothing_are_no_points() {
    let mut survey = single("i", "a");
    survey.item.points_max = 0;
    let mut draft = asking(survey);
    draft.nodes[0] = completed_by(score(None, "0.5"), quiz("q"));
    assert_finds(&draft, "/nodes/q/completion", "q has no points, so its score can never be reached.");
    draft.nodes[0].completion = None;
    assert_eq!(findings(&draft), [], "the default of an assessment asks for a scored attempt");
}

#[test]
fn nothing_to_meet_is_found_at_any_depth() {
    assert_eq!(found_in(all_of(vec![])), ["all_of needs at least one condition."]);
    let nested = all_of(vec![json!({ "type": "node_viewed" }), all_of(vec![])]);
    assert_eq!(found_in(nested), ["all_of needs at least one condition."]);
}

#[test]
fn a_quantity_that_asks_for_nothing_or_more_than_everything_is_found() {
    for quantity in [json!({ "all": false }), json!({ "n": 0 })] {
        assert_eq!(found_in(children(quantity.clone())), [QUANTITY], "{quantity}");
    }
    for percent in [0, 101, 255] {
        assert_eq!(found_in(children(json!({ "percent": percent }))), ["A percentage is from 1 to 100."], "{percent}");
    }
    for quantity in [
        json!({ "all": true }),
        json!({ "n": 1 }),
        json!({ "n": 9 }),
        json!({ "percent": 1 }),
        json!({ "percent": 100 }),
    ] {
        assert_eq!(found_in(children(quantity)), [""; 0]);
    }
}

#[test]
fn one_none_or_some_of_nothing_is_found() {
    for kind in ["any_of", "none_of"] {
        assert_eq!(
            found_in(json!({ "type": kind, "conditions": [] })),
            [format!("{kind} needs at least one condition.")]
        );
    }
    let n_of = |n: u32, count: usize| {
        found_in(json!({ "type": "n_of", "n": n, "conditions": vec![json!({ "type": "node_viewed" }); count] }))
    };
    for (n, count) in [(0, 0), (1, 0), (0, 2), (3, 2), (u32::MAX, 2)] {
        let detail = format!("n_of asks for {n} of {count} conditions; it can ask for 1 to as many as there are.");
        assert_eq!(n_of(n, count), [detail]);
    }
    assert_eq!([n_of(1, 1), n_of(1, 2), n_of(2, 2)].concat(), [""; 0]);
}

#[test]
fn no_time_and_more_than_a_day_of_it_are_found() {
    let time = |min_seconds: u32| found_in(json!({ "type": "time_spent", "node": "l", "min_seconds": min_seconds }));
    for min_seconds in [0, 86_401, u32::MAX] {
        assert_eq!(time(min_seconds), ["The time is from 1 to 86400 seconds."]);
    }
    assert_eq!([time(1), time(86_400)].concat(), [""; 0]);
}

#[test]
fn reading_what_has_nothing_to_read_is_found() {
    let time = |node: &str, scope: &str| {
        found_in(json!({ "type": "time_spent", "node": node, "min_seconds": 60, "scope": scope }))
    };
    for node in ["s", "void", "q", "bare"] {
        let detail = format!("{node} has nothing to read, so it can never be read.");
        assert_eq!(time(node, "node"), std::slice::from_ref(&detail));
        assert_eq!(found_in(json!({ "type": "scrolled_to", "node": node, "percent": 50 })), [detail]);
    }
    for node in ["void", "q", "bare"] {
        assert_eq!(time(node, "descendants").len(), 1, "{node}");
    }
    assert_eq!([time("l", "node"), time("s", "descendants"), time("l", "descendants")].concat(), [""; 0]);
}

#[test]
fn how_far_to_scroll_and_how_much_to_watch_are_percentages() {
    for percent in [0, 101, 255] {
        let expected = ["A percentage is from 1 to 100."];
        assert_eq!(found_in(json!({ "type": "scrolled_to", "node": "l", "percent": percent })), expected);
        let watch = json!({ "type": "video_watched_percent", "node": "l", "video": "film", "min_percent": percent });
        assert_eq!(found_in(watch), expected);
    }
}

#[test]
fn a_video_that_is_not_there_is_found() {
    let watch = |node: &str, video: &str| {
        found_in(json!({ "type": "video_watched_percent", "node": node, "video": video, "min_percent": 80 }))
    };
    assert_eq!(watch("l", "film"), [""; 0]);
    assert_eq!(watch("l", "gone"), ["l has no video gone, so it can never be watched."]);
    assert_eq!(watch("void", "film"), ["void has no video film, so it can never be watched."]);
    assert_eq!(watch("gone", "film"), ["The rule names gone, which is not in the course."]);
}

#[test]
fn a_date_in_no_zone_or_in_the_far_future_is_found() {
    let date = |zone: &str, when: Value| found_in(json!({ "type": "after_date", "zone": zone, "when": when }));
    let civil = || json!({ "civil": "2026-12-03T09:00:00" });
    assert_eq!(date("Europe/Berlin", civil()), [""; 0]);
    assert_eq!(date("Berlin", civil()), ["\"Berlin\" is no IANA time zone, for example Europe/Berlin"]);
    assert_eq!(date("UTC", json!({ "days_after_enrolment": 3_650 })), [""; 0]);
    let detail = "A rule waits for at most 3650 days after the enrolment.";
    assert_eq!(date("UTC", json!({ "days_after_enrolment": 3_651 })), [detail]);
}

#[test]
fn a_rule_nested_too_deeply_is_found() {
    let nested = |levels: usize| (1..levels).fold(json!({ "type": "node_viewed" }), |inner, _| all_of(vec![inner]));
    assert_eq!(found_in(nested(RULE_LEVELS_MAX)), [""; 0]);
    for levels in [RULE_LEVELS_MAX + 1, RULE_LEVELS_MAX + 9] {
        assert_eq!(found_in(nested(levels)), [LIMITS]);
    }
}

#[test]
fn a_rule_with_too_many_leaves_is_found() {
    let wide = |leaves: usize| all_of(vec![json!({ "type": "node_viewed" }); leaves]);
    let wide_any =
        json!({ "type": "any_of", "conditions": vec![json!({ "type": "node_viewed" }); RULE_LEAVES_MAX + 1] });
    assert_eq!(found_in(wide_any), [LIMITS]);
    assert_eq!(found_in(wide(RULE_LEAVES_MAX)), [""; 0]);
    assert_eq!(found_in(wide(RULE_LEAVES_MAX + 1)), [LIMITS]);
    let halves = all_of(vec![wide(RULE_LEAVES_MAX / 2), wide(RULE_LEAVES_MAX / 2 + 1)]);
    assert_eq!(found_in(halves), [LIMITS]);
}

#[test]
fn every_flaw_of_a_rule_is_found() {
    let flawed =
        all_of(vec![children(json!({ "n": 0 })), all_of(vec![]), json!({ "type": "node_viewed", "node": "gone" })]);
    assert_eq!(found_in(flawed).len(), 3);
}
