//! How much was read and watched.

use super::Asked;
use crate::id::{AssetId, NodeId};
use crate::interval::Intervals;
use crate::reading::{Reading, VIDEO_PARTS};
use crate::rule::Scope;

impl Asked<'_> {
    /// How many seconds the learner has read, each once, wherever it was.
    pub(super) fn seconds(&self, node: &NodeId, scope: Scope) -> u64 {
        let own = self.facts.reading.get(node).map(|reading| reading.time.seconds());
        match (scope, self.tree.position(node)) {
            (Scope::Node, _) | (Scope::Descendants, None) => own.map_or(0, Intervals::measure),
            (Scope::Descendants, Some(at)) => {
                let inside = self
                    .tree
                    .descendants(at)
                    .filter_map(|below| Some(self.facts.reading.get(&self.tree.nodes()[below].id)?.time.seconds()));
                own.into_iter().chain(inside).flat_map(Intervals::iter).collect::<Intervals>().measure()
            }
        }
    }

    /// How far down the learner has seen it, in percent.
    pub(super) fn scrolled(&self, node: &NodeId) -> u8 {
        self.facts.reading.get(node).map_or(0, |reading| reading.scrolled)
    }

    /// How many of a video's parts the learner has played.
    pub(super) fn watched(&self, node: &NodeId, video: &AssetId) -> u64 {
        let parts = |reading: &Reading| reading.watched.get(video).map(Intervals::measure);
        self.facts.reading.get(node).and_then(parts).unwrap_or(0)
    }
}

/// Whether so many parts of a video are at least this percentage of it.
pub(super) const fn is_percent(parts: u64, percent: u8) -> bool {
    parts * 100 >= percent as u64 * VIDEO_PARTS
}

/// So many parts of a video in whole percent, rounded down: 79.9 is not 80.
pub(super) const fn whole_percent(parts: u64) -> u64 {
    parts * 100 / VIDEO_PARTS
}
