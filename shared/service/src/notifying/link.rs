//! Links that end a kind of e-mail without a sign-in: authenticated, and bound to organisation, person, kind and channel.
//!
//! A token is the kind and the channel in words, and an HMAC-SHA256 with the tenant and the person in URL-safe base64. It has
//! no dot: an address that ends in one looks like a file's. It opens
//! nothing else, says who nobody is (the person is a pseudonym), and does not expire: a mail may be read late.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::notification::{Channel, Kind};

const VERSION: u8 = 1;
const MAC_BYTES: usize = 32;
/// The longest token that is looked at: two ids of 64 characters and the rest.
const TOKEN_CHARS_MAX: usize = 400;

/// What a link ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The organisation.
    pub tenant: TenantId,
    /// Whose notifications.
    pub person: PersonKey,
    /// Which of them.
    pub kind: Kind,
    /// By which way.
    pub channel: Channel,
}

/// The token of a link.
pub fn seal(secret: &str, ending: &Ending) -> String {
    let whose = format!("{}#{}", ending.tenant, ending.person);
    let mut bytes = mac(secret, ending.kind, ending.channel, &whose).finalize().into_bytes().to_vec();
    bytes.extend_from_slice(whose.as_bytes());
    format!("{}~{}~{}", ending.kind.name(), ending.channel.name(), URL_SAFE_NO_PAD.encode(bytes))
}

/// What a token ends; `None` if it is not one of ours.
pub fn open(secret: &str, token: &str) -> Option<Ending> {
    if token.len() > TOKEN_CHARS_MAX {
        return None;
    }
    let mut parts = token.split('~');
    let (kind, channel, sealed) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (kind, channel) = (Kind::try_from(kind.to_owned()).ok()?, Channel::try_from(channel.to_owned()).ok()?);
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (tag, whose) = bytes.split_at_checked(MAC_BYTES)?;
    let whose = std::str::from_utf8(whose).ok()?;
    // Compares in constant time.
    mac(secret, kind, channel, whose).verify_slice(tag).ok()?;
    let (tenant, person) = whose.split_once('#')?;
    Some(Ending { tenant: TenantId::parse(tenant).ok()?, person: PersonKey::parse(person).ok()?, kind, channel })
}

fn mac(secret: &str, kind: Kind, channel: Channel, whose: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(&[VERSION]);
    for part in [kind.name(), channel.name(), whose] {
        // The length goes first, so that no two lists of parts read the same.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a secret of the deployment";

    fn ending(tenant: &str, person: &str, kind: Kind) -> Ending {
        let tenant = TenantId::parse(tenant).expect("an id");
        Ending { tenant, person: PersonKey::parse(person).expect("an id"), kind, channel: Channel::Email }
    }

    #[test]
    fn a_link_opens_as_it_was_sealed_and_can_stand_in_an_address() {
        let ending = ending("demo", "p1", Kind::GradePosted);
        let token = seal(SECRET, &ending);
        assert!(token.starts_with("grade_posted~email~"));
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"~_-".contains(&byte)), "{token}");
        assert_eq!(open(SECRET, &token), Some(ending));
    }

    #[test]
    fn a_link_of_another_secret_kind_channel_or_person_is_none() {
        let token = seal(SECRET, &ending("demo", "p1", Kind::GradePosted));
        assert_eq!(open("another secret", &token), None);
        for changed in [
            token.replace("grade_posted", "course_updated"),
            token.replace("~email~", "~inbox~"),
            format!("{token}~"),
            format!("{token}~x"),
        ] {
            assert_eq!(open(SECRET, &changed), None, "{changed}");
        }
        let (front, sealed) = token.rsplit_once('~').expect("three parts");
        let bytes = URL_SAFE_NO_PAD.decode(sealed).expect("base64");
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert_eq!(open(SECRET, &format!("{front}~{}", URL_SAFE_NO_PAD.encode(changed))), None, "byte {index}");
        }
    }

    #[test]
    fn people_whose_ids_together_read_the_same_have_different_links() {
        let (one, other) = (ending("ab", "c", Kind::GradePosted), ending("a", "bc", Kind::GradePosted));
        assert_ne!(seal(SECRET, &one), seal(SECRET, &other));
    }

    #[test]
    fn garbage_is_no_link_and_never_a_panic() {
        for token in
            ["", "~", "~~", "~~~", "grade_posted~email~", "grade_posted~email~AA", "ä~ö~ü", &"A".repeat(100_000)]
        {
            assert_eq!(open(SECRET, token), None);
        }
    }
}
