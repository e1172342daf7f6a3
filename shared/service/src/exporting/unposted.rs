//! What a learner must not see yet, even in their own archive.

use serde_json::Value;

/// The value without every grade that is not posted, wherever one stands: as an item, in the log, or in the state.
///
/// A grade says of itself whether it is posted. Without it nothing says that there is one.
pub(super) fn without_unposted(value: Value) -> Option<Value> {
    match value {
        Value::Object(members) => {
            if members.get("posted") == Some(&Value::Bool(false)) {
                return None;
            }
            let framed = ["grade", "fact"].map(|name| (name, members.contains_key(name)));
            let kept: serde_json::Map<String, Value> =
                members.into_iter().filter_map(|(name, value)| Some((name, without_unposted(value)?))).collect();
            // What was only the frame of a grade is gone with it: its fact, and the fact's entry in the log.
            framed.iter().all(|(name, was)| kept.contains_key(*name) == *was).then_some(Value::Object(kept))
        }
        Value::Array(values) => Some(Value::Array(values.into_iter().filter_map(without_unposted).collect())),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_grade_that_is_not_posted_is_in_no_item_no_event_and_no_state() {
        let posted = json!({"posted": true, "points": 3});
        let unposted = json!({"posted": false, "points": 4});
        assert_eq!(without_unposted(unposted.clone()), None);
        assert_eq!(without_unposted(json!({"fact": {"type": "graded", "grade": unposted}, "recorded_at": 5})), None);
        assert_eq!(
            without_unposted(json!({"grades": {"quiz": {"1": posted, "2": unposted}}})),
            Some(json!({"grades": {"quiz": {"1": posted}}}))
        );
        assert_eq!(without_unposted(json!([posted, unposted])), Some(json!([posted])));
    }

    #[test]
    fn what_is_no_grade_stays_as_it_is() {
        let other = json!({"answers": {"a": [1, null, "posted"]}, "posted": true});
        assert_eq!(without_unposted(other.clone()), Some(other));
    }
}
