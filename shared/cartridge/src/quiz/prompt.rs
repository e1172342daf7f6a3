//! The words of a question: its prompt, its choices, its feedback.

use crate::rewriter::Rewriter;
use crate::text::{escape, plain};
use crate::xml::Elements;
use roxmltree::Node;

/// The prompt: all material of the presentation that belongs to no response.
pub(super) fn prompt(presentation: Node<'_, '_>, rewriter: &mut Rewriter<'_>, notes: &mut Vec<String>) -> String {
    let mut parts = Vec::new();
    collect(presentation, rewriter, notes, &mut parts);
    parts.join("\n")
}

/// Recursion ends with the document: its depth is limited.
fn collect(node: Node<'_, '_>, rewriter: &mut Rewriter<'_>, notes: &mut Vec<String>, parts: &mut Vec<String>) {
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "material" => parts.push(material(child, rewriter, notes)),
            name if name.starts_with("response_") || name.starts_with("render_") => {}
            _ => collect(child, rewriter, notes, parts),
        }
    }
}

/// The HTML of a `material`, or of whatever holds some.
pub(super) fn material(node: Node<'_, '_>, rewriter: &mut Rewriter<'_>, notes: &mut Vec<String>) -> String {
    let mut parts = Vec::new();
    for part in node.descendants().filter(|part| part.is_element() && !is_inside(*part, node, "mattext")) {
        match part.tag_name().name() {
            "mattext" => parts.push(rewriter.text(&part.whole_text(), part.attribute("texttype"), notes)),
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
pub(super) fn responses(item: Node<'_, '_>, rewriter: &mut Rewriter<'_>, notes: &mut Vec<String>) -> Vec<Response> {
    let is_response = |node: &Node<'_, '_>| {
        matches!(
            node.tag_name().name(),
            "response_lid" | "response_str" | "response_num" | "response_xy" | "response_grp"
        )
    };
    let found = item.descendants().filter(|node| is_response(node) && node.has_attribute("ident"));
    let mut responses = Vec::new();
    for response in found.filter(|node| !node.ancestors().skip(1).any(|above| is_response(&above))) {
        let labels = response.descendants().filter(|node| node.tag_name().name() == "response_label");
        let choices: Vec<_> = labels
            .filter(|label| !is_inside(*label, response, "response_label"))
            .map(|label| (label.attribute("ident").unwrap_or_default().to_owned(), material(label, rewriter, notes)))
            .collect();
        let label = response.one("material").map(|own| material(own, rewriter, notes)).unwrap_or_default();
        responses.push(Response { id: response.attribute("ident").unwrap_or_default().to_owned(), label, choices });
    }
    responses
}

/// What can be chosen, as part of the prompt of a question that is answered in words.
pub(super) fn listed(responses: &[Response]) -> String {
    let list = |entries: Vec<String>| {
        format!("<ul>{}</ul>", entries.iter().map(|entry| format!("<li>{entry}</li>")).collect::<String>())
    };
    let with_choices: Vec<&Response> =
        responses.iter().filter(|response| response.choices.iter().any(|(_, html)| !html.is_empty())).collect();
    let Some(first) = with_choices.first() else {
        return String::new();
    };
    let texts = |response: &Response| response.choices.iter().map(|(_, html)| html.clone()).collect::<Vec<_>>();
    let same = |response: &&Response| {
        response.choices.len() == first.choices.len()
            && response.choices.iter().zip(&first.choices).all(|(one, other)| one.1 == other.1)
    };
    if with_choices.iter().all(same) {
        let labels: Vec<String> =
            with_choices.iter().map(|response| response.label.clone()).filter(|label| !label.is_empty()).collect();
        let labels = if labels.is_empty() { String::new() } else { list(labels) };
        return format!("{labels}<p>Choose from:</p>{}", list(texts(first)));
    }
    list(with_choices.iter().map(|response| format!("{}: {}", response.label, texts(response).join(" / "))).collect())
}

/// Whether `node` lies in an element of this name that lies in `within`: nested ones are read once, not once a level.
fn is_inside(node: Node<'_, '_>, within: Node<'_, '_>, name: &str) -> bool {
    node.ancestors().skip(1).take_while(|above| *above != within).any(|above| above.tag_name().name() == name)
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
            format!("feedback ({}): {}", feedback.attribute("ident").unwrap_or_default(), words.join(" "))
        })
        .collect()
}
