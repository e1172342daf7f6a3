//! A failure with two faces: what the caller reads (RFC 9457), and the cause that only the log sees.

use std::error::Error;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::kind::{Kind, TYPE_BASE};

/// How long a client should wait before it tries again, unless the problem says otherwise.
const RETRY_AFTER_SECONDS: u32 = 2;

/// What is wrong with one part of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the body; empty for the body as a whole.
    pub pointer: String,
    /// A sentence for a human.
    pub detail: String,
}

impl FieldError {
    /// What is wrong at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> FieldError {
        FieldError { pointer: pointer.into(), detail: detail.into() }
    }
}

/// A problem as RFC 9457 has it, with a private cause.
///
/// The cause is never serialised. The boundary logs it, once.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
    extensions: Vec<(&'static str, Value)>,
    retry_after_seconds: Option<u32>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of `kind`; `detail` explains this occurrence to a human and holds nothing internal.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Problem {
        let retry_after_seconds = (kind.status() == 503).then_some(RETRY_AFTER_SECONDS);
        Problem {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            extensions: Vec::new(),
            retry_after_seconds,
            cause: None,
        }
    }

    /// 404: there is no such thing, or none that the caller may know of. Both read the same, so nothing is given away.
    pub fn not_found() -> Problem {
        Problem::new(Kind::NotFound, "There is no such thing here, or it is not open to you.")
    }

    /// 403: the caller's roles do not allow it.
    pub fn forbidden() -> Problem {
        Problem::new(Kind::Forbidden, "Your roles do not allow this.")
    }

    /// 422: the body has the right shape, but some of its values are not acceptable.
    pub fn invalid(errors: Vec<FieldError>) -> Problem {
        Problem::new(Kind::InvalidBody, "Some values are not acceptable. Nothing was recorded.").with_errors(errors)
    }

    /// 404: this function does not serve the call's route; gateway and function disagree.
    pub fn route_unknown(call: &Call) -> Problem {
        Problem::new(Kind::RouteUnknown, format!("Nothing is served at {}.", call.route()))
    }

    /// 500: a defect of ours. The caller learns nothing but that a repetition with the same content is safe.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        Problem::new(
            Kind::Internal,
            "It is not known whether anything was recorded. Repeating the same request is safe.",
        )
        .because(cause)
    }

    /// 503: something is busy; whether the request took effect is not known.
    pub fn try_again(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        Problem::new(Kind::TryAgain, "Repeat the same request in a moment; it will not be recorded twice.")
            .because(cause)
    }

    /// Adds what is wrong where in the body.
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Problem {
        self.errors = errors;
        self
    }

    /// Adds a member of its own, such as the `receipt` that stands.
    pub fn with(mut self, name: &'static str, value: impl Serialize) -> Problem {
        debug_assert!(!["type", "title", "status", "detail", "instance", "errors"].contains(&name), "{name} is taken");
        match serde_json::to_value(value) {
            Ok(value) => self.extensions.push((name, value)),
            // The problem itself still holds; a client without the member falls back to reading again.
            Err(error) => {
                tracing::error!(problem.extension = name, error = %error, "a problem's member cannot be JSON")
            }
        }
        self
    }

    /// Asks the client to wait that long before it repeats the request.
    pub fn retry_after(mut self, seconds: u32) -> Problem {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Keeps what really happened, for the log.
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        self.cause = Some(cause.into());
        self
    }

    /// The kind of problem.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.kind.status()
    }

    /// What this occurrence is about.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What is wrong where in the body.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// The value of a member added by [`Problem::with`].
    pub fn extension(&self, name: &str) -> Option<&Value> {
        self.extensions.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The private cause.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }

    pub(crate) fn retry_after_seconds(&self) -> Option<u32> {
        self.retry_after_seconds
    }

    /// The public face as JSON.
    pub(crate) fn to_json(&self, request_id: &str) -> Value {
        let mut json = Map::new();
        json.insert("type".into(), format!("{TYPE_BASE}{}", self.kind.slug()).into());
        json.insert("title".into(), self.kind.title().into());
        json.insert("status".into(), self.kind.status().into());
        json.insert("detail".into(), self.detail.as_str().into());
        json.insert("instance".into(), request_id.into());
        if !self.errors.is_empty() {
            let errors =
                self.errors.iter().map(|error| serde_json::json!({ "pointer": error.pointer, "detail": error.detail }));
            json.insert("errors".into(), errors.collect());
        }
        for (name, value) in &self.extensions {
            json.insert((*name).into(), value.clone());
        }
        Value::Object(json)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_problem_reads_as_rfc_9457_with_errors_and_members_of_its_own() {
        let problem = Problem::new(Kind::AttemptClosed, "It was handed in.")
            .with_errors(vec![FieldError::new("/answers/q1", "Too late.")])
            .with("receipt", json!({ "code": "7F3K" }));
        assert_eq!(
            problem.to_json("r-1"),
            json!({
                "type": "https://stoa.example/problems/attempt-closed",
                "title": "This attempt is closed.",
                "status": 409,
                "detail": "It was handed in.",
                "instance": "r-1",
                "errors": [{ "pointer": "/answers/q1", "detail": "Too late." }],
                "receipt": { "code": "7F3K" },
            })
        );
    }

    #[test]
    fn the_cause_never_reaches_the_caller() {
        for problem in
            [Problem::internal("table stoa-learning is gone"), Problem::try_again("throttled by stoa-learning")]
        {
            assert!(problem.cause().is_some());
            assert!(!problem.to_json("r").to_string().contains("stoa-learning"));
        }
    }

    #[test]
    fn only_a_busy_moment_asks_for_a_wait_by_itself() {
        for kind in Kind::ALL {
            let waits = Problem::new(*kind, "").retry_after_seconds().is_some();
            assert_eq!(waits, *kind == Kind::TryAgain, "{kind:?}");
        }
    }
}
