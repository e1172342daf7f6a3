//! The message envelope: a key and nothing else.

use serde::{Deserialize, Serialize};
use stoa_service::trace::Trace;

/// The version of the envelope that is written and understood.
const VERSION: u8 = 1;

/// Says that the item with this key wants attention. What for is in the item, which has exactly one consumer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Doorbell {
    /// The item's partition key, which begins with its tenant.
    pub pk: String,
    /// The item's sort key.
    pub sk: String,
    /// The trace that led here, if one is known.
    pub trace: Option<Trace>,
}

/// Doorbells of which it is not certain that the queue has them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} doorbells were not sent; the first because of: {cause}", indexes.len())]
pub struct NotSent {
    /// Where they are in what was to be sent, in ascending order and never empty.
    pub indexes: Vec<usize>,
    /// Why the first of them was not sent.
    pub cause: String,
}

/// A doorbell, and when it rings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// The doorbell.
    pub bell: Doorbell,
    /// How long the queue keeps it back, in seconds; at most 900.
    pub delay_seconds: u32,
}

impl From<Doorbell> for Ring {
    /// Rings at once.
    fn from(bell: Doorbell) -> Ring {
        Ring { bell, delay_seconds: 0 }
    }
}

/// A body that is no doorbell. It says nothing about the body, which may hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Undecodable {
    /// No JSON, or JSON of another shape.
    #[error("the message is no doorbell")]
    NotADoorbell,
    /// A doorbell of a version this function does not know.
    #[error("the doorbell has version {0}, which this function does not know")]
    VersionUnknown(u64),
}

/// Unknown members are let through: a newer relay may add some before every consumer knows them.
#[derive(Serialize, Deserialize)]
struct Envelope {
    v: u64,
    pk: String,
    sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
}

impl Doorbell {
    /// A doorbell for the item with this key.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Doorbell {
        Doorbell { pk: pk.into(), sk: sk.into(), trace: None }
    }

    /// The same doorbell as a part of a trace.
    #[must_use]
    pub fn of(self, trace: Option<Trace>) -> Doorbell {
        Doorbell { trace, ..self }
    }

    /// Whether both are about the same item.
    pub(crate) fn is_about(&self, other: &Doorbell) -> bool {
        (&self.pk, &self.sk) == (&other.pk, &other.sk)
    }

    /// The body of a message.
    pub fn encode(&self) -> String {
        let envelope = Envelope {
            v: VERSION.into(),
            pk: self.pk.clone(),
            sk: self.sk.clone(),
            traceparent: self.trace.map(|trace| trace.traceparent(&format!("{} {}", self.pk, self.sk))),
        };
        serde_json::to_string(&envelope).expect("text and numbers are always JSON")
    }

    /// Reads the body of a message.
    pub fn decode(body: &str) -> Result<Doorbell, Undecodable> {
        let envelope: Envelope = serde_json::from_str(body).map_err(|_| Undecodable::NotADoorbell)?;
        if envelope.v != u64::from(VERSION) {
            return Err(Undecodable::VersionUnknown(envelope.v));
        }
        if envelope.pk.is_empty() || envelope.sk.is_empty() {
            return Err(Undecodable::NotADoorbell);
        }
        let trace = envelope.traceparent.as_deref().and_then(Trace::of_traceparent);
        Ok(Doorbell { pk: envelope.pk, sk: envelope.sk, trace })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doorbell_carries_a_key_and_nothing_else() {
        let bell = Doorbell::new("T#demo#E#e1", "ATTEMPT#a1#1");
        assert_eq!(bell.encode(), r##"{"v":1,"pk":"T#demo#E#e1","sk":"ATTEMPT#a1#1"}"##);
        assert_eq!(Doorbell::decode(&bell.encode()), Ok(bell));
    }

    #[test]
    fn a_trace_travels_along_and_members_of_a_newer_relay_do_no_harm() {
        let trace = Trace::derived(&["a request"]);
        let bell = Doorbell::new("p", "s").of(Some(trace));
        let newer = bell.encode().replace('}', r#","new":[1]}"#);
        assert_eq!(Doorbell::decode(&newer), Ok(bell), "{newer}");
        let unreadable = Doorbell::decode(r#"{"v":1,"pk":"p","sk":"s","traceparent":"00-ab-cd-01"}"#);
        assert_eq!(unreadable, Ok(Doorbell::new("p", "s")), "the work is done all the same");
    }

    #[test]
    fn a_body_that_is_no_doorbell_of_ours_is_told_apart_from_a_newer_one() {
        for body in
            ["", "{}", "[]", r#"{"v":1,"pk":"","sk":"s"}"#, r#"{"v":1,"pk":"p"}"#, r#"{"v":"1","pk":"p","sk":"s"}"#]
        {
            assert_eq!(Doorbell::decode(body), Err(Undecodable::NotADoorbell), "{body:?}");
        }
        assert_eq!(Doorbell::decode(r#"{"v":2,"pk":"p","sk":"s"}"#), Err(Undecodable::VersionUnknown(2)));
    }
}
