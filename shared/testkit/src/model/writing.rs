//! Writes: whether their conditions hold, and what they leave.

use std::rc::Rc;

use serde_dynamo::{AttributeValue, Item};
use stoa_store::engine::{Change, Key, TransactFailure, Write, WriteFailure};

use super::checks;
use super::tables::Tables;
use super::units::Units;
use crate::expression::{holds, item_size, updated};

impl Tables {
    /// Does one write, or refuses it with the item as it stands.
    pub(super) fn write(&mut self, write: &Write) -> Result<Option<Item>, WriteFailure> {
        let before = self.item(write.table, &write.key).cloned();
        if !condition_holds(write, before.as_deref()) {
            self.units = self.units + Units::of_write(size(before.as_deref()), 0, false);
            return Err(WriteFailure::Refused(before.map(|item| Box::new(Item::clone(&item)))));
        }
        let after = after(write, before.as_deref());
        self.charge(&before, after.as_ref(), write, false);
        let answer = if let Change::Update(_) = write.change { after.clone() } else { None };
        self.commit(vec![(write.table, write.key.clone(), after)]);
        Ok(answer)
    }

    /// Does all of these or none.
    pub(super) fn transact(&mut self, writes: &[Write]) -> Result<(), TransactFailure> {
        let before: Vec<Option<Rc<Item>>> =
            writes.iter().map(|write| self.item(write.table, &write.key).cloned()).collect();
        let refused: Vec<bool> =
            writes.iter().zip(&before).map(|(write, item)| !condition_holds(write, item.as_deref())).collect();
        if refused.contains(&true) {
            for (write, item) in writes.iter().zip(&before) {
                let put = if let Change::Put(item) = &write.change { item_size(item) } else { 0 };
                self.units = self.units + Units::of_write(size(item.as_deref()), put, true);
            }
            return Err(TransactFailure::Refused(refused));
        }
        let mut changes = Vec::new();
        for (write, item) in writes.iter().zip(&before) {
            let after = after(write, item.as_deref());
            self.charge(item, after.as_ref(), write, true);
            if write.change != Change::Check {
                changes.push((write.table, write.key.clone(), after));
            }
        }
        self.commit(changes);
        Ok(())
    }

    fn charge(&mut self, before: &Option<Rc<Item>>, after: Option<&Item>, write: &Write, in_transaction: bool) {
        let mut units = Units::of_write(size(before.as_deref()), size(after), in_transaction);
        if checks::has_index(write.table) {
            let mark = |item: Option<&Item>| Some((item?.get("work_pk")?.clone(), item?.get("work_sk")?.clone()));
            let (before, after) = (mark(before.as_deref()), mark(after));
            if before != after {
                units.index_write = u64::from(before.is_some()) + u64::from(after.is_some());
            }
        }
        self.units = self.units + units;
    }
}

fn size(item: Option<&Item>) -> usize {
    item.map_or(0, item_size)
}

fn condition_holds(write: &Write, item: Option<&Item>) -> bool {
    let nothing = Item::default();
    let item = item.unwrap_or(&nothing);
    write.condition.is_none_or(|condition| holds(condition.expression, &write.values, item))
}

/// What a write leaves of an item; an update makes one if there is none.
fn after(write: &Write, before: Option<&Item>) -> Option<Item> {
    match &write.change {
        Change::Put(item) => Some(item.clone()),
        Change::Update(expression) => {
            let item = updated(expression, &write.values, &before.cloned().unwrap_or_else(|| bare(&write.key)));
            checks::item(write.table, &item);
            Some(item)
        }
        Change::Delete => None,
        Change::Check => before.cloned(),
    }
}

fn bare(key: &Key) -> Item {
    let mut item = Item::default();
    item.insert("pk".to_owned(), AttributeValue::S(key.pk.clone()));
    item.insert("sk".to_owned(), AttributeValue::S(key.sk.clone()));
    item
}
