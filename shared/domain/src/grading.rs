//! Automatic grading: answers against keys, in exact points.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::ItemId;
use crate::item::{Answer, AnswerKeys, Answers, ItemKey, Key};
use crate::number::{PointsHundredths, Typed};

/// The revision of an automatic grade under the first keys of a Release. It is derived, so a retry finds its own grade.
pub const AUTOMATIC_REVISION: u32 = 1;

/// Whether a grade is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GradeStatus {
    /// At least one item must be marked by a person.
    AwaitsPerson,
    /// Every item is scored.
    Scored,
}

/// Whether one item of a grade is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// It has its points.
    Scored,
    /// A person must mark it.
    AwaitsPerson,
    /// Nothing was answered: no points, and nothing to mark.
    Unanswered,
}

/// The grade of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemGrade {
    /// Whether it is scored.
    pub status: ItemStatus,
    /// Its points, in hundredths.
    pub points: PointsHundredths,
    /// What it is worth, in hundredths.
    pub points_max: PointsHundredths,
}

/// The grade of one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Grade {
    /// Whether it is whole.
    pub status: GradeStatus,
    /// The points so far, in hundredths.
    pub points: PointsHundredths,
    /// The points of all items, in hundredths.
    pub points_max: PointsHundredths,
    /// Later judgements have higher numbers.
    pub revision: u32,
    /// By item.
    pub items: BTreeMap<ItemId, ItemGrade>,
}

/// Grades the answers of one attempt. Answers to items that the assessment does not have count for nothing.
pub fn grade(keys: &AnswerKeys, answers: &Answers) -> Grade {
    let items: BTreeMap<ItemId, ItemGrade> =
        keys.items.iter().map(|(id, key)| (id.clone(), grade_item(key, answers.get(id)))).collect();
    let awaits = items.values().any(|item| item.status == ItemStatus::AwaitsPerson);
    Grade {
        status: if awaits { GradeStatus::AwaitsPerson } else { GradeStatus::Scored },
        points: items.values().map(|item| item.points).sum(),
        points_max: items.values().map(|item| item.points_max).sum(),
        revision: AUTOMATIC_REVISION,
        items,
    }
}

fn grade_item(key: &ItemKey, answer: Option<&Answer>) -> ItemGrade {
    let scored = |points| ItemGrade { status: ItemStatus::Scored, points, points_max: key.points_max };
    let Some(answer) = answer.filter(|answer| !answer.is_blank()) else {
        return ItemGrade { status: ItemStatus::Unanswered, points: 0, points_max: key.points_max };
    };
    let is_right = match (&key.key, answer) {
        (None, _) => return ItemGrade { status: ItemStatus::AwaitsPerson, points: 0, points_max: key.points_max },
        (Some(Key::Choices(right)), Answer::Choice { choices }) => *choices == right.correct,
        (Some(Key::Ranges(right)), Answer::Number { value }) => {
            Typed::parse(value).is_ok_and(|value| right.ranges.iter().any(|range| range.contains(value)))
        }
        (Some(_), Answer::Choice { .. } | Answer::Number { .. } | Answer::Text { .. }) => false,
    };
    scored(if is_right { key.points_max } else { 0 })
}

#[cfg(test)]
mod tests;
