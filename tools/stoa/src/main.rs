//! The operator's command line: organisations, the demo, imports, cohorts, and a cohort simulated through its deadline.
//!
//! It does what a person does over the HTTP API, signed in as an administrator, and reads stored items only where a
//! verdict must not trust any answer. `cli` says what can be asked; each command has a module of its name.

mod api;
mod cli;
mod cohort;
mod course;
mod endpoints;
mod import;
mod operator;
mod output;
mod people;
mod publish;
mod rebuild;
mod refused;
mod report;
mod seed;
mod session;
mod sign_in;
mod simulate;
mod tenant;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, CohortCommand, Command, TenantCommand};
use endpoints::Endpoints;
use operator::Operator;
use output::Output;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.json);
    match run(cli, &output).await {
        Ok(code) => code,
        Err(error) => {
            output.failure(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli, output: &Output) -> anyhow::Result<ExitCode> {
    let endpoints = Endpoints::read(&cli.endpoints)?;
    let operator = Operator::new(endpoints).await?;
    let caller = cli.caller.as_deref();
    match cli.command {
        Command::Tenant(TenantCommand::Create(tenant)) => tenant::create(&operator, &tenant, output).await,
        Command::Seed => seed::seed(operator, &cli.endpoints, output).await,
        Command::Import(import) => import::import(&operator.session(caller)?, &import, output).await,
        Command::Publish(publish) => publish::publish(&operator.session(caller)?, &publish.course, output).await,
        Command::Cohort(CohortCommand::Create(cohort)) => {
            cohort::create(&operator.session(caller)?, cohort, output).await
        }
        Command::Enrol(enrol) => cohort::enrol(&operator.session(caller)?, &enrol, output).await,
        Command::Rebuild(rebuild) => rebuild::rebuild(&operator, &rebuild, output).await,
        Command::Simulate(simulate) => simulate::simulate(&operator, caller, &simulate, output).await,
    }
}
