//! Items whose keys do not fit them.

use std::collections::BTreeSet;

use super::Findings;
use crate::content::{DraftNode, NodeKind};
use crate::item::{DraftItem, ItemKind, Key};
use crate::number::Decimal;

/// Finds what is wrong with one item.
pub(super) fn check(node: &DraftNode, item: &DraftItem, findings: &mut Findings) {
    let pointer = format!("/nodes/{}/items/{}", node.id, item.item.id);
    if node.kind != NodeKind::Assessment {
        findings.add(pointer, "Only an assessment has items.");
        return;
    }
    let detail = match (item.item.kind, &item.key) {
        (ItemKind::FreeText, None) => None,
        (ItemKind::FreeText, Some(_)) => Some("A free text is marked by a person; it has no key."),
        (ItemKind::Numeric, Some(Key::Ranges(key))) if !key.ranges.is_empty() => key
            .ranges
            .iter()
            .any(|range| !is_range(&range.min, &range.max))
            .then_some("Each range needs two decimal numbers, the lower first."),
        (ItemKind::Numeric, _) => Some("A numeric item needs at least one range of right numbers."),
        (ItemKind::SingleChoice | ItemKind::TrueFalse, Some(Key::Choices(key))) if key.correct.len() != 1 => {
            Some("Exactly one choice is right.")
        }
        (ItemKind::MultipleChoice, Some(Key::Choices(key))) if key.correct.is_empty() => {
            Some("At least one choice is right; otherwise leaving it blank would be the answer.")
        }
        (ItemKind::SingleChoice | ItemKind::MultipleChoice | ItemKind::TrueFalse, Some(Key::Choices(key))) => {
            let known: BTreeSet<_> = item.item.choices.iter().map(|choice| &choice.id).collect();
            if known.len() != item.item.choices.len() {
                Some("Two choices have the same id.")
            } else if !key.correct.iter().all(|right| known.contains(right)) {
                Some("The key names a choice that the item does not have.")
            } else {
                None
            }
        }
        (ItemKind::SingleChoice | ItemKind::MultipleChoice | ItemKind::TrueFalse, _) => {
            Some("An item with choices needs a key of right choices.")
        }
    };
    if let Some(detail) = detail {
        findings.add(pointer, detail);
    }
}

fn is_range(min: &str, max: &str) -> bool {
    matches!((Decimal::parse(min), Decimal::parse(max)), (Ok(min), Ok(max)) if min <= max)
}
