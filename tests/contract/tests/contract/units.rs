//! What operations cost: the model and the embedded engine count the same.

use serde_json::json;
use stoa_store::engine::{Change, Engine, Query, Table, Write};
use stoa_testkit::model::Units;

use crate::ground::{Ground, none, value, values, when};

/// Operations of different sizes, and what was consumed after each.
async fn bill<E: Engine>(g: &Ground<E>, consumed: impl Fn() -> Units) -> Vec<(&'static str, Units)> {
    let mut bill = Vec::new();
    let mut before = consumed();
    let mut charge = |what: &'static str| {
        let after = consumed();
        bill.push((what, after - before));
        before = after;
    };
    let kilobyte = "x".repeat(1_000);
    g.done(g.put("A", &json!({ "body": kilobyte }))).await;
    charge("a put of just above a kilobyte");
    g.done(g.put("B", &json!({ "body": "x", "work_pk": "DUE#1", "work_sk": "1" }))).await;
    charge("a put with a mark");
    let closed = values([(":body", value(&kilobyte)), (":p", value("PENDING#1")), (":s", value("2"))]);
    g.done(g.update("B", "SET body = :body, work_pk = :p, work_sk = :s", closed)).await;
    charge("an update that grows its item and moves its mark");
    g.done(g.update("B", "SET body = :body", values([(":body", value("x"))]))).await;
    charge("an update that shrinks its item and leaves its mark");
    g.done(g.update("B", "REMOVE work_pk, work_sk", none())).await;
    charge("an update that clears a mark");
    let put = when("attribute_not_exists(pk)", g.put("C", &json!({ "body": kilobyte })));
    let check = when("attribute_exists(pk)", g.write("A", Change::Check));
    g.engine.transact(vec![put, check]).await.expect("written");
    charge("a transaction of a put and a check");
    for number in 0..9 {
        g.done(Write { table: Table::Content, ..g.put(&format!("R{number}"), &json!({ "body": kilobyte })) }).await;
    }
    charge("nine puts");
    g.engine.query(&Query { table: Table::Content, ..g.query() }).await.expect("read");
    charge("a consistent query");
    g.engine.query(&Query { table: Table::Content, consistent: false, ..g.query() }).await.expect("read");
    charge("a query that need not be consistent");
    g.engine.query(&g.work("PENDING#1")).await.expect("read");
    charge("a query of the index");
    g.engine.get(Table::Learning, &g.key("A"), true).await.expect("read");
    charge("a consistent read");
    g.engine.get(Table::Learning, &g.key("NONE"), false).await.expect("read");
    charge("a read of nothing");
    g.engine.get_many(Table::Learning, &[g.key("A"), g.key("B"), g.key("NONE")]).await.expect("read");
    charge("a read of many");
    g.done(g.write("A", Change::Delete)).await;
    charge("a delete");
    bill
}

#[tokio::test]
async fn the_model_charges_what_the_embedded_engine_charges() {
    let model = Ground::model();
    let of_model = bill(&model, || model.engine.units()).await;
    let embedded = stoa_testkit::embedded().await;
    let of_embedded = bill(&Ground::embedded(&embedded), || embedded.units()).await;
    for (ours, theirs) in of_model.iter().zip(&of_embedded) {
        assert_eq!(ours, theirs);
    }
}
