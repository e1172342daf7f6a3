//! A signed-in person's calls to the API.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use stoa_api::bodies::EdgeSession;
use tokio::sync::Mutex;

use crate::api::{Answer, Api};
use crate::refused::Failed;
use crate::sign_in::{Credentials, SignIns, Token};

/// A signed-in person. Tokens live five minutes, so they are fetched when they are needed.
#[derive(Debug)]
pub struct Session {
    api: Api,
    sign_ins: SignIns,
    who: Credentials,
    token: Mutex<Option<Token>>,
    edge: Mutex<Option<EdgeCookies>>,
}

/// What the edge asks for, and when it is asked for anew.
#[derive(Debug)]
struct EdgeCookies {
    header: String,
    until: Timestamp,
}

/// What the edge serves, which knows cookies and no tokens.
const EDGE_PREFIX: &str = "/t/";
/// How long before their end cookies are replaced.
const EDGE_MARGIN: SignedDuration = SignedDuration::from_secs(30);

impl Session {
    /// A person who will sign in with the first call.
    pub fn new(api: Api, sign_ins: SignIns, who: Credentials) -> Session {
        Session { api, sign_ins, who, token: Mutex::new(None), edge: Mutex::new(None) }
    }

    /// Gives the person their password and signs them in, waiting for their account to be made.
    pub async fn establish(&self, patience: Duration) -> Result<(), Failed> {
        let token = self.sign_ins.establish(&self.who, patience).await?;
        *self.token.lock().await = Some(token);
        Ok(())
    }

    /// Who it is.
    pub fn email(&self) -> &str {
        &self.who.email
    }

    /// With what.
    pub fn password(&self) -> &str {
        &self.who.password
    }

    /// The HTTP side, for what needs no token.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Reads, from the edge what the edge serves.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failed> {
        let answer = if path.starts_with(EDGE_PREFIX) {
            self.api.read_edge(path, &self.edge_cookies().await?).await?
        } else {
            self.call(Method::GET, path, None).await?
        };
        read(path, answer).map(|(_, body)| body)
    }

    /// Writes under a name that the client chose.
    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Failed> {
        self.put_with_status(path, body).await.map(|(_, body)| body)
    }

    /// Writes under a name that the client chose, and says with which status: 201 the first time, 200 afterwards.
    pub async fn put_with_status<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<(u16, T), Failed> {
        let answer = self.call(Method::PUT, path, Some(json(body))).await?;
        read(path, answer)
    }

    /// Writes without a body under a name that the client chose.
    pub async fn put_nothing<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failed> {
        let answer = self.call(Method::PUT, path, None).await?;
        read(path, answer).map(|(_, body)| body)
    }

    /// Asks for something to be done.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Failed> {
        let answer = self.call(Method::POST, path, Some(json(body))).await?;
        read(path, answer).map(|(_, body)| body)
    }

    /// Asks for something to be done that needs no words.
    pub async fn post_nothing<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failed> {
        let answer = self.call(Method::POST, path, None).await?;
        read(path, answer).map(|(_, body)| body)
    }

    async fn call(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<Answer, Failed> {
        let token = self.token().await?;
        let answer = self.api.call(method.clone(), path, &token, body.clone()).await;
        if answer.as_ref().err().and_then(Failed::refusal).is_none_or(|refused| refused.status != 401) {
            return answer;
        }
        // A token that was fine here and is none there: the clocks differ, or the account has changed.
        *self.token.lock().await = None;
        let token = self.token().await?;
        self.api.call(method, path, &token, body).await
    }

    async fn edge_cookies(&self) -> Result<String, Failed> {
        let mut held = self.edge.lock().await;
        let now = stoa_runtime::clock::now();
        if let Some(cookies) = held.as_ref().filter(|cookies| now + EDGE_MARGIN < cookies.until) {
            return Ok(cookies.header.clone());
        }
        let answer = self.call(Method::POST, "/api/session", None).await?;
        let header = answer.cookies.join("; ");
        let (_, session): (_, EdgeSession) = read("/api/session", answer)?;
        *held = Some(EdgeCookies { header: header.clone(), until: session.expires_at.0 });
        Ok(header)
    }

    async fn token(&self) -> Result<String, Failed> {
        let mut held = self.token.lock().await;
        match held.as_ref().filter(|token| token.is_fresh()) {
            Some(token) => Ok(token.text.clone()),
            None => Ok(held.insert(self.sign_ins.token(&self.who).await?).text.clone()),
        }
    }
}

fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("bodies of the contract have a JSON form")
}

fn read<T: DeserializeOwned>(path: &str, answer: Answer) -> Result<(u16, T), Failed> {
    match serde_json::from_slice(&answer.body) {
        Ok(body) => Ok((answer.status, body)),
        Err(error) => Err(Failed::Unreadable { url: path.to_owned(), status: answer.status, why: error.to_string() }),
    }
}
