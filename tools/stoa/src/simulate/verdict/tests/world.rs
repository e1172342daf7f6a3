//! A world in which all is well, to be broken.

use std::collections::BTreeMap;

use jiff::Timestamp;
use stoa_api::bodies::{CohortResult, CohortResultStatus, CohortRow, Instant};
use stoa_domain::attempt::{Attempt, AttemptState, ClosedReason, instant};
use stoa_domain::fact::{Fact, GradeFact};
use stoa_domain::grading::{Grade, GradeStatus};
use stoa_domain::id::{EnrolmentId, NodeId, PersonKey, ReleaseId, SubmissionId};
use stoa_domain::item::Answers;
use stoa_domain::progress::{self, Progress};
use stoa_domain::tree::Tree;

use super::super::super::drive::{SavedDraft, Witness};
use super::super::super::stored::{Kept, KeptGrade};
use super::super::*;
use crate::course::{Course, draft};

pub const DUE: i64 = 1_800_000_000_000;
pub const DIGEST: &str = "d1";

pub struct World {
    pub tree: Tree,
    pub witnesses: Vec<Witness>,
    pub stored: BTreeMap<EnrolmentId, Kept>,
    pub shown: Vec<CohortRow>,
}

impl World {
    /// One learner who handed in, and one whose draft was handed in by time.
    pub fn in_order() -> World {
        let course = Course::from_json(include_str!("../../course.json")).expect("a course");
        let frozen = stoa_domain::release::freeze(&course.id, &draft(&course)).expect("it can be published");
        let tree = Tree::new(frozen.outline).expect("a tree");
        let mut world = World { tree, witnesses: Vec::new(), stored: BTreeMap::new(), shown: Vec::new() };
        world.add("handed-in", ClosedReason::HandedIn);
        world.add("by-time", ClosedReason::TimeUp);
        world
    }

    fn add(&mut self, name: &str, reason: ClosedReason) {
        let enrolment = EnrolmentId::parse(name).expect("an id");
        let is_handed_in = reason == ClosedReason::HandedIn;
        let attempt = Attempt {
            enrolment: enrolment.clone(),
            assessment: assessment(),
            number: 1,
            person: PersonKey::parse("p").expect("an id"),
            release: ReleaseId::parse("r").expect("an id"),
            state: AttemptState::Closed,
            closed_reason: Some(reason),
            rev: 2,
            opened_at: DUE - 60_000,
            closes_at: DUE,
            accept_until: DUE + 30_000,
            saved_at: Some(DUE - 30_000),
            answers: Answers::new(),
            digest: Some(DIGEST.to_owned()),
            submission_id: is_handed_in.then(|| SubmissionId::parse("s1").expect("an id")),
            received_at: is_handed_in.then_some(DUE - 1_000),
            suspended: false,
        };
        let grade =
            Grade { status: GradeStatus::Scored, points: 500, points_max: 1_250, revision: 1, items: BTreeMap::new() };
        let facts = [Fact::Enrolled { at: instant(DUE - 90_000) }, fact(&grade)];
        let now: Timestamp = instant(DUE + 1_000);
        let (progress, log) = progress::sequence(&Progress::default(), &facts, now).expect("events");
        let row = progress::row(&self.tree, &progress, now);
        let receipts = attempt.receipt().filter(|_| is_handed_in).into_iter().collect();
        let draft = Some(SavedDraft { attempt: 1, rev: 2, digest: DIGEST.to_owned() });
        self.witnesses.push(Witness {
            enrolment: enrolment.clone(),
            receipts,
            draft,
            answers: Vec::new(),
            unexpected: Vec::new(),
        });
        self.shown.push(shown(&enrolment, &row));
        let grades = vec![KeptGrade { assessment: assessment(), attempt: 1, grade }];
        self.stored
            .insert(enrolment, Kept { attempts: vec![attempt], grades, log, progress, row: Some(row), marks: 0 });
    }

    pub fn kept(&mut self, name: &str) -> &mut Kept {
        self.stored.get_mut(&EnrolmentId::parse(name).expect("an id")).expect("it is stored")
    }

    pub fn attempt(&mut self, name: &str) -> &mut Attempt {
        &mut self.kept(name).attempts[0]
    }

    pub fn judge(&self) -> Verdict {
        judge(&Evidence { tree: &self.tree, witnesses: &self.witnesses, stored: &self.stored, shown: &self.shown })
    }

    /// The one kind of finding that this world gives.
    #[track_caller]
    pub fn only_finding(&self) -> (&'static str, String) {
        let verdict = self.judge();
        let found: Vec<_> = verdict.findings().into_iter().filter(|(_, findings)| !findings.is_empty()).collect();
        assert!(!verdict.is_clean());
        assert_eq!(found.len(), 1, "{verdict:#?}");
        (found[0].0, found[0].1[0].what.clone())
    }
}

pub fn assessment() -> NodeId {
    NodeId::parse("final").expect("an id")
}

pub fn fact(grade: &Grade) -> Fact {
    let Grade { status, points, points_max, revision, .. } = *grade;
    let submitted_at = instant(DUE - 1_000);
    let grade = GradeFact { revision, posted: true, status, points, points_max, submitted_at };
    Fact::Graded { assessment: assessment(), attempt: 1, grade }
}

pub fn shown(enrolment: &EnrolmentId, row: &RowState) -> CohortRow {
    let result = |result: &stoa_domain::progress::RowResult| CohortResult {
        node: assessment(),
        status: CohortResultStatus::Scored,
        points: result.points,
        points_max: result.points_max,
        attempts: result.attempts,
    };
    CohortRow {
        enrolment: enrolment.clone(),
        person: PersonKey::parse("p").expect("an id"),
        name: "Lena".to_owned(),
        release: ReleaseId::parse("r").expect("an id"),
        completed: row.completed,
        trackable: row.trackable,
        states: row.states.clone(),
        results: row.results.iter().map(result).collect(),
        withdrawn: row.withdrawn,
        last_activity_at: row.last_activity_at.map(Instant::from_ms),
        sequence: row.sequence,
    }
}
