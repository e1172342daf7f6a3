//! Good answers.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::event::Response;
use crate::problem::Problem;

/// An answer that is not a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    content_type: Option<&'static str>,
    cookies: Vec<String>,
    location: Option<String>,
    body: Vec<u8>,
}

const JSON: &str = "application/json";
const PROBLEM_JSON: &str = "application/problem+json";

/// 200 with a body.
pub fn ok(body: &impl Serialize) -> Result<Reply, Problem> {
    json(200, body)
}

/// 201: the request made something that was not there before.
pub fn created(body: &impl Serialize) -> Result<Reply, Problem> {
    json(201, body)
}

/// 202: the request is recorded and takes effect soon.
pub fn accepted(body: &impl Serialize) -> Result<Reply, Problem> {
    json(202, body)
}

/// 204: done, and there is nothing to say.
pub fn no_content() -> Result<Reply, Problem> {
    Ok(Reply { status: 204, content_type: None, cookies: Vec::new(), location: None, body: Vec::new() })
}

/// 303: what the caller looks for is at this address, which is a path of our own origin.
pub fn see_other(path: String) -> Result<Reply, Problem> {
    Ok(Reply { status: 303, content_type: None, cookies: Vec::new(), location: Some(path), body: Vec::new() })
}

fn json(status: u16, body: &impl Serialize) -> Result<Reply, Problem> {
    let body = serde_json::to_vec(body).map_err(Problem::internal)?;
    Ok(Reply { status, content_type: Some(JSON), cookies: Vec::new(), location: None, body })
}

impl Reply {
    /// The same with cookies to set, each as `name=value; attributes`.
    pub fn with_cookies(self, cookies: Vec<String>) -> Reply {
        Reply { cookies, ..self }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The bytes of the body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Response { cookies: self.cookies, ..response(self.status, self.content_type, self.body) };
        if let Some(location) = self.location {
            response.headers.insert("location", location);
        }
        response
    }
}

impl Problem {
    pub(crate) fn into_response(self, request_id: &str) -> Response {
        let body = self.to_json(request_id).to_string().into_bytes();
        let mut response = response(self.status(), Some(PROBLEM_JSON), body);
        if let Some(seconds) = self.retry_after_seconds() {
            response.headers.insert("retry-after", seconds.to_string());
        }
        response
    }
}

/// What never changes is not answered by functions: the edge reads it from its bucket.
fn response(status_code: u16, content_type: Option<&'static str>, body: Vec<u8>) -> Response {
    let mut headers =
        BTreeMap::from([("cache-control", "no-store".to_owned()), ("x-content-type-options", "nosniff".to_owned())]);
    let cookies = Vec::new();
    let Some(content_type) = content_type else {
        return Response { status_code, headers, cookies, body: None, is_base64_encoded: false };
    };
    headers.insert("content-type", content_type.to_owned());
    match String::from_utf8(body) {
        Ok(text) => Response { status_code, headers, cookies, body: Some(text), is_base64_encoded: false },
        Err(bytes) => {
            let body = Some(STANDARD.encode(bytes.as_bytes()));
            Response { status_code, headers, cookies, body, is_base64_encoded: true }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kind::Kind;

    #[test]
    fn what_a_handler_answers_is_never_stored() {
        let body = json!({ "a": 1 });
        for (reply, status) in [(ok(&body), 200), (created(&body), 201), (accepted(&body), 202), (no_content(), 204)] {
            let response = reply.expect("a reply").into_response();
            assert_eq!((response.status_code, response.headers["cache-control"].as_str()), (status, "no-store"));
        }
        assert_eq!(Problem::not_found().into_response("r").headers["cache-control"], "no-store");
    }

    #[test]
    fn cookies_travel_beside_the_headers_since_there_may_be_several() {
        let cookies = vec!["a=1; Path=/".to_owned(), "b=2; Path=/".to_owned()];
        let response = no_content().expect("a reply").with_cookies(cookies.clone()).into_response();
        assert_eq!(serde_json::to_value(&response).expect("JSON")["cookies"], json!(cookies));
        let without = no_content().expect("a reply").into_response();
        assert_eq!(serde_json::to_value(&without).expect("JSON").get("cookies"), None);
    }

    #[test]
    fn a_way_on_is_an_address_without_a_body_and_is_never_stored() {
        let response = see_other("/unsubscribe/t".to_owned()).expect("a reply").into_response();
        assert_eq!((response.status_code, response.headers["location"].as_str()), (303, "/unsubscribe/t"));
        assert_eq!((response.headers["cache-control"].as_str(), response.body), ("no-store", None));
    }

    #[test]
    fn a_problem_is_problem_json_and_a_busy_moment_says_when_to_return() {
        let response = Problem::new(Kind::TryAgain, "Busy.").retry_after(7).into_response("r-1");
        assert_eq!(response.status_code, 503);
        assert_eq!(response.headers["content-type"], "application/problem+json");
        assert_eq!(response.headers["retry-after"], "7");
        assert!(response.body.expect("a body").contains(r#""instance":"r-1""#));
    }

    #[test]
    fn bytes_that_are_no_text_travel_as_base64() {
        let response = response(200, Some(JSON), vec![0xff]);
        assert_eq!((response.body.as_deref(), response.is_base64_encoded), (Some("/w=="), true));
    }
}
