//! Members who cannot be read, beside others.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use futures::FutureExt;
use serde_json::json;
use stoa_domain::cohort::{Enrolment, EnrolmentStatus};
use stoa_domain::fact::Facts;
use stoa_domain::id::{NodeId, PersonKey, ReleaseId};
use stoa_domain::notification::agenda::Changes;
use stoa_domain::notification::preferences::Preferences;
use stoa_domain::person::{Person, PersonState};

use super::*;

/// A cohort of members, some of whom cannot be read, whose contents were changed.
struct Winter {
    unreadable: &'static [&'static str],
    agenda: RefCell<Agenda>,
    told: RefCell<Vec<String>>,
}

const MEMBERS: [&str; 3] = ["e1", "e2", "e3"];
/// How many members a page holds.
const PAGE: usize = 2;

fn id<T: TryFrom<String, Error: std::fmt::Debug>>(text: &str) -> T {
    T::try_from(text.to_owned()).expect("an id")
}

fn now() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().expect("a time")
}

fn corrupt() -> StoreError {
    StoreError::Corrupt { key: "ENROLMENT".to_owned(), why: "no JSON".to_owned() }
}

impl AudienceStore for Winter {
    async fn enrolled(&self, _: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        if self.unreadable.contains(&enrolment.as_str()) {
            return Err(corrupt());
        }
        Ok(Some(Enrolment {
            enrolment: enrolment.clone(),
            person: id("ada"),
            cohort: id("winter"),
            release: id("r1"),
            cycle_no: 1,
            status: EnrolmentStatus::Active,
            enrolled_at: 0,
            rev: 0,
            left: vec![],
        }))
    }

    async fn addressee(&self, tenant: &TenantId, person: &PersonKey) -> Result<Option<Person>, StoreError> {
        Ok(Some(Person {
            tenant: tenant.clone(),
            person: person.clone(),
            email: "ada@x.test".to_owned(),
            name: "Ada".to_owned(),
            roles: vec![],
            state: PersonState::Active,
            subject: None,
        }))
    }

    async fn wishes(&self, _: &TenantId, _: &PersonKey) -> Result<Preferences, StoreError> {
        Ok(Preferences::default())
    }

    async fn calendar(&self, _: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError> {
        Ok(Some(Cohort {
            cohort: cohort.clone(),
            name: "Winter".to_owned(),
            course: id("course"),
            course_title: "Course".to_owned(),
            release: id("r1"),
            zone: "UTC".to_owned(),
            deadlines: BTreeMap::new(),
            rev: 1,
        }))
    }

    async fn has_handed_in(&self, _: &TenantId, _: &EnrolmentId, _: &NodeId) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn known(&self, _: &TenantId, _: &EnrolmentId) -> Result<Facts, StoreError> {
        Ok(Facts::default())
    }
}

impl RoundStore for Winter {
    async fn agenda(&self, _: &TenantId, _: &CohortId) -> Result<Option<Agenda>, StoreError> {
        Ok(Some(self.agenda.borrow().clone()))
    }

    async fn put_agenda(&self, _: &TenantId, _: &CohortId, next: &Agenda, _: Option<i64>) -> Result<bool, StoreError> {
        self.agenda.replace(next.clone());
        Ok(true)
    }

    async fn members_after(
        &self,
        _: &TenantId,
        _: &CohortId,
        after: Option<&EnrolmentId>,
        _: u32,
    ) -> Result<Members, StoreError> {
        let members = MEMBERS.map(id::<EnrolmentId>);
        let following = members.into_iter().filter(|member| after.is_none_or(|after| member > after));
        let enrolments: Vec<EnrolmentId> = following.take(PAGE).collect();
        let more = enrolments.last().is_some_and(|last| last.as_str() != MEMBERS[MEMBERS.len() - 1]);
        Ok(Members { enrolments, more })
    }

    async fn tell_one(&self, message: &Message, _: Timestamp) -> Result<bool, StoreError> {
        self.told.borrow_mut().push(message.notice.course().enrolment.to_string());
        Ok(true)
    }
}

impl Outlines for Winter {
    async fn tree(&self, _: &TenantId, _: &ReleaseId) -> Result<Option<Arc<Tree>>, StoreError> {
        let outline = json!({
            "release": "r1", "course": "course", "title": "Course", "language": "en", "nodes": [],
        });
        Ok(Some(Arc::new(Tree::new(serde_json::from_value(outline).expect("an outline")).expect("a tree"))))
    }
}

/// Goes round: how it ended, who was told, and whether the round is over.
fn round(unreadable: &'static [&'static str]) -> (Result<usize, StoreError>, Vec<String>, bool) {
    let changes = Changes { since: 0, release: true, deadlines: [].into() };
    let agenda = RefCell::new(Agenda { changes: Some(changes), ..Agenda::default() });
    let store = Winter { unreadable, agenda, told: RefCell::default() };
    let ended = go(&store, &store, &id("demo"), &id("winter"), now).now_or_never().expect("nothing waits");
    let is_over = store.agenda.borrow().round.is_none();
    let mut told = store.told.into_inner();
    told.sort();
    (ended, told, is_over)
}

#[test]
fn a_member_who_cannot_be_read_keeps_nobody_else_from_being_told() {
    assert_eq!(round(&["e2"]), (Ok(2), vec!["e1".to_owned(), "e3".to_owned()], true));
    // Also where they are all of the last page.
    assert_eq!(round(&["e3"]), (Ok(2), vec!["e1".to_owned(), "e2".to_owned()], true));
}

#[test]
fn where_nobody_can_be_read_the_round_waits_until_that_is_mended() {
    assert_eq!(round(&MEMBERS), (Err(corrupt()), vec![], false));
}
