//! Setting the stage: a course, people who can sign in, and a cohort with a deadline.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::stream::{self, StreamExt, TryStreamExt};
use indicatif::ProgressBar;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use stoa_api::bodies::{InvitePerson, Me, PutCohort};
use stoa_domain::content::{NodeKind, Outline};
use stoa_domain::deadline::{self, Deadline};
use stoa_domain::digest;
use stoa_domain::id::{CohortId, EnrolmentId, NodeId, PersonKey, ReleaseId, TenantId};
use stoa_domain::tree::Tree;

use super::plan;
use crate::cli::Simulate;
use crate::course::{self, Course};
use crate::operator::Operator;
use crate::output::Output;
use crate::session::Session;
use crate::sign_in::Credentials;
use crate::{cohort, people, publish};

const COURSE: &str = include_str!("course.json");
/// Where the cohort lives: a zone that never changes its clocks, so that the deadline is seconds away on every day.
pub const ZONE: &str = "Asia/Kolkata";
/// How many people sign in at the same time.
const AT_ONCE: usize = 8;
/// How long to wait for one account to be made, at the least.
const PATIENCE: Duration = Duration::from_secs(90);

/// A simulated learner who can sign in.
#[derive(Debug)]
pub struct Actor {
    /// Their key.
    pub person: PersonKey,
    /// Their calls.
    pub session: Session,
}

/// Where it happens.
#[derive(Debug)]
pub struct Stage {
    /// The organisation.
    pub tenant: TenantId,
    /// The cohort.
    pub cohort: CohortId,
    /// The Release it takes.
    pub release: ReleaseId,
    /// The Release's structure.
    pub tree: Tree,
    /// The assessment with the deadline.
    pub assessment: NodeId,
    /// The deadline.
    pub due: Timestamp,
    /// The deadline as the cohort's wall clock shows it.
    pub civil: DateTime,
    /// The learners' enrolments, in the order of the plan.
    pub enrolments: Vec<EnrolmentId>,
}

/// Publishes the simulation's own course; unchanged, it is the Release of the last time.
pub async fn publish(admin: &Session, output: &Output) -> Result<ReleaseId> {
    let course = Course::from_json(COURSE).context("the simulation's course")?;
    let bar = output.bar("writing the course", course.nodes.len());
    let unwritten = course::write(admin, &course, &bar).await?;
    bar.finish_and_clear();
    if let Some(one) = unwritten.first() {
        bail!("the simulation's course is not accepted: {}: {}", one.node, one.why);
    }
    Ok(publish::freeze(admin, &course.id).await.context("the simulation's course cannot be published")?.release)
}

/// Invites the learners and signs them in.
pub async fn sign_in(operator: &Operator, admin: &Session, ask: &Simulate, output: &Output) -> Result<Vec<Actor>> {
    let count = ask.learners as usize;
    let invitation = |index| InvitePerson {
        email: plan::email(ask.seed, index),
        name: format!("Simulated learner {index}"),
        roles: vec!["learner".to_owned()],
    };
    let invitations: Vec<InvitePerson> = (0..count).map(invitation).collect();
    let bar = output.bar("inviting learners", count);
    let invited = people::invite(admin, &invitations, &bar).await?;
    bar.finish_and_clear();

    let bar = output.bar("signing learners in", count);
    let patience = PATIENCE + Duration::from_secs(ask.learners.into());
    let actors = stream::iter(invited)
        .map(|invited| {
            let bar = &bar;
            async move {
                let who = Credentials { password: password(admin, &invited.email), email: invited.email };
                let session = operator.session_with(who);
                session.establish(patience).await?;
                bar.inc(1);
                anyhow::Ok(Actor { person: invited.person, session })
            }
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await;
    bar.finish_and_clear();
    actors
}

/// A password that nobody guesses who does not know the administrator's: these accounts stay.
fn password(admin: &Session, email: &str) -> String {
    // The prefix has every kind of letter that a pool may ask for.
    format!("Sim-1-{}", digest::name_of(&[admin.password(), email]))
}

impl Stage {
    /// Makes a new cohort whose final assessment is due soon, and enrols everyone.
    pub async fn open(
        admin: &Session,
        release: ReleaseId,
        cast: &[Actor],
        seed: u64,
        due_in: Duration,
        output: &Output,
    ) -> Result<Stage> {
        let me: Me = admin.get("/api/me").await?;
        let tenant = me.tenant.id;
        let outline: Outline = admin.get(&format!("/t/{tenant}/r/{release}/outline.json")).await?;
        let course = outline.course.clone();
        let tree = Tree::new(outline).context("the Release's outline")?;
        let assessment = tree.nodes().iter().rfind(|node| node.kind == NodeKind::Assessment);
        let assessment = assessment.context("the simulation's course has no assessment")?.id.clone();

        let now = stoa_runtime::clock::now();
        let (civil, due) = deadline_after(now, due_in)?;
        let cohort = CohortId::parse(format!("sim-{seed}-{}", now.as_second()))?;
        let body = PutCohort {
            name: format!("Simulation {seed}, {civil}"),
            course,
            release: release.clone(),
            zone: ZONE.to_owned(),
            deadlines: BTreeMap::from([(assessment.clone(), Deadline { civil })]),
        };
        cohort::put(admin, &cohort, &body).await?;
        let keys: Vec<PersonKey> = cast.iter().map(|actor| actor.person.clone()).collect();
        let bar: ProgressBar = output.bar("enrolling learners", keys.len());
        let enrolled = people::enrol(admin, &cohort, &keys, &bar).await?;
        bar.finish_and_clear();
        let enrolments = enrolled.into_iter().map(|one| one.enrolment).collect();
        Ok(Stage { tenant, cohort, release, tree, assessment, due, civil, enrolments })
    }
}

/// A deadline on the cohort's wall clock, to the second, and the instant that Stoa will read in it.
fn deadline_after(now: Timestamp, due_in: Duration) -> Result<(DateTime, Timestamp)> {
    let zone = deadline::zone(ZONE)?;
    let at = Timestamp::from_second((now + SignedDuration::try_from(due_in)?).as_second() + 1)?;
    let civil = zone.to_datetime(at);
    Ok((civil, Deadline { civil }.instant(&zone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deadline_is_as_far_ahead_as_asked_and_a_whole_second() {
        let now: Timestamp = "2026-03-29T00:59:30.250Z".parse().expect("a time");
        let (civil, due) = deadline_after(now, Duration::from_secs(45)).expect("a deadline");
        assert_eq!(due.to_string(), "2026-03-29T01:00:16Z");
        assert_eq!(civil.to_string(), "2026-03-29T06:30:16");
    }
}
