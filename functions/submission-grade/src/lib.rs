//! Grading closed attempts: the only consumer of the work marks of attempts, and the only reader of keys.

use jiff::Timestamp;
use stoa_queue::{Doorbell, Failure};
use stoa_service::grading::{self, GradeStore};
use stoa_service::releases::Keys;
use stoa_store::schema;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["CONTENT_BUCKET", "LEARNING_TABLE", "LOG_LEVEL"];

/// Grades the attempt that a doorbell names.
pub async fn handle(store: &impl GradeStore, keys: &impl Keys, bell: &Doorbell, now: Timestamp) -> Result<(), Failure> {
    let at =
        schema::parse_attempt(&bell.pk, &bell.sk).ok_or_else(|| Failure::retry("the doorbell names no attempt"))?;

    grading::grade(store, keys, &at, now).await.map_err(Failure::retry)
}
