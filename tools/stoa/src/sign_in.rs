//! Signing people in with operator credentials: no browser, the same tokens.

use std::time::{Duration, Instant};

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::admin_set_user_password::AdminSetUserPasswordError;
use aws_sdk_cognitoidentityprovider::types::AuthFlowType;

use crate::refused::Failed;

/// How long before its end a token is replaced.
const MARGIN: Duration = Duration::from_secs(45);
/// How often a person who is not there yet is looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Somebody's address and password.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// How they sign in.
    pub email: String,
    /// With what.
    pub password: String,
}

/// An access token and when to replace it.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token.
    pub text: String,
    replace_at: Instant,
}

impl Token {
    /// Whether it can still be used.
    pub fn is_fresh(&self) -> bool {
        Instant::now() < self.replace_at
    }
}

/// The pool of people who can sign in.
#[derive(Debug, Clone)]
pub struct SignIns {
    cognito: Client,
    pool: String,
    client_id: String,
}

impl SignIns {
    /// The pool and the operator's own client of it.
    pub fn new(cognito: Client, pool: String, client_id: String) -> SignIns {
        SignIns { cognito, pool, client_id }
    }

    /// A new access token. The password is sent each time rather than a refresh token: the new token then has the roles
    /// that the person has now.
    pub async fn token(&self, who: &Credentials) -> Result<Token, Failed> {
        let failed = |why: String| Failed::NotSignedIn { email: who.email.clone(), why };
        let answer = self
            .cognito
            .admin_initiate_auth()
            .user_pool_id(&self.pool)
            .client_id(&self.client_id)
            .auth_flow(AuthFlowType::AdminUserPasswordAuth)
            .auth_parameters("USERNAME", &who.email)
            .auth_parameters("PASSWORD", &who.password)
            .send()
            .await
            .map_err(|error| failed(words(&error)))?;
        let Some(result) = answer.authentication_result else {
            let challenge = answer.challenge_name.map_or_else(|| "nothing".to_owned(), |name| name.as_str().to_owned());
            return Err(failed(format!("the sign-in asks for {challenge}")));
        };
        let lasts = Duration::from_secs(u64::try_from(result.expires_in).unwrap_or(0));
        let text = result.access_token.ok_or_else(|| failed("the sign-in gave no access token".to_owned()))?;
        Ok(Token { text, replace_at: Instant::now() + lasts.saturating_sub(MARGIN) })
    }

    /// Makes the password the person's own and waits until they can sign in with it: provisioning follows an invitation
    /// after a moment. Where the password already works, nothing is changed.
    pub async fn establish(&self, who: &Credentials, patience: Duration) -> Result<Token, Failed> {
        let give_up_at = Instant::now() + patience;
        let mut is_set = false;
        loop {
            let failed = match self.token(who).await {
                Ok(token) => return Ok(token),
                Err(failed) => failed,
            };
            if !is_set && self.set_password(who).await? {
                is_set = true;
                continue;
            }
            if Instant::now() >= give_up_at {
                return Err(failed);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Whether the person is there to have a password.
    async fn set_password(&self, who: &Credentials) -> Result<bool, Failed> {
        let set = self
            .cognito
            .admin_set_user_password()
            .user_pool_id(&self.pool)
            .username(&who.email)
            .password(&who.password)
            .permanent(true)
            .send()
            .await;
        match set {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_service_error().is_some_and(AdminSetUserPasswordError::is_user_not_found_exception) =>
            {
                Ok(false)
            }
            Err(error) => {
                let why = format!("the password could not be set: {}", words(&error));
                Err(Failed::NotSignedIn { email: who.email.clone(), why })
            }
        }
    }
}

/// What the service said, or why it said nothing.
fn words<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        _ => DisplayErrorContext(error).to_string(),
    }
}
