//! What the rules are: content, facts, rules, progress, attempts and grading as pure, synchronous decisions.
//!
//! Nothing here waits, reads a clock, draws a random number, knows AWS or reads the environment. Time comes in as an
//! argument, so that every decision can be replayed.

pub mod attempt;
pub mod audit;
pub mod cohort;
pub mod content;
pub mod deadline;
pub mod digest;
pub mod due;
pub mod erasure;
pub mod evaluation;
pub mod export;
pub mod fact;
pub mod generation;
pub mod grading;
pub mod id;
pub mod interval;
pub mod item;
pub mod line;
pub mod notification;
pub mod number;
pub mod organisation;
pub mod person;
pub mod principal;
pub mod progress;
pub mod reading;
pub mod rebuild;
mod references;
pub mod release;
pub mod rule;
#[cfg(test)]
mod testing;
pub mod tree;
