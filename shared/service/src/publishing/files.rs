//! The files that a draft refers to, and whether they are there.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use stoa_domain::content::Block;
use stoa_domain::id::{AssetId, TenantId};
use stoa_domain::release::{Draft, Finding};

use crate::drafting::Uploads;
use crate::failure::StoreError;

/// A place in a draft that refers to a file.
struct Reference {
    pointer: String,
    file: AssetId,
    is_html: bool,
}

fn references(draft: &Draft) -> impl Iterator<Item = Reference> + '_ {
    let blocks = draft.blocks.iter().flat_map(|(node, blocks)| {
        blocks.iter().enumerate().flat_map(move |(at, block)| {
            let is_html = matches!(block, Block::Html { .. });
            let pointer = format!("/nodes/{node}/blocks/{at}");
            block.asset_ids().into_iter().map(move |file| Reference { pointer: pointer.clone(), file, is_html })
        })
    });
    let items = draft.items.iter().flat_map(|(node, items)| {
        items.iter().flat_map(move |item| {
            let pointer = format!("/nodes/{node}/items/{}", item.item.id);
            let files = item.item.asset_ids().into_iter();
            files.map(move |file| Reference { pointer: pointer.clone(), file, is_html: true })
        })
    });
    blocks.chain(items)
}

/// The files that anything refers to.
pub(super) fn used(draft: &Draft) -> BTreeSet<AssetId> {
    references(draft).map(|reference| reference.file).collect()
}

/// References in HTML to files that the course does not have. Freezing finds those of other blocks.
pub(super) fn undeclared(draft: &Draft) -> Vec<Finding> {
    references(draft)
        .filter(|reference| reference.is_html && !draft.assets.contains_key(&reference.file))
        .map(|Reference { pointer, file, .. }| Finding {
            pointer,
            detail: format!("The file {file} is not in the course."),
        })
        .collect()
}

/// Declared files whose bytes never arrived.
pub(super) async fn missing(
    uploads: &impl Uploads,
    tenant: &TenantId,
    draft: &Draft,
    at_once: usize,
) -> Result<Vec<Finding>, StoreError> {
    let sizes = stream::iter(&draft.assets).map(async |(asset, file)| {
        let size = uploads.size(tenant, &file.sha256).await?;
        let detail = match size {
            Some(size) if size == file.size => return Ok(None),
            Some(size) => format!("The bytes of {} have another size than declared: {size}.", file.name),
            None => format!("The bytes of {} were not uploaded.", file.name),
        };
        Ok::<_, StoreError>(Some(Finding { pointer: format!("/assets/{asset}"), detail }))
    });
    let findings: Vec<Option<Finding>> = sizes.buffered(at_once).try_collect().await?;
    Ok(findings.into_iter().flatten().collect())
}
