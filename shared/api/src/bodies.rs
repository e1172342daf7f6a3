//! Request and response bodies. Requests refuse fields they do not know, so that a misspelt one is an error.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stoa_domain::attempt::{AttemptState, ClosedReason, Receipt};
use stoa_domain::audit::{Act, Change};
use stoa_domain::cohort::EnrolmentStatus;
use stoa_domain::content::{AssessmentSettings, Assets, Block, DraftNode, NodeKind};
use stoa_domain::deadline::Deadline;
use stoa_domain::evaluation::{Explained, Verdict};
use stoa_domain::grading::{Grade, GradeStatus};
use stoa_domain::id::{
    AssetId, CohortId, CourseId, EnrolmentId, NodeId, NotificationId, PersonKey, ReleaseId, SubmissionId, TenantId,
};
use stoa_domain::item::{Answers, Choice, DraftItem, Item, ItemKind, Key};
use stoa_domain::notification::preferences::Preferences;
use stoa_domain::notification::{self, Channel, Notice};
use stoa_domain::organisation::Accent;
use stoa_domain::rule::Rule;

/// The most people, facts or learners in one request.
pub const BATCH_MAX: usize = 100;

/// An instant as RFC 3339 text in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Instant(#[schemars(with = "String", extend("format" = "date-time"))] pub jiff::Timestamp);

impl Instant {
    /// An instant from stored milliseconds since 1970.
    pub fn from_ms(ms: i64) -> Instant {
        Instant(stoa_domain::attempt::instant(ms))
    }
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $direction:ident $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        bodies!(@$direction $(#[$doc])* $name { $($(#[$field_doc])* $field: $type,)* });
    )*};
    (@takes $(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    };
    (@gives $(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
    };
}

bodies! {
    /// Who is signed in.
    gives Me {
        /// The pseudonymous key.
        person: PersonKey,
        /// The name to greet with.
        name: String,
        /// The organisation.
        tenant: TenantView,
        /// `role` or `role@scope`.
        roles: Vec<String>,
    }
    /// An organisation.
    gives TenantView {
        /// Its id.
        id: TenantId,
        /// Its name.
        name: String,
        /// The colour of its pages; `null` is Stoa's own.
        accent: Option<Accent>,
        /// The IANA zone that new cohorts begin with.
        zone: Option<String>,
        /// Where its people can ask for help.
        contact: Option<String>,
    }
    /// An organisation's settings.
    gives OrganisationView {
        /// Its name.
        name: String,
        /// The IANA zone that new cohorts begin with.
        zone: Option<String>,
        /// The colour of its pages; `null` is Stoa's own.
        accent: Option<Accent>,
        /// Where its people can ask for help.
        contact: Option<String>,
    }
    /// Replaces an organisation's settings.
    takes PutOrganisation {
        /// Its name.
        name: String,
        /// The IANA zone that new cohorts begin with.
        zone: Option<String>,
        /// The colour of its pages, readable on light and on dark ones; `null` is Stoa's own.
        accent: Option<Accent>,
        /// Where its people can ask for help.
        contact: Option<String>,
    }
    /// A page of the audit log.
    gives Audit {
        /// Newest first.
        entries: Vec<AuditEntry>,
        /// Where the next page begins; `null` after the last. A page can be short, or empty, and not be the last.
        next: Option<String>,
    }
    /// A privileged act.
    gives AuditEntry {
        /// When.
        at: Instant,
        /// What was done.
        act: Act,
        /// Who did it; `null` is the operator of this Stoa.
        actor: Option<Somebody>,
        /// To whom it was done.
        person: Option<Somebody>,
        /// The enrolment it is about.
        enrolment: Option<EnrolmentId>,
        /// The cohort it is about.
        cohort: Option<CohortId>,
        /// The course it is about.
        course: Option<CourseId>,
        /// The Release it is about.
        release: Option<ReleaseId>,
        /// What it changed.
        changes: Vec<Change>,
        /// The request it was done by.
        request: String,
    }
    /// A person in a list.
    gives Somebody {
        /// The pseudonymous key.
        person: PersonKey,
        /// Their name now; empty if nobody has the key any more.
        name: String,
    }
    /// A page of an export.
    gives AuditExport {
        /// What goes to the end of the file.
        text: String,
        /// Where the next page begins; `null` after the last.
        next: Option<String>,
    }
    /// A file of people to look at.
    takes LookAtPeople {
        /// The table as text: a line a person, with commas, semicolons or tabs, with or without headings.
        text: String,
    }
    /// What taking a file over would change.
    gives PeopleDiff {
        /// Its lines.
        lines: Vec<PersonLine>,
        /// How many people have access now.
        with_access: u32,
        /// How many of them it changes, or ends the access of.
        changed: u32,
        /// Whether that is so many that taking it over must be confirmed.
        asks: bool,
        /// Parts to take over one after the other, as they are.
        parts: Vec<PeoplePart>,
    }
    /// A line of a file of people.
    gives PersonLine {
        /// Its number in the file, from 1.
        line: u32,
        /// The address.
        email: String,
        /// The name.
        name: String,
        /// The roles they would have.
        roles: Vec<String>,
        /// The roles they have, if those would change.
        before: Option<Vec<String>>,
        /// What it would do.
        status: PersonLineStatus,
        /// Why it cannot be taken over.
        reason: Option<String>,
    }
    /// Lines to take over.
    gives PeoplePart {
        /// Up to 100.
        lines: Vec<PersonChange>,
        /// Says that the server gave out exactly these lines, to this administrator.
        seal: String,
    }
    /// Takes a part of a file over.
    takes ApplyPeople {
        /// The lines of a part, as they were given out.
        lines: Vec<PersonChange>,
        /// The seal that came with them.
        seal: String,
        /// Whether a file that asks is meant.
        confirmed: bool,
    }
    /// One change of a file.
    takes PersonChange {
        /// Its number in the file, from 1.
        line: u32,
        /// The address.
        email: String,
        /// The name.
        name: String,
        /// The roles they are to have.
        roles: Vec<String>,
        /// Whom it changes; `null` invites somebody.
        person: Option<PersonKey>,
        /// The roles they had; `null` ends their access.
        before: Option<Vec<String>>,
    }
    /// What came of a part.
    gives PeopleApplied {
        /// One entry a line, in the order of the request.
        lines: Vec<PersonApplied>,
    }
    /// What came of a line.
    gives PersonApplied {
        /// Its number in the file, from 1.
        line: u32,
        /// What came of it.
        status: AppliedStatus,
    }
    /// A list of people to enrol, to look at.
    takes LookAtRoll {
        /// The table as text: a line a person, with an address in it.
        text: String,
    }
    /// What enrolling a list would do.
    gives Roll {
        /// One entry a line.
        lines: Vec<RollLine>,
    }
    /// A line of a list.
    gives RollLine {
        /// Its number, from 1.
        line: u32,
        /// The address.
        address: String,
        /// Who has it.
        person: Option<PersonKey>,
        /// Their name.
        name: Option<String>,
        /// What enrolling them would do.
        status: RollStatus,
        /// The earlier line with the same address.
        first: Option<u32>,
    }
    /// An enrolment, for those who run its cohort.
    gives EnrolmentView {
        /// The enrolment.
        enrolment: EnrolmentId,
        /// The learner.
        person: PersonKey,
        /// The cohort it is in.
        cohort: CohortId,
        /// The Release it is pinned to.
        release: ReleaseId,
        /// Whether it is alive.
        status: EnrolmentStatus,
    }
    /// Moves an enrolment.
    takes MoveEnrolment {
        /// The cohort to move to: one of the same course.
        cohort: CohortId,
    }
    /// The caller's courses.
    gives MyEnrolments {
        /// One entry an enrolment.
        enrolments: Vec<MyEnrolment>,
    }
    /// One of the caller's courses.
    gives MyEnrolment {
        /// The enrolment.
        enrolment: EnrolmentId,
        /// The cohort it is in.
        cohort: CohortRef,
        /// The course's title.
        course_title: String,
        /// The Release it is pinned to.
        release: ReleaseId,
        /// How many trackable learning objects are completed.
        completed: u32,
        /// How many trackable learning objects there are.
        trackable: u32,
        /// The next deadline of an assessment that is not completed.
        next_due: Option<Due>,
        /// Where to go on: the first open learning object that is not completed.
        continue_node: Option<NodeId>,
        /// The time of the newest fact in it.
        as_of: Option<Instant>,
    }
    /// A cohort by its id and name.
    gives CohortRef {
        /// Its id.
        id: CohortId,
        /// Its name.
        name: String,
        /// Its IANA time zone.
        zone: String,
    }
    /// When something is due.
    gives Due {
        /// The assessment.
        node: NodeId,
        /// Its title.
        title: String,
        /// The wall-clock time in the cohort's zone.
        civil: String,
        /// The cohort's zone.
        zone: String,
        /// The instant.
        at: Instant,
    }
    /// One learner's progress.
    gives ProgressView {
        /// The enrolment.
        enrolment: EnrolmentId,
        /// The learner.
        person: PersonKey,
        /// The cohort.
        cohort: CohortRef,
        /// The Release it is pinned to.
        release: ReleaseId,
        /// The place in the log.
        sequence: u64,
        /// When the newest event in it was recorded.
        as_of: Option<Instant>,
        /// When a rule that waits for a date may next say something else, though nothing happens.
        next_change_at: Option<Instant>,
        /// How many trackable learning objects are completed.
        completed: u32,
        /// How many trackable learning objects there are.
        trackable: u32,
        /// By learning object.
        nodes: BTreeMap<NodeId, NodeProgress>,
        /// By assessment with a closed attempt.
        results: BTreeMap<NodeId, AssessmentResults>,
        /// By assessment with a deadline.
        deadlines: BTreeMap<NodeId, Due>,
    }
    /// One learning object's progress.
    gives NodeProgress {
        /// Whether it is completed.
        verdict: Verdict,
        /// Whether it, or one it stands under, is still closed.
        locked: bool,
        /// Whether the learner has opened it.
        viewed: bool,
        /// Whether the learner has marked it as done.
        done: bool,
        /// Why it is or is not completed.
        completion: Explained,
        /// Why it is open or closed, if it has a rule for that.
        access: Option<Explained>,
    }
    /// What stands of one assessment.
    gives AssessmentResults {
        /// By attempt.
        attempts: BTreeMap<u32, AttemptResult>,
    }
    /// What stands of one attempt.
    gives AttemptResult {
        /// Whether it is scored.
        status: GradeStatus,
        /// The points so far, in hundredths; `null` while a person must still mark.
        points: Option<u32>,
        /// The maximum, in hundredths.
        points_max: u32,
    }
    /// Cohorts.
    gives Cohorts {
        /// In order of their names.
        cohorts: Vec<CohortView>,
    }
    /// A cohort.
    gives CohortView {
        /// Its id.
        cohort: CohortId,
        /// Its name.
        name: String,
        /// The course it takes.
        course: CourseId,
        /// The course's title.
        course_title: String,
        /// The Release new enrolments are pinned to.
        release: ReleaseId,
        /// Its IANA time zone.
        zone: String,
        /// When its assessments are due.
        deadlines: BTreeMap<NodeId, Deadline>,
    }
    /// Makes or changes a cohort.
    takes PutCohort {
        /// Its name.
        name: String,
        /// The course it takes.
        course: CourseId,
        /// The Release new enrolments are pinned to.
        release: ReleaseId,
        /// Its IANA time zone.
        zone: String,
        /// When its assessments are due.
        deadlines: BTreeMap<NodeId, Deadline>,
    }
    /// A page of a cohort.
    gives CohortRows {
        /// When the page was read.
        as_of: Instant,
        /// One row a learner.
        rows: Vec<CohortRow>,
        /// Where the next page begins; `null` after the last.
        next: Option<String>,
    }
    /// One learner in a cohort.
    gives CohortRow {
        /// The enrolment.
        enrolment: EnrolmentId,
        /// The learner.
        person: PersonKey,
        /// The learner's name.
        name: String,
        /// The Release it is pinned to.
        release: ReleaseId,
        /// How many trackable learning objects are completed.
        completed: u32,
        /// How many trackable learning objects there are.
        trackable: u32,
        /// One letter a learning object in outline order: m met, u unmet, p pending, x impossible.
        states: String,
        /// What stands of each assessment, in outline order.
        results: Vec<CohortResult>,
        /// When the learner last did anything.
        last_activity_at: Option<Instant>,
        /// Whether the learner is withdrawn.
        withdrawn: bool,
        /// The place in the learner's log.
        sequence: u64,
    }
    /// What a cohort row says of one assessment.
    gives CohortResult {
        /// The assessment.
        node: NodeId,
        /// Whether anything was handed in, and whether it is scored.
        status: CohortResultStatus,
        /// The points of the best attempt, in hundredths.
        points: u32,
        /// The maximum, in hundredths.
        points_max: u32,
        /// How many attempts are closed.
        attempts: u32,
    }
    /// Enrols people.
    takes Enrol {
        /// Up to 100.
        people: Vec<PersonKey>,
    }
    /// Who is enrolled now.
    gives Enrolled {
        /// One entry a person, in the order of the request.
        enrolments: Vec<EnrolledPerson>,
    }
    /// One person's enrolment.
    gives EnrolledPerson {
        /// The person.
        person: PersonKey,
        /// The enrolment.
        enrolment: EnrolmentId,
        /// Whether it is new.
        status: EnrolledStatus,
    }
    /// Invites people.
    takes Invite {
        /// Up to 100.
        people: Vec<InvitePerson>,
    }
    /// One person to invite.
    takes InvitePerson {
        /// Where the invitation goes; it is also how they sign in.
        email: String,
        /// Their name.
        name: String,
        /// `role` or `role@scope`.
        roles: Vec<String>,
    }
    /// Who was invited.
    gives Invited {
        /// One entry a person, in the order of the request.
        people: Vec<InvitedPerson>,
    }
    /// One invited person.
    gives InvitedPerson {
        /// The address.
        email: String,
        /// The pseudonymous key.
        person: PersonKey,
        /// Whether they are new.
        status: InvitedStatus,
    }
    /// A page of people.
    gives People {
        /// One entry a person.
        people: Vec<PersonView>,
        /// Where the next page begins; `null` after the last.
        next: Option<String>,
    }
    /// A person, for administrators.
    gives PersonView {
        /// The pseudonymous key.
        person: PersonKey,
        /// How they sign in.
        email: String,
        /// Their name.
        name: String,
        /// `role` or `role@scope`.
        roles: Vec<String>,
        /// `invited`, `active` or `deactivated`.
        state: String,
    }
    /// Replaces a person's roles.
    takes PutRoles {
        /// `role` or `role@scope`.
        roles: Vec<String>,
    }
    /// Courses.
    gives Courses {
        /// In order of their titles.
        courses: Vec<Course>,
    }
    /// A course.
    gives Course {
        /// Its id.
        course: CourseId,
        /// Its title.
        title: String,
        /// The language of its content, as a BCP 47 tag.
        language: String,
    }
    /// Makes or changes a course.
    takes PutCourse {
        /// Its title.
        title: String,
        /// The language of its content, as a BCP 47 tag.
        language: String,
    }
    /// A course's draft.
    gives DraftView {
        /// The course.
        course: Course,
        /// Learning objects, in no order.
        nodes: Vec<DraftNode>,
        /// Files.
        assets: Assets,
    }
    /// A learning object of a draft, whole.
    gives DraftNodeView {
        /// The learning object.
        node: DraftNode,
        /// Its blocks, sanitised.
        blocks: Vec<Block>,
        /// Its items, in order.
        items: Vec<DraftItem>,
    }
    /// Makes or replaces a learning object.
    takes PutNode {
        /// The object it stands under; `null` at the top.
        parent: Option<NodeId>,
        /// Its place among its siblings, lowest first.
        position: u32,
        /// What it is.
        kind: NodeKind,
        /// Its title.
        title: String,
        /// Whether completing the course needs it.
        required: bool,
        /// When it counts as completed; `null` is the default of its kind.
        completion: Option<Rule>,
        /// When it opens; `null` is at once.
        access: Option<Rule>,
        /// About how long it takes, in minutes.
        minutes: Option<u32>,
        /// Its blocks, in order.
        blocks: Vec<Block>,
        /// How it is taken, if it is an assessment.
        assessment: Option<AssessmentSettings>,
    }
    /// Makes or replaces an item.
    takes PutItem {
        /// Its place in the assessment, lowest first.
        position: u32,
        /// How it is answered.
        kind: ItemKind,
        /// What it asks.
        prompt_html: String,
        /// What it is worth, in hundredths of a point.
        points_max: u32,
        /// What can be chosen.
        choices: Vec<Choice>,
        /// What it accepts; `null` awaits a person.
        key: Option<Key>,
        /// What it was where it came from, if Stoa has no such kind.
        original_type: Option<String>,
    }
    /// Where a file's bytes go.
    gives AssetUpload {
        /// The place; `null` if the bytes are there already.
        upload: Option<UploadTarget>,
    }
    /// A place that takes one file, for a few minutes.
    gives UploadTarget {
        /// Where to PUT.
        url: String,
        /// The headers to send along, exactly.
        headers: BTreeMap<String, String>,
    }
    /// Access to the edge, which came with it as cookies.
    gives EdgeSession {
        /// When the cookies run out.
        expires_at: Instant,
    }
    /// Short-lived addresses of files.
    gives AssetUrls {
        /// By file.
        urls: BTreeMap<AssetId, String>,
    }
    /// A new Release.
    gives Published {
        /// Its id.
        release: ReleaseId,
        /// Its number, from 1.
        number: u32,
        /// How many learning objects it has.
        nodes: u32,
        /// How many items it has.
        items: u32,
    }
    /// Releases.
    gives Releases {
        /// Newest first.
        releases: Vec<ReleaseView>,
    }
    /// A Release.
    gives ReleaseView {
        /// Its id.
        release: ReleaseId,
        /// Its number, from 1.
        number: u32,
        /// The course's title in it.
        title: String,
        /// When it was published.
        published_at: Instant,
    }
    /// An assessment before an attempt.
    gives AssessmentStart {
        /// The assessment.
        assessment: NodeId,
        /// Its title.
        title: String,
        /// How many items it has.
        item_count: u32,
        /// The points of all its items, in hundredths.
        points_max: u32,
        /// How many attempts there are; `null` is any number.
        attempts_max: Option<u32>,
        /// How long an attempt may take; `null` is untimed.
        time_limit_minutes: Option<u32>,
        /// When it is due.
        due: Option<Due>,
        /// The attempts so far.
        attempts: Vec<AttemptSummary>,
        /// The attempt to open or resume; `null` if none can be.
        next_attempt: Option<u32>,
        /// Why none can be.
        refusal: Option<StartRefusal>,
    }
    /// An attempt in a list.
    gives AttemptSummary {
        /// Which, from 1.
        attempt: u32,
        /// Whether it takes answers.
        state: AttemptState,
        /// When it was opened.
        opened_at: Instant,
        /// When it closes; `null` if nothing limits it.
        closes_at: Option<Instant>,
        /// When it was handed in.
        submitted_at: Option<Instant>,
        /// What stands.
        grade: Option<AttemptResult>,
    }
    /// An attempt.
    gives AttemptView {
        /// Which, from 1.
        attempt: u32,
        /// Whether it takes answers.
        state: AttemptState,
        /// Why it closed.
        closed_reason: Option<ClosedReason>,
        /// How often the draft was saved; the next save sends one more.
        rev: u32,
        /// When the draft was last saved.
        saved_at: Option<Instant>,
        /// When it was opened.
        opened_at: Instant,
        /// When it closes; `null` if nothing limits it.
        closes_at: Option<Instant>,
        /// Until when the server takes a hand-in; `null` if nothing limits it.
        accept_until: Option<Instant>,
        /// What is asked.
        items: Vec<Item>,
        /// The answers so far.
        answers: Answers,
        /// The proof of the hand-in.
        receipt: Option<Receipt>,
        /// What stands.
        grade: Option<Grade>,
    }
    /// Saves answers.
    takes SaveDraft {
        /// One more than the revision the client knows.
        rev: u32,
        /// All answers so far.
        answers: Answers,
    }
    /// The draft is saved.
    gives DraftSaved {
        /// The revision that stands.
        rev: u32,
        /// When it was saved.
        saved_at: Instant,
    }
    /// Hands in.
    takes Submit {
        /// The client's name for this hand-in: the same for every retry.
        submission_id: SubmissionId,
        /// All answers.
        answers: Answers,
    }
    /// A person's data in one archive.
    gives ExportView {
        /// How far it has come.
        state: ExportState,
        /// When it was asked for.
        asked_at: Option<Instant>,
        /// When it was there.
        ready_at: Option<Instant>,
        /// Until when it can be fetched.
        until: Option<Instant>,
        /// How large it is.
        bytes: Option<u64>,
        /// A short-lived address of one's own archive, once it is there: a zip of JSON files. Somebody else's is given by
        /// `fetchExport` alone.
        url: Option<String>,
    }
    /// Where a person's archive is.
    gives ArchiveAddress {
        /// A short-lived address: a zip of JSON files.
        url: String,
    }
    /// Whether a person is being erased.
    gives ErasureView {
        /// How far it has come.
        state: ErasureState,
        /// When it was asked for.
        asked_at: Option<Instant>,
        /// Until when it can be taken back.
        erase_at: Option<Instant>,
        /// When nothing was left.
        erased_at: Option<Instant>,
        /// How many courses the person is or was enrolled in: everything they did in them is lost.
        enrolments: u32,
    }
    /// Records facts.
    takes RecordFacts {
        /// Up to 100.
        facts: Vec<NewFact>,
    }
    /// A fact as a client saw it.
    takes NewFact {
        /// What happened.
        kind: NewFactKind,
        /// To which learning object.
        node: NodeId,
        /// When, by the client's clock. A time before the enrolment is taken as the enrolment's, one in the future as now.
        occurred_at: Instant,
    }
    /// Records reading: what a page has seen since it reported last, at most once a minute. It may come late and more than
    /// once. What no rule of the Release asks for is not kept.
    takes RecordReading {
        /// When a learning object was on the screen of an active learner; up to 240.
        beats: Vec<NewBeat>,
        /// How far down learning objects were seen; up to 100.
        scrolled: Vec<NewScroll>,
        /// What was played of videos; up to 240.
        watched: Vec<NewSegment>,
    }
    /// A heartbeat: a stretch of at most 30 seconds, by the client's clock. What the server cannot have seen does not count.
    takes NewBeat {
        /// The learning object.
        node: NodeId,
        /// From when.
        from: Instant,
        /// Until when.
        to: Instant,
    }
    /// How far down a learning object was seen.
    takes NewScroll {
        /// The learning object.
        node: NodeId,
        /// How far, in percent. What is shorter than the screen is seen whole.
        percent: u8,
    }
    /// A piece of a video that was played without a break.
    takes NewSegment {
        /// The learning object it is in.
        node: NodeId,
        /// The video's file.
        video: AssetId,
        /// From where, in milliseconds from its beginning.
        from_ms: u32,
        /// To where.
        to_ms: u32,
    }
    /// Reading was recorded.
    gives ReadingRecorded {
        /// Of how many learning objects: those that a rule asks about.
        nodes: u32,
    }
    /// A page of the caller's inbox.
    gives Inbox {
        /// Newest first. A page may be short; the end has no cursor.
        notifications: Vec<NotificationView>,
        /// How many messages are unread, on all pages.
        unread: u32,
        /// Where the next page begins.
        next_cursor: Option<String>,
    }
    /// A message.
    gives NotificationView {
        /// Its id.
        id: NotificationId,
        /// The time of what it is about.
        at: Instant,
        /// Whether it was not read yet.
        unread: bool,
        /// What it says. Texts are made of it by whoever shows it.
        notice: Notice,
    }
    /// How many messages are unread.
    gives Unread {
        /// The count.
        unread: u32,
    }
    /// Marks messages as read.
    takes MarkRead {
        /// Which: at most 100. Those that are read already stay so.
        notifications: Vec<NotificationId>,
    }
    /// What the caller is told, and by which way.
    gives PreferencesView {
        /// One entry a kind.
        preferences: Vec<PreferenceView>,
    }
    /// What the caller is told of one kind.
    gives PreferenceView {
        /// The kind.
        kind: notification::Kind,
        /// Whether it cannot be switched off.
        mandatory: bool,
        /// Whether it comes into the inbox.
        inbox: bool,
        /// Whether it comes by e-mail.
        email: bool,
    }
    /// Switches one kind by one channel.
    takes PutPreference {
        /// On or off.
        on: bool,
    }
    /// A kind of notification was ended by a link.
    gives Unsubscribed {
        /// Which kind.
        kind: notification::Kind,
        /// By which way it does not come any more.
        channel: notification::Channel,
    }
    /// Facts were recorded.
    gives FactsRecorded {
        /// How many, those that were known already included.
        accepted: u32,
    }
}

impl PreferencesView {
    /// The whole grid of a person's preferences.
    pub fn of(preferences: &Preferences) -> PreferencesView {
        let row = |kind: notification::Kind| PreferenceView {
            kind,
            mandatory: kind.is_mandatory(),
            inbox: preferences.wants(kind, Channel::Inbox),
            email: preferences.wants(kind, Channel::Email),
        };
        PreferencesView { preferences: notification::Kind::ALL.into_iter().map(row).collect() }
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$word_doc])* $word,)* }
    )*};
}

words! {
    /// How an assessment stands in a cohort row.
    CohortResultStatus {
        /// Nothing was handed in.
        None,
        /// It is scored.
        Scored,
        /// A person must mark it.
        AwaitsPerson,
    }
    /// Whether an enrolment is new.
    EnrolledStatus {
        /// It is.
        Enrolled,
        /// It was there.
        Already,
        /// It was there, and the learner is withdrawn.
        Withdrawn,
        /// It was there, and was moved to another cohort.
        MovedAway,
    }
    /// What a line of a file of people would do.
    PersonLineStatus {
        /// Somebody is invited.
        New,
        /// Nothing: somebody is there as the file says.
        Same,
        /// Somebody's roles change.
        Roles,
        /// Somebody's access ends.
        Ends,
        /// Nothing: the address stands in an earlier line.
        Duplicate,
        /// Nothing: it cannot be taken over.
        Invalid,
    }
    /// What came of a line.
    AppliedStatus {
        /// It is done.
        Done,
        /// It was done before.
        Already,
        /// Somebody changed the person since the file was looked at; nothing was done.
        ChangedSince,
    }
    /// What enrolling a line of a list would do.
    RollStatus {
        /// Somebody is enrolled.
        New,
        /// Nothing: they are enrolled.
        Already,
        /// Nothing: they are withdrawn, and can be taken back.
        Withdrawn,
        /// Nothing: they were moved to another cohort.
        MovedAway,
        /// Nothing: their access has ended.
        AccessEnded,
        /// Nothing: nobody has the address.
        Unknown,
        /// Nothing: the address stands in an earlier line.
        Duplicate,
        /// Nothing: there is no address in it.
        NoAddress,
    }
    /// The form of an export.
    ExportForm {
        /// A table for spreadsheets.
        Csv,
        /// An entry of JSON a line.
        Jsonl,
    }
    /// How far a person's archive has come.
    ExportState {
        /// Nobody has asked for one.
        None,
        /// It is being made.
        Preparing,
        /// It is there.
        Ready,
        /// It was there, and is deleted.
        Expired,
        /// It would be larger than what can be made.
        TooLarge,
        /// It was begun several times and never finished; it can be asked for again.
        Failed,
    }
    /// How far an erasure has come.
    ErasureState {
        /// Nobody has asked for it, or it was taken back.
        None,
        /// It can be taken back.
        Waiting,
        /// It has begun, and cannot be taken back any more.
        Erasing,
        /// Nothing is left.
        Erased,
    }
    /// Whether a person is new.
    InvitedStatus {
        /// They are.
        Invited,
        /// They were there.
        Existing,
    }
    /// What a client may report.
    NewFactKind {
        /// The learner opened it.
        Viewed,
        /// The learner marked it as done.
        Done,
    }
    /// Why no attempt can be opened.
    StartRefusal {
        /// All attempts are used.
        AttemptsUsed,
        /// The deadline has passed.
        Closed,
        /// The learning object is still closed.
        Locked,
    }
}
