//! What can be asked of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::civil::DateTime;
use stoa_domain::deadline;
use stoa_domain::id::{CohortId, CourseId, NodeId, ReleaseId, TenantId};

/// Operates a Stoa.
///
/// Messages go to standard error. With --json the result, and nothing else, goes to standard output.
/// Exit codes: 0 done, 1 refused or failed, 2 not understood.
#[derive(Debug, Parser)]
#[command(name = "stoa", max_term_width = 100)]
pub struct Cli {
    /// Where the deployment is described: its addresses, tables, sign-in and accounts.
    #[arg(long, global = true, value_name = "PATH", env = "STOA_ENDPOINTS", default_value = ".local/endpoints.json")]
    pub endpoints: PathBuf,
    /// Print the result as JSON on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// Whose account calls the API; otherwise the first administrator's among the accounts of the endpoints file.
    #[arg(long = "as", global = true, value_name = "EMAIL", env = "STOA_AS")]
    pub caller: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Organisations; needs operator credentials for AWS.
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Make the demo organisation with its course, people and cohort. Safe to repeat: what is there stays.
    Seed,
    /// Import a Common Cartridge package (.imscc, .zip) as a course, and report what became of each part.
    Import(Import),
    /// Freeze a course's draft as a Release.
    Publish(Publish),
    /// Cohorts.
    #[command(subcommand)]
    Cohort(CohortCommand),
    /// Invite people and enrol them in a cohort.
    Enrol(Enrol),
    /// Draw the rows of cohort pages anew from the logs, beside those that are read, and switch. Learners may work
    /// meanwhile. Takes a little over a minute a cohort. Safe to repeat, and after an interruption the next run goes on.
    /// Needs operator credentials.
    Rebuild(RebuildRows),
    /// Take simulated learners through a deadline, then judge the stored items. Needs operator credentials.
    Simulate(Simulate),
}

/// Organisations.
#[derive(Debug, Subcommand)]
pub enum TenantCommand {
    /// Make an organisation and invite its first administrator. Safe to repeat.
    Create(CreateTenant),
}

/// Makes an organisation.
#[derive(Debug, Args)]
pub struct CreateTenant {
    /// Its id.
    #[arg(long, value_parser = |text: &str| TenantId::parse(text))]
    pub id: TenantId,
    /// Its name.
    #[arg(long)]
    pub name: String,
    /// The first administrator's address; the invitation goes there.
    #[arg(long)]
    pub admin_email: String,
    /// The first administrator's name.
    #[arg(long)]
    pub admin_name: String,
}

/// Imports a package.
#[derive(Debug, Args)]
pub struct Import {
    /// The package.
    pub file: PathBuf,
    /// The course to write into; otherwise one named after the package.
    #[arg(long, value_parser = |text: &str| CourseId::parse(text))]
    pub course: Option<CourseId>,
}

/// Publishes a course.
#[derive(Debug, Args)]
pub struct Publish {
    /// The course.
    #[arg(value_parser = |text: &str| CourseId::parse(text))]
    pub course: CourseId,
}

/// Cohorts.
#[derive(Debug, Subcommand)]
pub enum CohortCommand {
    /// Make a cohort, or change its name and dates.
    Create(CreateCohort),
}

/// Makes a cohort.
#[derive(Debug, Args)]
pub struct CreateCohort {
    /// Its id; otherwise one made of its name.
    #[arg(long, value_parser = |text: &str| CohortId::parse(text))]
    pub id: Option<CohortId>,
    /// The course it takes.
    #[arg(long, value_parser = |text: &str| CourseId::parse(text))]
    pub course: CourseId,
    /// The Release its learners are pinned to; otherwise the newest.
    #[arg(long, value_parser = |text: &str| ReleaseId::parse(text))]
    pub release: Option<ReleaseId>,
    /// Its name.
    #[arg(long)]
    pub name: String,
    /// Its IANA time zone.
    #[arg(long, default_value = "Europe/Berlin", value_parser = zone)]
    pub zone: String,
    /// When an assessment is due, on the wall clock of the zone: final=2026-12-01T23:59. May be repeated.
    #[arg(long = "due", value_name = "NODE=CIVIL", value_parser = due)]
    pub deadlines: Vec<(NodeId, DateTime)>,
}

/// Enrols people.
#[derive(Debug, Args)]
pub struct Enrol {
    /// The cohort.
    #[arg(value_parser = |text: &str| CohortId::parse(text))]
    pub cohort: CohortId,
    /// A file with one person a line: `Name <address>` or `address`.
    #[arg(long, value_name = "FILE", required_unless_present = "people")]
    pub emails_file: Option<PathBuf>,
    /// One person: `Name <address>` or `address`. May be repeated.
    #[arg(long = "email", value_name = "PERSON")]
    pub people: Vec<String>,
}

/// Rebuilds the rows of cohort pages.
#[derive(Debug, Args)]
pub struct RebuildRows {
    /// The organisation.
    #[arg(long, value_parser = |text: &str| TenantId::parse(text))]
    pub tenant: TenantId,
    /// One cohort; otherwise all of them, one after the other.
    #[arg(long, value_parser = |text: &str| CohortId::parse(text))]
    pub cohort: Option<CohortId>,
    /// Also replace states that are not what their logs fold to. Without it such a cohort keeps what stands.
    #[arg(long)]
    pub repair: bool,
}

/// Simulates a cohort.
#[derive(Debug, Args)]
pub struct Simulate {
    /// How many learners.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    pub learners: u32,
    /// The share of hand-ins that are sent again.
    #[arg(long, default_value_t = 0.2, value_name = "SHARE", value_parser = share)]
    pub duplicates: f64,
    /// What the learners do follows from it: the same seed, the same decisions.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How long before the deadline the learners begin; otherwise long enough for so many of them.
    #[arg(long, value_name = "SECONDS")]
    pub due_in: Option<u32>,
    /// How long to wait after the deadline until all work is done.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub settle: u32,
}

fn zone(text: &str) -> Result<String, deadline::UnknownZone> {
    deadline::zone(text).map(|_| text.to_owned())
}

fn due(text: &str) -> Result<(NodeId, DateTime), String> {
    let (node, civil) = text.split_once('=').ok_or("it is written NODE=CIVIL, for example final=2026-12-01T23:59")?;
    let node = NodeId::parse(node).map_err(|error| error.to_string())?;
    let civil = civil.parse().map_err(|_| format!("{civil:?} is no wall-clock time, for example 2026-12-01T23:59"))?;
    Ok((node, civil))
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "it is a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("it is a number from 0 to 1".to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_deadline_is_a_node_and_a_wall_clock_time() {
        let (node, civil) = due("final=2026-12-01T23:59").expect("a deadline");
        assert_eq!((node.as_str(), civil.to_string().as_str()), ("final", "2026-12-01T23:59:00"));
        assert!(due("final").is_err());
        assert!(due("final=tomorrow").is_err());
        assert!(due("final=2026-12-01T23:59Z").is_err(), "an instant is no wall-clock time");
    }
}
