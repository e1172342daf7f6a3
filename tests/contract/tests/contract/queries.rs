//! Reads of items and partitions.

use serde_json::json;
use stoa_store::engine::{Change, Engine, Key, Query, SortKeys, Table, Write};
use stoa_store::record::{self, text};

use crate::ground::Ground;

async fn fill<E: Engine>(g: &Ground<E>, sks: &[&str]) {
    for sk in sks {
        g.done(g.put(sk, &json!({}))).await;
    }
}

pub async fn a_partition_is_read_in_the_order_of_bytes_and_no_other_partition_with_it<E: Engine>(g: &Ground<E>) {
    fill(g, &["b", "B", "ä", "10", "9", "a#1", "a", "~", "€"]).await;
    for pk in [format!("{}#", g.pk), format!("{}0", g.pk)] {
        let key = Key::new(pk, "a");
        let change = Change::Put(record::item(&key, &json!({})));
        g.done(Write { key, ..g.write("a", change) }).await;
    }
    assert_eq!(g.sks(g.query()).await, ["10", "9", "B", "a", "a#1", "b", "~", "ä", "€"]);
}

pub async fn a_prefix_and_an_end_narrow_a_query<E: Engine>(g: &Ground<E>) {
    fill(g, &["EVENT", "EVENT#", "EVENT#1", "EVENT#2", "EVENT$", "A", "FACT#1"]).await;
    let of = |sort_keys| g.sks(Query { sort_keys, ..g.query() });
    assert_eq!(of(SortKeys::Prefix("EVENT#".to_owned())).await, ["EVENT#", "EVENT#1", "EVENT#2"]);
    assert!(of(SortKeys::Prefix("X".to_owned())).await.is_empty());
    let between = |from: &str, to: &str| of(SortKeys::Between(from.to_owned(), to.to_owned()));
    assert_eq!(between("0", "EVENT#1").await, ["A", "EVENT", "EVENT#", "EVENT#1"]);
    assert_eq!(between("EVENT#", "EVENT#1~").await, ["EVENT#", "EVENT#1"]);
    assert_eq!(between("EVENT#", "EVENT#").await, ["EVENT#"]);
    assert_eq!(between("0", "Z").await.len(), 7);
}

pub async fn the_highest_come_first_when_asked<E: Engine>(g: &Ground<E>) {
    fill(g, &["R#1", "R#2", "R#3", "X"]).await;
    let query = Query { descending: true, sort_keys: SortKeys::Prefix("R#".to_owned()), ..g.query() };
    assert_eq!(g.sks(query.clone()).await, ["R#3", "R#2", "R#1"]);
    let first = g.engine.query(&Query { limit: Some(1), ..query }).await.expect("read");
    assert_eq!(first.items.len(), 1);
    assert_eq!(text(&first.items[0], "sk"), Some("R#3"));
}

pub async fn pages_by_limit_reach_every_item_once_in_both_directions<E: Engine>(g: &Ground<E>) {
    let sks: Vec<String> = (0..10).map(|number| format!("R#{number}")).collect();
    fill(g, &sks.iter().map(String::as_str).collect::<Vec<_>>()).await;
    fill(g, &["A", "Z"]).await;
    for limit in [1, 3, 5, 10, 11] {
        for descending in [false, true] {
            let sort_keys = SortKeys::Prefix("R#".to_owned());
            let query = Query { sort_keys, descending, limit: Some(limit), ..g.query() };
            let pages = g.pages(query.clone()).await;
            assert!(pages.iter().all(|page| page.items.len() <= limit as usize));
            let mut found = g.sks(query).await;
            if descending {
                found.reverse();
            }
            assert_eq!(found, sks, "limit {limit}");
        }
    }
}

pub async fn a_page_ends_at_a_megabyte_and_the_next_goes_on<E: Engine>(g: &Ground<E>) {
    let large = "x".repeat(300 * 1024);
    for number in 0..8 {
        g.done(g.put(&format!("R#{number}"), &json!({ "body": large }))).await;
    }
    for (limit, descending) in [(None, false), (Some(5), true)] {
        let pages = g.pages(Query { limit, descending, ..g.query() }).await;
        let counts: Vec<usize> = pages.iter().map(|page| page.items.len()).filter(|count| *count > 0).collect();
        assert_eq!(counts, [3, 3, 2]);
        assert!(pages[0].last.as_ref().is_some_and(|last| last.len() == 2), "the last key is a key and nothing else");
    }
    assert_eq!(g.sks(g.query()).await.len(), 8);
}

pub async fn a_query_may_end_before_its_limit<E: Engine>(g: &Ground<E>) {
    fill(g, &["A", "B"]).await;
    let page = g.engine.query(&Query { limit: Some(3), ..g.query() }).await.expect("read");
    assert_eq!((page.items.len(), page.last), (2, None));
    let page = g.engine.query(&Query { limit: Some(2), ..g.query() }).await.expect("read");
    let rest = Query { limit: Some(2), after: page.last, ..g.query() };
    assert!(rest.after.is_none() || g.engine.query(&rest).await.expect("read").items.is_empty());
    let nothing = g.engine.query(&Query { pk: format!("{}#none", g.pk), ..g.query() }).await.expect("read");
    assert_eq!((nothing.items.len(), nothing.last), (0, None));
}

pub async fn many_items_are_read_at_once_and_those_that_are_not_there_are_left_out<E: Engine>(g: &Ground<E>) {
    let sks: Vec<String> = (0..100).map(|number| format!("{number:03}")).collect();
    fill(g, &sks.iter().step_by(2).map(String::as_str).collect::<Vec<_>>()).await;
    let keys: Vec<Key> = sks.iter().map(|sk| g.key(sk)).collect();
    let found = g.engine.get_many(Table::Learning, &keys).await.expect("read");
    let mut found: Vec<&str> = found.iter().filter_map(|item| text(item, "sk")).collect();
    found.sort_unstable();
    assert_eq!(found, sks.iter().step_by(2).collect::<Vec<_>>());
    assert_eq!(g.engine.get_many(Table::Learning, &[]).await, Ok(vec![]));
}

pub async fn an_item_is_there_for_whoever_reads_after_it_was_written<E: Engine>(g: &Ground<E>) {
    assert_eq!(g.read("A").await, None);
    g.done(g.put("A", &json!({ "n": 1 }))).await;
    assert!(g.read("A").await.is_some());
    assert!(g.engine.get(Table::Learning, &g.key("A"), false).await.expect("read").is_some());
    assert_eq!(g.engine.get(Table::People, &g.key("A"), true).await, Ok(None));
    assert_eq!(g.engine.get(Table::Content, &g.key("A"), true).await, Ok(None));
}

pub async fn a_page_goes_on_after_a_key_that_is_there_no_longer<E: Engine>(g: &Ground<E>) {
    fill(g, &["R#1", "R#2", "R#3", "R#4"]).await;
    for (descending, rest) in [(false, ["R#3", "R#4"]), (true, ["R#2", "R#1"])] {
        let query = Query { descending, limit: Some(2), ..g.query() };
        let first = g.engine.query(&query).await.expect("read");
        let last = first.last.expect("there is more");
        let sk = text(&last, "sk").expect("a key").to_owned();
        g.done(g.write(&sk, Change::Delete)).await;
        assert_eq!(g.sks(Query { after: Some(last), ..query }).await, rest);
        fill(g, &[&sk]).await;
    }
}
