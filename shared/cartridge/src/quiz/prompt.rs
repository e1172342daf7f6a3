//! The words of a question: its prompt, its choices, its feedback.

use crate::rewriter::Rewriter;
use crate::text::{escape, plain};
use crate::xml::Elements;
use roxmltree::Node;

/// The prompt: all material of the presentation that belongs to no response.
pub(super) fn prompt(
    presentation: Node<'_, '_>,
    rewriter: &mut Rewriter<'_>,
    notes: &mut Vec<String>,
) -> String {
    let mut parts = Vec::new();
    collect(presentation, rewriter, notes, &mut parts);
    parts.join("\n")
}

/// Recursion ends with the document: its depth is limited.
fn collect(
    node: Node<'_, '_>,
    rewriter: &mut Rewriter<'_>,
    notes: &mut Vec<String>,
    parts: &mut Vec<String>,
) {
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "material" => parts.push(material(child, rewriter, notes)),
            name if name.starts_with("response_") || name.starts_with("render_") => {}
            _ => collect(child, rewriter, notes, parts),
        }
    }
}

/// The HTML of a `material`, or of whatever holds some.
pub(super) fn material(
    node: Node<'_, '_>,
    rewriter: &mut Rewriter<'_>,
    notes: &mut Vec<String>,
) -> String {
    let mut parts = Vec::new();
    for part in node.descendants().filter(Node::is_element) {
        match part.tag_name().name() {
            "mattext" => {
                parts.push(rewriter.text(&part.whole_text(), part.attribute("texttype"), notes))
            }
            "matimage" | "mataudio" | "matvideo" => {
                let uri = escape(part.attribute("uri").unwrap_or_default());
                let html = if part.tag_name().name() == "matimage" {
                    format!("<img src=\"{uri}\" alt=\"\">")
                } else {
                    format!("<a href=\"{uri}\">{uri}</a>")
                };
                parts.push(rewriter.html(&html, notes));
            }
            _ => {}
        }
    }
    parts.join("\n")
}

/// A response: what it is called, and what can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) id: String,
    /// HTML; empty where the question has one response only.
    pub(super) label: String,
    /// Identifier and HTML.
    pub(super) choices: Vec<(String, String)>,
}

/// The responses of a question, in order.
pub(super) fn responses(
    item: Node<'_, '_>,
    rewriter: &mut Rewriter<'_>,
    notes: &mut Vec<String>,
) -> Vec<Response> {
    let found = item.descendants().filter(|node| {
        node.tag_name().name().starts_with("response_") && node.has_attribute("ident")
    });
    let found = found.filter(|node| node.tag_name().name() != "response_label");
    let mut responses = Vec::new();
    for response in found {
        let labels = response
            .descendants()
            .filter(|node| node.tag_name().name() == "response_label");
        let choices: Vec<_> = labels
            .map(|label| {
                (
                    label.attribute("ident").unwrap_or_default().to_owned(),
                    material(label, rewriter, notes),
                )
            })
            .collect();
        let label = response
            .one("material")
            .map(|own| material(own, rewriter, notes))
            .unwrap_or_default();
        responses.push(Response {
            id: response.attribute("ident").unwrap_or_default().to_owned(),
            label,
            choices,
        });
    }
    responses
}

/// What can be chosen, as part of the prompt of a question that is answered in words.
pub(super) fn listed(responses: &[Response]) -> String {
    let list = |entries: Vec<String>| {
        format!(
            "<ul>{}</ul>",
            entries
                .iter()
                .map(|entry| format!("<li>{entry}</li>"))
                .collect::<String>()
        )
    };
    let with_choices: Vec<&Response> = responses
        .iter()
        .filter(|response| response.choices.iter().any(|(_, html)| !html.is_empty()))
        .collect();
    let Some(first) = with_choices.first() else {
        return String::new();
    };
    let texts = |response: &Response| {
        response
            .choices
            .iter()
            .map(|(_, html)| html.clone())
            .collect::<Vec<_>>()
    };
    if with_choices
        .iter()
        .all(|response| texts(response) == texts(first))
    {
        let labels: Vec<String> = with_choices
            .iter()
            .map(|response| response.label.clone())
            .filter(|label| !label.is_empty())
            .collect();
        let labels = if labels.is_empty() {
            String::new()
        } else {
            list(labels)
        };
        return format!("{labels}<p>Choose from:</p>{}", list(texts(first)));
    }
    list(
        with_choices
            .iter()
            .map(|response| format!("{}: {}", response.label, texts(response).join(" / ")))
            .collect(),
    )
}

/// The feedback texts of a question, for the report.
pub(super) fn feedback(item: Node<'_, '_>) -> Vec<String> {
    item.all("itemfeedback")
        .map(|feedback| {
            let words: Vec<String> = feedback
                .descendants()
                .filter(|node| node.tag_name().name() == "mattext")
                .map(|node| plain(&node.whole_text()))
                .collect();
            format!(
                "feedback ({}): {}",
                feedback.attribute("ident").unwrap_or_default(),
                words.join(" ")
            )
        })
        .collect()
}
