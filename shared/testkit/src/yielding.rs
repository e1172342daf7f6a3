//! The point at which somebody else may be next.

use std::future::poll_fn;
use std::task::Poll;

/// Lets the others go on once.
pub async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
