//! Doors that wait for what is behind themselves, directly or in turn: they never open.

use std::collections::BTreeMap;

use crate::content::{DraftNode, TREE_LEVELS_MAX};
use crate::id::NodeId;
use crate::rule::{Condition, Rule};

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
            let mut named = Vec::new();
            door.access.iter().for_each(|rule| needs(rule, true, &mut named));
            // Whoever wants to what is named must pass every door around it.
            named
                .into_iter()
                .flat_map(|named| lineage(named, by_id).map(move |passed| (passed, named)))
                .filter_map(|(passed, named)| Some(Wait { door: *index.get(passed)?, named }))
                .collect()
        })
        .collect();
    let opened = opened(&doors, &index, by_id, &waits_for);
    // Where there is another way, no loop is one: only doors that stay closed are looked at.
    let closed: Vec<Vec<Wait<'a>>> = waits_for
        .into_iter()
        .enumerate()
        .map(|(at, waits)| waits.into_iter().filter(|wait| !opened[at] && !opened[wait.door]).collect())
        .collect();
    let groups = groups(&closed);
    let in_loop = |at: usize| closed[at].iter().find(|wait| groups[wait.door] == groups[at]);
    doors.iter().enumerate().filter_map(|(at, door)| Some((&door.id, in_loop(at)?.named))).collect()
}

/// What must be reached for a rule to hold, or for it not to: never what must not have happened.
fn needs<'a>(rule: &'a Rule, holds: bool, named: &mut Vec<&'a NodeId>) {
    match rule.condition.parts() {
        Some(parts) => {
            let holds = holds != matches!(rule.condition, Condition::NoneOf { .. });
            parts.iter().for_each(|rule| needs(rule, holds, named));
        }
        None if holds => named.extend(rule.condition.named()),
        None => {}
    }
}

/// Which doors open for a learner who does everything possible.
fn opened(
    doors: &[&DraftNode],
    index: &BTreeMap<&NodeId, usize>,
    by_id: &BTreeMap<&NodeId, &DraftNode>,
    waits_for: &[Vec<Wait<'_>>],
) -> Vec<bool> {
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); doors.len()];
    for (at, wait) in waits_for.iter().enumerate().flat_map(|(at, waits)| waits.iter().map(move |wait| (at, wait))) {
        waiting[wait.door].push(at);
    }
    let mut opened = vec![false; doors.len()];
    let mut to_try: Vec<usize> = (0..doors.len()).collect();
    while let Some(at) = to_try.pop() {
        let is_reached =
            |named: &NodeId| lineage(named, by_id).all(|id| index.get(id).is_none_or(|door| opened[*door]));
        if !opened[at] && doors[at].access.as_ref().is_none_or(|rule| can(rule, true, &is_reached)) {
            opened[at] = true;
            to_try.extend(&waiting[at]);
        }
    }
    opened
}

/// Whether a rule can come to hold, or not to hold, where so much can be reached. What must not happen can be left alone.
fn can(rule: &Rule, holds: bool, is_reached: &impl Fn(&NodeId) -> bool) -> bool {
    let each = |rules: &[Rule], holds: bool| rules.iter().filter(|rule| can(rule, holds, is_reached)).count();
    match (&rule.condition, holds) {
        (Condition::AllOf { conditions }, true) => each(conditions, true) == conditions.len(),
        (Condition::AllOf { conditions }, false) => each(conditions, false) > 0,
        (Condition::AnyOf { conditions }, true) | (Condition::NoneOf { conditions }, false) => {
            each(conditions, true) > 0
        }
        (Condition::AnyOf { conditions }, false) | (Condition::NoneOf { conditions }, true) => {
            each(conditions, false) == conditions.len()
        }
        (Condition::NOf { n, conditions }, true) => each(conditions, true) >= *n as usize,
        (Condition::NOf { n, conditions }, false) => each(conditions, false) + *n as usize > conditions.len(),
        (_, true) => rule.condition.named().is_none_or(is_reached),
        (_, false) => true,
    }
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
