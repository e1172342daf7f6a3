//! `children_completed`: how many, of which, and what nothing means.

use super::*;
use crate::testing::outline::{section, under};

fn verdict_of(letter: char) -> Verdict {
    VERDICTS.into_iter().find(|verdict| verdict.letter() == letter).expect("a letter")
}

/// A section with one required child a letter, completed by this rule.
fn of(children: &str, completion: Value) -> Verdict {
    of_nodes(children.chars().enumerate().map(|(at, letter)| child(at, letter)).collect(), completion)
}

fn child(at: usize, letter: char) -> OutlineNode {
    under("section", completed_by(&format!("child{at}"), saying(verdict_of(letter))))
}

fn of_nodes(children: Vec<OutlineNode>, completion: Value) -> Verdict {
    let section = OutlineNode { completion: rule(completion), ..section("section") };
    let tree = tree([sources(), vec![section], children].concat());
    evaluate(&tree, &known()).completion[4]
}

fn direct(quantity: Value) -> Value {
    json!({ "type": "children_completed", "depth": "direct", "quantity": quantity, "empty": "unmet" })
}

fn check(cases: &[(&str, Value, Verdict)]) {
    for (children, quantity, expected) in cases {
        assert_eq!(of(children, direct(quantity.clone())), *expected, "{quantity} of {children}");
    }
}

#[test]
fn all_of_the_children_must_be_met_and_the_worst_of_them_decides() {
    let all = json!({ "all": true });
    check(&[
        ("m", all.clone(), Met),
        ("mmm", all.clone(), Met),
        ("mmu", all.clone(), Unmet),
        ("mmp", all.clone(), Pending),
        ("mpu", all.clone(), Unmet),
        ("mpx", all.clone(), Impossible),
        ("mux", all, Impossible),
    ]);
}

#[test]
fn a_number_of_children_is_enough_whatever_the_others_say() {
    let two = json!({ "n": 2 });
    check(&[
        ("mmx", two.clone(), Met),
        ("mpx", two.clone(), Pending),
        ("ppx", two.clone(), Pending),
        ("mux", two.clone(), Unmet),
        ("upx", two.clone(), Unmet),
        ("mxx", two.clone(), Impossible),
        ("pxx", two, Impossible),
    ]);
}

#[test]
fn a_number_above_the_number_of_children_means_all_of_them() {
    check(&[("m", json!({ "n": 2 }), Met), ("mu", json!({ "n": 4_000_000_000u32 }), Unmet)]);
}

#[test]
fn a_percentage_is_rounded_up_to_whole_children() {
    check(&[
        ("mu", json!({ "percent": 50 }), Met),
        ("muu", json!({ "percent": 33 }), Met),
        ("muu", json!({ "percent": 34 }), Unmet),
        ("mmu", json!({ "percent": 66 }), Met),
        ("mmu", json!({ "percent": 67 }), Unmet),
        ("muuuuuuuuu", json!({ "percent": 1 }), Met),
        ("mmu", json!({ "percent": 100 }), Unmet),
        ("mmm", json!({ "percent": 100 }), Met),
    ]);
}

#[test]
fn what_nothing_means_is_what_the_author_said() {
    for quantity in [json!({ "all": true }), json!({ "n": 1 }), json!({ "percent": 100 })] {
        for (empty, expected) in [("met", Met), ("unmet", Unmet)] {
            let completion =
                json!({ "type": "children_completed", "depth": "direct", "quantity": quantity, "empty": empty });
            assert_eq!(of("", completion), expected, "{quantity} of nothing, {empty}");
        }
    }
}

#[test]
fn only_required_children_count_unless_the_author_says_otherwise() {
    let optional = |at, letter| OutlineNode { required: false, ..child(at, letter) };
    let children = || vec![child(0, 'm'), optional(1, 'u')];
    let mut all = direct(json!({ "all": true }));
    assert_eq!(of_nodes(children(), all.clone()), Met);
    all["required_only"] = json!(false);
    assert_eq!(of_nodes(children(), all), Unmet);
}

#[test]
fn a_section_of_optional_children_is_empty() {
    let children = vec![OutlineNode { required: false, ..child(0, 'm') }];
    assert_eq!(of_nodes(children.clone(), direct(json!({ "all": true }))), Unmet);
    let mut met = direct(json!({ "all": true }));
    met["empty"] = json!("met");
    assert_eq!(of_nodes(children, met), Met);
}

#[test]
fn descendants_count_at_every_depth_and_children_at_one() {
    let nested = || {
        vec![
            under("section", completed_by("child", saying(Met))),
            under("child", completed_by("grandchild", saying(Met))),
            under("grandchild", completed_by("great-grandchild", saying(Unmet))),
        ]
    };
    assert_eq!(of_nodes(nested(), direct(json!({ "all": true }))), Met);
    let mut descendants = direct(json!({ "n": 2 }));
    descendants["depth"] = json!("descendants");
    assert_eq!(of_nodes(nested(), descendants.clone()), Met);
    descendants["quantity"] = json!({ "all": true });
    assert_eq!(of_nodes(nested(), descendants), Unmet);
}

#[test]
fn completion_rises_through_sixteen_levels_of_sections() {
    let mut nodes: Vec<OutlineNode> = (0..15).map(|level| section(&format!("s{level}"))).collect();
    for level in 1..15 {
        nodes[level].parent = Some(nodes[level - 1].id.clone());
    }
    nodes.push(under("s14", lesson("l")));
    let tree = tree(nodes);
    assert_eq!(evaluate(&tree, &Facts::default()).completion, [Unmet; 16]);
    assert_eq!(evaluate(&tree, &folded(&[viewed("l")])).completion, [Met; 16]);
}

#[test]
fn the_course_counts_required_lessons_and_assessments() {
    let optional = OutlineNode { required: false, ..lesson("optional") };
    let tree = tree(vec![section("s"), under("s", lesson("l")), under("s", quiz("q")), under("s", optional)]);
    let evaluation = evaluate(&tree, &folded(&[viewed("l"), viewed("optional")]));
    assert_eq!(evaluation.completed_of(&tree), (1, 2));
}

proptest! {
    /// A grade that comes can only decide between the verdicts that a pending child allows.
    #[test]
    fn pending_is_said_exactly_where_the_grades_that_are_out_decide(children in "[mupx]{1,6}", n in 1..7u32) {
        let quantity = direct(json!({ "n": n }));
        let at_best = of(&children.replace('p', "m"), quantity.clone());
        let at_worst = of(&children.replace('p', "u"), quantity.clone());
        let verdict = of(&children, quantity);
        prop_assert_eq!(verdict == Pending, at_best == Met && at_worst != Met, "{}: {:?}", children, verdict);
        prop_assert_eq!(verdict == Met, at_worst == Met);
        prop_assert_eq!(verdict == Impossible, at_best == Impossible);
    }
}
