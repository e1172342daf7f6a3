//! What Stoa costs, counted and timed. Counts are the same on every machine: `tests/bench_check.rs` holds them against what is
//! recorded. Times are not, and pass or fail nothing.

pub mod counting;
pub mod counts;
pub mod world;
