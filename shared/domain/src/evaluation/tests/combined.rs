//! Conditions made of conditions: one of them, none of them, so many of them.

use super::*;
use crate::testing::done;

fn combined(kind: &str, parts: &[Verdict]) -> Verdict {
    let conditions: Vec<Value> = parts.iter().map(|part| saying(*part)).collect();
    verdict(json!({ "type": kind, "conditions": conditions }))
}

fn n_of(n: usize, parts: &[Verdict]) -> Verdict {
    let conditions: Vec<Value> = parts.iter().map(|part| saying(*part)).collect();
    verdict(json!({ "type": "n_of", "n": n, "conditions": conditions }))
}

/// Every list of one to three verdicts.
fn lists() -> Vec<Vec<Verdict>> {
    let mut lists: Vec<Vec<Verdict>> = VERDICTS.map(|verdict| vec![verdict]).to_vec();
    for _ in 0..2 {
        let longer = lists.iter().flat_map(|list| VERDICTS.map(|verdict| [list.as_slice(), &[verdict]].concat()));
        lists.extend(longer.collect::<Vec<_>>());
    }
    lists
}

#[test]
fn any_of_is_met_when_one_is_and_the_best_decides_otherwise() {
    let cases: &[(&[Verdict], Verdict)] = &[
        (&[Met, Impossible], Met),
        (&[Unmet, Met, Pending], Met),
        (&[Pending, Unmet], Pending),
        (&[Pending, Impossible], Pending),
        (&[Unmet, Impossible], Unmet),
        (&[Impossible, Impossible], Impossible),
    ];
    for (parts, expected) in cases {
        assert_eq!(combined("any_of", parts), *expected, "{parts:?}");
        let reversed: Vec<Verdict> = parts.iter().rev().copied().collect();
        assert_eq!(combined("any_of", &reversed), *expected, "{reversed:?}");
    }
}

#[test]
fn none_of_over_what_waits_waits_and_is_never_met() {
    assert_eq!(combined("none_of", &[Pending]), Pending);
    assert_eq!(combined("none_of", &[Unmet, Pending]), Pending);
    assert_eq!(combined("none_of", &[Impossible, Pending]), Pending);
    for list in lists().into_iter().filter(|list| list.contains(&Pending)) {
        assert_ne!(combined("none_of", &list), Met, "{list:?}");
    }
}

#[test]
fn none_of_is_met_by_what_does_not_hold_and_refused_for_good_by_what_cannot_be_undone() {
    assert_eq!(combined("none_of", &[Unmet]), Met);
    assert_eq!(combined("none_of", &[Unmet, Impossible]), Met);
    assert_eq!(combined("none_of", &[Met]), Impossible, "nobody can unread what they have opened");
    assert_eq!(combined("none_of", &[Met, Unmet]), Impossible);
    // A regrade may take a score back.
    let scored_well = json!({ "type": "assessment_score", "assessment": "failed", "min_score": "0" });
    assert_eq!(verdict(json!({ "type": "none_of", "conditions": [scored_well] })), Unmet);
}

#[test]
fn what_lasts_is_told_from_what_may_be_taken_back() {
    let is_lasting = |json: Value| rule(json).condition.is_lasting();
    let viewed = json!({ "type": "node_viewed" });
    let score = json!({ "type": "assessment_score", "min_score": "0" });
    for kind in ["all_of", "any_of"] {
        assert!(is_lasting(json!({ "type": kind, "conditions": [viewed.clone()] })));
        assert!(!is_lasting(json!({ "type": kind, "conditions": [viewed.clone(), score.clone()] })));
    }
    assert!(is_lasting(json!({ "type": "n_of", "n": 1, "conditions": [viewed.clone()] })));
    assert!(!is_lasting(json!({ "type": "none_of", "conditions": [viewed] })));
}

#[test]
fn not_twice_is_the_same_where_nothing_is_for_good() {
    let twice = |part: Value| {
        verdict(json!({ "type": "none_of", "conditions": [{ "type": "none_of", "conditions": [part] }] }))
    };
    let not_final = json!({ "type": "assessment_score", "assessment": "failed", "min_score": "0" });
    assert_eq!(twice(not_final), Met);
    assert_eq!(twice(saying(Unmet)), Unmet);
    assert_eq!(twice(saying(Pending)), Pending);
}

#[test]
fn n_of_counts_what_holds_and_what_still_can() {
    let cases: &[(usize, &[Verdict], Verdict)] = &[
        (1, &[Met, Unmet, Unmet], Met),
        (2, &[Met, Met, Impossible], Met),
        (2, &[Met, Pending, Impossible], Pending),
        (2, &[Met, Pending, Unmet], Pending),
        (2, &[Met, Unmet, Impossible], Unmet),
        (2, &[Pending, Unmet, Impossible], Unmet),
        (2, &[Met, Impossible, Impossible], Impossible),
        (3, &[Met, Met, Impossible], Impossible),
    ];
    for (n, parts, expected) in cases {
        assert_eq!(n_of(*n, parts), *expected, "{n} of {parts:?}");
    }
}

#[test]
fn one_of_them_is_any_and_as_many_as_there_are_is_all() {
    for list in lists() {
        assert_eq!(n_of(1, &list), combined("any_of", &list), "{list:?}");
        assert_eq!(n_of(list.len(), &list), combined("all_of", &list), "{list:?}");
    }
}

#[test]
fn asking_for_more_never_says_better() {
    let rank = |verdict: Verdict| [Impossible, Unmet, Pending, Met].iter().position(|other| *other == verdict);
    for list in lists() {
        for n in 1..list.len() {
            assert!(rank(n_of(n + 1, &list)) <= rank(n_of(n, &list)), "{list:?}");
        }
    }
}

#[test]
fn a_door_closes_when_what_it_forbids_has_happened() {
    let access = rule(json!({ "type": "none_of", "conditions": [{ "type": "marked_done", "node": "a" }] }));
    let tree = tree(vec![lesson("a"), OutlineNode { access: Some(access), ..lesson("b") }]);
    assert_eq!(evaluate(&tree, &Facts::default()).locked, [false, false]);
    assert_eq!(evaluate(&tree, &folded(&[done("a")])).locked, [false, true]);
}
