//! The operator: who may read and write a deployment's tables and sign people in.

use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Credentials as AwsCredentials, Region, SharedCredentialsProvider};
use stoa_runtime::aws::SdkConfig;
use stoa_store::Store;
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_store::objects::{BucketNames, S3};
use stoa_store::releases::Releases;

use crate::api::Api;
use crate::endpoints::{Account, Endpoints, Tables};
use crate::session::Session;
use crate::sign_in::{Credentials, SignIns};

/// The longest one call to AWS may take: a sign-in waits for a function, which on a busy machine has to start first.
const AWS_TIMEOUT: Duration = Duration::from_secs(30);

/// Whoever runs this, with everything they need to know of a deployment.
#[derive(Debug)]
pub struct Operator {
    /// The deployment.
    pub endpoints: Endpoints,
    aws: SdkConfig,
    api: Api,
    sign_ins: SignIns,
}

impl Operator {
    /// Prepares the clients; nothing is called yet.
    pub async fn new(endpoints: Endpoints) -> Result<Operator> {
        let aws = aws(&endpoints).await;
        let api = Api::new(&endpoints.api)?;
        let cognito = aws_sdk_cognitoidentityprovider::Client::new(&aws);
        let sign_ins = SignIns::new(cognito, endpoints.user_pool_id.clone(), endpoints.operator_client_id.clone());
        Ok(Operator { endpoints, aws, api, sign_ins })
    }

    /// The session of an account: the one with this address, or the first administrator's.
    pub fn session(&self, email: Option<&str>) -> Result<Session> {
        let accounts = &self.endpoints.accounts;
        let account = match email {
            Some(email) => accounts
                .iter()
                .find(|account| account.email == email)
                .with_context(|| format!("{email} is not among the accounts of the endpoints file"))?,
            None => accounts.iter().find(|account| account.role == "admin").context(
                "the endpoints file has no administrator's account; `stoa seed` makes one, --as names another",
            )?,
        };
        Ok(self.session_of(account))
    }

    /// The session of an account.
    pub fn session_of(&self, account: &Account) -> Session {
        self.session_with(Credentials { email: account.email.clone(), password: account.password.clone() })
    }

    /// The session of anyone whose password is known.
    pub fn session_with(&self, who: Credentials) -> Session {
        Session::new(self.api.clone(), self.sign_ins.clone(), who)
    }

    /// The deployment's store, as its functions see it.
    pub fn store(&self) -> Store<Dynamo> {
        let Tables { audit, content, learning, people } = self.endpoints.tables.clone();
        let client = aws_sdk_dynamodb::Client::new(&self.aws);
        Store::new(Dynamo::new(client, TableNames { content, learning, people, audit }))
    }

    /// The deployment's Releases, as its functions see them.
    pub fn releases(&self) -> Releases<S3> {
        let buckets = BucketNames { content: self.endpoints.buckets.content.clone(), ..BucketNames::default() };
        Releases::new(S3::connect(&self.aws, buckets))
    }
}

/// The settings of AWS clients. A local AWS gets its own well-known credentials: an operator's real ones, which the
/// environment may hold, are no business of another process on this machine.
async fn aws(endpoints: &Endpoints) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(stoa_runtime::aws::CONNECT_TIMEOUT)
        .operation_attempt_timeout(AWS_TIMEOUT)
        .build();
    let config = stoa_runtime::aws::config().await.into_builder();
    let config = config.region(Region::new(endpoints.region.clone())).timeout_config(timeouts);
    match endpoints.aws_endpoint.as_deref().filter(|_| endpoints.is_local()) {
        None => config.build(),
        Some(endpoint) => {
            let credentials = AwsCredentials::new("test", "test", None, None, "local");
            config.endpoint_url(endpoint).credentials_provider(SharedCredentialsProvider::new(credentials)).build()
        }
    }
}
