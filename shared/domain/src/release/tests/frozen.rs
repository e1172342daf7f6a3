//! What a Release is made of, part by part.

use super::*;
use crate::content::AssessmentSettings;

/// A small course with one of everything: two weeks, the second of which opens by the quiz of the first.
fn small_course() -> Draft {
    let settings = AssessmentSettings { attempts_max: Some(2), time_limit_minutes: None };
    let passed =
        json!({ "type": "assessment_score", "assessment": "quiz", "min_score": "0.8", "label": "Pass the quiz" });
    let mut draft = draft(vec![
        opened_by(passed, DraftNode { position: 2, ..section("week2") }),
        under("week2", DraftNode { minutes: Some(20), ..lesson("read") }),
        DraftNode { position: 1, ..section("week1") },
        under("week1", DraftNode { position: 2, assessment: Some(settings), ..quiz("quiz") }),
        under("week1", completed_by(json!({ "type": "marked_done" }), DraftNode { position: 1, ..lesson("watch") })),
    ]);
    draft.items.insert(
        id("quiz"),
        vec![
            DraftItem { position: 3, ..free_text("why") },
            DraftItem { position: 1, ..single("which", "b") },
            DraftItem { position: 2, ..numeric("how-many", "3", "3.5") },
        ],
    );
    draft.assets.insert(id("map"), asset());
    draft.blocks.insert(
        id("watch"),
        vec![
            Block::Html { html: "<p>Look at the <a href=\"asset:map\">map</a>.</p>".to_owned() },
            Block::Link { url: "https://example.org/".to_owned(), title: "More".to_owned() },
        ],
    );
    draft.blocks.insert(id("read"), vec![Block::Image { asset: id("map"), alt: "A map".to_owned() }]);
    draft
}

#[test]
fn a_small_course_is_frozen_as_it_always_was() {
    // Releases are named by these bytes and never change. What renames them makes every course publish anew.
    let frozen = serde_json::to_value(frozen(&small_course())).expect("json");
    let golden: Value = serde_json::from_str(include_str!("golden.json")).expect("json");
    assert_eq!(frozen, golden, "{}", serde_json::to_string_pretty(&frozen).expect("json"));
}

#[test]
fn no_key_stands_where_learners_read() {
    let mut draft = small_course();
    let canaries = ["31415.926", "27182.818", "CANARY-KIND"];
    draft.items.insert(
        id("quiz"),
        vec![DraftItem { original_type: Some(canaries[2].to_owned()), ..numeric("canary", canaries[1], canaries[0]) }],
    );
    let frozen = frozen(&draft);
    let readable = serde_json::to_string(&(&frozen.outline, &frozen.contents, &frozen.items)).expect("json");
    for secret in canaries.into_iter().chain(["\"key\"", "\"keys\"", "\"correct\"", "\"ranges\"", "original_type"]) {
        assert!(!readable.contains(secret), "{secret}");
    }
    let keys = serde_json::to_string(&frozen.keys).expect("json");
    assert!(keys.contains(canaries[0]) && keys.contains(canaries[1]), "the search would find what is there");
}

#[test]
fn no_item_stands_in_the_outline_or_in_the_contents() {
    let mut draft = small_course();
    let canary = &mut draft.items.get_mut(&id("quiz")).expect("items")[1].item;
    canary.prompt_html = "CANARY-PROMPT".to_owned();
    canary.choices[0].html = "CANARY-CHOICE".to_owned();
    let frozen = frozen(&draft);
    let readable = serde_json::to_string(&(&frozen.outline, &frozen.contents)).expect("json");
    assert!(!readable.contains("CANARY"), "items are served by opening an attempt");
    assert!(serde_json::to_string(&frozen.items).expect("json").contains("CANARY-PROMPT"));
}

#[test]
fn no_block_stands_in_the_outline() {
    let mut draft = small_course();
    draft.blocks.insert(id("read"), vec![Block::Html { html: "CANARY".to_owned() }]);
    let frozen = frozen(&draft);
    assert!(
        !serde_json::to_string(&frozen.outline).expect("json").contains("CANARY"),
        "what is closed is not readable"
    );
}

#[test]
fn a_file_is_named_only_by_the_part_that_shows_it() {
    let mut draft = small_course();
    for name in ["of-a-lesson", "of-a-prompt", "of-a-choice", "unused"] {
        draft.assets.insert(id(name), asset());
    }
    draft.blocks.insert(id("read"), vec![Block::File { asset: id("of-a-lesson"), title: "File".to_owned() }]);
    let item = &mut draft.items.get_mut(&id("quiz")).expect("items")[1].item;
    item.prompt_html = "<img src=\"asset:of-a-prompt\">".to_owned();
    item.choices[0].html = "<a href=\"asset:of-a-choice\">this</a>".to_owned();
    let frozen = frozen(&draft);
    let names = |assets: &Assets| assets.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert!(!serde_json::to_string(&frozen.outline).expect("json").contains("of-a-"));
    let shown: Vec<_> = frozen.contents.iter().map(|content| (content.node.as_str(), names(&content.assets))).collect();
    assert_eq!(shown, [("watch", vec!["map".to_owned()]), ("read", vec!["of-a-lesson".to_owned()])]);
    assert_eq!(frozen.item_assets.len(), 1);
    assert_eq!(names(&frozen.item_assets[&id("quiz")]), ["of-a-choice", "of-a-prompt"]);
}

fn names(frozen: &Frozen) -> Vec<&str> {
    frozen.outline.nodes.iter().map(|node| node.id.as_str()).collect()
}

#[test]
fn siblings_are_ordered_by_position_and_then_by_id() {
    let at = |position, node| DraftNode { position, ..node };
    let nodes = vec![
        at(2, section("a")),
        at(1, section("c")),
        at(1, section("b")),
        under("c", at(9, lesson("c1"))),
        under("c", at(0, lesson("c2"))),
        under("a", lesson("a1")),
    ];
    assert_eq!(names(&frozen(&draft(nodes))), ["b", "c", "c2", "c1", "a", "a1"]);
}

#[test]
fn items_are_ordered_by_position_and_then_by_id() {
    let mut draft = draft(vec![quiz("q")]);
    let at = |position, name| DraftItem { position, ..single(name, "a") };
    draft.items.insert(id("q"), vec![at(2, "a"), at(1, "c"), at(1, "b")]);
    let order: Vec<String> = frozen(&draft).items[&id("q")].iter().map(|item| item.id.to_string()).collect();
    assert_eq!(order, ["b", "c", "a"]);
}

#[test]
fn what_opens_by_a_rule_is_gated_with_everything_under_it() {
    let nodes = vec![
        section("open"),
        under("open", behind(&["open"], section("door"))),
        under("door", section("inner")),
        under("inner", lesson("deep")),
        under("open", lesson("beside")),
    ];
    let frozen = frozen(&draft(nodes));
    let gated: Vec<&str> = frozen.outline.nodes.iter().filter(|node| node.gated).map(|node| node.id.as_str()).collect();
    assert_eq!(gated, ["door", "inner", "deep"]);
}

#[test]
fn only_what_has_blocks_has_content() {
    let mut draft = draft(vec![lesson("full"), lesson("empty"), lesson("none")]);
    draft.blocks.insert(id("full"), vec![Block::Html { html: "<p>Text</p>".to_owned() }]);
    draft.blocks.insert(id("empty"), vec![]);
    let frozen = frozen(&draft);
    assert_eq!(frozen.contents.iter().map(|content| content.node.as_str()).collect::<Vec<_>>(), ["full"]);
    let with_blocks = frozen.outline.nodes.iter().filter(|node| node.has_blocks);
    assert_eq!(with_blocks.map(|node| node.id.as_str()).collect::<Vec<_>>(), ["full"]);
}

#[test]
fn an_assessment_says_what_it_is_worth_and_nothing_else_does() {
    let frozen = frozen(&draft(vec![lesson("l"), quiz("q")]));
    let [of_lesson, of_quiz] = &frozen.outline.nodes[..] else { panic!("two learning objects") };
    assert_eq!(of_lesson.assessment, None);
    let summary = AssessmentSummary { attempts_max: None, time_limit_minutes: None, points_max: 1_000, item_count: 1 };
    assert_eq!(of_quiz.assessment, Some(summary));
}

#[test]
fn an_assessment_without_items_has_parts_of_its_own_all_the_same() {
    let mut draft = draft(vec![quiz("q")]);
    draft.items.clear();
    let frozen = frozen(&draft);
    assert_eq!((frozen.items[&id("q")].len(), frozen.keys[&id("q")].items.len()), (0, 0));
    assert_eq!(frozen.outline.nodes[0].assessment.map(|summary| summary.points_max), Some(0));
}

#[test]
fn every_item_has_a_key_of_its_own_assessment_and_its_own_worth() {
    let frozen = frozen(&small_course());
    for (assessment, items) in &frozen.items {
        let keys = &frozen.keys[assessment].items;
        assert_eq!(keys.len(), items.len());
        for item in items {
            assert_eq!((keys[&item.id].kind, keys[&item.id].points_max), (item.kind, item.points_max));
        }
    }
}
