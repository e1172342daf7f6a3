//! Why a call to the API had no success, with the server's own words where it had any.

use serde::Deserialize;
use stoa_domain::attempt::Receipt;

/// Why a call had no success.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The server said no.
    #[error(transparent)]
    Refused(#[from] Box<Refused>),
    /// No answer, in spite of all retries.
    #[error("{url} did not answer ({why}). Is Stoa running there?")]
    NoAnswer {
        /// Where.
        url: String,
        /// What the connection said.
        why: String,
    },
    /// An answer of another shape than the contract's: client and server are of different versions.
    #[error("{url} answered {status} with a body this version of stoa does not understand: {why}")]
    Unreadable {
        /// Where.
        url: String,
        /// With which status.
        status: u16,
        /// What was not understood.
        why: String,
    },
    /// The caller could not sign in.
    #[error("signing in as {email} failed: {why}")]
    NotSignedIn {
        /// Who.
        email: String,
        /// What the sign-in service said.
        why: String,
    },
}

impl Failed {
    /// What the server said, if it said no.
    pub fn refusal(&self) -> Option<&Refused> {
        if let Failed::Refused(refused) = self { Some(refused) } else { None }
    }

    /// Whether the server said that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        self.refusal().is_some_and(|refused| refused.status == 404)
    }
}

/// A problem (RFC 9457) as the server described it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Refused {
    /// Which request: `PUT /api/courses/c1`.
    #[serde(skip)]
    pub request: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// The problem's type, whose last part is its kind.
    #[serde(default, rename = "type")]
    pub type_uri: String,
    /// A sentence that is the same for every occurrence.
    #[serde(default)]
    pub title: String,
    /// A sentence about this occurrence.
    #[serde(default)]
    pub detail: String,
    /// The server's name for the request, for a look into its log.
    #[serde(default)]
    pub instance: String,
    /// What is wrong where.
    #[serde(default)]
    pub errors: Vec<Flaw>,
    /// The receipt that stands, where a hand-in was refused for another one.
    #[serde(default)]
    pub receipt: Option<Receipt>,
}

/// What is wrong with one part of a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Flaw {
    /// A JSON pointer.
    pub pointer: String,
    /// A sentence.
    pub detail: String,
}

impl Refused {
    /// Reads what came with a status of failure. What is no problem document is kept as far as it can be read.
    pub fn read(request: String, status: u16, body: &[u8]) -> Refused {
        let read = serde_json::from_slice::<Refused>(body).ok().filter(|problem| !problem.title.is_empty());
        let mut refused = read.unwrap_or_else(|| Refused {
            request: String::new(),
            status,
            type_uri: String::new(),
            title: "The answer is no problem document.".to_owned(),
            detail: String::from_utf8_lossy(body).chars().take(200).collect(),
            instance: String::new(),
            errors: Vec::new(),
            receipt: None,
        });
        refused.request = request;
        refused.status = status;
        refused
    }

    /// The kind of problem: `cannot-publish`.
    pub fn kind(&self) -> &str {
        self.type_uri.rsplit('/').next().unwrap_or_default()
    }

    /// Why, in one line: the flaws where there are any, otherwise the detail.
    pub fn why(&self) -> String {
        if self.errors.is_empty() {
            return if self.detail.is_empty() { self.title.clone() } else { self.detail.clone() };
        }
        let flaw = |flaw: &Flaw| {
            if flaw.pointer.is_empty() { flaw.detail.clone() } else { format!("{}: {}", flaw.pointer, flaw.detail) }
        };
        self.errors.iter().map(flaw).collect::<Vec<_>>().join("; ")
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} was refused with {}: {} {}", self.request, self.status, self.title, self.why())?;
        if !self.instance.is_empty() {
            write!(f, " (request {})", self.instance)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_by_its_kind_and_its_flaws() {
        let body = br#"{"type":"https://stoa.example/problems/invalid-body","title":"The body does not have the expected shape.",
            "status":422,"detail":"d","instance":"r-1","errors":[{"pointer":"/title","detail":"It is empty."}]}"#;
        let refused = Refused::read("PUT /api/courses/c1".to_owned(), 422, body);
        assert_eq!(refused.kind(), "invalid-body");
        assert_eq!(refused.why(), "/title: It is empty.");
        assert_eq!(
            refused.to_string(),
            "PUT /api/courses/c1 was refused with 422: The body does not have the expected shape. /title: It is empty. (request r-1)"
        );
    }

    #[test]
    fn an_answer_of_a_proxy_is_still_told() {
        let refused = Refused::read("GET /api/me".to_owned(), 502, br#"{"message":"Bad gateway"}"#);
        assert_eq!(refused.kind(), "");
        assert_eq!(refused.why(), r#"{"message":"Bad gateway"}"#);
    }
}
