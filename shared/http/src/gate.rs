//! The one door of every handler: who calls, and whether their access has ended.

use std::collections::BTreeMap;
use std::error::Error;

use jiff::Timestamp;
use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::principal::Principal;

use crate::call::Call;
use crate::claims::Expected;
use crate::problem::Problem;
use crate::revocation::Revocations;

/// Lets callers in whose token is one of ours and whose access has not ended. An instance has one.
#[derive(Debug)]
pub struct Gate {
    expected: Expected,
    revocations: Revocations,
}

impl Gate {
    /// A gate for tokens of `issuer` that were issued to one of the clients `audiences`.
    pub fn new(issuer: impl Into<String>, audiences: Vec<String>) -> Gate {
        Gate { expected: Expected { issuer: issuer.into(), audiences }, revocations: Revocations::new() }
    }

    /// The verified caller.
    ///
    /// `revoked` reads a tenant's list of deactivated people and since when; it is asked at most every 30 s.
    pub async fn admit<E>(
        &self,
        call: &Call,
        revoked: impl AsyncFnOnce(&TenantId) -> Result<BTreeMap<PersonKey, Timestamp>, E>,
    ) -> Result<Principal, Problem>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let caller = call.caller(&self.expected)?;
        self.revocations.check(&caller, call.received_at(), revoked).await?;
        Ok(caller.principal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;
    use crate::sample::Sample;

    #[tokio::test]
    async fn a_caller_is_let_in_only_with_a_token_of_ours_and_access_that_lasts() {
        let gate = Sample::gate();
        let list =
            async |_: &TenantId| Ok::<_, String>([(PersonKey::parse("gone").expect("an id"), Sample::now())].into());

        let principal = gate.admit(&Sample::new("GET /x").signed_in("demo", "p1", "admin").call(), list).await;
        assert_eq!(principal.expect("let in").person.as_str(), "p1");
        let nobody = gate.admit(&Sample::new("GET /x").call(), list).await;
        assert_eq!(nobody.expect_err("refused").kind(), Kind::MissingIdentity);
        let gone = gate.admit(&Sample::new("GET /x").signed_in("demo", "gone", "").call(), list).await;
        assert_eq!(gone.expect_err("refused").kind(), Kind::AccessEnded);
    }

    #[tokio::test]
    async fn a_token_that_is_not_ours_never_causes_a_read() {
        let never = async |_: &TenantId| -> Result<_, String> { panic!("the list was read") };
        let call = Sample::new("GET /x").signed_in("demo", "p1", "").claim("client_id", "other").call();
        assert_eq!(Sample::gate().admit(&call, never).await.expect_err("refused").kind(), Kind::TokenNotAccepted);
    }
}
