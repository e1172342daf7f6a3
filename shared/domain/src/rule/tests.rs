use serde_json::{Value, json};

use super::*;
use crate::testing::{id, rule};

fn is_refused(json: Value) -> bool {
    serde_json::from_value::<Rule>(json).is_err()
}

fn nested(levels: usize) -> Rule {
    let leaf = json!({ "type": "node_viewed", "node": "deep" });
    rule((1..levels).fold(leaf, |inner, _| json!({ "type": "all_of", "conditions": [inner] })))
}

fn levels_visited(rule: &Rule) -> usize {
    let mut deepest = 0;
    rule.visit(1, &mut |_, level| deepest = deepest.max(level));
    deepest
}

#[test]
fn a_rule_reads_back_as_it_was_written() {
    for written in [
        json!({ "type": "all_of", "label": "Both", "conditions": [{ "type": "node_viewed" }, { "type": "marked_done" }] }),
        json!({ "type": "node_viewed", "node": "a" }),
        json!({ "type": "marked_done", "node": "a" }),
        json!({ "type": "children_completed", "depth": "direct", "required_only": false, "quantity": { "all": true }, "empty": "met" }),
        json!({ "type": "children_completed", "depth": "descendants", "required_only": true, "quantity": { "n": 3 }, "empty": "unmet" }),
        json!({ "type": "children_completed", "depth": "direct", "required_only": true, "quantity": { "percent": 80 }, "empty": "met" }),
        json!({ "type": "assessment_score", "assessment": "q", "min_score": "0.8", "attempts": "average" }),
        json!({ "type": "any_of", "conditions": [{ "type": "node_viewed" }, { "type": "marked_done" }] }),
        json!({ "type": "none_of", "conditions": [{ "type": "node_viewed", "node": "a" }] }),
        json!({ "type": "n_of", "n": 2, "conditions": [{ "type": "node_viewed" }, { "type": "marked_done" }] }),
        json!({ "type": "time_spent", "min_seconds": 300, "scope": "node" }),
        json!({ "type": "time_spent", "node": "a", "min_seconds": 300, "scope": "descendants" }),
        json!({ "type": "scrolled_to", "node": "a", "percent": 90 }),
        json!({ "type": "video_watched_percent", "node": "a", "video": "film", "min_percent": 80 }),
        json!({ "type": "after_date", "when": { "civil": "2026-12-03T09:00:00" }, "zone": "Europe/Berlin" }),
        json!({ "type": "after_date", "when": { "days_after_enrolment": 7 }, "zone": "Europe/Berlin" }),
    ] {
        let read = rule(written.clone());
        assert_eq!(serde_json::to_value(read).expect("json"), written);
    }
}

#[test]
fn what_an_author_may_leave_out_has_the_mildest_meaning() {
    let children =
        rule(json!({ "type": "children_completed", "depth": "direct", "quantity": { "all": true }, "empty": "met" }));
    assert!(matches!(children.condition, Condition::ChildrenCompleted { required_only: true, .. }));
    let score = rule(json!({ "type": "assessment_score", "min_score": "0.5" }));
    assert!(matches!(
        score.condition,
        Condition::AssessmentScore { attempts: AttemptsCounted::Best, assessment: None, .. }
    ));
}

#[test]
fn a_field_that_is_misspelt_is_refused_because_what_is_left_out_has_a_meaning() {
    for misspelt in [
        json!({ "type": "node_viewed", "nod": "a" }),
        json!({ "type": "marked_done", "node": "a", "labl": "Read it" }),
        json!({ "type": "children_completed", "depth": "direct", "requird_only": false, "quantity": { "all": true }, "empty": "met" }),
        json!({ "type": "assessment_score", "min_score": "0.5", "attempt": "first" }),
        json!({ "type": "all_of", "conditions": [{ "type": "marked_done", "nodes": ["a"] }] }),
    ] {
        assert!(is_refused(misspelt.clone()), "{misspelt}");
    }
    let labelled = rule(json!({ "type": "marked_done", "label": "Read it" }));
    assert_eq!(labelled.label.as_deref(), Some("Read it"));
}

#[test]
fn what_nothing_means_cannot_be_left_out() {
    assert!(is_refused(json!({ "type": "children_completed", "depth": "direct", "quantity": { "all": true } })));
}

#[test]
fn what_is_no_rule_is_refused() {
    for json in [
        json!(null),
        json!({}),
        json!({ "type": "magic" }),
        json!({ "type": "all_of" }),
        json!({ "type": "assessment_score" }),
        json!({ "type": "assessment_score", "min_score": 80 }),
        json!({ "type": "assessment_score", "min_score": "0.5", "attempts": "median" }),
        json!({ "type": "node_viewed", "node": "a/b" }),
        json!({ "type": "any_of" }),
        json!({ "type": "n_of", "conditions": [{ "type": "node_viewed" }] }),
        json!({ "type": "n_of", "n": -1, "conditions": [{ "type": "node_viewed" }] }),
        json!({ "type": "time_spent" }),
        json!({ "type": "time_spent", "min_seconds": 1.5 }),
        json!({ "type": "time_spent", "min_seconds": 60, "scope": "everything" }),
        json!({ "type": "scrolled_to", "percent": 300 }),
        json!({ "type": "video_watched_percent", "min_percent": 80 }),
        json!({ "type": "after_date", "when": { "civil": "2026-12-03T09:00:00" } }),
        json!({ "type": "after_date", "zone": "UTC", "when": { "civil": "2026-12-03T09:00:00Z" } }),
        json!({ "type": "children_completed", "depth": "direct", "quantity": { "all": true, "n": 2 }, "empty": "met" }),
        json!({ "type": "children_completed", "depth": "direct", "quantity": { "n": -1 }, "empty": "met" }),
        json!({ "type": "children_completed", "depth": "direct", "quantity": "all", "empty": "met" }),
        json!({ "type": "children_completed", "depth": "sideways", "quantity": { "all": true }, "empty": "met" }),
    ] {
        assert!(is_refused(json.clone()), "{json}");
    }
}

#[test]
fn a_share_in_a_rule_may_be_a_number_or_a_string() {
    for min_score in [json!(0.8), json!("0.8"), json!("0.80")] {
        let read = rule(json!({ "type": "assessment_score", "min_score": min_score }));
        assert!(
            matches!(read.condition, Condition::AssessmentScore { min_score, .. } if min_score.to_string() == "0.8")
        );
    }
}

#[test]
fn each_kind_has_its_default() {
    let default = |kind| serde_json::to_value(Rule::default_of(kind)).expect("json");
    assert_eq!(default(NodeKind::Lesson), json!({ "type": "node_viewed" }));
    assert_eq!(
        default(NodeKind::Assessment),
        json!({ "type": "assessment_score", "min_score": "0", "attempts": "best" })
    );
    let section = json!({
        "type": "children_completed", "depth": "direct", "required_only": true, "quantity": { "all": true }, "empty": "met",
    });
    assert_eq!(default(NodeKind::Section), section);
}

#[test]
fn every_rule_is_visited_with_its_level_to_one_level_beyond_the_limit() {
    let mut visited = Vec::new();
    let all = rule(json!({ "type": "all_of", "conditions": [
        { "type": "node_viewed" },
        { "type": "all_of", "conditions": [{ "type": "marked_done" }] },
    ] }));
    all.visit(1, &mut |_, level| visited.push(level));
    assert_eq!(visited, [1, 2, 2, 3]);
    assert_eq!(levels_visited(&nested(RULE_LEVELS_MAX)), RULE_LEVELS_MAX);
    assert_eq!(levels_visited(&nested(RULE_LEVELS_MAX + 1)), RULE_LEVELS_MAX + 1);
    assert_eq!(levels_visited(&nested(RULE_LEVELS_MAX + 9)), RULE_LEVELS_MAX + 1);
}

#[test]
fn references_are_what_a_rule_names_and_not_what_it_is_about() {
    let all = rule(json!({ "type": "all_of", "conditions": [
        { "type": "node_viewed", "node": "a" },
        { "type": "node_viewed" },
        { "type": "all_of", "conditions": [{ "type": "marked_done", "node": "b" }, { "type": "marked_done" }] },
        { "type": "assessment_score", "assessment": "q", "min_score": "0" },
        { "type": "assessment_score", "min_score": "0" },
        { "type": "children_completed", "depth": "direct", "quantity": { "n": 1 }, "empty": "met" },
        { "type": "none_of", "conditions": [{ "type": "time_spent", "node": "c", "min_seconds": 1 }] },
        { "type": "n_of", "n": 1, "conditions": [
            { "type": "scrolled_to", "node": "d", "percent": 1 },
            { "type": "video_watched_percent", "node": "e", "video": "film", "min_percent": 1 },
            { "type": "after_date", "zone": "UTC", "when": { "days_after_enrolment": 1 } },
        ] },
    ] }));
    assert_eq!(all.references(), ["a", "b", "q", "c", "d", "e"].map(id).iter().collect::<Vec<&NodeId>>());
}
