//! Identifiers: one type per kind of thing, one shape for all.

/// The most characters an identifier may have.
pub const ID_CHARS_MAX: usize = 64;

/// Whether `text` can be an identifier: `[A-Za-z0-9][A-Za-z0-9_-]{0,63}`.
///
/// The shape keeps table keys, object keys and URLs unambiguous: none of their separators can occur in it.
pub fn is_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=ID_CHARS_MAX).contains(&bytes.len())
        && bytes[0].is_ascii_alphanumeric()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The text is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is 1 to 64 letters, digits, '-' or '_', and begins with a letter or a digit")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(with = "String", extend("pattern" = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"))]
        pub struct $name(String);

        impl $name {
            /// Reads an identifier; refuses any other text.
            pub fn parse(text: impl Into<String>) -> Result<Self, NotAnId> {
                let text = text.into();
                if is_id(&text) { Ok(Self(text)) } else { Err(NotAnId) }
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// An organisation.
    TenantId
    /// The pseudonymous key of a person; it survives relinking an identity and says nothing about them.
    PersonKey
    /// A course, which has one draft and any number of Releases.
    CourseId
    /// An immutable snapshot of a course.
    ReleaseId
    /// A learning object in a course's tree.
    NodeId
    /// A question of an assessment.
    ItemId
    /// A choice of an item.
    ChoiceId
    /// A file that belongs to a course.
    AssetId
    /// A group of learners who take one Release together.
    CohortId
    /// One person's registration in one cohort.
    EnrolmentId
    /// The client's own name for one hand-in: the key of its idempotence.
    SubmissionId
    /// One message to one person.
    NotificationId
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn separators_of_keys_and_paths_are_never_part_of_an_id() {
        for text in ["", "#", "a#b", "a/b", "a.b", "..", "-a", "_a", "a b", "ä", "a\u{0}", &"a".repeat(65)] {
            assert_eq!(NodeId::parse(text), Err(NotAnId), "{text:?}");
        }
        for text in ["a", "A-1_b", &"a".repeat(64)] {
            assert!(NodeId::parse(text).is_ok(), "{text:?}");
        }
    }
    #[test]
    fn an_id_is_read_from_text_alone_and_reads_back_as_it_was_written() {
        let id: NodeId = serde_json::from_str("\"A-1_b\"").expect("an id");
        assert_eq!((id.as_str(), id.to_string().as_str()), ("A-1_b", "A-1_b"));
        assert_eq!(serde_json::to_string(&id).expect("json"), "\"A-1_b\"");
        for json in ["\"\"", "\"a/b\"", "\"a#b\"", "1", "null", "[\"a\"]"] {
            assert!(serde_json::from_str::<NodeId>(json).is_err(), "{json}");
        }
    }

    proptest! {
        #[test]
        fn the_published_pattern_says_exactly_what_is_read(text in "[A-Za-z0-9][A-Za-z0-9_-]{0,63}") {
            prop_assert!(is_id(&text), "{}", text);
        }

        #[test]
        fn any_other_character_anywhere_is_refused(
            before in "[A-Za-z0-9]{1,5}",
            other in "[^A-Za-z0-9_-]",
            after in "[A-Za-z0-9]{0,5}",
        ) {
            let text = format!("{before}{other}{after}");
            prop_assert!(!is_id(&text), "{}", text);
        }
    }
}
