//! From a table's stream to the queues: the relay rings a doorbell for every marked item that changed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use stoa_domain::attempt::CLOSE_MARGIN_MS;
use stoa_service::trace::Trace;

use crate::batch::BatchResponse;
use crate::doorbell::{Doorbell, NotSent};

/// Who a doorbell is for. Every marked item has exactly one consumer, told by its sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Closed attempts.
    Grade,
    /// Grades, learner facts and enrolments; states whose row a date changes.
    Progress,
    /// People to be provisioned.
    People,
    /// Attempts whose time is up.
    Close,
    /// News and agendas whose time has come.
    Notice,
    /// Messages whose e-mail waits.
    Mail,
    /// People to be erased.
    Erase,
    /// Archives to be made.
    Export,
}

impl Target {
    /// The name of the setting that holds the address of its queue.
    pub const fn setting(self) -> &'static str {
        match self {
            Target::Grade => "GRADE_QUEUE_URL",
            Target::Progress => "PROGRESS_QUEUE_URL",
            Target::People => "PEOPLE_QUEUE_URL",
            Target::Close => "CLOSE_QUEUE_URL",
            Target::Notice => "NOTICE_QUEUE_URL",
            Target::Mail => "MAIL_QUEUE_URL",
            Target::Erase => "ERASE_QUEUE_URL",
            Target::Export => "EXPORT_QUEUE_URL",
        }
    }
}

/// Which sort keys of items with waiting work belong to whom.
const ROUTES: [(&str, Target); 8] = [
    ("ATTEMPT#", Target::Grade),
    ("GRADE#", Target::Progress),
    ("FACT#", Target::Progress),
    ("ENROLMENT", Target::Progress),
    ("PERSON", Target::People),
    ("MESSAGE#", Target::Mail),
    ("ERASURE#", Target::Erase),
    ("EXPORT#", Target::Export),
];

/// Which sort keys of items that are due at a time belong to whom, and how long after that time their consumer acts, in
/// milliseconds.
const DUE_ROUTES: [(&str, Target, i64); 5] = [
    ("ATTEMPT#", Target::Close, CLOSE_MARGIN_MS),
    ("PROGRESS", Target::Progress, 0),
    ("NEWS", Target::Notice, 0),
    ("AGENDA", Target::Notice, 0),
    ("ERASURE#", Target::Erase, 0),
];

/// The consumer of an item with waiting work, by its sort key; `None` is a defect: the item would wait forever.
pub fn target(sk: &str) -> Option<Target> {
    ROUTES.iter().find(|(prefix, _)| sk.starts_with(prefix)).map(|(_, target)| *target)
}

/// The consumer of an item that is due at a time, by its sort key, and how long after that time it acts, in milliseconds;
/// `None` is a defect: nobody would be told.
pub fn due_target(sk: &str) -> Option<(Target, i64)> {
    DUE_ROUTES.iter().find(|(prefix, ..)| sk.starts_with(prefix)).map(|(_, target, margin_ms)| (*target, *margin_ms))
}

/// The queues' addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queues(BTreeMap<Target, String>);

impl Queues {
    /// The queues of waiting work, by the settings that hold their addresses.
    pub fn of_work(setting: impl Fn(&'static str) -> String) -> Queues {
        let targets = ROUTES.iter().map(|(_, target)| *target);
        Queues(targets.map(|target| (target, setting(target.setting()))).collect())
    }

    /// The queues of waiting work and those of what is due at a time.
    pub fn of_work_and_due(setting: impl Fn(&'static str) -> String) -> Queues {
        let Queues(mut queues) = Queues::of_work(&setting);
        queues.extend(DUE_ROUTES.iter().map(|(_, target, _)| (*target, setting(target.setting()))));
        Queues(queues)
    }

    /// The address for a target.
    ///
    /// # Panics
    /// If these are the queues of waiting work and the target is none of them: no route leads there.
    pub fn url(&self, target: Target) -> &str {
        &self.0[&target]
    }
}

/// Records of a table's stream as Lambda delivers them.
#[derive(Debug, Clone, Deserialize)]
pub struct StreamBatch {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(default)]
    event_name: String,
    dynamodb: Change,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    sequence_number: String,
    #[serde(default)]
    keys: Value,
    #[serde(default)]
    new_image: Value,
}

impl Record {
    fn doorbell(&self) -> Option<Doorbell> {
        let part = |name: &str| self.dynamodb.keys[name]["S"].as_str();
        let trace = self.dynamodb.new_image["work_sk"]["S"].as_str().and_then(Trace::ending);
        Some(Doorbell::new(part("pk")?, part("sk")?).of(trace))
    }
}

/// Rings a doorbell for every record, and reports the first record for which that failed.
///
/// Lambda delivers that record and all later ones again. Those of them that were sent ring twice, which does no harm.
/// Removed items ring nothing. A record without our keys or without a consumer is never skipped: it fails until the
/// stream's failure destination has it and the alarm rings.
pub async fn relay(
    batch: StreamBatch,
    send: impl AsyncFn(Target, Vec<Doorbell>) -> Result<(), NotSent>,
) -> BatchResponse {
    let mut failed: Option<usize> = None;
    // For each target the doorbells, each with the index of the first record that asks for it.
    let mut rings: BTreeMap<Target, Vec<(usize, Doorbell)>> = BTreeMap::new();
    for (index, record) in batch.records.iter().enumerate().filter(|(_, record)| record.event_name != "REMOVE") {
        let Some((target, bell)) = record.doorbell().and_then(|bell| Some((target(&bell.sk)?, bell))) else {
            let sequence = record.dynamodb.sequence_number.as_str();
            tracing::error!(event.sequence = sequence, "a stream record has no key or no consumer");
            failed = Some(index);
            break;
        };
        let bells = rings.entry(target).or_default();
        match bells.iter_mut().find(|(_, other)| other.is_about(&bell)) {
            // The later image is what the consumer will read.
            Some((_, other)) => *other = bell,
            None => bells.push((index, bell)),
        }
    }
    for (target, bells) in rings {
        let (indexes, bells): (Vec<usize>, Vec<Doorbell>) = bells.into_iter().unzip();
        let count = bells.len();
        if let Err(not_sent) = send(target, bells).await {
            tracing::error!(?target, count, cause = %not_sent, "doorbells were not sent");
            // Without an index nothing is known to be sent, so the whole batch comes again.
            let first = not_sent.indexes.first().and_then(|index| indexes.get(*index)).copied().unwrap_or(0);
            failed = Some(failed.map_or(first, |failed| failed.min(first)));
        }
    }
    BatchResponse::of_sequence(failed.map(|index| batch.records[index].dynamodb.sequence_number.clone()))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::json;

    use super::*;

    fn record(sequence: u32, sk: &str) -> Value {
        json!({
            "eventID": "e", "eventName": "MODIFY", "awsRegion": "eu-west-1",
            "dynamodb": {
                "SequenceNumber": sequence.to_string(),
                "Keys": { "pk": { "S": "T#demo#E#e1" }, "sk": { "S": sk } },
                "NewImage": { "work_pk": { "S": "PENDING#3" }, "work_sk": { "S": format!("1#{sequence}#{sequence:032}") } },
                "SizeBytes": 10, "StreamViewType": "NEW_IMAGE",
            },
        })
    }

    /// Relays the records while sending to `broken` fails from its n-th doorbell on; says what rang and what failed.
    async fn run(records: Vec<Value>, broken: Option<(Target, usize)>) -> (Vec<String>, Vec<String>) {
        let batch: StreamBatch = serde_json::from_value(json!({ "Records": records })).expect("a batch");
        let rang = RefCell::new(Vec::new());
        let response = relay(batch, async |target, bells: Vec<Doorbell>| {
            rang.borrow_mut().extend(bells.iter().map(|bell| format!("{target:?} {}", bell.sk)));
            match broken {
                Some((other, from)) if other == target => {
                    Err(NotSent { indexes: (from..bells.len()).collect(), cause: "throttled".into() })
                }
                _ => Ok(()),
            }
        })
        .await;
        (rang.into_inner(), response.failed().map(str::to_owned).collect())
    }

    #[test]
    fn every_marked_item_has_exactly_one_consumer() {
        for (sk, consumer) in [
            ("ATTEMPT#a1#1", Some(Target::Grade)),
            ("GRADE#a1#1#0", Some(Target::Progress)),
            ("FACT#n1#viewed", Some(Target::Progress)),
            ("ENROLMENT", Some(Target::Progress)),
            ("PERSON", Some(Target::People)),
            ("MESSAGE#000000000000005-ab", Some(Target::Mail)),
            ("NEWS", None),
            ("UNREAD", None),
            ("PREFERENCES", None),
            ("ERASURE#p1", Some(Target::Erase)),
            ("EXPORT#p1", Some(Target::Export)),
            ("PROGRESS", None),
            ("EVENT#1", None),
            ("", None),
        ] {
            assert_eq!(target(sk), consumer, "{sk:?}");
            let claims = ROUTES.iter().filter(|(prefix, _)| sk.starts_with(prefix)).count();
            assert_eq!(claims, usize::from(consumer.is_some()), "{sk:?}");
        }
    }

    #[test]
    fn everything_that_is_due_at_a_time_has_exactly_one_consumer() {
        for (sk, consumer) in [
            ("ATTEMPT#a1#1", Some((Target::Close, 10_000))),
            ("PROGRESS", Some((Target::Progress, 0))),
            ("NEWS", Some((Target::Notice, 0))),
            ("AGENDA", Some((Target::Notice, 0))),
            ("ERASURE#p1", Some((Target::Erase, 0))),
            ("GRADE#a1#1#0", None),
            ("", None),
        ] {
            assert_eq!(due_target(sk), consumer, "{sk:?}");
            let claims = DUE_ROUTES.iter().filter(|(prefix, ..)| sk.starts_with(prefix)).count();
            assert_eq!(claims, usize::from(consumer.is_some()), "{sk:?}");
        }
    }

    #[test]
    fn whoever_rings_for_what_is_due_knows_every_queue_and_the_relay_only_those_of_waiting_work() {
        let (work, all) = (Queues::of_work(str::to_owned), Queues::of_work_and_due(str::to_owned));
        assert_eq!(all.url(Target::Close), "CLOSE_QUEUE_URL");
        assert!(!work.0.contains_key(&Target::Close));
        assert!(ROUTES.iter().all(|(_, target)| work.url(*target) == target.setting() && all.0.contains_key(target)));
    }

    #[tokio::test]
    async fn each_record_rings_its_consumer_and_the_same_key_rings_once() {
        let records =
            vec![record(1, "ATTEMPT#a#1"), record(2, "GRADE#a#1#0"), record(3, "ATTEMPT#a#1"), record(4, "PERSON")];
        let (rang, failed) = run(records, None).await;
        assert_eq!(rang, ["Grade ATTEMPT#a#1", "Progress GRADE#a#1#0", "People PERSON"]);
        assert!(failed.is_empty());
    }

    #[tokio::test]
    async fn a_doorbell_has_the_trace_of_the_mark_that_will_be_read() {
        let batch = json!({ "Records": [record(1, "PERSON"), record(2, "PERSON")] });
        let rang = RefCell::new(Vec::new());
        let send = async |_, bells: Vec<Doorbell>| {
            rang.borrow_mut().extend(bells);
            Ok(())
        };
        relay(serde_json::from_value(batch).expect("a batch"), send).await;
        let traces: Vec<_> = rang.into_inner().iter().map(|bell| bell.trace.map(|trace| trace.to_string())).collect();
        assert_eq!(traces, [Some(format!("{:032}", 2))]);
    }

    #[tokio::test]
    async fn the_first_record_that_was_not_sent_is_reported_whatever_queue_it_was_for() {
        let records = || vec![record(1, "PERSON"), record(2, "FACT#1"), record(3, "FACT#2"), record(4, "ATTEMPT#a#1")];
        assert_eq!(run(records(), Some((Target::Progress, 1))).await.1, ["3"]);
        assert_eq!(run(records(), Some((Target::Grade, 0))).await.1, ["4"]);
        assert_eq!(run(records(), Some((Target::People, 0))).await.1, ["1"]);
    }

    #[tokio::test]
    async fn a_record_that_nobody_consumes_fails_and_those_before_it_ring() {
        let keyless =
            json!({ "eventName": "INSERT", "dynamodb": { "SequenceNumber": "2", "Keys": { "id": { "N": "1" } } } });
        for bad in [record(2, "PROGRESS"), keyless] {
            let (rang, failed) = run(vec![record(1, "PERSON"), bad, record(3, "PERSON")], None).await;
            assert_eq!((rang, failed), (vec!["People PERSON".to_owned()], vec!["2".to_owned()]));
        }
    }

    #[tokio::test]
    async fn an_item_that_was_removed_rings_nothing() {
        let mut removed = record(1, "PROGRESS");
        removed["eventName"] = "REMOVE".into();
        assert_eq!(run(vec![removed], None).await, (vec![], vec![]));
    }

    #[test]
    fn a_record_without_a_sequence_number_fails_the_invocation() {
        let batch = json!({ "Records": [{ "eventName": "INSERT", "dynamodb": { "Keys": {} } }] });
        assert!(serde_json::from_value::<StreamBatch>(batch).is_err());
    }
}
