//! `assessment_score`: exact, and honest about what may still change.

use super::*;
use crate::fact::GradeFact;
use crate::testing::{awaiting, outline};

fn reaches(min_score: &str, attempts: &str) -> Value {
    json!({ "type": "assessment_score", "min_score": min_score, "attempts": attempts })
}

/// The verdict of a score rule on its own assessment, after these attempts in order.
fn after(grades: &[GradeFact], completion: Value, quiz: OutlineNode) -> Verdict {
    let tree = outline::tree(vec![OutlineNode { completion: rule(completion), ..quiz }]);
    let facts: Vec<_> = (1..).zip(grades).map(|(attempt, grade)| graded("q", attempt, grade.clone())).collect();
    evaluate(&tree, &folded(&facts)).completion[0]
}

fn check(cases: &[(&str, &[GradeFact], Verdict)], attempts: &str) {
    for (min_score, grades, expected) in cases {
        let verdict = after(grades, reaches(min_score, attempts), quiz("q"));
        assert_eq!(verdict, *expected, "{attempts} of {grades:?} for {min_score}");
    }
}

#[test]
fn the_best_attempt_counts_and_what_is_out_can_only_help() {
    let cases: &[(&str, &[GradeFact], Verdict)] = &[
        ("0.5", &[], Unmet),
        ("0.5", &[scored(400, 1_000)], Unmet),
        ("0.5", &[scored(500, 1_000)], Met),
        ("0.5", &[scored(600, 1_000), scored(400, 1_000)], Met),
        ("0.5", &[scored(400, 1_000), awaiting(0, 1_000)], Pending),
        ("0.5", &[scored(600, 1_000), awaiting(0, 1_000)], Met),
    ];
    check(cases, "best");
}

#[test]
fn the_best_attempt_has_the_highest_share_and_not_the_most_points() {
    for grades in [[scored(3, 10), scored(299, 1_000)], [scored(299, 1_000), scored(3, 10)]] {
        assert_eq!(after(&grades, reaches("0.3", "best"), quiz("q")), Met);
    }
}

#[test]
fn the_latest_scored_attempt_counts() {
    let cases: &[(&str, &[GradeFact], Verdict)] = &[
        ("0.5", &[], Unmet),
        ("0.5", &[scored(600, 1_000), scored(400, 1_000)], Unmet),
        ("0.5", &[scored(400, 1_000), scored(600, 1_000)], Met),
        // An attempt without a score is not looked at: trying again never closes what was open.
        ("0.5", &[scored(600, 1_000), awaiting(0, 1_000)], Met),
        ("0.5", &[scored(400, 1_000), awaiting(0, 1_000)], Pending),
    ];
    check(cases, "latest");
}

#[test]
fn regrading_an_older_attempt_does_not_make_it_the_latest() {
    let regraded = GradeFact { revision: 7, ..scored(1_000, 1_000) };
    assert_eq!(after(&[regraded, scored(400, 1_000)], reaches("0.5", "latest"), quiz("q")), Unmet);
}

#[test]
fn the_first_attempt_decides_whatever_comes_after_it() {
    let cases: &[(&str, &[GradeFact], Verdict)] = &[
        ("0.5", &[], Unmet),
        ("0.5", &[scored(600, 1_000), scored(0, 1_000)], Met),
        ("0.5", &[scored(600, 1_000), awaiting(0, 1_000)], Met),
        ("0.5", &[awaiting(0, 1_000), scored(600, 1_000)], Pending),
        ("0.5", &[unposted(900, 1_000), scored(600, 1_000)], Pending),
        ("0.5", &[scored(400, 1_000)], Impossible),
        ("0.5", &[scored(400, 1_000), scored(600, 1_000)], Impossible),
        ("0.5", &[scored(400, 1_000), awaiting(0, 1_000)], Impossible),
    ];
    check(cases, "first");
}

#[test]
fn the_first_attempt_is_the_one_with_number_one_even_where_another_is_known_before_it() {
    let tree = tree(vec![OutlineNode { completion: rule(reaches("0.5", "first")), ..quiz("q") }]);
    let evaluation = evaluate(&tree, &folded(&[graded("q", 2, scored(1_000, 1_000))]));
    assert_eq!(evaluation.completion, [Pending]);
}

#[test]
fn the_average_waits_for_every_grade_because_it_may_still_fall() {
    let cases: &[(&str, &[GradeFact], Verdict)] = &[
        ("0.5", &[], Unmet),
        ("0.5", &[scored(400, 1_000), scored(600, 1_000)], Met),
        ("0.51", &[scored(400, 1_000), scored(600, 1_000)], Unmet),
        ("0.5", &[scored(1_000, 1_000), awaiting(0, 1_000)], Pending),
        ("0.5", &[scored(0, 1_000), unposted(0, 1_000)], Pending),
    ];
    check(cases, "average");
}

#[test]
fn shares_are_compared_as_exact_rationals() {
    let cases: &[(&str, &[GradeFact], Verdict)] = &[
        ("0.8", &[scored(7_995, 10_000)], Unmet),
        ("0.8", &[scored(8_000, 10_000)], Met),
        ("0.666666", &[scored(200, 300)], Met),
        ("0.666667", &[scored(200, 300)], Unmet),
        // In binary floating point, 0.1 + 0.2 is more than 0.3, and 0.7 + 0.1 is less than 0.8.
        ("0.15", &[scored(10, 100), scored(20, 100)], Met),
        ("0.150001", &[scored(10, 100), scored(20, 100)], Unmet),
        ("0.4", &[scored(70, 100), scored(10, 100)], Met),
        ("1", &[scored(u32::MAX, u32::MAX), scored(u32::MAX, u32::MAX)], Met),
        ("1", &[scored(u32::MAX, u32::MAX), scored(u32::MAX - 1, u32::MAX)], Unmet),
    ];
    check(cases, "average");
}

#[test]
fn a_share_of_zero_asks_for_a_scored_attempt_because_zero_is_a_value_and_nothing_is_none() {
    for attempts in ["best", "latest", "first", "average"] {
        let cases: &[(&str, &[GradeFact], Verdict)] = &[
            ("0", &[], Unmet),
            ("0", &[scored(0, 1_000)], Met),
            ("0", &[awaiting(0, 1_000)], Pending),
            ("0", &[unposted(1_000, 1_000)], Pending),
            ("0", &[scored(0, 0)], Met),
            ("0.5", &[awaiting(1_000, 1_000)], Pending),
        ];
        check(cases, attempts);
    }
}

#[test]
fn what_is_used_up_is_impossible_unless_a_grade_is_still_out() {
    let cases: &[(&[GradeFact], Verdict)] = &[
        (&[], Unmet),
        (&[scored(0, 1_000)], Unmet),
        (&[scored(0, 1_000), scored(400, 1_000)], Impossible),
        (&[scored(0, 1_000), awaiting(0, 1_000)], Pending),
        (&[scored(0, 1_000), unposted(0, 1_000)], Pending),
        (&[scored(0, 1_000), scored(500, 1_000)], Met),
    ];
    for (grades, expected) in cases {
        assert_eq!(after(grades, reaches("0.5", "best"), quiz_of(2, "q")), *expected, "{grades:?}");
    }
    let many: Vec<GradeFact> = (0..50).map(|_| scored(0, 1_000)).collect();
    assert_eq!(after(&many, reaches("0.5", "best"), quiz("q")), Unmet);
}

#[test]
fn a_regrade_moves_the_verdict_both_ways() {
    let tree = tree(vec![OutlineNode { completion: rule(reaches("0.5", "best")), ..quiz_of(1, "q") }]);
    let mut facts = folded(&[graded("q", 1, scored(600, 1_000))]);
    assert_eq!(evaluate(&tree, &facts).completion, [Met]);
    facts.fold(&graded("q", 1, GradeFact { revision: 2, ..scored(400, 1_000) }));
    assert_eq!(evaluate(&tree, &facts).completion, [Impossible]);
    facts.fold(&graded("q", 1, GradeFact { revision: 3, ..scored(500, 1_000) }));
    assert_eq!(evaluate(&tree, &facts).completion, [Met]);
}

#[test]
fn the_attempts_of_one_assessment_say_nothing_about_another() {
    let completion = json!({ "type": "assessment_score", "assessment": "r", "min_score": "0.5" });
    let tree = tree(vec![quiz_of(1, "r"), OutlineNode { completion: rule(completion), ..quiz_of(1, "q") }]);
    let facts = folded(&[graded("q", 1, scored(1_000, 1_000))]);
    assert_eq!(evaluate(&tree, &facts).completion, [Unmet, Unmet]);
}
