//! Doors that wait for what is behind themselves, directly or in turn: they never open.

use std::collections::BTreeMap;

use crate::content::{DraftNode, TREE_LEVELS_MAX};
use crate::id::NodeId;

/// The learning objects whose doors never open, each with what its rule names that opens only after it.
pub(super) fn never_open<'a>(
    nodes: &[&'a DraftNode],
    by_id: &BTreeMap<&'a NodeId, &'a DraftNode>,
) -> BTreeMap<&'a NodeId, &'a NodeId> {
    let doors: Vec<&DraftNode> = nodes.iter().copied().filter(|node| node.access.is_some()).collect();
    let index: BTreeMap<&NodeId, usize> = doors.iter().enumerate().map(|(at, door)| (&door.id, at)).collect();
    let waits_for: Vec<Vec<Wait<'a>>> = doors
        .iter()
        .map(|door| {
            let named = door.access.iter().flat_map(|rule| rule.references());
            // Whoever wants to what is named must pass every door around it.
            named
                .flat_map(|named| lineage(named, by_id).map(move |passed| (passed, named)))
                .filter_map(|(passed, named)| Some(Wait { door: *index.get(passed)?, named }))
                .collect()
        })
        .collect();
    let groups = groups(&waits_for);
    let in_loop = |at: usize| waits_for[at].iter().find(|wait| groups[wait.door] == groups[at]);
    doors.iter().enumerate().filter_map(|(at, door)| Some((&door.id, in_loop(at)?.named))).collect()
}

/// A door that must open before another can, and what the other's rule names behind it.
struct Wait<'a> {
    door: usize,
    named: &'a NodeId,
}

/// A node, its parent, and so on up. A parent cycle is cut at the deepest tree there may be.
fn lineage<'a>(node: &'a NodeId, by_id: &BTreeMap<&'a NodeId, &'a DraftNode>) -> impl Iterator<Item = &'a NodeId> {
    std::iter::successors(Some(node), |id| by_id.get(id).and_then(|node| node.parent.as_ref()))
        .take(TREE_LEVELS_MAX + 1)
}

/// The group of each door; doors that wait for each other in turn share one. Tarjan's algorithm, which looks at every
/// door once, with the path kept in a list: a course may have thousands of doors in a row.
fn groups(waits_for: &[Vec<Wait<'_>>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = waits_for.len();
    let (mut number, mut lowest, mut group) = (vec![NONE; count], vec![NONE; count], vec![NONE; count]);
    let (mut path, mut open, mut next) = (Vec::new(), Vec::new(), 0);
    for start in 0..count {
        if number[start] == NONE {
            path.push((start, 0));
        }
        while let Some((door, looked_at)) = path.pop() {
            if looked_at == 0 {
                (number[door], lowest[door]) = (next, next);
                next += 1;
                open.push(door);
            }
            if let Some(Wait { door: other, .. }) = waits_for[door].get(looked_at) {
                path.push((door, looked_at + 1));
                if number[*other] == NONE {
                    path.push((*other, 0));
                } else if group[*other] == NONE {
                    lowest[door] = lowest[door].min(number[*other]);
                }
                continue;
            }
            if lowest[door] == number[door] {
                let first = open.iter().rposition(|member| *member == door).unwrap_or_default();
                open.drain(first..).for_each(|member| group[member] = door);
            }
            if let Some((waiting, _)) = path.last() {
                lowest[*waiting] = lowest[*waiting].min(lowest[door]);
            }
        }
    }
    group
}
