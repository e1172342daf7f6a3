//! Requests as the HTTP API packs them.

use std::cell::Cell;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;
use stoa_http::Request;
use stoa_http::claims::SCOPE;

use super::{read, sample};

/// How long before its request a token is issued.
const TOKEN_AGE: SignedDuration = SignedDuration::from_secs(60);
/// How long a token lives.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_secs(300);

thread_local! {
    static REQUESTS: Cell<u64> = const { Cell::new(0) };
}

/// Builds one request. Each has an id of its own, as the gateway gives them. It has nobody's identity, no parameters and no body until told so.
#[derive(Debug, Clone)]
pub struct HttpEvent {
    event: Value,
    received_at: Timestamp,
}

impl HttpEvent {
    /// Begins to count requests anew on this thread: a replay gives them the ids that they had.
    pub fn begin() {
        REQUESTS.set(0);
    }

    /// The issuer of the tokens.
    pub const ISSUER: &str = "https://issuer.test";
    /// The client they are issued to.
    pub const CLIENT: &str = "client.test";

    /// A request for a route as the template declares it, such as `GET /api/enrolments/{enrolment}/progress`.
    ///
    /// # Panics
    /// If the route is no method and path.
    pub fn new(route: &str, received_at: Timestamp) -> HttpEvent {
        let (method, path) = route.split_once(' ').expect("a route is a method and a path");
        let mut event = sample(include_str!("../../../../events/http-api.json"));
        event["routeKey"] = route.into();
        event["rawPath"] = path.into();
        event["pathParameters"] = Value::Object(serde_json::Map::new());
        let context = &mut event["requestContext"];
        REQUESTS.set(REQUESTS.get() + 1);
        context["requestId"] = format!("request-{}", REQUESTS.get()).into();
        context["routeKey"] = route.into();
        context["http"]["method"] = method.into();
        context["http"]["path"] = path.into();
        context["time"] = received_at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string().into();
        context["timeEpoch"] = received_at.as_millisecond().into();
        context.as_object_mut().and_then(|context| context.remove("authorizer"));
        event["headers"].as_object_mut().and_then(|headers| headers.remove("authorization"));
        HttpEvent { event, received_at }
    }

    /// With a part of the path.
    pub fn path(mut self, name: &str, value: &str) -> HttpEvent {
        let path = self.event["rawPath"].as_str().unwrap_or_default().replace(&format!("{{{name}}}"), value);
        self.event["pathParameters"][name] = value.into();
        self.event["requestContext"]["http"]["path"] = path.as_str().into();
        self.event["rawPath"] = path.into();
        self
    }

    /// With a query as the client wrote it.
    pub fn raw_query(mut self, query: &str) -> HttpEvent {
        self.event["rawQueryString"] = query.into();
        self
    }

    /// With a header; `name` in lower case, as HTTP APIs send it.
    pub fn header(mut self, name: &str, value: &str) -> HttpEvent {
        self.event["headers"][name] = value.into();
        self
    }

    /// With this JSON body.
    ///
    /// # Panics
    /// If the body has no form in JSON.
    pub fn json(self, body: &impl Serialize) -> HttpEvent {
        let body = serde_json::to_string(body).expect("bodies have a form in JSON");
        self.text(&body).header("content-type", "application/json")
    }

    /// With this body, whatever it is.
    pub fn text(mut self, body: &str) -> HttpEvent {
        self.event["body"] = body.into();
        self.header("content-length", &body.len().to_string())
    }

    /// With the access token of a person, issued a minute before; `roles` as in its claim, `admin instructor@c1`.
    pub fn signed_in(self, tenant: &str, person: &str, roles: &str) -> HttpEvent {
        let issued_at = self.received_at - TOKEN_AGE;
        [
            ("token_use", "access"),
            ("iss", Self::ISSUER),
            ("client_id", Self::CLIENT),
            ("scope", &format!("openid {SCOPE}")),
            ("iat", &issued_at.as_second().to_string()),
            ("exp", &(issued_at + TOKEN_LIFE).as_second().to_string()),
            ("tenant", tenant),
            ("person", person),
            ("roles", roles),
        ]
        .into_iter()
        .fold(self, |event, (name, value)| event.claim(name, value))
    }

    /// With a claim of its own.
    pub fn claim(mut self, name: &str, value: &str) -> HttpEvent {
        self.event["requestContext"]["authorizer"]["jwt"]["claims"][name] = value.into();
        self
    }

    /// The event itself.
    pub fn event(&self) -> &Value {
        &self.event
    }

    /// The request as its function reads it.
    pub fn request(&self) -> Request {
        read(self.event.clone())
    }
}

#[cfg(test)]
mod tests {
    use stoa_http::{Call, Expected};

    use super::*;

    #[test]
    fn a_built_request_has_the_shape_of_the_sample() {
        let golden = sample(include_str!("../../../../events/http-api.json"));
        let received_at = Timestamp::from_millisecond(1_768_467_600_000).expect("a time");
        let built = HttpEvent::new("GET /api/enrolments/{enrolment}/progress", received_at).path("enrolment", "e1");
        let built = built.signed_in("demo", "p1", "").header("authorization", "Bearer header.payload.signature");
        let mut expected = golden.clone();
        expected["requestContext"]["requestId"] = built.event()["requestContext"]["requestId"].clone();
        let jwt = &mut expected["requestContext"]["authorizer"]["jwt"];
        for name in ["jti", "sub", "username", "version"] {
            jwt["claims"].as_object_mut().expect("claims").remove(name);
        }
        jwt.as_object_mut().expect("a token").remove("scopes");
        assert_eq!(*built.event(), expected);
        assert!(built.event().get("body").is_none());
    }

    #[test]
    fn the_function_reads_who_calls_when_and_with_what() {
        let received_at = Timestamp::from_millisecond(1_790_000_000_123).expect("a time");
        let event = HttpEvent::new("PUT /api/cohorts/{cohort}", received_at).path("cohort", "c1");
        let event = event.signed_in("demo", "p1", "instructor@c1").json(&serde_json::json!({ "a": 1 }));
        let call = Call::from(event.request());
        let expected = Expected { issuer: HttpEvent::ISSUER.into(), audiences: vec![HttpEvent::CLIENT.into()] };
        let caller = call.caller(&expected).expect("it is one of ours");
        assert_eq!((caller.principal.tenant.as_str(), caller.principal.person.as_str()), ("demo", "p1"));
        assert_eq!((call.route(), call.received_at()), ("PUT /api/cohorts/{cohort}", received_at));
        assert_eq!(call.json::<Value>().expect("a body"), serde_json::json!({ "a": 1 }));
    }
}
