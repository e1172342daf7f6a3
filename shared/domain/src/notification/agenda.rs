//! What the members of a cohort are still to be told, and how far the telling has come.
//!
//! A cohort has one agenda. It says when somebody has to look at it next, and whoever looks goes round the members page by
//! page from a stored place: a process that ends in between costs nothing but time.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::cohort::Cohort;
use crate::id::{EnrolmentId, NodeId};

/// How long before its deadline an assessment is reminded of, in milliseconds: a day.
pub const REMIND_BEFORE_MS: i64 = 24 * 3_600_000;
/// How long changes of a cohort are collected before they are told, in milliseconds from the first.
pub const CHANGES_WINDOW_MS: i64 = 300_000;
/// How long a round may stand still before another process goes on with it, in milliseconds: longer than the function that
/// makes rounds may run.
pub const ROUND_LEASE_MS: i64 = 60_000;

/// What a cohort's members are told, by and by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agenda {
    /// Goes up with every change, so that two changes at once do not lose one another.
    pub rev: u32,
    /// Deadlines that need no reminder any more, in milliseconds since 1970: it was given, or they were set too late for one.
    pub reminded: BTreeMap<NodeId, i64>,
    /// Changes that are still being collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// The round that is being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
}

/// What was changed about a cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// When the first of them was made, in milliseconds since 1970.
    pub since: i64,
    /// Whether the cohort takes another Release.
    pub release: bool,
    /// Whose deadlines were set, moved or taken away.
    pub deadlines: BTreeSet<NodeId>,
}

/// A walk through the members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// What they are told.
    pub subject: Subject,
    /// The time it belongs to, in milliseconds since 1970.
    pub at: i64,
    /// Who was told last; `None` before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<EnrolmentId>,
    /// When another process may go on, in milliseconds since 1970.
    pub lease_until: i64,
}

/// What a round is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Subject {
    /// An assessment is due within a day.
    Due {
        /// Which.
        assessment: NodeId,
        /// When, in milliseconds since 1970.
        due_at: i64,
    },
    /// Dates or the Release were changed.
    Updated {
        /// Whose dates.
        deadlines: BTreeSet<NodeId>,
        /// Whether the Release was.
        release: bool,
    },
}

fn deadlines(cohort: &Cohort) -> impl Iterator<Item = (&NodeId, i64)> {
    cohort.deadlines.keys().filter_map(|node| Some((node, cohort.due(node)?.as_millisecond())))
}

impl Agenda {
    /// The agenda after a cohort was made or changed. A deadline that is set less than a day ahead gets no reminder: its
    /// setting is news by itself.
    pub fn changed(&self, before: Option<&Cohort>, after: &Cohort, now_ms: i64) -> Agenda {
        let mut next = Agenda { rev: self.rev + 1, ..self.clone() };
        let old: BTreeMap<&NodeId, i64> = before.into_iter().flat_map(deadlines).collect();
        let new: BTreeMap<&NodeId, i64> = deadlines(after).collect();
        next.reminded.retain(|node, at| new.get(node) == Some(at));
        for (node, at) in &new {
            if old.get(node) != Some(at) && at - REMIND_BEFORE_MS <= now_ms {
                next.reminded.insert((*node).clone(), *at);
            }
        }
        let Some(before) = before else { return next };
        let moved = |node: &&NodeId| old.get(*node) != new.get(*node);
        let deadlines: BTreeSet<NodeId> = old.keys().chain(new.keys()).copied().filter(moved).cloned().collect();
        let release = before.release != after.release;
        if release || !deadlines.is_empty() {
            let known =
                next.changes.take().unwrap_or(Changes { since: now_ms, release: false, deadlines: BTreeSet::new() });
            let deadlines = known.deadlines.union(&deadlines).cloned().collect();
            next.changes = Some(Changes { since: known.since, release: known.release || release, deadlines });
        }
        next
    }

    /// When somebody has to look at it, in milliseconds since 1970; `None` if nothing is ahead.
    pub fn due_at(&self, cohort: &Cohort, now_ms: i64) -> Option<i64> {
        if let Some(round) = &self.round {
            return Some(round.lease_until);
        }
        let changes = self.changes.as_ref().map(|changes| changes.since + CHANGES_WINDOW_MS);
        self.reminders(cohort, now_ms).map(|(_, due_at)| due_at - REMIND_BEFORE_MS).chain(changes).min()
    }

    fn reminders<'a>(&'a self, cohort: &'a Cohort, now_ms: i64) -> impl Iterator<Item = (&'a NodeId, i64)> {
        deadlines(cohort).filter(move |(node, at)| *at > now_ms && self.reminded.get(*node) != Some(at))
    }

    /// The agenda with a round for what is due, or with the one that has stood still for too long; `None` if there is nothing
    /// to do at the moment.
    pub fn begun(&self, cohort: &Cohort, now_ms: i64) -> Option<Agenda> {
        let mut next = Agenda { rev: self.rev + 1, ..self.clone() };
        let lease_until = now_ms + ROUND_LEASE_MS;
        if let Some(round) = &mut next.round {
            let is_free = round.lease_until <= now_ms;
            round.lease_until = lease_until;
            return is_free.then_some(next);
        }
        if let Some(changes) = next.changes.take_if(|changes| changes.since + CHANGES_WINDOW_MS <= now_ms) {
            let subject = Subject::Updated { deadlines: changes.deadlines, release: changes.release };
            next.round = Some(Round { subject, at: changes.since, after: None, lease_until });
            return Some(next);
        }
        let is_due = |(_, due_at): &(&NodeId, i64)| due_at - REMIND_BEFORE_MS <= now_ms;
        let (assessment, due_at) = self.reminders(cohort, now_ms).filter(is_due).min_by_key(|(_, due_at)| *due_at)?;
        next.reminded.insert(assessment.clone(), due_at);
        let subject = Subject::Due { assessment: assessment.clone(), due_at };
        next.round = Some(Round { subject, at: due_at - REMIND_BEFORE_MS, after: None, lease_until });
        Some(next)
    }

    /// The agenda after a page of members was told, the last of whom is named; after the last page nobody is.
    pub fn advanced(&self, after: Option<EnrolmentId>, now_ms: i64) -> Agenda {
        let mut next = Agenda { rev: self.rev + 1, ..self.clone() };
        match (&mut next.round, after) {
            (Some(round), Some(after)) => {
                round.after = Some(after);
                round.lease_until = now_ms + ROUND_LEASE_MS;
            }
            (round, _) => *round = None,
        }
        next
    }
}

#[cfg(test)]
mod tests;
