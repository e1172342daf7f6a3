//! DynamoDB as a model: as strict as the real one, with faults that no emulator has.

mod checks;
mod reading;
mod stream;
mod tables;
#[cfg(test)]
mod tests;
mod units;
mod versions;
mod writing;

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;

use jiff::Timestamp;
use serde_dynamo::{AttributeValue, Item};
use stoa_store::engine::{Engine, Key, Page, Query, ReadFailure, Table, TransactFailure, Write, WriteFailure};
use stoa_store::record::{key_of, text};
use stoa_store::schema::PENDING;

use crate::faults::{Fault, Faults};
use crate::yielding::yield_now;
use tables::Tables;

pub use stream::{EventName, StreamRecord};
pub use units::Units;

/// The tables. Clones share them.
///
/// A request that DynamoDB refuses as invalid panics: it is a defect of the caller and no outcome. Every operation lets
/// others go on before it happens and before it answers; what happens in between is atomic.
#[derive(Debug, Clone)]
pub struct ModelStore {
    tables: Rc<RefCell<Tables>>,
    late: Rc<RefCell<Vec<Late>>>,
    defects: Rc<RefCell<Vec<String>>>,
    faults: Faults,
}

/// A request that is still on its way.
#[derive(Debug)]
struct Late {
    operations: u64,
    writes: Vec<Write>,
}

/// How many operations a late request takes at most.
const LATE_OPERATIONS_MAX: u64 = 12;

impl ModelStore {
    /// Empty tables under these faults.
    pub fn new(faults: Faults) -> ModelStore {
        ModelStore { tables: Rc::default(), late: Rc::default(), defects: Rc::default(), faults }
    }

    /// The faults it is under.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// An item as it truly stands, for verdicts.
    pub fn item(&self, table: Table, key: &Key) -> Option<Item> {
        self.tables.borrow().item(table, key).map(|item| Item::clone(item))
    }

    /// All items of a table as they truly stand, by key.
    pub fn items(&self, table: Table) -> Vec<Item> {
        let tables = self.tables.borrow();
        let all = tables.items_from(table, Key::new("", ""), tables.writes());
        all.map(|(_, item)| Item::clone(item)).collect()
    }

    /// The items that wait for a consumer, by what they carry and not by what the index says. Empty means that everything
    /// was delivered.
    pub fn pending(&self) -> Vec<(Table, Key)> {
        let is_pending = |item: &Item| text(item, "work_pk").is_some_and(|work_pk| work_pk.starts_with(PENDING));
        let of = |table| {
            self.items(table).into_iter().filter(is_pending).filter_map(move |item| Some((table, key_of(&item)?)))
        };
        of(Table::Learning).chain(of(Table::People)).collect()
    }

    /// What the streams let through since they were taken last, in the order of the writes.
    pub fn take_stream(&self) -> Vec<StreamRecord> {
        self.tables.borrow_mut().take_stream()
    }

    /// Deletes what has expired by `now`, as time to live does sooner or later. Answers the keys.
    pub fn expire(&self, now: Timestamp) -> Vec<Key> {
        let is_over = |item: &Item| match item.get("expires_at") {
            Some(AttributeValue::N(seconds)) => seconds.parse::<i64>().is_ok_and(|seconds| seconds < now.as_second()),
            _ => false,
        };
        let over: Vec<Key> =
            self.items(Table::Learning).iter().filter(|item| is_over(item)).filter_map(key_of).collect();
        for key in &over {
            self.tables.borrow_mut().commit(vec![(Table::Learning, key.clone(), None)]);
        }
        over
    }

    /// Lets every late request arrive. Call it before time is moved far: no real request is on its way for minutes.
    pub fn arrive(&self) {
        for late in self.late.take() {
            self.apply_late(&late.writes);
        }
    }

    /// What has been consumed so far, without faults: a resent request is counted once.
    pub fn units(&self) -> Units {
        self.tables.borrow().units
    }

    /// What the panics of this model said. A function's batch catches panics, so a test asks here whether there were any.
    pub fn defects(&self) -> Vec<String> {
        self.defects.borrow().clone()
    }

    /// Does what may find a defect of the caller, and remembers it.
    fn strictly<T>(&self, work: impl FnOnce() -> T) -> T {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
            self.defects.borrow_mut().push(said(&*panic));
            resume_unwind(panic)
        })
    }

    /// Another operation has its turn: requests that are due by now arrive before it.
    fn turn(&self) {
        let mut late = self.late.borrow_mut();
        late.iter_mut().for_each(|request| request.operations = request.operations.saturating_sub(1));
        let due: Vec<Late> = late.extract_if(.., |request| request.operations == 0).collect();
        drop(late);
        for request in due {
            self.apply_late(&request.writes);
        }
    }

    fn apply_late(&self, writes: &[Write]) {
        // Nobody hears the answer, be it a refusal.
        let mut tables = self.tables.borrow_mut();
        let _unheard = self.strictly(|| match writes {
            [write] => tables.write(write).is_ok(),
            writes => tables.transact(writes).is_ok(),
        });
    }

    fn send_late(&self, writes: Vec<Write>) {
        let operations = 1 + self.faults.up_to(LATE_OPERATIONS_MAX - 1);
        self.late.borrow_mut().push(Late { operations, writes });
    }

    async fn read<T>(&self, read: impl FnOnce(&mut Tables, &Faults) -> T) -> Result<T, ReadFailure> {
        yield_now().await;
        self.turn();
        match self.faults.of_read() {
            Some(Fault::Throttled) => return Err(ReadFailure::Throttled),
            Some(Fault::Lost) => return Err(ReadFailure::Unavailable("the model lost the request".to_owned())),
            Some(Fault::CrashBefore) => match self.faults.crash().await {},
            _ => {}
        }
        let found = self.strictly(|| read(&mut self.tables.borrow_mut(), &self.faults));
        yield_now().await;
        Ok(found)
    }
}

impl Engine for ModelStore {
    async fn get(&self, table: Table, key: &Key, consistent: bool) -> Result<Option<Item>, ReadFailure> {
        self.strictly(|| checks::key(key));
        self.read(|tables, faults| tables.get(table, key, consistent, faults)).await
    }

    async fn get_many(&self, table: Table, keys: &[Key]) -> Result<Vec<Item>, ReadFailure> {
        self.strictly(|| checks::batch(keys));
        self.read(|tables, faults| tables.get_many(table, keys, faults)).await
    }

    async fn query(&self, query: &Query) -> Result<Page, ReadFailure> {
        self.strictly(|| checks::query(query));
        self.read(|tables, faults| tables.query(query, faults)).await
    }

    async fn write(&self, write: Write) -> Result<Option<Item>, WriteFailure> {
        let write = self.strictly(|| checks::single(checks::write(write)));
        let unclear = || WriteFailure::Unclear("the model lost the answer".to_owned());
        yield_now().await;
        self.turn();
        let fate = self.faults.of_write();
        match fate {
            Some(Fault::Throttled) => return Err(WriteFailure::Throttled),
            Some(Fault::Conflict) => return Err(WriteFailure::Conflict),
            Some(Fault::Lost) => return Err(unclear()),
            Some(Fault::Late) => {
                self.send_late(vec![write]);
                return Err(unclear());
            }
            Some(Fault::CrashBefore) => match self.faults.crash().await {},
            _ => {}
        }
        let answer = self.strictly(|| self.tables.borrow_mut().write(&write));
        yield_now().await;
        match fate {
            Some(Fault::CommittedUnclear) => Err(unclear()),
            Some(Fault::Resent) => self.tables.borrow_mut().write(&write),
            Some(Fault::CrashAfter) => match self.faults.crash().await {},
            _ => answer,
        }
    }

    async fn transact(&self, writes: Vec<Write>) -> Result<(), TransactFailure> {
        let writes = self.strictly(|| checks::transaction(writes.into_iter().map(checks::write).collect()));
        let unclear = || TransactFailure::Unclear("the model lost the answer".to_owned());
        yield_now().await;
        self.turn();
        let fate = self.faults.of_write();
        match fate {
            Some(Fault::Throttled) => return Err(TransactFailure::Throttled),
            Some(Fault::Conflict) => return Err(TransactFailure::Conflict),
            Some(Fault::Lost) => return Err(unclear()),
            Some(Fault::Late) => {
                self.send_late(writes);
                return Err(unclear());
            }
            Some(Fault::CrashBefore) => match self.faults.crash().await {},
            _ => {}
        }
        let answer = self.strictly(|| self.tables.borrow_mut().transact(&writes));
        yield_now().await;
        match fate {
            Some(Fault::CommittedUnclear) => Err(unclear()),
            Some(Fault::CrashAfter) => match self.faults.crash().await {},
            // A transaction that the SDK sends again carries the same token, so the first answer comes again.
            _ => answer,
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
