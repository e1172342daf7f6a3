//! Closing an attempt whose time is up.

use jiff::Timestamp;

use crate::attempts::AttemptRef;
use crate::failure::StoreError;

/// What closing may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait CloseStore {
    /// Closes an attempt whose time is up with its last draft; `false` if it is not open, or not over for so long that no
    /// hand-in can still be running.
    async fn close_expired(&self, at: &AttemptRef, now: Timestamp) -> Result<bool, StoreError>;
}
