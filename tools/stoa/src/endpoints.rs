//! The endpoints file: where a deployment is, and which accounts an operator knows.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A deployment, as its endpoints file describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Endpoints {
    /// The origin of the API.
    pub api: String,
    /// The client that signs people in on an operator's behalf.
    pub operator_client_id: String,
    /// The pool of people who can sign in.
    pub user_pool_id: String,
    /// The AWS region.
    pub region: String,
    /// Where AWS answers, if it is a local one.
    #[serde(default)]
    pub aws_endpoint: Option<String>,
    /// The tables.
    pub tables: Tables,
    /// The buckets.
    pub buckets: Buckets,
    /// The accounts with known passwords.
    #[serde(default)]
    pub accounts: Vec<Account>,
}

/// The tables of a deployment.
#[derive(Debug, Clone, Deserialize)]
pub struct Tables {
    /// The audit log.
    pub audit: String,
    /// Drafts and the register of Releases.
    pub content: String,
    /// Cohorts, attempts, grades, logs.
    pub learning: String,
    /// People.
    pub people: String,
}

/// The buckets of a deployment that an operator reads.
#[derive(Debug, Clone, Deserialize)]
pub struct Buckets {
    /// Releases.
    pub content: String,
}

/// Somebody whose password the operator knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// How they sign in.
    pub email: String,
    /// With what.
    pub password: String,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: String,
}

impl Endpoints {
    /// Reads an endpoints file.
    pub fn read(path: &Path) -> Result<Endpoints> {
        let text = fs::read_to_string(path).with_context(|| {
            format!(
                "{} cannot be read. `make run` starts a Stoa and writes the file; --endpoints or STOA_ENDPOINTS names another.",
                path.display()
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("{} does not describe a Stoa", path.display()))
    }

    /// Whether this deployment lives on this machine.
    pub fn is_local(&self) -> bool {
        self.aws_endpoint.as_deref().is_some_and(is_loopback)
    }
}

/// Whether an address points to this machine.
pub fn is_loopback(url: &str) -> bool {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")).unwrap_or(url);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    host == "127.0.0.1" || host == "localhost"
}

/// Writes the accounts into an endpoints file and leaves everything else in it as it is.
pub fn keep_accounts(path: &Path, accounts: &[Account]) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut file: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    file["accounts"] = serde_json::to_value(accounts)?;
    // A reader sees the old file or the new one, never half of it.
    let unfinished = path.with_extension("part");
    fs::write(&unfinished, serde_json::to_string_pretty(&file)?)
        .and_then(|()| fs::rename(&unfinished, path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_local() {
        for url in ["http://127.0.0.1:4566", "http://localhost", "https://localhost/x"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["https://127.0.0.1.example.com", "https://stoa.example", "http://localhost.example:80"] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
