//! What a page reports of reading, and how much of it is believed.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{HEARTBEAT_MS_MAX, Reading, TimeSpent, asked, parts_of};
use crate::id::{AssetId, NodeId};
use crate::interval::Intervals;
use crate::tree::Tree;

/// The most heartbeats of one report, two hours of them without a break, and the most pieces of films.
pub const PIECES_MAX: usize = 240;
/// The most learning objects that one report says were seen.
pub const SEEN_MAX: usize = 100;

/// A page's report: any time may be in it, and the same time as often as it likes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// When what was on the screen of an active learner.
    pub beats: Vec<Beat>,
    /// How far down what was seen.
    pub seen: Vec<Seen>,
    /// What was played.
    pub watched: Vec<Watched>,
}

/// A heartbeat: for so long a learning object was on the screen and the learner was active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// Which.
    pub node: NodeId,
    /// From when, by the client's clock.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// How far down a learning object was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub node: NodeId,
    /// How far, in percent.
    pub percent: u8,
}

/// A piece of a film that was played without a break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The learning object it is in.
    pub node: NodeId,
    /// The film.
    pub video: AssetId,
    /// From where, in milliseconds from its beginning.
    pub from_ms: u32,
    /// To where.
    pub until_ms: u32,
}

/// What is wrong with a report, and where: `/beats/3/to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// A JSON pointer into the report.
    pub pointer: String,
    /// What is wrong.
    pub detail: &'static str,
}

impl Report {
    /// The learning objects it is about.
    pub fn nodes(&self) -> impl Iterator<Item = &NodeId> {
        let beats = self.beats.iter().map(|beat| &beat.node);
        beats.chain(self.seen.iter().map(|seen| &seen.node)).chain(self.watched.iter().map(|watched| &watched.node))
    }

    /// Everything that cannot be: nothing of such a report is recorded. `is_open` says what the learner may read.
    pub fn flaws(&self, tree: &Tree, is_open: impl Fn(&NodeId) -> bool) -> Vec<Flaw> {
        const NOT_THERE: &str = "This course has no such part, or it is still locked.";
        let mut flaws = Vec::new();
        let mut require = |holds: bool, list: &str, at: usize, field: &str, detail: &'static str| {
            if !holds {
                flaws.push(Flaw { pointer: format!("/{list}/{at}/{field}"), detail });
            }
        };
        require(self.beats.len() <= PIECES_MAX, "beats", PIECES_MAX, "node", "At most 240 at once.");
        require(self.seen.len() <= SEEN_MAX, "scrolled", SEEN_MAX, "node", "At most 100 at once.");
        require(self.watched.len() <= PIECES_MAX, "watched", PIECES_MAX, "node", "At most 240 at once.");
        for (at, Beat { node, from, until }) in self.beats.iter().enumerate().take(PIECES_MAX) {
            require(is_open(node), "beats", at, "node", NOT_THERE);
            require(from <= until, "beats", at, "to", "It ends before it begins.");
            let is_short = until.duration_since(*from) <= SignedDuration::from_millis(HEARTBEAT_MS_MAX);
            require(is_short, "beats", at, "to", "A heartbeat covers at most 30 seconds.");
        }
        for (at, Seen { node, percent }) in self.seen.iter().enumerate().take(SEEN_MAX) {
            require(is_open(node), "scrolled", at, "node", NOT_THERE);
            require(*percent <= 100, "scrolled", at, "percent", "A percentage is from 0 to 100.");
        }
        for (at, Watched { node, video, from_ms, until_ms }) in self.watched.iter().enumerate().take(PIECES_MAX) {
            require(is_open(node), "watched", at, "node", NOT_THERE);
            require(from_ms <= until_ms, "watched", at, "to_ms", "It ends before it begins.");
            let is_there = tree.node(node).is_none_or(|node| node.videos.contains_key(video));
            require(is_there, "watched", at, "video", "There is no such video in it.");
        }
        flaws
    }

    /// What is believed of a report without flaws, by learning object: no time before the enrolment was opened and none
    /// that has not come yet, so that nobody can have read for longer than the server has known them; of films what there
    /// is of them; and of all of it only what a rule asks for.
    pub fn believed(&self, tree: &Tree, begun: Timestamp, received_at: Timestamp) -> BTreeMap<NodeId, Reading> {
        let mut parts: BTreeMap<NodeId, (Vec<(u64, u64)>, Reading)> = BTreeMap::new();
        for Beat { node, from, until } in &self.beats {
            let second = |at: &Timestamp| u64::try_from((*at).clamp(begun, received_at).as_second()).unwrap_or(0);
            parts.entry(node.clone()).or_default().0.push((second(from), second(until)));
        }
        for Seen { node, percent } in &self.seen {
            let scrolled = &mut parts.entry(node.clone()).or_default().1.scrolled;
            *scrolled = (*scrolled).max(*percent);
        }
        for Watched { node, video, from_ms, until_ms } in &self.watched {
            let Some(duration_ms) = tree.node(node).and_then(|node| node.videos.get(video)) else { continue };
            let played = parts_of(*from_ms, *until_ms, *duration_ms);
            parts.entry(node.clone()).or_default().1.watched.entry(video.clone()).or_default().join(&played);
        }
        let asked = asked(tree);
        let of_node = |(node, (seconds, mut reading)): (NodeId, (Vec<(u64, u64)>, Reading))| {
            reading.time = TimeSpent::from(seconds.into_iter().collect::<Intervals>());
            reading.watched.retain(|_, played| !played.is_empty());
            let reading = asked[tree.position(&node)?].of(reading);
            (!reading.is_nothing()).then_some((node, reading))
        };
        parts.into_iter().filter_map(of_node).collect()
    }
}

#[cfg(test)]
mod tests;
