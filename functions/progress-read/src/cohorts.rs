//! Cohorts as those who run them see them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use stoa_api::bodies::{CohortResult, CohortResultStatus, CohortRow, CohortRows, CohortView, Cohorts, Instant};
use stoa_domain::cohort::Cohort;
use stoa_domain::content::NodeKind;
use stoa_domain::grading::GradeStatus;
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey};
use stoa_domain::principal::{Principal, Role};
use stoa_domain::progress::RowResult;
use stoa_domain::tree::Tree;
use stoa_http::{Call, Problem, cursor};
use stoa_service::failure::StoreError;
use stoa_service::reading::{PeopleReader, ProgressReader, Row};
use stoa_service::releases::Outlines;
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::ProgressRead;

/// Who sees a cohort.
const READERS: &[Role] = &[Role::Instructor, Role::Grader, Role::Admin];

/// What stands for a name that is not there: the row was read just before it went with its learner.
const ERASED: &str = "Erased person";

/// The cohorts that the caller's roles reach, by name.
pub async fn list(
    function: &ProgressRead<impl Engine, impl Objects>,
    principal: &Principal,
) -> Result<Cohorts, StoreError> {
    let all = function.store.cohorts(&principal.tenant).await?;
    let mut cohorts: Vec<CohortView> =
        all.into_iter().filter(|cohort| principal.holds_in(READERS, cohort.cohort.as_str())).map(view).collect();
    cohorts.sort_by(|left, right| (&left.name, &left.cohort).cmp(&(&right.name, &right.cohort)));
    Ok(Cohorts { cohorts })
}

/// One cohort.
pub async fn one(
    function: &ProgressRead<impl Engine, impl Objects>,
    principal: &Principal,
    cohort: &CohortId,
) -> Result<CohortView, Problem> {
    let cohort = function.store.cohort(&principal.tenant, cohort).await?;
    cohort.map(view).ok_or_else(Problem::not_found)
}

fn view(cohort: Cohort) -> CohortView {
    CohortView {
        cohort: cohort.cohort,
        name: cohort.name,
        course: cohort.course,
        course_title: cohort.course_title,
        release: cohort.release,
        zone: cohort.zone,
        deadlines: cohort.deadlines,
    }
}

/// A page of a cohort's rows: one query, and the names in one read of their own.
pub async fn rows(
    function: &ProgressRead<impl Engine, impl Objects>,
    principal: &Principal,
    call: &Call,
    cohort: &CohortId,
    now: Timestamp,
) -> Result<CohortRows, Problem> {
    let secret = &function.cursor_secret;
    let after = match call.query("cursor") {
        Some(text) => {
            let last = cursor::open(secret, principal, call.route(), cohort.as_str(), text)?;
            Some(EnrolmentId::parse(last).map_err(Problem::internal)?)
        }
        None => None,
    };
    let store = &function.store;
    store.cohort(&principal.tenant, cohort).await?.ok_or_else(Problem::not_found)?;
    let page = store.rows(&principal.tenant, cohort, after.as_ref()).await?;

    let people: Vec<PersonKey> = page.rows.iter().map(|row| row.person.clone()).collect();
    let people = store.people(&principal.tenant, &people).await?;
    let names: BTreeMap<PersonKey, String> = people.into_iter().map(|person| (person.person, person.name)).collect();

    let mut rows = Vec::with_capacity(page.rows.len());
    for row in page.rows {
        let tree = function.releases.tree(&principal.tenant, &row.release).await?;
        let tree = tree.ok_or_else(|| Problem::internal(format!("Release {} is not there", row.release)))?;
        let name = names.get(&row.person).map_or(ERASED, String::as_str).to_owned();
        rows.push(row_view(&tree, row, name));
    }
    let next = page.next.map(|last| cursor::seal(secret, principal, call.route(), cohort.as_str(), last.as_str()));
    Ok(CohortRows { as_of: Instant(now), rows, next })
}

fn row_view(tree: &Tree, row: Row, name: String) -> CohortRow {
    let assessments = tree.nodes().iter().filter(|node| node.kind == NodeKind::Assessment);
    let results = assessments.zip(&row.state.results).map(|(node, result)| CohortResult {
        node: node.id.clone(),
        status: status(result),
        points: result.points,
        points_max: result.points_max,
        attempts: result.attempts,
    });
    CohortRow {
        results: results.collect(),
        enrolment: row.enrolment,
        person: row.person,
        name,
        release: row.release,
        completed: row.state.completed,
        trackable: row.state.trackable,
        states: row.state.states,
        last_activity_at: row.state.last_activity_at.map(Instant::from_ms),
        sequence: row.state.sequence,
    }
}

fn status(result: &RowResult) -> CohortResultStatus {
    match result.status {
        None => CohortResultStatus::None,
        Some(GradeStatus::Scored) => CohortResultStatus::Scored,
        Some(GradeStatus::AwaitsPerson) => CohortResultStatus::AwaitsPerson,
    }
}
