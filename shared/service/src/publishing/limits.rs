//! How large a Release may be. Its parts are answered whole, and an answer of a function ends at 6 MB.

use stoa_domain::content::NODES_MAX;
use stoa_domain::item::ITEMS_MAX;
use stoa_domain::release::{Draft, Finding, Frozen};

/// The most bytes of structure and rules.
const OUTLINE_BYTES_MAX: usize = 5 * 1024 * 1024;
/// The most bytes of what one assessment asks: an open attempt carries the learner's answers besides.
const ITEMS_BYTES_MAX: usize = 4 * 1024 * 1024;

fn finding(pointer: String, detail: String) -> Finding {
    Finding { pointer, detail }
}

/// Counts that a draft may not pass.
pub(super) fn too_many(draft: &Draft) -> Vec<Finding> {
    let nodes = draft.nodes.len();
    let items = draft.items.iter().filter(|(_, items)| items.len() > ITEMS_MAX).map(|(node, items)| {
        let detail = format!("An assessment has at most {ITEMS_MAX} items; these are {}.", items.len());
        finding(format!("/nodes/{node}/items"), detail)
    });
    let detail = || format!("A course has at most {NODES_MAX} learning objects; these are {nodes}.");
    (nodes > NODES_MAX).then(|| finding("/nodes".to_owned(), detail())).into_iter().chain(items).collect()
}

/// Sizes that the parts of a Release may not pass.
pub(super) fn too_large(frozen: &Frozen) -> Vec<Finding> {
    let bytes = |json: Result<Vec<u8>, serde_json::Error>| json.map_or(usize::MAX, |json| json.len());
    let outline = bytes(serde_json::to_vec(&frozen.outline));
    let detail = format!(
        "Titles and rules are at most {OUTLINE_BYTES_MAX} bytes together; these are {outline}. Divide the course."
    );
    let outline = (outline > OUTLINE_BYTES_MAX).then(|| finding("/nodes".to_owned(), detail));
    let items = frozen.items.iter().filter_map(|(node, items)| {
        let bytes = bytes(serde_json::to_vec(items));
        let detail = format!("An assessment asks at most {ITEMS_BYTES_MAX} bytes; this one {bytes}. Divide it.");
        (bytes > ITEMS_BYTES_MAX).then(|| finding(format!("/nodes/{node}/items"), detail))
    });
    outline.into_iter().chain(items).collect()
}
