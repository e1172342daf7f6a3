//! Reads: single items, and pages of a partition.

use std::rc::Rc;

use serde_dynamo::{AttributeValue, Item};
use stoa_store::engine::{Key, Page, Query, SortKeys, Table};
use stoa_store::record::text;

use super::tables::{Mark, Tables};
use super::units::Units;
use crate::expression::item_size;
use crate::faults::Faults;

/// The most bytes of a page.
const PAGE_BYTES_MAX: usize = 1024 * 1024;

impl Tables {
    /// Reads one item.
    pub(super) fn get(&mut self, table: Table, key: &Key, consistent: bool, faults: &Faults) -> Option<Item> {
        let seen = self.seen(consistent, faults);
        let item = self.item_at(table, key, seen).map(|item| Item::clone(item));
        self.units = self.units + Units::of_read(item.as_ref().map_or(0, item_size), consistent);
        item
    }

    /// Reads several items, each as late as it happens to be.
    pub(super) fn get_many(&mut self, table: Table, keys: &[Key], faults: &Faults) -> Vec<Item> {
        keys.iter().filter_map(|key| self.get(table, key, false, faults)).collect()
    }

    /// Reads one page.
    pub(super) fn query(&mut self, query: &Query, faults: &Faults) -> Page {
        let mut found = if query.work_index { self.of_index(query, faults) } else { self.of_table(query, faults) };
        if query.descending {
            found.reverse();
        }
        if let Some(after) = &query.after {
            let after = place_of(query, after);
            let beyond = |place: &Place| if query.descending { *place < after } else { *place > after };
            found.retain(|(place, _)| beyond(place));
        }
        let page = cut(found, query);
        let bytes = page.items.iter().map(item_size).sum();
        self.units = self.units + Units::of_read(bytes, query.consistent);
        page
    }

    fn seen(&self, consistent: bool, faults: &Faults) -> u64 {
        let late = if consistent { 0 } else { faults.staleness().min(super::tables::STALE_WRITES_MAX) };
        self.writes().saturating_sub(late)
    }

    fn of_table(&self, query: &Query, faults: &Faults) -> Vec<(Place, Rc<Item>)> {
        // A partition has one order of writes, so the whole page is equally late.
        let seen = self.seen(query.consistent, faults);
        let from = match &query.sort_keys {
            SortKeys::All => "",
            SortKeys::Prefix(from) | SortKeys::Between(from, _) => from.as_str(),
        };
        let items = self.items_from(query.table, Key::new(query.pk.as_str(), from), seen);
        items
            .take_while(|(key, _)| key.pk == query.pk && !is_past(&query.sort_keys, &key.sk))
            .map(|(key, item)| (Place::of_item(key), item.clone()))
            .collect()
    }

    fn of_index(&self, query: &Query, faults: &Faults) -> Vec<(Place, Rc<Item>)> {
        // Every mark reaches the index on its own, so some are later than others.
        let marks = self.marks(query.table, &query.pk, || self.seen(false, faults));
        let wanted = marks.into_iter().filter(|mark| is_wanted(&query.sort_keys, &mark.work_sk));
        wanted.map(|mark| (Place::of_mark(mark), Rc::new(keys_of(mark)))).collect()
    }
}

/// Where an item stands in the order of its page: by sort key, and in the index by key after that.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    sort_key: String,
    key: Key,
}

impl Place {
    fn of_item(key: &Key) -> Place {
        Place { sort_key: key.sk.clone(), key: key.clone() }
    }

    fn of_mark(mark: &Mark) -> Place {
        Place { sort_key: mark.work_sk.clone(), key: mark.key.clone() }
    }
}

/// The place that a page's last key names.
fn place_of(query: &Query, last: &Item) -> Place {
    let part = |name: &str| text(last, name).unwrap_or_else(|| panic!("{last:?} is no last key: it lacks {name}"));
    let key = Key::new(part("pk"), part("sk"));
    let (partition, sort_key, attributes) =
        if query.work_index { (part("work_pk"), part("work_sk"), 4) } else { (part("pk"), part("sk"), 2) };
    assert!(last.len() == attributes, "{last:?} is no last key of this query");
    assert!(partition == query.pk && is_wanted(&query.sort_keys, sort_key), "{last:?} is outside of the query");
    Place { sort_key: sort_key.to_owned(), key }
}

fn is_wanted(sort_keys: &SortKeys, sort_key: &str) -> bool {
    match sort_keys {
        SortKeys::All => true,
        SortKeys::Prefix(prefix) => sort_key.starts_with(prefix.as_str()),
        SortKeys::Between(from, to) => (from.as_str()..=to.as_str()).contains(&sort_key),
    }
}

/// Whether nothing more is wanted from this sort key on, in ascending order from where the wanted ones begin.
fn is_past(sort_keys: &SortKeys, sort_key: &str) -> bool {
    !is_wanted(sort_keys, sort_key)
}

fn cut(found: Vec<(Place, Rc<Item>)>, query: &Query) -> Page {
    let limit = query.limit.map_or(usize::MAX, |limit| limit as usize);
    let mut page = Page::default();
    let mut bytes = 0;
    for (_, item) in found {
        bytes += item_size(&item);
        if bytes > PAGE_BYTES_MAX && !page.items.is_empty() {
            page.last = page.items.last().map(|last| last_key(query, last));
            break;
        }
        page.items.push(Item::clone(&item));
        // DynamoDB stops at the limit without looking whether anything follows.
        if page.items.len() == limit {
            page.last = page.items.last().map(|last| last_key(query, last));
            break;
        }
    }
    page
}

fn last_key(query: &Query, item: &Item) -> Item {
    let names: &[&str] = if query.work_index { &["pk", "sk", "work_pk", "work_sk"] } else { &["pk", "sk"] };
    let mut last = Item::default();
    for name in names {
        if let Some(value) = item.get(*name) {
            last.insert((*name).to_owned(), value.clone());
        }
    }
    last
}

fn keys_of(mark: &Mark) -> Item {
    let mut item = Item::default();
    let parts = [("pk", &mark.key.pk), ("sk", &mark.key.sk), ("work_pk", &mark.work_pk), ("work_sk", &mark.work_sk)];
    for (name, text) in parts {
        item.insert(name.to_owned(), AttributeValue::S(text.clone()));
    }
    item
}
