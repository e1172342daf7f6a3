//! An engine without one condition: whoever relied on it must notice.

use serde_dynamo::Item;
use stoa_store::conditions;
use stoa_store::engine::{
    Change, Condition, Engine, Key, Page, Query, ReadFailure, Table, TransactFailure, Write, WriteFailure,
};

use crate::expression::value_names;

/// Always holds. It stands in for what is dropped, so that a check remains a check and reasons keep their places.
const HOLDS: &str = "(attribute_exists(pk) OR attribute_not_exists(pk))";

/// What to leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// The condition's name.
    pub name: &'static str,
    /// Which of its parts, counted from the left: what AND joins, at any depth. All of it if none is named.
    pub part: Option<usize>,
}

impl Dropped {
    /// Everything that can be left out of the store's conditions: each whole, and each part of those that have several.
    pub fn all() -> Vec<Dropped> {
        conditions::ALL.iter().flat_map(Dropped::of).collect()
    }

    /// Everything that can be left out of one condition.
    pub fn of(condition: &Condition) -> Vec<Dropped> {
        let name = condition.name;
        let parts = (0..without_a_part(condition.expression).len()).map(|part| Dropped { name, part: Some(part) });
        std::iter::once(Dropped { name, part: None }).chain(parts).collect()
    }

    /// What is left of its expression.
    fn left_of(self, expression: &str) -> String {
        match self.part {
            None => HOLDS.to_owned(),
            Some(part) => without_a_part(expression).swap_remove(part),
        }
    }
}

/// The engine `E`, which has forgotten one condition.
#[derive(Debug, Clone)]
pub struct Dropping<E> {
    engine: E,
    dropped: Dropped,
}

impl<E: Engine> Dropping<E> {
    /// Forgets `dropped`.
    ///
    /// # Panics
    /// If the store has no such condition.
    pub fn new(engine: E, dropped: Dropped) -> Dropping<E> {
        assert!(conditions::ALL.iter().any(|condition| condition.name == dropped.name), "there is no {dropped:?}");
        Dropping { engine, dropped }
    }

    fn forgetful(&self, mut write: Write) -> Write {
        let Some(condition) = write.condition.filter(|condition| condition.name == self.dropped.name) else {
            return write;
        };
        // An expression lives as long as the program; a test leaks a few dozen letters of it.
        let expression: &'static str = self.dropped.left_of(condition.expression).leak();
        write.condition = Some(Condition { expression, ..condition });
        let mut used = value_names(expression);
        if let Change::Update(update) = write.change {
            used.extend(value_names(update));
        }
        write.values.retain(|name, _| used.contains(*name));
        write
    }
}

impl<E: Engine> Engine for Dropping<E> {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        self.engine.get(table, key, consistent).await
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        self.engine.get_many(table, keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        self.engine.query(query).await
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        self.engine.write(self.forgetful(write)).await
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactFailure> {
        self.engine.transact(writes.into_iter().map(|write| self.forgetful(write)).collect()).await
    }
}

/// The expression without each of the parts that AND joins, from left to right.
fn without_a_part(expression: &str) -> Vec<String> {
    let (joined, word) = match split(expression, " AND ") {
        parts if parts.len() > 1 => (parts, " AND "),
        _ => (split(expression, " OR "), " OR "),
    };
    let has_or = |part: &&str| split(part, " OR ").len() > 1;
    assert!(word == " OR " || !joined.iter().any(has_or), "AND and OR without parentheses: {expression}");
    let mut all = Vec::new();
    for (index, part) in joined.iter().enumerate() {
        if word == " AND " {
            let left: Vec<&str> = [&joined[..index], &joined[index + 1..]].concat();
            all.push(left.join(word));
        }
        let inner = part.strip_prefix('(').and_then(|part| part.strip_suffix(')'));
        for left in inner.map(without_a_part).unwrap_or_default() {
            let group = format!("({left})");
            let left: Vec<&str> = [&joined[..index], &[&group], &joined[index + 1..]].concat();
            all.push(left.join(word));
        }
    }
    all
}

/// What `word` joins outside of parentheses.
fn split<'a>(expression: &'a str, word: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut depth, mut begin) = (0_u32, 0);
    for (at, letter) in expression.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' if depth == 0 && expression[at..].starts_with(word) => {
                parts.push(&expression[begin..at]);
                begin = at + word.len();
            }
            _ => {}
        }
    }
    parts.push(&expression[begin..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::check_condition;

    #[test]
    fn a_condition_loses_one_part_wherever_it_stands() {
        assert_eq!(
            without_a_part("a = :a AND (b = :b OR (c = :c AND d = :d)) AND e < :e"),
            [
                "(b = :b OR (c = :c AND d = :d)) AND e < :e",
                "a = :a AND e < :e",
                "a = :a AND (b = :b OR (d = :d)) AND e < :e",
                "a = :a AND (b = :b OR (c = :c)) AND e < :e",
                "a = :a AND (b = :b OR (c = :c AND d = :d))",
            ]
        );
        assert!(without_a_part("attribute_not_exists(pk) OR attribute_exists(a)").is_empty());
    }

    #[test]
    fn every_condition_of_the_store_can_be_dropped_whole_and_in_parts() {
        for condition in conditions::ALL {
            check_condition(condition.expression);
            for dropped in Dropped::of(condition) {
                check_condition(&dropped.left_of(condition.expression));
            }
        }
        assert!(Dropped::all().len() > conditions::ALL.len());
    }
}
