//! Publishing a course: the draft is checked and frozen, its parts are written, and the register gets a line.
//!
//! Parts are named by the Release, whose name follows from its content, so writing them twice writes the same. The outline
//! is written after all of them and the register's line after that: what a line names is there in full, and whoever repeats
//! an interrupted publication finishes it.

mod files;
mod limits;

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use stoa_domain::audit::{Act, By, Change, Entry, Subject};
use stoa_domain::content::{Assets, NodeContent, Outline};
use stoa_domain::id::{CourseId, NodeId, ReleaseId, TenantId};
use stoa_domain::item::{AnswerKeys, Item};
use stoa_domain::release::{Draft, Finding, Frozen, freeze};

use crate::drafting::Uploads;
use crate::failure::StoreError;

/// How many parts are written, or files looked for, at once.
const AT_ONCE: usize = 32;
/// How often a number that somebody else took is replaced by the next.
const ROUNDS_MAX: usize = 5;

/// A line of a course's register of Releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its number, from 1.
    pub number: u32,
    /// The Release.
    pub release: ReleaseId,
    /// The course's title in it.
    pub title: String,
    /// How many learning objects it has.
    pub nodes: u32,
    /// How many items it has.
    pub items: u32,
    /// When it was published, in milliseconds since 1970.
    pub published_at: i64,
}

/// Reads whole drafts.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Drafts {
    /// A course's draft; `None` if there is no such course.
    async fn draft(&self, tenant: &TenantId, course: &CourseId) -> Result<Option<Draft>, StoreError>;
}

/// A part of a Release. Each kind has its own readers.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// Structure and rules.
    Outline(&'a Outline),
    /// Blocks without a gate.
    Open(&'a NodeContent),
    /// Blocks behind a gate.
    Gated(&'a NodeContent),
    /// What an assessment asks.
    Items(&'a NodeId, &'a [Item]),
    /// The files that its items refer to.
    ItemAssets(&'a NodeId, &'a Assets),
    /// What an assessment accepts.
    Keys(&'a NodeId, &'a AnswerKeys),
}

/// Writes the parts of Releases.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Parts {
    /// Writes a part. Writing it again writes the same.
    async fn write(&self, tenant: &TenantId, release: &ReleaseId, part: Part<'_>) -> Result<(), StoreError>;
}

/// The register of a course's Releases.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Register {
    /// The newest line.
    async fn newest(&self, tenant: &TenantId, course: &CourseId) -> Result<Option<Registered>, StoreError>;

    /// All lines, newest first.
    async fn releases(&self, tenant: &TenantId, course: &CourseId) -> Result<Vec<Registered>, StoreError>;

    /// Adds a line, with the audit log's entry; `false` if its number is taken.
    async fn add(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        line: &Registered,
        entry: &Entry,
    ) -> Result<bool, StoreError>;
}

/// A published Release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its line in the register.
    pub line: Registered,
    /// Whether this publication made it. A draft that has not changed is the Release it was before.
    pub is_new: bool,
}

/// Why nothing was published.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PublishError {
    /// There is no such course.
    #[error("not found")]
    NotFound,
    /// This must be mended first: all of it, as pointers into the draft.
    #[error("{} findings", .0.len())]
    Findings(Vec<Finding>),
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Publishes a course's draft as it stands. Safe to repeat, and to stop anywhere.
pub async fn publish(
    store: &(impl Drafts + Register),
    parts: &(impl Parts + Uploads),
    tenant: &TenantId,
    course: &CourseId,
    by: &By,
) -> Result<Published, PublishError> {
    let draft = store.draft(tenant, course).await?.ok_or(PublishError::NotFound)?;
    let frozen = check(parts, tenant, course, draft).await?;

    let newest = store.newest(tenant, course).await?;
    if let Some(line) = newest.clone().filter(|line| line.release == frozen.outline.release) {
        return Ok(Published { line, is_new: false });
    }
    write(parts, tenant, &frozen).await?;
    register(store, tenant, course, newest, &frozen, by).await
}

/// Everything that must be mended, not only the first.
async fn check(
    uploads: &impl Uploads,
    tenant: &TenantId,
    course: &CourseId,
    mut draft: Draft,
) -> Result<Frozen, PublishError> {
    // What was written while its learning object was being deleted belongs to nothing.
    let nodes: BTreeSet<NodeId> = draft.nodes.iter().map(|node| node.id.clone()).collect();
    draft.blocks.retain(|node, _| nodes.contains(node));
    draft.items.retain(|node, _| nodes.contains(node));
    let mut findings = limits::too_many(&draft);
    if !findings.is_empty() {
        return Err(PublishError::Findings(findings));
    }
    findings.extend(files::undeclared(&draft));
    // Files that nothing refers to are not published, and need not be there.
    let used = files::used(&draft);
    draft.assets.retain(|asset, _| used.contains(asset));
    findings.extend(files::missing(uploads, tenant, &draft, AT_ONCE).await?);
    match freeze(course, &draft) {
        Ok(frozen) => {
            findings.extend(limits::too_large(&frozen));
            if findings.is_empty() { Ok(frozen) } else { Err(PublishError::Findings(findings)) }
        }
        Err(more) => Err(PublishError::Findings(more.into_iter().chain(findings).collect())),
    }
}

async fn write(parts: &impl Parts, tenant: &TenantId, frozen: &Frozen) -> Result<(), StoreError> {
    let release = &frozen.outline.release;
    let gated: BTreeSet<&NodeId> = frozen.outline.nodes.iter().filter(|node| node.gated).map(|node| &node.id).collect();
    let contents = frozen
        .contents
        .iter()
        .map(|content| if gated.contains(&content.node) { Part::Gated(content) } else { Part::Open(content) });
    let items = frozen.items.iter().map(|(node, items)| Part::Items(node, items));
    let item_assets = frozen.item_assets.iter().map(|(node, assets)| Part::ItemAssets(node, assets));
    let keys = frozen.keys.iter().map(|(node, keys)| Part::Keys(node, keys));

    stream::iter(contents.chain(items).chain(item_assets).chain(keys))
        .map(|part| parts.write(tenant, release, part))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    parts.write(tenant, release, Part::Outline(&frozen.outline)).await
}

/// Takes the next free number. Two who publish at once get two numbers, or one Release if they publish the same.
async fn register(
    register: &impl Register,
    tenant: &TenantId,
    course: &CourseId,
    mut newest: Option<Registered>,
    frozen: &Frozen,
    by: &By,
) -> Result<Published, PublishError> {
    let items: usize = frozen.items.values().map(Vec::len).sum();
    for _ in 0..ROUNDS_MAX {
        let line = Registered {
            number: newest.as_ref().map_or(1, |line| line.number + 1),
            release: frozen.outline.release.clone(),
            title: frozen.outline.title.clone(),
            nodes: u32::try_from(frozen.outline.nodes.len()).unwrap_or(u32::MAX),
            items: u32::try_from(items).unwrap_or(u32::MAX),
            published_at: by.at.as_millisecond(),
        };
        let release = Some(line.release.clone());
        let subject = Subject { course: Some(course.clone()), release, ..Subject::default() };
        let number = Change::between("number", None, Some(&line.number.to_string()));
        if register.add(tenant, course, &line, &by.did(Act::Published, subject, number)).await? {
            return Ok(Published { line, is_new: true });
        }
        newest = register.newest(tenant, course).await?;
        if let Some(line) = newest.clone().filter(|line| line.release == frozen.outline.release) {
            return Ok(Published { line, is_new: false });
        }
    }
    Err(StoreError::Conflict.into())
}
