//! From what the services say to what the API says.

use stoa_api::bodies::{AssessmentStart, AttemptResult, AttemptSummary, AttemptView, Due, Instant, StartRefusal};
use stoa_domain::attempt::{Attempt, NEVER_MS};
use stoa_domain::fact::GradeFact;
use stoa_domain::grading::GradeStatus;
use stoa_domain::id::NodeId;
use stoa_service::attempts::{Start, StartRefused, Viewed};

/// An assessment before an attempt.
pub fn start(assessment: &NodeId, start: Start) -> AssessmentStart {
    let due = start.cohort.due(assessment).zip(start.cohort.deadlines.get(assessment)).map(|(at, deadline)| Due {
        node: assessment.clone(),
        title: start.title.clone(),
        civil: deadline.civil.to_string(),
        zone: start.cohort.zone.clone(),
        at: Instant(at),
    });
    let refusal = start.next.err().map(|refused| match refused {
        StartRefused::AttemptsUsed => StartRefusal::AttemptsUsed,
        StartRefused::Closed => StartRefusal::Closed,
        StartRefused::Locked => StartRefusal::Locked,
    });
    AssessmentStart {
        assessment: assessment.clone(),
        item_count: start.summary.item_count,
        points_max: start.summary.points_max,
        attempts_max: start.summary.attempts_max,
        time_limit_minutes: start.summary.time_limit_minutes,
        due,
        attempts: start.attempts.iter().map(|attempt| summary(attempt, start.grades.get(&attempt.number))).collect(),
        next_attempt: start.next.ok(),
        refusal,
        title: start.title,
    }
}

fn summary(attempt: &Attempt, grade: Option<&GradeFact>) -> AttemptSummary {
    AttemptSummary {
        attempt: attempt.number,
        state: attempt.state,
        opened_at: Instant::from_ms(attempt.opened_at),
        closes_at: limit(attempt.closes_at),
        submitted_at: attempt.receipt().map(|receipt| Instant(receipt.received_at)),
        grade: grade.filter(|grade| grade.posted).map(|grade| AttemptResult {
            status: grade.status,
            points: (grade.status == GradeStatus::Scored).then_some(grade.points),
            points_max: grade.points_max,
        }),
    }
}

/// An attempt as its learner sees it.
pub fn attempt(viewed: Viewed) -> AttemptView {
    let Viewed { attempt, items, grade } = viewed;
    AttemptView {
        attempt: attempt.number,
        state: attempt.state,
        closed_reason: attempt.closed_reason,
        rev: attempt.rev,
        saved_at: attempt.saved_at.map(Instant::from_ms),
        opened_at: Instant::from_ms(attempt.opened_at),
        closes_at: limit(attempt.closes_at),
        accept_until: limit(attempt.closes_at).map(|_| Instant::from_ms(attempt.accept_until)),
        receipt: attempt.receipt(),
        answers: attempt.answers,
        items,
        grade,
    }
}

fn limit(closes_at: i64) -> Option<Instant> {
    (closes_at < NEVER_MS).then(|| Instant::from_ms(closes_at))
}
