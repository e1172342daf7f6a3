//! Any draft that can be published.

use proptest::prelude::*;

use super::*;
use crate::grading::grade;
use crate::item::Answers;
use crate::testing::outline::{any_levels, leveled};
use crate::tree::Tree;

/// A draft of any form whose doors open in the order of its learning objects, in any order.
fn any_draft() -> impl Strategy<Value = (Draft, Vec<DraftNode>)> {
    let extras = (0..3u32, 0..3usize, prop::option::of(any::<prop::sample::Index>()));
    any_levels().prop_filter("a course has a learning object", |levels| !levels.is_empty()).prop_flat_map(
        move |levels| {
            prop::collection::vec(extras.clone(), levels.len()).prop_flat_map(move |extras| {
                let nodes: Vec<DraftNode> = leveled(&levels)
                    .into_iter()
                    .zip(&extras)
                    .enumerate()
                    .map(|(at, (place, (position, kind, opener)))| {
                        let make = [section, lesson, quiz][*kind];
                        let node = DraftNode { parent: place.parent, position: *position, ..make(place.id.as_str()) };
                        match opener.filter(|_| at > 0) {
                            Some(opener) => behind(&[format!("n{}", opener.index(at)).as_str()], node),
                            None => node,
                        }
                    })
                    .collect();
                (Just(draft(nodes.clone())), Just(nodes).prop_shuffle())
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_release_is_a_tree_that_holds_each_learning_object_once((draft, shuffled) in any_draft()) {
        let frozen = frozen(&draft);
        let tree = Tree::new(frozen.outline.clone()).expect("a tree");
        let names: BTreeSet<&NodeId> = tree.nodes().iter().map(|node| &node.id).collect();
        prop_assert_eq!(names.len(), tree.nodes().len());
        prop_assert_eq!(names, draft.nodes.iter().map(|node| &node.id).collect::<BTreeSet<_>>());

        let by_id: BTreeMap<&NodeId, &DraftNode> = draft.nodes.iter().map(|node| (&node.id, node)).collect();
        for (at, node) in tree.nodes().iter().enumerate() {
            prop_assert_eq!(&node.parent, &by_id[&node.id].parent);
            let above = tree.parent(at).is_some_and(|above| tree.nodes()[above].gated);
            prop_assert_eq!(node.gated, node.access.is_some() || above);
            let children: Vec<_> = tree.children(at).map(|child| by_id[&tree.nodes()[child].id]).collect();
            prop_assert!(children.is_sorted_by_key(|child| (child.position, &child.id)));
        }
        prop_assert_eq!(super::frozen(&Draft { nodes: shuffled, ..draft.clone() }), frozen);
    }

    #[test]
    fn what_a_release_asks_is_what_it_grades((draft, _) in any_draft()) {
        let frozen = frozen(&draft);
        for node in &frozen.outline.nodes {
            let parts = (frozen.items.get(&node.id), frozen.keys.get(&node.id));
            let Some(summary) = node.assessment else {
                prop_assert_eq!(parts, (None, None));
                continue;
            };
            let (items, keys) = (parts.0.expect("items"), parts.1.expect("keys"));
            prop_assert_eq!(items.len(), summary.item_count as usize);
            prop_assert_eq!(grade(keys, &Answers::default()).points_max, summary.points_max);
        }
    }
}
