//! The tables, their index and their stream.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use serde_dynamo::Item;
use stoa_store::engine::{Key, Table};
use stoa_store::record::text;
use stoa_store::schema::PENDING;

use super::checks;
use super::stream::{EventName, StreamRecord};
use super::units::Units;
use super::versions::Versions;

/// How many writes ago a late read may be.
pub(super) const STALE_WRITES_MAX: u64 = 64;

/// Where an item stands in the index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) work_pk: String,
    pub(super) work_sk: String,
    pub(super) key: Key,
}

/// Everything that is stored.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// How many writes there have been; a transaction is one.
    writes: u64,
    items: BTreeMap<(Table, Key), Versions<Item>>,
    marks: BTreeMap<(Table, Mark), Versions<()>>,
    /// Marks that were cleared, with the write that cleared them: late reads still find them for a while.
    cleared: VecDeque<(u64, (Table, Mark))>,
    stream: Vec<StreamRecord>,
    pub(super) units: Units,
}

impl Tables {
    /// The number of the last write.
    pub(super) fn writes(&self) -> u64 {
        self.writes
    }

    /// An item as it stands.
    pub(super) fn item(&self, table: Table, key: &Key) -> Option<&Rc<Item>> {
        self.items.get(&(table, key.clone()))?.now()
    }

    /// An item as it stood after an earlier write.
    pub(super) fn item_at(&self, table: Table, key: &Key, write: u64) -> Option<&Rc<Item>> {
        self.items.get(&(table, key.clone()))?.at(write)
    }

    /// The items of a table from a key on, as they stood after a write.
    pub(super) fn items_from(&self, table: Table, from: Key, write: u64) -> impl Iterator<Item = (&Key, &Rc<Item>)> {
        let range = self.items.range((table, from)..).take_while(move |((own, _), _)| *own == table);
        range.filter_map(move |((_, key), versions)| Some((key, versions.at(write)?)))
    }

    /// The marks of a partition of the index that were there after a write of the number that `seen` gives for each.
    pub(super) fn marks(&self, table: Table, work_pk: &str, mut seen: impl FnMut() -> u64) -> Vec<&Mark> {
        let first = Mark { work_pk: work_pk.to_owned(), work_sk: String::new(), key: Key::new("", "") };
        let range = self.marks.range((table, first)..);
        let range = range.take_while(|((own, mark), _)| *own == table && mark.work_pk == work_pk);
        range.filter(|(_, versions)| versions.at(seen()).is_some()).map(|((_, mark), _)| mark).collect()
    }

    /// Writes all of these as one write: an item, or its absence.
    pub(super) fn commit(&mut self, changes: Vec<(Table, Key, Option<Item>)>) {
        self.writes += 1;
        let (write, oldest) = (self.writes, self.writes.saturating_sub(STALE_WRITES_MAX));
        for (table, key, after) in changes {
            let after = after.map(Rc::new);
            let versions = self.items.entry((table, key.clone())).or_default();
            let before = versions.now().cloned();
            if before == after {
                continue;
            }
            versions.set(write, after.clone(), oldest);
            if checks::has_index(table) {
                self.mark(table, &key, before.as_deref(), after.as_deref());
                self.record(table, &key, before.is_some(), after);
            }
        }
        self.forget(oldest);
    }

    fn mark(&mut self, table: Table, key: &Key, before: Option<&Item>, after: Option<&Item>) {
        let mark = |item: Option<&Item>| mark_of(item?, key);
        let (before, after) = (mark(before), mark(after));
        if before == after {
            return;
        }
        let (write, oldest) = (self.writes, self.writes.saturating_sub(STALE_WRITES_MAX));
        if let Some(mark) = before {
            self.marks.entry((table, mark.clone())).or_default().set(write, None, oldest);
            self.cleared.push_back((write, (table, mark)));
        }
        if let Some(mark) = after {
            self.marks.entry((table, mark)).or_default().set(write, Some(Rc::new(())), oldest);
        }
    }

    fn record(&mut self, table: Table, key: &Key, was_there: bool, image: Option<Rc<Item>>) {
        let Some(image) = image else { return };
        if text(&image, "work_pk").is_some_and(|work_pk| work_pk.starts_with(PENDING)) {
            let event_name = if was_there { EventName::Modify } else { EventName::Insert };
            let sequence = self.writes;
            self.stream.push(StreamRecord {
                table,
                event_name,
                key: key.clone(),
                image: Item::clone(&image),
                sequence,
            });
        }
    }

    fn forget(&mut self, oldest: u64) {
        while self.cleared.front().is_some_and(|(write, _)| *write < oldest) {
            let Some((_, place)) = self.cleared.pop_front() else { break };
            if self.marks.get(&place).is_some_and(|versions| versions.now().is_none()) {
                self.marks.remove(&place);
            }
        }
    }

    /// The records of the streams since they were taken last.
    pub(super) fn take_stream(&mut self) -> Vec<StreamRecord> {
        std::mem::take(&mut self.stream)
    }
}

/// Where an item stands in the index: only with both attributes.
fn mark_of(item: &Item, key: &Key) -> Option<Mark> {
    let part = |name: &str| text(item, name).map(str::to_owned);
    Some(Mark { work_pk: part("work_pk")?, work_sk: part("work_sk")?, key: key.clone() })
}
