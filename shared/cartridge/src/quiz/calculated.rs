//! Canvas's formula questions: numbers drawn for each learner. Here the first draw is asked, and a person marks.

use crate::text::escape;
use crate::xml::Elements;
use roxmltree::Node;

/// What the learner needs to be told, and what the person who marks needs to know.
pub(super) fn describe(item: Node<'_, '_>) -> Option<(String, Vec<String>)> {
    let calculated = item.one("itemproc_extension")?.one("calculated")?;
    let draw = calculated.one("var_sets").and_then(|sets| sets.one("var_set"));
    let drawn: Vec<(String, String)> = draw
        .map(|set| {
            set.all("var")
                .map(|var| (var.attribute("name").unwrap_or_default().to_owned(), var.whole_text().trim().to_owned()))
                .collect()
        })
        .unwrap_or_default();
    let listed: String =
        drawn.iter().map(|(name, value)| format!("<li>[{}] = {}</li>", escape(name), escape(value))).collect();
    let words = if listed.is_empty() { String::new() } else { format!("<ul>{listed}</ul>") };
    let mut solution = Vec::new();
    if let Some(formulas) = calculated.one("formulas") {
        solution.extend(formulas.all("formula").map(|formula| format!("formula: {}", formula.whole_text().trim())));
    }
    if let Some(vars) = calculated.one("vars") {
        solution.extend(vars.all("var").map(|var| {
            let text = |name| var.text_of(name).unwrap_or_default();
            format!("{} was drawn from {} to {}", var.attribute("name").unwrap_or_default(), text("min"), text("max"))
        }));
    }
    solution.extend(calculated.text_of("answer_tolerance").map(|tolerance| format!("tolerance: {tolerance}")));
    solution.extend(calculated.one("var_sets").into_iter().flat_map(|sets| sets.all("var_set")).map(|set| {
        let vars: Vec<String> = set
            .all("var")
            .map(|var| format!("{} = {}", var.attribute("name").unwrap_or_default(), var.whole_text().trim()))
            .collect();
        format!("with {}: {}", vars.join(", "), set.text_of("answer").unwrap_or_default())
    }));
    Some((words, solution))
}
