//! Explanations: the same tree as the rule, with the same verdicts as the evaluation.

use super::*;
use crate::testing::outline::{section, under};
use crate::testing::{any_fact, read};

fn mirrors(rule: &Rule, explained: &Explained) -> Result<(), TestCaseError> {
    let written = serde_json::to_value(rule).expect("json");
    prop_assert_eq!(&json!(explained.kind), &written["type"]);
    prop_assert_eq!(&explained.label, &rule.label);
    let parts = rule.condition.parts().unwrap_or_default();
    prop_assert_eq!(explained.conditions.len(), parts.len());
    if let Condition::AllOf { .. } = rule.condition {
        let conjunction = explained.conditions.iter().fold(Met, |verdict, reason| verdict.and(reason.verdict));
        prop_assert_eq!(explained.verdict, conjunction);
    }
    parts.iter().zip(&explained.conditions).try_for_each(|(rule, reason)| mirrors(rule, reason))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn an_explanation_mirrors_its_rule_and_agrees_with_the_evaluation(
        completion in any_rule(),
        access in any_rule(),
        facts in prop::collection::vec(any_fact(), 0..12),
    ) {
        let tree = tree(vec![
            OutlineNode { completion: completion.clone(), ..section("s") },
            under("s", lesson("a")),
            under("s", OutlineNode { access: Some(access.clone()), ..lesson("b") }),
            under("s", quiz_of(2, "q")),
            quiz("r"),
        ]);
        let facts = folded(&facts);
        let evaluation = evaluate(&tree, &facts);
        for at in 0..5 {
            let explained = evaluation.explain_completion(&tree, &facts, at);
            prop_assert_eq!(explained.verdict, evaluation.completion[at]);
            mirrors(&tree.nodes()[at].completion, &explained)?;
        }
        let explained = evaluation.explain_access(&tree, &facts, 2).expect("a rule");
        mirrors(&access, &explained)?;
        prop_assert_eq!(explained.verdict != Met, evaluation.locked[2]);
    }
}

#[test]
fn an_explanation_says_where_the_learner_stands_and_what_is_enough() {
    let completion = rule(json!({ "type": "all_of", "label": "Finish the week", "conditions": [
        { "type": "children_completed", "depth": "direct", "quantity": { "percent": 60 }, "empty": "met" },
        { "type": "assessment_score", "assessment": "q", "min_score": "0.80", "attempts": "average" },
        { "type": "marked_done", "label": "Say that you are done" },
        { "type": "node_viewed", "node": "a" },
        { "type": "time_spent", "node": "a", "min_seconds": 300 },
        { "type": "scrolled_to", "node": "b", "percent": 100 },
        { "type": "video_watched_percent", "node": "a", "video": "film", "min_percent": 80 },
        { "type": "n_of", "n": 2, "conditions": [{ "type": "node_viewed", "node": "a" }, { "type": "node_viewed", "node": "b" }] },
        { "type": "after_date", "zone": "Europe/Berlin", "when": { "civil": "2026-12-03T09:00" } },
    ] }));
    let tree = tree(vec![
        OutlineNode { completion, ..section("s") },
        under("s", lesson("a")),
        under("s", lesson("b")),
        quiz("q"),
    ]);
    let facts = folded(&[
        viewed("a"),
        graded("q", 1, scored(700, 1_000)),
        graded("q", 2, scored(800, 1_000)),
        read(json!({ "a": { "time": "100+60-60+119", "scrolled": 60, "watched": { "film": "0+799" } } })),
    ]);
    let explained = evaluate(&tree, &facts).explain_completion(&tree, &facts, 0);
    let expected = json!({ "type": "all_of", "label": "Finish the week", "verdict": "unmet", "conditions": [
        { "type": "children_completed", "verdict": "unmet", "current": "1", "needed": "2" },
        { "type": "assessment_score", "verdict": "unmet", "node": "q", "current": "1500/2000", "needed": "0.8" },
        { "type": "marked_done", "label": "Say that you are done", "verdict": "unmet", "node": "s" },
        { "type": "node_viewed", "verdict": "met", "node": "a" },
        { "type": "time_spent", "verdict": "unmet", "node": "a", "current": "179", "needed": "300" },
        { "type": "scrolled_to", "verdict": "unmet", "node": "b", "current": "0", "needed": "100" },
        { "type": "video_watched_percent", "verdict": "unmet", "node": "a", "current": "79", "needed": "80" },
        { "type": "n_of", "verdict": "unmet", "current": "1", "needed": "2", "conditions": [
            { "type": "node_viewed", "verdict": "met", "node": "a" },
            { "type": "node_viewed", "verdict": "unmet", "node": "b" },
        ] },
        { "type": "after_date", "verdict": "unmet", "needed": "2026-12-03T09:00:00+01:00[Europe/Berlin]" },
    ] });
    assert_eq!(serde_json::to_value(explained).expect("json"), expected);
}

#[test]
fn what_is_open_to_all_has_nothing_to_explain() {
    let access = rule(saying(Unmet));
    let tree = tree(vec![OutlineNode { access: Some(access), ..section("s") }, under("s", lesson("a"))]);
    let facts = Facts::default();
    let evaluation = evaluate(&tree, &facts);
    assert_eq!(evaluation.locked, [true, true]);
    assert_eq!(evaluation.explain_access(&tree, &facts, 1), None);
}
