//! What is right, read from the conditions under which a question scores.

use crate::decimal::Decimal;
use crate::limits::{ACCEPTED_MAX, CHOICES_MAX, KEY_FRACTION_DIGITS_MAX, RANGES_MAX};
use crate::model::Range;
use crate::xml::Elements;
use roxmltree::Node;

/// A condition that gives points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scoring<'a, 'input> {
    condition: Node<'a, 'input>,
    score: Decimal,
    adds: bool,
}

/// The conditions that give points, in order.
pub(super) fn of<'a, 'input>(item: Node<'a, 'input>) -> Vec<Scoring<'a, 'input>> {
    let conditions = item.all("resprocessing").flat_map(|processing| processing.all("respcondition"));
    conditions
        .filter_map(|condition| {
            let setvar = condition.all("setvar").find(|setvar| {
                setvar.attribute("varname").is_none_or(|name| name.eq_ignore_ascii_case("SCORE") || name == "que_score")
            })?;
            let score = Decimal::parse(&setvar.whole_text()).filter(|score| score.is_positive())?;
            let adds = setvar.attribute("action").is_some_and(|action| action.eq_ignore_ascii_case("add"));
            Some(Scoring { condition: condition.one("conditionvar")?, score, adds })
        })
        .collect()
}

/// The choices that are right.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Right {
    pub(super) choices: Vec<String>,
    /// Some answers gave part of the points.
    pub(super) partial: bool,
    /// There is more than one way to be right, and a set of choices cannot say so.
    pub(super) ambiguous: bool,
}

/// The right choices, from conditions such as `and(a, not(b), c)`.
pub(super) fn choices(scorings: &[Scoring<'_, '_>]) -> Right {
    let adding = scorings.iter().any(|scoring| scoring.adds);
    let best = scorings.iter().map(|scoring| scoring.score).max();
    let counted: Vec<_> = scorings.iter().filter(|scoring| adding || Some(scoring.score) == best).collect();
    let mut right = Right {
        partial: adding && scorings.len() > 1 || counted.len() < scorings.len(),
        ambiguous: !adding && counted.len() > 1,
        ..Right::default()
    };
    for scoring in counted {
        walk(scoring.condition, false, &mut right);
    }
    right
}

/// Recursion ends with the document: its depth is limited.
fn walk(node: Node<'_, '_>, negated: bool, right: &mut Right) {
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "varequal" if !negated => {
                let choice = child.whole_text().trim().to_owned();
                // More than can be chosen cannot be right either: the rest need not be looked at.
                if right.choices.len() <= CHOICES_MAX && !right.choices.contains(&choice) {
                    right.choices.push(choice);
                }
            }
            "and" => walk(child, negated, right),
            "not" => walk(child, !negated, right),
            "or" => {
                right.ambiguous |= !negated && child.children().filter(Node::is_element).count() > 1;
                walk(child, negated, right);
            }
            _ => {}
        }
    }
}

/// The numbers that are right, or `None` where the conditions say something that ranges cannot.
pub(super) fn ranges(scorings: &[Scoring<'_, '_>], notes: &mut Vec<String>) -> Option<Vec<Range>> {
    let best = scorings.iter().map(|scoring| scoring.score).max()?;
    if scorings.iter().any(|scoring| scoring.score != best) {
        notes.push("answers that gave part of the points now give none".to_owned());
    }
    let mut found: Vec<(Decimal, Decimal)> = Vec::new();
    for scoring in scorings.iter().filter(|scoring| scoring.score == best) {
        alternatives(scoring.condition, &mut found, notes)?;
    }
    found.sort_unstable();
    found.dedup();
    if found.len() > RANGES_MAX {
        return None;
    }
    // An exact answer beside a range that holds it says nothing more.
    let all = found.clone();
    found.retain(|range| !all.iter().any(|other| other != range && other.0 <= range.0 && range.1 <= other.1));
    if found.is_empty() {
        return None;
    }
    let ranges: Vec<Range> = found
        .iter()
        .map(|(min, max)| Range { min: min.around().0.to_string(), max: max.around().1.to_string() })
        .collect();
    if found.iter().any(|(min, max)| min.around().0 != *min || max.around().1 != *max) {
        notes.push(format!("its numbers were rounded outwards to {KEY_FRACTION_DIGITS_MAX} digits after the point"));
    }
    Some(ranges)
}

/// Each element of an `or` (and of a condition, where they stand side by side) is a range of its own.
fn alternatives(node: Node<'_, '_>, found: &mut Vec<(Decimal, Decimal)>, notes: &mut Vec<String>) -> Option<()> {
    let children: Vec<_> = node.children().filter(Node::is_element).collect();
    if children.iter().any(|child| child.tag_name().name().starts_with("vargt")) {
        found.push(bounds(&children, notes)?);
        return Some(());
    }
    for child in children {
        match child.tag_name().name() {
            "or" => alternatives(child, found, notes)?,
            "and" => found.push(bounds(&child.children().filter(Node::is_element).collect::<Vec<_>>(), notes)?),
            "varequal" => {
                let value = Decimal::parse(&child.whole_text())?;
                found.push((value, value));
            }
            _ => return None,
        }
    }
    Some(())
}

fn bounds(parts: &[Node<'_, '_>], notes: &mut Vec<String>) -> Option<(Decimal, Decimal)> {
    let (mut min, mut max) = (None, None);
    for part in parts {
        let name = part.tag_name().name();
        let value = Some(Decimal::parse(&part.whole_text())?);
        match name {
            "vargte" | "vargt" if min.is_none() => min = value,
            "varlte" | "varlt" if max.is_none() => max = value,
            "varequal" if parts.len() == 1 => (min, max) = (value, value),
            _ => return None,
        }
        if matches!(name, "vargt" | "varlt") {
            let note = "an end of the range that did not count now does".to_owned();
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    Some((min?, max?)).filter(|(min, max)| min <= max)
}

/// What was accepted, response by response, for the person who will mark.
pub(super) fn accepted(scorings: &[Scoring<'_, '_>]) -> Vec<(String, String)> {
    let mut accepted = Vec::new();
    for scoring in scorings {
        let equals = scoring
            .condition
            .descendants()
            .filter(|node| matches!(node.tag_name().name(), "varequal" | "varsubstring"));
        for equal in equals {
            if accepted.len() == ACCEPTED_MAX {
                accepted.push((String::new(), "and more".to_owned()));
                return accepted;
            }
            let response = equal.attribute("respident").unwrap_or_default().to_owned();
            let negated = equal.ancestors().any(|node| node.tag_name().name() == "not");
            let value = equal.whole_text().trim().to_owned();
            accepted.push((response, if negated { format!("not {value}") } else { value }));
        }
    }
    accepted
}
