//! What API Gateway sends and expects: payload format 2.0, as far as we use it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A request of an HTTP API, as the gateway packs it.
///
/// The local AWS leaves out what it has nothing for (`cookies`, `pathParameters`), so everything but the context may be absent.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    #[serde(default)]
    pub(crate) raw_query_string: Option<String>,
    #[serde(default, deserialize_with = "lower_case_names")]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) path_parameters: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) is_base64_encoded: bool,
    pub(crate) request_context: Context,
}

/// What the gateway itself knows about a request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Context {
    pub(crate) route_key: String,
    pub(crate) request_id: String,
    /// When the gateway received the request; it sends milliseconds since 1970.
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) time_epoch: Timestamp,
    #[serde(default)]
    pub(crate) authorizer: Option<Authorizer>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Authorizer {
    #[serde(default)]
    pub(crate) jwt: Option<Jwt>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Jwt {
    #[serde(default, deserialize_with = "claims_as_text")]
    pub(crate) claims: BTreeMap<String, String>,
}

/// An answer in the shape the gateway expects. The runtime serialises it; nobody else looks inside but tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The HTTP status.
    pub status_code: u16,
    /// Header names in lower case.
    pub headers: BTreeMap<&'static str, String>,
    /// Cookies to set; a header could carry but one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<String>,
    /// The text of the body; base64 if it is not text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Whether the body is base64.
    pub is_base64_encoded: bool,
}

fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn lower_case_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let headers: BTreeMap<String, String> = nullable(deserializer)?;
    Ok(headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect())
}

/// The gateway turns every claim into text, arrays into `[a b]`. A claim that comes as anything else is read the same way.
fn claims_as_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let claims: BTreeMap<String, Value> = nullable(deserializer)?;
    Ok(claims.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect())
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(values) => Some(values.into_iter().filter_map(text).collect::<Vec<_>>().join(" ")),
        Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_with_only_what_the_local_aws_sends_is_a_request() {
        let request: Request = serde_json::from_value(serde_json::json!({
            "version": "2.0",
            "headers": null,
            "pathParameters": null,
            "body": null,
            "requestContext": { "routeKey": "GET /api/me", "requestId": "r", "timeEpoch": 1, "authorizer": {} },
        }))
        .expect("a request");
        assert!(request.headers.is_empty());
        assert!(request.request_context.authorizer.is_some_and(|authorizer| authorizer.jwt.is_none()));
    }

    #[test]
    fn an_event_without_a_receive_time_is_refused_since_deadlines_hang_on_it() {
        let context = serde_json::json!({ "requestContext": { "routeKey": "GET /api/me", "requestId": "r" } });
        assert!(serde_json::from_value::<Request>(context).is_err());
    }

    #[test]
    fn header_names_are_read_in_any_case_and_claims_of_any_type_as_text() {
        let request: Request = serde_json::from_value(serde_json::json!({
            "headers": { "Content-Type": "application/json" },
            "requestContext": {
                "routeKey": "GET /api/me", "requestId": "r", "timeEpoch": 1,
                "authorizer": { "jwt": { "claims": { "exp": 12, "roles": ["a", "b"], "ok": true, "no": null, "x": "y" } } },
            },
        }))
        .expect("a request");
        assert_eq!(request.headers["content-type"], "application/json");
        let claims = request.request_context.authorizer.and_then(|authorizer| authorizer.jwt).expect("claims").claims;
        let claims: Vec<_> = claims.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(claims, [("exp", "12"), ("ok", "true"), ("roles", "a b"), ("x", "y")]);
    }
}
