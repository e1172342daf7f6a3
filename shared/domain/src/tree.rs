//! A Release's outline with the indexes that rules need. Built once per Release and kept.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::content::{NodeKind, Outline, OutlineNode};
use crate::id::NodeId;

/// An outline whose nodes can be found by id and whose subtrees are ranges, since parents come before children.
#[derive(Debug, Clone)]
pub struct Tree {
    outline: Outline,
    index: BTreeMap<NodeId, usize>,
    parent: Vec<Option<usize>>,
    end: Vec<usize>,
}

/// The nodes are not a tree in parents-before-children order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the outline is no tree in order: {0}")]
pub struct NotATree(pub String);

impl Tree {
    /// Indexes an outline; refuses one whose nodes are out of order or named twice.
    pub fn new(outline: Outline) -> Result<Tree, NotATree> {
        let mut index = BTreeMap::new();
        let mut parent: Vec<Option<usize>> = Vec::with_capacity(outline.nodes.len());
        let mut end: Vec<usize> = (1..=outline.nodes.len()).collect();
        for (at, node) in outline.nodes.iter().enumerate() {
            let above = match &node.parent {
                None => None,
                Some(id) => {
                    Some(*index.get(id).ok_or_else(|| NotATree(format!("{} comes before its parent", node.id)))?)
                }
            };
            // The parent's subtree must still be open here, or subtrees would not be ranges.
            if above.is_some_and(|above: usize| end[above] != at) {
                return Err(NotATree(format!("{} stands apart from its siblings", node.id)));
            }
            if index.insert(node.id.clone(), at).is_some() {
                return Err(NotATree(format!("{} is there twice", node.id)));
            }
            parent.push(above);
            let mut ancestor = above;
            while let Some(position) = ancestor {
                end[position] = at + 1;
                ancestor = parent[position];
            }
        }
        Ok(Tree { outline, index, parent, end })
    }

    /// The outline itself.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// All nodes in order.
    pub fn nodes(&self) -> &[OutlineNode] {
        &self.outline.nodes
    }

    /// Where a node stands, or `None` if this Release has no such node.
    pub fn position(&self, node: &NodeId) -> Option<usize> {
        self.index.get(node).copied()
    }

    /// A node by its id.
    pub fn node(&self, node: &NodeId) -> Option<&OutlineNode> {
        self.position(node).map(|at| &self.outline.nodes[at])
    }

    /// The position of the node that the one at `at` stands under.
    pub fn parent(&self, at: usize) -> Option<usize> {
        self.parent[at]
    }

    /// The positions of everything under the node at `at`, itself left out.
    pub fn descendants(&self, at: usize) -> Range<usize> {
        at + 1..self.end[at]
    }

    /// The positions of the nodes directly under the one at `at`.
    pub fn children(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.end[at];
        std::iter::successors((at + 1 < end).then_some(at + 1), move |child| {
            let next = self.end[*child];
            (next < end).then_some(next)
        })
    }

    /// The positions of what counts towards the course: required lessons and assessments.
    pub fn trackable(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.nodes().len()).filter(|at| {
            let node = &self.nodes()[*at];
            node.required && matches!(node.kind, NodeKind::Lesson | NodeKind::Assessment)
        })
    }
}

#[cfg(test)]
mod tests;
