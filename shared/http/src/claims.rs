//! From verified claims to who is calling.
//!
//! The gateway has checked signature, expiry and audience. It does not tell id tokens from access tokens and compares
//! `client_id` only where `aud` is absent, so everything that matters is compared here again.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::principal::{Grant, Principal};

/// The scope that every route asks for.
pub const SCOPE: &str = "stoa/api";

/// What a token must say to be one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The issuer.
    pub issuer: String,
    /// The clients that may ask for tokens.
    pub audiences: Vec<String>,
}

/// The caller, and when their token was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who it is and what they may do.
    pub principal: Principal,
    /// When the token was issued: access that ended later ends with it.
    pub issued_at: Timestamp,
}

/// Why a verified token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is an id token or a refresh token.
    NotAnAccessToken,
    /// Somebody else issued it.
    IssuerDiffers,
    /// It was issued to a client we do not know.
    ClientUnknown,
    /// It has expired, or does not say when it does.
    Expired,
    /// It does not say when it was issued.
    NotDated,
    /// It was not issued for this API.
    ScopeMissing,
    /// It names no organisation.
    TenantMissing,
    /// It names no person.
    PersonMissing,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token is not accepted: {self:?}")
    }
}

impl std::error::Error for Refused {}

/// Reads the caller from verified claims at the time `now`.
///
/// All claims are text here. An array arrives as `[a b]`, so lists are split at blanks, commas and brackets. Roles that
/// are unknown grant nothing.
pub fn caller(claims: &BTreeMap<String, String>, expected: &Expected, now: Timestamp) -> Result<Caller, Refused> {
    let claim = |name: &str| claims.get(name).map(String::as_str);
    let require = |holds: bool, refused: Refused| if holds { Ok(()) } else { Err(refused) };

    require(claim("token_use") == Some("access"), Refused::NotAnAccessToken)?;
    require(claim("iss") == Some(expected.issuer.as_str()), Refused::IssuerDiffers)?;
    let client = claim("client_id").ok_or(Refused::ClientUnknown)?;
    require(expected.audiences.iter().any(|audience| audience == client), Refused::ClientUnknown)?;
    let expires_at = claim("exp").and_then(time).ok_or(Refused::Expired)?;
    require(expires_at > now, Refused::Expired)?;
    let issued_at = claim("iat").and_then(time).ok_or(Refused::NotDated)?;
    require(words(claim("scope")).any(|scope| scope == SCOPE), Refused::ScopeMissing)?;

    let tenant = claim("tenant").and_then(|text| TenantId::parse(text).ok()).ok_or(Refused::TenantMissing)?;
    let person = claim("person").and_then(|text| PersonKey::parse(text).ok()).ok_or(Refused::PersonMissing)?;
    let grants = words(claim("roles")).filter_map(Grant::parse).collect();
    Ok(Caller { principal: Principal { tenant, person, grants }, issued_at })
}

fn words(list: Option<&str>) -> impl Iterator<Item = &str> {
    list.unwrap_or_default().split([' ', ',', '[', ']']).filter(|word| !word.is_empty())
}

/// Seconds since 1970, which a gateway may also write as `1.7E9`.
fn time(text: &str) -> Option<Timestamp> {
    let seconds = match text.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let seconds = text.parse::<f64>().ok()?;
            // Beyond 2^53 a float is no longer a whole second; no token lives that long.
            (seconds.fract() == 0.0 && seconds.abs() < 9e15).then_some(seconds as i64)?
        }
    };
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use stoa_domain::principal::Role;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn claims(changes: &[(&str, Option<&str>)]) -> BTreeMap<String, String> {
        let mut claims: BTreeMap<String, String> = [
            ("token_use", "access"),
            ("iss", "https://issuer.test"),
            ("client_id", "web"),
            ("exp", "1800000300"),
            ("iat", "1799999999"),
            ("scope", "openid stoa/api"),
            ("tenant", "demo"),
            ("person", "p1"),
            ("roles", "admin instructor@c1 wizard"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        for (name, value) in changes {
            match value {
                Some(value) => claims.insert((*name).into(), (*value).into()),
                None => claims.remove(*name),
            };
        }
        claims
    }

    fn read(changes: &[(&str, Option<&str>)]) -> Result<Caller, Refused> {
        let expected =
            Expected { issuer: "https://issuer.test".into(), audiences: vec!["operator".into(), "web".into()] };
        caller(&claims(changes), &expected, Timestamp::from_second(NOW).expect("a time"))
    }

    #[test]
    fn tenant_person_and_roles_come_from_the_claims() {
        let caller = read(&[]).expect("a caller");
        assert_eq!(caller.principal.tenant.as_str(), "demo");
        assert_eq!(caller.principal.person.as_str(), "p1");
        assert!(caller.principal.holds(&[Role::Admin]));
        assert!(caller.principal.holds_in(&[Role::Instructor], "c1"));
        assert_eq!(caller.principal.grants.len(), 2, "an unknown role grants nothing");
        assert_eq!(caller.issued_at.as_second(), NOW - 1);
    }

    #[test]
    fn lists_and_numbers_are_read_as_the_gateway_writes_them() {
        let caller = read(&[
            ("scope", Some("[openid stoa/api]")),
            ("roles", Some("[admin,instructor@c1]")),
            ("exp", Some("1.8000003E9")),
        ]);
        assert_eq!(caller.expect("a caller").principal.grants.len(), 2);
        assert!(read(&[("roles", None)]).expect("a caller").principal.grants.is_empty());
    }

    #[test]
    fn each_claim_that_is_not_ours_is_refused_by_name() {
        for (name, value, refused) in [
            ("token_use", Some("id"), Refused::NotAnAccessToken),
            ("token_use", None, Refused::NotAnAccessToken),
            ("iss", Some("https://issuer.test/"), Refused::IssuerDiffers),
            ("iss", None, Refused::IssuerDiffers),
            ("client_id", Some("other"), Refused::ClientUnknown),
            ("client_id", None, Refused::ClientUnknown),
            ("exp", Some("1800000000"), Refused::Expired),
            ("exp", Some("1.80000000005E9"), Refused::Expired),
            ("exp", Some("NaN"), Refused::Expired),
            ("exp", None, Refused::Expired),
            ("iat", None, Refused::NotDated),
            ("scope", Some("openid stoa/api2"), Refused::ScopeMissing),
            ("scope", None, Refused::ScopeMissing),
            ("tenant", Some("a#b"), Refused::TenantMissing),
            ("tenant", None, Refused::TenantMissing),
            ("person", Some(""), Refused::PersonMissing),
            ("person", None, Refused::PersonMissing),
        ] {
            assert_eq!(read(&[(name, value)]), Err(refused), "{name} = {value:?}");
        }
    }
}
