//! DynamoDB's expression language, as much of it as the store uses.
//!
//! What DynamoDB refuses as a validation error is a defect of the caller and panics here, and so does what this small
//! reading of the language does not know: a test must not pass because the model shrugged.

mod condition;
mod number;
mod parser;
mod update;
mod value;

use std::collections::BTreeSet;

use serde_dynamo::{AttributeValue, Item};
use stoa_store::engine::Values;

pub(crate) use parser::value_names;
pub(crate) use value::{item_size, normal, value_size};

/// Whether the condition holds for the item as it stands; an item that is not there has no attributes.
pub(crate) fn holds(expression: &str, values: &Values, item: &Item) -> bool {
    condition::parse(expression).holds(&Scope { item, values })
}

/// The item after the update expression.
pub(crate) fn updated(expression: &str, values: &Values, item: &Item) -> Item {
    update::parse(expression).apply(&Scope { item, values })
}

/// Refuses a condition that DynamoDB, or the model, does not understand.
#[cfg(test)]
pub(crate) fn check_condition(expression: &str) {
    condition::parse(expression);
}

/// Refuses values that no expression names, and names without a value.
pub(crate) fn check_values<'a>(expressions: impl IntoIterator<Item = &'a str>, values: &Values) {
    let mut used = BTreeSet::new();
    let mut texts = Vec::new();
    for expression in expressions {
        used.extend(value_names(expression));
        texts.push(expression);
    }
    for name in &used {
        assert!(values.contains_key(name.as_str()), "{texts:?} names {name}, which has no value");
    }
    for name in values.keys() {
        assert!(used.contains(*name), "{name} is used by no expression of {texts:?}: DynamoDB refuses the request");
    }
}

/// What names in an expression stand for.
struct Scope<'a> {
    item: &'a Item,
    values: &'a Values,
}

impl Scope<'_> {
    fn value(&self, name: &str) -> &AttributeValue {
        self.values.get(name).unwrap_or_else(|| panic!("{name} has no value"))
    }
}
