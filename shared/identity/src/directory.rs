//! The people of a Cognito user pool.
//!
//! The pool knows an e-mail address and nothing else about a person: names and roles are in `people`, where they can be
//! erased in one place.

use std::error::Error;
use std::fmt;

use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::types::{AttributeType, DeliveryMediumType, MessageActionType, UserStatusType};

/// The issuer's name for a person; it lasts as long as their account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(String);

impl Subject {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> String {
        subject.0
    }
}

/// Why the directory did not do it. The cause names no person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryFailure {
    /// Too many requests, or no clear answer: repeat it later.
    #[error("the directory is busy or out of reach: {0}")]
    TryAgain(String),
    /// It will never work like this: the address is none, or our rights do not reach.
    #[error("the directory refuses: {0}")]
    Refused(String),
    /// There is no such account.
    #[error("the directory has no such account")]
    Unknown,
}

/// A user pool.
#[derive(Debug, Clone)]
pub struct Directory {
    client: Client,
    user_pool_id: String,
}

impl Directory {
    /// The pool with this id.
    pub fn new(config: &SdkConfig, user_pool_id: impl Into<String>) -> Directory {
        Directory { client: Client::new(config), user_pool_id: user_pool_id.into() }
    }

    /// Makes sure that there is an account with this address, and says its subject.
    ///
    /// Safe to repeat: an account that is there stays as it is. A new one gets an invitation by mail.
    pub async fn ensure_user(&self, email: &str) -> Result<Subject, DirectoryFailure> {
        let attribute = |name: &str, value: &str| {
            AttributeType::builder().name(name).value(value).build().expect("an attribute with a name")
        };
        let created = self
            .client
            .admin_create_user()
            .user_pool_id(&self.user_pool_id)
            .username(email)
            .user_attributes(attribute("email", email))
            // The invitation proves the address: only who reads it learns the password.
            .user_attributes(attribute("email_verified", "true"))
            .desired_delivery_mediums(DeliveryMediumType::Email)
            .send()
            .await;
        match created {
            Ok(output) => subject(output.user().map_or(&[][..], |user| user.attributes())),
            Err(error) if error.code() == Some("UsernameExistsException") => self.subject_of(email).await,
            Err(error) => Err(failure(error)),
        }
    }

    /// Sends the invitation again, with a new first password that works as long as the first one did. An account that has
    /// been signed in with stays as it is, and nothing is sent.
    pub async fn invite_again(&self, email: &str) -> Result<(), DirectoryFailure> {
        let found = self.client.admin_get_user().user_pool_id(&self.user_pool_id).username(email);
        if found.send().await.map_err(failure)?.user_status() != Some(&UserStatusType::ForceChangePassword) {
            return Ok(());
        }
        let request = self.client.admin_create_user().user_pool_id(&self.user_pool_id).username(email);
        let request = request.message_action(MessageActionType::Resend);
        let sent = request.desired_delivery_mediums(DeliveryMediumType::Email).send().await;
        match sent {
            Ok(_) => Ok(()),
            // They have signed in since.
            Err(error) if error.code() == Some("UnsupportedUserStateException") => Ok(()),
            Err(error) => Err(failure(error)),
        }
    }

    /// Ends the account's sign-ins: no new token, no refreshed token. No account is as good as a disabled one.
    pub async fn disable(&self, email: &str) -> Result<(), DirectoryFailure> {
        let request = self.client.admin_disable_user().user_pool_id(&self.user_pool_id).username(email);
        match request.send().await.map_err(failure) {
            Ok(_) | Err(DirectoryFailure::Unknown) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Lets the account sign in again.
    pub async fn enable(&self, email: &str) -> Result<(), DirectoryFailure> {
        let request = self.client.admin_enable_user().user_pool_id(&self.user_pool_id).username(email);
        request.send().await.map(|_| ()).map_err(failure)
    }

    /// Deletes the account. No account is as good as a deleted one.
    pub async fn delete(&self, email: &str) -> Result<(), DirectoryFailure> {
        let request = self.client.admin_delete_user().user_pool_id(&self.user_pool_id).username(email);
        match request.send().await.map_err(failure) {
            Ok(_) | Err(DirectoryFailure::Unknown) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// The subject of the account with this address.
    pub async fn subject_of(&self, email: &str) -> Result<Subject, DirectoryFailure> {
        let request = self.client.admin_get_user().user_pool_id(&self.user_pool_id).username(email);
        subject(request.send().await.map_err(failure)?.user_attributes())
    }
}

/// Reads the subject from the attributes. The account's name would be the same here, but is not promised to be.
fn subject(attributes: &[AttributeType]) -> Result<Subject, DirectoryFailure> {
    attributes
        .iter()
        .find(|attribute| attribute.name() == "sub")
        .and_then(AttributeType::value)
        .filter(|subject| !subject.is_empty())
        .map(|subject| Subject(subject.to_owned()))
        .ok_or_else(|| DirectoryFailure::TryAgain("the account has no subject yet".to_owned()))
}

fn failure<E, R>(error: SdkError<E, R>) -> DirectoryFailure
where
    E: ProvideErrorMetadata + Error + 'static,
    R: fmt::Debug,
{
    let Some(code) = error.code().map(str::to_owned) else {
        return DirectoryFailure::TryAgain(DisplayErrorContext(error).to_string());
    };
    // Codes only: messages can repeat the address.
    match code.as_str() {
        "UserNotFoundException" => DirectoryFailure::Unknown,
        "InvalidParameterException"
        | "NotAuthorizedException"
        | "AccessDeniedException"
        | "ResourceNotFoundException"
        | "UnsupportedUserStateException"
        | "UserLambdaValidationException" => DirectoryFailure::Refused(code),
        _ => DirectoryFailure::TryAgain(code),
    }
}

#[cfg(test)]
mod tests;
