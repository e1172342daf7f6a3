//! Where a handler's result becomes an answer, and where a failure is logged: once, with its cause.

use std::any::Any;
use std::error::Error;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use stoa_service::trace;

use crate::call::Call;
use crate::event::{Request, Response};
use crate::problem::Problem;
use crate::reply::Reply;

/// Runs a handler and always has an answer: its reply, its problem, or `internal` where it panicked.
///
/// The request's span gets `trace.id`, `request.id`, `http.route`, `http.status` and `problem.kind`.
pub async fn answer(request: Request, handle: impl AsyncFnOnce(&Call) -> Result<Reply, Problem>) -> Response {
    let call = Call::from(request);
    let span = tracing::Span::current();
    let trace = call.trace();
    span.record("trace.id", tracing::field::display(trace));
    span.record("request.id", call.request_id());
    span.record("http.route", call.route());
    // Boxed, since the futures of the SDK are nested so deeply that the compiler gives up on more.
    let work = AssertUnwindSafe(async { handle(&call).await }.boxed_local()).catch_unwind();
    let result = trace::within(trace, work)
        .await
        .unwrap_or_else(|panic| Err(Problem::internal(format!("the handler panicked: {}", message(&*panic)))));

    let response = match result {
        Ok(reply) => reply.into_response(),
        Err(problem) => {
            span.record("problem.kind", problem.kind().slug());
            log(&problem);
            problem.into_response(call.request_id())
        }
    };
    span.record("http.status", response.status_code);
    response
}

fn log(problem: &Problem) {
    let Some(cause) = problem.cause() else { return };
    let (kind, cause) = (problem.kind().slug(), chain(cause));
    if problem.status() >= 500 {
        tracing::error!(problem.kind = kind, cause, "a request failed on our side");
    } else {
        tracing::warn!(problem.kind = kind, cause, "a request was refused");
    }
}

/// An error and everything below it, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(error) = below {
        text.push_str(": ");
        text.push_str(&error.to_string());
        below = error.source();
    }
    text
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reply;
    use crate::sample::Sample;

    #[tokio::test]
    async fn a_reply_is_the_answer() {
        let response =
            answer(Sample::new("GET /x").request(), async |call| reply::ok(&json!({ "route": call.route() }))).await;
        assert_eq!(response.status_code, 200);
        assert_eq!(response.body.as_deref(), Some(r#"{"route":"GET /x"}"#));
    }

    #[tokio::test]
    async fn a_handler_that_panics_is_a_problem_that_gives_nothing_away() {
        let response = answer(Sample::new("GET /x").request(), async |_| -> Result<Reply, Problem> {
            panic!("the key of table stoa-learning is wrong")
        })
        .await;
        assert_eq!(response.status_code, 500);
        let body: serde_json::Value = serde_json::from_str(&response.body.expect("a body")).expect("JSON");
        assert_eq!(body["type"], "https://stoa.example/problems/internal");
        assert_eq!(body["instance"], Sample::REQUEST_ID);
        assert!(!body.to_string().contains("stoa-learning"));
    }

    #[test]
    fn a_cause_is_logged_with_everything_below_it() {
        #[derive(Debug)]
        struct Above(std::io::Error);
        impl std::fmt::Display for Above {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the store is away")
            }
        }
        impl Error for Above {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        assert_eq!(chain(&Above(std::io::Error::other("connection reset"))), "the store is away: connection reset");
    }
}
