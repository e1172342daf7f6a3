//! Writing a course's draft: its tree, blocks, items and files. HTML is made safe here, on its way in.

mod limits;

use std::collections::BTreeMap;

use stoa_domain::content::{Asset, Assets, Block, DraftNode, NodeKind};
use stoa_domain::id::{AssetId, CourseId, ItemId, NodeId, TenantId};
use stoa_domain::item::DraftItem;
use stoa_domain::release::Finding;

use crate::failure::StoreError;
use crate::html;

pub use limits::{ASSET_BYTES_MAX, STORED_BYTES_MAX};

/// A course, apart from what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Its id.
    pub course: CourseId,
    /// Its title.
    pub title: String,
    /// The language of its content, as a BCP 47 tag.
    pub language: String,
}

/// A learning object of a draft, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftPart {
    /// The learning object.
    pub node: DraftNode,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
    /// Its items, in order.
    pub items: Vec<DraftItem>,
}

/// What writing a draft may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait DraftStore {
    /// All courses of a tenant.
    async fn courses(&self, tenant: &TenantId) -> Result<Vec<Course>, StoreError>;

    /// A course.
    async fn course(&self, tenant: &TenantId, course: &CourseId) -> Result<Option<Course>, StoreError>;

    /// Makes a course, or replaces its title and language.
    async fn put_course(&self, tenant: &TenantId, course: &Course) -> Result<(), StoreError>;

    /// All learning objects of a draft.
    async fn nodes(&self, tenant: &TenantId, course: &CourseId) -> Result<Vec<DraftNode>, StoreError>;

    /// All files of a draft.
    async fn assets(&self, tenant: &TenantId, course: &CourseId) -> Result<Assets, StoreError>;

    /// One learning object.
    async fn node(&self, tenant: &TenantId, course: &CourseId, node: &NodeId) -> Result<Option<DraftNode>, StoreError>;

    /// The blocks of a learning object.
    async fn blocks(&self, tenant: &TenantId, course: &CourseId, node: &NodeId) -> Result<Vec<Block>, StoreError>;

    /// The items of a learning object, in no order.
    async fn items(&self, tenant: &TenantId, course: &CourseId, node: &NodeId) -> Result<Vec<DraftItem>, StoreError>;

    /// Makes or replaces a learning object with its blocks: both, or nothing.
    async fn put_node(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        node: &DraftNode,
        blocks: &[Block],
    ) -> Result<(), StoreError>;

    /// Takes a learning object with its blocks and these items out of the draft. The learning object goes last, so that
    /// whoever repeats an interrupted deletion finds the rest.
    async fn delete_node(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        node: &NodeId,
        items: &[ItemId],
    ) -> Result<(), StoreError>;

    /// Makes or replaces an item.
    async fn put_item(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        node: &NodeId,
        item: &DraftItem,
    ) -> Result<(), StoreError>;

    /// Declares a file.
    async fn put_asset(
        &self,
        tenant: &TenantId,
        course: &CourseId,
        asset: &AssetId,
        file: &Asset,
    ) -> Result<(), StoreError>;
}

/// A place that takes the bytes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Where to PUT them.
    pub url: String,
    /// The headers to send along.
    pub headers: BTreeMap<String, String>,
}

/// The bytes of files, by their digest.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait Uploads {
    /// The size of a tenant's bytes with this digest, if they are there.
    async fn size(&self, tenant: &TenantId, sha256: &str) -> Result<Option<u64>, StoreError>;

    /// A place for exactly the bytes that `file` describes.
    async fn place(&self, tenant: &TenantId, file: &Asset) -> Result<Upload, StoreError>;
}

/// Why the draft is as it was.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DraftError {
    /// There is no such course or learning object.
    #[error("not found")]
    NotFound,
    /// Some values are not acceptable: which, as pointers into the request's body.
    #[error("{} values are not acceptable", .0.len())]
    Invalid(Vec<Finding>),
    /// The draft as it stands does not allow it.
    #[error("{0}")]
    NotPossible(&'static str),
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn accept(findings: Vec<Finding>) -> Result<(), DraftError> {
    if findings.is_empty() { Ok(()) } else { Err(DraftError::Invalid(findings)) }
}

/// Makes a course, or changes its title and language.
pub async fn put_course(store: &impl DraftStore, tenant: &TenantId, course: &Course) -> Result<(), DraftError> {
    accept(limits::course(course))?;
    Ok(store.put_course(tenant, course).await?)
}

/// A learning object of the draft, whole.
pub async fn part(
    store: &impl DraftStore,
    tenant: &TenantId,
    course: &CourseId,
    node: &NodeId,
) -> Result<DraftPart, DraftError> {
    let (found, blocks, items) = futures::try_join!(
        store.node(tenant, course, node),
        store.blocks(tenant, course, node),
        ordered_items(store, tenant, course, node),
    )?;
    Ok(DraftPart { node: found.ok_or(DraftError::NotFound)?, blocks, items })
}

/// Makes a learning object of the draft, or replaces it. Its items stay.
///
/// Its parent may come later: publishing finds what hangs on nothing.
pub async fn put_node(
    store: &impl DraftStore,
    tenant: &TenantId,
    course: &CourseId,
    node: DraftNode,
    blocks: Vec<Block>,
) -> Result<DraftPart, DraftError> {
    accept(limits::node(&node, &blocks))?;
    let blocks: Vec<Block> = blocks.into_iter().map(safe_block).collect();
    accept(limits::stored("/blocks", &blocks))?;
    accept(limits::stored("", &node))?;
    // Courses are never deleted, so what is there now is there when the learning object is written.
    store.course(tenant, course).await?.ok_or(DraftError::NotFound)?;

    store.put_node(tenant, course, &node, &blocks).await?;
    let items = ordered_items(store, tenant, course, &node.id).await?;
    Ok(DraftPart { node, blocks, items })
}

/// Takes a learning object that has nothing under it out of the draft. One that is gone already is no refusal.
pub async fn delete_node(
    store: &impl DraftStore,
    tenant: &TenantId,
    course: &CourseId,
    node: &NodeId,
) -> Result<(), DraftError> {
    store.course(tenant, course).await?.ok_or(DraftError::NotFound)?;
    let nodes = store.nodes(tenant, course).await?;
    if nodes.iter().any(|other| other.parent.as_ref() == Some(node)) {
        return Err(DraftError::NotPossible("There are learning objects under this one. Move or delete them first."));
    }
    let items: Vec<ItemId> = store.items(tenant, course, node).await?.into_iter().map(|item| item.item.id).collect();
    Ok(store.delete_node(tenant, course, node, &items).await?)
}

/// Makes an item of an assessment, or replaces it. Whether its key fits is publishing's to say.
pub async fn put_item(
    store: &impl DraftStore,
    tenant: &TenantId,
    course: &CourseId,
    node: &NodeId,
    mut item: DraftItem,
) -> Result<DraftItem, DraftError> {
    accept(limits::item(&item))?;
    item.item.prompt_html = html::sanitise(&item.item.prompt_html);
    for choice in &mut item.item.choices {
        choice.html = html::sanitise(&choice.html);
    }
    accept(limits::stored("/prompt_html", &item))?;
    let found = store.node(tenant, course, node).await?.ok_or(DraftError::NotFound)?;
    if found.kind != NodeKind::Assessment {
        return Err(DraftError::NotPossible("Only an assessment has items. Make the learning object one first."));
    }

    store.put_item(tenant, course, node, &item).await?;
    Ok(item)
}

/// Declares a file. The answer is the place for its bytes, unless they are there already.
pub async fn put_asset(
    store: &impl DraftStore,
    uploads: &impl Uploads,
    tenant: &TenantId,
    course: &CourseId,
    asset: &AssetId,
    file: &Asset,
) -> Result<Option<Upload>, DraftError> {
    accept(limits::asset(file))?;
    store.course(tenant, course).await?.ok_or(DraftError::NotFound)?;

    store.put_asset(tenant, course, asset, file).await?;
    if uploads.size(tenant, &file.sha256).await? == Some(file.size) {
        return Ok(None);
    }
    Ok(Some(uploads.place(tenant, file).await?))
}

async fn ordered_items(
    store: &impl DraftStore,
    tenant: &TenantId,
    course: &CourseId,
    node: &NodeId,
) -> Result<Vec<DraftItem>, StoreError> {
    let mut items = store.items(tenant, course, node).await?;
    items.sort_by(|left, right| (left.position, &left.item.id).cmp(&(right.position, &right.item.id)));
    Ok(items)
}

fn safe_block(block: Block) -> Block {
    match block {
        Block::Html { html } => Block::Html { html: html::sanitise(&html) },
        Block::Image { .. } | Block::Video { .. } | Block::File { .. } | Block::Link { .. } => block,
    }
}
