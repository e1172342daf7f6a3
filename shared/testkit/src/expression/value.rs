//! Values: when two are equal, which one is less, how large they are and which ones DynamoDB refuses.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::hash::Hash;

use serde_dynamo::{AttributeValue, Item};

use super::number::Number;

/// How deep lists and maps may be nested.
const DEPTH_MAX: usize = 32;

/// Reads a number.
///
/// # Panics
/// If it is none: DynamoDB refuses the request.
pub(super) fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("{text:?} is no number that DynamoDB takes"))
}

/// The order of two values of one ordered type; `None` for other types, which no order comparison holds for.
pub(super) fn order(left: &AttributeValue, right: &AttributeValue) -> Option<Ordering> {
    match (left, right) {
        (AttributeValue::N(left), AttributeValue::N(right)) => Some(number(left).cmp(&number(right))),
        (AttributeValue::S(left), AttributeValue::S(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
        (AttributeValue::B(left), AttributeValue::B(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whether a value has an order at all.
pub(super) fn is_ordered(value: &AttributeValue) -> bool {
    matches!(value, AttributeValue::N(_) | AttributeValue::S(_) | AttributeValue::B(_))
}

/// The value as DynamoDB keeps it: numbers in plain form, sets in one order.
///
/// # Panics
/// If DynamoDB refuses it: an empty set, a repeated member, a number that is none, nesting without end.
pub(crate) fn normal(value: AttributeValue) -> AttributeValue {
    normal_at(value, 0)
}

fn normal_at(value: AttributeValue, depth: usize) -> AttributeValue {
    assert!(depth <= DEPTH_MAX, "nested more than {DEPTH_MAX} deep: DynamoDB refuses it");
    match value {
        AttributeValue::N(text) => AttributeValue::N(number(&text).to_string()),
        AttributeValue::Ss(members) => AttributeValue::Ss(set(members)),
        AttributeValue::Ns(members) => {
            AttributeValue::Ns(set(members.iter().map(|member| number(member).to_string()).collect()))
        }
        AttributeValue::Bs(members) => AttributeValue::Bs(set(members)),
        AttributeValue::L(values) => {
            AttributeValue::L(values.into_iter().map(|value| normal_at(value, depth + 1)).collect())
        }
        AttributeValue::M(values) => {
            AttributeValue::M(values.into_iter().map(|(name, value)| (name, normal_at(value, depth + 1))).collect())
        }
        AttributeValue::Null(set) => {
            assert!(set, "NULL is true or it is not sent");
            AttributeValue::Null(set)
        }
        plain @ (AttributeValue::S(_) | AttributeValue::B(_) | AttributeValue::Bool(_)) => plain,
    }
}

fn set<T: Ord + Hash>(mut members: Vec<T>) -> Vec<T> {
    assert!(!members.is_empty(), "an empty set: DynamoDB refuses it");
    assert!(
        members.iter().collect::<HashSet<_>>().len() == members.len(),
        "a set with a member twice: DynamoDB refuses it"
    );
    members.sort();
    members
}

/// How many bytes DynamoDB counts for an item: names and values.
pub(crate) fn item_size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

/// How many bytes DynamoDB counts for a value.
pub(crate) fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(text) => number(text).size(),
        AttributeValue::B(bytes) => bytes.len(),
        AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
        AttributeValue::Ss(members) => members.iter().map(String::len).sum(),
        AttributeValue::Ns(members) => members.iter().map(|member| number(member).size()).sum(),
        AttributeValue::Bs(members) => members.iter().map(Vec::len).sum(),
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + value_size(value)).sum::<usize>(),
        AttributeValue::M(values) => {
            3 + values.iter().map(|(name, value)| 1 + name.len() + value_size(value)).sum::<usize>()
        }
    }
}
