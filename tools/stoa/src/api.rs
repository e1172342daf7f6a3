//! HTTP to the API: one attempt after the other, as long as repeating can help.
//!
//! Every call of the contract may be repeated: what it makes is named by the client or by its content. So a call that got
//! no answer, or that the server was too busy for, is simply sent again.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use anyhow::Context;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Client, Method, Request, Url};

use crate::endpoints::is_loopback;
use crate::refused::{Failed, Refused};

/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for an answer: an HTTP API gives up after 30 s.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(35);
/// The longest wait for an upload, which does not pass the API.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);
/// How often a call is sent at most.
const ATTEMPTS_MAX: u32 = 6;
/// The longest pause before the second attempt; it doubles with each one.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause at all.
const PAUSE_MAX: Duration = Duration::from_secs(8);

/// An answer that is no failure.
#[derive(Debug)]
pub struct Answer {
    /// The status, 2xx.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// The cookies that came along, each as `name=value`.
    pub cookies: Vec<String>,
}

/// The HTTP side of a deployment.
#[derive(Debug, Clone)]
pub struct Api {
    http: Client,
    origin: String,
}

impl Api {
    /// The API at an origin: over TLS, unless it is on this machine.
    pub fn new(origin: &str) -> anyhow::Result<Api> {
        let is_local = is_loopback(origin);
        let client = Client::builder().connect_timeout(CONNECT_TIMEOUT).https_only(!is_local);
        // No proxy leads to this machine.
        let client = if is_local { client.no_proxy() } else { client };
        let http = client.build().context("the HTTP client could not be made")?;
        Ok(Api { http, origin: origin.trim_end_matches('/').to_owned() })
    }

    /// Calls the API with a bearer token, and a body if there is one.
    pub async fn call(&self, method: Method, path: &str, token: &str, body: Option<Vec<u8>>) -> Result<Answer, Failed> {
        let name = format!("{method} {path}");
        let url = format!("{}{path}", self.origin);
        let request = || {
            let mut request = self
                .http
                .request(method.clone(), &url)
                .timeout(ANSWER_TIMEOUT)
                .bearer_auth(token)
                .header(header::ACCEPT, "application/json");
            if let Some(body) = &body {
                request = request.header(header::CONTENT_TYPE, "application/json").body(body.clone());
            }
            request.build()
        };
        self.send(&name, &url, request).await
    }

    /// Reads what the edge serves, with the cookies that it asks for.
    pub async fn read_edge(&self, path: &str, cookies: &str) -> Result<Answer, Failed> {
        let url = format!("{}{path}", self.origin);
        let request = || self.http.get(&url).timeout(ANSWER_TIMEOUT).header(header::COOKIE, cookies).build();
        self.send(&format!("GET {path}"), &url, request).await
    }

    /// Sends bytes to the place that the API named for them, with exactly the headers it named.
    pub async fn upload(&self, url: &str, headers: &BTreeMap<String, String>, bytes: &[u8]) -> Result<(), Failed> {
        let shown = url.split('?').next().unwrap_or(url);
        let request = || {
            let mut request = self.http.put(url).timeout(UPLOAD_TIMEOUT).body(bytes.to_vec());
            for (name, value) in headers {
                request = request.header(name, value);
            }
            request.build()
        };
        self.send(&format!("PUT {shown}"), shown, request).await.map(drop)
    }

    async fn send(
        &self,
        name: &str,
        url: &str,
        request: impl Fn() -> reqwest::Result<Request>,
    ) -> Result<Answer, Failed> {
        let no_answer = |error: reqwest::Error| Failed::NoAnswer { url: url.to_owned(), why: innermost(&error) };
        let attempt = async || -> Attempt {
            let request = match request() {
                Ok(request) => request,
                Err(error) => return Attempt::Over(Err(no_answer(error))),
            };
            let response = match self.http.execute(request).await {
                Ok(response) => response,
                Err(error) => return Attempt::Again { failed: no_answer(error), pause: None },
            };
            let status = response.status();
            let pause = response.headers().get(header::RETRY_AFTER).and_then(seconds);
            let cookies = cookies(response.headers());
            let body = match response.bytes().await {
                Ok(body) => body.to_vec(),
                Err(error) => return Attempt::Again { failed: no_answer(error), pause: None },
            };
            if status.is_success() {
                return Attempt::Over(Ok(Answer { status: status.as_u16(), body, cookies }));
            }
            let failed = Failed::from(Box::new(Refused::read(name.to_owned(), status.as_u16(), &body)));
            if matches!(status.as_u16(), 429 | 502..=504) {
                Attempt::Again { failed, pause }
            } else {
                Attempt::Over(Err(failed))
            }
        };
        repeat(PAUSE, attempt).await
    }
}

/// How one attempt went.
enum Attempt {
    /// It has an answer.
    Over(Result<Answer, Failed>),
    /// Another one may have one.
    Again { failed: Failed, pause: Option<Duration> },
}

/// Sends until there is an answer, or for the last time. Pauses begin with at most `longest`.
async fn repeat<F: Future<Output = Attempt>>(mut longest: Duration, attempt: impl Fn() -> F) -> Result<Answer, Failed> {
    for _ in 1..ATTEMPTS_MAX {
        match attempt().await {
            Attempt::Over(result) => return result,
            Attempt::Again { pause, .. } => {
                tokio::time::sleep(pause.unwrap_or_default().min(PAUSE_MAX) + longest.mul_f64(jitter())).await;
                longest = (longest * 2).min(PAUSE_MAX);
            }
        }
    }
    match attempt().await {
        Attempt::Over(result) => result,
        Attempt::Again { failed, .. } => Err(failed),
    }
}

/// A number from 0 to 1 that differs from call to call, so that clients who failed together do not come back together.
fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    f64::from(RandomState::new().hash_one(()) as u32) / f64::from(u32::MAX)
}

/// What `set-cookie` sets, without how.
fn cookies(headers: &HeaderMap) -> Vec<String> {
    let set = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()?.split(';').next());
    set.map(str::to_owned).collect()
}

fn seconds(value: &HeaderValue) -> Option<Duration> {
    value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The cause of a connection's failure. What stands around it repeats the address.
fn innermost(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).last().map(ToString::to_string).unwrap_or_default()
}

/// A path with one query parameter, encoded.
pub fn with_query(path: &str, name: &str, value: &str) -> String {
    let mut url = Url::parse("http://stoa.invalid").expect("an address");
    url.query_pairs_mut().append_pair(name, value);
    format!("{path}?{}", url.query().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn busy() -> Attempt {
        let failed = Failed::NoAnswer { url: "http://127.0.0.1".to_owned(), why: "connection refused".to_owned() };
        Attempt::Again { failed, pause: None }
    }

    #[tokio::test]
    async fn a_busy_server_is_asked_again_until_it_answers() {
        let calls = Cell::new(0);
        let answer = repeat(Duration::ZERO, async || {
            calls.set(calls.get() + 1);
            if calls.get() < 4 {
                busy()
            } else {
                Attempt::Over(Ok(Answer { status: 200, body: Vec::new(), cookies: Vec::new() }))
            }
        });
        assert_eq!(answer.await.expect("an answer").status, 200);
        assert_eq!(calls.get(), 4);
    }

    #[tokio::test]
    async fn a_server_that_stays_away_is_given_up() {
        let calls = Cell::new(0);
        let answer = repeat(Duration::ZERO, async || {
            calls.set(calls.get() + 1);
            busy()
        });
        assert!(matches!(answer.await, Err(Failed::NoAnswer { .. })));
        assert_eq!(calls.get(), ATTEMPTS_MAX);
    }

    #[tokio::test]
    async fn a_token_never_travels_without_tls_to_another_machine() {
        let api = Api::new("http://stoa.invalid").expect("a client");
        let request = api.http.get("http://stoa.invalid/api/me").bearer_auth("token").build().expect("a request");
        let error = api.http.execute(request).await.expect_err("it is not sent");
        assert_eq!(innermost(&error), "URL scheme is not allowed");
    }

    #[test]
    fn a_cursor_is_encoded() {
        assert_eq!(with_query("/api/people", "cursor", "a+b/c=&"), "/api/people?cursor=a%2Bb%2Fc%3D%26");
    }
}
