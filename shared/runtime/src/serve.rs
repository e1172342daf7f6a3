//! The Lambda loop: one invocation after the other, each in its own span, each with one line that says how it went.

use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll};
use std::time::{Duration, Instant};

use lambda_runtime::{Context, LambdaEvent, Runtime, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Sleep;
use tracing::Instrument;
use tracing::field::Empty;

use crate::{clock, telemetry};

/// Why a function could not start, or why an invocation failed as a whole.
pub type Error = lambda_runtime::Error;

/// How long before the deadline an invocation should stop by itself, to say what it did not finish.
const STOP_BEFORE_DEADLINE: Duration = Duration::from_secs(2);

/// One event that is not an HTTP request, and the time there is for it.
#[derive(Debug)]
pub struct Invocation<E> {
    /// The event, in the shape its source sends.
    pub payload: E,
    /// Resolves two seconds before the deadline.
    pub stop: Stop,
    /// Lambda's name for the invocation.
    pub request_id: String,
}

/// A future that resolves when it is time to stop.
#[derive(Debug)]
pub struct Stop(Pin<Box<Sleep>>);

impl Stop {
    fn before(remaining: Duration) -> Stop {
        Stop(Box::pin(tokio::time::sleep(remaining.saturating_sub(STOP_BEFORE_DEADLINE))))
    }
}

impl Future for Stop {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(context)
    }
}

/// Runs `main` on a single thread with logging on. One thread is enough: an instance serves one invocation at a time.
pub fn start(main: impl Future<Output = Result<(), Error>>) -> Result<(), Error> {
    telemetry::init();
    let result = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(main);
    result.inspect_err(|error| tracing::error!(error = error.as_ref(), "the function ended"))
}

/// Answers HTTP requests until Lambda ends the instance.
///
/// `handler` always has an answer; its future may borrow what `main` built and need not be `Send`. It can note its
/// answer on the current span as `trace.id`, `request.id`,
/// `http.route`, `http.status` and `problem.kind`.
pub async fn serve_http<E, R>(handler: impl AsyncFn(E) -> R) -> Result<(), Error>
where
    E: DeserializeOwned,
    R: Serialize,
{
    let answer = async |event: LambdaEvent<E>| {
        let span = tracing::info_span!(
            "request",
            invocation.id = event.context.request_id,
            xray.id = event.context.xray_trace_id,
            trace.id = Empty,
            request.id = Empty,
            http.route = Empty,
            http.status = Empty,
            problem.kind = Empty,
        );
        let work: Work<'_, R> = Box::pin(async { Ok(handler(event.payload).await) });
        timed(work).instrument(span).await
    };
    Runtime::new(service_fn(answer)).run().await
}

/// Handles events of other sources (queues, streams, schedules, triggers) until Lambda ends the instance.
///
/// An `Err` fails the whole invocation: the source delivers the event again, by its own rules.
pub async fn serve_events<E, R>(handler: impl AsyncFn(Invocation<E>) -> Result<R, Error>) -> Result<(), Error>
where
    E: DeserializeOwned,
    R: Serialize,
{
    let answer = async |event: LambdaEvent<E>| {
        let span = tracing::info_span!(
            "event",
            invocation.id = event.context.request_id,
            xray.id = event.context.xray_trace_id,
        );
        let work: Work<'_, R> = Box::pin(handler(invocation(event.payload, event.context)));
        timed(work).instrument(span).await
    };
    Runtime::new(service_fn(answer)).run().await
}

fn invocation<E>(payload: E, context: Context) -> Invocation<E> {
    Invocation { payload, stop: Stop::before(clock::until(context.deadline)), request_id: context.request_id }
}

/// A handler at work, with its type erased: the SDK's futures are nested so deeply that the compiler gives up on more.
type Work<'a, R> = Pin<Box<dyn Future<Output = Result<R, Error>> + 'a>>;

async fn timed<R>(work: Work<'_, R>) -> Result<R, Error> {
    let start = Instant::now();
    let result = work.await;
    let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    match &result {
        Ok(_) => tracing::info!(ms, "answered"),
        Err(error) => tracing::error!(ms, error = error.as_ref(), "the invocation failed"),
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_invocation_is_told_to_stop_two_seconds_before_its_deadline() {
        let deadline = |seconds: u64| {
            let mut context = Context::default();
            context.deadline = u64::try_from(clock::now().as_millisecond()).expect("after 1970") + seconds * 1_000;
            context
        };
        let late = invocation((), deadline(1));
        tokio::time::timeout(Duration::from_millis(100), late.stop).await.expect("stops at once");
        let early = invocation((), deadline(60));
        assert!(tokio::time::timeout(Duration::from_millis(1), early.stop).await.is_err());
    }
}
