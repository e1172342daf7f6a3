//! `stoa rebuild`: the rows of cohort pages drawn anew from the logs, while learners work.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde::Serialize;
use stoa_domain::id::{CohortId, EnrolmentId, TenantId};
use stoa_domain::rebuild::Difference;
use stoa_service::failure::StoreError;
use stoa_service::reading::ProgressReader;
use stoa_service::rebuilding::{self, Advance, Order, RebuildError, Report};
use stoa_service::releases::Outlines;
use stoa_store::Store;
use stoa_store::engine::Engine;

use crate::cli::RebuildRows;
use crate::operator::Operator;
use crate::output::Output;

/// How often a step that got no clear answer is taken again, and how long is waited before.
const TRIES_MAX: usize = 5;
const AGAIN_AFTER: Duration = Duration::from_secs(2);
/// The most findings of one cohort that a person is shown; --json has all of them.
const SHOWN_MAX: usize = 10;

/// What became of one cohort, for a machine.
#[derive(Debug, Serialize)]
struct Rebuilt {
    cohort: CohortId,
    /// Whether the new generation is read now.
    switched: bool,
    generation: Option<u32>,
    rows: Option<usize>,
    /// Rows that stood otherwise, or not at all.
    changed: Vec<EnrolmentId>,
    /// Rows of nobody's enrolment, which are left behind.
    strays: Vec<EnrolmentId>,
    /// What does not follow from what it should follow from.
    differences: Vec<(EnrolmentId, Difference)>,
    /// Enrolments whose state was replaced.
    repaired: Vec<EnrolmentId>,
}

impl Rebuilt {
    fn new(cohort: &CohortId, switched: bool, report: Option<Report>) -> Rebuilt {
        let generation = report.as_ref().map(|report| report.generation);
        let rows = report.as_ref().map(|report| report.rows);
        let Report { changed, strays, differences, repaired, .. } = report.unwrap_or_default();
        Rebuilt { cohort: cohort.clone(), switched, generation, rows, changed, strays, differences, repaired }
    }

    /// Whether somebody must look.
    fn is_sound(&self) -> bool {
        let is_repaired = |(enrolment, difference): &(EnrolmentId, Difference)| {
            *difference == Difference::StateIsNotTheLogs && self.repaired.contains(enrolment)
        };
        self.switched && self.differences.iter().all(is_repaired)
    }
}

/// Rebuilds the rows of one cohort, or of all. Ends with 1 if anything was found that a rebuild does not put right.
pub async fn rebuild(operator: &Operator, ask: &RebuildRows, output: &Output) -> Result<ExitCode> {
    let (store, releases) = (operator.store(), operator.releases());
    let cohorts = match &ask.cohort {
        Some(cohort) => vec![cohort.clone()],
        None => store.cohorts(&ask.tenant).await?.into_iter().map(|cohort| cohort.cohort).collect(),
    };
    if let Some(cohort) = &ask.cohort
        && store.cohort(&ask.tenant, cohort).await?.is_none()
    {
        bail!("{} has no cohort {cohort}", ask.tenant);
    }
    let owner = stoa_runtime::ids::new();
    let mut all = Vec::new();
    for cohort in &cohorts {
        let order = Order { tenant: &ask.tenant, cohort, owner: &owner, repair: ask.repair };
        let rebuilt = one(&store, &releases, order, output).await.with_context(|| format!("cohort {cohort}"))?;
        say(&ask.tenant, &rebuilt, output);
        all.push(rebuilt);
    }
    output.result(&all)?;
    Ok(if all.iter().all(Rebuilt::is_sound) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn one(
    store: &Store<impl Engine>,
    outlines: &impl Outlines,
    order: Order<'_>,
    output: &Output,
) -> Result<Rebuilt> {
    let bar = output.bar(&format!("cohort {}", order.cohort), 0);
    let mut found = None;
    let mut tries = 0..TRIES_MAX;
    let rebuilt = loop {
        let drawn = |done: usize, of: usize| {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        };
        match rebuilding::advance(store, outlines, order, stoa_runtime::clock::now, drawn).await {
            Ok(Advance::Wait(until)) => wait("letting projectors finish", until, &bar, output).await,
            Ok(Advance::Switched(report, until)) => {
                found = Some(report);
                wait("switched; letting projectors finish", until, &bar, output).await;
            }
            Ok(Advance::Unfit(report)) => break Rebuilt::new(order.cohort, false, Some(report)),
            Ok(Advance::Done) => break Rebuilt::new(order.cohort, true, found),
            Err(RebuildError::Store(StoreError::Conflict | StoreError::Throttled | StoreError::Unavailable(_)))
                if tries.next().is_some() =>
            {
                tokio::time::sleep(AGAIN_AFTER).await;
            }
            Err(RebuildError::Busy(busy)) => {
                let until = Timestamp::from_millisecond(busy.until)?;
                bail!("another rebuild of it is at work; if it has died, this one can go on with it after {until}");
            }
            Err(RebuildError::Store(failure)) => bail!(
                "the tables or buckets give no answer ({failure}). What stood stands; run the same again and it goes on"
            ),
        }
    };
    bar.finish_and_clear();
    Ok(rebuilt)
}

async fn wait(what: &str, until: Timestamp, bar: &ProgressBar, output: &Output) {
    bar.set_message(what.to_owned());
    let left = until.duration_since(stoa_runtime::clock::now());
    if bar.is_hidden() {
        output.say(format_args!("  {what}, until {until}"));
    }
    tokio::time::sleep(left.try_into().unwrap_or_default()).await;
}

fn say(tenant: &TenantId, rebuilt: &Rebuilt, output: &Output) {
    let cohort = &rebuilt.cohort;
    match (rebuilt.switched, rebuilt.rows, rebuilt.generation) {
        (true, Some(rows), Some(generation)) => output.say(format_args!(
            "Cohort {cohort}: {rows} rows drawn anew as generation {generation}; {} stood otherwise.",
            rebuilt.changed.len()
        )),
        (true, ..) => output.say(format_args!("Cohort {cohort}: the rebuild that an earlier run began is finished.")),
        (false, ..) => output.say(format_args!(
            "Cohort {cohort}: not switched, since the states below are not their logs'. What stood stands. Look at them, then:\n  \
             stoa rebuild --tenant {tenant} --cohort {cohort} --repair"
        )),
    }
    for enrolment in rebuilt.changed.iter().take(SHOWN_MAX) {
        output.say(format_args!("  row of {enrolment}: drawn anew"));
    }
    for enrolment in rebuilt.strays.iter().take(SHOWN_MAX) {
        output.say(format_args!("  row of {enrolment}: nobody's; left behind"));
    }
    for (enrolment, difference) in rebuilt.differences.iter().take(SHOWN_MAX) {
        let what = match difference {
            Difference::LogHasGap => "its log has a gap; restore it from a backup",
            Difference::StateIsNotTheLogs if rebuilt.repaired.contains(enrolment) => {
                "its state was replaced by its log's"
            }
            Difference::StateIsNotTheLogs => "its state is not what its log folds to",
            Difference::FactIsNotInLog => "a fact that waits for nobody is not in its log",
            Difference::LogSaysMoreThanItems => "its log says what no stored item says",
        };
        output.say(format_args!("  {enrolment}: {what}"));
    }
}
