use proptest::prelude::*;

use super::*;
use crate::testing::id;
use crate::testing::outline::{any_levels, lesson, leveled, outline, quiz, section, tree, under};

fn names(tree: &Tree, positions: impl IntoIterator<Item = usize>) -> Vec<&str> {
    positions.into_iter().map(|at| tree.nodes()[at].id.as_str()).collect()
}

fn refusal(nodes: Vec<OutlineNode>) -> String {
    Tree::new(outline(nodes)).expect_err("no tree").0
}

/// Week 1 with two days, the first of them with two lessons; then week 2.
fn weeks() -> Tree {
    tree(vec![
        section("week1"),
        under("week1", section("monday")),
        under("monday", lesson("morning")),
        under("monday", lesson("evening")),
        under("week1", quiz("tuesday")),
        section("week2"),
    ])
}

#[test]
fn a_learning_object_before_its_parent_is_refused() {
    assert_eq!(refusal(vec![under("s", lesson("l")), section("s")]), "l comes before its parent");
}

#[test]
fn a_learning_object_whose_parent_is_not_there_is_refused() {
    assert_eq!(refusal(vec![section("s"), under("t", lesson("l"))]), "l comes before its parent");
}

#[test]
fn a_learning_object_under_itself_is_refused() {
    assert_eq!(refusal(vec![under("s", section("s"))]), "s comes before its parent");
}

#[test]
fn a_learning_object_apart_from_its_siblings_is_refused() {
    let nodes = vec![section("s"), under("s", lesson("a")), section("t"), under("s", lesson("b"))];
    assert_eq!(refusal(nodes), "b stands apart from its siblings");
    let nodes = vec![section("s"), under("s", section("a")), under("s", lesson("b")), under("a", lesson("c"))];
    assert_eq!(refusal(nodes), "c stands apart from its siblings");
}

#[test]
fn a_learning_object_that_is_there_twice_is_refused() {
    assert_eq!(refusal(vec![lesson("l"), lesson("l")]), "l is there twice");
    assert_eq!(refusal(vec![section("s"), under("s", section("s"))]), "s is there twice");
}

#[test]
fn an_empty_outline_is_a_tree_of_nothing() {
    let tree = tree(vec![]);
    assert_eq!(tree.nodes(), []);
    assert_eq!(tree.position(&id("l")), None);
    assert_eq!(tree.trackable().count(), 0);
}

#[test]
fn children_stand_directly_below_and_descendants_at_any_depth() {
    let tree = weeks();
    assert_eq!(names(&tree, tree.children(0)), ["monday", "tuesday"]);
    assert_eq!(names(&tree, tree.descendants(0)), ["monday", "morning", "evening", "tuesday"]);
    assert_eq!(names(&tree, tree.children(1)), ["morning", "evening"]);
    for leaf in [2, 3, 4, 5] {
        assert_eq!((tree.children(leaf).count(), tree.descendants(leaf).count()), (0, 0));
    }
}

#[test]
fn a_learning_object_is_found_by_its_id_and_knows_what_it_stands_under() {
    let tree = weeks();
    let evening = tree.position(&id("evening")).expect("a position");
    assert_eq!(tree.node(&id("evening")).map(|node| node.title.as_str()), Some("evening"));
    assert_eq!(names(&tree, tree.parent(evening)), ["monday"]);
    assert_eq!(tree.parent(5), None);
    assert_eq!(tree.node(&id("sunday")), None);
}

#[test]
fn required_lessons_and_assessments_count_towards_the_course_and_sections_do_not() {
    let tree =
        tree(vec![section("s"), under("s", lesson("a")), OutlineNode { required: false, ..lesson("b") }, quiz("q")]);
    assert_eq!(names(&tree, tree.trackable()), ["a", "q"]);
}

#[test]
fn a_tree_of_sixteen_levels_is_a_tree_like_any_other() {
    let tree = tree(leveled(&Vec::from_iter(0..16)));
    for at in 0..16 {
        assert_eq!(tree.parent(at), at.checked_sub(1));
        assert_eq!(tree.descendants(at), at + 1..16);
        assert_eq!(tree.children(at).count(), usize::from(at < 15));
    }
}

#[test]
fn five_thousand_learning_objects_are_indexed_whatever_their_form() {
    let flat = vec![0; 5_000];
    let broad: Vec<usize> = (0..5_000).map(|at| usize::from(at % 71 != 0)).collect();
    let deep: Vec<usize> = (0..5_000).collect();
    for (levels, tops) in [(flat, 5_000), (broad, 71), (deep, 1)] {
        let tree = tree(leveled(&levels));
        // Everything but the tops is the child of exactly one learning object.
        let children: usize = (0..5_000).map(|at| tree.children(at).count()).sum();
        assert_eq!(children, 5_000 - tops);
        assert_eq!((0..5_000).filter(|at| tree.parent(*at).is_none()).count(), tops);
    }
}

proptest! {
    #[test]
    fn children_and_descendants_agree_with_what_each_learning_object_stands_under(levels in any_levels()) {
        let tree = tree(leveled(&levels));
        let stands_under = |mut at: usize, above: usize| loop {
            match tree.parent(at) {
                None => break false,
                Some(parent) if parent == above => break true,
                Some(parent) => at = parent,
            }
        };
        for at in 0..levels.len() {
            let children: Vec<usize> = (0..levels.len()).filter(|other| tree.parent(*other) == Some(at)).collect();
            prop_assert_eq!(tree.children(at).collect::<Vec<_>>(), children);
            let descendants: Vec<usize> = (0..levels.len()).filter(|other| stands_under(*other, at)).collect();
            prop_assert_eq!(tree.descendants(at).collect::<Vec<_>>(), descendants);
            prop_assert_eq!(tree.position(&tree.nodes()[at].id), Some(at));
        }
    }
}
