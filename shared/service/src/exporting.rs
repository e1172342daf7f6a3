//! Making a person's archive: everything that is held about them, as it is held.
//!
//! What of an enrolment is put into which file is told by its key, and a kind that nobody thought of goes into a file of its
//! own: a new kind of item is never left out. The archive is one object that is written when it is whole, and then its request
//! says so; a run that ends in between begins anew.

mod archive;
mod unposted;

use jiff::Timestamp;
use serde_json::{Value, json};
use stoa_domain::cohort::Cohort;
use stoa_domain::export::{Export, Phase, Turn};
use stoa_domain::id::{CohortId, EnrolmentId, PersonKey, TenantId};
use stoa_domain::person::Person;

use crate::failure::StoreError;
use crate::releases::Outlines;
use archive::Archive;

/// The most that is put into an archive, in bytes before it is packed. All of it is in memory at once.
pub const BYTES_MAX: usize = 48 * 1024 * 1024;

/// A request as it was read, with its work mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The request.
    pub export: Export,
    /// The mark; `None` if nothing waits any more.
    pub mark: Option<String>,
}

/// An item of an enrolment as it is stored, without what is nothing but plumbing.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Its sort key, which says what it is.
    pub sk: String,
    /// Its attributes.
    pub attributes: Value,
}

/// What making an archive may read and write in the tables.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait ExportSource {
    /// A request with its mark, read consistently.
    async fn waiting(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Waiting>, StoreError>;

    /// The person.
    async fn who(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError>;

    /// A person's enrolments with their cohorts.
    async fn enrolments(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
    ) -> Result<Vec<(EnrolmentId, CohortId)>, StoreError>;

    /// A cohort.
    async fn cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError>;

    /// Everything of an enrolment, in the order of sort keys; `None` if it is more than `bytes_max`.
    async fn held(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        bytes_max: usize,
    ) -> Result<Option<Vec<Held>>, StoreError>;

    /// Everything that the person was told and wants to be told; `None` if it is more than `bytes_max`.
    async fn inbox(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        bytes_max: usize,
    ) -> Result<Option<Vec<Held>>, StoreError>;

    /// Notes that making the archive is begun, and until when nobody else does. `false` if somebody else was faster, or it was
    /// asked for anew since it was read.
    async fn claim_export(
        &self,
        tenant: &TenantId,
        person: &PersonKey,
        begun: &Export,
        mark: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Says what became of a request, if the mark is still the one that was seen.
    async fn done(&self, tenant: &TenantId, person: &PersonKey, export: &Export, mark: &str) -> Result<(), StoreError>;
}

/// Where archives are put.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Shelf {
    /// Writes a person's archive over the one before.
    async fn put(&self, tenant: &TenantId, person: &PersonKey, bytes: Vec<u8>) -> Result<(), StoreError>;
}

/// How making an archive ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exported {
    /// There is nothing to do any more, or somebody else is at it.
    Done,
    /// It was begun too often without an end, and is not tried again until somebody asks.
    GivenUp,
}

/// Makes the archive that was asked for. Safe to run any number of times, at once, and to stop anywhere: a try that ends
/// without a word, out of memory say, is counted, and the last one says that it failed.
pub async fn export(
    source: &impl ExportSource,
    shelf: &impl Shelf,
    outlines: &impl Outlines,
    tenant: &TenantId,
    person: &PersonKey,
    now: Timestamp,
) -> Result<Exported, StoreError> {
    let waiting = source.waiting(tenant, person).await?;
    let Some(Waiting { export, mark: Some(mark) }) = waiting else { return Ok(Exported::Done) };
    let Some(found) = source.who(tenant, person).await? else { return Ok(Exported::Done) };
    let export = match export.turn(now) {
        Turn::Anothers => return Ok(Exported::Done),
        Turn::GiveUp(failed) => {
            source.done(tenant, person, &failed, &mark).await?;
            return Ok(Exported::GivenUp);
        }
        Turn::Try(begun) => begun,
    };
    if !source.claim_export(tenant, person, &export, &mark, now).await? {
        return Ok(Exported::Done);
    }
    let export = Export { lease_until: None, ..export };
    let packed = pack(source, outlines, &found, now).await?;
    let done = match packed {
        Some(bytes) => {
            let size = bytes.len() as u64;
            shelf.put(tenant, person, bytes).await?;
            Export { phase: Phase::Ready, ready_at: Some(now.as_millisecond()), bytes: Some(size), ..export }
        }
        None => Export { phase: Phase::TooLarge, ..export },
    };
    source.done(tenant, person, &done, &mark).await?;
    Ok(Exported::Done)
}

/// The archive's bytes; `None` if it would hold too much.
async fn pack(
    source: &impl ExportSource,
    outlines: &impl Outlines,
    person: &Person,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, StoreError> {
    let tenant = &person.tenant;
    let mut archive = Archive::begin(now);
    archive.person(&json!(person));
    for (enrolment, cohort) in source.enrolments(tenant, &person.person).await? {
        let left = BYTES_MAX.saturating_sub(archive.bytes());
        let Some(held) = source.held(tenant, &enrolment, left).await? else { return Ok(None) };
        let release = held.iter().find(|item| item.sk == "ENROLMENT").and_then(release_of);
        let tree = match release {
            Some(release) => outlines.tree(tenant, &release).await?,
            None => None,
        };
        let cohort = source.cohort(tenant, &cohort).await?;
        archive.enrolment(&enrolment, cohort.as_ref(), tree.as_deref(), held);
    }
    let left = BYTES_MAX.saturating_sub(archive.bytes());
    let Some(inbox) = source.inbox(tenant, &person.person, left).await? else { return Ok(None) };
    archive.inbox(inbox);
    if archive.bytes() > BYTES_MAX {
        return Ok(None);
    }
    archive.finish().map(Some).map_err(|why| StoreError::Corrupt { key: person.person.to_string(), why })
}

fn release_of(item: &Held) -> Option<stoa_domain::id::ReleaseId> {
    stoa_domain::id::ReleaseId::parse(item.attributes["release"].as_str()?).ok()
}

#[cfg(test)]
mod tests;
