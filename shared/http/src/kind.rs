//! The closed list of everything that can go wrong for a caller. Each kind has a page in `docs/problems/`.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:literal, $title:literal;)*) => {
        /// A kind of problem: its name, its HTTP status and its title never vary.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Kind] = &[$(Kind::$name),*];

            /// The last part of the problem's `type`, and the name of its page.
            pub const fn slug(self) -> &'static str {
                match self { $(Kind::$name => $slug,)* }
            }

            /// The HTTP status it is answered with.
            pub const fn status(self) -> u16 {
                match self { $(Kind::$name => $status,)* }
            }

            /// A short sentence that is the same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Kind::$name => $title,)* }
            }
        }
    };
}

kinds! {
    /// The body is no JSON at all.
    MalformedJson = "malformed-json", 400, "The body is not valid JSON.";
    /// A query parameter cannot be read.
    InvalidQuery = "invalid-query", 400, "A query parameter cannot be read.";
    /// The cursor is not one of ours, or was made for another question.
    CursorInvalid = "cursor-invalid", 400, "The cursor does not belong to this list.";
    /// No verified identity came with the request.
    MissingIdentity = "missing-identity", 401, "You are not signed in.";
    /// The token is genuine and cannot be used here.
    TokenNotAccepted = "token-not-accepted", 401, "The access token is not accepted.";
    /// The caller lacks the role.
    Forbidden = "forbidden", 403, "You may not do this.";
    /// The caller was deactivated.
    AccessEnded = "access-ended", 403, "Your access has ended.";
    /// The node is locked for the caller.
    NodeLocked = "node-locked", 403, "This part of the course is locked.";
    /// There is no such thing, or none the caller may know of.
    NotFound = "not-found", 404, "There is no such thing.";
    /// The function does not serve this method and path.
    RouteUnknown = "route-unknown", 404, "There is no such route.";
    /// Somebody else changed the thing in between.
    Conflict = "conflict", 409, "The thing has changed in the meantime.";
    /// What was asked for cannot be done as things stand; nobody else is in the way.
    NotPossible = "not-possible", 409, "This cannot be done as things stand.";
    /// The attempt is closed; `receipt` is the one that stands.
    AttemptClosed = "attempt-closed", 409, "This attempt is closed.";
    /// No attempt can be opened.
    AttemptRefused = "attempt-refused", 409, "No attempt can be opened.";
    /// A newer draft is stored; `rev` is its revision.
    DraftStale = "draft-stale", 409, "A newer draft is stored.";
    /// The attempt is open but its time is over.
    AttemptTimeUp = "attempt-time-up", 410, "The time for this attempt is up.";
    /// The body is larger than the limit.
    BodyTooLarge = "body-too-large", 413, "The body is too large.";
    /// The body is not declared as JSON.
    UnsupportedMediaType = "unsupported-media-type", 415, "The body must be JSON.";
    /// The body is JSON of another shape; `errors` says where.
    InvalidBody = "invalid-body", 422, "The body does not have the expected shape.";
    /// The same submission id came with other answers; `receipt` is the one that stands.
    SubmissionDiffers = "submission-differs", 422, "This submission was accepted with other answers.";
    /// The draft course breaks rules; `errors` says which.
    CannotPublish = "cannot-publish", 422, "The course cannot be published yet.";
    /// The learner's reading was reported in this minute already.
    TooSoon = "too-soon", 429, "This minute has a report already.";
    /// Something failed on our side.
    Internal = "internal", 500, "Something went wrong on our side.";
    /// Something is busy for a moment.
    TryAgain = "try-again", 503, "Please try again in a moment.";
}

/// Where the pages of the kinds are; with the kind's name it is the `type` of a problem.
pub const TYPE_BASE: &str = "https://stoa.example/problems/";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_kind_has_a_page_and_every_page_a_kind() {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/problems");
        let pages: BTreeSet<String> = fs::read_dir(pages)
            .expect("docs/problems")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        let kinds: BTreeSet<String> = Kind::ALL.iter().map(|kind| format!("{}.md", kind.slug())).collect();
        assert_eq!(pages, kinds);
    }

    #[test]
    fn every_page_says_what_happened_what_is_safe_and_what_to_do() {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/problems");
        for kind in Kind::ALL {
            let page = fs::read_to_string(pages.join(format!("{}.md", kind.slug()))).expect("a page");
            let status = format!("Status {}. {}", kind.status(), kind.title());
            let heading = format!("# {}\n", kind.slug());
            assert!(page.starts_with(&heading), "{kind:?} begins with its name");
            for part in [status.as_str(), "\n## What happened\n", "\n## What is safe\n", "\n## What to do\n"] {
                assert!(page.contains(part), "{kind:?} lacks {part:?}");
            }
        }
    }

    #[test]
    fn names_are_distinct_and_fit_a_url() {
        let names: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    }
}
