//! From what a package holds to what the API takes. Both have the same JSON; the ids and limits are the API's.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stoa_api::bodies::{PutCourse, PutItem, PutNode};
use stoa_cartridge::{Block, Cartridge, Item, Node};
use stoa_domain::id::{ItemId, NodeId};
use stoa_domain::line;

use crate::course;

/// The language tag for content whose language nobody named.
const UNDETERMINED: &str = "und";

/// The course without its learning objects.
pub fn head(cartridge: &Cartridge) -> PutCourse {
    let language = cartridge.language.as_deref().unwrap_or(UNDETERMINED);
    PutCourse { title: cartridge.title.clone(), language: language.to_owned() }
}

/// Takes out the blocks that show one of these files. Returns the learning objects that lost one.
pub fn drop_blocks_of(cartridge: &mut Cartridge, absent: &BTreeSet<String>) -> Vec<String> {
    let mut lost = Vec::new();
    for node in &mut cartridge.nodes {
        let before = node.blocks.len();
        node.blocks.retain(|block| match block {
            Block::Image { asset, .. } | Block::File { asset, .. } => !absent.contains(asset),
            Block::Html { .. } | Block::Link { .. } => true,
        });
        if node.blocks.len() < before {
            lost.push(node.id.clone());
        }
    }
    lost
}

/// Takes the characters out of titles and captions that would hide how they read, which the API refuses. Returns the ids of
/// what had some: the course, learning objects.
pub fn show_titles(cartridge: &mut Cartridge) -> Vec<String> {
    let mut changed = Vec::new();
    if show(&mut cartridge.title) {
        changed.push(cartridge.id.clone());
    }
    for node in &mut cartridge.nodes {
        let mut is_changed = show(&mut node.title);
        for block in &mut node.blocks {
            is_changed |= match block {
                Block::Image { alt: line, .. } | Block::File { title: line, .. } | Block::Link { title: line, .. } => {
                    show(line)
                }
                Block::Html { .. } => false,
            };
        }
        if is_changed {
            changed.push(node.id.clone());
        }
    }
    changed
}

/// Whether the line had to be changed. One that consisted of such characters alone keeps a place.
fn show(line: &mut String) -> bool {
    let mut shown = line::shown(line);
    if shown.trim().is_empty() && !line.is_empty() {
        shown = "…".to_owned();
    }
    let is_changed = shown != *line;
    *line = shown;
    is_changed
}

/// The learning objects as the API takes them, and those it could not take, with the reason.
pub fn nodes(nodes: &[Node]) -> (Vec<course::Node>, Vec<(String, String)>) {
    let mut taken = Vec::with_capacity(nodes.len());
    let mut refused = Vec::new();
    for node in nodes {
        match self::node(node) {
            Ok(node) => taken.push(node),
            Err(error) => refused.push((node.id.clone(), format!("{error:#}"))),
        }
    }
    (taken, refused)
}

fn node(node: &Node) -> Result<course::Node> {
    let body = PutNode {
        parent: node.parent.clone().map(NodeId::parse).transpose().context("its parent")?,
        position: node.position,
        kind: same(&node.kind)?,
        title: node.title.clone(),
        required: node.required,
        completion: None,
        access: None,
        minutes: None,
        blocks: same(&node.blocks)?,
        assessment: same(&node.assessment)?,
    };
    let items = node.items.iter().map(item).collect::<Result<_>>()?;
    Ok(course::Node { id: NodeId::parse(node.id.clone())?, body, items })
}

fn item(item: &Item) -> Result<(ItemId, PutItem)> {
    let body = PutItem {
        position: item.position,
        kind: same(&item.kind)?,
        prompt_html: item.prompt_html.clone(),
        points_max: item.points_max,
        choices: same(&item.choices)?,
        key: same(&item.key)?,
        original_type: item.original_type.clone(),
    };
    Ok((ItemId::parse(item.id.clone())?, body))
}

/// The same JSON in the API's own type.
fn same<T: DeserializeOwned>(value: &impl Serialize) -> Result<T> {
    Ok(serde_json::from_value(serde_json::to_value(value)?)?)
}

#[cfg(test)]
mod tests {
    use stoa_cartridge::{AssessmentSettings, Choice, ItemKind, Key, NodeKind, Range};

    use super::*;

    fn quiz() -> Node {
        let numeric = Item {
            id: "q1".to_owned(),
            position: 0,
            kind: ItemKind::Numeric,
            prompt_html: "<p>π?</p>".to_owned(),
            points_max: 100,
            choices: Vec::new(),
            key: Some(Key::Ranges(vec![Range { min: "3.1".to_owned(), max: "3.2".to_owned() }])),
            original_type: None,
        };
        let choice = Item {
            id: "q2".to_owned(),
            kind: ItemKind::SingleChoice,
            choices: vec![Choice { id: "a".to_owned(), html: "A".to_owned() }],
            key: Some(Key::Correct(vec!["a".to_owned()])),
            ..numeric.clone()
        };
        let matching = Item {
            id: "q3".to_owned(),
            kind: ItemKind::FreeText,
            key: None,
            original_type: Some("matching_question".to_owned()),
            ..numeric.clone()
        };
        Node {
            id: "quiz".to_owned(),
            parent: Some("module".to_owned()),
            position: 3,
            kind: NodeKind::Assessment,
            title: "Quiz".to_owned(),
            required: true,
            blocks: vec![
                Block::Html { html: "<p>x</p>".to_owned() },
                Block::Image { asset: "f1".to_owned(), alt: String::new() },
                Block::File { asset: "f2".to_owned(), title: "F".to_owned() },
                Block::Link { url: "https://x.example".to_owned(), title: "L".to_owned() },
            ],
            assessment: Some(AssessmentSettings { attempts_max: Some(2), time_limit_minutes: None }),
            items: vec![numeric, choice, matching],
        }
    }

    #[test]
    fn a_title_that_hides_how_it_reads_is_shown_as_it_is_and_named() {
        let lesson = |id: &str, title: &str, blocks| Node {
            id: id.to_owned(),
            title: title.to_owned(),
            blocks,
            items: Vec::new(),
            ..quiz()
        };
        let link = |title: &str| vec![Block::Link { url: "https://a.example".to_owned(), title: title.to_owned() }];
        let mut cartridge = cartridge(vec![
            lesson("plain", "Größe", link("Größe")),
            lesson("title", "A\u{2067}b\tc", Vec::new()),
            lesson("caption", "Plain", link("\u{feff}")),
        ]);
        cartridge.title = "One\u{202e}owt".to_owned();
        assert_eq!(show_titles(&mut cartridge), [cartridge.id.as_str(), "title", "caption"]);
        assert_eq!((cartridge.title.as_str(), cartridge.nodes[1].title.as_str()), ("Oneowt", "Ab c"));
        assert_eq!(cartridge.nodes[2].blocks, link("…"));
        assert_eq!(cartridge.nodes[0], lesson("plain", "Größe", link("Größe")));
    }

    #[test]
    fn every_kind_of_block_item_and_key_has_a_place_in_the_api() {
        let (taken, refused) = nodes(&[quiz()]);
        assert_eq!(refused, vec![]);
        assert_eq!(taken[0].body.blocks.len(), 4);
        assert_eq!(taken[0].items.len(), 3);
        assert!(taken[0].items[0].1.key.is_some() && taken[0].items[1].1.key.is_some());
        assert_eq!(taken[0].items[2].1.original_type.as_deref(), Some("matching_question"));
    }

    #[test]
    fn a_name_that_is_no_id_refuses_one_learning_object_and_not_the_others() {
        let (taken, refused) = nodes(&[Node { id: "no id".to_owned(), ..quiz() }, quiz()]);
        assert_eq!(taken.len(), 1);
        assert_eq!(refused[0].0, "no id");
    }

    fn cartridge(nodes: Vec<Node>) -> Cartridge {
        Cartridge {
            id: "c".to_owned(),
            title: "C".to_owned(),
            language: None,
            nodes,
            files: Vec::new(),
            report: stoa_cartridge::Report::default(),
        }
    }

    #[test]
    fn what_shows_a_file_that_is_not_there_is_taken_out() {
        let mut cartridge = cartridge(vec![quiz()]);
        assert_eq!(drop_blocks_of(&mut cartridge, &BTreeSet::from(["f2".to_owned()])), ["quiz"]);
        assert_eq!(cartridge.nodes[0].blocks.len(), 3);
        assert_eq!(head(&cartridge).language, "und");
    }
}
