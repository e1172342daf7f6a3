//! The Lambda loop: one invocation after the other, each in its own span, each with one line that says how it went.

use std::future::Future;
use std::time::{Duration, Instant};

use lambda_runtime::{Context, LambdaEvent, Runtime, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::Instrument;
use tracing::field::Empty;

use crate::{clock, telemetry};

/// Why a function could not start, or why an invocation failed as a whole.
pub type Error = lambda_runtime::Error;

/// One event that is not an HTTP request, and the time there is for it.
#[derive(Debug, Clone)]
pub struct Invocation<E> {
    /// The event, in the shape its source sends.
    pub payload: E,
    /// How long the function may still run.
    pub remaining: Duration,
    /// Lambda's name for the invocation.
    pub request_id: String,
}

/// Runs `main` on a single thread with logging on. One thread is enough: an instance serves one invocation at a time.
pub fn start(main: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    telemetry::init();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(main)
}

/// Answers HTTP requests until Lambda ends the instance.
///
/// `handler` always has an answer; its future may borrow what `main` built and need not be `Send`. It can note its
/// answer on the current span as `http.route`, `http.status` and `problem.kind`.
pub async fn serve_http<E, R, F>(handler: impl Fn(E) -> F) -> Result<(), Error>
where
    E: DeserializeOwned,
    R: Serialize,
    F: Future<Output = R>,
{
    let answer = async |event: LambdaEvent<E>| {
        let span = tracing::info_span!(
            "request",
            invocation.id = event.context.request_id,
            trace.id = event.context.xray_trace_id,
            http.route = Empty,
            http.status = Empty,
            problem.kind = Empty,
        );
        let work = handler(event.payload);
        timed(async move { Ok(work.await) }).instrument(span).await
    };
    Runtime::new(service_fn(answer)).run().await
}

/// Handles events of other sources (queues, streams, schedules, triggers) until Lambda ends the instance.
///
/// An `Err` fails the whole invocation: the source delivers the event again, by its own rules.
pub async fn serve_events<E, R, F>(handler: impl Fn(Invocation<E>) -> F) -> Result<(), Error>
where
    E: DeserializeOwned,
    R: Serialize,
    F: Future<Output = Result<R, Error>>,
{
    let answer = async |event: LambdaEvent<E>| {
        let span = tracing::info_span!(
            "event",
            invocation.id = event.context.request_id,
            trace.id = event.context.xray_trace_id,
        );
        let work = handler(invocation(event.payload, event.context));
        timed(work).instrument(span).await
    };
    Runtime::new(service_fn(answer)).run().await
}

fn invocation<E>(payload: E, context: Context) -> Invocation<E> {
    Invocation { payload, remaining: clock::until(context.deadline), request_id: context.request_id }
}

async fn timed<R>(work: impl Future<Output = Result<R, Error>>) -> Result<R, Error> {
    let start = Instant::now();
    let result = work.await;
    let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    match &result {
        Ok(_) => tracing::info!(ms, "answered"),
        Err(error) => tracing::error!(ms, error = error.as_ref(), "the invocation failed"),
    }
    result
}
