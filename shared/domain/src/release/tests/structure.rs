//! What a course must be: connected, not too deep, with all its files.

use super::*;

const APART: &str =
    "This learning object is not connected to the course: its parent is missing, too deep, or stands under itself.";

#[test]
fn an_empty_course_is_found() {
    assert_finds(&draft(vec![]), "/nodes", "A course needs at least one learning object.");
}

#[test]
fn one_lesson_is_a_course() {
    assert_eq!(findings(&draft(vec![lesson("l")])), []);
}

#[test]
fn a_parent_that_is_missing_is_found_where_it_is_named() {
    assert_finds(&draft(vec![section("s"), under("gone", lesson("l"))]), "/nodes/l/parent", APART);
}

#[test]
fn learning_objects_that_stand_under_each_other_are_found_with_everything_under_them() {
    let nodes = vec![lesson("top"), under("b", section("a")), under("a", section("b")), under("b", lesson("c"))];
    let pointers: Vec<String> = findings(&draft(nodes)).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/nodes/a/parent", "/nodes/b/parent", "/nodes/c/parent"]);
}

#[test]
fn a_learning_object_under_itself_is_found() {
    assert_finds(&draft(vec![lesson("top"), under("s", section("s"))]), "/nodes/s/parent", APART);
}

#[test]
fn a_course_in_which_nothing_is_connected_is_empty_too() {
    let pointers: Vec<String> =
        findings(&draft(vec![under("s", section("s"))])).into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/nodes/s/parent", "/nodes"]);
}

/// A chain of so many levels.
fn chain(levels: usize) -> Draft {
    let node = |level: usize| match level {
        0 => section("n0"),
        _ => under(&format!("n{}", level - 1), section(&format!("n{level}"))),
    };
    draft((0..levels).map(node).collect())
}

#[test]
fn sixteen_levels_are_a_course_and_the_seventeenth_is_found() {
    assert_eq!(findings(&chain(TREE_LEVELS_MAX)), []);
    let found = findings(&chain(TREE_LEVELS_MAX + 1));
    assert_eq!(found[0], ("/nodes/n16".to_owned(), "The tree has more than 16 levels here.".to_owned()));
    assert_eq!(found[1], ("/nodes/n16/parent".to_owned(), APART.to_owned()));
    assert_eq!(found.len(), 2);
}

#[test]
fn a_file_that_is_not_in_the_course_is_found_at_its_block() {
    let mut draft = draft(vec![lesson("l")]);
    let html = Block::Html { html: "<p>Look</p>".to_owned() };
    let image = |asset| Block::Image { asset: id(asset), alt: "A map".to_owned() };
    let file = |asset| Block::File { asset: id(asset), title: "Map".to_owned() };
    draft.assets.insert(id("map"), asset());
    draft.blocks.insert(id("l"), vec![html, image("map"), image("gone"), file("map"), file("lost")]);
    let expected = [
        ("/nodes/l/blocks/2", "The file gone is not in the course."),
        ("/nodes/l/blocks/4", "The file lost is not in the course."),
    ];
    assert_eq!(findings(&draft), expected.map(|(pointer, detail)| (pointer.to_owned(), detail.to_owned())));
}

#[test]
fn items_of_what_is_no_assessment_are_found() {
    for node in [lesson("n"), section("n")] {
        let mut draft = draft(vec![node]);
        draft.items.insert(id("n"), vec![single("i", "a")]);
        assert_finds(&draft, "/nodes/n/items/i", "Only an assessment has items.");
    }
}

#[test]
fn every_finding_is_reported_and_not_only_the_first() {
    let mut draft = asking(numeric("i", "2", "1"));
    draft.nodes.push(under("gone", lesson("a")));
    draft.nodes.push(completed_by(json!({ "type": "node_viewed", "node": "gone" }), lesson("b")));
    draft.blocks.insert(id("b"), vec![Block::File { asset: id("gone"), title: "Map".to_owned() }]);
    let pointers: BTreeSet<String> = findings(&draft).into_iter().map(|(pointer, _)| pointer).collect();
    let expected = ["/nodes/a/parent", "/nodes/b/blocks/0", "/nodes/b/completion", "/nodes/q/items/i"];
    assert_eq!(pointers, expected.map(str::to_owned).into());
}

#[test]
fn a_video_is_a_video_file_of_the_course_with_a_length() {
    let of_block = |asset_id: &str, duration_ms: u32| {
        let mut draft = draft(vec![lesson("l")]);
        draft.assets.insert(id("map"), asset());
        draft.assets.insert(id("film"), film());
        let block = Block::Video { asset: id(asset_id), title: "A film".to_owned(), duration_ms };
        draft.blocks.insert(id("l"), vec![block]);
        findings(&draft).into_iter().map(|(_, detail)| detail).collect::<Vec<_>>()
    };
    assert_eq!([of_block("film", 1), of_block("film", VIDEO_MS_MAX)].concat(), [""; 0]);
    assert_eq!(of_block("gone", 1), ["The file gone is not in the course."]);
    assert_eq!(of_block("map", 1), ["The file map is no video."]);
    for duration_ms in [0, VIDEO_MS_MAX + 1] {
        assert_eq!(of_block("film", duration_ms), ["A video lasts from 1 to 86400000 milliseconds."]);
    }
}

#[test]
fn a_release_knows_how_long_its_videos_are() {
    let mut draft = draft(vec![lesson("l"), lesson("m")]);
    draft.assets.insert(id("film"), film());
    let block = |duration_ms| Block::Video { asset: id("film"), title: "A film".to_owned(), duration_ms };
    draft.blocks.insert(id("l"), vec![block(60_000), block(61_000), block(59_000)]);
    let nodes = frozen(&draft).outline.nodes;
    assert_eq!(nodes[0].videos, BTreeMap::from([(id("film"), 61_000)]));
    assert!(nodes[1].videos.is_empty());
    let json = serde_json::to_value(&nodes[1]).expect("json");
    assert_eq!(json.get("videos"), None, "what has none is named as it was before there were any");
}

#[test]
fn two_learning_objects_of_one_id_are_found_before_anything_else() {
    const TWICE: &str = "Two learning objects have this id. Give one of them another.";
    assert_finds(&draft(vec![lesson("l"), section("l"), lesson("m"), lesson("l")]), "/nodes/l", TWICE);
    // Sections that stand under themselves by having the same id would be a tree without end.
    let many = (0..40).map(|_| under("s", section("s"))).chain([section("s"), under("gone", lesson("m"))]);
    assert_finds(&draft(many.collect()), "/nodes/s", TWICE);
}

#[test]
fn two_items_of_one_id_are_found_and_two_assessments_may_share_one() {
    let mut draft = draft(vec![quiz("q"), quiz("r")]);
    assert_eq!(findings(&draft), [], "both have an item of the same id");
    draft.items.insert(id("r"), vec![single("i", "a"), single("j", "a"), numeric("i", "1", "2")]);
    assert_finds(&draft, "/nodes/r/items/i", "Two items have this id. Give one of them another.");
}
