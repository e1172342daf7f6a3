//! `stoa tenant create`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use stoa_domain::id::PersonKey;
use stoa_domain::person::{Person, PersonState};
use stoa_domain::principal::Role;
use stoa_runtime::{clock, ids};
use stoa_service::people;

use crate::cli::CreateTenant;
use crate::operator::Operator;
use crate::output::Output;

/// Makes an organisation and marks its first administrator for provisioning. Where both are there, nothing changes.
pub async fn create(operator: &Operator, tenant: &CreateTenant, output: &Output) -> Result<ExitCode> {
    let created = ensure(operator, tenant).await?;
    output.say(format_args!(
        "{} ({}) {}. {} gets an invitation by mail.",
        tenant.name,
        tenant.id,
        if created { "is made" } else { "was there" },
        tenant.admin_email
    ));
    Ok(ExitCode::SUCCESS)
}

/// Makes an organisation with its first administrator, if they are not there. Says whether the administrator is new.
pub async fn ensure(operator: &Operator, tenant: &CreateTenant) -> Result<bool> {
    let admin = Person {
        tenant: tenant.id.clone(),
        person: PersonKey::parse(ids::new())?,
        email: people::email(&tenant.admin_email).with_context(|| format!("{} is no address", tenant.admin_email))?,
        name: tenant.admin_name.trim().to_owned(),
        roles: vec![Role::Admin.name().to_owned()],
        state: PersonState::Invited,
        subject: None,
    };
    Ok(operator.store().create_tenant(&tenant.name, &admin, clock::now()).await?)
}
