//! Learning objects of a Release, and trees of them.

use proptest::prelude::*;

use super::id;
use crate::content::{AssessmentSummary, NodeKind, Outline, OutlineNode};
use crate::rule::Rule;
use crate::tree::Tree;

fn node(name: &str, kind: NodeKind) -> OutlineNode {
    OutlineNode {
        id: id(name),
        parent: None,
        kind,
        title: name.to_owned(),
        required: true,
        completion: Rule::default_of(kind),
        access: None,
        gated: false,
        has_blocks: false,
        minutes: None,
        videos: Default::default(),
        assessment: None,
    }
}

pub(crate) fn section(name: &str) -> OutlineNode {
    node(name, NodeKind::Section)
}

pub(crate) fn lesson(name: &str) -> OutlineNode {
    node(name, NodeKind::Lesson)
}

/// An assessment with any number of attempts.
pub(crate) fn quiz(name: &str) -> OutlineNode {
    let summary = AssessmentSummary { attempts_max: None, time_limit_minutes: None, points_max: 1_000, item_count: 1 };
    OutlineNode { assessment: Some(summary), ..node(name, NodeKind::Assessment) }
}

/// An assessment with so many attempts.
pub(crate) fn quiz_of(attempts_max: u32, name: &str) -> OutlineNode {
    let mut quiz = quiz(name);
    quiz.assessment = quiz.assessment.map(|summary| AssessmentSummary { attempts_max: Some(attempts_max), ..summary });
    quiz
}

pub(crate) fn under(parent: &str, node: OutlineNode) -> OutlineNode {
    OutlineNode { parent: Some(id(parent)), ..node }
}

pub(crate) fn outline(nodes: Vec<OutlineNode>) -> Outline {
    Outline {
        release: id("release"),
        course: id("course"),
        title: "A course".to_owned(),
        language: "en".to_owned(),
        nodes,
    }
}

pub(crate) fn tree(nodes: Vec<OutlineNode>) -> Tree {
    Tree::new(outline(nodes)).expect("a tree")
}

/// Nodes `n0`, `n1`… in order, each at the level given for it (0 is the top); a level is at most one below the one before.
pub(crate) fn leveled(levels: &[usize]) -> Vec<OutlineNode> {
    let mut open: Vec<String> = Vec::new();
    let mut nodes = Vec::with_capacity(levels.len());
    for (at, level) in levels.iter().enumerate() {
        open.truncate(*level);
        let node = section(&format!("n{at}"));
        nodes.push(match open.last() {
            None => node,
            Some(parent) => under(parent, node),
        });
        open.push(format!("n{at}"));
    }
    nodes
}

/// Levels for [`leveled`]: a forest of any form, up to 16 levels deep.
pub(crate) fn any_levels() -> impl Strategy<Value = Vec<usize>> {
    // A raw level far above the one before is cut, so deep chains are as likely as broad ones.
    prop::collection::vec(0..20usize, 0..60).prop_map(|raw| {
        let mut deepest = 0;
        raw.into_iter()
            .map(|level| {
                let level = level.min(deepest);
                deepest = (level + 1).min(15);
                level
            })
            .collect()
    })
}
