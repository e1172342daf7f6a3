//! A grade that is not posted says nothing: not in a verdict, not in an explanation, not in what is open.

use super::*;
use crate::fact::{Fact, GradeFact};
use crate::testing::outline::{section, under};
use crate::testing::{any_grade, awaiting};

/// Everything a learner is told, with a lesson that opens by the score.
fn told(completion: &Rule, facts: &Facts) -> Value {
    let tree = tree(vec![
        section("s"),
        OutlineNode { completion: completion.clone(), ..under("s", quiz_of(2, "q")) },
        under("s", lesson("a")),
        OutlineNode { access: Some(completion.clone()), completion: completion.clone(), ..lesson("b") },
    ]);
    let evaluation = evaluate(&tree, facts);
    let why: Vec<_> = (0..4)
        .map(|at| (evaluation.explain_completion(&tree, facts, at), evaluation.explain_access(&tree, facts, at)))
        .collect();
    json!([evaluation.completion, evaluation.locked, why, evaluation.completed_of(&tree)])
}

fn score_rules() -> impl Iterator<Item = Rule> {
    ["best", "latest", "first", "average"].into_iter().flat_map(|attempts| {
        ["0", "0.5", "1"].into_iter().map(move |min_score| {
            rule(json!({ "type": "assessment_score", "assessment": "q", "min_score": min_score, "attempts": attempts }))
        })
    })
}

#[test]
fn a_pass_and_a_fail_that_are_not_posted_look_alike() {
    let earlier: [&[GradeFact]; 4] = [&[], &[scored(0, 1_000)], &[scored(1_000, 1_000)], &[awaiting(1, 1_000)]];
    for completion in score_rules() {
        for before in earlier {
            let with_last = |last: GradeFact| {
                let grades = before.iter().cloned().chain([last]);
                told(
                    &completion,
                    &folded(&(1..).zip(grades).map(|(n, grade)| graded("q", n, grade)).collect::<Vec<_>>()),
                )
            };
            let pass = with_last(unposted(1_000, 1_000));
            for other in [unposted(0, 1_000), awaiting(0, 1_000), GradeFact { posted: false, ..awaiting(1_000, 1_000) }]
            {
                assert_eq!(with_last(other.clone()), pass, "{completion:?} after {before:?} and {other:?}");
            }
        }
    }
}

#[test]
fn an_explanation_has_no_score_before_a_grade_is_posted_and_has_it_after() {
    let tree = tree(vec![quiz("q")]);
    let explained = |grade| {
        let facts = folded(&[graded("q", 1, grade)]);
        evaluate(&tree, &facts).explain_completion(&tree, &facts, 0)
    };
    let before = explained(unposted(750, 1_000));
    assert_eq!((before.verdict, before.current), (Pending, None));
    let after = explained(scored(750, 1_000));
    assert_eq!((after.verdict, after.current.as_deref()), (Met, Some("750/1000")));
}

/// The same facts with other unposted grades: another score, another status, another maximum.
fn hidden_changed(facts: &[Fact], other: &GradeFact) -> Vec<Fact> {
    let change = |fact: &Fact| match fact {
        Fact::Graded { assessment, attempt, grade } if !grade.posted => Fact::Graded {
            assessment: assessment.clone(),
            attempt: *attempt,
            grade: GradeFact { posted: false, revision: grade.revision, ..other.clone() },
        },
        Fact::Graded { .. }
        | Fact::Enrolled { .. }
        | Fact::EnrolmentChanged { .. }
        | Fact::Viewed { .. }
        | Fact::Done { .. }
        | Fact::DateCame { .. }
        | Fact::Read { .. } => fact.clone(),
    };
    facts.iter().map(change).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn whatever_an_unposted_grade_holds_nobody_is_told_anything_else(
        completion in any_rule(),
        grades in prop::collection::vec((prop::sample::select(vec!["q", "r"]), 1..4u32, any_grade()), 0..6),
        other in any_grade(),
    ) {
        let facts: Vec<Fact> =
            grades.into_iter().map(|(assessment, attempt, grade)| graded(assessment, attempt, grade)).collect();
        let hidden = hidden_changed(&facts, &other);
        prop_assert_eq!(told(&completion, &folded(&facts)), told(&completion, &folded(&hidden)));
    }
}
