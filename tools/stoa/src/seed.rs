//! `stoa seed`: the demo organisation, with people, a course and a cohort. Whatever is there stays as it is.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::civil::{Time, time};
use jiff::{Span, Timestamp};
use serde_json::json;
use stoa_api::bodies::{CohortView, InvitePerson, InvitedPerson, PutCohort};
use stoa_domain::content::NodeKind;
use stoa_domain::deadline::{self, Deadline};
use stoa_domain::id::{CohortId, EnrolmentId, NodeId, PersonKey, ReleaseId, TenantId};

use crate::cli::CreateTenant;
use crate::course::{self, Course};
use crate::endpoints::{Account, keep_accounts};
use crate::operator::Operator;
use crate::output::Output;
use crate::session::Session;
use crate::{cohort, people, publish, tenant};

const COURSE: &str = include_str!("../demo/course.json");
const TENANT: &str = "demo";
const TENANT_NAME: &str = "Demo Academy";
const COHORT: &str = "first";
const COHORT_NAME: &str = "First cohort";
const ZONE: &str = "Europe/Berlin";
/// How far ahead the final assessment is due, in days, when the cohort is made.
const DUE_DAYS: i64 = 14;
/// At what time of that day.
const DUE_TIME: Time = time(23, 59, 0, 0);
/// How long to wait for accounts to be made, and for the cohort page to show its learners.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often to look.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// How many people sign in at the same time.
const AT_ONCE: usize = 4;

/// The password of every demo account on a developer's own machine: one that can be remembered.
const PASSWORD: &str = "Learn-by-doing-1";
/// The accounts that the demo has, by role.
const ACCOUNTS: [(&str, &str, &str); 5] = [
    ("admin", "admin@demo.example", "Amina Diallo"),
    ("instructor", "instructor@demo.example", "Jonas Berg"),
    ("author", "author@demo.example", "Mei Tanaka"),
    ("grader", "grader@demo.example", "Grace Okafor"),
    ("learner", "learner@demo.example", "Lena Fischer"),
];
/// Learners without an account of their own here, so that a cohort looks like one.
const CLASSMATES: [(&str, &str); 5] = [
    ("rafael@demo.example", "Rafael Souza"),
    ("yuki@demo.example", "Yuki Mori"),
    ("noor@demo.example", "Noor Haddad"),
    ("oskar@demo.example", "Oskar Lindqvist"),
    ("thandi@demo.example", "Thandi Nkosi"),
];

/// Makes what is missing of the demo organisation.
pub async fn seed(operator: Operator, endpoints: &Path, output: &Output) -> Result<ExitCode> {
    let accounts = accounts(&operator, endpoints)?;
    let admin = accounts.iter().find(|account| account.role == "admin").context("no account has the role admin")?;
    let create = CreateTenant {
        id: TenantId::parse(TENANT)?,
        name: TENANT_NAME.to_owned(),
        admin_email: admin.email.clone(),
        admin_name: admin.name.clone(),
    };
    tenant::ensure(&operator, &create).await?;
    let session = operator.session_of(admin);
    step(output, "waiting for the administrator's account", session.establish(PATIENCE)).await?;

    let learners = step(output, "inviting people", invite(&operator, &session, &accounts)).await?;
    let course = Course::from_json(COURSE).context("tools/stoa/demo/course.json")?;
    let release = publish_once(&session, &course, output).await?;
    let cohort = cohort_once(&session, &course, release).await?;
    let hidden = indicatif::ProgressBar::hidden();
    let enrolled = people::enrol(&session, &cohort.cohort, &learners, &hidden).await?;
    let enrolments: Vec<EnrolmentId> = enrolled.into_iter().map(|one| one.enrolment).collect();
    step(output, "waiting for the cohort page", shown(&session, &cohort.cohort, &enrolments)).await?;

    output.say(format_args!(
        "{TENANT_NAME}: {} accounts, course {}, cohort {} with {} learners.",
        accounts.len(),
        course.id,
        cohort.cohort,
        enrolments.len()
    ));
    for (node, deadline) in &cohort.deadlines {
        output.say(format_args!("  {node} is due {} in {}", deadline.civil, cohort.zone));
    }
    output.result(&json!({"tenant": TENANT, "course": course.id, "cohort": cohort, "enrolments": enrolments}))?;
    Ok(ExitCode::SUCCESS)
}

async fn step<T, E: Into<anyhow::Error>>(
    output: &Output,
    what: &str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T> {
    let bar = output.waiting(what);
    let done = work.await;
    bar.finish_and_clear();
    done.map_err(Into::into).with_context(|| format!("{what} failed"))
}

/// The accounts of the endpoints file; where it has none, new ones, which it has from then on.
fn accounts(operator: &Operator, endpoints: &Path) -> Result<Vec<Account>> {
    if !operator.endpoints.accounts.is_empty() {
        return Ok(operator.endpoints.accounts.clone());
    }
    if !operator.endpoints.is_local() {
        bail!(
            "this Stoa is not on this machine: list the demo's accounts, with passwords of your choice, in {}",
            endpoints.display()
        );
    }
    let account = |(role, email, name): (&str, &str, &str)| Account {
        email: email.to_owned(),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
        role: role.to_owned(),
    };
    let accounts: Vec<Account> = ACCOUNTS.into_iter().map(account).collect();
    keep_accounts(endpoints, &accounts)?;
    Ok(accounts)
}

/// Invites everyone and gives the accounts their passwords. Returns the learners who have access.
async fn invite(operator: &Operator, admin: &Session, accounts: &[Account]) -> Result<Vec<PersonKey>> {
    let others: Vec<&Account> = accounts.iter().filter(|account| account.email != admin.email()).collect();
    let person = |email: &str, name: &str, role: &str| InvitePerson {
        email: email.to_owned(),
        name: name.to_owned(),
        roles: vec![role.to_owned()],
    };
    let mut everyone: Vec<InvitePerson> =
        others.iter().map(|account| person(&account.email, &account.name, &account.role)).collect();
    everyone.extend(CLASSMATES.iter().map(|(email, name)| person(email, name, "learner")));
    let invited = people::invite(admin, &everyone, &indicatif::ProgressBar::hidden()).await?;
    // Somebody may have tried out what ending access does: those stay out.
    let ended = people::ended(admin).await?;
    let has_access = |invited: &InvitedPerson| !ended.contains(&invited.person);

    // The answer is in the order of the question.
    let present = others.into_iter().zip(&invited).filter(|(_, invited)| has_access(invited));
    stream::iter(present.map(|(account, _)| account))
        .map(|account| async move { operator.session_of(account).establish(PATIENCE).await })
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    let learners =
        everyone.iter().zip(invited).filter(|(asked, invited)| asked.roles == ["learner"] && has_access(invited));
    Ok(learners.map(|(_, invited)| invited.person).collect())
}

/// The demo course's newest Release; the course is imported and published if it has none.
async fn publish_once(session: &Session, course: &Course, output: &Output) -> Result<ReleaseId> {
    if let Some(release) = publish::newest(session, &course.id).await? {
        return Ok(release.release);
    }
    let bar = output.bar("writing the demo course", course.nodes.len());
    let unwritten = course::write(session, course, &bar).await?;
    bar.finish_and_clear();
    if let Some(one) = unwritten.first() {
        bail!(
            "the demo course is not accepted: {} {}: {}",
            one.node,
            one.item.as_ref().map_or("", |item| item.as_str()),
            one.why
        );
    }
    Ok(publish::freeze(session, &course.id).await.context("the demo course cannot be published")?.release)
}

/// The demo cohort as it is; a new one if there is none.
async fn cohort_once(session: &Session, course: &Course, release: ReleaseId) -> Result<CohortView> {
    let id = CohortId::parse(COHORT)?;
    match session.get(&format!("/api/cohorts/{id}")).await {
        Ok(cohort) => return Ok(cohort),
        Err(failed) if failed.is_not_found() => {}
        Err(failed) => return Err(failed.into()),
    }
    let deadlines = final_assessment(course).map(|node| (node, due(stoa_runtime::clock::now())));
    let body = PutCohort {
        name: COHORT_NAME.to_owned(),
        course: course.id.clone(),
        release,
        zone: ZONE.to_owned(),
        deadlines: deadlines.into_iter().collect(),
    };
    cohort::put(session, &id, &body).await
}

fn final_assessment(course: &Course) -> Option<NodeId> {
    course.nodes.iter().rfind(|node| node.body.kind == NodeKind::Assessment).map(|node| node.id.clone())
}

fn due(now: Timestamp) -> Deadline {
    let zone = deadline::zone(ZONE).expect("the demo's zone is in the database");
    let day = zone.to_datetime(now).date().saturating_add(Span::new().days(DUE_DAYS));
    Deadline { civil: day.to_datetime(DUE_TIME) }
}

async fn shown(session: &Session, cohort: &CohortId, enrolments: &[EnrolmentId]) -> Result<()> {
    let give_up_at = Instant::now() + PATIENCE;
    loop {
        let rows = people::rows(session, cohort).await?;
        let missing = enrolments.iter().filter(|one| rows.iter().all(|row| row.enrolment != **one)).count();
        if missing == 0 {
            return Ok(());
        }
        if Instant::now() >= give_up_at {
            bail!(
                "{missing} of {} learners are not on it after {} s; the log of progress-project may say why",
                enrolments.len(),
                PATIENCE.as_secs()
            );
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_course_is_complete_and_ends_with_an_assessment() {
        let course = Course::from_json(COURSE).expect("the demo course");
        assert!(final_assessment(&course).is_some());
    }

    #[test]
    fn the_final_assessment_is_due_late_on_a_day_in_two_weeks_where_the_cohort_lives() {
        // Shortly after midnight in Berlin it is still yesterday in UTC.
        let now = "2026-03-20T23:30:00Z".parse().expect("a time");
        assert_eq!(due(now).civil.to_string(), "2026-04-04T23:59:00");
    }
}
