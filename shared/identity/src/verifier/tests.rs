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
