//! Courses of a size.

use serde_json::{Value, json};
use stoa_domain::content::{DraftNode, Outline};
use stoa_domain::id::CourseId;
use stoa_domain::release::{Draft, freeze};

/// A course without levels: so many lessons, each completed by so many leaves.
pub fn flat(nodes: usize, leaves: usize) -> Outline {
    let leaf = |at: usize, leaf: usize| json!({"type": "node_viewed", "node": format!("n{}", (at + leaf) % nodes)});
    let rule = |at| json!({"type": "all_of", "conditions": (0..leaves).map(|of| leaf(at, of)).collect::<Vec<_>>()});
    frozen((0..nodes).map(|at| node(at, "lesson", None, &rule(at))).collect())
}

/// A course of so many levels: a section in each but the last, and lessons below all of them.
pub fn deep(nodes: usize, levels: usize) -> Outline {
    let sections = levels - 1;
    let section = |at: usize| node(at, "section", at.checked_sub(1), &Value::Null);
    let lesson = |at: usize| node(at, "lesson", Some(sections - 1 - at % sections), &Value::Null);
    frozen((0..sections).map(section).chain((sections..nodes).map(lesson)).collect())
}

fn node(at: usize, kind: &str, parent: Option<usize>, completion: &Value) -> DraftNode {
    let node = json!({
        "id": format!("n{at}"), "parent": parent.map(|parent| format!("n{parent}")), "position": at, "kind": kind,
        "title": format!("Part {at} of the course"), "required": true, "completion": completion, "access": null,
        "minutes": 5, "assessment": null,
    });
    serde_json::from_value(node).expect("a learning object")
}

fn frozen(nodes: Vec<DraftNode>) -> Outline {
    let draft = Draft { title: "A course".to_owned(), language: "en".to_owned(), nodes, ..Draft::default() };
    freeze(&CourseId::parse("course").expect("an id"), &draft).expect("it can be published").outline
}
