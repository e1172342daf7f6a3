//! Going round the members of a cohort, page by page, from a stored place.

use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use stoa_domain::cohort::Cohort;
use stoa_domain::id::{CohortId, EnrolmentId, TenantId};
use stoa_domain::notification::agenda::{Agenda, Round, Subject};
use stoa_domain::notification::{self, About, DueDate, Notice, Part};
use stoa_domain::tree::Tree;

use super::audience::{self, AudienceStore};
use super::{EARLY_MS, Message};
use crate::failure::StoreError;
use crate::releases::Outlines;

/// How many members a page has: what one process may do again after a crash.
pub const PAGE_MAX: u32 = 50;
/// How many members are told at once.
const AT_ONCE: usize = 8;
/// How often an agenda that somebody else changed is read again before the queue is asked to come back.
const CONFLICTS_MAX: usize = 5;

/// A page of a cohort's members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    /// In order of their enrolments.
    pub enrolments: Vec<EnrolmentId>,
    /// Whether others come after them.
    pub more: bool,
}

/// What going round may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait RoundStore: AudienceStore {
    /// What a cohort's members are still to be told; `None` if nothing ever was.
    async fn agenda(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Agenda>, StoreError>;

    /// Writes the next agenda over that of the revision before, and when somebody has to look at it; `false` if somebody was
    /// faster.
    async fn put_agenda(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        next: &Agenda,
        due_at: Option<i64>,
    ) -> Result<bool, StoreError>;

    /// A page of a cohort's members. It may lag.
    async fn members_after(
        &self,
        tenant: &TenantId,
        cohort: &CohortId,
        after: Option<&EnrolmentId>,
        page_max: u32,
    ) -> Result<Members, StoreError>;

    /// Writes a message, once; `false` if it is there already.
    async fn tell_one(&self, message: &Message, now: Timestamp) -> Result<bool, StoreError>;
}

/// Tells a cohort's members what is due, until nothing is due any more; how many were told. Safe to run any number of times,
/// at once, and to stop anywhere: the next run goes on from the stored place, and nobody is told the same twice.
pub async fn go(
    store: &impl RoundStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    cohort: &CohortId,
    now: impl Fn() -> Timestamp,
) -> Result<usize, StoreError> {
    let (mut told, mut conflicts) = (0, 0);
    let mut mine: Option<Agenda> = None;
    loop {
        let Some(calendar) = store.calendar(tenant, cohort).await? else { return Ok(told) };
        let Some(agenda) = store.agenda(tenant, cohort).await? else { return Ok(told) };
        let now_ms = now().as_millisecond();
        // A round that this very run goes on with needs no lease that is over.
        let round = agenda.round.clone().filter(|_| mine.as_ref() == Some(&agenda));
        let next = match &round {
            None => match agenda.begun(&calendar, now_ms + EARLY_MS) {
                Some(begun) => begun,
                None => return Ok(told),
            },
            Some(round) => {
                let page = store.members_after(tenant, cohort, round.after.as_ref(), PAGE_MAX).await?;
                told += tell_page(store, outlines, tenant, &calendar, round, &page.enrolments, now()).await?;
                agenda.advanced(page.enrolments.last().filter(|_| page.more).cloned(), now_ms)
            }
        };
        let due_at = next.due_at(&calendar, now_ms);
        if store.put_agenda(tenant, cohort, &next, due_at).await? {
            mine = Some(next);
        } else {
            mine = None;
            conflicts += 1;
            if conflicts > CONFLICTS_MAX {
                return Err(StoreError::Conflict);
            }
        }
    }
}

async fn tell_page(
    store: &impl RoundStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    cohort: &Cohort,
    round: &Round,
    members: &[EnrolmentId],
    now: Timestamp,
) -> Result<usize, StoreError> {
    let tell = async |member: &EnrolmentId| match tell_member(store, outlines, tenant, cohort, round, member, now).await
    {
        // What cannot be read for one member must not keep the others from being told, now and in every later round.
        Err(failure @ StoreError::Corrupt { .. }) => {
            tracing::error!(enrolment = %member, cause = %failure, "a member could not be told");
            Ok(Err(failure))
        }
        outcome => outcome.map(Ok),
    };
    let told: Vec<Result<bool, StoreError>> =
        stream::iter(members).map(tell).buffer_unordered(AT_ONCE).try_collect().await?;
    // What cannot be read for any of the first is the cohort's own: it waits until somebody has mended it. A later page may
    // have no more than one member.
    if round.after.is_none()
        && told.iter().all(Result::is_err)
        && let Some(failure) = told.iter().find_map(|told| told.as_ref().err().cloned())
    {
        return Err(failure);
    }
    Ok(told.into_iter().filter(|told| *told == Ok(true)).count())
}

async fn tell_member(
    store: &impl RoundStore,
    outlines: &impl Outlines,
    tenant: &TenantId,
    cohort: &Cohort,
    round: &Round,
    member: &EnrolmentId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let enrolment = store.enrolled(tenant, member).await?.filter(|enrolment| enrolment.cohort == cohort.cohort);
    let Some(enrolment) = enrolment else { return Ok(false) };
    let Some(tree) = outlines.tree(tenant, &enrolment.release).await? else { return Ok(false) };
    let is_current = enrolment.release == cohort.release;
    let Some(notice) = notice(&round.subject, member, &tree, cohort, is_current) else { return Ok(false) };
    let (audience, _) = audience::of(store, tenant, &notice).await?;
    let id = notification::notification_id(round.at, member, notice.kind(), &occasion(&round.subject));
    match Message::to(tenant, id, notice, &audience, now) {
        Some(message) => store.tell_one(&message, now).await,
        None => Ok(false),
    }
}

/// What tells a round from others of its kind and time.
fn occasion(subject: &Subject) -> String {
    match subject {
        Subject::Due { assessment, due_at } => format!("{assessment}#{due_at}"),
        Subject::Updated { .. } => String::new(),
    }
}

/// What a round says to one member; `None` if it does not concern them. Learners keep the Release they began with: new
/// contents are news only to those who have them.
fn notice(
    subject: &Subject,
    member: &EnrolmentId,
    tree: &Tree,
    cohort: &Cohort,
    has_current_release: bool,
) -> Option<Notice> {
    let course = About { enrolment: member.clone(), title: tree.outline().title.clone() };
    let zone = cohort.zone.clone();
    match subject {
        Subject::Due { assessment, due_at } => {
            let (due, _) =
                notification::named(tree, &[assessment.clone()].into(), |part| DueDate { part, at: Some(*due_at) });
            Some(Notice::AssessmentDue { course, due: due.into_iter().next()?, zone })
        }
        Subject::Updated { deadlines, release } => {
            let date = |part: Part| DueDate { at: cohort.due(&part.node).map(Timestamp::as_millisecond), part };
            let (due, more) = notification::named(tree, deadlines, date);
            let contents = *release && has_current_release;
            (contents || !due.is_empty()).then_some(Notice::CourseUpdated { course, due, more, contents, zone })
        }
    }
}

#[cfg(test)]
mod tests;
