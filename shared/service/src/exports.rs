//! Asking for a person's data in one archive.

use stoa_domain::audit::{Act, By, Entry, Subject};
use stoa_domain::export::Export;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::Person;

use crate::failure::StoreError;

/// What asking for an archive may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait ExportStore {
    /// A person.
    async fn who(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError>;

    /// What was asked for last, if anything was.
    async fn export(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Export>, StoreError>;

    /// Writes a request, marked for whoever makes the archive, and tells the audit log; `false` if the person is being erased.
    async fn ask_export(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        export: &Export,
        entry: &Entry,
    ) -> Result<bool, StoreError>;

    /// Tells the audit log that an archive is handed out. An entry of the same request that stands already is as good.
    async fn hand_out(&self, tenant: &TenantId, entry: &Entry) -> Result<(), StoreError>;
}

/// Why nothing was asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExportError {
    /// There is no such person.
    #[error("not found")]
    NotFound,
    /// They are being erased.
    #[error("this person is being erased")]
    BeingErased,
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks for an archive, or finds one that is on its way or has just been made.
pub async fn ask(
    store: &impl ExportStore,
    tenant: &TenantId,
    person: &PersonKey,
    by: &By,
) -> Result<Export, ExportError> {
    let me = by.actor.as_ref().ok_or(ExportError::NotFound)?;
    store.who(tenant, person).await?.ok_or(ExportError::NotFound)?;
    if let Some(stood) = store.export(tenant, person).await?.filter(|stood| stood.answers(by.at)) {
        return Ok(stood);
    }
    let export = Export::asked(me.clone(), by.at);
    let entry = by.did(Act::ArchiveAsked, Subject::person(person), None);
    let is_asked = store.ask_export(tenant, person, &export, &entry).await?;
    if is_asked { Ok(export) } else { Err(ExportError::BeingErased) }
}

/// Writes down that somebody's archive is handed to an administrator. Only after that is its address given: what is in
/// the log may not have been fetched, what was fetched is in the log.
pub async fn hand_out(
    store: &impl ExportStore,
    tenant: &TenantId,
    person: &PersonKey,
    by: &By,
) -> Result<(), ExportError> {
    let stood = store.export(tenant, person).await?;
    stood.filter(|stood| stood.fetched_until(by.at).is_some()).ok_or(ExportError::NotFound)?;
    let entry = by.did(Act::ArchiveHandedOut, Subject::person(person), None);
    Ok(store.hand_out(tenant, &entry).await?)
}
