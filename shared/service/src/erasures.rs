//! Asking that a person be erased, and taking it back while that is possible.

use stoa_domain::audit::{Act, By, Entry, Subject};
use stoa_domain::erasure::{Erasure, Stage};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::Person;

use crate::failure::StoreError;

/// How often a decision that met another one is made anew.
const ROUNDS_MAX: usize = 5;

/// What asking for an erasure may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait ErasureStore {
    /// A person.
    async fn who(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError>;

    /// What was asked for last, if anything was.
    async fn erasure(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Erasure>, StoreError>;

    /// How many courses a person is or was enrolled in.
    async fn enrolment_count(&self, tenant: &TenantId, person: &PersonKey) -> Result<usize, StoreError>;

    /// Writes a request, due when it becomes final, ends the person's access, and tells the audit log: all, or nothing and
    /// `false` because the person or the administrator who asks is not as they were read.
    async fn ask(
        &self,
        tenant: &TenantId,
        erasure: &Erasure,
        asker: &Person,
        entry: &Entry,
    ) -> Result<bool, StoreError>;

    /// Takes a request back, gives the person's state back, and tells the audit log: all, or nothing and `false` because it
    /// has begun, or was taken back already, or the administrator who asks is not as they were read.
    async fn take_back(
        &self,
        tenant: &TenantId,
        erasure: &Erasure,
        asker: &Person,
        by: &By,
        entry: &Entry,
    ) -> Result<bool, StoreError>;
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ErasureError {
    /// There is no such person, or nothing was asked for.
    #[error("not found")]
    NotFound,
    /// Whoever asks is no administrator, whatever their token says.
    #[error("whoever asks is no administrator")]
    NotAdministrator,
    /// As things stand it cannot be done.
    #[error("{0}")]
    NotPossible(&'static str),
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks that a person be erased. Their access ends now; the rest goes when the grace is over. Asking again changes nothing.
///
/// Nobody erases themselves, and whoever asks must still be an administrator when it is written down: so an organisation
/// always keeps one.
pub async fn ask(
    store: &impl ErasureStore,
    tenant: &TenantId,
    person: &PersonKey,
    by: &By,
) -> Result<Erasure, ErasureError> {
    let me = by.actor.as_ref().ok_or(ErasureError::NotAdministrator)?;
    if person == me {
        return Err(ErasureError::NotPossible("You cannot erase yourself. Another administrator can."));
    }
    let entry = by.did(Act::ErasureAsked, Subject::person(person), None);
    for _ in 0..ROUNDS_MAX {
        let stood = store.erasure(tenant, person).await?.filter(|stood| stood.stage != Stage::Cancelled);
        if let Some(stood) = stood {
            return Ok(stood);
        }
        let found = store.who(tenant, person).await?.ok_or(ErasureError::NotFound)?;
        let asker = asker(store, tenant, me).await?;
        let erasure = Erasure::asked(person.clone(), found.state, me.clone(), by.at);
        if store.ask(tenant, &erasure, &asker, &entry).await? {
            return Ok(erasure);
        }
    }
    Err(StoreError::Conflict.into())
}

async fn asker(store: &impl ErasureStore, tenant: &TenantId, me: &PersonKey) -> Result<Person, ErasureError> {
    let found = store.who(tenant, me).await?;
    found.filter(Person::is_administrator).ok_or(ErasureError::NotAdministrator)
}

/// Takes an erasure back that has not begun. Taking it back again changes nothing. Nobody takes their own back.
pub async fn take_back(
    store: &impl ErasureStore,
    tenant: &TenantId,
    person: &PersonKey,
    by: &By,
) -> Result<Erasure, ErasureError> {
    let me = by.actor.as_ref().ok_or(ErasureError::NotAdministrator)?;
    if person == me {
        return Err(ErasureError::NotPossible("You cannot take your own erasure back. Another administrator can."));
    }
    let entry = by.did(Act::ErasureTakenBack, Subject::person(person), None);
    for _ in 0..ROUNDS_MAX {
        let stood = store.erasure(tenant, person).await?.ok_or(ErasureError::NotFound)?;
        match stood.stage {
            Stage::Cancelled => return Ok(stood),
            Stage::Waiting => {
                let asker = asker(store, tenant, me).await?;
                if store.take_back(tenant, &stood, &asker, by, &entry).await? {
                    return Ok(Erasure { stage: Stage::Cancelled, ..stood });
                }
            }
            Stage::Erasing | Stage::Settling | Stage::Erased => {
                return Err(ErasureError::NotPossible("The erasure has begun, and cannot be taken back any more."));
            }
        }
    }
    Err(StoreError::Conflict.into())
}
