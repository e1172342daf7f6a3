//! Items: what an assessment asks, what it accepts, and what learners answer.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{ChoiceId, ItemId};
use crate::number::{Decimal, PointsHundredths, Typed};

/// The most items of one assessment.
pub const ITEMS_MAX: usize = 500;
/// The most choices of one item.
pub const CHOICES_MAX: usize = 100;
/// The most characters of a typed answer.
pub const ANSWER_CHARS_MAX: usize = 50_000;

/// How an item is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// One choice is right.
    SingleChoice,
    /// Every right choice and no wrong one must be chosen.
    MultipleChoice,
    /// A statement holds or does not.
    TrueFalse,
    /// A number.
    Numeric,
    /// Text. It awaits a person.
    FreeText,
}

/// A choice of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its id within the item.
    pub id: ChoiceId,
    /// What it says.
    pub html: String,
}

/// An item as a learner sees it. There is no place for a key in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Its id within the assessment.
    pub id: ItemId,
    /// How it is answered.
    pub kind: ItemKind,
    /// What it asks.
    pub prompt_html: String,
    /// What it is worth, in hundredths of a point.
    pub points_max: PointsHundredths,
    /// What can be chosen; empty unless the kind has choices.
    pub choices: Vec<Choice>,
}

/// What an item accepts. It lives where no learner-facing function may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Key {
    /// The right choices.
    Choices(CorrectChoices),
    /// The numbers that are right.
    Ranges(CorrectRanges),
}

/// The right choices of an item, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectChoices {
    /// The right choices.
    pub correct: BTreeSet<ChoiceId>,
}

/// The right numbers of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectRanges {
    /// Ranges, ends included; one number is a range from itself to itself.
    pub ranges: Vec<CorrectRange>,
}

/// A range of right numbers, ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectRange {
    /// The lowest right number, as a decimal.
    pub min: String,
    /// The highest right number, as a decimal.
    pub max: String,
}

impl CorrectRange {
    /// Whether `value` is right. A range whose ends are no numbers accepts nothing; publishing refuses it.
    pub fn contains(&self, value: Typed) -> bool {
        match (Decimal::parse(&self.min), Decimal::parse(&self.max)) {
            (Ok(min), Ok(max)) => value.is_within(min, max),
            (Err(_), _) | (_, Err(_)) => false,
        }
    }
}

/// An item in a course's draft: with its key, for authors only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DraftItem {
    /// Its place in the assessment, lowest first.
    pub position: u32,
    /// What learners see.
    #[serde(flatten)]
    pub item: Item,
    /// What it accepts; `null` for an item that awaits a person.
    pub key: Option<Key>,
    /// What the item was where it came from, if Stoa has no such kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_type: Option<String>,
}

/// The keys of one assessment, with what each item is worth: all that grading needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerKeys {
    /// By item, in order of their ids.
    pub items: BTreeMap<ItemId, ItemKey>,
}

/// What grading knows of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemKey {
    /// How it is answered.
    pub kind: ItemKind,
    /// What it is worth, in hundredths of a point.
    pub points_max: PointsHundredths,
    /// What it accepts; `None` awaits a person.
    pub key: Option<Key>,
}

/// What a learner answers to one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// Chosen choices.
    Choice {
        /// Which; their order says nothing.
        choices: BTreeSet<ChoiceId>,
    },
    /// A number, kept as it was typed.
    Number {
        /// What was typed.
        value: String,
    },
    /// Text.
    Text {
        /// What was written.
        text: String,
    },
}

impl Answer {
    /// Whether nothing was answered.
    pub fn is_blank(&self) -> bool {
        match self {
            Answer::Choice { choices } => choices.is_empty(),
            Answer::Number { value } => value.trim().is_empty(),
            Answer::Text { text } => text.trim().is_empty(),
        }
    }
}

/// The answers of one attempt, by item.
pub type Answers = BTreeMap<ItemId, Answer>;

#[cfg(test)]
mod tests;
