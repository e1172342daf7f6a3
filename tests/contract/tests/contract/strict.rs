//! Where the local AWS is laxer than AWS. A test that passes on it alone proves nothing about these.

use serde_json::json;
use stoa_store::engine::Engine;

use crate::ground::{Ground, none, value, values, when};

pub async fn a_prefix_is_of_the_same_type_as_its_attribute<E: Engine>(g: &Ground<E>) {
    assert!(!g.holds(&json!({ "n": 33 }), "begins_with(n, :v)", values([(":v", value("3"))])).await);
}

pub async fn two_attributes_that_are_not_there_are_not_equal<E: Engine>(g: &Ground<E>) {
    assert!(!g.holds(&json!({}), "a = b", none()).await);
}

pub async fn an_update_names_each_clause_and_each_attribute_once<E: Engine>(g: &Ground<E>) {
    for expression in ["SET a = :v SET b = :v", "SET a = :v REMOVE a"] {
        g.is_refused_as_invalid(g.update("A", expression, values([(":v", value(1))]))).await;
    }
    assert_eq!(g.read("A").await, None);
}

pub async fn a_sum_is_of_two_numbers<E: Engine>(g: &Ground<E>) {
    g.done(g.put("A", &json!({ "words": "x" }))).await;
    g.is_refused_as_invalid(g.update("A", "SET a = words + :v", values([(":v", value(1))]))).await;
}

pub async fn a_condition_compares_and_has_no_redundant_parentheses<E: Engine>(g: &Ground<E>) {
    for expression in ["((a = :v))", ":v"] {
        let update = g.update("A", "SET b = :v", values([(":v", value(1))]));
        g.is_refused_as_invalid(when(expression, update)).await;
    }
}
