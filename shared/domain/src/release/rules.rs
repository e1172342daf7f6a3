//! Rules that make no sense by themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::Draft;
use crate::content::{Block, DraftNode, NodeKind, TREE_LEVELS_MAX};
use crate::deadline;
use crate::id::NodeId;
use crate::reading::TIME_SECONDS_MAX;
use crate::rule::{Condition, DAYS_MAX, Quantity, Rule, Scope, When};

/// A draft with what its rules are held against.
pub(super) struct Course<'a> {
    draft: &'a Draft,
    pub(super) by_id: BTreeMap<&'a NodeId, &'a DraftNode>,
    /// What has something to read in it or somewhere under it.
    readable: BTreeSet<&'a NodeId>,
}

impl<'a> Course<'a> {
    pub(super) fn new(draft: &'a Draft, by_id: BTreeMap<&'a NodeId, &'a DraftNode>) -> Course<'a> {
        let mut course = Course { draft, readable: BTreeSet::new(), by_id };
        let up = |id: &&'a NodeId| course.by_id.get(*id).and_then(|node| node.parent.as_ref());
        let readable = draft.nodes.iter().filter(|node| course.is_readable(node));
        course.readable =
            readable.flat_map(|node| std::iter::successors(Some(&node.id), up).take(TREE_LEVELS_MAX)).collect();
        course
    }

    /// Whether a lesson's page shows it: there are no such facts about answering questions.
    fn is_readable(&self, node: &DraftNode) -> bool {
        node.kind != NodeKind::Assessment && !self.blocks(node).is_empty()
    }

    fn blocks(&self, node: &DraftNode) -> &'a [Block] {
        self.draft.blocks.get(&node.id).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What is wrong with one rule by itself.
pub(super) fn flaw(rule: &Rule, node: &DraftNode, course: &Course<'_>, is_access: bool) -> Option<String> {
    // What is not in the course is another finding.
    let subject = |named: &Option<NodeId>| course.by_id.get(named.as_ref().unwrap_or(&node.id)).copied();
    match &rule.condition {
        Condition::AllOf { conditions } | Condition::AnyOf { conditions } | Condition::NoneOf { conditions } => {
            conditions.is_empty().then(|| format!("{} needs at least one condition.", rule.condition.kind()))
        }
        Condition::NOf { n, conditions } => (!(1..=conditions.len()).contains(&(*n as usize))).then(|| {
            let count = conditions.len();
            format!("n_of asks for {n} of {count} conditions; it can ask for 1 to as many as there are.")
        }),
        Condition::ChildrenCompleted { .. } if is_access => {
            Some("This would never open: it waits for what is inside it.".to_owned())
        }
        Condition::ChildrenCompleted { quantity: Quantity::All(false) | Quantity::N(0), .. } => {
            Some("The quantity is {\"all\": true}, {\"n\": 1 or more} or {\"percent\": 1 to 100}.".to_owned())
        }
        Condition::ChildrenCompleted { quantity: Quantity::Percent(percent), .. } => is_no_percentage(*percent),
        Condition::AssessmentScore { assessment: None, .. } if is_access => {
            Some("This would never open: it waits for its own score.".to_owned())
        }
        Condition::AssessmentScore { assessment, min_score, .. } => {
            let named = subject(assessment)?;
            let items = course.draft.items.get(&named.id).into_iter().flatten();
            let points: u64 = items.map(|item| u64::from(item.item.points_max)).sum();
            if named.kind != NodeKind::Assessment {
                Some(format!("{} is not an assessment, so it has no score.", named.id))
            } else if points == 0 && !min_score.is_reached_by(0, 0) {
                Some(format!("{} has no points, so its score can never be reached.", named.id))
            } else {
                None
            }
        }
        Condition::NodeViewed { node: None }
        | Condition::MarkedDone { node: None }
        | Condition::TimeSpent { node: None, .. }
        | Condition::ScrolledTo { node: None, .. }
        | Condition::VideoWatchedPercent { node: None, .. }
            if is_access =>
        {
            Some("This would never open: it waits for itself to be read.".to_owned())
        }
        Condition::TimeSpent { min_seconds, .. } if !(1..=TIME_SECONDS_MAX).contains(min_seconds) => {
            Some(format!("The time is from 1 to {TIME_SECONDS_MAX} seconds."))
        }
        Condition::TimeSpent { node, scope, .. } => {
            let named = subject(node)?;
            let is_readable = match scope {
                Scope::Node => course.is_readable(named),
                Scope::Descendants => course.readable.contains(&named.id),
            };
            (!is_readable).then(|| nothing_to_read(&named.id))
        }
        Condition::ScrolledTo { node, percent } => is_no_percentage(*percent).or_else(|| {
            let named = subject(node)?;
            (!course.is_readable(named)).then(|| nothing_to_read(&named.id))
        }),
        Condition::VideoWatchedPercent { node, video, min_percent } => is_no_percentage(*min_percent).or_else(|| {
            let named = subject(node)?;
            let is_it = |block: &Block| matches!(block, Block::Video { asset, .. } if asset == video);
            let has_it = course.is_readable(named) && course.blocks(named).iter().any(is_it);
            (!has_it).then(|| format!("{} has no video {video}, so it can never be watched.", named.id))
        }),
        Condition::AfterDate { when, zone } => match (deadline::zone(zone), when) {
            (Err(unknown), _) => Some(unknown.to_string()),
            (Ok(_), When::DaysAfterEnrolment(days)) if *days > DAYS_MAX => {
                Some(format!("A rule waits for at most {DAYS_MAX} days after the enrolment."))
            }
            (Ok(_), When::DaysAfterEnrolment(_) | When::Civil(_)) => None,
        },
        Condition::NodeViewed { .. }
        | Condition::MarkedDone { .. }
        | Condition::ChildrenCompleted { quantity: Quantity::All(true) | Quantity::N(_), .. } => None,
    }
}

fn is_no_percentage(percent: u8) -> Option<String> {
    (!(1..=100).contains(&percent)).then(|| "A percentage is from 1 to 100.".to_owned())
}

fn nothing_to_read(node: &NodeId) -> String {
    format!("{node} has nothing to read, so it can never be read.")
}
