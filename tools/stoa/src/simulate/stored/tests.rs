//! What the services wrote is read whole, and judged as what it is.

use std::sync::Arc;

use stoa_domain::attempt::{AttemptState, GRACE_MS, Submission, instant};
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::grading;
use stoa_domain::id::{CohortId, PersonKey, ReleaseId, SubmissionId, TenantId};
use stoa_domain::item::{AnswerKeys, Answers};
use stoa_domain::tree::Tree;
use stoa_service::attempts::{AttemptRef, Inserted, Written};
use stoa_service::failure::StoreError;
use stoa_service::grading::GradeStore;
use stoa_service::projecting::project;
use stoa_service::releases::Outlines;
use stoa_store::engine::{Change, Write};
use stoa_testkit::{Faults, ModelStore};

use super::super::drive::Witness;
use super::super::verdict::{Evidence, judge};
use super::*;
use crate::course::{Course, draft};

const DUE: i64 = 1_800_000_000_000;

struct OneOutline(Arc<Tree>);

impl Outlines for OneOutline {
    async fn tree(&self, _: &TenantId, _: &ReleaseId) -> Result<Option<Arc<Tree>>, StoreError> {
        Ok(Some(self.0.clone()))
    }
}

fn stage() -> Stage {
    let course = Course::from_json(include_str!("../course.json")).expect("a course");
    let frozen = stoa_domain::release::freeze(&course.id, &draft(&course)).expect("it can be published");
    Stage {
        tenant: TenantId::parse("demo").expect("an id"),
        cohort: CohortId::parse("sim").expect("an id"),
        release: frozen.outline.release.clone(),
        tree: Tree::new(frozen.outline).expect("a tree"),
        assessment: NodeId::parse("final").expect("an id"),
        due: instant(DUE),
        civil: jiff::civil::date(2027, 1, 15).at(8, 0, 0, 0),
        enrolments: vec![EnrolmentId::parse("e1").expect("an id")],
    }
}

/// Hands in at `received_at`; grades and projects if it is accepted.
async fn hand_in(store: &Store<ModelStore>, stage: &Stage, name: &str, received_at: i64) -> Written {
    let [enrolment] = &stage.enrolments[..] else { panic!("one enrolment") };
    let at = AttemptRef {
        tenant: stage.tenant.clone(),
        enrolment: enrolment.clone(),
        assessment: stage.assessment.clone(),
        number: 1,
    };
    let id = SubmissionId::parse(name).expect("an id");
    let submission = Submission::new(id, Answers::new(), instant(received_at));
    let written = store.submit(&at, &person(), &submission).await.expect("an answer");
    if let Written::Stands(attempt) = &written {
        let waiting = GradeStore::waiting(store, &at).await.expect("an answer").expect("it waits for grading");
        let grade = grading::grade(&AnswerKeys::default(), &attempt.answers);
        store.record(&at, &grade, received_at, instant(received_at)).await.expect("it is recorded");
        GradeStore::clear(store, &at, &waiting.mark).await.expect("it is cleared");
        let grade = schema::grade(&stage.tenant, enrolment, &stage.assessment, 1, grade.revision).sk;
        let outlines = OneOutline(Arc::new(stage.tree.clone()));
        let told = [schema::ENROLMENT.to_owned(), grade];
        project(store, &outlines, &stage.tenant, enrolment, &told, instant(received_at))
            .await
            .expect("it is projected");
    }
    written
}

fn person() -> PersonKey {
    PersonKey::parse("p1").expect("an id")
}

/// One learner with an open attempt.
async fn opened(stage: &Stage) -> Store<ModelStore> {
    let store = Store::new(ModelStore::new(Faults::none()));
    let enrolment = Enrolment {
        enrolment: stage.enrolments[0].clone(),
        person: person(),
        cohort: stage.cohort.clone(),
        release: stage.release.clone(),
        cycle_no: 1,
        status: EnrolmentStatus::Active,
        enrolled_at: DUE - 60_000,
        rev: 0,
        left: vec![],
    };
    let key = schema::enrolment(&stage.tenant, &enrolment.enrolment);
    let mut item = record::item(&key, &enrolment);
    item.insert("work_pk".to_owned(), record::value(&schema::pending_pk(0)));
    item.insert("work_sk".to_owned(), record::value(&schema::work_sk(DUE - 60_000, "1")));
    let write =
        Write { table: Table::Learning, key, change: Change::Put(item), condition: None, values: record::no_values() };
    store.engine().write(write).await.expect("it is written");
    let attempt = Attempt {
        enrolment: enrolment.enrolment,
        assessment: stage.assessment.clone(),
        number: 1,
        person: person(),
        release: stage.release.clone(),
        state: AttemptState::Open,
        closed_reason: None,
        rev: 0,
        opened_at: DUE - 50_000,
        closes_at: DUE,
        accept_until: DUE + GRACE_MS,
        saved_at: None,
        answers: Answers::new(),
        digest: None,
        submission_id: None,
        received_at: None,
        suspended: false,
    };
    assert_eq!(store.insert(&stage.tenant, &attempt).await.expect("it is written"), Inserted::New);
    store
}

#[tokio::test]
async fn what_the_services_wrote_is_read_whole_and_found_in_order() {
    let stage = stage();
    let store = opened(&stage).await;
    let bar = ProgressBar::hidden();
    let before = read(&store, &stage, &bar).await.expect("it is read");
    assert_eq!(before[&stage.enrolments[0]].marks, 2, "the enrolment waits, and the attempt is open");

    let Written::Stands(attempt) = hand_in(&store, &stage, "s1", DUE + GRACE_MS).await else { panic!("it is in time") };
    let refused = hand_in(&store, &stage, "s2", DUE + GRACE_MS).await;
    assert!(matches!(refused, Written::Refused(Some(_))), "{refused:?}");

    let stored = read(&store, &stage, &bar).await.expect("it is read");
    let kept = &stored[&stage.enrolments[0]];
    assert_eq!((kept.attempts.len(), kept.grades.len(), kept.log.len(), kept.marks), (1, 1, 2, 0));
    let witness = Witness {
        enrolment: stage.enrolments[0].clone(),
        receipts: attempt.receipt().into_iter().collect(),
        draft: None,
        answers: Vec::new(),
        unexpected: Vec::new(),
    };
    let evidence = Evidence { tree: &stage.tree, witnesses: &[witness], stored: &stored, shown: &[] };
    let verdict = judge(&evidence);
    assert_eq!((verdict.accepted, verdict.in_grace, verdict.rows), (1, 1, 1));
    assert_eq!(verdict.unequal.len(), 1, "only the cohort page, of which there is none here: {verdict:#?}");
    assert!(
        verdict.lost.is_empty() && verdict.doubled.is_empty() && verdict.late.is_empty() && verdict.awaiting.is_empty()
    );
}
