//! `stoa cohort create` and `stoa enrol`.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::json;
use stoa_api::bodies::{CohortView, EnrolledStatus, InvitedStatus, PutCohort};
use stoa_domain::deadline::Deadline;
use stoa_domain::id::{CohortId, PersonKey};

use crate::cli::{CreateCohort, Enrol};
use crate::output::Output;
use crate::session::Session;
use crate::{people, publish};

/// Makes a cohort, or changes it.
pub async fn create(session: &Session, cohort: CreateCohort, output: &Output) -> Result<ExitCode> {
    let CreateCohort { id, course, release, name, zone, deadlines } = cohort;
    let id = match id {
        Some(id) => id,
        None => named_after(&name).with_context(|| format!("no id can be made of {name:?}; choose one with --id"))?,
    };
    let release = match release {
        Some(release) => release,
        None => {
            publish::newest(session, &course)
                .await?
                .with_context(|| format!("{course} has no Release yet; `stoa publish {course}` makes one"))?
                .release
        }
    };
    let deadlines = deadlines.into_iter().map(|(node, civil)| (node, Deadline { civil })).collect();
    let body = PutCohort { name, course, release, zone, deadlines };
    let cohort = put(session, &id, &body).await?;
    output.say(format_args!("Cohort {id} takes {} (Release {}).", cohort.course_title, cohort.release));
    for (node, deadline) in &cohort.deadlines {
        output.say(format_args!("  {node} is due {} in {}", deadline.civil, cohort.zone));
    }
    output.result(&cohort)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a cohort.
pub async fn put(session: &Session, id: &CohortId, body: &PutCohort) -> Result<CohortView> {
    Ok(session.put(&format!("/api/cohorts/{id}"), body).await?)
}

/// Invites people and enrols them.
pub async fn enrol(session: &Session, enrol: &Enrol, output: &Output) -> Result<ExitCode> {
    let mut lines: Vec<String> = enrol.people.clone();
    if let Some(file) = &enrol.emails_file {
        let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        lines.extend(
            text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned),
        );
    }
    let learners = lines.iter().map(|line| people::learner(line)).collect::<Result<Vec<_>>>()?;
    if learners.is_empty() {
        bail!("there is nobody to enrol");
    }
    // An invitation cannot be taken back, so a cohort that is not there is found out before anybody gets one.
    let _cohort: CohortView = session.get(&format!("/api/cohorts/{}", enrol.cohort)).await?;
    let bar = output.bar("inviting", learners.len());
    let invited = people::invite(session, &learners, &bar).await?;
    bar.finish_and_clear();
    let keys: Vec<PersonKey> = invited.iter().map(|person| person.person.clone()).collect();
    let bar = output.bar("enrolling", keys.len());
    let enrolled = people::enrol(session, &enrol.cohort, &keys, &bar).await?;
    bar.finish_and_clear();

    let new_people = invited.iter().filter(|person| person.status == InvitedStatus::Invited).count();
    let new = enrolled.iter().filter(|person| person.status == EnrolledStatus::Enrolled).count();
    let already = enrolled.len() - new;
    output.say(format_args!(
        "{new} enrolled in {}, {already} were already there; {new_people} invitations sent.",
        enrol.cohort
    ));
    output.result(&json!({"cohort": enrol.cohort, "invited": invited, "enrolled": enrolled}))?;
    Ok(ExitCode::SUCCESS)
}

/// An id made of a name: `Autumn 2026` is `autumn-2026`.
fn named_after(name: &str) -> Option<CohortId> {
    let words: Vec<String> = name
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    CohortId::parse(words.join("-")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_an_id_where_it_has_letters_for_one() {
        assert_eq!(named_after("Autumn 2026, evening").map(String::from).as_deref(), Some("autumn-2026-evening"));
        assert_eq!(named_after("秋"), None);
    }
}
