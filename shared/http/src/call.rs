//! A request as a handler sees it.

use std::any::type_name;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use stoa_domain::audit::By;
use stoa_domain::principal::Principal;
use stoa_service::trace::Trace;

use crate::body::{self, BODY_BYTES_MAX};
use crate::claims::{self, Caller, Expected};
use crate::event::Request;
use crate::kind::Kind;
use crate::problem::Problem;

/// One HTTP request: route, parameters, body, receive time and verified claims.
#[derive(Debug, Clone)]
pub struct Call {
    request: Request,
    query: Vec<(String, String)>,
}

impl From<Request> for Call {
    fn from(request: Request) -> Call {
        let query = query_pairs(request.raw_query_string.as_deref().unwrap_or_default());
        Call { request, query }
    }
}

impl Call {
    /// The route as the gateway declares it: `GET /api/enrolments/{enrolment}/progress`.
    pub fn route(&self) -> &str {
        &self.request.request_context.route_key
    }

    /// The gateway's name for the request: the `instance` of its problems, and in every line of the log.
    pub fn request_id(&self) -> &str {
        &self.request.request_context.request_id
    }

    /// By whom and by which request something is done, for the audit log.
    pub fn by(&self, principal: &Principal, now: Timestamp) -> By {
        By { actor: Some(principal.person.clone()), request: self.request_id().to_owned(), at: now }
    }

    /// What the request is a part of: the caller's own trace, or one that follows from the gateway's name for the request.
    pub fn trace(&self) -> Trace {
        let begun = || Trace::derived(&[self.request_id()]);
        self.header("traceparent").and_then(Trace::of_traceparent).unwrap_or_else(begun)
    }

    /// When the gateway received the request. Deadlines are decided by this time and by no other.
    pub fn received_at(&self) -> Timestamp {
        self.request.request_context.time_epoch
    }

    /// A part of the path as an id. Text that can be no id names nothing: 404, like an unknown id.
    pub fn path<T: TryFrom<String>>(&self, name: &str) -> Result<T, Problem> {
        T::try_from(self.path_text(name)?.to_owned()).map_err(|_| Problem::not_found())
    }

    /// A part of the path as text.
    pub fn path_text(&self, name: &str) -> Result<&str, Problem> {
        match self.request.path_parameters.get(name) {
            Some(value) => Ok(value),
            None => Err(Problem::internal(format!("route {} has no parameter {name}", self.route()))),
        }
    }

    /// The first value of a query parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter with a comma-separated list of ids, `ids=a,b`; absent is empty.
    pub fn query_list<T: TryFrom<String>>(&self, name: &str, count_max: usize) -> Result<Vec<T>, Problem> {
        let invalid = |detail: String| Problem::new(Kind::InvalidQuery, detail);
        let values: Vec<&str> =
            self.query(name).unwrap_or_default().split(',').filter(|value| !value.is_empty()).collect();
        if values.len() > count_max {
            return Err(invalid(format!("`{name}` may have {count_max} values at most.")));
        }
        values
            .into_iter()
            .map(|value| {
                T::try_from(value.to_owned()).map_err(|_| invalid(format!("`{name}` holds a value that is no id.")))
            })
            .collect()
    }

    /// A request header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.headers.get(name).map(String::as_str)
    }

    /// The body as `T`, of at most [`BODY_BYTES_MAX`] bytes. `T` denies unknown fields itself.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.json_within(BODY_BYTES_MAX)
    }

    /// The body as `T`, of at most `bytes_max` bytes.
    pub fn json_within<T: DeserializeOwned>(&self, bytes_max: usize) -> Result<T, Problem> {
        body::json(&self.request, bytes_max).inspect_err(|problem| {
            tracing::debug!(problem.kind = problem.kind().slug(), body.shape = type_name::<T>(), "a body was refused");
        })
    }

    /// Who calls, from the claims that the gateway verified.
    ///
    /// Handlers use [`Gate::admit`](crate::Gate::admit), which also asks whether access has ended.
    pub fn caller(&self, expected: &Expected) -> Result<Caller, Problem> {
        let jwt = self.request.request_context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref());
        let Some(jwt) = jwt.filter(|jwt| !jwt.claims.is_empty()) else {
            return Err(Problem::new(Kind::MissingIdentity, "Sign in and repeat the request. Nothing was recorded."));
        };
        claims::caller(&jwt.claims, expected, self.received_at()).map_err(|refused| {
            Problem::new(Kind::TokenNotAccepted, "Sign in again and repeat the request. Nothing was recorded.")
                .because(refused)
        })
    }
}

fn query_pairs(raw: &str) -> Vec<(String, String)> {
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decoded(name), percent_decoded(value))
        })
        .collect()
}

/// Decodes `%41` and `+`; what is no valid escape stays as it is, as in the URL standard.
fn percent_decoded(text: &str) -> String {
    let hex = |byte: u8| (byte as char).to_digit(16);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let escape = match tail {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match (escape, first) {
            (Some((high, low)), _) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = &tail[2..];
            }
            (None, b'+') => bytes.push(b' '),
            (None, byte) => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use stoa_domain::id::{AssetId, EnrolmentId};

    use super::*;
    use crate::sample::Sample;

    #[test]
    fn an_id_in_the_path_is_read_and_other_text_names_nothing() {
        let call = Sample::new("GET /api/enrolments/{enrolment}").path("enrolment", "e-1").call();
        assert_eq!(call.path::<EnrolmentId>("enrolment").expect("an id").as_str(), "e-1");
        for text in ["e#1", "", "..", &"a".repeat(65)] {
            let call = Sample::new("GET /api/enrolments/{enrolment}").path("enrolment", text).call();
            assert_eq!(call.path::<EnrolmentId>("enrolment").expect_err("refused").kind(), Kind::NotFound);
        }
    }

    #[test]
    fn a_parameter_that_the_route_lacks_is_our_defect_and_not_the_callers() {
        let call = Sample::new("GET /api/me").call();
        assert_eq!(call.path::<EnrolmentId>("enrolment").expect_err("refused").kind(), Kind::Internal);
    }

    #[test]
    fn query_values_are_decoded_and_the_first_counts() {
        let call = Sample::new("GET /x").raw_query("a=1&a=2&b=%C3%A4+%2b%&c&%64=e%3Df").call();
        let values = ["a", "b", "c", "d", "e"].map(|name| call.query(name));
        assert_eq!(values, [Some("1"), Some("ä +%"), Some(""), Some("e=f"), None]);
    }

    #[test]
    fn a_list_of_ids_is_bounded_and_holds_ids_only() {
        let list = |raw: &str| Sample::new("GET /x").raw_query(raw).call().query_list::<AssetId>("ids", 2);
        assert_eq!(list("ids=a%2Cb").expect("ids").len(), 2);
        assert!(list("").expect("ids").is_empty());
        assert_eq!(list("ids=a,b,c").expect_err("refused").kind(), Kind::InvalidQuery);
        assert_eq!(list("ids=a,%23").expect_err("refused").kind(), Kind::InvalidQuery);
    }

    #[test]
    fn a_request_is_a_part_of_its_callers_trace_or_begins_one() {
        let traced = |header: &str| Sample::new("GET /x").header("traceparent", header).call().trace().to_string();
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(traced(parent), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(traced("4bf92f3577b34da6a3ce929d0e0e4736"), Sample::new("GET /x").call().trace().to_string());
    }

    #[test]
    fn a_call_without_claims_is_not_signed_in_and_one_with_other_claims_must_sign_in_again() {
        let expected = Sample::expected();
        let nobody = Sample::new("GET /x").call().caller(&expected).expect_err("refused");
        assert_eq!(nobody.kind(), Kind::MissingIdentity);
        let other = Sample::new("GET /x").signed_in("demo", "p1", "").claim("token_use", "id").call();
        let problem = other.caller(&expected).expect_err("refused");
        assert_eq!(problem.kind(), Kind::TokenNotAccepted);
        assert!(problem.cause().is_some());
    }
}
