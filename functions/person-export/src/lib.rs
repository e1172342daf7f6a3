//! Making people's archives: the only consumer of the work marks of requests for one.

use jiff::Timestamp;
use stoa_queue::{Doorbell, Failure};
use stoa_service::exporting::{self, ExportSource, Exported, Shelf};
use stoa_service::metrics::METRICS;
use stoa_service::releases::Outlines;
use stoa_store::engine::Key;
use stoa_store::schema;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["CONTENT_BUCKET", "LEARNING_TABLE", "LOG_LEVEL", "PEOPLE_TABLE", "UPLOADS_BUCKET"];

/// Makes the archive that a doorbell asks for.
pub async fn handle(
    source: &impl ExportSource,
    shelf: &impl Shelf,
    outlines: &impl Outlines,
    bell: &Doorbell,
    now: Timestamp,
) -> Result<(), Failure> {
    let named = schema::parse_export_key(&Key::new(&bell.pk, &bell.sk));
    let (tenant, person) = named.ok_or_else(|| Failure::retry("the doorbell names no request for an archive"))?;
    match exporting::export(source, shelf, outlines, &tenant, &person, now).await.map_err(Failure::retry)? {
        Exported::Done => Ok(()),
        Exported::GivenUp => {
            tracing::info!(target: METRICS, archives_given_up = 1);
            Err(Failure::Discard("making the archive was begun five times and never finished"))
        }
    }
}
