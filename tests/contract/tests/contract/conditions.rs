//! Conditions.

use serde_dynamo::AttributeValue;
use serde_json::json;
use stoa_store::engine::{Change, Engine, Write};

use crate::ground::{Ground, attribute, none, standing, value, values, when};

pub async fn a_put_under_a_condition_is_done_once_and_then_refused_with_the_item_that_stands<E: Engine>(g: &Ground<E>) {
    let put = |number: i64| when("attribute_not_exists(pk)", g.put("A", &json!({ "n": number, "text": "first" })));
    assert_eq!(g.done(put(1)).await, None);
    let old = standing(g.engine.write(put(2)).await);
    assert_eq!(old, g.read("A").await);
    assert_eq!(attribute(old.as_ref(), "n"), Some(value(1)));
    assert_eq!(attribute(old.as_ref(), "sk"), Some(value("A")));
}

pub async fn a_refusal_where_there_is_no_item_brings_none<E: Engine>(g: &Ground<E>) {
    for change in [Change::Update("REMOVE a"), Change::Delete] {
        let answer = g.engine.write(when("attribute_exists(pk)", g.write("NONE", change))).await;
        assert_eq!(standing(answer), None);
    }
    assert_eq!(g.read("NONE").await, None);
}

pub async fn no_comparison_holds_for_an_attribute_that_is_not_there_but_unequal<E: Engine>(g: &Ground<E>) {
    for expression in ["a = :v", "a < :v", "a <= :v", "a > :v", "a >= :v", "begins_with(a, :v)"] {
        assert!(!g.holds(&json!({}), expression, values([(":v", value("x"))])).await, "{expression}");
    }
    assert!(g.holds(&json!({}), "a <> :v", values([(":v", value("x"))])).await);
    assert!(g.holds(&json!({}), "NOT a = :v", values([(":v", value("x"))])).await);
}

pub async fn values_of_different_types_are_unequal_and_have_no_order<E: Engine>(g: &Ground<E>) {
    let item = json!({ "a": "5", "flag": true, "nothing": null });
    for expression in ["a = :v", "a < :v", "a <= :v", "a > :v", "a >= :v", "flag = :v", "nothing = :v", "flag < :v"] {
        assert!(!g.holds(&item, expression, values([(":v", value(5))])).await, "{expression}");
    }
    for expression in ["a <> :v", "flag <> :v", "nothing <> :v"] {
        assert!(g.holds(&item, expression, values([(":v", value(5))])).await, "{expression}");
    }
}

pub async fn numbers_are_compared_by_value_and_texts_by_their_bytes<E: Engine>(g: &Ground<E>) {
    let number = |text: &str| values([(":v", AttributeValue::N(text.to_owned()))]);
    let item = json!({ "n": 10, "words": "10", "umlaut": "ä" });
    for (expression, text, expected) in [
        ("n > :v", "9", true),
        ("n < :v", "9", false),
        ("n = :v", "10.0", true),
        ("n = :v", "1e1", true),
        ("n >= :v", "10.5", false),
        ("n > :v", "-11", true),
    ] {
        assert_eq!(g.holds(&item, expression, number(text)).await, expected, "{expression} {text}");
    }
    for (expression, text, expected) in [
        ("words < :v", "9", true),
        ("words > :v", "", true),
        ("words < :v", "100", true),
        ("umlaut > :v", "z", true),
        ("words = :v", "10", true),
    ] {
        assert_eq!(g.holds(&item, expression, values([(":v", value(text))])).await, expected, "{expression} {text}");
    }
}

pub async fn attributes_are_compared_with_each_other_too<E: Engine>(g: &Ground<E>) {
    let item = json!({ "a": 1, "b": 2, "c": 2 });
    assert!(g.holds(&item, "a < b AND b = c", none()).await);
    assert!(!g.holds(&item, "b < a", none()).await);
    assert!(g.holds(&item, ":v > a", values([(":v", value(2))])).await);
}

pub async fn conditions_are_joined_by_and_or_not_and_parentheses<E: Engine>(g: &Ground<E>) {
    let item = json!({ "t": 1 });
    // "yes" is `t = :one`, "no" is `t = :two`.
    for (expression, expected) in [
        ("t = :one AND t = :two", false),
        ("t = :one OR t = :two", true),
        ("t = :one OR t = :one AND t = :two", true),
        ("(t = :one OR t = :one) AND t = :two", false),
        ("NOT t = :two AND t = :one", true),
        ("NOT (t = :one AND t = :one) OR t = :two", false),
        ("not t = :two and (t = :two or t = :one)", true),
    ] {
        let both = values([(":one", value(1)), (":two", value(2))]);
        assert_eq!(g.holds(&item, expression, both).await, expected, "{expression}");
    }
}

pub async fn a_prefix_is_compared_letter_by_letter<E: Engine>(g: &Ground<E>) {
    let item = json!({ "words": "PENDING#3" });
    assert!(g.holds(&item, "begins_with(words, :v)", values([(":v", value("PENDING#"))])).await);
    assert!(!g.holds(&item, "begins_with(words, :v)", values([(":v", value("pending#"))])).await);
}

pub async fn an_attribute_is_there_whatever_its_value<E: Engine>(g: &Ground<E>) {
    let item = json!({ "nothing": null, "blank": "", "flag": false });
    assert!(
        g.holds(&item, "attribute_exists(blank) AND attribute_exists(flag) AND attribute_not_exists(gone)", none())
            .await
    );
    assert!(g.holds(&item, "attribute_exists(nothing)", none()).await);
}

pub async fn a_reserved_word_stands_behind_a_hash<E: Engine>(g: &Ground<E>) {
    let item = json!({ "status": "open", "sequence": 4 });
    assert!(g.holds(&item, "#status = :v AND #sequence < :n", values([(":v", value("open")), (":n", value(5))])).await);
    let bare =
        Write { values: values([(":v", value("open"))]), ..when("status = :v", g.write("HOLDS", Change::Delete)) };
    g.is_refused_as_invalid(bare).await;
}

pub async fn sets_are_equal_in_any_order_and_lists_are_not<E: Engine>(g: &Ground<E>) {
    let texts = |texts: &[&str]| AttributeValue::Ss(texts.iter().map(|text| (*text).to_owned()).collect());
    let mut put = g.put("HOLDS", &json!({ "l": ["a", "b"] }));
    let Change::Put(item) = &mut put.change else { panic!("a put") };
    item.insert("s".to_owned(), texts(&["a", "b"]));
    g.done(put).await;
    let update = |expression, operand| {
        let update = g.update("HOLDS", "SET seen = :seen", values([(":v", operand), (":seen", value(true))]));
        g.engine.write(when(expression, update))
    };
    assert!(update("s = :v", texts(&["b", "a"])).await.is_ok());
    assert!(update("s = :v", texts(&["a"])).await.is_err());
    assert!(update("l = :v", value(["a", "b"])).await.is_ok());
    assert!(update("l = :v", value(["b", "a"])).await.is_err());
}

pub async fn a_delete_is_conditional_too_and_deleting_nothing_is_no_failure<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({ "n": 1 }))).await;
    let delete = |number: i64| {
        let delete = when("n = :n", g.write("A", Change::Delete));
        g.engine.write(Write { values: values([(":n", value(number))]), ..delete })
    };
    let old = standing(delete(2).await);
    assert_eq!(attribute(old.as_ref(), "n"), Some(value(1)));
    assert_eq!(delete(1).await, Ok(None));
    assert_eq!(g.read("A").await, None);
    assert_eq!(g.done(g.write("A", Change::Delete)).await, None);
}
