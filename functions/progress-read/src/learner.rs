//! One learner's courses and progress.

use std::collections::BTreeMap;

use jiff::Timestamp;
use stoa_api::bodies::{
    AssessmentResults, AttemptResult, CohortRef, Due, Instant, MyEnrolment, MyEnrolments, NodeProgress, ProgressView,
};
use stoa_domain::cohort::{Cohort, Enrolment, EnrolmentStatus};
use stoa_domain::evaluation::{Evaluation, Verdict, evaluate, next_change_at};
use stoa_domain::fact::{Facts, GradeFact};
use stoa_domain::grading::GradeStatus;
use stoa_domain::id::{EnrolmentId, NodeId, TenantId};
use stoa_domain::principal::{Principal, Role};
use stoa_domain::tree::Tree;
use stoa_http::Problem;
use stoa_service::failure::StoreError;
use stoa_service::reading::ProgressReader;
use stoa_service::releases::Outlines;
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::ProgressRead;

/// The caller's active enrolments.
pub async fn enrolments(
    function: &ProgressRead<impl Engine, impl Objects>,
    principal: &Principal,
    now: Timestamp,
) -> Result<MyEnrolments, StoreError> {
    let ids = function.store.enrolments_of(&principal.tenant, &principal.person).await?;
    let views = ids.iter().map(|id| enrolment(function, &principal.tenant, id, now));
    let views = futures::future::try_join_all(views).await?;
    Ok(MyEnrolments { enrolments: views.into_iter().flatten().collect() })
}

async fn enrolment(
    function: &ProgressRead<impl Engine, impl Objects>,
    tenant: &TenantId,
    id: &EnrolmentId,
    now: Timestamp,
) -> Result<Option<MyEnrolment>, StoreError> {
    let store = &function.store;
    let Some(enrolment) = store.enrolment(tenant, id).await?.filter(|own| own.status == EnrolmentStatus::Active) else {
        return Ok(None);
    };
    let Some(cohort) = store.cohort(tenant, &enrolment.cohort).await? else { return Ok(None) };
    let Some(tree) = function.releases.tree(tenant, &enrolment.release).await? else { return Ok(None) };
    let standing = store.standing(tenant, id).await?;
    let evaluation = evaluate(&tree, &standing.progress.facts, now);
    let (completed, trackable) = evaluation.completed_of(&tree);
    let to_do = |at: &usize| evaluation.completion[*at] != Verdict::Met && !evaluation.locked[*at];
    Ok(Some(MyEnrolment {
        next_due: next_due(&tree, &evaluation, &cohort, now),
        continue_node: tree.trackable().find(to_do).map(|at| tree.nodes()[at].id.clone()),
        cohort: cohort_ref(&cohort),
        course_title: tree.outline().title.clone(),
        release: enrolment.release,
        enrolment: enrolment.enrolment,
        completed,
        trackable,
        as_of: standing.recorded_at.map(Instant::from_ms),
    }))
}

/// The nearest deadline ahead of an assessment that is not completed.
fn next_due(tree: &Tree, evaluation: &Evaluation, cohort: &Cohort, now: Timestamp) -> Option<Due> {
    let ahead = cohort.deadlines.keys().filter(|node| {
        tree.position(node).is_some_and(|at| !matches!(evaluation.completion[at], Verdict::Met | Verdict::Pending))
    });
    ahead.filter_map(|node| due(tree, cohort, node)).filter(|due| due.at.0 >= now).min_by_key(|due| due.at)
}

fn due(tree: &Tree, cohort: &Cohort, node: &NodeId) -> Option<Due> {
    Some(Due {
        title: tree.node(node)?.title.clone(),
        civil: cohort.deadlines.get(node)?.civil.to_string(),
        zone: cohort.zone.clone(),
        at: Instant(cohort.due(node)?),
        node: node.clone(),
    })
}

pub(crate) fn cohort_ref(cohort: &Cohort) -> CohortRef {
    CohortRef { id: cohort.cohort.clone(), name: cohort.name.clone(), zone: cohort.zone.clone() }
}

/// One learner's progress, for the learner and for those who run the cohort.
pub async fn progress(
    function: &ProgressRead<impl Engine, impl Objects>,
    principal: &Principal,
    id: &EnrolmentId,
    now: Timestamp,
) -> Result<ProgressView, Problem> {
    let store = &function.store;
    let tenant = &principal.tenant;
    let enrolment = store.enrolment(tenant, id).await?.filter(|enrolment| may_read(principal, enrolment));
    let enrolment = enrolment.ok_or_else(Problem::not_found)?;
    let cohort = store.cohort(tenant, &enrolment.cohort).await?.ok_or_else(Problem::not_found)?;
    let tree = function.releases.tree(tenant, &enrolment.release).await?.ok_or_else(Problem::not_found)?;
    let standing = store.standing(tenant, id).await?;

    let facts = &standing.progress.facts;
    let evaluation = evaluate(&tree, facts, now);
    let (completed, trackable) = evaluation.completed_of(&tree);
    Ok(ProgressView {
        cohort: cohort_ref(&cohort),
        nodes: nodes(&tree, facts, &evaluation),
        results: facts.grades.iter().map(|(assessment, grades)| (assessment.clone(), results(grades))).collect(),
        deadlines: cohort
            .deadlines
            .keys()
            .filter_map(|node| Some((node.clone(), due(&tree, &cohort, node)?)))
            .collect(),
        enrolment: enrolment.enrolment,
        person: enrolment.person,
        release: enrolment.release,
        sequence: standing.progress.sequence,
        as_of: standing.recorded_at.map(Instant::from_ms),
        next_change_at: next_change_at(&tree, facts, now).map(Instant),
        completed,
        trackable,
    })
}

fn may_read(principal: &Principal, enrolment: &Enrolment) -> bool {
    // A learner who is withdrawn reads no more than anybody else.
    (enrolment.person == principal.person && enrolment.status == EnrolmentStatus::Active)
        || principal.holds_in(&[Role::Instructor, Role::Admin], enrolment.cohort.as_str())
}

fn nodes(tree: &Tree, facts: &Facts, evaluation: &Evaluation) -> BTreeMap<NodeId, NodeProgress> {
    let node = |at: usize| {
        let node = &tree.nodes()[at];
        let progress = NodeProgress {
            verdict: evaluation.completion[at],
            locked: evaluation.locked[at],
            viewed: facts.viewed.contains_key(&node.id) || facts.reading.contains_key(&node.id),
            done: facts.done.contains_key(&node.id),
            completion: evaluation.explain_completion(tree, facts, at),
            access: evaluation.explain_access(tree, facts, at),
        };
        (node.id.clone(), progress)
    };
    (0..tree.nodes().len()).map(node).collect()
}

/// Grades that are not posted are not there.
fn results(grades: &BTreeMap<u32, GradeFact>) -> AssessmentResults {
    let posted = grades.iter().filter(|(_, grade)| grade.posted);
    AssessmentResults { attempts: posted.map(|(number, grade)| (*number, result(grade))).collect() }
}

fn result(grade: &GradeFact) -> AttemptResult {
    AttemptResult {
        status: grade.status,
        points: (grade.status == GradeStatus::Scored).then_some(grade.points),
        points_max: grade.points_max,
    }
}
