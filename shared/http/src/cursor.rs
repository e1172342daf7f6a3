//! Cursors that only we can make, and that open only for the same person asking the same question.
//!
//! A cursor is a version byte, an HMAC-SHA256 and the last key of the page, in URL-safe base64. The HMAC covers tenant,
//! person, route and filter too. The key is readable to whoever has the cursor, so it must hold nothing secret.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use stoa_domain::principal::Principal;

use crate::kind::Kind;
use crate::problem::Problem;

const VERSION: u8 = 1;
const MAC_BYTES: usize = 32;
/// The longest cursor that is looked at: keys end at 1 KiB and 2 KiB in DynamoDB.
const CURSOR_CHARS_MAX: usize = 6_000;

/// Seals the last key of a page into a cursor for the next.
pub fn seal(secret: &str, principal: &Principal, route: &str, filter: &str, last_key: &str) -> String {
    let mac = mac(secret, principal, route, filter, last_key.as_bytes()).finalize().into_bytes();
    let mut bytes = Vec::with_capacity(1 + MAC_BYTES + last_key.len());
    bytes.push(VERSION);
    bytes.extend_from_slice(&mac);
    bytes.extend_from_slice(last_key.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Opens a cursor that was sealed with the same arguments; any other is `cursor-invalid`.
pub fn open(secret: &str, principal: &Principal, route: &str, filter: &str, cursor: &str) -> Result<String, Problem> {
    let invalid = || Problem::new(Kind::CursorInvalid, "Start again without a cursor. Nothing is lost.");
    if cursor.len() > CURSOR_CHARS_MAX {
        return Err(invalid());
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
    let (&version, rest) = bytes.split_first().ok_or_else(invalid)?;
    let (tag, last_key) = rest.split_at_checked(MAC_BYTES).ok_or_else(invalid)?;
    if version != VERSION {
        return Err(invalid());
    }
    // Compares in constant time.
    mac(secret, principal, route, filter, last_key).verify_slice(tag).map_err(|_| invalid())?;
    String::from_utf8(last_key.to_vec()).map_err(|_| invalid())
}

fn mac(secret: &str, principal: &Principal, route: &str, filter: &str, last_key: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(&[VERSION]);
    let (tenant, person) = (principal.tenant.as_str(), principal.person.as_str());
    for part in [tenant.as_bytes(), person.as_bytes(), route.as_bytes(), filter.as_bytes(), last_key] {
        // The length goes first, so that no two lists of parts read the same.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use stoa_domain::id::{PersonKey, TenantId};

    use super::*;

    const SECRET: &str = "a secret of the deployment";
    const ROUTE: &str = "GET /api/cohorts/{cohort}/rows";

    fn principal(tenant: &str, person: &str) -> Principal {
        let tenant = TenantId::parse(tenant).expect("an id");
        Principal { tenant, person: PersonKey::parse(person).expect("an id"), grants: vec![] }
    }

    #[test]
    fn a_cursor_opens_for_the_same_person_and_question() {
        let me = principal("demo", "p1");
        let cursor = seal(SECRET, &me, ROUTE, "c1", "ROW#ä");
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_eq!(open(SECRET, &me, ROUTE, "c1", &cursor).expect("opens"), "ROW#ä");
    }

    #[test]
    fn a_cursor_opens_for_no_other_person_tenant_route_filter_or_secret() {
        let me = principal("demo", "p1");
        let cursor = seal(SECRET, &me, ROUTE, "c1", "ROW#1");
        for (secret, principal, route, filter) in [
            (SECRET, principal("demo", "p2"), ROUTE, "c1"),
            (SECRET, principal("other", "p1"), ROUTE, "c1"),
            (SECRET, me.clone(), "GET /api/people", "c1"),
            (SECRET, me.clone(), ROUTE, "c2"),
            ("another secret", me.clone(), ROUTE, "c1"),
        ] {
            let problem = open(secret, &principal, route, filter, &cursor).expect_err("refused");
            assert_eq!(problem.kind(), Kind::CursorInvalid);
        }
    }

    #[test]
    fn moving_text_from_one_part_to_the_next_makes_another_cursor() {
        let me = principal("demo", "p1");
        assert_ne!(seal(SECRET, &me, "GET /a", "b", "k"), seal(SECRET, &me, "GET /ab", "", "k"));
        let cursor = seal(SECRET, &me, "GET /a", "b", "k");
        assert!(open(SECRET, &me, "GET /ab", "", &cursor).is_err());
    }

    #[test]
    fn a_cursor_with_any_changed_byte_does_not_open() {
        let me = principal("demo", "p1");
        let bytes = URL_SAFE_NO_PAD.decode(seal(SECRET, &me, ROUTE, "c1", "ROW#1")).expect("base64");
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert!(open(SECRET, &me, ROUTE, "c1", &URL_SAFE_NO_PAD.encode(changed)).is_err(), "byte {index}");
        }
    }

    #[test]
    fn garbage_is_a_problem_and_never_a_panic() {
        let me = principal("demo", "p1");
        for cursor in ["", "A", "AQ", "====", "ä", "AQAA", &"A".repeat(44), &"A".repeat(100_000)] {
            assert_eq!(open(SECRET, &me, ROUTE, "c1", cursor).expect_err("refused").kind(), Kind::CursorInvalid);
        }
    }
}
