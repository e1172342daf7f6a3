//! One question of QTI 1.2, as Canvas and Common Cartridge write them, becomes one item.

use super::{calculated, prompt, scoring};
use crate::decimal::Decimal;
use crate::id::Ids;
use crate::limits::CHOICES_MAX;
use crate::model::{Choice, Item, ItemKind, Key};
use crate::rewriter::Rewriter;
use crate::text::plain;
use crate::xml::Elements;
use roxmltree::Node;
use std::collections::HashSet;

const POINTS_DEFAULT_HUNDREDTHS: u32 = 100;

/// What a question became.
#[derive(Debug)]
pub(super) struct Converted {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) becomes: Becomes,
    pub(super) notes: Vec<String>,
    pub(super) kept: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Becomes {
    /// A question here.
    Item(Item),
    /// Words without an answer.
    Words(String),
}

/// Converts an `item`. `points`: what its group says a question is worth.
pub(super) fn convert(
    node: Node<'_, '_>,
    points: Option<&str>,
    rewriter: &mut Rewriter<'_>,
    ids: &mut Ids,
) -> Converted {
    let (mut notes, mut kept) = (Vec::new(), prompt::feedback(node));
    if !kept.is_empty() {
        notes.push(format!("{} feedback text(s) are kept in this report only", kept.len()));
    }
    let kind = question_type(node);
    let presentation = node.one("presentation");
    let prompt_html = presentation.map(|at| prompt::prompt(at, rewriter, &mut notes)).unwrap_or_default();
    let responses = prompt::responses(node, rewriter, &mut notes);
    let scorings = scoring::of(node);
    let source = node.attribute("ident").unwrap_or_default();
    let title =
        node.attribute("title").filter(|title| *title != "Question").map_or_else(|| plain(&prompt_html), str::to_owned);
    let converted = |becomes, notes, kept| Converted { id: source.to_owned(), title, becomes, notes, kept };
    if kind == "text_only_question" {
        return converted(Becomes::Words(prompt_html), notes, kept);
    }
    let mut item = Item {
        id: ids.claim(source),
        position: 0,
        kind: ItemKind::FreeText,
        prompt_html,
        points_max: points_max(node, points, &mut notes),
        choices: Vec::new(),
        key: None,
        original_type: None,
    };
    let understood = match kind.as_str() {
        "multiple_choice_question" | "true_false_question" | "multiple_answers_question" => {
            choose(&mut item, &kind, &responses, &scorings, &mut notes)
        }
        "numerical_question" => scoring::ranges(&scorings, &mut notes)
            .map(|ranges| {
                item.kind = ItemKind::Numeric;
                item.key = Some(Key::Ranges(ranges));
            })
            .ok_or("its answer cannot be written as ranges of numbers"),
        "essay_question" => Ok(()),
        "short_answer_question" | "fill_in_multiple_blanks_question" => Err("words are not compared by machine here"),
        "matching_question" | "multiple_dropdowns_question" => {
            Err("several answers in one question are not compared by machine here")
        }
        "calculated_question" => Err("numbers are not drawn anew for each learner here"),
        "file_upload_question" => Err("nothing can be uploaded into an answer here"),
        _ => Err("its type is unknown here"),
    };
    if let Err(why) = understood {
        notes.push(format!("{kind} became free text, marked by a person: {why}"));
        item.prompt_html.push_str(&prompt::listed(&responses));
        item.original_type = Some(kind.clone());
        kept.extend(answers(&responses, &scorings));
        if let Some((words, solution)) = calculated::describe(node) {
            item.prompt_html.push_str(&words);
            kept.extend(solution);
        }
    }
    if item.prompt_html.trim().is_empty() {
        notes.push("it has no words: its title stands in their place".to_owned());
        let words = node.attribute("title").filter(|title| !title.trim().is_empty()).unwrap_or("?");
        item.prompt_html = format!("<p>{}</p>", crate::text::escape(words));
    }
    converted(Becomes::Item(item), notes, kept)
}

/// Turns the item into one with choices and a key, or says why that is impossible and leaves it alone.
fn choose(
    item: &mut Item,
    kind: &str,
    responses: &[prompt::Response],
    scorings: &[scoring::Scoring<'_, '_>],
    notes: &mut Vec<String>,
) -> Result<(), &'static str> {
    let [response] = responses else {
        return Err("it does not have exactly one response");
    };
    let right = scoring::choices(scorings);
    let several = kind == "multiple_answers_question";
    let unique: HashSet<&str> = response.choices.iter().map(|(source, _)| source.as_str()).collect();
    if unique.len() != response.choices.len() || !(2..=CHOICES_MAX).contains(&unique.len()) {
        return Err("its choices are too few, too many, or cannot be told apart");
    }
    let mut ids = Ids::default();
    let choice =
        |(source, html): &(String, String)| (source.clone(), Choice { id: ids.claim(source), html: html.clone() });
    let choices: Vec<(String, Choice)> = response.choices.iter().map(choice).collect();
    let named =
        |source: &String| choices.iter().find(|(known, _)| known == source).map(|(_, choice)| choice.id.clone());
    let correct: Vec<String> = right.choices.iter().filter_map(named).collect();
    if correct.is_empty() || correct.len() != right.choices.len() {
        return Err("the package does not say which choice is right");
    }
    if !several && correct.len() > 1 || several && right.ambiguous {
        return Err("there is more than one way to be right");
    }
    if right.partial {
        notes.push("answers that gave part of the points now give none".to_owned());
    }
    item.kind = match kind {
        _ if several => ItemKind::MultipleChoice,
        "true_false_question" if choices.len() == 2 => ItemKind::TrueFalse,
        _ => ItemKind::SingleChoice,
    };
    item.choices = choices.into_iter().map(|(_, choice)| choice).collect();
    item.key = Some(Key::Correct(correct));
    Ok(())
}

/// The accepted answers in words, for the report.
fn answers(responses: &[prompt::Response], scorings: &[scoring::Scoring<'_, '_>]) -> Vec<String> {
    scoring::accepted(scorings)
        .into_iter()
        .map(|(response, value)| {
            let known = responses.iter().find(|known| known.id == response);
            let label = known.map(|known| plain(&known.label)).filter(|label| !label.is_empty());
            let choice =
                known.and_then(|known| known.choices.iter().find(|(id, _)| *id == value)).map(|(_, html)| plain(html));
            let value = choice.filter(|words| !words.is_empty()).unwrap_or(value);
            label.map_or_else(|| format!("accepted: {value}"), |label| format!("accepted for {label}: {value}"))
        })
        .collect()
}

fn points_max(node: Node<'_, '_>, group: Option<&str>, notes: &mut Vec<String>) -> u32 {
    let own = metadata(node, "points_possible").or_else(|| metadata(node, "cc_weighting"));
    let Some(text) = group.map(str::to_owned).or(own) else {
        notes.push("the package gives it no points: it is worth one".to_owned());
        return POINTS_DEFAULT_HUNDREDTHS;
    };
    match Decimal::parse(&text).and_then(Decimal::hundredths) {
        Some((points, true)) => points,
        Some((points, false)) => {
            notes.push(format!("{text} points were rounded to hundredths"));
            points
        }
        None => {
            notes.push(format!(
                "{} is no number of points between 0 and 10,000: it is worth one",
                crate::text::cut(&text)
            ));
            POINTS_DEFAULT_HUNDREDTHS
        }
    }
}

/// Canvas's name for the question's type, whatever the package calls it.
fn question_type(node: Node<'_, '_>) -> String {
    if let Some(kind) = metadata(node, "question_type") {
        return kind;
    }
    let profile = metadata(node, "cc_profile").unwrap_or_default();
    let has = |name: &str| node.descendants().any(|part| part.tag_name().name() == name);
    let kind = match profile.split('.').nth(1).unwrap_or_default() {
        "multiple_choice" => "multiple_choice_question",
        "multiple_response" => "multiple_answers_question",
        "true_false" => "true_false_question",
        "fib" | "pattern_match" => "short_answer_question",
        "essay" => "essay_question",
        _ if has("response_lid") => {
            let many = node
                .descendants()
                .any(|part| part.attribute("rcardinality").is_some_and(|many| many.eq_ignore_ascii_case("multiple")));
            if many { "multiple_answers_question" } else { "multiple_choice_question" }
        }
        _ if has("response_str") => "essay_question",
        _ if has("response_num") => "numerical_question",
        _ => "text_only_question",
    };
    kind.to_owned()
}

/// A field of the question's metadata.
fn metadata(node: Node<'_, '_>, label: &str) -> Option<String> {
    super::field(node.one("itemmetadata")?, label)
}
