//! The log has no gap and holds the facts that are stored; state and row are what it folds to.

use stoa_domain::attempt::instant;
use stoa_domain::fact::{Fact, Facts, GradeFact};
use stoa_domain::id::NodeId;
use stoa_domain::progress;
use stoa_testkit::SimClock;

use crate::course::{Course, node};
use crate::judge::{Age, Broken};
use crate::stored::Enrolled;

/// Checks what is stored of one learner.
pub fn check(learner: usize, enrolled: &Enrolled, age: Age, broken: &mut Broken) {
    let course = Course::get();
    let replayed = match progress::replay(&enrolled.log) {
        Ok(replayed) => replayed,
        Err(gap) => return broken.unless(false, || format!("learner {learner}: {gap}")),
    };
    let stored = enrolled.progress.as_ref();
    let facts = stored.and_then(|stored| serde_json::from_str::<Facts>(&stored.facts).ok());
    broken.unless(
        stored.map(|stored| stored.sequence) == Some(replayed.sequence) && facts.as_ref() == Some(&replayed.facts),
        || format!("learner {learner}: the state {stored:?} is not what the log folds to: {replayed:?}"),
    );

    let mut known = facts_of(enrolled);
    // Dates have no items, and what was read is kept by the log alone once its items have expired.
    let is_the_logs = |fact: &Fact| match fact {
        Fact::DateCame { .. } => true,
        Fact::Read { .. } => age == Age::Expired,
        Fact::Enrolled { .. }
        | Fact::EnrolmentChanged { .. }
        | Fact::Viewed { .. }
        | Fact::Done { .. }
        | Fact::Graded { .. } => false,
    };
    known.extend(enrolled.log.iter().map(|event| event.fact.clone()).filter(is_the_logs));
    let strangers: Vec<_> = enrolled.log.iter().filter(|event| !known.contains(&event.fact)).collect();
    broken
        .unless(strangers.is_empty(), || format!("learner {learner}: the log holds what nobody stored: {strangers:?}"));
    let mut folded = Facts::default();
    for fact in &known {
        folded.fold(fact);
    }
    broken.unless(folded == replayed.facts, || {
        format!(
            "learner {learner}: the log does not hold every fact that is stored: {:?} and not {folded:?}",
            replayed.facts
        )
    });

    let enrolment = &course.enrolments[learner];
    let recorded_at = enrolled.log.last().map_or(0, |event| event.recorded_at);
    let is_drawn = enrolled.row.as_ref().is_some_and(|row| {
        row.state == progress::row(&course.tree, &replayed, instant(recorded_at))
            && row.person == enrolment.person.as_str()
            && row.release == enrolment.release.as_str()
    });
    broken.unless(is_drawn, || format!("learner {learner}: the row {:?} is not drawn from the log", enrolled.row));
    gates(learner, enrolled, &replayed.facts, broken);
}

/// The facts that the stored items hold.
fn facts_of(enrolled: &Enrolled) -> Vec<Fact> {
    let enrolled_at = enrolled.enrolled_at.map(|at| Fact::Enrolled { at: instant(at) });
    let grades = enrolled.grades.iter().map(|((assessment, number, _), stored)| Fact::Graded {
        assessment: node(assessment),
        attempt: *number,
        grade: GradeFact {
            revision: stored.grade.revision,
            posted: stored.posted,
            status: stored.grade.status,
            points: stored.grade.points,
            points_max: stored.grade.points_max,
            submitted_at: instant(stored.submitted_at),
        },
    });
    enrolled_at.into_iter().chain(enrolled.facts.values().cloned()).chain(grades).collect()
}

/// The learning objects that a learner's own fact is about.
fn subjects(fact: &Fact) -> Vec<&NodeId> {
    match fact {
        Fact::Viewed { node, .. } | Fact::Done { node, .. } => vec![node],
        Fact::Read { parts } => parts.keys().collect(),
        Fact::Enrolled { .. } | Fact::EnrolmentChanged { .. } | Fact::DateCame { .. } | Fact::Graded { .. } => vec![],
    }
}

/// Whatever was done behind a gate was done by somebody who has passed it. What opens a gate here never closes it again.
fn gates(learner: usize, enrolled: &Enrolled, facts: &Facts, broken: &mut Broken) {
    let tree = &Course::get().tree;
    let locked = stoa_domain::evaluation::evaluate(tree, facts, SimClock::default().now()).locked;
    let is_locked = |id: &str| tree.position(&node(id)).is_none_or(|at| locked[at]);
    let attempted = enrolled.attempts.keys().map(|(assessment, _)| assessment.as_str());
    let reported = enrolled.facts.values().flat_map(subjects).map(NodeId::as_str);
    let behind: Vec<&str> = attempted.chain(reported).filter(|id| is_locked(id)).collect();
    broken.unless(behind.is_empty(), || format!("learner {learner} did something behind a closed gate: {behind:?}"));
}
