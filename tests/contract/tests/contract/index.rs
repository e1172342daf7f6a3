//! The sparse index over work marks.

use serde_json::json;
use stoa_store::engine::{Change, Engine, Query, SortKeys, Write};

use crate::ground::{Ground, attribute, none, value, values};

fn marked<E: Engine>(g: &Ground<E>, sk: &str, work_pk: &str, work_sk: &str) -> Write {
    g.put(sk, &json!({ "work_pk": work_pk, "work_sk": work_sk, "secret": "answers" }))
}

/// A partition of the index that nobody else uses.
fn shard<E>(g: &Ground<E>) -> String {
    format!("{}#WORK", g.pk)
}

pub async fn only_marked_items_are_in_the_index_and_only_their_keys<E: Engine>(g: &Ground<E>) {
    let shard = shard(g);
    g.done(g.put("PLAIN", &json!({ "a": 1 }))).await;
    g.done(marked(g, "MARKED", &shard, "001#1")).await;
    let pages = g.pages(g.work(&shard)).await;
    let [item] = &pages[0].items[..] else { panic!("{pages:?}") };
    let keys = ["pk", "sk", "work_pk", "work_sk"].map(|name| attribute(Some(item), name));
    assert_eq!(keys, [value(&g.pk), value("MARKED"), value(&shard), value("001#1")].map(Some));
    assert_eq!(item.len(), 4);
}

pub async fn a_mark_that_is_removed_or_deleted_leaves_the_index<E: Engine>(g: &Ground<E>) {
    let shard = shard(g);
    for sk in ["A", "B", "C", "D"] {
        g.done(marked(g, sk, &shard, "001#1")).await;
    }
    g.done(g.update("A", "REMOVE work_pk, work_sk", none())).await;
    g.done(g.write("B", Change::Delete)).await;
    g.done(g.put("C", &json!({}))).await;
    assert_eq!(g.sks(g.work(&shard)).await, ["D"]);
    assert!(g.read("A").await.is_some());
}

pub async fn a_mark_that_changes_moves<E: Engine>(g: &Ground<E>) {
    let (shard, other) = (shard(g), format!("{}#OTHER", g.pk));
    g.done(marked(g, "A", &shard, "001#1")).await;
    g.done(marked(g, "B", &shard, "002#1")).await;
    let mark = |work_pk: &str, work_sk: &str| values([(":p", value(work_pk)), (":s", value(work_sk))]);
    g.done(g.update("A", "SET work_pk = :p, work_sk = :s", mark(&shard, "003#2"))).await;
    assert_eq!(g.sks(g.work(&shard)).await, ["B", "A"]);
    g.done(g.update("A", "SET work_pk = :p, work_sk = :s", mark(&other, "003#2"))).await;
    assert_eq!((g.sks(g.work(&shard)).await, g.sks(g.work(&other)).await), (vec!["B".into()], vec!["A".into()]));
}

pub async fn work_older_than_a_time_is_a_range<E: Engine>(g: &Ground<E>) {
    let shard = shard(g);
    for (sk, at) in [("OLD", "0100#a"), ("EDGE", "0200#a"), ("OLDER", "0099#z"), ("NEW", "0201#a")] {
        g.done(marked(g, sk, &shard, at)).await;
    }
    let older = Query { sort_keys: SortKeys::Between("0000".to_owned(), "0200".to_owned()), ..g.work(&shard) };
    assert_eq!(g.sks(older.clone()).await, ["OLDER", "OLD"]);
    let first = g.engine.query(&Query { limit: Some(1), ..older.clone() }).await.expect("read");
    assert_eq!(g.sks(Query { after: first.last, ..older }).await, ["OLD"]);
    let recent = Query { sort_keys: SortKeys::Between("0100".to_owned(), "0201".to_owned()), ..g.work(&shard) };
    assert_eq!(g.sks(recent).await, ["OLD", "EDGE"]);
    let newest = Query { descending: true, ..g.work(&shard) };
    assert_eq!(g.sks(newest).await, ["NEW", "EDGE", "OLD", "OLDER"]);
}

pub async fn half_a_mark_is_none<E: Engine>(g: &Ground<E>) {
    let shard = shard(g);
    g.done(g.put("A", &json!({ "work_pk": shard }))).await;
    g.done(marked(g, "B", &shard, "1")).await;
    g.done(g.update("B", "REMOVE work_sk", none())).await;
    assert!(g.sks(g.work(&shard)).await.is_empty());
    g.done(g.update("A", "SET work_sk = :s", values([(":s", value("1"))]))).await;
    assert_eq!(g.sks(g.work(&shard)).await, ["A"]);
}

pub async fn pages_of_equal_sort_keys_reach_every_item_once<E: Engine>(g: &Ground<E>) {
    let shard = shard(g);
    for number in 0..7 {
        g.done(marked(g, &format!("{number}"), &shard, "same")).await;
    }
    for limit in [1, 2, 7] {
        let query = Query { limit: Some(limit), ..g.work(&shard) };
        assert!(g.pages(query.clone()).await.iter().all(|page| page.items.len() <= limit as usize));
        let mut found = g.sks(query).await;
        found.sort();
        assert_eq!(found, ["0", "1", "2", "3", "4", "5", "6"], "limit {limit}");
    }
}

pub async fn a_page_of_work_has_its_limit_and_the_oldest_first<E: Engine>(g: &Ground<E>) {
    let shard = shard(g);
    for number in [5, 1, 4, 2, 3] {
        g.done(marked(g, &format!("{number}"), &shard, &format!("{number:03}#r"))).await;
    }
    let query =
        Query { limit: Some(2), sort_keys: SortKeys::Between("000".to_owned(), "005".to_owned()), ..g.work(&shard) };
    let page = g.engine.query(&query).await.expect("read");
    let marks: Vec<_> = page.items.iter().map(|item| attribute(Some(item), "work_sk")).collect();
    assert_eq!(marks, [Some(value("001#r")), Some(value("002#r"))]);
    assert!(page.last.is_some(), "there is more");
    assert_eq!(g.sks(query).await, ["1", "2", "3", "4"]);
}
