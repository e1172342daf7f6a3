//! Cohorts: who takes which Release together, and until when.

mod membership;
mod roll;

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use stoa_domain::attempt::Attempt;
use stoa_domain::audit::{self, Act, By, Entry, Subject};
use stoa_domain::cohort::{Cohort, Enrolment, EnrolmentStatus, enrolment_id};
use stoa_domain::content::{NodeKind, TITLE_CHARS_MAX};
use stoa_domain::deadline;
use stoa_domain::id::{CohortId, CourseId, EnrolmentId, PersonKey, TenantId};
use stoa_domain::line;
use stoa_domain::notification::agenda::Agenda;
use stoa_domain::person::{Person, PersonState};
use stoa_domain::release::Finding;

use crate::failure::StoreError;
use crate::releases::Outlines;

pub use membership::{move_to, reinstate, withdraw};
pub use roll::{LINES_MAX, Listed, RollLine, roll};

/// How many people are read, or enrolments written, at once.
const AT_ONCE: usize = 8;
/// Nobody is enrolled in a cohort a second time yet.
const FIRST_CYCLE: u32 = 1;
/// How often a change that met another one is decided anew.
const ROUNDS_MAX: usize = 5;

/// What running cohorts may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait CohortStore {
    /// A cohort.
    async fn cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError>;

    /// What a cohort's members are still to be told; the empty agenda if nothing ever was.
    async fn told_of(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Agenda, StoreError>;

    /// Makes a cohort, or writes it over the revision before, with the audit log's entry and what follows for its members: the
    /// agenda over that of the revision before, and when somebody has to look at it. `false` if somebody was faster.
    async fn put_cohort(
        &self,
        tenant: &TenantId,
        cohort: &Cohort,
        agenda: &Agenda,
        due_at: Option<i64>,
        entry: &Entry,
    ) -> Result<bool, StoreError>;

    /// Writes an enrolment, marked for the projector, the learner's place in the cohort, and the audit log's entry: all, or
    /// nothing and `false` because the learner has a place already.
    async fn enrol(
        &self,
        tenant: &TenantId,
        enrolment: &Enrolment,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// An enrolment.
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError>;

    /// The enrolment that has a person's place in a cohort, even if it was moved away.
    async fn placed(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        cohort: &CohortId,
    ) -> Result<Option<Enrolment>, StoreError>;

    /// The open attempts of an enrolment, without large answers.
    async fn open_attempts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Vec<Attempt>, StoreError>;

    /// Changes an enrolment, marked for the projector, takes the place it moves to, suspends open attempts or takes them up
    /// again, and writes the audit log's entry: all, or nothing and `false` because something has changed meanwhile.
    async fn change_enrolment(&self, tenant: &TenantId, change: EnrolmentChange<'_>) -> Result<bool, StoreError>;

    /// Whether a course is there.
    async fn has_course(&self, tenant: &TenantId, course: &CourseId) -> Result<bool, StoreError>;
}

/// A change of an enrolment, as it was decided on what was read.
#[derive(Debug, Clone, Copy)]
pub struct EnrolmentChange<'a> {
    /// How it is to be; it follows the revision before its own.
    pub next: &'a Enrolment,
    /// Attempts that are suspended if the learner leaves, and taken up again if they come back.
    pub open: &'a [Attempt],
    /// What the audit log says of it.
    pub entry: &'a Entry,
    /// When.
    pub now: Timestamp,
}

/// Reads people one by one.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Members {
    /// A person.
    async fn member(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError>;

    /// Who has an address.
    async fn addressed(&self, tenant: &TenantId, email: &str) -> Result<Option<Person>, StoreError>;
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
    by: &By,
) -> Result<Cohort, CohortError> {
    let mut findings = Vec::new();
    let name = cohort.name.trim();
    findings.extend(line::flaw(name, TITLE_CHARS_MAX).map(|flaw| finding("/name", flaw)));
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

    for _ in 0..ROUNDS_MAX {
        let before = store.cohort(tenant, &cohort.cohort).await?;
        if before.as_ref().is_some_and(|before| before.course != cohort.course) {
            return Err(CohortError::NotPossible("A cohort keeps the course it was made for. Make another cohort."));
        }
        cohort.rev = before.as_ref().map_or(0, |before| before.rev + 1);
        let changes = audit::of_cohort(before.as_ref(), &cohort);
        if let Some(before) = before.as_ref().filter(|_| changes.is_empty()) {
            return Ok(before.clone());
        }
        let act = if before.is_none() { Act::CohortMade } else { Act::CohortChanged };
        let subject = Subject { course: Some(cohort.course.clone()), ..Subject::cohort(&cohort.cohort) };
        let now_ms = by.at.as_millisecond();
        let agenda = store.told_of(tenant, &cohort.cohort).await?.changed(before.as_ref(), &cohort, now_ms);
        let due_at = agenda.due_at(&cohort, now_ms);
        if store.put_cohort(tenant, &cohort, &agenda, due_at, &by.did(act, subject, changes)).await? {
            return Ok(cohort);
        }
    }
    Err(StoreError::Conflict.into())
}

/// What came of enrolling somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enrolling {
    /// They are new.
    New,
    /// They were there.
    Already,
    /// They were there, and are withdrawn: they can be taken back.
    Withdrawn,
    /// They were there, and have been moved to another cohort of the course.
    MovedAway,
}

/// How an enrolment that has a place in a cohort stands there.
fn standing(enrolment: &Enrolment, cohort: &CohortId) -> Enrolling {
    if enrolment.cohort != *cohort {
        return Enrolling::MovedAway;
    }
    match enrolment.status {
        EnrolmentStatus::Withdrawn => Enrolling::Withdrawn,
        EnrolmentStatus::Active => Enrolling::Already,
    }
}

/// Enrols people in a cohort. Whoever is enrolled stays as they are, so repeating an interrupted request finishes it.
///
/// Returns the enrolments in the order of the people, each with how it stands.
pub async fn enrol(
    store: &impl CohortStore,
    members: &impl Members,
    tenant: &TenantId,
    cohort: &CohortId,
    people: &[PersonKey],
    by: &By,
) -> Result<Vec<(EnrolmentId, Enrolling)>, CohortError> {
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
            enrolled_at: by.at.as_millisecond(),
            rev: 0,
            left: Vec::new(),
        };
        let entry = by.did(Act::Enrolled, about(&enrolment), []);
        if store.enrol(tenant, &enrolment, &entry, by.at).await? {
            return Ok((enrolment.enrolment, Enrolling::New));
        }
        // Whoever has the place is there for good; only a store that lost it could say otherwise.
        let placed = store.placed(tenant, person, &cohort.cohort).await?.ok_or(StoreError::Conflict)?;
        let how = standing(&placed, &cohort.cohort);
        Ok::<_, StoreError>((placed.enrolment, how))
    });
    Ok(enrolments.buffered(AT_ONCE).try_collect().await?)
}

/// An enrolment, as an audit entry names it.
fn about(enrolment: &Enrolment) -> Subject {
    let Enrolment { person, enrolment, cohort, .. } = enrolment.clone();
    Subject { enrolment: Some(enrolment), cohort: Some(cohort), ..Subject::person(&person) }
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
