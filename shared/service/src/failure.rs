//! What a port may answer instead of doing its work.

/// Why a store did not do what it was asked. Outcomes that are decisions are not here: ports return those as values.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else was at the same item. Nothing was written; trying again is right.
    #[error("conflict")]
    Conflict,
    /// Too many requests. Nothing was read or written; trying again later is right.
    #[error("throttled")]
    Throttled,
    /// No clear answer. It may or may not have been written: only the same request again is safe.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// What is stored makes no sense. Trying again does not help; somebody must look.
    #[error("corrupt: {key}: {why}")]
    Corrupt {
        /// The item's or object's key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
}
