//! Making messages: of news that were collected, and in rounds through a cohort. The only consumer of both marks.

use jiff::Timestamp;
use stoa_queue::{Doorbell, Failure};
use stoa_service::notifying::news::{self, NewsStore};
use stoa_service::notifying::rounds::{self, RoundStore};
use stoa_service::releases::Outlines;
use stoa_store::engine::Key;
use stoa_store::schema;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["CONTENT_BUCKET", "LEARNING_TABLE", "LOG_LEVEL", "PEOPLE_TABLE"];

/// Tells what is due of the item that a doorbell names.
pub async fn handle(
    store: &(impl NewsStore + RoundStore),
    outlines: &impl Outlines,
    bell: &Doorbell,
    now: impl Fn() -> Timestamp,
) -> Result<(), Failure> {
    let key = Key::new(&bell.pk, &bell.sk);
    let enrolment = schema::parse_enrolment_pk(&key.pk).filter(|_| key.sk == schema::NEWS);
    let told = match (enrolment, schema::parse_agenda_key(&key)) {
        (Some((tenant, enrolment)), _) => news::tell(store, outlines, &tenant, &enrolment, now()).await,
        (None, Some((tenant, cohort))) => rounds::go(store, outlines, &tenant, &cohort, now).await,
        (None, None) => return Err(Failure::retry("the doorbell names neither news nor an agenda")),
    };

    let told = told.map_err(Failure::retry)?;
    tracing::info!(message.count = told, "people were told");
    Ok(())
}
