//! Quizzes: QTI 1.2 in the profiles of Canvas and of Common Cartridge.

mod calculated;
mod prompt;
mod question;
mod scoring;
pub(crate) mod settings;

use crate::id::Ids;
use crate::limits::ITEMS_MAX;
use crate::model::{AssessmentSettings, Item};
use crate::report::{Outcome, Report, RowKind};
use crate::rewriter::Rewriter;
use crate::xml::Elements;
use question::Becomes;
use roxmltree::Node;

/// A quiz, or a bank of questions.
#[derive(Debug, Default)]
pub(crate) struct Quiz {
    pub(crate) title: Option<String>,
    pub(crate) settings: AssessmentSettings,
    pub(crate) items: Vec<Item>,
    /// Words that stood after the last question.
    pub(crate) epilogue: String,
}

struct Reading<'a, 'r> {
    rewriter: &'a mut Rewriter<'r>,
    ids: &'a mut Ids,
    report: &'a mut Report,
    quiz: Quiz,
    /// Words that wait for the next question.
    words: Vec<String>,
}

/// Reads a `questestinterop` document; each question and each group gets its row.
pub(crate) fn read(root: Node<'_, '_>, rewriter: &mut Rewriter<'_>, ids: &mut Ids, report: &mut Report) -> Quiz {
    let mut reading = Reading { rewriter, ids, report, quiz: Quiz::default(), words: Vec::new() };
    for part in root.children().filter(Node::is_element) {
        if part.tag_name().name() == "assessment" {
            reading.quiz.title = part.attribute("title").map(str::to_owned);
            reading.quiz.settings = settings::common(part);
        } else if part.tag_name().name() == "objectbank" {
            reading.quiz.title = field(part, "bank_title");
        }
        reading.section(part, None);
    }
    let mut quiz = reading.quiz;
    quiz.epilogue = reading.words.join("\n");
    quiz
}

impl Reading<'_, '_> {
    /// Recursion ends with the document: its depth is limited.
    fn section(&mut self, node: Node<'_, '_>, points: Option<&str>) {
        if node.tag_name().name() == "item" {
            return self.question(node, points);
        }
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "section" => {
                    let points = self.group(child).or_else(|| points.map(str::to_owned));
                    self.section(child, points.as_deref());
                }
                "item" => self.question(child, points),
                _ => {}
            }
        }
    }

    /// A section that draws some of its questions: all are taken, and the report says so.
    fn group(&mut self, section: Node<'_, '_>) -> Option<String> {
        let selection = section.one("selection_ordering")?.one("selection")?;
        let points = selection.one("selection_extension").and_then(|extension| extension.text_of("points_per_item"));
        let id = section.attribute("ident").unwrap_or_default();
        let title = section.attribute("title").unwrap_or_default();
        let here = section.all("item").count();
        let drawn = selection.text_of("selection_number").and_then(|text| text.parse::<usize>().ok()).unwrap_or(here);
        if let Some(bank) = selection.text_of("sourcebank_ref") {
            let why = format!(
                "it draws {drawn} question(s) from the bank {bank}, which is imported on its own if it is in the package"
            );
            self.report.refused(RowKind::Question, id, title, why);
        } else {
            let notes = if drawn < here {
                vec![format!("{drawn} of {here} questions were drawn; all {here} are asked")]
            } else {
                Vec::new()
            };
            self.report.noted(RowKind::Question, id, title, &notes);
        }
        points
    }

    fn question(&mut self, node: Node<'_, '_>, points: Option<&str>) {
        if self.quiz.items.len() >= ITEMS_MAX {
            let (id, title) =
                (node.attribute("ident").unwrap_or_default(), node.attribute("title").unwrap_or_default());
            return self.report.refused(
                RowKind::Question,
                id,
                title,
                format!("an assessment has at most {ITEMS_MAX} questions"),
            );
        }
        let mut converted = question::convert(node, points, self.rewriter, self.ids);
        match converted.becomes {
            Becomes::Item(mut item) => {
                if !self.words.is_empty() {
                    item.prompt_html = format!("{}\n{}", self.words.join("\n"), item.prompt_html);
                    self.words.clear();
                }
                item.position = u32::try_from(self.quiz.items.len()).unwrap_or(u32::MAX);
                self.quiz.items.push(item);
            }
            Becomes::Words(words) => {
                converted.notes.push("words without an answer: they stand before the next question".to_owned());
                self.words.push(words);
            }
        }
        let outcome = Outcome::of(&converted.notes);
        self.report.push(RowKind::Question, &converted.id, &converted.title, outcome, converted.kept);
    }
}

/// A `qtimetadatafield` of this label, below the node's `qtimetadata` or directly below the node.
fn field(node: Node<'_, '_>, label: &str) -> Option<String> {
    let below = node.one("qtimetadata").into_iter().chain([node]);
    below
        .flat_map(|list| list.all("qtimetadatafield"))
        .find(|field| field.text_of("fieldlabel").is_some_and(|name| name == label))
        .and_then(|field| field.text_of("fieldentry"))
}

#[cfg(test)]
mod tests;
