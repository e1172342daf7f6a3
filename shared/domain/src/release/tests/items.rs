//! Keys that do not fit their items.

use super::*;

const ONE: &str = "Exactly one choice is right.";
const SOME: &str = "At least one choice is right; otherwise leaving it blank would be the answer.";
const RANGE: &str = "Each range needs two decimal numbers, the lower first.";
const RANGES: &str = "A numeric item needs at least one range of right numbers.";
const CHOICES: &str = "An item with choices needs a key of right choices.";
const TEXT: &str = "A free text is marked by a person; it has no key.";
const UNKNOWN: &str = "The key names a choice that the item does not have.";

const WITH_CHOICES: [ItemKind; 3] = [ItemKind::SingleChoice, ItemKind::MultipleChoice, ItemKind::TrueFalse];

fn ranges(ranges: &[(&str, &str)]) -> Value {
    let ranges: Vec<Value> = ranges.iter().map(|(min, max)| json!({ "min": min, "max": max })).collect();
    json!({ "ranges": ranges })
}

fn assert_fits(kind: ItemKind, key: Value) {
    assert_eq!(findings(&asking(item("i", kind, key))), []);
}

#[track_caller]
fn assert_flawed(kind: ItemKind, key: Value, detail: &str) {
    assert_finds(&asking(item("i", kind, key)), "/nodes/q/items/i", detail);
}

#[test]
fn one_choice_of_a_single_choice_is_right() {
    for kind in [ItemKind::SingleChoice, ItemKind::TrueFalse] {
        assert_fits(kind, json!({ "correct": ["b"] }));
        assert_flawed(kind, json!({ "correct": [] }), ONE);
        assert_flawed(kind, json!({ "correct": ["a", "b"] }), ONE);
    }
}

#[test]
fn at_least_one_choice_of_a_multiple_choice_is_right() {
    for correct in [json!(["a"]), json!(["a", "c"]), json!(["a", "b", "c"])] {
        assert_fits(ItemKind::MultipleChoice, json!({ "correct": correct }));
    }
    assert_flawed(ItemKind::MultipleChoice, json!({ "correct": [] }), SOME);
}

#[test]
fn a_key_names_choices_that_are_there() {
    for kind in WITH_CHOICES {
        assert_flawed(kind, json!({ "correct": ["gone"] }), UNKNOWN);
    }
    assert_flawed(ItemKind::MultipleChoice, json!({ "correct": ["a", "gone"] }), UNKNOWN);
}

#[test]
fn two_choices_of_one_id_are_found() {
    for kind in WITH_CHOICES {
        let mut twice = item("i", kind, json!({ "correct": ["a"] }));
        twice.item.choices[1].id = id("a");
        assert_finds(&asking(twice), "/nodes/q/items/i", "Two choices have the same id.");
    }
}

#[test]
fn an_item_with_choices_has_a_key_of_choices() {
    for kind in WITH_CHOICES {
        assert_flawed(kind, Value::Null, CHOICES);
        assert_flawed(kind, ranges(&[("1", "1")]), CHOICES);
    }
}

#[test]
fn a_number_has_a_key_of_ranges() {
    assert_fits(ItemKind::Numeric, ranges(&[("1", "1")]));
    assert_fits(ItemKind::Numeric, ranges(&[("-1,5", "1.5"), ("10", "20")]));
    assert_flawed(ItemKind::Numeric, Value::Null, RANGES);
    assert_flawed(ItemKind::Numeric, ranges(&[]), RANGES);
    assert_flawed(ItemKind::Numeric, json!({ "correct": ["a"] }), RANGES);
}

#[test]
fn a_range_is_two_numbers_the_lower_first() {
    for (min, max) in [("2", "1"), ("one", "2"), ("1", ""), ("1", "1e3"), ("", "")] {
        assert_flawed(ItemKind::Numeric, ranges(&[("0", "0"), (min, max)]), RANGE);
    }
}

#[test]
fn a_free_text_has_no_key() {
    assert_eq!(findings(&asking(free_text("i"))), []);
    assert_flawed(ItemKind::FreeText, ranges(&[("1", "1")]), TEXT);
    assert_flawed(ItemKind::FreeText, json!({ "correct": [] }), TEXT);
}

#[test]
fn every_flawed_item_is_found() {
    let mut draft = asking(single("i", "gone"));
    draft.items.insert(id("q"), vec![single("i", "gone"), single("j", "a"), numeric("k", "2", "1")]);
    let pointers: Vec<String> = findings(&draft).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/nodes/q/items/i", "/nodes/q/items/k"]);
}
