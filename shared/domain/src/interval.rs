//! Sets of whole numbers as intervals: seconds in which somebody read, thousandths of a video that somebody watched.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A set of whole numbers, kept as the fewest intervals `[from, until)`: in order, apart from one another, none empty.
///
/// Its join is the union: the same numbers however often, in whatever order and in whatever pieces they come.
///
/// As text it is the first interval and then each next one by its distance: `100+30-5+10` is 100 to 129 and 135 to 144.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Intervals(Vec<(u64, u64)>);

impl Intervals {
    /// The numbers of one interval; none if it ends where it begins, or before.
    pub fn one(from: u64, until: u64) -> Intervals {
        Intervals(if from < until { vec![(from, until)] } else { Vec::new() })
    }

    /// Takes in all numbers of another set. Returns whether any is new.
    pub fn join(&mut self, other: &Intervals) -> bool {
        let all: Intervals = self.iter().chain(other.iter()).collect();
        let is_new = all != *self;
        *self = all;
        is_new
    }

    /// How many numbers there are.
    pub fn measure(&self) -> u64 {
        self.iter().map(|(from, until)| until - from).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The intervals, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.iter().copied()
    }

    /// How many intervals there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// From the first number to behind the last.
    pub fn span(&self) -> Option<(u64, u64)> {
        Some((self.0.first()?.0, self.0.last()?.1))
    }

    /// How many blocks of `size` numbers have any of these in them.
    pub fn blocks(&self, size: u64) -> u64 {
        self.in_blocks(size).measure() / size
    }

    /// Every number between the first and the last that shares a block of `size` with one of these.
    pub fn widened(&self, size: u64) -> Intervals {
        let Some((first, end)) = self.span() else { return Intervals::default() };
        self.in_blocks(size).iter().map(|(from, until)| (from.max(first), until.min(end))).collect()
    }

    fn in_blocks(&self, size: u64) -> Intervals {
        self.iter().map(|(from, until)| (from / size * size, until.div_ceil(size).saturating_mul(size))).collect()
    }
}

impl FromIterator<(u64, u64)> for Intervals {
    fn from_iter<I: IntoIterator<Item = (u64, u64)>>(intervals: I) -> Intervals {
        let mut sorted: Vec<(u64, u64)> = intervals.into_iter().filter(|(from, until)| from < until).collect();
        sorted.sort_unstable();
        let mut apart: Vec<(u64, u64)> = Vec::with_capacity(sorted.len());
        for (from, until) in sorted {
            match apart.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => apart.push((from, until)),
            }
        }
        Intervals(apart)
    }
}

impl fmt::Display for Intervals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut end = None;
        for (from, until) in self.iter() {
            match end {
                None => write!(f, "{from}")?,
                Some(end) => write!(f, "-{}", from - end)?,
            }
            write!(f, "+{}", until - from)?;
            end = Some(until);
        }
        Ok(())
    }
}

impl From<Intervals> for String {
    fn from(intervals: Intervals) -> String {
        intervals.to_string()
    }
}

/// The text is no set of intervals as this type writes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no set of intervals")]
pub struct NotIntervals(pub String);

impl TryFrom<String> for Intervals {
    type Error = NotIntervals;
    fn try_from(text: String) -> Result<Self, NotIntervals> {
        let read = || {
            let (mut apart, mut end) = (Vec::new(), 0u64);
            for part in text.split('-').filter(|_| !text.is_empty()) {
                let (distance, length) = part.split_once('+')?;
                let from = end.checked_add(distance.parse().ok()?)?;
                end = from.checked_add(length.parse().ok()?)?;
                apart.push((from, end));
            }
            Some(Intervals(apart))
        };
        // What reads back differently was not written here: an empty interval, two that touch, a sign.
        read()
            .filter(|intervals| intervals.to_string() == text && intervals.iter().collect::<Intervals>() == *intervals)
            .ok_or(NotIntervals(text))
    }
}

#[cfg(test)]
mod tests;
