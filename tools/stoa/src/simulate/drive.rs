//! The learners act. What each of them holds in the end is kept as their evidence.

use std::time::Duration;

use futures::future;
use futures::stream::{FuturesUnordered, StreamExt};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stoa_api::bodies::{
    AssessmentStart, AttemptView, DraftSaved, FactsRecorded, Instant, NewFact, NewFactKind, RecordFacts, SaveDraft,
    Submit,
};
use stoa_domain::attempt::Receipt;
use stoa_domain::content::NodeContent;
use stoa_domain::digest;
use stoa_domain::id::{EnrolmentId, NodeId, SubmissionId};
use stoa_domain::item::{Answers, Item};
use tokio::sync::Semaphore;

use super::cast::{Actor, Stage};
use super::plan::{self, Again, Ending, Learner, Plan};
use crate::output::Output;
use crate::refused::Failed;

/// How many requests are on their way at the same time: about what a local stack works on.
const AT_ONCE: usize = 8;
/// How often a hand-in without a clear answer is sent, always under the same id.
const HAND_INS_MAX: u32 = 4;
/// How long a client waits before it sends a hand-in again.
const AGAIN_AFTER: Duration = Duration::from_millis(400);

/// What one learner holds at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The learner's enrolment.
    pub enrolment: EnrolmentId,
    /// Every receipt that came with 201 or 200.
    pub receipts: Vec<Receipt>,
    /// The last draft that the server said is saved.
    pub draft: Option<SavedDraft>,
    /// Every answer to a hand-in: its status and kind.
    pub answers: Vec<String>,
    /// What should not have come.
    pub unexpected: Vec<String>,
}

/// A draft that the server said is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedDraft {
    /// The attempt.
    pub attempt: u32,
    /// Its revision.
    pub rev: u32,
    /// The digest of its answers.
    pub digest: String,
}

/// Lets every learner act, each at their own time.
pub async fn drive(stage: &Stage, plan: &Plan, cast: &[Actor], seed: u64, output: &Output) -> Vec<Witness> {
    let turns = Semaphore::new(AT_ONCE);
    let bar = output.bar("learning and handing in", plan.learners.len());
    let actors = plan.learners.iter().zip(cast).zip(&stage.enrolments);
    let mut acting: FuturesUnordered<_> = actors
        .map(|((learner, actor), enrolment)| {
            let witness = Witness {
                enrolment: enrolment.clone(),
                receipts: Vec::new(),
                draft: None,
                answers: Vec::new(),
                unexpected: Vec::new(),
            };
            Part { stage, learner, actor, turns: &turns, seed, witness }.act()
        })
        .collect();
    let mut witnesses = Vec::with_capacity(plan.learners.len());
    while let Some(witness) = acting.next().await {
        witnesses.push(witness);
        bar.inc(1);
    }
    bar.finish_and_clear();
    witnesses
}

/// One learner's part.
struct Part<'a> {
    stage: &'a Stage,
    learner: &'a Learner,
    actor: &'a Actor,
    turns: &'a Semaphore,
    seed: u64,
    witness: Witness,
}

impl Part<'_> {
    async fn act(mut self) -> Witness {
        if let Err(failed) = self.learn().await {
            self.note("learning", &failed);
        }
        match self.open_and_save().await {
            Ok(attempt) => self.end(&attempt).await,
            Err(failed) => self.note("the attempt", &failed),
        }
        self.witness
    }

    /// Opens the lesson, marks the practice as done.
    async fn learn(&mut self) -> Result<(), Failed> {
        let Stage { tenant, release, .. } = self.stage;
        let mut facts = Vec::new();
        for (acts, node, kinds) in [
            (self.learner.reads, "reading", &[NewFactKind::Viewed][..]),
            (self.learner.practises, "practice", &[NewFactKind::Viewed, NewFactKind::Done]),
        ] {
            if acts {
                let _: NodeContent = self.get(&format!("/t/{tenant}/r/{release}/n/{node}.json")).await?;
                let node = NodeId::parse(node).expect("a word is an id");
                let occurred_at = Instant(stoa_runtime::clock::now());
                facts.extend(kinds.iter().map(|kind| NewFact { kind: *kind, node: node.clone(), occurred_at }));
            }
        }
        if !facts.is_empty() {
            let path = format!("/api/enrolments/{}/facts", self.witness.enrolment);
            let _turn = self.turns.acquire().await;
            let _: FactsRecorded = self.actor.session.post(&path, &RecordFacts { facts }).await?;
        }
        Ok(())
    }

    /// Opens the attempt and saves drafts.
    async fn open_and_save(&mut self) -> Result<AttemptView, Failed> {
        let path = self.assessment();
        let start: AssessmentStart = self.get(&path).await?;
        let number = start.next_attempt.unwrap_or(1);
        let path = format!("{path}/attempts/{number}");
        let mut attempt: AttemptView = {
            let _turn = self.turns.acquire().await;
            self.actor.session.put_nothing(&path).await?
        };
        for round in 0..self.learner.drafts {
            let answers = self.answers(&attempt.items, round);
            let digest = digest::of_json(&answers);
            let draft = SaveDraft { rev: attempt.rev + 1, answers };
            let saved: DraftSaved = self.put(&format!("{path}/draft"), &draft).await?.1;
            attempt.rev = saved.rev;
            self.witness.draft = Some(SavedDraft { attempt: attempt.attempt, rev: saved.rev, digest });
        }
        Ok(attempt)
    }

    /// Hands in as planned, or does not.
    async fn end(&mut self, attempt: &AttemptView) {
        let path = format!("{}/attempts/{}/submission", self.assessment(), attempt.attempt);
        let accept_until = attempt.accept_until.map_or(self.stage.due, |until| until.0);
        let first = self.submission(&attempt.items, "a");
        match self.learner.ending {
            Ending::Never => {}
            Ending::TooLate { after_grace_ms } => {
                sleep_until(accept_until + SignedDuration::from_millis(after_grace_ms)).await;
                let answer = self.hand_in(&path, &first).await;
                self.keep(&answer, &["410 attempt-time-up", "409 attempt-closed"]);
            }
            Ending::HandsIn { after_due_ms, again } => {
                sleep_until(self.stage.due + SignedDuration::from_millis(after_due_ms)).await;
                // On a machine that is too slow for its learners some come too late; that is refused, and no error.
                let once = ["201", "410 attempt-time-up"];
                match again {
                    None => {
                        let answer = self.hand_in(&path, &first).await;
                        self.keep(&answer, &["201", "200", once[1]]);
                    }
                    Some(Again::AtOnce) => {
                        let both = future::join(self.hand_in(&path, &first), self.hand_in(&path, &first)).await;
                        self.keep(&both.0, &["201", "200", once[1]]);
                        self.keep(&both.1, &["201", "200", once[1]]);
                        self.compare_receipts();
                    }
                    Some(Again::Afterwards) => {
                        let answer = self.hand_in(&path, &first).await;
                        self.keep(&answer, &["201", "200", once[1]]);
                        tokio::time::sleep(AGAIN_AFTER).await;
                        let answer = self.hand_in(&path, &first).await;
                        self.keep(&answer, &["200", once[1]]);
                        self.compare_receipts();
                    }
                    Some(Again::AnotherOne) => {
                        let other = self.submission(&attempt.items, "b");
                        let both = future::join(self.hand_in(&path, &first), self.hand_in(&path, &other)).await;
                        let either = ["201", "200", "409 attempt-closed", once[1]];
                        self.keep(&both.0, &either);
                        self.keep(&both.1, &either);
                    }
                }
            }
        }
    }

    fn submission(&self, items: &[Item], name: &str) -> Submit {
        let id = format!("sim-{}-{}-{name}", self.seed, self.learner.index);
        let round = 1_000 + u32::from(name.as_bytes()[0]);
        Submit {
            submission_id: SubmissionId::parse(id).expect("numbers and words make an id"),
            answers: self.answers(items, round),
        }
    }

    fn answers(&self, items: &[Item], round: u32) -> Answers {
        plan::answers(items, self.seed, self.learner.index, round)
    }

    /// Hands in; where the answer leaves open what happened, again under the same id.
    async fn hand_in(&self, path: &str, submission: &Submit) -> Result<(u16, Receipt), Failed> {
        let mut tries = 1;
        loop {
            let answer = self.put(path, submission).await;
            let is_clear = match &answer {
                Ok(_) => true,
                Err(failed) => failed.refusal().is_some_and(|refused| refused.status < 500),
            };
            if is_clear || tries == HAND_INS_MAX {
                return answer;
            }
            tries += 1;
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }

    fn keep(&mut self, answer: &Result<(u16, Receipt), Failed>, expected: &[&str]) {
        let told = match answer {
            Ok((status, receipt)) => {
                self.witness.receipts.push(receipt.clone());
                status.to_string()
            }
            Err(Failed::Refused(refused)) => format!("{} {}", refused.status, refused.kind()),
            Err(_) => "no answer".to_owned(),
        };
        if !expected.contains(&told.as_str()) {
            let detail = answer.as_ref().err().map(ToString::to_string).unwrap_or_default();
            self.witness.unexpected.push(format!("learner {} was answered {told}. {detail}", self.learner.index));
        }
        self.witness.answers.push(told);
    }

    fn compare_receipts(&mut self) {
        if self.witness.receipts.windows(2).any(|pair| pair[0] != pair[1]) {
            let text = format!("learner {} got two receipts for one hand-in", self.learner.index);
            self.witness.unexpected.push(text);
        }
    }

    fn note(&mut self, what: &str, failed: &Failed) {
        self.witness.unexpected.push(format!("learner {}: {what} failed: {failed}", self.learner.index));
    }

    fn assessment(&self) -> String {
        format!("/api/enrolments/{}/assessments/{}", self.witness.enrolment, self.stage.assessment)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failed> {
        let _turn = self.turns.acquire().await;
        self.actor.session.get(path).await
    }

    async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<(u16, T), Failed> {
        let _turn = self.turns.acquire().await;
        self.actor.session.put_with_status(path, body).await
    }
}

async fn sleep_until(at: Timestamp) {
    let left = at.duration_since(stoa_runtime::clock::now());
    tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
}
