//! What a store's failure means to a caller.

use stoa_service::failure::StoreError;

use crate::problem::Problem;

/// For failures that a use case does not speak of itself. Whether anything was recorded is not known, so the same request
/// again is the only advice; what is stored wrongly is ours to look at.
impl From<StoreError> for Problem {
    fn from(failure: StoreError) -> Problem {
        match failure {
            StoreError::Conflict | StoreError::Throttled | StoreError::Unavailable(_) => Problem::try_again(failure),
            StoreError::Corrupt { .. } => Problem::internal(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    #[test]
    fn only_what_is_stored_wrongly_is_a_defect_of_ours() {
        for failure in [StoreError::Conflict, StoreError::Throttled, StoreError::Unavailable("timeout".to_owned())] {
            assert_eq!(Problem::from(failure).kind(), Kind::TryAgain);
        }
        let corrupt = StoreError::Corrupt { key: "T#demo#PEOPLE".to_owned(), why: "no name".to_owned() };
        assert_eq!(Problem::from(corrupt).kind(), Kind::Internal);
    }
}
