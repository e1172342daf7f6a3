use std::panic::{AssertUnwindSafe, catch_unwind};

use futures::FutureExt;
use stoa_store::engine::{Change, Condition, Engine, Key, Query, SortKeys, Table, Values, Write, WriteFailure};
use stoa_store::record::{item, value};

use super::*;
use crate::faults::Rates;
use crate::rng::Rng;
use crate::scheduler::{Scheduler, Step};

fn key() -> Key {
    Key::new("T#demo#E#e1", "ATTEMPT#a1#0001")
}

fn put(attributes: serde_json::Value) -> Write {
    let change = Change::Put(item(&key(), &attributes));
    Write { table: Table::Learning, key: key(), change, condition: None, values: Values::new() }
}

fn update(expression: &'static str, values: &[(&'static str, i64)]) -> Write {
    let values = values.iter().map(|(name, number)| (*name, value(number))).collect();
    Write { table: Table::Learning, key: key(), change: Change::Update(expression), condition: None, values }
}

fn condition(expression: &'static str) -> Option<Condition> {
    Some(Condition { name: "TEST", expression })
}

fn under(rates: Rates) -> ModelStore {
    ModelStore::new(Faults::seeded(Rng::new(5), rates))
}

/// Runs one operation to its end with nobody else around.
fn run<T>(operation: impl Future<Output = T>) -> T {
    let mut operation = Box::pin(operation);
    loop {
        if let Some(answer) = operation.as_mut().now_or_never() {
            return answer;
        }
    }
}

#[test]
fn requests_that_dynamodb_refuses_panic_and_say_why() {
    let long = "x".repeat(500_000);
    let refused: Vec<(Write, &str)> = vec![
        (update("SET a = :a", &[]), ":a, which has no value"),
        (update("SET a = :a", &[(":a", 1), (":b", 2)]), ":b is used by no expression"),
        (update("SET sk = :a", &[(":a", 1)]), "key attribute"),
        (update("SET status = :a", &[(":a", 1)]), "reserved word"),
        (update("SET a = :a SET b = :a", &[(":a", 1)]), "a clause comes once"),
        (update("SET a = :a REMOVE a", &[(":a", 1)]), "changed twice"),
        (update("SET a.b = :a", &[(":a", 1)]), "does not know '.'"),
        (update("SET a = list_append(b, :a)", &[(":a", 1)]), "list_append"),
        (update("SET a = b", &[]), "is not there"),
        (update("SET work_pk = :a", &[(":a", 1)]), "the index takes text"),
        (Write { key: Key::new("", "x"), ..update("REMOVE a", &[]) }, "pk is empty"),
        (Write { change: Change::Check, ..update("REMOVE a", &[]) }, "check without a condition"),
        (put(serde_json::json!({ "a": long })), "an item of"),
        (put(serde_json::json!({ "work_pk": "" })), "work_pk is empty"),
        (Write { condition: condition("a = :a AND"), ..update("REMOVE b", &[(":a", 1)]) }, "was expected"),
        (Write { condition: condition("((a = :a))"), ..update("REMOVE b", &[(":a", 1)]) }, "parentheses"),
        (Write { condition: condition("size(a) > :a"), ..update("REMOVE b", &[(":a", 1)]) }, "size"),
    ];
    for (write, why) in refused {
        let shown = format!("{:?} {:?}", write.change, write.condition).chars().take(120).collect::<String>();
        let store = ModelStore::new(Faults::none());
        assert!(catch_unwind(AssertUnwindSafe(|| run(store.write(write)))).is_err(), "{shown}");
        let [defect] = &store.defects()[..] else { panic!("{shown}: one defect is remembered") };
        assert!(defect.contains(why), "{shown}: {defect}");
    }
}

#[test]
fn a_transaction_that_dynamodb_refuses_panics() {
    let writes = |count: usize| -> Vec<Write> {
        let write = |number| Write { key: Key::new("p", format!("{number}")), ..update("SET a = :a", &[(":a", 1)]) };
        (0..count).map(write).collect()
    };
    let store = ModelStore::new(Faults::none());
    let panics = |writes| catch_unwind(AssertUnwindSafe(|| run(store.transact(writes)))).is_err();
    assert!(panics(writes(101)) && panics(vec![]));
    assert!(panics(vec![update("REMOVE a", &[]), update("REMOVE b", &[])]));
    assert!(!panics(writes(100)));
}

#[test]
fn the_stream_lets_through_changes_that_leave_work_and_nothing_else() {
    let store = ModelStore::new(Faults::none());
    let marked = |work_pk: &str| put(serde_json::json!({ "work_pk": work_pk, "work_sk": "1", "a": 1 }));
    for write in [
        marked("DUE#1"),
        marked("PENDING#1"),
        marked("PENDING#1"),
        update("SET a = :a", &[(":a", 2)]),
        update("REMOVE work_pk, work_sk", &[]),
        Write { change: Change::Delete, ..update("REMOVE a", &[]) },
        marked("PENDING#2"),
        Write { table: Table::Content, ..marked("PENDING#2") },
    ] {
        run(store.write(write)).expect("written");
    }
    let records = store.take_stream();
    let seen: Vec<_> = records.iter().map(|record| (record.sequence, record.event_name)).collect();
    assert_eq!(seen, [(2, EventName::Modify), (4, EventName::Modify), (7, EventName::Insert)]);
    assert_eq!(text(&records[2].image, "work_pk"), Some("PENDING#2"));
    assert_eq!(store.pending(), [(Table::Learning, key())]);
    assert!(store.take_stream().is_empty());
}

#[test]
fn a_lost_answer_is_unclear_and_written_a_lost_request_is_unclear_and_not() {
    for (rates, is_written) in [
        (Rates { committed_unclear: 1_000, ..Rates::default() }, true),
        (Rates { lost: 1_000, ..Rates::default() }, false),
    ] {
        let store = under(rates);
        let answer = run(store.write(update("SET a = :a", &[(":a", 1)])));
        assert!(matches!(answer, Err(WriteFailure::Unclear(_))), "{answer:?}");
        assert_eq!(store.item(Table::Learning, &key()).is_some(), is_written);
    }
}

#[test]
fn a_request_that_the_sdk_resends_may_be_refused_by_itself() {
    let store = under(Rates { resent: 1_000, ..Rates::default() });
    let write = Write { condition: condition("attribute_not_exists(pk)"), ..put(serde_json::json!({ "a": 1 })) };
    let Err(WriteFailure::Refused(Some(old))) = run(store.write(write)) else { panic!("it was not refused") };
    assert_eq!(old.get("a"), Some(&value(&1)));
}

#[test]
fn a_late_request_arrives_some_operations_later() {
    let store = under(Rates { late: 1_000, ..Rates::default() });
    assert!(matches!(run(store.write(put(serde_json::json!({ "a": 1 })))), Err(WriteFailure::Unclear(_))));
    assert!(store.item(Table::Learning, &key()).is_none());
    store.faults().quiet();
    for _ in 0..LATE_OPERATIONS_MAX {
        run(store.get(Table::Learning, &key(), true)).expect("read");
    }
    assert!(store.item(Table::Learning, &key()).is_some());
}

#[test]
fn a_crash_ends_the_future_before_or_after_the_write() {
    for (rates, is_written) in [
        (Rates { crash_before: 1_000, ..Rates::default() }, false),
        (Rates { crash_after: 1_000, ..Rates::default() }, true),
    ] {
        let store = under(rates);
        let mut scheduler = Scheduler::new(Rng::new(1), store.faults());
        let own = store.clone();
        scheduler.spawn("a write", async move { own.write(update("SET a = :a", &[(":a", 1)])).await });
        assert_eq!(scheduler.run(), [Step::Crashed("a write")]);
        assert_eq!(store.item(Table::Learning, &key()).is_some(), is_written);
    }
}

#[test]
fn reads_that_need_not_be_consistent_may_be_late_and_consistent_ones_never_are() {
    let store = under(Rates { stale: 500, stale_writes_max: 10, ..Rates::default() });
    let (mut late, mut missing, mut cleared) = (0, 0, 0);
    for number in 0..200_i64 {
        run(store.write(update("SET a = :a", &[(":a", number)]))).expect("written");
        let mark = put(serde_json::json!({ "a": number, "work_pk": "PENDING#1", "work_sk": format!("{number:04}") }));
        run(store.write(mark)).expect("written");
        let read = |consistent| run(store.get(Table::Learning, &key(), consistent)).expect("read");
        let seen = |item: Option<Item>| item.is_some_and(|item| item.get("a") == Some(&value(&number)));
        assert!(seen(read(true)));
        late += usize::from(!seen(read(false)));
        let query = Query {
            table: Table::Learning,
            work_index: true,
            pk: "PENDING#1".to_owned(),
            sort_keys: SortKeys::All,
            consistent: false,
            descending: false,
            limit: None,
            after: None,
        };
        let marks = run(store.query(&query)).expect("read").items;
        let is_now = |item: &Item| text(item, "work_sk") == Some(&format!("{number:04}"));
        missing += usize::from(!marks.iter().any(is_now));
        cleared += usize::from(marks.iter().any(|mark| !is_now(mark)));
    }
    assert!(late > 20 && missing > 20 && cleared > 20, "{late} {missing} {cleared}");
}

#[test]
fn time_to_live_takes_what_has_expired() {
    let store = ModelStore::new(Faults::none());
    let now: Timestamp = "2026-01-15T09:00:00Z".parse().expect("a time");
    run(store.write(put(serde_json::json!({ "expires_at": now.as_second() })))).expect("written");
    assert!(store.expire(now).is_empty());
    assert_eq!(store.expire(now + jiff::SignedDuration::from_secs(1)), [key()]);
    assert!(store.items(Table::Learning).is_empty());
}

#[test]
fn a_write_is_charged_by_the_larger_image_and_by_its_marks() {
    let store = ModelStore::new(Faults::none());
    let charged = |write: Write| {
        let before = store.units();
        run(store.write(write)).expect("written");
        let units = store.units() - before;
        (units.write, units.index_write)
    };
    let large = "x".repeat(3_000);
    assert_eq!(charged(put(serde_json::json!({ "a": large, "work_pk": "DUE#1", "work_sk": "1" }))), (3, 1));
    assert_eq!(charged(update("SET b = :b", &[(":b", 1)])), (3, 0));
    assert_eq!(charged(put(serde_json::json!({ "work_pk": "PENDING#1", "work_sk": "1" }))), (3, 2));
    assert_eq!(charged(update("REMOVE work_pk, work_sk", &[])), (1, 1));
}
