//! Reading progress: who I am, my courses, one learner's progress, a cohort's rows.

mod cohorts;
mod handler;
mod learner;

pub use handler::handle;

use stoa_http::Gate;
use stoa_store::Store;
use stoa_store::releases::Releases;

/// What the function reads from its environment.
pub const ENV: &[&str] =
    &["AUDIENCES", "CONTENT_BUCKET", "CURSOR_SECRET", "ISSUER", "LEARNING_TABLE", "LOG_LEVEL", "PEOPLE_TABLE"];

/// What the function works with.
#[derive(Debug)]
pub struct ProgressRead<E, O> {
    /// Who may come in.
    pub gate: Gate,
    /// Progress, cohorts and people.
    pub store: Store<E>,
    /// Releases, for rules and titles.
    pub releases: Releases<O>,
    /// What signs the cursors of pages.
    pub cursor_secret: String,
}
