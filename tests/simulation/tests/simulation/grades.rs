//! Every closed attempt has one grade, that of the answers that stand; and answers that stand are kept.

use stoa_domain::attempt::AttemptState;
use stoa_domain::grading;

use crate::course::{Course, node};
use crate::judge::Broken;
use crate::stored::Enrolled;

/// Checks what is stored of one learner.
pub fn check(learner: usize, enrolled: &Enrolled, broken: &mut Broken) {
    for (key @ (assessment, number), attempt) in &enrolled.attempts {
        let name = || format!("learner {learner}, {assessment} {number}");
        let of_it: Vec<_> =
            enrolled.grades.iter().filter(|((own, at, _), _)| (own, at) == (assessment, number)).collect();
        if attempt.phase == AttemptState::Open {
            broken.unless(of_it.is_empty(), || format!("{} is open and graded: {of_it:?}", name()));
            continue;
        }
        let expected =
            enrolled.answers(key).map(|answers| grading::grade(Course::get().keys(&node(assessment)), &answers));
        match of_it.as_slice() {
            [((_, _, revision), stored)] => {
                let is_right = *revision == grading::AUTOMATIC_REVISION
                    && Some(&stored.grade) == expected.as_ref()
                    && stored.posted
                    && stored.submitted_at == attempt.received_at.unwrap_or(attempt.closes_at);
                broken.unless(is_right, || format!("{} has the grade {stored:?} and not {expected:?}", name()));
            }
            others => broken.unless(false, || format!("{} has {} grades", name(), others.len())),
        }
        if let (None, Some(digest)) = (&attempt.answers, &attempt.digest) {
            let body = enrolled.bodies.get(&(assessment.clone(), *number, digest.clone()));
            broken.unless(body.is_some_and(|body| body.expires_at.is_none()), || {
                format!("{}: its answers expire: {body:?}", name())
            });
        }
    }
    for (assessment, number, revision) in enrolled.grades.keys() {
        broken.unless(enrolled.attempts.contains_key(&(assessment.clone(), *number)), || {
            format!("learner {learner} has a grade of nothing: {assessment} {number} {revision}")
        });
    }
}
