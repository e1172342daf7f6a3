//! Projecting progress: the sole sequencer of enrolments' logs.

use jiff::Timestamp;
use stoa_queue::{Doorbell, Failure};
use stoa_service::projecting::{self, ProgressLog};
use stoa_service::releases::Outlines;
use stoa_store::schema;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["CONTENT_BUCKET", "LEARNING_TABLE", "LOG_LEVEL"];

/// Brings one enrolment's log up to the facts that its doorbells name.
pub async fn handle(
    log: &impl ProgressLog,
    outlines: &impl Outlines,
    pk: &str,
    bells: Vec<Doorbell>,
    now: Timestamp,
) -> Result<(), Failure> {
    let named = schema::parse_enrolment_pk(pk);
    let (tenant, enrolment) = named.ok_or_else(|| Failure::retry("the doorbell names no enrolment"))?;
    let sks: Vec<String> = bells.into_iter().map(|bell| bell.sk).collect();

    projecting::project(log, outlines, &tenant, &enrolment, &sks, now).await.map_err(Failure::retry)
}

#[cfg(test)]
mod tests;
