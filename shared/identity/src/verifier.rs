//! Verifies access tokens against the issuer's published keys.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Verifies tokens of one issuer. The keys are fixed: build a new one when the issuer rotates them.
#[derive(Debug)]
pub struct Verifier {
    keys: BTreeMap<String, DecodingKey>,
    issuer: String,
    clients: Vec<String>,
}

/// A token that is genuine, ours, and still good.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The issuer's name for the person.
    pub subject: String,
    /// All claims.
    pub claims: Map<String, Value>,
}

/// Why a token is refused. Each reason is one check, and the first that fails is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not three parts of base64 with JSON in them.
    #[error("this is no token")]
    NotAToken,
    /// Unsigned, or signed in another way than RS256. The token does not choose how it is verified.
    #[error("the token is not signed with RS256")]
    AlgorithmNotAccepted,
    /// Signed with a key the issuer does not publish.
    #[error("the token's key is unknown")]
    KeyUnknown,
    /// Changed after it was signed, or signed by somebody else.
    #[error("the token's signature is wrong")]
    SignatureWrong,
    /// Issued by somebody else.
    #[error("the token has another issuer")]
    IssuerDiffers,
    /// An id token, which says who signed in and grants nothing.
    #[error("the token is no access token")]
    NotAnAccessToken,
    /// Issued to a client we do not know.
    #[error("the token was issued to another client")]
    ClientUnknown,
    /// Expired, or without an end.
    #[error("the token has expired")]
    Expired,
    /// Without a subject.
    #[error("the token names nobody")]
    SubjectMissing,
}

/// The published keys cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the issuer's keys cannot be read: {0}")]
pub struct KeysUnreadable(String);

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    n: String,
    #[serde(default)]
    e: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
}

impl Verifier {
    /// A verifier for tokens of `issuer` issued to one of `clients`, with the keys of the JSON document `jwks`.
    ///
    /// The address of the keys is a setting of its own: the local AWS serves them elsewhere than the issuer's name says.
    /// Keys that are not RSA, or have no name, are passed over.
    pub fn new(jwks: &str, issuer: impl Into<String>, clients: Vec<String>) -> Result<Verifier, KeysUnreadable> {
        let jwks: Jwks = serde_json::from_str(jwks).map_err(|error| KeysUnreadable(error.to_string()))?;
        let mut keys = BTreeMap::new();
        for jwk in jwks.keys.into_iter().filter(|jwk| jwk.kty == "RSA" && !jwk.kid.is_empty()) {
            let key = DecodingKey::from_rsa_components(&jwk.n, &jwk.e)
                .map_err(|error| KeysUnreadable(format!("key {}: {error}", jwk.kid)))?;
            keys.insert(jwk.kid, key);
        }
        if keys.is_empty() {
            return Err(KeysUnreadable("there is no RSA key with a name".to_owned()));
        }
        Ok(Verifier { keys, issuer: issuer.into(), clients })
    }

    /// Verifies an access token at the time `now`.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, Refused> {
        let header = header(token).ok_or(Refused::NotAToken)?;
        if header.alg != "RS256" {
            return Err(Refused::AlgorithmNotAccepted);
        }
        let key = self.keys.get(&header.kid).ok_or(Refused::KeyUnknown)?;
        let claims = signed_claims(token, key)?;

        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let require = |holds: bool, refused: Refused| if holds { Ok(()) } else { Err(refused) };
        require(text("iss") == Some(self.issuer.as_str()), Refused::IssuerDiffers)?;
        require(text("token_use") == Some("access"), Refused::NotAnAccessToken)?;
        let client = text("client_id").ok_or(Refused::ClientUnknown)?;
        require(self.clients.iter().any(|known| known == client), Refused::ClientUnknown)?;
        let expires = claims.get("exp").and_then(Value::as_i64).ok_or(Refused::Expired)?;
        require(expires > now.as_second(), Refused::Expired)?;
        let subject = text("sub").filter(|subject| !subject.is_empty()).ok_or(Refused::SubjectMissing)?.to_owned();
        Ok(Verified { subject, claims })
    }
}

fn header(token: &str) -> Option<Header> {
    let mut parts = token.split('.');
    let (header, _claims, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()
}

/// The claims under a good RS256 signature. The library checks the signature alone: it would read the clock for the rest.
fn signed_claims(token: &str, key: &DecodingKey) -> Result<Map<String, Value>, Refused> {
    let mut signature_only = Validation::new(Algorithm::RS256);
    signature_only.required_spec_claims.clear();
    signature_only.validate_exp = false;
    signature_only.validate_aud = false;
    jsonwebtoken::decode(token, key, &signature_only).map(|data| data.claims).map_err(|error| {
        if matches!(error.kind(), ErrorKind::InvalidSignature) { Refused::SignatureWrong } else { Refused::NotAToken }
    })
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::hmac;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_demo";
    const NOW: i64 = 1_800_000_000;

    /// An issuer with a key pair minted for this test; it signs by hand, not with the library under test.
    struct Issuer {
        pair: KeyPair,
    }

    fn part(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    impl Issuer {
        fn new() -> Issuer {
            Issuer { pair: KeyPair::generate(KeySize::Rsa2048).expect("a key pair") }
        }

        fn modulus(&self) -> &[u8] {
            self.pair.public_key().modulus().big_endian_without_leading_zero()
        }

        fn verifier(&self) -> Verifier {
            let exponent = self.pair.public_key().exponent().big_endian_without_leading_zero();
            let jwks = json!({ "keys": [
                { "kty": "EC", "kid": "ec", "crv": "P-256", "x": "", "y": "" },
                { "kty": "RSA", "kid": "k1", "alg": "RS256", "use": "sig", "n": part(self.modulus()), "e": part(exponent) },
            ] });
            Verifier::new(&jwks.to_string(), ISSUER, vec!["web".into(), "operator".into()]).expect("a verifier")
        }

        fn sign(&self, header: Value, claims: &Value) -> String {
            let signed = format!("{}.{}", part(header.to_string()), part(claims.to_string()));
            let mut signature = vec![0; self.pair.public_modulus_len()];
            let random = SystemRandom::new();
            self.pair.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).expect("a signature");
            format!("{signed}.{}", part(signature))
        }

        fn token(&self, claims: &Value) -> String {
            self.sign(json!({ "alg": "RS256", "kid": "k1" }), claims)
        }
    }

    fn claims(changes: Value) -> Value {
        let mut claims = json!({
            "iss": ISSUER, "sub": "s-1", "client_id": "web", "token_use": "access",
            "exp": NOW + 300, "iat": NOW, "scope": "openid stoa/api", "tenant": "demo", "person": "p1",
        });
        for (name, value) in changes.as_object().expect("an object") {
            claims[name] = value.clone();
        }
        claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        claims
    }

    fn verify(issuer: &Issuer, token: &str) -> Result<Verified, Refused> {
        issuer.verifier().verify(token, Timestamp::from_second(NOW).expect("a time"))
    }

    #[test]
    fn a_good_token_says_who_it_is() {
        let issuer = Issuer::new();
        let verified = verify(&issuer, &issuer.token(&claims(json!({})))).expect("verified");
        assert_eq!((verified.subject.as_str(), &verified.claims["tenant"]), ("s-1", &json!("demo")));
    }

    #[test]
    fn each_claim_that_is_not_ours_is_refused_by_name() {
        let issuer = Issuer::new();
        for (change, refused) in [
            (json!({ "iss": "https://evil.test" }), Refused::IssuerDiffers),
            (json!({ "iss": null }), Refused::IssuerDiffers),
            (json!({ "token_use": "id", "client_id": null, "aud": "web" }), Refused::NotAnAccessToken),
            (json!({ "token_use": null }), Refused::NotAnAccessToken),
            (json!({ "client_id": "other" }), Refused::ClientUnknown),
            (json!({ "client_id": null, "aud": "web" }), Refused::ClientUnknown),
            (json!({ "exp": NOW }), Refused::Expired),
            (json!({ "exp": "never" }), Refused::Expired),
            (json!({ "exp": null }), Refused::Expired),
            (json!({ "sub": null }), Refused::SubjectMissing),
        ] {
            let token = issuer.token(&claims(change.clone()));
            assert_eq!(verify(&issuer, &token), Err(refused), "{change}");
        }
    }

    #[test]
    fn a_token_is_good_until_the_second_it_expires() {
        let issuer = Issuer::new();
        assert!(verify(&issuer, &issuer.token(&claims(json!({ "exp": NOW + 1 })))).is_ok());
    }

    #[test]
    fn an_unsigned_token_is_refused_however_it_is_spelt() {
        let issuer = Issuer::new();
        for alg in ["none", "None", "nOnE", ""] {
            let unsigned = format!(
                "{}.{}.",
                part(json!({ "alg": alg, "kid": "k1" }).to_string()),
                part(claims(json!({})).to_string())
            );
            assert_eq!(verify(&issuer, &unsigned), Err(Refused::AlgorithmNotAccepted), "{alg:?}");
        }
        let stripped = issuer.token(&claims(json!({})));
        let stripped = &stripped[..=stripped.rfind('.').expect("three parts")];
        assert_eq!(verify(&issuer, stripped), Err(Refused::SignatureWrong));
    }

    #[test]
    fn the_public_key_is_no_secret_to_sign_with() {
        let issuer = Issuer::new();
        let public_der = issuer.pair.public_key().as_ref();
        for secret in [public_der, issuer.modulus()] {
            let signed = format!("{}.{}", part(r#"{"alg":"HS256","kid":"k1"}"#), part(claims(json!({})).to_string()));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
            let token = format!("{signed}.{}", part(tag));
            assert_eq!(verify(&issuer, &token), Err(Refused::AlgorithmNotAccepted));
            let relabelled =
                token.replacen(&part(r#"{"alg":"HS256","kid":"k1"}"#), &part(r#"{"alg":"RS256","kid":"k1"}"#), 1);
            assert_eq!(verify(&issuer, &relabelled), Err(Refused::SignatureWrong));
        }
    }

    #[test]
    fn a_key_that_is_not_published_is_refused_and_so_is_anothers_signature() {
        let (issuer, other) = (Issuer::new(), Issuer::new());
        for header in
            [json!({ "alg": "RS256", "kid": "k2" }), json!({ "alg": "RS256" }), json!({ "alg": "RS256", "kid": "ec" })]
        {
            assert_eq!(verify(&issuer, &issuer.sign(header, &claims(json!({})))), Err(Refused::KeyUnknown));
        }
        assert_eq!(verify(&issuer, &other.token(&claims(json!({})))), Err(Refused::SignatureWrong));
    }

    #[test]
    fn claims_that_were_changed_after_signing_are_refused() {
        let issuer = Issuer::new();
        let token = issuer.token(&claims(json!({})));
        let parts: Vec<&str> = token.split('.').collect();
        let changed = format!("{}.{}.{}", parts[0], part(claims(json!({ "person": "p2" })).to_string()), parts[2]);
        assert_eq!(verify(&issuer, &changed), Err(Refused::SignatureWrong));
    }

    #[test]
    fn text_that_is_no_token_is_refused() {
        let issuer = Issuer::new();
        let good = issuer.token(&claims(json!({})));
        for token in ["", ".", "..", "a.b.c", "a.b", &format!("{good}.x"), &format!("Bearer {good}")] {
            assert_eq!(verify(&issuer, token), Err(Refused::NotAToken), "{token:?}");
        }
        let no_claims = issuer.sign(json!({ "alg": "RS256", "kid": "k1" }), &json!([1]));
        assert_eq!(verify(&issuer, &no_claims), Err(Refused::NotAToken));
    }

    #[test]
    fn keys_that_verify_nothing_are_refused_at_once() {
        for jwks in [
            "",
            "{}",
            r#"{"keys":[]}"#,
            r#"{"keys":[{"kty":"EC","kid":"k"}]}"#,
            r#"{"keys":[{"kty":"RSA","kid":"k","n":"%"}]}"#,
        ] {
            assert!(Verifier::new(jwks, ISSUER, vec![]).is_err(), "{jwks:?}");
        }
    }
}
