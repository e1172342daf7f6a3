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
    /// Which of its parts, that AND joins; all of them if none is named.
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
        let count = parts(condition.expression).len();
        let single = (0..count).filter(|_| count > 1).map(|part| Dropped { name, part: Some(part) });
        std::iter::once(Dropped { name, part: None }).chain(single).collect()
    }

    fn left_of(self, expression: &str) -> String {
        let left = parts(expression).into_iter().enumerate().filter(|(index, _)| self.part.is_some_and(|part| part != *index));
        let left: Vec<&str> = left.map(|(_, part)| part).collect();
        if left.is_empty() { HOLDS.to_owned() } else { left.join(" AND ") }
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
        let Some(condition) = write.condition.filter(|condition| condition.name == self.dropped.name) else { return write };
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

/// The parts of a condition that AND joins outside of parentheses.
fn parts(expression: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut begin) = (0_u32, 0);
    for (at, letter) in expression.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' if depth == 0 && expression[at..].starts_with(" AND ") => {
                parts.push(&expression[begin..at]);
                begin = at + " AND ".len();
            }
            _ => {}
        }
    }
    parts.push(&expression[begin..]);
    assert!(parts.len() == 1 || !parts.iter().any(|part| part.contains(" OR ") && !part.starts_with('(')), "{expression}");
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_loses_one_part_or_all_and_a_part_in_parentheses_is_one() {
        let left = |part| Dropped { name: "X", part }.left_of("a = :a AND (b = :b OR (c = :c AND d = :d)) AND e < :e");
        assert_eq!(left(Some(1)), "a = :a AND e < :e");
        assert_eq!(left(Some(2)), "a = :a AND (b = :b OR (c = :c AND d = :d))");
        assert_eq!(left(None), HOLDS);
        assert_eq!(Dropped { name: "X", part: Some(0) }.left_of("attribute_exists(pk)"), HOLDS);
    }

    #[test]
    fn every_condition_of_the_store_can_be_dropped_whole_and_in_parts() {
        for condition in conditions::ALL {
            let dropped = Dropped::of(condition);
            assert_eq!(dropped[0], Dropped { name: condition.name, part: None });
            assert_ne!(dropped.len(), 2, "a single part is the whole: {condition:?}");
        }
        assert!(Dropped::all().len() > conditions::ALL.len());
    }
}
