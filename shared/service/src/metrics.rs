//! What is measured, as events of this target. The runtime writes them as metrics; `docs/operations.md` has their names.
//!
//! Each number of such an event is a metric of the field's name; a name that ends with `_seconds` is a duration, any other a
//! count. A field `reason` is a dimension, any other text goes along to be read.

/// The target of events that are metrics.
pub const METRICS: &str = "metrics";

/// Milliseconds as seconds, for metrics.
#[expect(clippy::cast_precision_loss, reason = "a measured time is no exact number")]
pub fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}
