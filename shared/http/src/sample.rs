//! Requests as the gateway sends them, for tests of handlers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::claims::{Expected, SCOPE};
use crate::event::Request;
use crate::gate::Gate;

/// Builds one request. It has nobody's identity, no parameters and no body until told so.
#[derive(Debug, Clone)]
pub struct Sample {
    event: Value,
}

impl Sample {
    /// The issuer of sample tokens.
    pub const ISSUER: &str = "https://issuer.test";
    /// The client of sample tokens.
    pub const CLIENT: &str = "client.test";
    /// The id of every sample request.
    pub const REQUEST_ID: &str = "request-1";

    /// A request for `route`, such as `GET /api/enrolments/{enrolment}/progress`, received [`Sample::now`].
    pub fn new(route: &str) -> Sample {
        let event = json!({
            "version": "2.0",
            "routeKey": route,
            "rawQueryString": "",
            "headers": {},
            "pathParameters": {},
            "requestContext": {
                "routeKey": route,
                "requestId": Self::REQUEST_ID,
                "timeEpoch": Self::now().as_millisecond(),
            },
            "isBase64Encoded": false,
        });
        Sample { event }
    }

    /// The time at which sample requests are received, unless told otherwise.
    pub fn now() -> Timestamp {
        "2026-01-15T12:00:00Z".parse().expect("a time")
    }

    /// What sample tokens are expected to say.
    pub fn expected() -> Expected {
        Expected { issuer: Self::ISSUER.to_owned(), audiences: vec![Self::CLIENT.to_owned()] }
    }

    /// A gate that accepts sample tokens.
    pub fn gate() -> Gate {
        Gate::new(Self::ISSUER, vec![Self::CLIENT.to_owned()])
    }

    /// With an access token issued a minute before the request; `roles` as in its claim, `admin instructor@c1`.
    pub fn signed_in(self, tenant: &str, person: &str, roles: &str) -> Sample {
        let received = self.event["requestContext"]["timeEpoch"].as_i64().unwrap_or_default() / 1_000;
        [
            ("token_use", "access"),
            ("iss", Self::ISSUER),
            ("client_id", Self::CLIENT),
            ("scope", &format!("openid {SCOPE}")),
            ("iat", &(received - 60).to_string()),
            ("exp", &(received + 240).to_string()),
            ("tenant", tenant),
            ("person", person),
            ("roles", roles),
        ]
        .into_iter()
        .fold(self, |sample, (name, value)| sample.claim(name, value))
    }

    /// With a claim of its own.
    pub fn claim(mut self, name: &str, value: &str) -> Sample {
        self.event["requestContext"]["authorizer"]["jwt"]["claims"][name] = value.into();
        self
    }

    /// Received that much later. Call it before [`Sample::signed_in`] for a token that is still young.
    pub fn later(mut self, by: SignedDuration) -> Sample {
        let received = self.event["requestContext"]["timeEpoch"].as_i64().unwrap_or_default();
        let by = i64::try_from(by.as_millis()).expect("a short while");
        self.event["requestContext"]["timeEpoch"] = (received + by).into();
        self
    }

    /// With a part of the path.
    pub fn path(mut self, name: &str, value: &str) -> Sample {
        self.event["pathParameters"][name] = value.into();
        self
    }

    /// With a query as the client wrote it, `cursor=…&ids=a,b`.
    pub fn raw_query(mut self, query: &str) -> Sample {
        self.event["rawQueryString"] = query.into();
        self
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Sample {
        self.event["headers"][name] = value.into();
        self
    }

    /// With a JSON body.
    pub fn body(self, body: &impl Serialize) -> Sample {
        let text = serde_json::to_string(body).expect("a body that can be JSON");
        self.body_text(&text)
    }

    /// With a body that claims to be JSON.
    pub fn body_text(mut self, body: &str) -> Sample {
        self.event["body"] = body.into();
        self.header("content-type", "application/json")
    }

    /// With a body that claims to be JSON and travels as base64.
    pub fn body_base64(self, body: &[u8]) -> Sample {
        self.body_base64_text(&STANDARD.encode(body))
    }

    /// With text that claims to be JSON in base64.
    pub fn body_base64_text(mut self, body: &str) -> Sample {
        self.event["isBase64Encoded"] = true.into();
        self.body_text(body)
    }

    /// The event as JSON.
    pub fn event(&self) -> &Map<String, Value> {
        self.event.as_object().expect("an event is an object")
    }

    /// The request as the runtime hands it to [`answer`](crate::answer).
    pub fn request(&self) -> Request {
        serde_json::from_value(self.event.clone()).expect("an event is a request")
    }

    /// The request as a handler sees it.
    pub fn call(&self) -> Call {
        Call::from(self.request())
    }
}
