//! What DynamoDB would charge for.

use std::ops::{Add, Sub};

/// Capacity units that were consumed. Reads are counted in halves, since a read that may be late costs half a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Units {
    /// Half read units.
    pub read_halves: u64,
    /// Write units of the tables.
    pub write: u64,
    /// Write units of the indexes.
    pub index_write: u64,
}

impl Add for Units {
    type Output = Units;
    fn add(self, other: Units) -> Units {
        Units {
            read_halves: self.read_halves + other.read_halves,
            write: self.write + other.write,
            index_write: self.index_write + other.index_write,
        }
    }
}

impl Sub for Units {
    type Output = Units;
    fn sub(self, before: Units) -> Units {
        Units {
            read_halves: self.read_halves - before.read_halves,
            write: self.write - before.write,
            index_write: self.index_write - before.index_write,
        }
    }
}

impl Units {
    /// What reading so many bytes costs.
    pub(super) fn of_read(bytes: usize, consistent: bool) -> Units {
        let units = bytes.div_ceil(4_096).max(1) as u64;
        Units { read_halves: units * if consistent { 2 } else { 1 }, ..Units::default() }
    }

    /// What writing an item costs that had so many bytes and now has so many; the larger counts.
    pub(super) fn of_write(before: usize, after: usize, in_transaction: bool) -> Units {
        let units = before.max(after).div_ceil(1_024).max(1) as u64;
        Units { write: units * if in_transaction { 2 } else { 1 }, ..Units::default() }
    }
}
