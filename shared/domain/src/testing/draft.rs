//! Learning objects and items of a draft, and drafts of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::id;
use crate::content::{Asset, DraftNode, NodeKind};
use crate::id::NodeId;
use crate::item::{DraftItem, ItemKind};
use crate::release::Draft;

fn node(name: &str, kind: NodeKind) -> DraftNode {
    DraftNode {
        id: id(name),
        parent: None,
        position: 0,
        kind,
        title: name.to_owned(),
        required: true,
        completion: None,
        access: None,
        minutes: None,
        assessment: None,
    }
}

pub(crate) fn section(name: &str) -> DraftNode {
    node(name, NodeKind::Section)
}

pub(crate) fn lesson(name: &str) -> DraftNode {
    node(name, NodeKind::Lesson)
}

pub(crate) fn quiz(name: &str) -> DraftNode {
    node(name, NodeKind::Assessment)
}

pub(crate) fn under(parent: &str, node: DraftNode) -> DraftNode {
    DraftNode { parent: Some(id(parent)), ..node }
}

/// A learning object that opens when all of `named` were opened.
pub(crate) fn behind(named: &[&str], node: DraftNode) -> DraftNode {
    let conditions: Vec<Value> = named.iter().map(|named| json!({ "type": "node_viewed", "node": named })).collect();
    DraftNode { access: Some(super::rule(json!({ "type": "all_of", "conditions": conditions }))), ..node }
}

/// A draft of these learning objects. Every assessment has one item worth ten points.
pub(crate) fn draft(nodes: Vec<DraftNode>) -> Draft {
    let quizzes = nodes.iter().filter(|node| node.kind == NodeKind::Assessment);
    let items: BTreeMap<NodeId, Vec<DraftItem>> =
        quizzes.map(|quiz| (quiz.id.clone(), vec![single("item", "a")])).collect();
    Draft { title: "A course".to_owned(), language: "en".to_owned(), nodes, items, ..Draft::default() }
}

/// An item worth ten points, with the choices `a`, `b` and `c` if its kind has choices.
pub(crate) fn item(name: &str, kind: ItemKind, key: Value) -> DraftItem {
    let choices = match kind {
        ItemKind::SingleChoice | ItemKind::MultipleChoice | ItemKind::TrueFalse => {
            json!([{ "id": "a", "html": "A" }, { "id": "b", "html": "B" }, { "id": "c", "html": "C" }])
        }
        ItemKind::Numeric | ItemKind::FreeText => json!([]),
    };
    let item = json!({
        "position": 0, "id": name, "kind": kind, "prompt_html": "?", "points_max": 1_000, "choices": choices, "key": key,
    });
    serde_json::from_value(item).expect("an item")
}

pub(crate) fn single(name: &str, right: &str) -> DraftItem {
    item(name, ItemKind::SingleChoice, json!({ "correct": [right] }))
}

pub(crate) fn numeric(name: &str, min: &str, max: &str) -> DraftItem {
    item(name, ItemKind::Numeric, json!({ "ranges": [{ "min": min, "max": max }] }))
}

pub(crate) fn free_text(name: &str) -> DraftItem {
    item(name, ItemKind::FreeText, Value::Null)
}

/// A draft with one assessment `q` that asks `item`.
pub(crate) fn asking(item: DraftItem) -> Draft {
    let mut draft = draft(vec![quiz("q")]);
    draft.items.insert(id("q"), vec![item]);
    draft
}

pub(crate) fn asset() -> Asset {
    Asset { name: "map.png".to_owned(), content_type: "image/png".to_owned(), size: 3, sha256: "0".repeat(64) }
}

pub(crate) fn film() -> Asset {
    Asset { name: "film.webm".to_owned(), content_type: "video/webm".to_owned(), ..asset() }
}
