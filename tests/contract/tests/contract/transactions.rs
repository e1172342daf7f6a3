//! Transactions.

use serde_json::json;
use stoa_store::engine::{Change, Engine, Key, Table, TransactFailure, Write};
use stoa_store::record;

use crate::ground::{Ground, attribute, value, values, when};

fn check<E: Engine>(g: &Ground<E>, sk: &str, expression: &'static str) -> Write {
    when(expression, g.write(sk, Change::Check))
}

pub async fn all_is_written_or_nothing_is<E: Engine>(g: &Ground<E>) {
    let event = |sk: &str| when("attribute_not_exists(pk)", g.put(sk, &json!({})));
    let progress = |from: u64| {
        let update =
            g.update("P", "SET #sequence = :next", values([(":next", value(from + 1)), (":from", value(from))]));
        when("attribute_not_exists(#sequence) OR #sequence = :from", update)
    };
    assert_eq!(g.engine.transact(vec![event("E1"), progress(0)]).await, Ok(()));
    let refused = g.engine.transact(vec![event("E2"), progress(0), g.put("X", &json!({}))]).await;
    assert_eq!(refused, Err(TransactFailure::Refused(vec![false, true, false])));
    assert_eq!(g.sks(g.query()).await, ["E1", "P"]);
    assert_eq!(attribute(g.read("P").await.as_ref(), "sequence"), Some(value(1)));
}

pub async fn reasons_stand_at_the_place_of_their_write<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({}))).await;
    let new = |sk: &str| when("attribute_not_exists(pk)", g.put(sk, &json!({})));
    let refused = g.engine.transact(vec![new("A"), new("B"), check(g, "C", "attribute_exists(pk)"), new("D")]).await;
    assert_eq!(refused, Err(TransactFailure::Refused(vec![true, false, true, false])));
}

pub async fn a_check_guards_and_writes_nothing<E: Engine>(g: &Ground<E>) {
    let writes = |sk: &str| vec![g.put(sk, &json!({})), check(g, "GUARD", "attribute_exists(pk)")];
    assert_eq!(g.engine.transact(writes("A")).await, Err(TransactFailure::Refused(vec![false, true])));
    g.done(g.put("GUARD", &json!({ "a": 1 }))).await;
    let before = g.read("GUARD").await;
    assert_eq!(g.engine.transact(writes("A")).await, Ok(()));
    assert_eq!(g.read("GUARD").await, before);
    assert!(g.read("A").await.is_some());
}

pub async fn tables_take_part_together<E: Engine>(g: &Ground<E>) {
    let key = g.key("SAME");
    let put = |table| Write { table, ..when("attribute_not_exists(pk)", g.put("SAME", &json!({}))) };
    let tables = [Table::Content, Table::Learning, Table::People];
    assert_eq!(g.engine.transact(tables.map(put).into()).await, Ok(()));
    for table in tables {
        assert!(g.engine.get(table, &key, true).await.expect("read").is_some(), "{table:?}");
    }
    let refused = g.engine.transact(vec![put(Table::People), g.put("OTHER", &json!({}))]).await;
    assert_eq!(refused, Err(TransactFailure::Refused(vec![true, false])));
    assert_eq!(g.read("OTHER").await, None);
}

pub async fn a_hundred_writes_go_together_and_one_more_does_not<E: Engine>(g: &Ground<E>) {
    let writes = |count: usize| (0..count).map(|number| g.put(&format!("{number:03}"), &json!({}))).collect::<Vec<_>>();
    g.is_refused_as_invalid_together(writes(101)).await;
    assert!(g.sks(g.query()).await.is_empty());
    assert_eq!(g.engine.transact(writes(100)).await, Ok(()));
    assert_eq!(g.sks(g.query()).await.len(), 100);
}

pub async fn an_item_takes_part_once<E: Engine>(g: &Ground<E>) {
    g.is_refused_as_invalid_together(vec![g.put("A", &json!({})), check(g, "A", "attribute_not_exists(pk)")]).await;
    assert_eq!(g.read("A").await, None);
}

pub async fn an_update_in_a_transaction_may_make_its_item<E: Engine>(g: &Ground<E>) {
    let update = g.update("NEW", "SET a = :a", values([(":a", value(1))]));
    assert_eq!(g.engine.transact(vec![update]).await, Ok(()));
    assert_eq!(attribute(g.read("NEW").await.as_ref(), "a"), Some(value(1)));
}

pub async fn a_delete_in_a_transaction_is_conditional_too<E: Engine>(g: &Ground<E>) {
    let other = Key::new(format!("{}#other", g.pk), "A");
    let put = Write {
        key: other.clone(),
        change: Change::Put(record::item(&other, &json!({ "n": 1 }))),
        ..g.put("A", &json!({}))
    };
    g.done(put).await;
    let delete = |number: i64| {
        let delete = when("n = :n", g.write("A", Change::Delete));
        Write { key: other.clone(), values: values([(":n", value(number))]), ..delete }
    };
    let both = |number| vec![g.put("B", &json!({})), delete(number)];
    assert_eq!(g.engine.transact(both(2)).await, Err(TransactFailure::Refused(vec![false, true])));
    assert_eq!(g.engine.transact(both(1)).await, Ok(()));
    assert_eq!(g.engine.get(Table::Learning, &other, true).await, Ok(None));
}
