//! Identifiers: stable, derived from what the package calls things, in the shape `[A-Za-z0-9][A-Za-z0-9_-]{0,63}`.

use sha2::{Digest, Sha256};
use std::collections::HashSet;

const ID_CHARS_MAX: usize = 64;
const DIGEST_CHARS: usize = 10;

/// The identifiers given so far in one space (nodes, items or files).
#[derive(Debug, Default)]
pub(crate) struct Ids(HashSet<String>);

impl Ids {
    /// An identifier for `source` that nothing else in this space has: the same package gives the same identifiers
    /// again.
    pub(crate) fn claim(&mut self, source: &str) -> String {
        let wanted = shaped(source);
        let mut id = wanted.clone();
        let mut copy = 2_u32;
        while !self.0.insert(id.clone()) {
            let suffix = format!("-{copy}");
            let kept = wanted.len().min(ID_CHARS_MAX - suffix.len());
            id = format!("{}{suffix}", &wanted[..kept]);
            copy += 1;
        }
        id
    }
}

/// `source` itself where it has the shape; otherwise what is left of it and a digest, so that two never meet by accident.
pub(crate) fn shaped(source: &str) -> String {
    let kept: String = source
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '-'))
        .take(ID_CHARS_MAX)
        .collect();
    let kept = kept.trim_start_matches(['_', '-']);
    if kept == source && !kept.is_empty() {
        return kept.to_owned();
    }
    let head = &kept[..kept.len().min(ID_CHARS_MAX - DIGEST_CHARS - 1)];
    let digest = &hex(&Sha256::digest(source.as_bytes()))[..DIGEST_CHARS];
    if head.is_empty() { format!("n{digest}") } else { format!("{head}-{digest}") }
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_id(id: &str) -> bool {
        (1..=64).contains(&id.len())
            && id.as_bytes()[0].is_ascii_alphanumeric()
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    }

    #[test]
    fn every_identifier_has_the_shape() {
        for source in ["i1", "", "-", "é", "a b", "_x", "a/../b", &"x".repeat(64), &"x".repeat(65), "T#1"] {
            assert!(is_id(&shaped(source)), "{source}");
        }
        assert_eq!(shaped("i1-_Z"), "i1-_Z");
        assert_ne!(shaped("a b"), shaped("ab"));
        assert_ne!(shaped(&format!("{}a", "x".repeat(80))), shaped(&format!("{}b", "x".repeat(80))));
    }

    #[test]
    fn a_second_thing_of_the_same_name_gets_its_own_identifier() {
        let mut ids = Ids::default();
        let long = "x".repeat(64);
        let claimed: HashSet<String> = (0..20).map(|_| ids.claim(&long)).collect();
        assert_eq!(claimed.len(), 20);
        assert!(claimed.iter().all(|id| is_id(id)));
    }
}
