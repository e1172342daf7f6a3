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

/// What is found in a completion rule of a section, among a lesson `l`, an assessment `q` and one without items, `bare`.
fn found_in(completion: Value) -> Vec<String> {
    let mut draft = draft(vec![completed_by(completion, section("s")), lesson("l"), quiz("q"), quiz("bare")]);
    draft.items.remove(&id("bare"));
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
