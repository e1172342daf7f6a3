//! Cohorts: who takes which Release together, and until when.

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use stoa_domain::cohort::{Cohort, Enrolment, EnrolmentStatus, enrolment_id};
use stoa_domain::content::{NodeKind, TITLE_CHARS_MAX};
use stoa_domain::deadline;
use stoa_domain::id::{CohortId, CourseId, EnrolmentId, PersonKey, TenantId};
use stoa_domain::notification::agenda::Agenda;
use stoa_domain::person::{Person, PersonState};
use stoa_domain::release::Finding;

use crate::failure::StoreError;
use crate::releases::Outlines;

/// How many people are read, or enrolments written, at once.
const AT_ONCE: usize = 8;
/// Nobody is enrolled in a cohort a second time yet.
const FIRST_CYCLE: u32 = 1;
/// How often a change that met another one is decided anew.
const ROUNDS_MAX: usize = 5;

/// What came of writing a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is written.
    Written,
    /// It was made for another course, and stays as it is.
    OfAnotherCourse,
    /// Its agenda was changed by somebody else; nothing was written.
    Overtaken,
}

/// What running cohorts may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait CohortStore {
    /// A cohort.
    async fn cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError>;

    /// What a cohort's members are still to be told; the empty agenda if nothing ever was.
    async fn told_of(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Agenda, StoreError>;

    /// Makes or replaces a cohort and writes what follows from it for its members, together: the agenda over that of the
    /// revision before, and when somebody has to look at it.
    async fn put_cohort(
        &self,
        tenant: &TenantId,
        cohort: &Cohort,
        agenda: &Agenda,
        due_at: Option<i64>,
    ) -> Result<Put, StoreError>;

    /// Writes an enrolment, marked for the projector, and its line in the learner's list: both, or nothing and `false`
    /// because it is there already.
    async fn enrol(&self, tenant: &TenantId, enrolment: &Enrolment, now: Timestamp) -> Result<bool, StoreError>;

    /// Whether a course is there.
    async fn has_course(&self, tenant: &TenantId, course: &CourseId) -> Result<bool, StoreError>;
}

/// Reads people one by one.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Members {
    /// A person.
    async fn member(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError>;
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CohortError {
    /// There is no such cohort.
    #[error("not found")]
    NotFound,
    /// Some values are not acceptable: which, as pointers into the request's body.
    #[error("{} values are not acceptable", .0.len())]
    Invalid(Vec<Finding>),
    /// The cohort as it stands does not allow it.
    #[error("{0}")]
    NotPossible(&'static str),
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn finding(pointer: impl Into<String>, detail: impl Into<String>) -> Finding {
    Finding { pointer: pointer.into(), detail: detail.into() }
}

/// Makes a cohort, or changes its name, Release and dates; its title comes from the Release. Its members are told of what
/// concerns them.
///
/// A cohort keeps its course: what its learners have done counts nowhere else. Learners keep the Release they began with.
pub async fn put(
    store: &impl CohortStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    mut cohort: Cohort,
    now: Timestamp,
) -> Result<Cohort, CohortError> {
    let mut findings = Vec::new();
    let name = cohort.name.trim();
    if name.is_empty() || name.chars().count() > TITLE_CHARS_MAX || name.contains(char::is_control) {
        findings.push(finding("/name", format!("A name has 1 to {TITLE_CHARS_MAX} characters on one line.")));
    }
    if let Err(unknown) = deadline::zone(&cohort.zone) {
        findings.push(finding("/zone", format!("{unknown}.")));
    }
    let tree = outlines.tree(tenant, &cohort.release).await?.filter(|tree| tree.outline().course == cohort.course);
    match &tree {
        None if !store.has_course(tenant, &cohort.course).await? => {
            findings.push(finding("/course", "There is no such course."));
        }
        None => findings.push(finding("/release", "The course has no such Release.")),
        Some(tree) => {
            let is_assessment = |node| tree.node(node).is_some_and(|node| node.kind == NodeKind::Assessment);
            let others = cohort.deadlines.keys().filter(|node| !is_assessment(node));
            let detail = "The Release has no such assessment.";
            findings.extend(others.map(|node| finding(format!("/deadlines/{node}"), detail)));
        }
    }
    let Some(tree) = tree.filter(|_| findings.is_empty()) else { return Err(CohortError::Invalid(findings)) };
    cohort.name = name.to_owned();
    cohort.course_title = tree.outline().title.clone();

    let now_ms = now.as_millisecond();
    for _ in 0..ROUNDS_MAX {
        let before = store.cohort(tenant, &cohort.cohort).await?;
        let agenda = store.told_of(tenant, &cohort.cohort).await?.changed(before.as_ref(), &cohort, now_ms);
        match store.put_cohort(tenant, &cohort, &agenda, agenda.due_at(&cohort, now_ms)).await? {
            Put::Written => return Ok(cohort),
            Put::OfAnotherCourse => {
                let why = "A cohort keeps the course it was made for. Make another cohort.";
                return Err(CohortError::NotPossible(why));
            }
            Put::Overtaken => {}
        }
    }
    Err(StoreError::Conflict.into())
}

/// Enrols people in a cohort. Whoever is enrolled stays as they are, so repeating an interrupted request finishes it.
///
/// Returns the enrolments in the order of the people, each with whether it is new.
pub async fn enrol(
    store: &impl CohortStore,
    members: &impl Members,
    tenant: &TenantId,
    cohort: &CohortId,
    people: &[PersonKey],
    now: Timestamp,
) -> Result<Vec<(EnrolmentId, bool)>, CohortError> {
    let cohort = store.cohort(tenant, cohort).await?.ok_or(CohortError::NotFound)?;
    let found: Vec<Option<Person>> =
        stream::iter(people).map(|person| members.member(tenant, person)).buffered(AT_ONCE).try_collect().await?;
    let findings = unfit(people, &found);
    if !findings.is_empty() {
        return Err(CohortError::Invalid(findings));
    }

    let enrolments = stream::iter(people).map(async |person| {
        let enrolment = Enrolment {
            enrolment: enrolment_id(&cohort.cohort, person, FIRST_CYCLE),
            person: person.clone(),
            cohort: cohort.cohort.clone(),
            release: cohort.release.clone(),
            cycle_no: FIRST_CYCLE,
            status: EnrolmentStatus::Active,
            enrolled_at: now.as_millisecond(),
        };
        let is_new = store.enrol(tenant, &enrolment, now).await?;
        Ok::<_, StoreError>((enrolment.enrolment, is_new))
    });
    Ok(enrolments.buffered(AT_ONCE).try_collect().await?)
}

/// Who of these cannot be enrolled, and why not.
fn unfit(people: &[PersonKey], found: &[Option<Person>]) -> Vec<Finding> {
    let detail = |at: usize| {
        if people[..at].contains(&people[at]) {
            return Some("This person is named twice.");
        }
        match found[at].as_ref().map(|person| person.state) {
            None => Some("There is no such person."),
            Some(PersonState::Deactivated | PersonState::Erasing) => Some("This person's access has ended."),
            Some(PersonState::Invited | PersonState::Active) => None,
        }
    };
    (0..people.len()).filter_map(|at| Some(finding(format!("/people/{at}"), detail(at)?))).collect()
}
