use serde_json::{Value, json};

use super::*;
use crate::testing::draft::single;
use crate::testing::id;

fn is_blank(answer: Value) -> bool {
    serde_json::from_value::<Answer>(answer).expect("an answer").is_blank()
}

#[test]
fn white_space_and_no_choice_are_no_answer() {
    for (answer, blank) in [
        (json!({ "type": "choice", "choices": [] }), true),
        (json!({ "type": "choice", "choices": ["a"] }), false),
        (json!({ "type": "number", "value": "" }), true),
        (json!({ "type": "number", "value": " \t" }), true),
        (json!({ "type": "number", "value": "x" }), false),
        (json!({ "type": "text", "text": "\n\u{a0}" }), true),
        (json!({ "type": "text", "text": "." }), false),
    ] {
        assert_eq!(is_blank(answer.clone()), blank, "{answer}");
    }
}

#[test]
fn an_answer_of_no_kind_or_with_anything_besides_is_refused() {
    for answer in [
        json!({ "type": "choice" }),
        json!({ "type": "choice", "choices": ["a b"] }),
        json!({ "type": "number", "value": 3 }),
        json!({ "type": "text", "text": "a", "points": 10 }),
        json!({ "type": "essay", "text": "a" }),
        json!("a"),
    ] {
        assert!(serde_json::from_value::<Answer>(answer.clone()).is_err(), "{answer}");
    }
}

#[test]
fn a_key_is_choices_or_ranges_and_never_both() {
    let key = |json: Value| serde_json::from_value::<Key>(json);
    assert!(matches!(key(json!({ "correct": ["a"] })), Ok(Key::Choices(_))));
    assert!(matches!(key(json!({ "ranges": [{ "min": "1", "max": "2" }] })), Ok(Key::Ranges(_))));
    for wrong in [
        json!({}),
        json!({ "correct": ["a"], "ranges": [] }),
        json!({ "correct": "a" }),
        json!({ "ranges": [{ "min": "1" }] }),
        json!({ "ranges": [{ "min": 1, "max": 2 }] }),
    ] {
        assert!(key(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn a_range_includes_its_ends() {
    let range = CorrectRange { min: "1".to_owned(), max: "2,5".to_owned() };
    let contains = |text| range.contains(Typed::parse(text).expect("a number"));
    assert_eq!(["0.999999999999", "1", "2.5", "2.500000000001"].map(contains), [false, true, true, false]);
}

#[test]
fn an_item_as_learners_see_it_has_no_place_for_a_key() {
    let item = DraftItem { original_type: Some("essay".to_owned()), ..single("i", "b") };
    let seen = serde_json::to_value(&item.item).expect("json");
    let names: BTreeSet<&str> = seen.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["choices", "id", "kind", "points_max", "prompt_html"]));
}

#[test]
fn a_draft_item_reads_back_as_it_was_written() {
    let item = DraftItem { original_type: Some("essay".to_owned()), ..single("i", "b") };
    let json = serde_json::to_value(&item).expect("json");
    assert_eq!((&json["id"], &json["key"]), (&json!("i"), &json!({ "correct": ["b"] })));
    assert_eq!(serde_json::from_value::<DraftItem>(json).expect("an item"), item);
    assert_eq!(item.item.id, id("i"));
}
