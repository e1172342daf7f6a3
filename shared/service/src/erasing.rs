//! Erasing a person whose grace is over: everything that says who they were or what they did is taken away, and last of all
//! the person, whose key then leads nowhere.
//!
//! It may stop anywhere and is rung again: everything that is taken away can be taken away twice, each step finds what is
//! still needed for it, and the mark goes with the last one. Because something may be on its way while things are taken away
//! (a grade, a row, an archive), all of it is looked at a second time when nothing that began before can still be running.

use jiff::Timestamp;
use stoa_domain::audit::{Act, By, Entry, Subject};
use stoa_domain::erasure::{Erasure, SETTLE_MS, Step};
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey, TenantId};
use stoa_domain::person::Person;

use crate::failure::StoreError;
use crate::provisioning::AccountFailure;

/// An erasure as it was read, with its work mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The erasure.
    pub erasure: Erasure,
    /// The mark, of work that waits or is due; `None` if nothing is to be done any more.
    pub mark: Option<String>,
}

/// What erasing may do in the tables.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait EraseStore {
    /// An erasure with its mark, read consistently.
    async fn waiting(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Waiting>, StoreError>;

    /// From here on it cannot be taken back; `false` if it was taken back, or has begun.
    async fn begin(&self, tenant: &TenantId, person: &PersonKey, now: Timestamp) -> Result<bool, StoreError>;

    /// A person's enrolments with their cohorts.
    async fn enrolments(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<Vec<(EnrolmentId, CohortId)>, StoreError>;

    /// Takes away everything of an enrolment, and its rows of every generation.
    async fn clear_enrolment(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        cohort: &CohortId,
    ) -> Result<(), StoreError>;

    /// Takes away everything that a person was told, and what they want to be told.
    async fn clear_inbox(&self, tenant: &TenantId, person: &PersonKey) -> Result<(), StoreError>;

    /// Takes away a request for an archive.
    async fn clear_export(&self, tenant: &TenantId, person: &PersonKey) -> Result<(), StoreError>;

    /// Everything was taken away, and is to be looked at again from `settled_at` on; `false` if the mark is another one.
    async fn settle(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        mark: &str,
        settled_at: i64,
    ) -> Result<bool, StoreError>;

    /// The person, while they are there.
    async fn who(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError>;

    /// Makes sure that a subject signs in as this person and as nobody else; `false` if it signs in as somebody else.
    async fn claim(
        &self,
        issuer: &str,
        subject: &str,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<bool, StoreError>;

    /// Writes down a person's subject, so that its sign-in is found again when the account is gone.
    async fn note_subject(&self, tenant: &TenantId, person: &PersonKey, subject: &str) -> Result<(), StoreError>;

    /// Takes a sign-in away.
    async fn unlink(&self, issuer: &str, subject: &str) -> Result<(), StoreError>;

    /// Takes away the list of a person's enrolments.
    async fn clear_list(&self, tenant: &TenantId, person: &PersonKey) -> Result<(), StoreError>;

    /// Takes away the person and their address, leaves of the erasure that it is done, and tells the audit log: all, or nothing
    /// and `false` because the mark is another one.
    async fn finish(&self, person: &Person, mark: &str, entry: &Entry, now: Timestamp) -> Result<bool, StoreError>;
}

/// What erasing may do to accounts at the identity provider.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait ErasedAccounts {
    /// The subject of the account with this address; `None` if there is none.
    async fn subject(&self, email: &str) -> Result<Option<String>, AccountFailure>;

    /// Deletes the account. No account is as good as a deleted one.
    async fn delete(&self, email: &str) -> Result<(), AccountFailure>;
}

/// What erasing may do to archives.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Archives {
    /// Deletes a person's archive. No archive is as good as a deleted one.
    async fn delete(&self, tenant: &TenantId, person: &PersonKey) -> Result<(), StoreError>;
}

/// Why it has to be tried again.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EraseError {
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The identity provider did not do it.
    #[error(transparent)]
    Account(#[from] AccountFailure),
}

/// Everything that holds something of a person.
#[derive(Debug)]
pub struct Places<'a, S, R, A> {
    /// The tables.
    pub store: &'a S,
    /// The archives.
    pub archives: &'a R,
    /// The accounts.
    pub accounts: &'a A,
    /// The issuer of the accounts' tokens.
    pub issuer: &'a str,
}

/// Does what can be done now. Safe to run any number of times, at once, and to stop anywhere.
pub async fn erase<S: EraseStore, R: Archives, A: ErasedAccounts>(
    places: &Places<'_, S, R, A>,
    tenant: &TenantId,
    person: &PersonKey,
    now: Timestamp,
) -> Result<(), EraseError> {
    let store = places.store;
    let Some(mut found) = store.waiting(tenant, person).await? else { return Ok(()) };
    if found.erasure.step(now) == Step::Begin && store.begin(tenant, person, now).await? {
        let begun = store.waiting(tenant, person).await?;
        found = begun.ok_or(StoreError::Conflict)?;
    }
    let Waiting { erasure, mark: Some(mark) } = found else { return Ok(()) };
    match erasure.step(now) {
        // Not begun by this run: taken back, or another run is at it.
        Step::Nothing | Step::Begin => Ok(()),
        Step::Clear => {
            clear(places, tenant, person).await?;
            store.settle(tenant, person, &mark, now.as_millisecond() + SETTLE_MS).await?;
            Ok(())
        }
        Step::Finish => {
            clear(places, tenant, person).await?;
            // Without a person another run has finished.
            let Some(found) = store.who(tenant, person).await? else { return Ok(()) };
            let found = end_account(places, found).await?;
            store.clear_list(tenant, person).await?;
            // Nobody's request does this: it is what was asked for then.
            let request = format!("erasure-{}", erasure.asked_at);
            let by = By { actor: Some(erasure.asked_by), request, at: now };
            let entry = by.did(Act::Erased, Subject::person(person), None);
            store.finish(&found, &mark, &entry, now).await?;
            Ok(())
        }
    }
}

async fn clear<S: EraseStore, R: Archives, A: ErasedAccounts>(
    places: &Places<'_, S, R, A>,
    tenant: &TenantId,
    person: &PersonKey,
) -> Result<(), EraseError> {
    // The request first: nobody makes an archive without one.
    places.store.clear_export(tenant, person).await?;
    places.archives.delete(tenant, person).await?;
    for (enrolment, cohort) in places.store.enrolments(tenant, person).await? {
        places.store.clear_enrolment(tenant, &enrolment, &cohort).await?;
    }
    // After the enrolments: what a grade or a date has to say is said from there.
    places.store.clear_inbox(tenant, person).await?;
    Ok(())
}

/// Ends the account, if it is this person's: the address may sign in to another organisation.
async fn end_account<S: EraseStore, R: Archives, A: ErasedAccounts>(
    places: &Places<'_, S, R, A>,
    mut person: Person,
) -> Result<Person, EraseError> {
    let Places { store, accounts, issuer, .. } = *places;
    if let Some(subject) = accounts.subject(&person.email).await? {
        let is_known = person.subject.as_ref() == Some(&subject);
        // Provisioning may have been cut off after it made the account: then the table does not know the subject yet.
        if is_known || store.claim(issuer, &subject, &person.tenant, &person.person).await? {
            if !is_known {
                store.note_subject(&person.tenant, &person.person, &subject).await?;
                person.subject = Some(subject);
            }
            accounts.delete(&person.email).await?;
        }
    }
    if let Some(subject) = &person.subject {
        store.unlink(issuer, subject).await?;
    }
    Ok(person)
}
