//! Every flow, step by step, through the production handlers: requests, capacity units and bytes of each step.

mod course;
mod record;
mod steps;

pub use record::{Count, compare, written};
pub use steps::count;
