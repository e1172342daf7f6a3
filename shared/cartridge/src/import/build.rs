//! Reading the content of each planned node.

use crate::model::{Block, Node, NodeKind};
use crate::outline::{Content as Planned, Outline};
use crate::report::{Outcome, Report};
use crate::shape::Shape;
use crate::source::Source;
use crate::{content, text};
use std::collections::HashMap;
use std::io::{Read, Seek};

/// Builds the nodes; says what became of the resource of each.
pub(super) fn nodes<R: Read + Seek>(
    source: &mut Source<'_, R>,
    outline: Outline,
    shapes: &HashMap<String, Shape>,
    report: &mut Report,
) -> (Vec<Node>, HashMap<String, Outcome>) {
    let (mut nodes, mut outcomes) = (Vec::with_capacity(outline.planned.len()), HashMap::new());
    let mut positions: HashMap<Option<String>, u32> = HashMap::new();
    for planned in outline.planned {
        let position = positions.entry(planned.parent.clone()).or_default();
        let mut notes = planned.notes;
        let mut node = Node {
            id: planned.node,
            parent: planned.parent,
            position: *position,
            kind: NodeKind::Lesson,
            title: planned.title,
            required: planned.required,
            blocks: Vec::new(),
            assessment: None,
            items: Vec::new(),
        };
        *position += 1;
        match planned.content {
            Planned::Section => node.kind = NodeKind::Section,
            Planned::Url(url) => node.blocks.push(Block::Link { url, title: node.title.clone() }),
            Planned::Again(other) => {
                let html = format!("<p><a href=\"node:{other}\">{}</a></p>", text::escape(&node.title));
                node.blocks.push(Block::Html { html });
            }
            Planned::Resource(id) => {
                let resource = source.resource(&id).cloned().unwrap_or_default();
                let shape = shapes.get(&id).copied().unwrap_or(Shape::Unknown);
                let outcome = match content::read(source, &resource, shape) {
                    Ok(content) => {
                        let outcome = Outcome::of(&content.notes);
                        fill(&mut node, content, planned.source.is_none());
                        outcome
                    }
                    Err(why) => {
                        node.required = false;
                        notes.push(format!("its content could not be imported, the lesson is empty: {why}"));
                        Outcome::Refused { why }
                    }
                };
                outcomes.insert(id, outcome);
            }
        }
        if let Some((kind, id)) = planned.source {
            report.noted(kind, &id, &node.title, &notes);
        }
        nodes.push(node);
    }
    (nodes, outcomes)
}

fn fill(node: &mut Node, content: content::Content, takes_title: bool) {
    node.kind = content.kind;
    node.required &= content.published;
    node.blocks = content.blocks;
    node.assessment = content.assessment;
    node.items = content.items;
    if let Some(title) = content.title.map(|title| text::cut(&title)).filter(|title| takes_title && !title.is_empty()) {
        node.title = title;
    }
}
