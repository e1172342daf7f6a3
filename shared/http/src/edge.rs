//! What the edge checks in our place: cookies that open a tenant's Releases, and addresses that open one file, signed as
//! CloudFront wants it.
//!
//! An address carries its expiry (a canned policy), cookies carry a policy with a wildcard (a custom one). Both are signed
//! with ECDSA over SHA-256: RSA would take milliseconds of a small function for each address.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::problem::Problem;

/// The key that the edge trusts.
#[derive(Debug)]
pub struct EdgeKey {
    id: String,
    pair: EcdsaKeyPair,
    // A signature of this kind takes a new number each time. It decides nothing.
    random: SystemRandom,
}

/// What was given is no key of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKey;

impl std::fmt::Display for NoKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("EDGE_KEY is no elliptic key in PKCS 8 and base 64")
    }
}

impl std::error::Error for NoKey {}

impl EdgeKey {
    /// The key that the edge calls `id`: a P-256 key in PKCS 8, in base 64.
    pub fn new(id: &str, pkcs8: &str) -> Result<EdgeKey, NoKey> {
        let bytes = STANDARD.decode(pkcs8.trim()).map_err(|_| NoKey)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &bytes).map_err(|_| NoKey)?;
        Ok(EdgeKey { id: id.to_owned(), pair, random: SystemRandom::new() })
    }

    /// An address that works until then, and only as it is. `url` has a query already, as every file's has.
    pub fn address(&self, url: &str, until: Timestamp) -> Result<String, Problem> {
        let seconds = until.as_second();
        let signature = self.sign(&policy(url, until))?;
        Ok(format!("{url}&Expires={seconds}&Signature={signature}&Key-Pair-Id={}&Hash-Algorithm=SHA256", self.id))
    }

    /// Cookies that open everything under `origin` and `path`, which ends in `/`, for as long as they live.
    pub fn cookies(&self, origin: &str, path: &str, now: Timestamp, seconds: i64) -> Result<Vec<String>, Problem> {
        let until = now + jiff::SignedDuration::from_secs(seconds);
        let policy = policy(&format!("{origin}{path}*"), until);
        let values = [
            ("CloudFront-Policy", encode(policy.as_bytes())),
            ("CloudFront-Signature", self.sign(&policy)?),
            ("CloudFront-Key-Pair-Id", self.id.clone()),
            ("CloudFront-Hash-Algorithm", "SHA256".to_owned()),
        ];
        let attributes = format!("Path={path}; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict");
        Ok(values.into_iter().map(|(name, value)| format!("{name}={value}; {attributes}")).collect())
    }

    fn sign(&self, policy: &str) -> Result<String, Problem> {
        let signature = self.pair.sign(&self.random, policy.as_bytes()).map_err(Problem::internal)?;
        Ok(encode(signature.as_ref()))
    }
}

/// The one policy there is: this resource, until then. CloudFront builds the same text from an address and its expiry, so
/// not a space may differ.
fn policy(resource: &str, until: Timestamp) -> String {
    let seconds = until.as_second();
    format!(
        r#"{{"Statement":[{{"Resource":"{resource}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{seconds}}}}}}}]}}"#
    )
}

/// Base 64 in CloudFront's own alphabet, which goes into addresses and cookies as it is.
fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes).replace('+', "-").replace('=', "_").replace('/', "~")
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, KeyPair, UnparsedPublicKey};

    use super::*;

    fn key() -> EdgeKey {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).expect("a key");
        EdgeKey::new("K1", &STANDARD.encode(made.as_ref())).expect("a key")
    }

    fn decode(text: &str) -> Vec<u8> {
        STANDARD.decode(text.replace('-', "+").replace('_', "=").replace('~', "/")).expect("base 64")
    }

    fn is_signed(key: &EdgeKey, policy: &str, signature: &str) -> bool {
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.pair.public_key().as_ref());
        public.verify(policy.as_bytes(), &decode(signature)).is_ok()
    }

    fn now() -> Timestamp {
        "2026-01-15T12:00:00Z".parse().expect("a time")
    }

    #[test]
    fn an_address_is_signed_with_the_policy_that_cloudfront_builds_from_it() {
        let key = key();
        let url = "https://files.test/t/demo/a/ab?response-content-type=image%2Fpng";
        let address = key.address(url, now()).expect("signed");
        let rest = address.strip_prefix(url).expect("the address itself is unchanged");
        let mut parts = rest.split('&').skip(1).filter_map(|part| part.split_once('='));
        assert_eq!(parts.next(), Some(("Expires", "1768478400")));
        let (_, signature) = parts.next().expect("a signature");
        assert_eq!(parts.collect::<Vec<_>>(), [("Key-Pair-Id", "K1"), ("Hash-Algorithm", "SHA256")]);
        let policy = r#"{"Statement":[{"Resource":"https://files.test/t/demo/a/ab?response-content-type=image%2Fpng","Condition":{"DateLessThan":{"AWS:EpochTime":1768478400}}}]}"#;
        assert!(is_signed(&key, policy, signature));
        assert!(!is_signed(&key, &policy.replace("demo", "other"), signature));
    }

    #[test]
    fn cookies_open_one_path_for_a_while_and_scripts_cannot_read_them() {
        let key = key();
        let cookies = key.cookies("https://stoa.test", "/t/demo/", now(), 300).expect("signed");
        let value = |name: &str| {
            let cookie = cookies.iter().find_map(|cookie| cookie.strip_prefix(&format!("{name}="))).expect("a cookie");
            let (value, attributes) = cookie.split_once("; ").expect("attributes");
            assert_eq!(attributes, "Path=/t/demo/; Max-Age=300; Secure; HttpOnly; SameSite=Strict");
            value
        };
        let policy = String::from_utf8(decode(value("CloudFront-Policy"))).expect("text");
        assert_eq!(
            policy,
            r#"{"Statement":[{"Resource":"https://stoa.test/t/demo/*","Condition":{"DateLessThan":{"AWS:EpochTime":1768478700}}}]}"#
        );
        assert!(is_signed(&key, &policy, value("CloudFront-Signature")));
        assert_eq!((value("CloudFront-Key-Pair-Id"), value("CloudFront-Hash-Algorithm")), ("K1", "SHA256"));
    }

    #[test]
    fn what_is_no_key_is_refused_at_the_start() {
        for text in ["", "rubbish", "AAAA"] {
            assert_eq!(EdgeKey::new("K1", text).err(), Some(NoKey), "{text}");
        }
    }
}
