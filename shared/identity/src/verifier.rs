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
mod tests;
