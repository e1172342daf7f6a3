//! An engine that forgets a condition: on it, mutation tests stand.

use serde_json::json;
use stoa_store::conditions::{self, DRAFT_GOES_FORWARD};
use stoa_store::engine::{Change, Engine, Table, TransactFailure, Write, WriteFailure};
use stoa_testkit::{Dropped, Dropping};

use crate::ground::{Ground, value, values};

/// A save of revision 2 by `ben`, of a draft that is at revision `rev` and belongs to `ann`.
async fn save<E: Engine>(g: &Ground<E>, engine: &impl Engine, rev: i64) -> Result<(), WriteFailure> {
    g.done(g.put("A", &json!({ "phase": "open", "rev": rev, "accept_until": 10, "person": "ann" }))).await;
    let values =
        values([(":open", value("open")), (":rev", value(2)), (":received", value(5)), (":person", value("ben"))]);
    let write = g.update("A", "SET rev = :rev", values);
    engine.write(Write { condition: Some(DRAFT_GOES_FORWARD), ..write }).await.map(drop)
}

pub async fn an_engine_without_a_part_of_a_condition_writes_what_that_part_refused<E: Engine + Clone>(g: &Ground<E>) {
    let whole = Dropping::new(g.engine.clone(), Dropped { name: DRAFT_GOES_FORWARD.name, part: None });
    let person = Dropping::new(g.engine.clone(), Dropped { name: DRAFT_GOES_FORWARD.name, part: Some(3) });
    assert!(matches!(save(g, &g.engine, 1).await, Err(WriteFailure::Refused(_))));
    assert_eq!(save(g, &person, 1).await, Ok(()));
    assert!(matches!(save(g, &person, 2).await, Err(WriteFailure::Refused(_))));
    assert_eq!(save(g, &whole, 2).await, Ok(()));
}

pub async fn a_check_without_its_condition_keeps_its_place_in_a_transaction<E: Engine + Clone>(g: &Ground<E>) {
    let name = conditions::BODY_IS_THERE.name;
    let dropping = Dropping::new(g.engine.clone(), Dropped { name, part: None });
    let check = Write { condition: Some(conditions::BODY_IS_THERE), ..g.write("NONE", Change::Check) };
    let new = |sk: &str| Write { condition: Some(conditions::EVENT_IS_NEW), ..g.put(sk, &json!({})) };
    let refused = g.engine.transact(vec![check.clone(), new("A")]).await;
    assert_eq!(refused, Err(TransactFailure::Refused(vec![true, false])));
    assert_eq!(dropping.transact(vec![check.clone(), new("A")]).await, Ok(()));
    let refused = dropping.transact(vec![check, new("A")]).await;
    assert_eq!(refused, Err(TransactFailure::Refused(vec![false, true])));
    assert!(dropping.get(Table::Learning, &g.key("A"), true).await.expect("read").is_some());
}
