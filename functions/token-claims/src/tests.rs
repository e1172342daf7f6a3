use std::future::{pending, ready};

use stoa_domain::id::{PersonKey, TenantId};
use stoa_domain::person::{Person, PersonState};
use stoa_testkit::events::pre_token_generation_event;

use super::*;

/// The subject of the golden event, under the issuer that provisioning has in its environment.
const ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_demo00000";
const SUBJECT: &str = "9f3a2c1e-1111-4222-8333-444455556666";

struct Known(Result<Option<PersonState>, StoreError>);

impl SignIns for Known {
    async fn signed_in(&self, issuer: &str, subject: &str) -> Result<Option<Person>, StoreError> {
        assert_eq!((issuer, subject), (ISSUER, SUBJECT));
        Ok(self.0.clone()?.map(|state| Person {
            tenant: TenantId::parse("demo").expect("an id"),
            person: PersonKey::parse("p1").expect("an id"),
            email: "learner@example.org".to_owned(),
            name: "A Learner".to_owned(),
            roles: vec!["learner".to_owned(), "instructor@c1".to_owned()],
            state,
            subject: Some(SUBJECT.to_owned()),
        }))
    }
}

struct Slow;

impl SignIns for Slow {
    async fn signed_in(&self, _: &str, _: &str) -> Result<Option<Person>, StoreError> {
        pending().await
    }
}

fn event() -> TokenEvent {
    serde_json::from_value(pre_token_generation_event()).expect("a token event")
}

/// The event as it came, with another response.
fn answered(response: &Value) -> Value {
    let mut event = pre_token_generation_event();
    event["response"] = response.clone();
    event
}

async fn answer(known: Result<Option<PersonState>, StoreError>) -> Value {
    serde_json::to_value(handle(&Known(known), event(), pending()).await).expect("JSON")
}

fn nothing() -> Value {
    answered(&json!({"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"scopesToSuppress": ["stoa/api"]}}}))
}

#[tokio::test]
async fn an_active_person_gets_a_token_that_says_who_they_are_and_opens_the_api() {
    let expected = answered(&json!({"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {
        "claimsToAddOrOverride": {"tenant": "demo", "person": "p1", "roles": "learner instructor@c1"},
        "scopesToAdd": ["stoa/api"],
    }}}));
    assert_eq!(answer(Ok(Some(PersonState::Active))).await, expected);
}

#[tokio::test]
async fn whoever_is_unknown_not_yet_here_or_no_longer_here_gets_a_token_that_opens_nothing() {
    for known in [None, Some(PersonState::Invited), Some(PersonState::Deactivated)] {
        assert_eq!(answer(Ok(known)).await, nothing(), "{known:?}");
    }
}

#[tokio::test]
async fn a_store_that_fails_or_is_slow_never_fails_the_sign_in() {
    assert_eq!(answer(Err(StoreError::Throttled)).await, nothing());
    let late = handle(&Slow, event(), ready(())).await;
    assert_eq!(serde_json::to_value(late).expect("JSON"), nothing());
}

#[tokio::test]
async fn an_event_without_a_subject_is_answered_too() {
    let mut event = pre_token_generation_event();
    event["request"]["userAttributes"] = json!({});
    let event = serde_json::from_value(event).expect("a token event");
    struct Nobody;
    impl SignIns for Nobody {
        async fn signed_in(&self, _: &str, subject: &str) -> Result<Option<Person>, StoreError> {
            assert_eq!(subject, "");
            Ok(None)
        }
    }
    let answer = serde_json::to_value(handle(&Nobody, event, pending()).await).expect("JSON");
    assert_eq!(answer["response"], nothing()["response"]);
}
