//! From the tables' streams to the queues: rings a doorbell for every item that carries work.

use stoa_queue::Queues;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["GRADE_QUEUE_URL", "LOG_LEVEL", "PEOPLE_QUEUE_URL", "PROGRESS_QUEUE_URL"];

/// The queues, from their configured addresses.
pub fn queues(get: impl Fn(&'static str) -> String) -> Queues {
    Queues { grade: get("GRADE_QUEUE_URL"), progress: get("PROGRESS_QUEUE_URL"), people: get("PEOPLE_QUEUE_URL") }
}
