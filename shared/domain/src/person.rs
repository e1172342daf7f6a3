//! People: the one place where personal data may stand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{PersonKey, TenantId};
use crate::principal::{Grant, Role};

/// Whether a person may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonState {
    /// Known here, and not yet at the identity provider.
    Invited,
    /// Known at both.
    Active,
    /// Access has ended; what they did stays.
    Deactivated,
    /// Access has ended, and everything about them will be erased unless that is taken back.
    Erasing,
}

impl PersonState {
    /// The word used in the API.
    pub const fn name(self) -> &'static str {
        match self {
            PersonState::Invited => "invited",
            PersonState::Active => "active",
            PersonState::Deactivated => "deactivated",
            PersonState::Erasing => "erasing",
        }
    }

    /// Whether access has ended.
    pub const fn is_ended(self) -> bool {
        matches!(self, PersonState::Deactivated | PersonState::Erasing)
    }
}

/// A person of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The organisation.
    pub tenant: TenantId,
    /// The pseudonymous key that everything else carries.
    pub person: PersonKey,
    /// How they sign in, in lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// `role` or `role@scope`.
    pub roles: Vec<String>,
    /// Whether they may sign in.
    pub state: PersonState,
    /// Their subject at the identity provider, once they are known there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl Person {
    /// Whether they administer the whole organisation now.
    pub fn is_administrator(&self) -> bool {
        self.state == PersonState::Active && administers(&self.roles)
    }
}

/// Whether somebody with these roles administers the whole organisation.
pub fn administers(roles: &[String]) -> bool {
    let mut grants = roles.iter().filter_map(|role| Grant::parse(role));
    grants.any(|grant| grant.role == Role::Admin && grant.scope.is_none())
}

/// When access ended, by person, in milliseconds since 1970: tokens issued before are refused.
pub type Revoked = BTreeMap<PersonKey, i64>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_the_same_word_in_the_api_and_in_the_store() {
        for state in [PersonState::Invited, PersonState::Active, PersonState::Deactivated, PersonState::Erasing] {
            assert_eq!(serde_json::to_value(state).expect("json"), state.name());
        }
    }
}
