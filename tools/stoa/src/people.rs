//! Inviting and enrolling, as many at once as the API takes.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use stoa_api::bodies::{
    BATCH_MAX, CohortRow, CohortRows, Enrol, Enrolled, EnrolledPerson, Invite, InvitePerson, Invited, InvitedPerson,
    People,
};
use stoa_domain::id::{CohortId, PersonKey};
use stoa_domain::person::PersonState;

use crate::api::with_query;
use crate::session::Session;

/// Where people are.
const PEOPLE: &str = "/api/people";

/// Somebody to invite as a learner, read from `Name <address>` or `address`.
pub fn learner(text: &str) -> Result<InvitePerson> {
    let text = text.trim();
    let (name, email) = match text.split_once('<') {
        Some((name, rest)) => (name.trim().trim_matches('"'), rest.strip_suffix('>').unwrap_or(rest).trim()),
        None => ("", text),
    };
    let (local, _) = email
        .split_once('@')
        .filter(|(local, host)| !local.is_empty() && !host.is_empty() && !email.contains(char::is_whitespace))
        .with_context(|| format!("{text:?} is no person; write `Name <address>` or `address`"))?;
    let name = if name.is_empty() { local } else { name };
    Ok(InvitePerson { email: email.to_owned(), name: name.to_owned(), roles: vec!["learner".to_owned()] })
}

/// Invites everyone who is not there yet. The answer is in the order of `people`.
pub async fn invite(session: &Session, people: &[InvitePerson], bar: &ProgressBar) -> Result<Vec<InvitedPerson>> {
    let mut invited = Vec::with_capacity(people.len());
    for batch in people.chunks(BATCH_MAX) {
        let answer: Invited = session.post(PEOPLE, &Invite { people: batch.to_vec() }).await?;
        invited.extend(answer.people);
        bar.inc(batch.len() as u64);
    }
    Ok(invited)
}

/// Enrols everyone who is not enrolled yet. The answer is in the order of `people`.
pub async fn enrol(
    session: &Session,
    cohort: &CohortId,
    people: &[PersonKey],
    bar: &ProgressBar,
) -> Result<Vec<EnrolledPerson>> {
    let path = format!("/api/cohorts/{cohort}/enrolments");
    let mut enrolled = Vec::with_capacity(people.len());
    for batch in people.chunks(BATCH_MAX) {
        let answer: Enrolled = session.post(&path, &Enrol { people: batch.to_vec() }).await?;
        enrolled.extend(answer.enrolments);
        bar.inc(batch.len() as u64);
    }
    Ok(enrolled)
}

/// Those whose access has ended.
pub async fn ended(session: &Session) -> Result<BTreeSet<PersonKey>> {
    let mut ended = BTreeSet::new();
    let mut path = PEOPLE.to_owned();
    loop {
        let page: People = session.get(&path).await?;
        let state = PersonState::Deactivated.name();
        ended.extend(page.people.into_iter().filter(|person| person.state == state).map(|person| person.person));
        match page.next {
            Some(cursor) => path = with_query(PEOPLE, "cursor", &cursor),
            None => return Ok(ended),
        }
    }
}

/// All rows of a cohort's page.
pub async fn rows(session: &Session, cohort: &CohortId) -> Result<Vec<CohortRow>> {
    let path = format!("/api/cohorts/{cohort}/rows");
    let mut rows = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let page = match &next {
            None => path.clone(),
            Some(cursor) => with_query(&path, "cursor", cursor),
        };
        let page: CohortRows = session.get(&page).await?;
        rows.extend(page.rows);
        next = page.next;
        if next.is_none() {
            return Ok(rows);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_an_address_with_or_without_a_name() {
        for (text, name, email) in [
            ("ada@x.example", "ada", "ada@x.example"),
            (" Ada Lovelace <ada@x.example> ", "Ada Lovelace", "ada@x.example"),
            ("\"Lovelace, Ada\" <ada@x.example>", "Lovelace, Ada", "ada@x.example"),
        ] {
            let person = learner(text).expect(text);
            assert_eq!((person.name.as_str(), person.email.as_str()), (name, email));
        }
        for text in ["", "ada", "@x.example", "ada@", "Ada <ada>", "a b@x.example"] {
            assert!(learner(text).is_err(), "{text:?}");
        }
    }
}
