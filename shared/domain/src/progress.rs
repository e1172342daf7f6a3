//! Progress: the one sequence of an enrolment's log, the state it folds to, and the cohort row drawn from it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::attempt::instant;
use crate::cohort::EnrolmentStatus;
use crate::content::NodeKind;
use crate::evaluation::{Evaluation, evaluate, next_completion_at};
use crate::fact::{Fact, Facts, GradeFact};
use crate::grading::GradeStatus;
use crate::tree::Tree;

/// The most learning objects whose verdicts a cohort row spells out. A row stays under [`ROW_BYTES_MAX`].
pub const ROW_STATES_MAX: usize = 700;
/// The most assessments whose results a cohort row spells out.
pub const ROW_RESULTS_MAX: usize = 30;
/// What a cohort row may weigh, so that 500 of them are one page of one query.
pub const ROW_BYTES_MAX: usize = 1_800;

/// The state of one enrolment at one place in its log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The number of the last event folded in; 0 before the first.
    pub sequence: u64,
    /// What the events fold to.
    pub facts: Facts,
}

/// One entry of an enrolment's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number, from 1, without gaps.
    pub sequence: u64,
    /// What happened.
    pub fact: Fact,
    /// When the projector wrote it, in milliseconds since 1970.
    pub recorded_at: i64,
}

/// Puts facts into the log. Facts that change nothing get no event; if none does, nothing is returned.
pub fn sequence<'a>(
    progress: &Progress,
    facts: impl IntoIterator<Item = &'a Fact>,
    now: Timestamp,
) -> Option<(Progress, Vec<Event>)> {
    let mut next = progress.clone();
    let mut events = Vec::new();
    for fact in facts {
        if next.facts.fold(fact) {
            next.sequence += 1;
            events.push(Event { sequence: next.sequence, fact: fact.clone(), recorded_at: now.as_millisecond() });
        }
    }
    (!events.is_empty()).then_some((next, events))
}

/// A log with a gap, or out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the log has event {found} where {expected} should be")]
pub struct Gap {
    /// The number that should be there.
    pub expected: u64,
    /// The number that is there.
    pub found: u64,
}

/// Folds a whole log. The result equals what the projector stored, or something is broken.
pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Progress, Gap> {
    let mut progress = Progress::default();
    for event in events {
        progress.sequence += 1;
        if event.sequence != progress.sequence {
            return Err(Gap { expected: progress.sequence, found: event.sequence });
        }
        progress.facts.fold(&event.fact);
    }
    Ok(progress)
}

/// What a cohort page shows of one learner. Positions refer to the outline of the enrolment's Release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowState {
    /// The place in the log it was drawn at.
    pub sequence: u64,
    /// How many trackable learning objects are completed.
    pub completed: u32,
    /// How many trackable learning objects there are.
    pub trackable: u32,
    /// One letter a learning object, in outline order, for the first [`ROW_STATES_MAX`].
    pub states: String,
    /// One entry an assessment, in outline order, for the first [`ROW_RESULTS_MAX`].
    pub results: Vec<RowResult>,
    /// When the learner last did anything, in milliseconds since 1970.
    pub last_activity_at: Option<i64>,
    /// Whether the learner was withdrawn.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// What a cohort page shows of one learner's assessment, written compactly: `-` for nothing handed in, otherwise
/// `s` (scored) or `a` (awaits a person), points `/` maximum `x` closed attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RowResult {
    /// What stands for the best attempt; `None` if nothing was handed in.
    pub status: Option<GradeStatus>,
    /// Its points, in hundredths.
    pub points: u32,
    /// The maximum, in hundredths.
    pub points_max: u32,
    /// How many attempts are closed.
    pub attempts: u32,
}

impl From<RowResult> for String {
    fn from(result: RowResult) -> String {
        match result.status {
            None => "-".to_owned(),
            Some(status) => {
                let letter = if status == GradeStatus::Scored { 's' } else { 'a' };
                format!("{letter}{}/{}x{}", result.points, result.points_max, result.attempts)
            }
        }
    }
}

impl TryFrom<String> for RowResult {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let parsed = match text.split_at_checked(1) {
            Some(("-", "")) => Some(RowResult { status: None, points: 0, points_max: 0, attempts: 0 }),
            Some((letter @ ("s" | "a"), numbers)) => numbers.split_once('/').and_then(|(points, rest)| {
                let (points_max, attempts) = rest.split_once('x')?;
                let status = if letter == "s" { GradeStatus::Scored } else { GradeStatus::AwaitsPerson };
                Some(RowResult {
                    status: Some(status),
                    points: points.parse().ok()?,
                    points_max: points_max.parse().ok()?,
                    attempts: attempts.parse().ok()?,
                })
            }),
            Some(_) | None => None,
        };
        parsed.ok_or_else(|| format!("{text:?} is no row result"))
    }
}

/// Draws the cohort row of one enrolment, as things stood when the newest event was recorded: whoever draws it later from
/// the same log draws the same.
pub fn row(tree: &Tree, progress: &Progress, recorded_at: Timestamp) -> RowState {
    let evaluation = evaluate(tree, &progress.facts, stood_at(&progress.facts, recorded_at));
    let (completed, trackable) = evaluation.completed_of(tree);
    RowState {
        sequence: progress.sequence,
        completed,
        trackable,
        states: states(&evaluation),
        results: tree
            .nodes()
            .iter()
            .filter(|node| node.kind == NodeKind::Assessment)
            .take(ROW_RESULTS_MAX)
            .map(|node| result(progress.facts.grades.get(&node.id).into_iter().flat_map(|attempts| attempts.values())))
            .collect(),
        last_activity_at: progress.facts.last_activity_ms(),
        withdrawn: is_withdrawn(&progress.facts),
    }
}

/// When the row that was drawn of a state has to be drawn anew though nothing happens; `None` if nothing is ahead. Nobody
/// waits for the dates of somebody who is withdrawn: when they are taken back, everything is drawn as it is then.
pub fn redrawn_at(tree: &Tree, progress: &Progress, recorded_at: Timestamp) -> Option<Timestamp> {
    let next = || next_completion_at(tree, &progress.facts, stood_at(&progress.facts, recorded_at));
    if is_withdrawn(&progress.facts) { None } else { next() }
}

/// The moment that a state is evaluated at. A clock that is behind takes nothing back that the log says has come.
fn stood_at(facts: &Facts, recorded_at: Timestamp) -> Timestamp {
    facts.date_came.map_or(recorded_at, |came| instant(came).max(recorded_at))
}

fn is_withdrawn(facts: &Facts) -> bool {
    facts.enrolment.as_ref().is_some_and(|known| known.status == EnrolmentStatus::Withdrawn)
}

fn states(evaluation: &Evaluation) -> String {
    evaluation.completion.iter().take(ROW_STATES_MAX).map(|verdict| verdict.letter()).collect()
}

fn result<'a>(attempts: impl Iterator<Item = &'a GradeFact>) -> RowResult {
    let mut result = RowResult { status: None, points: 0, points_max: 0, attempts: 0 };
    for grade in attempts.filter(|grade| grade.posted) {
        result.attempts += 1;
        let better = u64::from(grade.points) * u64::from(result.points_max.max(1))
            > u64::from(result.points) * u64::from(grade.points_max.max(1));
        // A scored attempt is shown rather than one that still awaits a person.
        if result.status.is_none() || (Some(grade.status), better) > (result.status, false) {
            result.status = Some(grade.status);
            result.points = grade.points;
            result.points_max = grade.points_max;
        }
    }
    result
}

#[cfg(test)]
mod tests;
