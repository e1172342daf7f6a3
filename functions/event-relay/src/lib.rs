//! From the tables' streams to the queues: rings a doorbell for every item that carries work.

/// What the function reads from its environment.
pub const ENV: &[&str] = &[
    "ERASE_QUEUE_URL",
    "EXPORT_QUEUE_URL",
    "GRADE_QUEUE_URL",
    "LOG_LEVEL",
    "MAIL_QUEUE_URL",
    "PEOPLE_QUEUE_URL",
    "PROGRESS_QUEUE_URL",
];
