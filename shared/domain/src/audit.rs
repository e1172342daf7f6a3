//! The audit log: who did which privileged act, to whom or what, and what it changed.
//!
//! An entry is written together with its act, so there is neither without the other. It names people by their
//! pseudonymous keys only and holds nothing else that is personal: names come from `people` when the log is read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cohort::Cohort;
use crate::digest;
use crate::id::{CohortId, CourseId, EnrolmentId, PersonKey, ReleaseId};

/// The most changes that one entry spells out; of more it says how many.
pub const CHANGES_MAX: usize = 40;
/// The most characters of a value before or after; what is longer is cut.
pub const VALUE_CHARS_MAX: usize = 200;

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// A privileged act.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Act { $($(#[$doc])* $name,)* }

        impl Act {
            /// Every act.
            pub const ALL: &[Act] = &[$(Act::$name),*];

            /// The word used in the store, in the API and in exports.
            pub const fn name(self) -> &'static str {
                match self { $(Act::$name => $word,)* }
            }
        }
    };
}

acts! {
    /// The organisation was made, by its operator.
    OrganisationMade = "organisation_made",
    /// Its settings were changed.
    SettingsChanged = "settings_changed",
    /// Somebody was invited.
    Invited = "invited",
    /// Somebody was invited again.
    InvitedAgain = "invited_again",
    /// Somebody's roles were replaced.
    RolesChanged = "roles_changed",
    /// Somebody's access was ended.
    Deactivated = "deactivated",
    /// Somebody's access was given back.
    Reactivated = "reactivated",
    /// A cohort was made.
    CohortMade = "cohort_made",
    /// A cohort's name, Release, zone or dates were changed.
    CohortChanged = "cohort_changed",
    /// Somebody was enrolled.
    Enrolled = "enrolled",
    /// Somebody was withdrawn from a cohort.
    Withdrawn = "withdrawn",
    /// Somebody who had been withdrawn was taken back.
    Reinstated = "reinstated",
    /// Somebody was moved to another cohort.
    Moved = "moved",
    /// A course was published as a new Release.
    Published = "published",
    /// Somebody's data was asked for in one archive.
    ArchiveAsked = "archive_asked",
    /// The address of somebody's archive was given to an administrator.
    ArchiveHandedOut = "archive_handed_out",
    /// Somebody's erasure was asked for.
    ErasureAsked = "erasure_asked",
    /// Somebody's erasure was taken back.
    ErasureTakenBack = "erasure_taken_back",
    /// Somebody was erased, as it was asked for.
    Erased = "erased",
}

/// Whom or what an act is about. What does not apply is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The person it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonKey>,
    /// The enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<EnrolmentId>,
    /// The cohort.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<CohortId>,
    /// The course.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<CourseId>,
    /// The Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseId>,
}

impl Subject {
    /// A person.
    pub fn person(person: &PersonKey) -> Subject {
        Subject { person: Some(person.clone()), ..Subject::default() }
    }

    /// A cohort.
    pub fn cohort(cohort: &CohortId) -> Subject {
        Subject { cohort: Some(cohort.clone()), ..Subject::default() }
    }
}

/// One thing that was one way before and is another after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// What it is.
    pub field: String,
    /// How it was; `null` if it was not there.
    pub from: Option<String>,
    /// How it is; `null` if it is not there any more.
    pub to: Option<String>,
}

impl Change {
    /// A change, unless both are the same.
    pub fn between(field: &str, from: Option<&str>, to: Option<&str>) -> Option<Change> {
        let value = |text: &str| text.chars().take(VALUE_CHARS_MAX).collect::<String>();
        (from != to).then(|| Change { field: field.to_owned(), from: from.map(value), to: to.map(value) })
    }
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What was done.
    pub act: Act,
    /// Who did it; `None` is the operator of this Stoa.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<PersonKey>,
    /// Whom or what it is about.
    #[serde(flatten)]
    pub subject: Subject,
    /// What it changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The request it was done by, as the service's own log names it.
    pub request: String,
}

impl Entry {
    /// What tells it from other entries of the same instant. It follows from request, act and subject: one request does one
    /// act to one subject once, however often its write is tried.
    pub fn mark(&self) -> String {
        let subject = serde_json::to_string(&self.subject).expect("a subject has a JSON form");
        digest::name_of(&[&self.request, self.act.name(), &subject])[..16].to_owned()
    }

    /// Whether somebody did it, or it was done to them.
    pub fn concerns(&self, person: &PersonKey) -> bool {
        self.actor.as_ref() == Some(person) || self.subject.person.as_ref() == Some(person)
    }
}

/// By whom, by which request and when something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who; `None` is the operator of this Stoa.
    pub actor: Option<PersonKey>,
    /// The request.
    pub request: String,
    /// When.
    pub at: Timestamp,
}

impl By {
    /// The entry of an act.
    pub fn did(&self, act: Act, subject: Subject, changes: impl IntoIterator<Item = Change>) -> Entry {
        let mut changes: Vec<Change> = changes.into_iter().collect();
        if changes.len() > CHANGES_MAX {
            let more = changes.split_off(CHANGES_MAX - 1).len();
            changes.push(Change { field: "more".to_owned(), from: None, to: Some(more.to_string()) });
        }
        let By { actor, request, at } = self.clone();
        Entry { at: at.as_millisecond(), act, actor, subject, changes, request }
    }
}

/// What making a cohort, or saving it, changes. Nothing if it is as it was.
pub fn of_cohort(before: Option<&Cohort>, after: &Cohort) -> Vec<Change> {
    let fields = |cohort: &Cohort| {
        let mut fields = BTreeMap::from([
            ("name".to_owned(), cohort.name.clone()),
            ("release".to_owned(), cohort.release.to_string()),
            ("zone".to_owned(), cohort.zone.clone()),
        ]);
        let deadlines = cohort.deadlines.iter();
        fields.extend(deadlines.map(|(node, deadline)| (format!("deadline {node}"), deadline.civil.to_string())));
        fields
    };
    between(&before.map(fields).unwrap_or_default(), &fields(after))
}

/// The differences of two sets of fields, in the order of their names.
pub fn between(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<Change> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |fields: &BTreeMap<String, String>, name: &String| fields.get(name).cloned();
    names
        .into_iter()
        .filter_map(|name| Change::between(name, value(before, name).as_deref(), value(after, name).as_deref()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NodeId;

    fn by(request: &str) -> By {
        By { actor: PersonKey::parse("p1").ok(), request: request.to_owned(), at: Timestamp::UNIX_EPOCH }
    }

    fn subject(person: &str) -> Subject {
        Subject::person(&PersonKey::parse(person).expect("an id"))
    }

    #[test]
    fn an_act_has_one_word_in_the_store_in_the_api_and_in_exports() {
        for act in Act::ALL {
            assert_eq!(serde_json::to_value(act).expect("json"), act.name());
        }
    }

    #[test]
    fn entries_of_one_instant_are_told_apart_by_request_act_and_subject_and_a_retry_is_the_same_entry() {
        let entry = |request: &str, act, person: &str| by(request).did(act, subject(person), []).mark();
        let mark = entry("r1", Act::Invited, "p2");
        assert_eq!(entry("r1", Act::Invited, "p2"), mark);
        for other in
            [entry("r2", Act::Invited, "p2"), entry("r1", Act::RolesChanged, "p2"), entry("r1", Act::Invited, "p3")]
        {
            assert_ne!(other, mark);
        }
    }

    #[test]
    fn an_entry_concerns_who_did_it_and_to_whom_it_was_done() {
        let entry = by("r1").did(Act::Invited, subject("p2"), []);
        let concerns = |person: &str| entry.concerns(&PersonKey::parse(person).expect("an id"));
        assert_eq!(["p1", "p2", "p3"].map(concerns), [true, true, false]);
    }

    #[test]
    fn an_entry_stays_small_whatever_was_changed() {
        let changes = (0..1_000).filter_map(|at| Change::between(&format!("f{at}"), None, Some(&"x".repeat(10_000))));
        let entry = by("r1").did(Act::CohortChanged, Subject::default(), changes);
        assert_eq!(entry.changes.len(), CHANGES_MAX);
        assert_eq!(entry.changes.last().and_then(|more| more.to.as_deref()), Some("961"));
        assert!(serde_json::to_string(&entry).expect("json").len() < 12_000);
    }

    #[test]
    fn a_cohort_that_is_saved_as_it_was_changes_nothing_and_a_new_date_is_told_with_the_old_one() {
        let cohort: Cohort = serde_json::from_value(serde_json::json!({
            "cohort": "c1", "name": "Winter", "course": "k1", "course_title": "Course", "release": "r1",
            "zone": "Europe/Berlin", "deadlines": {"quiz": {"civil": "2026-03-29T02:30:00"}},
        }))
        .expect("a cohort");
        assert_eq!(of_cohort(Some(&cohort), &cohort), []);
        assert_eq!(of_cohort(None, &cohort).len(), 4);
        let mut later = cohort.clone();
        later.deadlines.remove(&NodeId::parse("quiz").expect("an id"));
        let gone = Change { field: "deadline quiz".to_owned(), from: Some("2026-03-29T02:30:00".to_owned()), to: None };
        assert_eq!(of_cohort(Some(&cohort), &later), [gone]);
    }
}
