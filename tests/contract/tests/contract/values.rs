//! Values: types, forms, sizes, and what is no request at all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;
use serde_json::json;
use stoa_store::engine::{Change, Engine, Key, Write};
use stoa_store::record;

use crate::ground::{Ground, attribute, none, standing, value, values, when};

/// The most bytes of an item.
const ITEM_BYTES_MAX: usize = 400 * 1024;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Record {
    pk: String,
    sk: String,
    text: String,
    empty: String,
    absent: Option<u32>,
    present: Option<u32>,
    flag: bool,
    large: u64,
    negative: i64,
    points: f64,
    list: Vec<String>,
    empty_list: Vec<u32>,
    map: BTreeMap<String, Vec<u32>>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Plain,
    Scored { points: u32 },
}

pub async fn what_serde_writes_comes_back<E: Engine>(g: &Ground<E>) {
    let record = Record {
        pk: g.pk.clone(),
        sk: "A".to_owned(),
        text: "Größe € \u{1F600} \" \\ \n".to_owned(),
        empty: String::new(),
        absent: None,
        present: Some(0),
        flag: false,
        large: u64::MAX,
        negative: i64::MIN,
        points: 0.125,
        list: vec![String::new(), "b".to_owned()],
        empty_list: Vec::new(),
        map: [("a".to_owned(), vec![1, 2]), ("b".to_owned(), vec![])].into(),
        kind: Kind::Scored { points: 3 },
    };
    for record in [record.clone(), Record { kind: Kind::Plain, ..record }] {
        g.done(g.put("A", &record)).await;
        let item = g.read("A").await.expect("it is there");
        assert_eq!(record::record::<Record>(item).expect("it is a record"), record);
    }
}

pub async fn an_empty_text_is_kept_and_an_empty_set_is_refused<E: Engine>(g: &Ground<E>) {
    g.done(g.update("A", "SET a = :a", values([(":a", value(""))]))).await;
    assert_eq!(attribute(g.read("A").await.as_ref(), "a"), Some(value("")));
    g.is_refused_as_invalid(g.update("A", "SET a = :a", values([(":a", AttributeValue::Ss(vec![]))]))).await;
    let twice = AttributeValue::Ss(vec!["x".to_owned(), "x".to_owned()]);
    g.is_refused_as_invalid(g.update("A", "SET a = :a", values([(":a", twice)]))).await;
    assert_eq!(attribute(g.read("A").await.as_ref(), "a"), Some(value("")));
}

pub async fn a_number_is_no_text_and_has_one_form<E: Engine>(g: &Ground<E>) {
    for (sent, kept) in
        [("1.50", "1.5"), ("007", "7"), ("1e3", "1000"), ("-0", "0"), ("12345678901234567890", "12345678901234567890")]
    {
        let sent = AttributeValue::N(sent.to_owned());
        let after = g.done(g.update("A", "SET a = :a", values([(":a", sent.clone())]))).await;
        assert_eq!(attribute(after.as_ref(), "a"), Some(AttributeValue::N(kept.to_owned())), "{sent:?}");
    }
    for wrong in ["", "x", "1.2.3", &"1".repeat(39)] {
        let wrong = AttributeValue::N(wrong.to_owned());
        g.is_refused_as_invalid(g.update("A", "SET a = :a", values([(":a", wrong)]))).await;
    }
}

pub async fn an_item_of_400_kilobytes_is_kept_and_a_larger_one_refused<E: Engine>(g: &Ground<E>) {
    // Names count too: pk, sk, body, and the values of the keys.
    let others = "pkskbody".len() + g.pk.len() + "A".len();
    let put = |bytes: usize| g.put("A", &json!({ "body": "x".repeat(bytes - others) }));
    g.is_refused_as_invalid(put(ITEM_BYTES_MAX + 1)).await;
    assert_eq!(g.read("A").await, None);
    g.done(put(ITEM_BYTES_MAX)).await;
    assert!(g.read("A").await.is_some());
}

pub async fn an_update_may_not_make_an_item_too_large<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({ "a": "x".repeat(300 * 1024) }))).await;
    g.is_refused_as_invalid(g.update("A", "SET b = :b", values([(":b", value("x".repeat(200 * 1024)))]))).await;
    assert_eq!(g.read("A").await.map(|item| item.len()), Some(3));
}

pub async fn an_empty_key_is_refused<E: Engine>(g: &Ground<E>) {
    for key in [Key::new("", "A"), Key::new(g.pk.as_str(), "")] {
        let change = Change::Put(record::item(&key, &json!({})));
        g.is_refused_as_invalid(Write { key: key.clone(), ..g.write("A", change) }).await;
        g.is_refused_as_invalid(Write { key, ..g.write("A", Change::Delete) }).await;
    }
}

pub async fn an_empty_mark_is_refused<E: Engine>(g: &Ground<E>) {
    g.is_refused_as_invalid(g.put("A", &json!({ "work_pk": "", "work_sk": "1" }))).await;
    g.is_refused_as_invalid(g.put("A", &json!({ "work_pk": "DUE#1", "work_sk": 1 }))).await;
    g.done(g.put("A", &json!({}))).await;
    g.is_refused_as_invalid(g.update("A", "SET work_sk = :s", values([(":s", value(""))]))).await;
    assert_eq!(g.read("A").await.map(|item| item.len()), Some(2));
}

pub async fn values_and_expressions_name_each_other_or_are_refused<E: Engine>(g: &Ground<E>) {
    let two = || values([(":a", value(1)), (":b", value(2))]);
    g.is_refused_as_invalid(g.update("A", "SET a = :a", two())).await;
    g.is_refused_as_invalid(g.update("A", "SET a = :a, b = :c", two())).await;
    g.is_refused_as_invalid(Write { values: two(), ..g.put("A", &json!({})) }).await;
    g.is_refused_as_invalid(when("a = :a", g.update("A", "SET b = :b", values([(":b", value(2))])))).await;
    assert_eq!(g.read("A").await, None);
    g.done(when("attribute_not_exists(a)", g.update("A", "SET a = :a, b = :b", two()))).await;
    assert_eq!(none().len(), 0);
}

pub async fn an_expiry_is_an_attribute_that_may_be_looked_at_and_taken_off<E: Engine>(g: &Ground<E>) {
    // In the year 2100: an engine that deletes what is over must not do so in between.
    let expiring = json!({ "body": "kept", "expires_at": 4_102_444_800_u64 });
    g.done(when("attribute_not_exists(pk) OR attribute_exists(expires_at)", g.put("A", &expiring))).await;
    g.done(when("attribute_not_exists(pk) OR attribute_exists(expires_at)", g.put("A", &expiring))).await;
    let kept = when("attribute_exists(expires_at)", g.update("A", "REMOVE expires_at", none()));
    let item = g.done(kept).await;
    assert_eq!(attribute(item.as_ref(), "expires_at"), None);
    assert_eq!(attribute(item.as_ref(), "body"), Some(value("kept")));
    let again = when("attribute_not_exists(pk) OR attribute_exists(expires_at)", g.put("A", &expiring));
    assert!(standing(g.engine.write(again).await).is_some(), "what is kept is not given an expiry again");
}
