use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::item::DraftItem;
use crate::item::ItemKind;
use crate::testing::draft::{free_text, item, numeric, single};
use crate::testing::id;

fn keys(items: &[DraftItem]) -> AnswerKeys {
    let key = |item: &DraftItem| {
        (
            item.item.id.clone(),
            ItemKey { kind: item.item.kind, points_max: item.item.points_max, key: item.key.clone() },
        )
    };
    AnswerKeys { items: items.iter().map(key).collect() }
}

fn choice(choices: &[&str]) -> Answer {
    Answer::Choice { choices: choices.iter().map(|choice| id(choice)).collect() }
}

fn number(value: &str) -> Answer {
    Answer::Number { value: value.to_owned() }
}

fn text(text: &str) -> Answer {
    Answer::Text { text: text.to_owned() }
}

/// Whether an item worth 1,000 is scored, and with how much.
fn graded(item: DraftItem, answer: Option<Answer>) -> (ItemStatus, u32) {
    let name = item.item.id.clone();
    let grade = grade(&keys(&[item]), &answer.into_iter().map(|answer| (name.clone(), answer)).collect());
    assert_eq!(grade.items[&name].points_max, 1_000);
    (grade.items[&name].status, grade.items[&name].points)
}

const RIGHT: (ItemStatus, u32) = (ItemStatus::Scored, 1_000);
const WRONG: (ItemStatus, u32) = (ItemStatus::Scored, 0);
const UNANSWERED: (ItemStatus, u32) = (ItemStatus::Unanswered, 0);
const AWAITS: (ItemStatus, u32) = (ItemStatus::AwaitsPerson, 0);

#[test]
fn one_right_choice_is_right_alone() {
    for kind in [ItemKind::SingleChoice, ItemKind::TrueFalse] {
        let asked = || item("i", kind, json!({ "correct": ["b"] }));
        for (choices, expected) in
            [(&["b"][..], RIGHT), (&["a"], WRONG), (&["a", "b"], WRONG), (&["gone"], WRONG), (&[], UNANSWERED)]
        {
            assert_eq!(graded(asked(), Some(choice(choices))), expected, "{kind:?} {choices:?}");
        }
    }
}

#[test]
fn of_several_choices_every_right_one_and_no_wrong_one_must_be_chosen() {
    let asked = || item("i", ItemKind::MultipleChoice, json!({ "correct": ["a", "c"] }));
    for (choices, expected) in [
        (&["a", "c"][..], RIGHT),
        (&["c", "a"], RIGHT),
        (&["a"], WRONG),
        (&["a", "b", "c"], WRONG),
        (&["b"], WRONG),
        (&[], UNANSWERED),
    ] {
        assert_eq!(graded(asked(), Some(choice(choices))), expected, "{choices:?}");
    }
}

#[test]
fn the_order_of_choices_says_nothing() {
    let read = |json: &str| serde_json::from_str::<Answer>(json).expect("an answer");
    let forth = read(r#"{"type":"choice","choices":["a","c"]}"#);
    let back = read(r#"{"type":"choice","choices":["c","a","c"]}"#);
    assert_eq!(forth, back);
}

#[test]
fn a_number_is_right_within_its_range_ends_included_however_it_is_typed() {
    let asked = || numeric("i", "-0.5", "3.14");
    for (typed, expected) in [
        ("3.14", RIGHT),
        ("3,14", RIGHT),
        (" 3.140 ", RIGHT),
        ("+3", RIGHT),
        ("-0.5", RIGHT),
        ("-,5", RIGHT),
        ("0", RIGHT),
        ("3.140000000001", WRONG),
        ("-0.500000000001", WRONG),
        // As many digits as a calculator shows, and more than a key can hold.
        ("3.1399999999999999", RIGHT),
        ("3.1400000000000000", RIGHT),
        ("3.1400000000000001", WRONG),
        ("0.33333333333333333333333333333333333333333333333333", RIGHT),
        ("-0.4999999999999999", RIGHT),
        ("-0.5000000000000001", WRONG),
        ("three", WRONG),
        ("1,234.5", WRONG),
        ("1e0", WRONG),
        ("3.14 m", WRONG),
        ("", UNANSWERED),
        ("  ", UNANSWERED),
    ] {
        assert_eq!(graded(asked(), Some(number(typed))), expected, "{typed:?}");
    }
}

#[test]
fn a_number_in_any_of_several_ranges_is_right() {
    let ranges = json!({ "ranges": [{ "min": "1", "max": "1" }, { "min": "0,30", "max": "0.3" }] });
    let asked = || item("i", ItemKind::Numeric, ranges.clone());
    for (typed, expected) in [("1", RIGHT), ("0.3", RIGHT), ("0.30000000000000004", WRONG), ("0.7", WRONG)] {
        assert_eq!(graded(asked(), Some(number(typed))), expected, "{typed:?}");
    }
}

#[test]
fn a_range_without_numbers_accepts_nothing() {
    for (min, max) in [("", ""), ("a", "b"), ("0", "many"), ("2", "1")] {
        assert_eq!(graded(numeric("i", min, max), Some(number("1"))), WRONG);
    }
}

#[test]
fn a_text_awaits_a_person_and_a_blank_one_does_not() {
    assert_eq!(graded(free_text("i"), Some(text("because"))), AWAITS);
    assert_eq!(graded(free_text("i"), Some(text(" \n\t"))), UNANSWERED);
    assert_eq!(graded(free_text("i"), None), UNANSWERED);
}

#[test]
fn what_is_not_answered_is_told_from_what_is_wrong() {
    for asked in
        [single("i", "a"), item("i", ItemKind::MultipleChoice, json!({ "correct": ["a"] })), numeric("i", "1", "1")]
    {
        assert_eq!(graded(asked, None), UNANSWERED);
    }
}

#[test]
fn an_answer_of_another_kind_is_wrong_and_a_person_sees_it_where_one_marks() {
    for (asked, answer, expected) in [
        (single("i", "a"), number("1"), WRONG),
        (single("i", "a"), text("a"), WRONG),
        (numeric("i", "1", "1"), text("1"), WRONG),
        (numeric("i", "1", "1"), choice(&["a"]), WRONG),
        (free_text("i"), number("1"), AWAITS),
        (free_text("i"), choice(&["a"]), AWAITS),
    ] {
        assert_eq!(graded(asked, Some(answer.clone())), expected, "{answer:?}");
    }
}

#[test]
fn one_item_that_awaits_a_person_makes_the_whole_grade_wait() {
    let keys = keys(&[single("a", "a"), free_text("b")]);
    let both = Answers::from([(id("a"), choice(&["a"])), (id("b"), text("because"))]);
    let waits = grade(&keys, &both);
    assert_eq!((waits.status, waits.points, waits.points_max), (GradeStatus::AwaitsPerson, 1_000, 2_000));
    let blank = Answers::from([(id("a"), choice(&["a"])), (id("b"), text(""))]);
    let whole = grade(&keys, &blank);
    assert_eq!((whole.status, whole.points, whole.points_max), (GradeStatus::Scored, 1_000, 2_000));
}

#[test]
fn answers_to_items_that_nobody_asked_count_for_nothing() {
    let keys = keys(&[single("a", "a")]);
    let right = Answers::from([(id("a"), choice(&["a"]))]);
    let mut more = right.clone();
    more.insert(id("other"), text("because"));
    assert_eq!(grade(&keys, &more), grade(&keys, &right));
}

#[test]
fn an_assessment_without_items_is_scored_with_nothing_of_nothing() {
    let grade = grade(&AnswerKeys::default(), &Answers::default());
    assert_eq!((grade.status, grade.points, grade.points_max), (GradeStatus::Scored, 0, 0));
    assert_eq!(grade.revision, AUTOMATIC_REVISION);
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let name = prop::sample::select(vec!["a", "b", "c", "gone"]);
    prop_oneof![
        prop::collection::vec(name, 0..4).prop_map(|choices| choice(&choices)),
        "[-+]?[0-9]{0,3}[.,]?[0-9]{0,3}".prop_map(|value| Answer::Number { value }),
        "[ a-z]{0,5}".prop_map(|text| Answer::Text { text }),
    ]
}

fn any_item(name: String) -> impl Strategy<Value = DraftItem> {
    let asked = prop_oneof![
        Just(single(&name, "a")),
        Just(item(&name, ItemKind::MultipleChoice, json!({ "correct": ["a", "b"] }))),
        Just(numeric(&name, "-1", "100,5")),
        Just(free_text(&name)),
    ];
    (asked, 0..=crate::number::ITEM_POINTS_HUNDREDTHS_MAX).prop_map(|(mut item, points_max)| {
        item.item.points_max = points_max;
        item
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn points_are_never_above_their_maximum_and_sums_are_the_sums_of_their_items(
        items in (0..8usize).prop_flat_map(|count| (0..count).map(|at| any_item(format!("i{at}"))).collect::<Vec<_>>()),
        answers in prop::collection::btree_map((0..10usize).prop_map(|at| id(&format!("i{at}"))), any_answer(), 0..10),
    ) {
        let grade = grade(&keys(&items), &answers);
        prop_assert_eq!(grade.items.len(), items.len());
        prop_assert!(grade.points <= grade.points_max);
        prop_assert_eq!(grade.points, grade.items.values().map(|item| item.points).sum::<u32>());
        prop_assert_eq!(grade.points_max, items.iter().map(|item| item.item.points_max).sum::<u32>());
        for item in grade.items.values() {
            prop_assert!(item.points == 0 || (item.points == item.points_max && item.status == ItemStatus::Scored));
        }
        let awaits = grade.items.values().any(|item| item.status == ItemStatus::AwaitsPerson);
        prop_assert_eq!(grade.status == GradeStatus::AwaitsPerson, awaits);
    }

    #[test]
    fn grading_again_gives_the_same_grade(item in any_item("i0".to_owned()), answer in any_answer()) {
        let (keys, answers) = (keys(&[item]), Answers::from([(id("i0"), answer)]));
        prop_assert_eq!(grade(&keys, &answers), grade(&keys, &answers));
    }
}

#[test]
fn the_largest_assessment_there_may_be_has_a_sum() {
    let items: Vec<DraftItem> = (0..crate::item::ITEMS_MAX)
        .map(|at| {
            let mut item = single(&format!("i{at}"), "a");
            item.item.points_max = crate::number::ITEM_POINTS_HUNDREDTHS_MAX;
            item
        })
        .collect();
    let answers: Answers = items.iter().map(|item| (item.item.id.clone(), choice(&["a"]))).collect();
    assert_eq!(grade(&keys(&items), &answers).points, 500_000_000);
}
