//! Each condition by itself, and their conjunction.

use super::*;
use crate::fact::Fact;
use crate::testing::{awaiting, done};

#[test]
fn each_source_of_the_tests_says_what_it_stands_for() {
    for expected in VERDICTS {
        assert_eq!(verdict(saying(expected)), expected);
    }
}

#[test]
fn a_leaf_is_met_by_its_own_fact_about_its_own_object() {
    let viewed_l = json!({ "type": "node_viewed", "node": "l" });
    let viewed_self = json!({ "type": "node_viewed" });
    let done_l = json!({ "type": "marked_done", "node": "l" });
    let done_self = json!({ "type": "marked_done" });
    let cases: Vec<(&Value, Vec<Fact>, Verdict)> = vec![
        (&viewed_l, vec![], Unmet),
        (&viewed_l, vec![viewed("l")], Met),
        (&viewed_l, vec![done("l")], Unmet),
        (&viewed_l, vec![viewed("q")], Unmet),
        (&viewed_self, vec![viewed("l")], Unmet),
        (&viewed_self, vec![viewed("q")], Met),
        (&done_l, vec![viewed("l")], Unmet),
        (&done_l, vec![done("l")], Met),
        (&done_l, vec![done("q")], Unmet),
        (&done_self, vec![done("l")], Unmet),
        (&done_self, vec![done("q")], Met),
    ];
    for (completion, facts, expected) in cases {
        let tree = tree(vec![lesson("l"), OutlineNode { completion: rule(completion.clone()), ..quiz("q") }]);
        assert_eq!(evaluate(&tree, &folded(&facts)).completion[1], expected, "{completion} of {facts:?}");
    }
}

#[test]
fn handing_in_implies_having_opened_whether_or_not_the_grade_may_be_known() {
    for grade in [scored(0, 1_000), unposted(0, 1_000), awaiting(0, 1_000)] {
        let tree = tree(vec![OutlineNode { completion: rule(json!({ "type": "node_viewed" })), ..quiz("q") }]);
        assert_eq!(evaluate(&tree, &folded(&[graded("q", 1, grade)])).completion, [Met]);
    }
}

#[test]
fn a_rule_about_an_object_that_this_release_lacks_is_unmet() {
    for condition in ["node_viewed", "marked_done"] {
        assert_eq!(verdict(json!({ "type": condition, "node": "gone" })), Unmet);
    }
    assert_eq!(verdict(json!({ "type": "assessment_score", "assessment": "gone", "min_score": "0" })), Unmet);
}

#[test]
fn all_of_is_met_when_all_are_and_the_worst_decides_otherwise() {
    let all_of = |parts: &[Verdict]| {
        let conditions: Vec<Value> = parts.iter().map(|part| saying(*part)).collect();
        verdict(json!({ "type": "all_of", "conditions": conditions }))
    };
    let cases: &[(&[Verdict], Verdict)] = &[
        (&[Met], Met),
        (&[Met, Met], Met),
        (&[Met, Pending], Pending),
        (&[Pending, Unmet], Unmet),
        (&[Met, Unmet], Unmet),
        (&[Unmet, Impossible], Impossible),
        (&[Pending, Impossible], Impossible),
        (&[Met, Pending, Unmet, Impossible], Impossible),
    ];
    for (parts, expected) in cases {
        assert_eq!(all_of(parts), *expected, "{parts:?}");
        let reversed: Vec<Verdict> = parts.iter().rev().copied().collect();
        assert_eq!(all_of(&reversed), *expected, "{reversed:?}");
    }
}

#[test]
fn all_of_nests_without_changing_the_verdict() {
    for expected in VERDICTS {
        let nested = (0..15).fold(saying(expected), |inner, _| json!({ "type": "all_of", "conditions": [inner] }));
        assert_eq!(verdict(nested), expected);
    }
}

#[test]
fn conjunction_has_no_order_and_counts_nothing_twice() {
    for a in VERDICTS {
        assert_eq!(a.and(a), a);
        assert_eq!(a.and(Met), a);
        for b in VERDICTS {
            assert_eq!(a.and(b), b.and(a));
            for c in VERDICTS {
                assert_eq!(a.and(b).and(c), a.and(b.and(c)));
            }
        }
    }
}

#[test]
fn each_verdict_has_its_own_letter() {
    assert_eq!(VERDICTS.map(Verdict::letter), ['m', 'u', 'p', 'x']);
}
