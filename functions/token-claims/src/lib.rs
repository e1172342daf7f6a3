//! Tenant, person and roles into access tokens: Cognito's pre-token-generation trigger, version 2.

use std::pin::pin;

use futures::future::{Either, select};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stoa_service::failure::StoreError;
use stoa_service::signing_in::{self, SignIns};

/// What the function reads from its environment.
pub const ENV: &[&str] = &["LOG_LEVEL", "PEOPLE_TABLE"];

/// The scope that opens the API.
const SCOPE: &str = "stoa/api";

/// The trigger's event. What is not named here is handed back as it came.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenEvent {
    region: String,
    user_pool_id: String,
    request: Request,
    #[serde(default)]
    response: Value,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    user_attributes: Map<String, Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Adds what is known of whoever signs in. Nobody known gets a token that opens nothing: sign-in itself never fails for
/// it, since the page after it can say what is wrong. Nor does it fail for a store that is slow: `stop` resolves shortly
/// before Cognito gives up.
pub async fn handle(store: &impl SignIns, mut event: TokenEvent, stop: impl Future<Output = ()>) -> TokenEvent {
    let issuer = format!("https://cognito-idp.{}.amazonaws.com/{}", event.region, event.user_pool_id);
    let subject = event.request.user_attributes.get("sub").and_then(Value::as_str).unwrap_or_default();

    let known = match select(pin!(signing_in::claims(store, &issuer, subject)), pin!(stop)).await {
        Either::Left((known, _)) => known,
        Either::Right(((), _)) => Err(StoreError::Unavailable("no answer in time".to_owned())),
    };
    let known = known.unwrap_or_else(|error| {
        tracing::error!(cause = %error, "it is not known who signs in; the token opens nothing");
        None
    });

    event.response = match known {
        Some(claims) => json!({"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {
            "claimsToAddOrOverride": {"tenant": claims.tenant, "person": claims.person, "roles": claims.roles},
            "scopesToAdd": [SCOPE],
        }}}),
        // The client may have asked for the scope; whoever is not known does not get it.
        None => json!({"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"scopesToSuppress": [SCOPE]}}}),
    };
    event
}

#[cfg(test)]
mod tests;
