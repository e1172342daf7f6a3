//! What is open, and what is closed with everything in it.

use super::*;
use crate::testing::outline::{section, under};

fn behind(verdict: Verdict, node: OutlineNode) -> OutlineNode {
    OutlineNode { access: Some(rule(saying(verdict))), ..node }
}

fn locked(nodes: Vec<OutlineNode>) -> Vec<bool> {
    evaluate(&tree([sources(), nodes].concat()), &known()).locked.split_off(4)
}

#[test]
fn only_what_is_met_opens() {
    assert_eq!(locked(vec![lesson("l")]), [false]);
    for (verdict, closed) in [(Met, false), (Unmet, true), (Pending, true), (Impossible, true)] {
        assert_eq!(locked(vec![behind(verdict, lesson("l"))]), [closed], "{verdict:?}");
    }
}

#[test]
fn what_is_closed_closes_everything_in_it_and_nothing_beside_it() {
    let nodes = vec![
        behind(Unmet, section("closed")),
        under("closed", section("inner")),
        under("inner", behind(Met, lesson("deep"))),
        section("open"),
        under("open", behind(Unmet, lesson("door"))),
        under("open", lesson("beside")),
    ];
    assert_eq!(locked(nodes), [true, true, true, false, true, false]);
}

#[test]
fn opening_a_section_does_not_open_a_door_in_it() {
    let nodes = vec![behind(Met, section("open")), under("open", behind(Unmet, lesson("door")))];
    assert_eq!(locked(nodes), [false, true]);
}

#[test]
fn a_door_that_closes_again_takes_nothing_that_was_done() {
    let tree =
        tree(vec![OutlineNode { access: Some(rule(json!({ "type": "node_viewed", "node": "b" }))), ..lesson("a") }]);
    let evaluation = evaluate(&tree, &folded(&[viewed("a")]));
    assert_eq!((evaluation.completion, evaluation.locked), (vec![Met], vec![true]));
}

#[test]
fn a_rule_may_ask_for_what_comes_later_in_the_course() {
    let access = rule(json!({ "type": "assessment_score", "assessment": "placement", "min_score": "0.5" }));
    let tree = tree(vec![OutlineNode { access: Some(access), ..lesson("a") }, quiz("placement")]);
    assert_eq!(evaluate(&tree, &Facts::default()).locked, [true, false]);
    assert_eq!(evaluate(&tree, &folded(&[graded("placement", 1, scored(500, 1_000))])).locked, [false, false]);
}
