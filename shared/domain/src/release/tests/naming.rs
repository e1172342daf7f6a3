//! A Release's name follows from its content: all of it, and nothing else.

use super::*;
use crate::content::AssessmentSettings;
use crate::id::ReleaseId;

/// One of everything.
fn course() -> Draft {
    let settings = AssessmentSettings { attempts_max: Some(3), time_limit_minutes: Some(60) };
    let mut draft = draft(vec![
        section("s"),
        under("s", lesson("l")),
        under("s", DraftNode { position: 1, assessment: Some(settings), ..quiz("q") }),
        DraftNode { position: 1, ..lesson("m") },
    ]);
    draft.items.insert(id("q"), vec![single("i", "a"), DraftItem { position: 1, ..numeric("j", "1", "2") }]);
    draft.assets.insert(id("map"), asset());
    let html = Block::Html { html: "<p>Look</p>".to_owned() };
    draft.blocks.insert(id("l"), vec![html, Block::Image { asset: id("map"), alt: "A map".to_owned() }]);
    draft
}

/// What is changed, and how.
type Change = (&'static str, fn(&mut Draft));

fn name_of(draft: &Draft) -> ReleaseId {
    frozen(draft).outline.release
}

fn changed(change: impl FnOnce(&mut Draft)) -> ReleaseId {
    let mut draft = course();
    change(&mut draft);
    name_of(&draft)
}

fn quiz_items(draft: &mut Draft) -> &mut Vec<DraftItem> {
    draft.items.get_mut(&id("q")).expect("items")
}

#[test]
fn a_release_is_named_by_thirty_two_hexadecimal_digits() {
    let name = name_of(&course());
    assert_eq!(name.as_str().len(), 32);
    assert!(name.as_str().bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
}

#[test]
fn what_learners_and_grading_never_see_does_not_change_the_name() {
    let name = name_of(&course());
    assert_eq!(name_of(&course()), name);
    let changes: [Change; 8] = [
        ("the order of learning objects in the draft", |draft| draft.nodes.reverse()),
        ("the order of items in the draft", |draft| quiz_items(draft).reverse()),
        ("positions that order in the same way", |draft| draft.nodes.iter_mut().for_each(|node| node.position += 7)),
        ("positions of items that order in the same way", |draft| quiz_items(draft)[1].position = 9),
        ("what an item was elsewhere", |draft| quiz_items(draft)[0].original_type = Some("essay".to_owned())),
        ("a default that is said", |draft| draft.nodes[1].completion = Some(Rule::default_of(NodeKind::Lesson))),
        ("no blocks, said", |draft| {
            draft.blocks.insert(id("m"), vec![]);
        }),
        ("how an assessment that is none is taken", |draft| {
            draft.nodes[3].assessment = Some(AssessmentSettings::default());
        }),
    ];
    for (what, change) in changes {
        assert_eq!(changed(change), name, "{what}");
    }
}

#[test]
fn any_other_change_gives_another_name() {
    let changes: Vec<Change> = vec![
        ("nothing", |_| {}),
        ("the course's title", |draft| draft.title.push('!')),
        ("the language", |draft| draft.language = "de".to_owned()),
        ("a title", |draft| draft.nodes[1].title.push('!')),
        ("an id", |draft| draft.nodes[3].id = id("n")),
        ("a kind", |draft| draft.nodes[3].kind = NodeKind::Section),
        ("a parent", |draft| draft.nodes[3].parent = Some(id("s"))),
        ("the order", |draft| draft.nodes[0].position = 2),
        ("what is required", |draft| draft.nodes[1].required = false),
        ("a completion rule", |draft| draft.nodes[1].completion = Some(rule(json!({ "type": "marked_done" })))),
        ("an access rule", |draft| draft.nodes[3].access = Some(rule(json!({ "type": "node_viewed", "node": "l" })))),
        ("minutes", |draft| draft.nodes[1].minutes = Some(5)),
        ("attempts", |draft| {
            draft.nodes[2].assessment = Some(AssessmentSettings { attempts_max: Some(3), time_limit_minutes: None })
        }),
        ("a time limit", |draft| {
            draft.nodes[2].assessment = Some(AssessmentSettings { attempts_max: None, time_limit_minutes: Some(60) })
        }),
        ("a text", |draft| {
            draft.blocks.get_mut(&id("l")).expect("blocks")[0] = Block::Html { html: "<p>See</p>".to_owned() }
        }),
        ("the order of blocks", |draft| draft.blocks.get_mut(&id("l")).expect("blocks").reverse()),
        ("a file", |draft| draft.assets.get_mut(&id("map")).expect("a file").sha256 = "1".repeat(64)),
        ("a prompt", |draft| quiz_items(draft)[0].item.prompt_html.push('!')),
        ("points", |draft| quiz_items(draft)[0].item.points_max += 1),
        ("a choice", |draft| quiz_items(draft)[0].item.choices[2].html.push('!')),
        ("the order of choices", |draft| quiz_items(draft)[0].item.choices.reverse()),
        ("the order of items", |draft| quiz_items(draft)[0].position = 2),
        ("a key of choices", |draft| quiz_items(draft)[0] = single("i", "b")),
        ("a key of ranges", |draft| quiz_items(draft)[1] = DraftItem { position: 1, ..numeric("j", "1", "2.0") }),
        ("one item less", |draft| quiz_items(draft).truncate(1)),
        ("one learning object less", |draft| draft.nodes.truncate(3)),
    ];
    let count = changes.len();
    let names: BTreeMap<ReleaseId, &str> = changes.into_iter().map(|(what, change)| (changed(change), what)).collect();
    assert_eq!(names.len(), count, "{names:?}");
}

#[test]
fn the_same_draft_in_another_course_is_another_release() {
    let other = freeze(&id("other"), &course()).expect("nothing to mend");
    assert_ne!(other.outline.release, name_of(&course()));
}

#[test]
fn a_mended_key_changes_the_keys_and_the_name_and_nothing_that_learners_read() {
    let (before, mut after) = (frozen(&course()), {
        let mut draft = course();
        quiz_items(&mut draft)[0] = single("i", "b");
        frozen(&draft)
    });
    assert_ne!((&before.keys, &before.outline.release), (&after.keys, &after.outline.release));
    after.outline.release = before.outline.release.clone();
    assert_eq!((before.outline, before.contents, before.items), (after.outline, after.contents, after.items));
}
