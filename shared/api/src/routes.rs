//! Every route, in one table.

use schemars::{Schema, SchemaGenerator};
use stoa_domain::principal::Role::{self, Admin, Author, Grader, Instructor};

use crate::bodies;

/// Who may call a route. A caller without a verified token may call none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever holds a link that Stoa made: it names its person and is authenticated by itself. The only routes without a
    /// sign-in.
    Link,
    /// Every person of the tenant.
    Member,
    /// The learner whose enrolment the path names.
    Owner,
    /// The learner whose enrolment the path names, or a role that holds in the enrolment's cohort.
    OwnerOr(&'static [Role]),
    /// A role that holds in the tenant, or in the cohort or course that the path names.
    Roles(&'static [Role]),
}

/// Draws the schema of a body.
pub type Body = fn(&mut SchemaGenerator) -> Schema;

/// One route.
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path with its parameters, as API Gateway writes it.
    pub path: &'static str,
    /// The function that answers.
    pub function: &'static str,
    /// Its name in the OpenAPI document and in generated clients.
    pub operation: &'static str,
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The body it takes.
    pub request: Option<Body>,
    /// The status of success and the body that comes with it.
    pub response: (u16, Option<Body>),
    /// Query parameters.
    pub query: &'static [&'static str],
}

impl Route {
    /// The route as API Gateway names it: `GET /api/me`.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

fn body<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

macro_rules! routes {
    ($($function:literal $operation:literal $method:literal $path:literal $(? $query:literal)* , $access:expr,
       $(in $request:ty,)? $status:literal $(out $response:ty)?, $summary:literal;)*) => {
        /// Every route, by function.
        pub const ROUTES: &[Route] = &[$(Route {
            method: $method,
            path: $path,
            function: $function,
            operation: $operation,
            summary: $summary,
            access: $access,
            request: routes!(@body $($request)?),
            response: ($status, routes!(@body $($response)?)),
            query: &[$($query),*],
        }),*];
    };
    (@body) => { None };
    (@body $body:ty) => { Some(body::<$body>) };
}

/// An object that the edge serves from its bucket, to whoever has the cookies of `openSession`. No function is asked.
pub struct EdgeObject {
    /// The path with its parameters.
    pub path: &'static str,
    /// Its name in the OpenAPI document.
    pub operation: &'static str,
    /// What it is, in one sentence.
    pub summary: &'static str,
    /// What it holds.
    pub body: Body,
}

/// Everything that the edge serves under the web application's origin.
pub const EDGE_OBJECTS: &[EdgeObject] = &[
    EdgeObject {
        path: "/t/{tenant}/r/{release}/outline.json",
        operation: "getOutline",
        summary: "A Release's structure and rules; it never changes.",
        body: body::<stoa_domain::content::Outline>,
    },
    EdgeObject {
        path: "/t/{tenant}/r/{release}/n/{node}.json",
        operation: "getOpenNode",
        summary: "The blocks of a learning object without a gate; they never change.",
        body: body::<stoa_domain::content::NodeContent>,
    },
];

const RUNS_COHORTS: &[Role] = &[Instructor, Admin];
const READS_COHORTS: &[Role] = &[Instructor, Grader, Admin];
const WRITES_CONTENT: &[Role] = &[Author, Admin];
const READS_RELEASES: &[Role] = &[Author, Instructor, Admin];
const ADMINISTERS: &[Role] = &[Admin];

routes! {
    "progress-read" "getMe" "GET" "/api/me", Access::Member, 200 out bodies::Me, "Who is signed in.";
    "progress-read" "listMyEnrolments" "GET" "/api/me/enrolments", Access::Member, 200 out bodies::MyEnrolments, "The caller's courses, with progress and what is due.";
    "progress-read" "getProgress" "GET" "/api/enrolments/{enrolment}/progress", Access::OwnerOr(RUNS_COHORTS), 200 out bodies::ProgressView, "One learner's progress, with the reasons.";
    "progress-read" "listCohorts" "GET" "/api/cohorts", Access::Roles(READS_COHORTS), 200 out bodies::Cohorts, "The cohorts the caller may see.";
    "progress-read" "getCohort" "GET" "/api/cohorts/{cohort}", Access::Roles(READS_COHORTS), 200 out bodies::CohortView, "One cohort.";
    "progress-read" "listCohortRows" "GET" "/api/cohorts/{cohort}/rows" ? "cursor", Access::Roles(READS_COHORTS), 200 out bodies::CohortRows, "A page of a cohort's learners.";

    "content-read" "openSession" "POST" "/api/session", Access::Member, 200 out bodies::EdgeSession, "Sets the cookies that open the organisation's Releases at the edge, for less than a minute.";
    "content-read" "getNode" "GET" "/api/enrolments/{enrolment}/nodes/{node}", Access::Owner, 200 out stoa_domain::content::NodeContent, "The blocks of a learning object, after its gate was checked.";
    "content-read" "getAssetUrls" "GET" "/api/enrolments/{enrolment}/nodes/{node}/assets" ? "ids", Access::Owner, 200 out bodies::AssetUrls, "Short-lived addresses of files that a learning object shows to the learner.";

    "content-write" "listCourses" "GET" "/api/courses", Access::Roles(WRITES_CONTENT), 200 out bodies::Courses, "The courses the caller may write.";
    "content-write" "putCourse" "PUT" "/api/courses/{course}", Access::Roles(WRITES_CONTENT), in bodies::PutCourse, 200 out bodies::Course, "Makes a course, or changes its title.";
    "content-write" "getDraft" "GET" "/api/courses/{course}", Access::Roles(WRITES_CONTENT), 200 out bodies::DraftView, "A course's draft tree.";
    "content-write" "putNode" "PUT" "/api/courses/{course}/nodes/{node}", Access::Roles(WRITES_CONTENT), in bodies::PutNode, 200 out bodies::DraftNodeView, "Makes a learning object in the draft, or replaces it.";
    "content-write" "getDraftNode" "GET" "/api/courses/{course}/nodes/{node}", Access::Roles(WRITES_CONTENT), 200 out bodies::DraftNodeView, "A learning object of the draft with its blocks and items.";
    "content-write" "deleteNode" "DELETE" "/api/courses/{course}/nodes/{node}", Access::Roles(WRITES_CONTENT), 204, "Takes a learning object that has nothing under it out of the draft.";
    "content-write" "putItem" "PUT" "/api/courses/{course}/nodes/{node}/items/{item}", Access::Roles(WRITES_CONTENT), in bodies::PutItem, 200 out stoa_domain::item::DraftItem, "Makes an item of an assessment, or replaces it.";
    "content-write" "putAsset" "PUT" "/api/courses/{course}/assets/{asset}", Access::Roles(WRITES_CONTENT), in stoa_domain::content::Asset, 200 out bodies::AssetUpload, "Declares a file and says where its bytes go.";
    "content-write" "publish" "POST" "/api/courses/{course}/releases", Access::Roles(WRITES_CONTENT), 201 out bodies::Published, "Freezes the draft as a Release.";
    "content-write" "listReleases" "GET" "/api/courses/{course}/releases", Access::Roles(READS_RELEASES), 200 out bodies::Releases, "A course's Releases, newest first.";

    "cohort-write" "putCohort" "PUT" "/api/cohorts/{cohort}", Access::Roles(RUNS_COHORTS), in bodies::PutCohort, 200 out bodies::CohortView, "Makes a cohort, or changes its name and dates.";
    "cohort-write" "enrol" "POST" "/api/cohorts/{cohort}/enrolments", Access::Roles(RUNS_COHORTS), in bodies::Enrol, 200 out bodies::Enrolled, "Enrols people in a cohort.";

    "cohort-write" "lookAtRoll" "POST" "/api/cohorts/{cohort}/roll", Access::Roles(RUNS_COHORTS), in bodies::LookAtRoll, 200 out bodies::Roll, "What enrolling a list of addresses would do. Nothing is changed.";
    "cohort-write" "withdraw" "POST" "/api/cohorts/{cohort}/enrolments/{enrolment}/withdrawal", Access::Roles(RUNS_COHORTS), 200 out bodies::EnrolmentView, "Withdraws a learner; what they did stays.";
    "cohort-write" "reinstate" "DELETE" "/api/cohorts/{cohort}/enrolments/{enrolment}/withdrawal", Access::Roles(RUNS_COHORTS), 200 out bodies::EnrolmentView, "Takes a withdrawn learner back.";
    "cohort-write" "moveEnrolment" "PUT" "/api/cohorts/{cohort}/enrolments/{enrolment}/cohort", Access::Roles(RUNS_COHORTS), in bodies::MoveEnrolment, 200 out bodies::EnrolmentView, "Moves a learner to another cohort of the course.";

    "audit-read" "listAudit" "GET" "/api/audit" ? "from" ? "until" ? "person" ? "cursor", Access::Roles(ADMINISTERS), 200 out bodies::Audit, "A page of the audit log, newest first.";
    "audit-read" "exportAudit" "GET" "/api/audit/export" ? "form" ? "from" ? "until" ? "person" ? "cursor", Access::Roles(ADMINISTERS), 200 out bodies::AuditExport, "A page of the audit log as text: `csv` or `jsonl`.";

    "people-write" "getOrganisation" "GET" "/api/organisation", Access::Roles(ADMINISTERS), 200 out bodies::OrganisationView, "The organisation's settings.";
    "people-write" "putOrganisation" "PUT" "/api/organisation", Access::Roles(ADMINISTERS), in bodies::PutOrganisation, 200 out bodies::OrganisationView, "Replaces the organisation's settings.";
    "people-write" "lookAtPeople" "POST" "/api/people/diff", Access::Roles(ADMINISTERS), in bodies::LookAtPeople, 200 out bodies::PeopleDiff, "What taking a file of people over would change. Nothing is changed.";
    "people-write" "applyPeople" "POST" "/api/people/changes", Access::Roles(ADMINISTERS), in bodies::ApplyPeople, 200 out bodies::PeopleApplied, "Takes over a part of a file of people that was looked at.";
    "people-write" "getPerson" "GET" "/api/people/{person}", Access::Roles(ADMINISTERS), 200 out bodies::PersonView, "A person.";
    "people-write" "invite" "POST" "/api/people", Access::Roles(ADMINISTERS), in bodies::Invite, 200 out bodies::Invited, "Invites people, or finds those who are there.";
    "people-write" "listPeople" "GET" "/api/people" ? "cursor", Access::Roles(ADMINISTERS), 200 out bodies::People, "A page of the organisation's people.";
    "people-write" "putRoles" "PUT" "/api/people/{person}/roles", Access::Roles(ADMINISTERS), in bodies::PutRoles, 200 out bodies::PersonView, "Replaces a person's roles.";
    "people-write" "inviteAgain" "POST" "/api/people/{person}/invitation", Access::Roles(ADMINISTERS), 200 out bodies::PersonView, "Sends a person's invitation again, with a new first password, if they have never signed in. Once in ten minutes.";
    "people-write" "deactivate" "POST" "/api/people/{person}/deactivation", Access::Roles(ADMINISTERS), 200 out bodies::PersonView, "Ends a person's access, within 60 seconds.";
    "people-write" "reactivate" "DELETE" "/api/people/{person}/deactivation", Access::Roles(ADMINISTERS), 200 out bodies::PersonView, "Gives a person's access back.";

    "privacy-write" "getMyExport" "GET" "/api/me/export", Access::Member, 200 out bodies::ExportView, "How far the caller's archive has come, and where it is.";
    "privacy-write" "askMyExport" "POST" "/api/me/export", Access::Member, 202 out bodies::ExportView, "Asks for everything that is held about the caller, in one archive.";
    "privacy-write" "getExport" "GET" "/api/people/{person}/export", Access::Roles(ADMINISTERS), 200 out bodies::ExportView, "How far a person's archive has come.";
    "privacy-write" "askExport" "POST" "/api/people/{person}/export", Access::Roles(ADMINISTERS), 202 out bodies::ExportView, "Asks for everything that is held about a person, in one archive.";
    "privacy-write" "fetchExport" "POST" "/api/people/{person}/export/address", Access::Roles(ADMINISTERS), 200 out bodies::ArchiveAddress, "Writes down that a person's archive is fetched, and then says where it is.";
    "privacy-write" "getErasure" "GET" "/api/people/{person}/erasure", Access::Roles(ADMINISTERS), 200 out bodies::ErasureView, "Whether a person is being erased, and what is lost.";
    "privacy-write" "askErasure" "PUT" "/api/people/{person}/erasure", Access::Roles(ADMINISTERS), 200 out bodies::ErasureView, "Ends a person's access, and erases them after seven days.";
    "privacy-write" "takeBackErasure" "DELETE" "/api/people/{person}/erasure", Access::Roles(ADMINISTERS), 200 out bodies::ErasureView, "Takes an erasure back that has not begun.";

    "attempt-write" "startAssessment" "GET" "/api/enrolments/{enrolment}/assessments/{assessment}", Access::Owner, 200 out bodies::AssessmentStart, "An assessment's rules of time, and the attempts so far.";
    "attempt-write" "openAttempt" "PUT" "/api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}", Access::Owner, 201 out bodies::AttemptView, "Opens an attempt, or resumes it.";
    "attempt-write" "getAttempt" "GET" "/api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}", Access::Owner, 200 out bodies::AttemptView, "An attempt as it stands.";
    "attempt-write" "saveDraft" "PUT" "/api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}/draft", Access::Owner, in bodies::SaveDraft, 200 out bodies::DraftSaved, "Saves the answers so far.";
    "attempt-write" "submit" "PUT" "/api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}/submission", Access::Owner, in bodies::Submit, 201 out stoa_domain::attempt::Receipt, "Hands in. The same hand-in again gets the same receipt.";

    "notification-read" "listNotifications" "GET" "/api/me/notifications" ? "cursor", Access::Member, 200 out bodies::Inbox, "A page of the caller's inbox, newest first.";
    "notification-read" "countUnread" "GET" "/api/me/notifications/unread", Access::Member, 200 out bodies::Unread, "How many messages are unread.";
    "notification-read" "getPreferences" "GET" "/api/me/preferences", Access::Member, 200 out bodies::PreferencesView, "What the caller is told, and by which way.";

    "notification-write" "markRead" "POST" "/api/me/notifications/read", Access::Member, in bodies::MarkRead, 200 out bodies::Unread, "Marks messages as read.";
    "notification-write" "putPreference" "PUT" "/api/me/preferences/{kind}/{channel}", Access::Member, in bodies::PutPreference, 200 out bodies::PreferencesView, "Switches one kind of notification by one channel on or off.";
    "notification-write" "openLink" "GET" "/api/unsubscribe/{link}", Access::Link, 303, "Leads from a link in an e-mail to the page that asks. It changes nothing.";
    "notification-write" "unsubscribe" "POST" "/api/unsubscribe/{link}", Access::Link, 200 out bodies::Unsubscribed, "Ends a kind of e-mail, by the link that came with it (RFC 8058).";

    "fact-write" "recordFacts" "POST" "/api/enrolments/{enrolment}/facts", Access::Owner, in bodies::RecordFacts, 202 out bodies::FactsRecorded, "Records what the learner viewed and marked as done.";
    "fact-write" "recordReading" "POST" "/api/enrolments/{enrolment}/reading", Access::Owner, in bodies::RecordReading, 202 out bodies::ReadingRecorded, "Records what the learner read and watched, once a minute.";
}

/// The routes that one function answers.
pub fn of_function(function: &str) -> impl Iterator<Item = &'static Route> + '_ {
    ROUTES.iter().filter(move |route| route.function == function)
}

/// The route with this key, `GET /api/me`.
pub fn by_key(key: &str) -> Option<&'static Route> {
    let (method, path) = key.split_once(' ')?;
    ROUTES.iter().find(|route| route.method == method && route.path == path)
}
