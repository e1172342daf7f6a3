//! What an SQS event source sends and expects, as far as we use it.

use serde::{Deserialize, Deserializer, Serialize};

/// Messages as Lambda delivers them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Batch {
    /// The messages.
    #[serde(rename = "Records")]
    pub messages: Vec<Message>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its name.
    pub message_id: MessageId,
    /// What was sent.
    #[serde(default, deserialize_with = "nullable")]
    pub body: String,
}

/// The name of a message, which is never empty.
///
/// An empty name among the failures would make Lambda redeliver the whole batch, and silently so. An event without the
/// name cannot be decoded instead, and fails the invocation with the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct MessageId(String);

impl TryFrom<String> for MessageId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<MessageId, &'static str> {
        if text.is_empty() {
            Err("a message without a messageId cannot be reported as failed")
        } else {
            Ok(MessageId(text))
        }
    }
}

impl MessageId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The failed items of a batch; the event source must have `ReportBatchItemFailures`, or every failure is lost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    batch_item_failures: Vec<Failed>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    item_identifier: String,
}

impl BatchResponse {
    /// Reports these messages as failed.
    pub(crate) fn of_messages<'a>(failed: impl IntoIterator<Item = &'a MessageId>) -> BatchResponse {
        let failed = failed.into_iter().map(|id| Failed { item_identifier: id.0.clone() });
        BatchResponse { batch_item_failures: failed.collect() }
    }

    /// Reports a stream's record, and with it every later one, as failed.
    pub(crate) fn of_sequence(failed: Option<String>) -> BatchResponse {
        let failed = failed.map(|sequence_number| Failed { item_identifier: sequence_number });
        BatchResponse { batch_item_failures: failed.into_iter().collect() }
    }

    /// The identifiers that are reported as failed.
    pub fn failed(&self) -> impl Iterator<Item = &str> {
        self.batch_item_failures.iter().map(|failed| failed.item_identifier.as_str())
    }
}

fn nullable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_without_a_name_fails_the_invocation_with_the_reason() {
        for record in [json!({ "body": "{}" }), json!({ "messageId": "", "body": "{}" }), json!({ "messageId": null })]
        {
            let batch: Result<Batch, _> = serde_json::from_value(json!({ "Records": [record] }));
            let reason = batch.expect_err("refused").to_string();
            assert!(reason.contains("messageId") || reason.contains("null"), "{reason}");
        }
    }

    #[test]
    fn failures_are_reported_in_the_words_of_lambda() {
        let id = MessageId::try_from("m1".to_owned()).expect("a name");
        let response = serde_json::to_value(BatchResponse::of_messages([&id])).expect("JSON");
        assert_eq!(response, json!({ "batchItemFailures": [{ "itemIdentifier": "m1" }] }));
        let response = serde_json::to_value(BatchResponse::of_sequence(None)).expect("JSON");
        assert_eq!(response, json!({ "batchItemFailures": [] }));
    }
}
