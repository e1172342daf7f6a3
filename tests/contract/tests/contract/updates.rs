//! Updates.

use serde_dynamo::AttributeValue;
use serde_json::json;
use stoa_store::engine::Engine;

use crate::ground::{Ground, attribute, none, standing, value, values, when};

pub async fn an_update_sets_and_removes_and_answers_the_item_as_it_stands_after<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({ "a": 1, "b": "old", "draft": "text", "kept": true }))).await;
    let update =
        g.update("A", "SET a = :a, b = :b REMOVE draft, gone", values([(":a", value(2)), (":b", value("new"))]));
    let after = g.done(update).await;
    assert_eq!(after, g.read("A").await);
    let attributes = ["pk", "a", "b", "draft", "kept"].map(|name| attribute(after.as_ref(), name));
    let expected = [Some(value(&g.pk)), Some(value(2)), Some(value("new")), None, Some(value(true))];
    assert_eq!(attributes, expected);
}

pub async fn an_update_of_an_item_that_is_not_there_makes_it<E: Engine>(g: &Ground<E>) {
    let after = g.done(g.update("NEW", "SET a = :a", values([(":a", value(1))]))).await;
    assert_eq!(after.map(|item| item.len()), Some(3));
    assert_eq!(attribute(g.read("NEW").await.as_ref(), "sk"), Some(value("NEW")));
}

pub async fn every_part_of_an_update_sees_the_item_as_it_was_before<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({ "a": 1, "b": 2 }))).await;
    let after = g.done(g.update("A", "SET a = b, b = a, c = a + :one", values([(":one", value(1))]))).await;
    let attributes = ["a", "b", "c"].map(|name| attribute(after.as_ref(), name));
    assert_eq!(attributes, [Some(value(2)), Some(value(1)), Some(value(2))]);
}

pub async fn a_first_value_stays_and_a_count_goes_up<E: Engine>(g: &Ground<E>) {
    let expression = "SET first_at = if_not_exists(first_at, :at), n = if_not_exists(n, :zero) + :one ADD #total :one";
    for at in [7, 8, 9] {
        g.done(g.update("A", expression, values([(":at", value(at)), (":zero", value(0)), (":one", value(1))]))).await;
    }
    let after = g.read("A").await;
    let attributes = ["first_at", "n", "total"].map(|name| attribute(after.as_ref(), name));
    assert_eq!(attributes, [Some(value(7)), Some(value(3)), Some(value(3))]);
}

pub async fn a_set_of_words_takes_each_word_once_in_any_order<E: Engine>(g: &Ground<E>) {
    let set = |words: &[&str]| AttributeValue::Ss(words.iter().map(|word| (*word).to_owned()).collect());
    for words in [&["b", "a"][..], &["a"], &["c", "b"]] {
        g.done(g.update("A", "ADD words :words", values([(":words", set(words))]))).await;
    }
    let Some(AttributeValue::Ss(mut words)) = attribute(g.read("A").await.as_ref(), "words") else {
        panic!("a set was added")
    };
    words.sort();
    assert_eq!(words, ["a", "b", "c"]);
}

pub async fn removing_what_is_not_there_does_no_harm<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({ "a": 1 }))).await;
    let after = g.done(g.update("A", "REMOVE work_pk, work_sk", none())).await;
    assert_eq!(after, g.read("A").await);
    assert_eq!(after.map(|item| item.len()), Some(3));
}

pub async fn a_put_replaces_the_whole_item_and_answers_nothing<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({ "a": 1, "b": 2 }))).await;
    assert_eq!(g.done(g.put("A", &json!({ "c": 3 }))).await, None);
    let after = g.read("A").await;
    assert_eq!(["a", "b", "c"].map(|name| attribute(after.as_ref(), name)), [None, None, Some(value(3))]);
}

pub async fn a_refused_update_changes_nothing<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({ "rev": 5 }))).await;
    let update = g.update("A", "SET rev = :rev", values([(":rev", value(5))]));
    let old = standing(g.engine.write(when("rev < :rev", update)).await);
    assert_eq!(attribute(old.as_ref(), "rev"), Some(value(5)));
    assert_eq!(old, g.read("A").await);
}

pub async fn a_reserved_word_is_set_behind_a_hash<E: Engine>(g: &Ground<E>) {
    let after = g.done(g.update("A", "SET #status = :s, #data = :s", values([(":s", value("x"))]))).await;
    let attributes = ["status", "data"].map(|name| attribute(after.as_ref(), name));
    assert_eq!(attributes, [Some(value("x")), Some(value("x"))]);
    g.is_refused_as_invalid(g.update("A", "SET data = :s", values([(":s", value("x"))]))).await;
}

pub async fn what_the_language_does_not_allow_is_refused<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({ "words": "x" }))).await;
    for expression in ["SET sk = :v", "SET a = gone, b = :v"] {
        g.is_refused_as_invalid(g.update("A", expression, values([(":v", value(1))]))).await;
    }
    for expression in ["a = :v AND", "a == :v"] {
        let update = g.update("A", "SET b = :v", values([(":v", value(1))]));
        g.is_refused_as_invalid(when(expression, update)).await;
    }
    assert_eq!(g.read("A").await.map(|item| item.len()), Some(3));
}
