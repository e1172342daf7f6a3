//! A connector that breaks on purpose, under the real SDK: what the network and a throttled table do to a request.

use std::sync::{Arc, Mutex};

use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use stoa_testkit::Rng;

/// Of so many requests one never arrives.
const LOST_ONE_OF: usize = 50;
/// Of so many requests one is answered into the void: it is done, and nobody hears of it.
const UNHEARD_ONE_OF: usize = 25;
/// Of so many requests one is throttled.
const THROTTLED_ONE_OF: usize = 20;

/// How often each happened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Happened {
    /// Requests that arrived and were answered.
    pub answered: u64,
    /// Requests that never arrived.
    pub lost: u64,
    /// Requests that were done without an answer.
    pub unheard: u64,
    /// Requests that were throttled.
    pub throttled: u64,
}

/// The client. Clones break by the same dice.
#[derive(Debug, Clone)]
pub struct Faulty {
    inner: SharedHttpClient,
    dice: Arc<Mutex<(Rng, Happened)>>,
}

#[derive(Debug)]
struct FaultyConnector {
    inner: SharedHttpConnector,
    dice: Arc<Mutex<(Rng, Happened)>>,
}

enum Fate {
    Answered,
    Lost,
    Unheard,
    Throttled,
}

impl Faulty {
    /// A client that breaks by this seed.
    pub fn new(seed: u64) -> Faulty {
        Faulty { inner: Builder::new().build_http(), dice: Arc::new(Mutex::new((Rng::new(seed), Happened::default()))) }
    }

    /// What has happened so far.
    pub fn happened(&self) -> Happened {
        self.dice.lock().expect("nobody panics with it").1
    }
}

impl HttpClient for Faulty {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(FaultyConnector { inner, dice: self.dice.clone() })
    }
}

impl FaultyConnector {
    fn fate(&self) -> Fate {
        let (rng, happened) = &mut *self.dice.lock().expect("nobody panics with it");
        if rng.below(LOST_ONE_OF) == 0 {
            happened.lost += 1;
            Fate::Lost
        } else if rng.below(UNHEARD_ONE_OF) == 0 {
            happened.unheard += 1;
            Fate::Unheard
        } else if rng.below(THROTTLED_ONE_OF) == 0 {
            happened.throttled += 1;
            Fate::Throttled
        } else {
            happened.answered += 1;
            Fate::Answered
        }
    }
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.fate() {
            Fate::Answered => self.inner.call(request),
            Fate::Lost => HttpConnectorFuture::ready(Err(ConnectorError::io("the request was lost".into()))),
            Fate::Unheard => {
                let work = self.inner.call(request);
                HttpConnectorFuture::new(async move {
                    drop(work.await);
                    Err(ConnectorError::timeout("the answer was lost".into()))
                })
            }
            Fate::Throttled => HttpConnectorFuture::ready(Ok(throttled())),
        }
    }
}

fn throttled() -> HttpResponse {
    let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}"#;
    let mut response = HttpResponse::new(400_u16.try_into().expect("a status"), SdkBody::from(body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}
