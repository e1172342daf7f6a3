//! `stoa tenant create`.

use std::process::ExitCode;

use anyhow::Result;

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

/// Makes an organisation, if it is not there. Says whether it is new.
pub async fn ensure(_operator: &Operator, _tenant: &CreateTenant) -> Result<bool> {
    anyhow::bail!("stoa-store cannot make an organisation yet")
}
