//! Notifications: what people are told, by which ways, and what is promised of each kind.
//!
//! Nothing here holds a name, an address or points: a notification says that there is something to see, and where.

pub mod agenda;
pub mod audience;
pub mod preferences;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::content::NodeKind;
use crate::digest;
use crate::fact::{Fact, Facts};
use crate::grading::GradeStatus;
use crate::id::{EnrolmentId, NodeId, NotificationId};
use crate::progress::Event;
use crate::tree::Tree;

/// How long news of an enrolment are collected before they are told, in milliseconds from the first: thirty grades at once
/// are one message.
pub const NEWS_WINDOW_MS: i64 = 120_000;
/// The most learning objects that one message names; it counts the others.
pub const NAMED_MAX: usize = 5;

/// What a notification is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "NotificationKind")]
pub enum Kind {
    /// The person was enrolled in a course.
    Enrolled,
    /// Grades were posted.
    GradePosted,
    /// An assessment is due within a day.
    AssessmentDue,
    /// A course's dates or contents were changed for its cohort.
    CourseUpdated,
}

/// The way by which somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "NotificationChannel")]
pub enum Channel {
    /// The list in the application.
    Inbox,
    /// E-mail.
    Email,
}

/// What is promised of a kind's e-mail where it is unknown whether an earlier try went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// It is never sent again: a second one would be worse than none.
    AtMostOnce,
    /// It is sent again: none would be worse than a second one.
    AtLeastOnce,
}

impl Kind {
    /// Every kind, in the order in which pages list them.
    pub const ALL: [Kind; 4] = [Kind::Enrolled, Kind::GradePosted, Kind::AssessmentDue, Kind::CourseUpdated];

    /// The word used in the API, in keys and in links.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Enrolled => "enrolled",
            Kind::GradePosted => "grade_posted",
            Kind::AssessmentDue => "assessment_due",
            Kind::CourseUpdated => "course_updated",
        }
    }

    /// Whether nobody can switch it off: what says that somebody is enrolled, and so what they are held to, is no offer.
    pub const fn is_mandatory(self) -> bool {
        match self {
            Kind::Enrolled => true,
            Kind::GradePosted | Kind::AssessmentDue | Kind::CourseUpdated => false,
        }
    }

    /// What is promised of it. A reminder that comes twice is a nuisance, and the deadline stands on the page as well; a
    /// grade or a moved deadline that nobody hears of may cost a person something.
    pub const fn promise(self) -> Promise {
        match self {
            Kind::AssessmentDue => Promise::AtMostOnce,
            Kind::Enrolled | Kind::GradePosted | Kind::CourseUpdated => Promise::AtLeastOnce,
        }
    }
}

impl Channel {
    /// Every channel, in the order in which pages list them.
    pub const ALL: [Channel; 2] = [Channel::Inbox, Channel::Email];

    /// The word used in the API, in keys and in links.
    pub const fn name(self) -> &'static str {
        match self {
            Channel::Inbox => "inbox",
            Channel::Email => "email",
        }
    }
}

/// The text is no word of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such kind or channel of notifications")]
pub struct Unknown;

impl TryFrom<String> for Kind {
    type Error = Unknown;
    fn try_from(text: String) -> Result<Kind, Unknown> {
        Kind::ALL.into_iter().find(|kind| kind.name() == text).ok_or(Unknown)
    }
}

impl TryFrom<String> for Channel {
    type Error = Unknown;
    fn try_from(text: String) -> Result<Channel, Unknown> {
        Channel::ALL.into_iter().find(|channel| channel.name() == text).ok_or(Unknown)
    }
}

/// The course a notification is about, as its reader knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NoticeCourse")]
pub struct About {
    /// The reader's enrolment.
    pub enrolment: EnrolmentId,
    /// The course's title.
    pub title: String,
}

/// A learning object by its id and title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NoticePart")]
pub struct Part {
    /// Its id.
    pub node: NodeId,
    /// Its title.
    pub title: String,
}

/// When an assessment is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NoticeDue")]
pub struct DueDate {
    /// The assessment.
    pub part: Part,
    /// The instant, in milliseconds since 1970; `null` if it has no deadline any more.
    pub at: Option<i64>,
}

/// What somebody is told: a kind with what its text is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// The reader was enrolled.
    Enrolled {
        /// In what.
        course: About,
    },
    /// Grades were posted. It says for what, and never how many points.
    GradePosted {
        /// In which course.
        course: About,
        /// For these assessments, in the order of the course.
        assessments: Vec<Part>,
        /// And for so many others.
        more: u32,
    },
    /// An assessment is due soon.
    AssessmentDue {
        /// In which course.
        course: About,
        /// Which, and when.
        due: DueDate,
        /// The cohort's IANA time zone.
        zone: String,
    },
    /// Dates or contents were changed.
    CourseUpdated {
        /// Of which course.
        course: About,
        /// The new dates, in the order of the course.
        due: Vec<DueDate>,
        /// And so many others.
        more: u32,
        /// Whether the contents were changed as well.
        contents: bool,
        /// The cohort's IANA time zone.
        zone: String,
    },
}

impl Notice {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Notice::Enrolled { .. } => Kind::Enrolled,
            Notice::GradePosted { .. } => Kind::GradePosted,
            Notice::AssessmentDue { .. } => Kind::AssessmentDue,
            Notice::CourseUpdated { .. } => Kind::CourseUpdated,
        }
    }

    /// The course it is about.
    pub fn course(&self) -> &About {
        match self {
            Notice::Enrolled { course }
            | Notice::GradePosted { course, .. }
            | Notice::AssessmentDue { course, .. }
            | Notice::CourseUpdated { course, .. } => course,
        }
    }
}

/// Something new about an enrolment that its learner is to be told. News are a set: any order and any number of the same
/// news are the same message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum News {
    /// The enrolment was opened.
    Enrolled,
    /// An attempt has a posted grade, or a new one.
    Graded {
        /// Of which assessment.
        assessment: NodeId,
        /// Which attempt.
        attempt: u32,
    },
}

impl From<News> for String {
    fn from(news: News) -> String {
        match news {
            News::Enrolled => "enrolled".to_owned(),
            News::Graded { assessment, attempt } => format!("graded#{assessment}#{attempt}"),
        }
    }
}

impl TryFrom<String> for News {
    type Error = Unknown;
    fn try_from(text: String) -> Result<News, Unknown> {
        let parts: Vec<&str> = text.split('#').collect();
        match parts.as_slice() {
            ["enrolled"] => Ok(News::Enrolled),
            ["graded", assessment, attempt] => Ok(News::Graded {
                assessment: NodeId::parse(*assessment).map_err(|_| Unknown)?,
                attempt: attempt.parse().map_err(|_| Unknown)?,
            }),
            _ => Err(Unknown),
        }
    }
}

/// What of these events is news to the learner. A grade that awaits a person, or is not posted, is none yet.
pub fn news<'a>(events: impl IntoIterator<Item = &'a Event>) -> BTreeSet<News> {
    let new = |event: &Event| match &event.fact {
        Fact::Enrolled { .. } => Some(News::Enrolled),
        Fact::Graded { assessment, attempt, grade } => {
            let is_told = grade.posted && grade.status == GradeStatus::Scored;
            is_told.then(|| News::Graded { assessment: assessment.clone(), attempt: *attempt })
        }
        Fact::EnrolmentChanged { .. }
        | Fact::Viewed { .. }
        | Fact::Read { .. }
        | Fact::Done { .. }
        | Fact::DateCame { .. } => None,
    };
    events.into_iter().filter_map(new).collect()
}

/// The messages that collected news become: one a kind. A grade that does not stand any more is left out.
pub fn told(tree: &Tree, enrolment: &EnrolmentId, news: &BTreeSet<News>, facts: &Facts) -> Vec<Notice> {
    let course = About { enrolment: enrolment.clone(), title: tree.outline().title.clone() };
    let mut notices = Vec::new();
    if news.contains(&News::Enrolled) {
        notices.push(Notice::Enrolled { course: course.clone() });
    }
    let stands = |assessment: &NodeId, attempt: u32| {
        facts.grades.get(assessment).and_then(|attempts| attempts.get(&attempt)).is_some_and(|grade| grade.posted)
    };
    let graded: BTreeSet<NodeId> = news
        .iter()
        .filter_map(|news| match news {
            News::Graded { assessment, attempt } if stands(assessment, *attempt) => Some(assessment.clone()),
            News::Graded { .. } | News::Enrolled => None,
        })
        .collect();
    let (assessments, more) = named(tree, &graded, |part| part);
    if !assessments.is_empty() {
        notices.push(Notice::GradePosted { course, assessments, more });
    }
    notices
}

/// The first of these assessments in the order of the course, each made into what a message holds, and how many there are
/// besides. What the Release does not have is left out.
pub fn named<T>(tree: &Tree, assessments: &BTreeSet<NodeId>, make: impl Fn(Part) -> T) -> (Vec<T>, u32) {
    let all = tree.nodes().iter().filter(|node| node.kind == NodeKind::Assessment && assessments.contains(&node.id));
    let parts: Vec<T> = all
        .clone()
        .take(NAMED_MAX)
        .map(|node| make(Part { node: node.id.clone(), title: node.title.clone() }))
        .collect();
    let more = all.count() - parts.len();
    (parts, u32::try_from(more).unwrap_or(u32::MAX))
}

/// The name of the notification of one occasion to one enrolment: always the same, so that telling it twice finds the first.
/// It begins with the time the occasion belongs to, in milliseconds since 1970, and the kind's place in [`Kind::ALL`], so
/// that names sort by time and, of one time, by kind: somebody is enrolled before they are graded.
pub fn notification_id(at_ms: i64, enrolment: &EnrolmentId, kind: Kind, occasion: &str) -> NotificationId {
    let name = digest::name_of(&[enrolment.as_str(), kind.name(), occasion]);
    let place = Kind::ALL.iter().position(|each| *each == kind).unwrap_or_default();
    NotificationId::parse(format!("{:015}-{place}-{name}", at_ms.max(0))).expect("digits and hexadecimal are an id")
}

/// The time that a notification's name begins with, in milliseconds since 1970.
pub fn notified_at(id: &NotificationId) -> i64 {
    id.as_str().split('-').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
