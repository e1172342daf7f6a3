//! Condition expressions.

use std::cmp::Ordering;

use serde_dynamo::AttributeValue;

use super::Scope;
use super::parser::{Parser, Token};
use super::value::{is_ordered, order};

/// A condition, as it was read.
#[derive(Debug)]
pub(super) enum Condition {
    Compare(Operand, Comparator, Operand),
    Exists(String),
    NotExists(String),
    BeginsWith(String, String),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

/// One side of a comparison.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Attribute(String),
    Value(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

const COMPARATORS: [(&str, Comparator); 6] = [
    ("=", Comparator::Equal),
    ("<>", Comparator::Unequal),
    ("<", Comparator::Less),
    ("<=", Comparator::LessOrEqual),
    (">", Comparator::Greater),
    (">=", Comparator::GreaterOrEqual),
];

/// Reads a condition.
pub(super) fn parse(expression: &str) -> Condition {
    let mut parser = Parser::new(expression);
    let condition = any(&mut parser);
    if !parser.is_done() {
        parser.refuse("the expression does not end");
    }
    condition
}

fn any(parser: &mut Parser<'_>) -> Condition {
    let mut condition = all(parser);
    while parser.keyword("OR") {
        condition = Condition::Or(Box::new(condition), Box::new(all(parser)));
    }
    condition
}

fn all(parser: &mut Parser<'_>) -> Condition {
    let mut condition = not(parser);
    while parser.keyword("AND") {
        condition = Condition::And(Box::new(condition), Box::new(not(parser)));
    }
    condition
}

fn not(parser: &mut Parser<'_>) -> Condition {
    if parser.keyword("NOT") { Condition::Not(Box::new(not(parser))) } else { one(parser) }
}

fn one(parser: &mut Parser<'_>) -> Condition {
    if parser.symbol("(") {
        if parser.peek() == Some(&Token::Symbol("(")) {
            parser
                .refuse("parentheses right within parentheses; DynamoDB calls some of them redundant and refuses them");
        }
        let condition = any(parser);
        parser.expect(")");
        return condition;
    }
    if let Some(function) = parser.function() {
        let attribute = parser.attribute();
        let condition = match function.as_str() {
            "attribute_exists" => Condition::Exists(attribute),
            "attribute_not_exists" => Condition::NotExists(attribute),
            "begins_with" => {
                parser.expect(",");
                let prefix = parser.value().unwrap_or_else(|| parser.refuse("a value was expected"));
                Condition::BeginsWith(attribute, prefix)
            }
            other => parser.refuse(&format!("the model does not know the function `{other}`")),
        };
        parser.expect(")");
        return condition;
    }
    let left = operand(parser);
    let comparator = COMPARATORS.iter().find(|(symbol, _)| parser.symbol(symbol)).map(|(_, comparator)| *comparator);
    let comparator = comparator.unwrap_or_else(|| parser.refuse("a comparator was expected"));
    let right = operand(parser);
    if left == right {
        parser.refuse("both sides are the same");
    }
    Condition::Compare(left, comparator, right)
}

fn operand(parser: &mut Parser<'_>) -> Operand {
    match parser.value() {
        Some(value) => Operand::Value(value),
        None => Operand::Attribute(parser.attribute()),
    }
}

impl Operand {
    fn resolve<'a>(&self, scope: &'a Scope<'_>) -> Option<&'a AttributeValue> {
        match self {
            Operand::Attribute(name) => scope.item.get(name),
            Operand::Value(name) => Some(scope.value(name)),
        }
    }
}

impl Comparator {
    fn holds(self, left: &AttributeValue, right: &AttributeValue) -> bool {
        let order = |wanted: fn(Ordering) -> bool| order(left, right).is_some_and(wanted);
        match self {
            Comparator::Equal => left == right,
            Comparator::Unequal => left != right,
            Comparator::Less => order(Ordering::is_lt),
            Comparator::LessOrEqual => order(Ordering::is_le),
            Comparator::Greater => order(Ordering::is_gt),
            Comparator::GreaterOrEqual => order(Ordering::is_ge),
        }
    }
}

impl Condition {
    /// Whether it holds. Both sides are always looked at, so that a mistake in either shows.
    pub(super) fn holds(&self, scope: &Scope<'_>) -> bool {
        match self {
            Condition::Exists(name) => scope.item.contains_key(name),
            Condition::NotExists(name) => !scope.item.contains_key(name),
            Condition::BeginsWith(name, prefix) => match (scope.item.get(name), scope.value(prefix)) {
                (Some(AttributeValue::S(text)), AttributeValue::S(prefix)) => text.starts_with(prefix),
                (Some(AttributeValue::B(bytes)), AttributeValue::B(prefix)) => bytes.starts_with(prefix),
                (_, AttributeValue::S(_) | AttributeValue::B(_)) => false,
                (_, other) => panic!("begins_with takes text or bytes, and not {other:?}"),
            },
            Condition::Compare(left, comparator, right) => {
                check_type(left, *comparator, scope);
                check_type(right, *comparator, scope);
                match (left.resolve(scope), right.resolve(scope)) {
                    (Some(left), Some(right)) => comparator.holds(left, right),
                    // What is not there is unequal to everything; no other comparison holds for it.
                    _ => *comparator == Comparator::Unequal,
                }
            }
            Condition::And(left, right) => left.holds(scope) & right.holds(scope),
            Condition::Or(left, right) => left.holds(scope) | right.holds(scope),
            Condition::Not(inner) => !inner.holds(scope),
        }
    }
}

/// A value without an order beside a comparator that asks for one is refused, whatever the item holds.
fn check_type(operand: &Operand, comparator: Comparator, scope: &Scope<'_>) {
    if let Operand::Value(name) = operand
        && !matches!(comparator, Comparator::Equal | Comparator::Unequal)
    {
        let value = scope.value(name);
        assert!(is_ordered(value), "{name} is {value:?}, which has no order: DynamoDB refuses the request");
    }
}
