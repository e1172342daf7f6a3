//! Batches of messages and of stream records.

use serde_json::{Value, json};
use stoa_queue::{Batch, StreamBatch};
use stoa_store::engine::Table;

use super::{read, sample};
use crate::model::{EventName, StreamRecord};
use crate::queue::Delivery;

/// Deliveries as the event source of a queue packs them.
pub fn queue_event(deliveries: &[Delivery]) -> Value {
    records(include_str!("../../../../events/sqs.json"), deliveries, |record, delivery| {
        record["messageId"] = delivery.message_id.as_str().into();
        record["body"] = delivery.body.as_str().into();
        record["attributes"]["ApproximateReceiveCount"] = delivery.receive_count.to_string().into();
        record["attributes"]["SentTimestamp"] = delivery.sent_at.as_millisecond().to_string().into();
        // The digest of another body would be a lie.
        record.as_object_mut().and_then(|record| record.remove("md5OfBody"));
    })
}

/// Deliveries as a queue's function reads them.
pub fn queue_batch(deliveries: &[Delivery]) -> Batch {
    read(queue_event(deliveries))
}

/// Records as the event source of a table's stream packs them.
pub fn stream_event(changes: &[StreamRecord]) -> Value {
    records(include_str!("../../../../events/dynamodb-stream.json"), changes, |record, change| {
        let table = match change.table {
            Table::Content => "stoa-data-ContentTable",
            Table::Learning => "stoa-data-LearningTable",
            Table::People => "stoa-data-PeopleTable",
        };
        record["eventID"] = format!("{:032x}", change.sequence).into();
        record["eventName"] = if change.event_name == EventName::Insert { "INSERT" } else { "MODIFY" }.into();
        record["eventSourceARN"] =
            format!("arn:aws:dynamodb:eu-west-1:123456789012:table/{table}/stream/2026-01-01T00:00:00.000").into();
        let dynamodb = &mut record["dynamodb"];
        dynamodb["Keys"] = json!({ "pk": { "S": change.key.pk }, "sk": { "S": change.key.sk } });
        dynamodb["NewImage"] = serde_json::to_value(&change.image).expect("items have a form in JSON");
        dynamodb["SequenceNumber"] = sequence_number(change).into();
    })
}

/// Records as the relay reads them.
pub fn stream_batch(changes: &[StreamRecord]) -> StreamBatch {
    read(stream_event(changes))
}

/// The name of a record in its stream, by which the relay reports it as failed.
pub fn sequence_number(change: &StreamRecord) -> String {
    format!("{:021}", change.sequence)
}

fn records<T>(golden: &str, from: &[T], differ: impl Fn(&mut Value, &T)) -> Value {
    let golden = sample(golden);
    let of = |one: &T| {
        let mut record = golden["Records"][0].clone();
        differ(&mut record, one);
        record
    };
    json!({ "Records": from.iter().map(of).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_dynamo::AttributeValue;
    use stoa_queue::Doorbell;
    use stoa_store::engine::Key;

    use super::*;
    use crate::{Faults, QueueSettings, Rng, SimClock, SimQueue};

    #[test]
    fn a_queues_function_reads_what_was_sent() {
        let queue = SimQueue::new(QueueSettings::default(), &SimClock::default(), &Faults::none(), Rng::new(1));
        let bell = Doorbell::new("T#demo#E#e1", "ENROLMENT");
        queue.put(bell.encode(), 0);
        let batch = queue_batch(&queue.receive(10));
        let [message] = batch.messages.as_slice() else { panic!("one message") };
        assert_eq!(message.message_id.as_str(), "message-1");
        assert_eq!(Doorbell::decode(&message.body), Ok(bell));
    }

    #[test]
    fn a_stream_record_has_keys_and_image_in_the_words_of_dynamodb() {
        let mut image = serde_dynamo::Item::default();
        image.insert("n".to_owned(), AttributeValue::N("5".to_owned()));
        let key = Key::new("T#demo#E#e1", "ENROLMENT");
        let change = StreamRecord { table: Table::People, event_name: EventName::Insert, key, image, sequence: 7 };
        let event = stream_event(std::slice::from_ref(&change));
        let record = &event["Records"][0];
        assert_eq!(record["eventName"], "INSERT");
        assert_eq!(record["dynamodb"]["Keys"]["sk"]["S"], "ENROLMENT");
        assert_eq!(record["dynamodb"]["NewImage"], json!({ "n": { "N": "5" } }));
        assert_eq!(record["dynamodb"]["SequenceNumber"], sequence_number(&change));
    }

    #[test]
    fn every_sample_is_read_by_its_function() {
        let _messages: Batch = read(sample(include_str!("../../../../events/sqs.json")));
        let _changes: StreamBatch = read(sample(include_str!("../../../../events/dynamodb-stream.json")));
        let _request: stoa_http::Request = read(sample(include_str!("../../../../events/http-api.json")));
        let time = super::super::schedule_event()["time"].as_str().map(str::parse::<Timestamp>);
        assert!(matches!(time, Some(Ok(_))));
        assert_eq!(super::super::pre_token_generation_event()["version"], "2");
    }
}
