//! The verdict: pure, over stored items and the receipts that learners hold. No answer of Stoa counts as evidence for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use stoa_api::bodies::{CohortResultStatus, CohortRow};
use stoa_domain::attempt::{Attempt, AttemptState, ClosedReason, Receipt, instant};
use stoa_domain::fact::Fact;
use stoa_domain::grading::GradeStatus;
use stoa_domain::id::{EnrolmentId, NodeId};
use stoa_domain::progress::{self, RowState};
use stoa_domain::tree::Tree;

use super::drive::Witness;
use super::stored::Kept;

/// What a verdict is made of.
pub struct Evidence<'a> {
    /// The Release's structure.
    pub tree: &'a Tree,
    /// What each learner holds.
    pub witnesses: &'a [Witness],
    /// What is stored of each enrolment.
    pub stored: &'a BTreeMap<EnrolmentId, Kept>,
    /// The rows that the cohort page shows.
    pub shown: &'a [CohortRow],
}

/// Something wrong with one enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// What is wrong.
    pub what: String,
}

/// What stored items say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// How many learners there were.
    pub learners: usize,
    /// How many hand-ins stand.
    pub accepted: usize,
    /// How many of them arrived in the grace.
    pub in_grace: usize,
    /// How many attempts were closed by time.
    pub by_time: usize,
    /// How many cohort rows were compared.
    pub rows: usize,
    /// What a learner holds a receipt for and is not stored; drafts that the server said were saved too.
    pub lost: Vec<Finding>,
    /// What is there twice: attempts of one number, grades of one revision, events of one grade.
    pub doubled: Vec<Finding>,
    /// Hand-ins that stand although they came after the grace.
    pub late: Vec<Finding>,
    /// What is not done yet: open attempts, attempts without a grade, grades without an event.
    pub awaiting: Vec<Finding>,
    /// State and rows that differ from a replay of the log.
    pub unequal: Vec<Finding>,
}

impl Verdict {
    /// Whether nothing is wrong and nothing is left to do.
    pub fn is_clean(&self) -> bool {
        self.findings().iter().all(|(_, findings)| findings.is_empty())
    }

    /// Every finding, by kind.
    pub fn findings(&self) -> [(&'static str, &[Finding]); 5] {
        [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("late", &self.late),
            ("awaiting", &self.awaiting),
            ("unequal", &self.unequal),
        ]
    }
}

/// Judges a cohort after its deadline.
pub fn judge(evidence: &Evidence<'_>) -> Verdict {
    let mut verdict = Verdict { learners: evidence.witnesses.len(), ..Verdict::default() };
    let nothing = Kept::default();
    for witness in evidence.witnesses {
        let kept = evidence.stored.get(&witness.enrolment).unwrap_or(&nothing);
        let mut judge = Judge { enrolment: &witness.enrolment, verdict: &mut verdict };
        judge.attempts(&kept.attempts);
        judge.receipts(&witness.receipts, &kept.attempts);
        judge.draft(witness, &kept.attempts);
        judge.grades(kept);
        judge.log(evidence, kept);
    }
    verdict
}

struct Judge<'a> {
    enrolment: &'a EnrolmentId,
    verdict: &'a mut Verdict,
}

impl Judge<'_> {
    fn finding(&self, what: String) -> Finding {
        Finding { enrolment: self.enrolment.clone(), what }
    }

    fn attempts(&mut self, attempts: &[Attempt]) {
        let mut seen = BTreeSet::new();
        for attempt in attempts {
            let name = format!("attempt {} at {}", attempt.number, attempt.assessment);
            if !seen.insert((&attempt.assessment, attempt.number)) {
                self.verdict.doubled.push(self.finding(format!("{name} is stored twice")));
            }
            match (attempt.state, attempt.closed_reason) {
                (AttemptState::Open, _) => self.verdict.awaiting.push(self.finding(format!("{name} is still open"))),
                (AttemptState::Closed, Some(ClosedReason::TimeUp)) => self.verdict.by_time += 1,
                (AttemptState::Closed, Some(ClosedReason::HandedIn) | None) => self.verdict.accepted += 1,
            }
            if let Some(received_at) = attempt.received_at {
                self.verdict.in_grace += usize::from(received_at > attempt.closes_at);
                let ms = received_at - attempt.accept_until;
                if ms > 0 {
                    self.verdict.late.push(self.finding(format!("{name} was accepted {ms} ms after the grace")));
                }
            }
        }
    }

    /// Two receipts with different ids for one attempt are two accepted hand-ins: the one that does not stand is lost.
    fn receipts(&mut self, receipts: &[Receipt], attempts: &[Attempt]) {
        for receipt in receipts {
            let stands = attempts.iter().any(|attempt| {
                attempt.assessment == receipt.assessment
                    && attempt.number == receipt.attempt
                    && attempt.submission_id == receipt.submission_id
                    && attempt.digest.as_ref() == Some(&receipt.digest)
            });
            if !stands {
                let id = receipt.submission_id.as_ref().map_or("none", |id| id.as_str());
                let what = format!(
                    "attempt {} does not hold hand-in {id}, which has receipt {}",
                    receipt.attempt, receipt.code
                );
                self.verdict.lost.push(self.finding(what));
            }
        }
    }

    /// What was saved last is what stands when time closes an attempt.
    fn draft(&mut self, witness: &Witness, attempts: &[Attempt]) {
        let Some(draft) = &witness.draft else { return };
        let Some(attempt) = attempts.iter().find(|attempt| attempt.number == draft.attempt) else {
            self.verdict
                .lost
                .push(self.finding(format!("attempt {} is not stored, though its draft was saved", draft.attempt)));
            return;
        };
        let is_by_time = attempt.closed_reason == Some(ClosedReason::TimeUp);
        if is_by_time && (attempt.rev != draft.rev || attempt.digest.as_ref() != Some(&draft.digest)) {
            let what =
                format!("the draft that stands is revision {}, not the saved revision {}", attempt.rev, draft.rev);
            self.verdict.lost.push(self.finding(what));
        }
    }

    fn grades(&mut self, kept: &Kept) {
        let mut graded: BTreeMap<(&NodeId, u32, u32), usize> = BTreeMap::new();
        for one in &kept.grades {
            *graded.entry((&one.assessment, one.attempt, one.grade.revision)).or_default() += 1;
        }
        let mut told: BTreeMap<(&NodeId, u32, u32), usize> = BTreeMap::new();
        for event in &kept.log {
            if let Fact::Graded { assessment, attempt, grade } = &event.fact {
                *told.entry((assessment, *attempt, grade.revision)).or_default() += 1;
            }
        }
        for ((assessment, attempt, revision), count) in &graded {
            let name = format!("grade {revision} of attempt {attempt} at {assessment}");
            if *count > 1 {
                self.verdict.doubled.push(self.finding(format!("{name} is stored {count} times")));
            }
            match told.get(&(*assessment, *attempt, *revision)) {
                None => self.verdict.awaiting.push(self.finding(format!("{name} is in no event"))),
                Some(1) => {}
                Some(count) => self.verdict.doubled.push(self.finding(format!("{name} has {count} events"))),
            }
        }
        for (assessment, attempt, revision) in told.keys().filter(|key| !graded.contains_key(key)) {
            let what =
                format!("the log has grade {revision} of attempt {attempt} at {assessment}, which is not stored");
            self.verdict.unequal.push(self.finding(what));
        }
        for attempt in kept.attempts.iter().filter(|attempt| attempt.state == AttemptState::Closed) {
            let is_graded =
                kept.grades.iter().any(|one| (&one.assessment, one.attempt) == (&attempt.assessment, attempt.number));
            if !is_graded {
                self.verdict.awaiting.push(self.finding(format!("attempt {} has no grade", attempt.number)));
            }
        }
    }

    fn log(&mut self, evidence: &Evidence<'_>, kept: &Kept) {
        let replayed = match progress::replay(&kept.log) {
            Ok(replayed) => replayed,
            Err(gap) => return self.verdict.unequal.push(self.finding(gap.to_string())),
        };
        if replayed != kept.progress {
            let what = format!(
                "the stored state (event {}) is not what the log folds to (event {})",
                kept.progress.sequence, replayed.sequence
            );
            self.verdict.unequal.push(self.finding(what));
        }
        let recorded_at = kept.log.last().map_or(0, |event| event.recorded_at);
        let row = progress::row(evidence.tree, &replayed, instant(recorded_at));
        match &kept.row {
            None => self.verdict.unequal.push(self.finding("there is no cohort row".to_owned())),
            Some(stored) if *stored != row => {
                self.verdict.unequal.push(self.finding(format!("the stored row {stored:?} should be {row:?}")));
            }
            Some(_) => self.verdict.rows += 1,
        }
        match evidence.shown.iter().filter(|shown| shown.enrolment == *self.enrolment).collect::<Vec<_>>()[..] {
            [] => self.verdict.unequal.push(self.finding("the cohort page does not show it".to_owned())),
            [shown] if !shows(shown, &row) => {
                self.verdict.unequal.push(self.finding(format!("the cohort page shows {shown:?}, not {row:?}")));
            }
            [_] => {}
            [_, _, ..] => self.verdict.unequal.push(self.finding("the cohort page shows it twice".to_owned())),
        }
    }
}

/// Whether a row of the cohort page says the same as a row state.
fn shows(shown: &CohortRow, row: &RowState) -> bool {
    let status = |status: Option<GradeStatus>| match status {
        None => CohortResultStatus::None,
        Some(GradeStatus::Scored) => CohortResultStatus::Scored,
        Some(GradeStatus::AwaitsPerson) => CohortResultStatus::AwaitsPerson,
    };
    shown.sequence == row.sequence
        && (shown.completed, shown.trackable) == (row.completed, row.trackable)
        && shown.states == row.states
        && shown.last_activity_at.map(|at| at.0.as_millisecond()) == row.last_activity_at
        && shown.results.len() == row.results.len()
        && shown.results.iter().zip(&row.results).all(|(shown, result)| {
            // The maximum of what nobody handed in is the assessment's own, which a row state does not repeat.
            let has_maximum = result.status.is_none() || shown.points_max == result.points_max;
            shown.status == status(result.status)
                && shown.points == result.points
                && shown.attempts == result.attempts
                && has_maximum
        })
}

#[cfg(test)]
mod tests;
