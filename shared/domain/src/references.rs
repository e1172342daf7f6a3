//! The files that blocks and items refer to.

use crate::content::Block;
use crate::id::AssetId;
use crate::item::Item;

/// The files that HTML refers to. It was made safe when it was written, so addresses stand in double quotes.
fn in_html(html: &str) -> impl Iterator<Item = AssetId> + '_ {
    html.split("\"asset:").skip(1).filter_map(|rest| AssetId::parse(rest.split('"').next()?).ok())
}

impl Block {
    /// The files that it refers to, in order.
    pub fn asset_ids(&self) -> Vec<AssetId> {
        match self {
            Block::Html { html } => in_html(html).collect(),
            Block::Image { asset, .. } | Block::Video { asset, .. } | Block::File { asset, .. } => vec![asset.clone()],
            Block::Link { .. } => Vec::new(),
        }
    }
}

impl Item {
    /// The files that its prompt and its choices refer to, in order.
    pub fn asset_ids(&self) -> Vec<AssetId> {
        let html = std::iter::once(&self.prompt_html).chain(self.choices.iter().map(|choice| &choice.html));
        html.flat_map(|html| in_html(html)).collect()
    }
}
