//! Update expressions.

use std::collections::BTreeSet;

use serde_dynamo::{AttributeValue, Item};

use super::Scope;
use super::number::Number;
use super::parser::{Parser, Token};
use super::value::{normal, number};

/// An update, as it was read: what happens to each attribute.
#[derive(Debug)]
pub(super) struct Update {
    actions: Vec<(String, Action)>,
}

#[derive(Debug)]
enum Action {
    Set(Operand),
    Remove,
    Add(String),
}

#[derive(Debug)]
enum Operand {
    Value(String),
    Attribute(String),
    IfNotExists(String, Box<Operand>),
    Plus(Box<Operand>, Box<Operand>),
    Minus(Box<Operand>, Box<Operand>),
}

const CLAUSES: [&str; 4] = ["SET", "REMOVE", "ADD", "DELETE"];

/// Reads an update.
pub(super) fn parse(expression: &str) -> Update {
    let mut parser = Parser::new(expression);
    let mut actions: Vec<(String, Action)> = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    while !parser.is_done() {
        let clause = CLAUSES.iter().find(|clause| parser.keyword(clause));
        let clause = *clause.unwrap_or_else(|| parser.refuse("SET, REMOVE or ADD was expected"));
        if seen.contains(&clause) {
            parser.refuse("a clause comes once");
        }
        seen.push(clause);
        loop {
            let name = parser.attribute();
            let action = match clause {
                "SET" => {
                    parser.expect("=");
                    Action::Set(sum(&mut parser))
                }
                "REMOVE" => Action::Remove,
                "ADD" => Action::Add(parser.value().unwrap_or_else(|| parser.refuse("a value was expected"))),
                other => parser.refuse(&format!("the model does not know {other}")),
            };
            if matches!(name.as_str(), "pk" | "sk") {
                parser.refuse("a key attribute cannot be changed");
            }
            if actions.iter().any(|(other, _)| *other == name) {
                parser.refuse(&format!("`{name}` is changed twice"));
            }
            actions.push((name, action));
            if !parser.symbol(",") {
                break;
            }
        }
    }
    assert!(!actions.is_empty(), "an update expression must not be empty");
    Update { actions }
}

fn sum(parser: &mut Parser<'_>) -> Operand {
    let left = operand(parser);
    if parser.symbol("+") {
        Operand::Plus(Box::new(left), Box::new(operand(parser)))
    } else if parser.symbol("-") {
        Operand::Minus(Box::new(left), Box::new(operand(parser)))
    } else {
        left
    }
}

fn operand(parser: &mut Parser<'_>) -> Operand {
    if let Some(value) = parser.value() {
        return Operand::Value(value);
    }
    match parser.function().as_deref() {
        Some("if_not_exists") => {
            let name = parser.attribute();
            parser.expect(",");
            let otherwise = operand(parser);
            parser.expect(")");
            Operand::IfNotExists(name, Box::new(otherwise))
        }
        Some(other) => parser.refuse(&format!("the model does not know the function `{other}`")),
        None if matches!(parser.peek(), Some(Token::Symbol("("))) => {
            parser.refuse("the model knows no parentheses here")
        }
        None => Operand::Attribute(parser.attribute()),
    }
}

impl Operand {
    fn resolve(&self, scope: &Scope<'_>) -> AttributeValue {
        match self {
            Operand::Value(name) => scope.value(name).clone(),
            Operand::Attribute(name) => {
                let value = scope.item.get(name).cloned();
                value.unwrap_or_else(|| panic!("`{name}` is set from and is not there: DynamoDB refuses the request"))
            }
            Operand::IfNotExists(name, otherwise) => {
                scope.item.get(name).cloned().unwrap_or_else(|| otherwise.resolve(scope))
            }
            Operand::Plus(left, right) => added(&left.resolve(scope), &right.resolve(scope), |number| number),
            Operand::Minus(left, right) => added(&left.resolve(scope), &right.resolve(scope), Number::negated),
        }
    }
}

fn added(left: &AttributeValue, right: &AttributeValue, turned: fn(Number) -> Number) -> AttributeValue {
    let (AttributeValue::N(left), AttributeValue::N(right)) = (left, right) else {
        panic!("{left:?} and {right:?} are not two numbers: DynamoDB refuses the request");
    };
    let sum = number(left).plus(turned(number(right)));
    AttributeValue::N(sum.unwrap_or_else(|| panic!("{left} and {right} have too many digits together")).to_string())
}

/// What ADD makes of a number or a set of strings; what is not there is nothing.
fn grown(before: Option<&AttributeValue>, by: &AttributeValue) -> AttributeValue {
    let zero = AttributeValue::N("0".to_owned());
    match (before, by) {
        (None, AttributeValue::Ss(more)) => AttributeValue::Ss(more.clone()),
        (Some(AttributeValue::Ss(before)), AttributeValue::Ss(more)) => {
            let union: BTreeSet<&String> = before.iter().chain(more).collect();
            AttributeValue::Ss(union.into_iter().cloned().collect())
        }
        (before, by) => added(before.unwrap_or(&zero), by, |number| number),
    }
}

impl Update {
    /// The item afterwards. Every action sees the item as it was before all of them.
    pub(super) fn apply(&self, scope: &Scope<'_>) -> Item {
        let mut item = scope.item.clone();
        for (name, action) in &self.actions {
            match action {
                Action::Set(operand) => {
                    item.insert(name.clone(), normal(operand.resolve(scope)));
                }
                Action::Remove => {
                    item.remove(name);
                }
                Action::Add(value) => {
                    item.insert(name.clone(), normal(grown(scope.item.get(name), scope.value(value))));
                }
            }
        }
        item
    }
}
