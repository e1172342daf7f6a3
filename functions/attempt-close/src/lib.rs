//! Closes attempts whose time is up: the only consumer of doorbells that the sweep has sent ahead for attempts.

use jiff::Timestamp;
use stoa_queue::{Doorbell, Failure};
use stoa_service::closing::CloseStore;
use stoa_service::metrics::METRICS;
use stoa_store::schema;

/// What the function reads from its environment.
pub const ENV: &[&str] = &["LEARNING_TABLE", "LOG_LEVEL"];

/// Closes the attempt that a doorbell names, if it is open and over.
///
/// A doorbell that finds neither is done with: the attempt was handed in or closed meanwhile, or it ends later than when the
/// doorbell was sent, and then the sweep rings for that.
pub async fn handle(store: &impl CloseStore, bell: &Doorbell, now: Timestamp) -> Result<(), Failure> {
    let at =
        schema::parse_attempt(&bell.pk, &bell.sk).ok_or_else(|| Failure::retry("the doorbell names no attempt"))?;

    let is_closed = store.close_expired(&at, now).await.map_err(Failure::retry)?;
    if is_closed {
        tracing::info!(target: METRICS, closed_by_time = 1);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use stoa_service::attempts::AttemptRef;
    use stoa_service::failure::StoreError;

    use super::*;

    /// Closes every attempt, or is busy.
    struct Store {
        answer: Result<bool, StoreError>,
        asked: RefCell<Vec<AttemptRef>>,
    }

    impl CloseStore for Store {
        async fn close_expired(&self, at: &AttemptRef, _: Timestamp) -> Result<bool, StoreError> {
            self.asked.borrow_mut().push(at.clone());
            self.answer.clone()
        }
    }

    async fn hear(answer: Result<bool, StoreError>, pk: &str, sk: &str) -> (Result<(), Failure>, Vec<AttemptRef>) {
        let store = Store { answer, asked: RefCell::default() };
        let handled = handle(&store, &Doorbell::new(pk, sk), Timestamp::UNIX_EPOCH).await;
        (handled, store.asked.into_inner())
    }

    #[tokio::test]
    async fn the_attempt_that_the_doorbell_names_is_closed() {
        let (handled, asked) = hear(Ok(true), "T#demo#E#e1", "ATTEMPT#quiz#0002").await;
        assert_eq!(handled, Ok(()));
        assert_eq!(asked, [schema::parse_attempt("T#demo#E#e1", "ATTEMPT#quiz#0002").expect("an attempt")]);
        assert_eq!((asked[0].tenant.as_str(), asked[0].number), ("demo", 2));
    }

    #[tokio::test]
    async fn one_that_is_closed_or_not_over_is_done_with() {
        assert_eq!(hear(Ok(false), "T#demo#E#e1", "ATTEMPT#quiz#0001").await.0, Ok(()));
    }

    #[tokio::test]
    async fn what_could_not_be_written_comes_again() {
        let (handled, _) = hear(Err(StoreError::Throttled), "T#demo#E#e1", "ATTEMPT#quiz#0001").await;
        assert!(matches!(handled, Err(Failure::Retry(_))), "{handled:?}");
    }

    #[tokio::test]
    async fn a_doorbell_for_anything_else_is_kept_for_a_person_to_look_at() {
        for (pk, sk) in [("T#demo#E#e1", "GRADE#quiz#0001#000001"), ("T#demo#PEOPLE", "ATTEMPT#quiz#0001")] {
            let (handled, asked) = hear(Ok(true), pk, sk).await;
            assert!(matches!(handled, Err(Failure::Retry(_))) && asked.is_empty(), "{pk} {sk}: {handled:?}");
        }
    }
}
