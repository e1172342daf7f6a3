//! Metrics as CloudWatch reads them out of logs: one line in the embedded metric format for each event of the target
//! `metrics`. Nothing is called and nothing waits: the line is in the log like any other, and can be read there.

use std::fmt;
use std::io::{self, Write};

use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::clock;

/// The target of events that are metrics.
pub(crate) const TARGET: &str = "metrics";
/// Where CloudWatch keeps them.
const NAMESPACE: &str = "Stoa";
/// The dimension that every metric has: the function's name, with the stage in it.
const FUNCTION: &str = "FunctionName";
/// The one other dimension, where an event has it. Each value of it is a metric with a price, so there are few.
const REASON: &str = "reason";

/// Writes events of the target as metrics.
pub(crate) struct Metrics {
    /// The function's name.
    pub(crate) function: String,
}

impl<S: Subscriber> Layer<S> for Metrics {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut seen = Seen::default();
        event.record(&mut seen);
        let line = line(&self.function, clock::now().as_millisecond(), seen);
        // Whoever reads the log is gone: there is nobody left to tell.
        let _ = writeln!(io::stdout().lock(), "{line}");
    }
}

/// The numbers and the texts of one event.
#[derive(Default)]
struct Seen {
    numbers: Map<String, Value>,
    texts: Map<String, Value>,
}

impl Visit for Seen {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.numbers.insert(field.name().to_owned(), json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.numbers.insert(field.name().to_owned(), json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.numbers.insert(field.name().to_owned(), json!(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.texts.insert(field.name().to_owned(), json!(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.texts.insert(field.name().to_owned(), json!(format!("{value:?}")));
    }
}

fn line(function: &str, now_ms: i64, seen: Seen) -> Value {
    let unit = |name: &str| if name.ends_with("_seconds") { "Seconds" } else { "Count" };
    let metrics: Vec<Value> = seen.numbers.keys().map(|name| json!({ "Name": name, "Unit": unit(name) })).collect();
    // With a reason there are two sets: the sum over all reasons, and each reason by itself.
    let mut dimensions = vec![json!([FUNCTION])];
    dimensions.extend(seen.texts.contains_key(REASON).then(|| json!([FUNCTION, REASON])));
    let mut line = json!({
        "_aws": {
            "Timestamp": now_ms,
            "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics }],
        },
        FUNCTION: function,
    });
    if let Value::Object(members) = &mut line {
        members.extend(seen.numbers);
        members.extend(seen.texts);
    }
    line
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    struct Kept(Arc<Mutex<Vec<Value>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut seen = Seen::default();
            event.record(&mut seen);
            self.0.lock().expect("no panic").push(line("stoa-demo-api-attempt-write", 5, seen));
        }
    }

    fn written(event: impl FnOnce()) -> Value {
        let kept = Arc::default();
        let subscriber = tracing_subscriber::registry().with(Kept(Arc::clone(&kept)));
        tracing::subscriber::with_default(subscriber, event);
        kept.lock().expect("no panic").pop().expect("a line")
    }

    #[test]
    fn numbers_are_metrics_with_the_unit_that_their_name_says_and_texts_go_along() {
        let line = written(|| {
            tracing::info!(target: TARGET, lag_seconds = 1.5, taken = 1, trace.id = %"abc", "handed in");
        });
        let expected = json!({
            "_aws": { "Timestamp": 5, "CloudWatchMetrics": [{
                "Namespace": "Stoa",
                "Dimensions": [["FunctionName"]],
                "Metrics": [{ "Name": "lag_seconds", "Unit": "Seconds" }, { "Name": "taken", "Unit": "Count" }],
            }]},
            "FunctionName": "stoa-demo-api-attempt-write",
            "lag_seconds": 1.5, "taken": 1, "message": "handed in", "trace.id": "abc",
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_reason_is_a_dimension_beside_the_sum_of_all() {
        let line = written(|| tracing::info!(target: TARGET, refused = 1, reason = "attempt-time-up"));
        let dimensions = &line["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
        assert_eq!(*dimensions, json!([["FunctionName"], ["FunctionName", "reason"]]));
        assert_eq!(line["reason"], "attempt-time-up");
    }
}
