//! `stoa simulate`: a cohort goes through its deadline on a running Stoa, and what is stored then is judged.

mod cast;
mod drive;
mod plan;
mod random;
mod settle;
mod stored;
mod verdict;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use stoa_domain::attempt::GRACE_MS;
use stoa_domain::id::CohortId;

use crate::cli::Simulate;
use crate::operator::Operator;
use crate::output::Output;
use crate::people;
use cast::Stage;
use drive::Witness;
use plan::Plan;
use verdict::{Evidence, Verdict};

/// The most findings of one kind that a person is shown; --json has all of them.
const SHOWN_MAX: usize = 10;

/// The result for a machine.
#[derive(Serialize)]
struct Simulated<'a> {
    seed: u64,
    cohort: &'a CohortId,
    due: Timestamp,
    passed: bool,
    settled: bool,
    #[serde(flatten)]
    verdict: &'a Verdict,
    answers: &'a BTreeMap<String, usize>,
    unexpected: Vec<&'a String>,
}

/// Takes simulated learners through a deadline, and judges.
pub async fn simulate(operator: &Operator, caller: Option<&str>, ask: &Simulate, output: &Output) -> Result<ExitCode> {
    let plan = Plan::new(ask.learners, ask.duplicates, ask.seed);
    let due_in = ask.due_in.map_or_else(|| plan::due_in(ask.learners), |seconds| Duration::from_secs(seconds.into()));
    let admin = operator.session(caller)?;

    let release = cast::publish(&admin, output).await?;
    let cast = cast::sign_in(operator, &admin, ask, output).await?;
    let stage = Stage::open(&admin, release, &cast, ask.seed, due_in, output).await?;
    output.say(format_args!(
        "cohort {}: {} learners, due {} in {}, seed {}",
        stage.cohort,
        ask.learners,
        stage.civil,
        cast::ZONE,
        ask.seed
    ));

    let witnesses = drive::drive(&stage, &plan, &cast, ask.seed, output).await;
    let (answers, unexpected) = tally(&witnesses);

    let store = operator.store();
    let over = stage.due + SignedDuration::from_millis(GRACE_MS);
    let patience = Duration::from_secs(ask.settle.into());
    let settled = settle::settle(&store, &stage, over, patience, output).await?;
    let bar = output.bar("reading what is stored", stage.enrolments.len());
    let stored = stored::read(&store, &stage, &bar).await?;
    bar.finish_and_clear();
    let shown = people::rows(&admin, &stage.cohort).await.context("the cohort page could not be read")?;

    let evidence = Evidence { tree: &stage.tree, witnesses: &witnesses, stored: &stored, shown: &shown };
    let verdict = verdict::judge(&evidence);
    let passed = settled && verdict.is_clean();
    show(&verdict, settled, &answers, &unexpected, output);
    output.result(&Simulated {
        seed: ask.seed,
        cohort: &stage.cohort,
        due: stage.due,
        passed,
        settled,
        verdict: &verdict,
        answers: &answers,
        unexpected,
    })?;
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How often which answer came, and what came although it should not. It explains a verdict and is no part of it.
fn tally(witnesses: &[Witness]) -> (BTreeMap<String, usize>, Vec<&String>) {
    let mut answers = BTreeMap::new();
    for answer in witnesses.iter().flat_map(|witness| &witness.answers) {
        *answers.entry(answer.clone()).or_default() += 1;
    }
    (answers, witnesses.iter().flat_map(|witness| &witness.unexpected).collect())
}

fn show(verdict: &Verdict, settled: bool, answers: &BTreeMap<String, usize>, unexpected: &[&String], output: &Output) {
    let none = |count: usize| if count == 0 { "as it must be" } else { "MUST BE 0" };
    let row = |what: &str, count: usize, remark: &str| [what.to_owned(), count.to_string(), remark.to_owned()];
    let rows = [
        row("learners", verdict.learners, ""),
        row("accepted hand-ins", verdict.accepted, &format!("{} of them in the grace", verdict.in_grace)),
        row("closed by time", verdict.by_time, "their last draft stands"),
        row("awaiting", verdict.awaiting.len(), none(verdict.awaiting.len())),
        row("lost", verdict.lost.len(), none(verdict.lost.len())),
        row("doubled", verdict.doubled.len(), none(verdict.doubled.len())),
        row("late", verdict.late.len(), none(verdict.late.len())),
        row("cohort rows", verdict.rows, "each compared with a replay of its log"),
        row("unequal", verdict.unequal.len(), none(verdict.unequal.len())),
    ];
    output.table(["stored", "count", ""], &rows);
    let answered: Vec<String> = answers.iter().map(|(answer, count)| format!("{answer} × {count}")).collect();
    output.say(format_args!("answers to hand-ins: {}", answered.join(", ")));
    for (name, findings) in verdict.findings() {
        for finding in findings.iter().take(SHOWN_MAX) {
            output.say(format_args!("{name}: {} {}", finding.enrolment, finding.what));
        }
    }
    for surprise in unexpected.iter().take(SHOWN_MAX) {
        output.say(format_args!("unexpected: {surprise}"));
    }
    let said = match (verdict.is_clean(), settled) {
        (true, true) => "Passed: nothing lost, doubled, late or unequal.",
        (true, false) => {
            "FAILED: nothing is wrong with what is stored, but work was still waiting when the time for it was up."
        }
        (false, _) => "FAILED: what is stored is wrong.",
    };
    output.say(said);
}
