//! Every key, in one file. `docs/data-model.md` says which access pattern uses which.

use stoa_domain::audit::Entry;
use stoa_domain::id::{
    AssetId, CohortId, CourseId, EnrolmentId, ItemId, NodeId, NotificationId, PersonKey, ReleaseId, TenantId,
};
use stoa_service::attempts::AttemptRef;

use crate::engine::Key;

/// The sparse index over work marks: `work_pk`, `work_sk`, keys only.
pub const WORK_INDEX: &str = "work";
/// How many partitions the work marks of one kind are spread over.
pub const WORK_SHARDS: u32 = 8;

/// The partition that everything of one enrolment shares: what changes together stands together.
pub fn enrolment_pk(tenant: &TenantId, enrolment: &EnrolmentId) -> String {
    format!("T#{tenant}#E#{enrolment}")
}

/// The enrolment and its tenant that a partition key of [`enrolment_pk`] names.
pub fn parse_enrolment_pk(pk: &str) -> Option<(TenantId, EnrolmentId)> {
    let (tenant, enrolment) = pk.strip_prefix("T#")?.split_once("#E#")?;
    Some((TenantId::parse(tenant).ok()?, EnrolmentId::parse(enrolment).ok()?))
}

/// An enrolment.
pub fn enrolment(tenant: &TenantId, enrolment: &EnrolmentId) -> Key {
    Key::new(enrolment_pk(tenant, enrolment), ENROLMENT)
}

/// The sort key of an enrolment.
pub const ENROLMENT: &str = "ENROLMENT";
/// How sort keys of attempts begin.
pub const ATTEMPT: &str = "ATTEMPT#";
/// How sort keys of grades begin.
pub const GRADE: &str = "GRADE#";
/// How sort keys of facts begin.
pub const FACT: &str = "FACT#";
/// How sort keys of log entries begin.
pub const EVENT: &str = "EVENT#";
/// How sort keys of large answers begin.
pub const BODY: &str = "BODY#";
/// The sort key of the progress.
pub const PROGRESS: &str = "PROGRESS";
/// The sort key of a person.
pub const PERSON: &str = "PERSON";

/// How the sort keys of one assessment's attempts begin.
pub fn attempts_prefix(assessment: &NodeId) -> String {
    format!("{ATTEMPT}{assessment}#")
}

/// An attempt.
pub fn attempt(tenant: &TenantId, enrolment: &EnrolmentId, assessment: &NodeId, number: u32) -> Key {
    Key::new(enrolment_pk(tenant, enrolment), format!("{ATTEMPT}{assessment}#{number:04}"))
}

/// The assessment and number that a sort key of [`attempt`] names.
pub fn parse_attempt_sk(sk: &str) -> Option<(NodeId, u32)> {
    let (assessment, number) = sk.strip_prefix(ATTEMPT)?.rsplit_once('#')?;
    Some((NodeId::parse(assessment).ok()?, number.parse().ok()?))
}

/// The attempt that a key of [`attempt`] names.
pub fn parse_attempt(pk: &str, sk: &str) -> Option<AttemptRef> {
    let (tenant, enrolment) = parse_enrolment_pk(pk)?;
    let (assessment, number) = parse_attempt_sk(sk)?;
    Some(AttemptRef { tenant, enrolment, assessment, number })
}

/// The grades of one attempt begin with this.
pub fn grades_prefix(assessment: &NodeId, attempt: u32) -> String {
    format!("{GRADE}{assessment}#{attempt:04}#")
}

/// A grade.
pub fn grade(tenant: &TenantId, enrolment: &EnrolmentId, assessment: &NodeId, attempt: u32, revision: u32) -> Key {
    Key::new(enrolment_pk(tenant, enrolment), format!("{}{revision:06}", grades_prefix(assessment, attempt)))
}

/// Answers too large to stand in their attempt, by their digest.
pub fn body(tenant: &TenantId, enrolment: &EnrolmentId, assessment: &NodeId, attempt: u32, digest: &str) -> Key {
    Key::new(enrolment_pk(tenant, enrolment), format!("{BODY}{assessment}#{attempt:04}#{digest}"))
}

/// A fact about a learning object: `viewed` or `done`.
pub fn fact(tenant: &TenantId, enrolment: &EnrolmentId, kind: &str, node: &NodeId) -> Key {
    Key::new(enrolment_pk(tenant, enrolment), format!("{FACT}{kind}#{node}"))
}

/// How sort keys of reports of reading begin.
pub const READING: &str = "FACT#reading#";

/// What a page reported of reading in one minute, by the server's clock.
pub fn reading(tenant: &TenantId, enrolment: &EnrolmentId, received_at_ms: i64) -> Key {
    Key::new(enrolment_pk(tenant, enrolment), format!("{READING}{:010}", received_at_ms.div_euclid(60_000)))
}

/// An entry of the log.
pub fn event(tenant: &TenantId, enrolment: &EnrolmentId, sequence: u64) -> Key {
    Key::new(enrolment_pk(tenant, enrolment), format!("{EVENT}{sequence:020}"))
}

/// The progress of an enrolment.
pub fn progress(tenant: &TenantId, enrolment: &EnrolmentId) -> Key {
    Key::new(enrolment_pk(tenant, enrolment), PROGRESS)
}

/// The sort key of the news of an enrolment that wait to be told.
pub const NEWS: &str = "NEWS";
/// The sort key of what a cohort's members are still to be told.
pub const AGENDA: &str = "AGENDA";
/// How the sort keys of messages begin.
pub const MESSAGE: &str = "MESSAGE#";

/// The news of an enrolment that wait to be told.
pub fn news(tenant: &TenantId, enrolment: &EnrolmentId) -> Key {
    Key::new(enrolment_pk(tenant, enrolment), NEWS)
}

/// What a cohort's members are still to be told.
pub fn agenda(tenant: &TenantId, cohort: &CohortId) -> Key {
    Key::new(rows_pk(tenant, cohort, 0), AGENDA)
}

/// The cohort and its tenant that a key of [`agenda`] names.
pub fn parse_agenda_key(key: &Key) -> Option<(TenantId, CohortId)> {
    let (tenant, cohort) = key.pk.strip_prefix("T#")?.split_once("#COHORT#")?;
    let named = Some((TenantId::parse(tenant).ok()?, CohortId::parse(cohort).ok()?));
    named.filter(|_| key.sk == AGENDA)
}

/// Everything that one person is told; one query pages through the messages.
pub fn inbox_pk(tenant: &TenantId, person: &PersonKey) -> String {
    format!("T#{tenant}#INBOX#{person}")
}

/// A message to a person.
pub fn message(tenant: &TenantId, person: &PersonKey, id: &NotificationId) -> Key {
    Key::new(inbox_pk(tenant, person), format!("{MESSAGE}{id}"))
}

/// The tenant, person and message that a key of [`message`] names.
pub fn parse_message_key(key: &Key) -> Option<(TenantId, PersonKey, NotificationId)> {
    let (tenant, person) = key.pk.strip_prefix("T#")?.split_once("#INBOX#")?;
    let id = key.sk.strip_prefix(MESSAGE)?;
    Some((TenantId::parse(tenant).ok()?, PersonKey::parse(person).ok()?, NotificationId::parse(id).ok()?))
}

/// How many messages of a person are unread.
pub fn unread(tenant: &TenantId, person: &PersonKey) -> Key {
    Key::new(inbox_pk(tenant, person), "UNREAD")
}

/// What a person wants to be told.
pub fn preferences(tenant: &TenantId, person: &PersonKey) -> Key {
    Key::new(inbox_pk(tenant, person), "PREFERENCES")
}

/// The register of a tenant's cohorts; one query lists them.
pub fn cohorts_pk(tenant: &TenantId) -> String {
    format!("T#{tenant}#COHORTS")
}

/// A cohort.
pub fn cohort(tenant: &TenantId, cohort: &CohortId) -> Key {
    Key::new(cohorts_pk(tenant), format!("COHORT#{cohort}"))
}

/// One generation of a cohort's rows; one query pages through them. Which one is read stands in [`generations`].
pub fn rows_pk(tenant: &TenantId, cohort: &CohortId, generation: u32) -> String {
    match generation {
        0 => format!("T#{tenant}#COHORT#{cohort}"),
        later => format!("T#{tenant}#COHORT#{cohort}#G#{later}"),
    }
}

/// Which generation of a cohort's rows is read, and which one is built.
pub fn generations(tenant: &TenantId, cohort: &CohortId) -> Key {
    Key::new(rows_pk(tenant, cohort, 0), "GENERATIONS")
}

/// How the sort keys of cohort rows begin.
pub const ROW: &str = "ROW#";

/// A learner's row in a cohort, in one generation.
pub fn row(tenant: &TenantId, cohort: &CohortId, generation: u32, enrolment: &EnrolmentId) -> Key {
    Key::new(rows_pk(tenant, cohort, generation), format!("{ROW}{enrolment}"))
}

/// The places of one person in cohorts; one query lists them, and with them the person's enrolments.
pub fn enrolments_of_pk(tenant: &TenantId, person: &PersonKey) -> String {
    format!("T#{tenant}#LEARNER#{person}")
}

/// How the sort keys of a learner's places begin.
pub const PLACE: &str = "C#";

/// A learner's place in a cohort: it belongs to the enrolment that had it first, also once that was moved away.
pub fn place(tenant: &TenantId, person: &PersonKey, cohort: &CohortId) -> Key {
    Key::new(enrolments_of_pk(tenant, person), format!("{PLACE}{cohort}"))
}

/// The register of a tenant's courses.
pub fn courses_pk(tenant: &TenantId) -> String {
    format!("T#{tenant}#COURSES")
}

/// A course.
pub fn course(tenant: &TenantId, course: &CourseId) -> Key {
    Key::new(courses_pk(tenant), format!("COURSE#{course}"))
}

/// Everything in one course's draft, and its register of Releases.
pub fn course_pk(tenant: &TenantId, course: &CourseId) -> String {
    format!("T#{tenant}#COURSE#{course}")
}

/// How the sort keys of draft learning objects begin.
pub const NODE: &str = "NODE#";
/// How the sort keys of draft blocks begin.
pub const BLOCKS: &str = "BLOCKS#";
/// How the sort keys of draft items begin.
pub const ITEM: &str = "ITEM#";
/// How the sort keys of a draft's files begin.
pub const ASSET: &str = "ASSET#";
/// How the sort keys of a course's Releases begin.
pub const RELEASE: &str = "RELEASE#";

/// A learning object of a draft, without its blocks.
pub fn draft_node(tenant: &TenantId, course: &CourseId, node: &NodeId) -> Key {
    Key::new(course_pk(tenant, course), format!("{NODE}{node}"))
}

/// The blocks of a draft's learning object.
pub fn draft_blocks(tenant: &TenantId, course: &CourseId, node: &NodeId) -> Key {
    Key::new(course_pk(tenant, course), format!("{BLOCKS}{node}"))
}

/// The items of one draft assessment begin with this.
pub fn draft_items_prefix(node: &NodeId) -> String {
    format!("{ITEM}{node}#")
}

/// An item of a draft.
pub fn draft_item(tenant: &TenantId, course: &CourseId, node: &NodeId, item: &ItemId) -> Key {
    Key::new(course_pk(tenant, course), format!("{}{item}", draft_items_prefix(node)))
}

/// A file of a draft.
pub fn draft_asset(tenant: &TenantId, course: &CourseId, asset: &AssetId) -> Key {
    Key::new(course_pk(tenant, course), format!("{ASSET}{asset}"))
}

/// A Release in its course's register, by its number.
pub fn release(tenant: &TenantId, course: &CourseId, number: u32) -> Key {
    Key::new(course_pk(tenant, course), format!("{RELEASE}{number:06}"))
}

/// A person. The one place for personal data.
pub fn person(tenant: &TenantId, person: &PersonKey) -> Key {
    Key::new(people_pk(tenant), format!("{PERSON}#{person}"))
}

/// The people of a tenant; one query pages through them.
pub fn people_pk(tenant: &TenantId) -> String {
    format!("T#{tenant}#PEOPLE")
}

/// The tenant and person that a key of [`person`] names.
pub fn parse_person_key(key: &Key) -> Option<(TenantId, PersonKey)> {
    let tenant = key.pk.strip_prefix("T#")?.strip_suffix("#PEOPLE")?;
    let person = key.sk.strip_prefix(PERSON)?.strip_prefix('#')?;
    Some((TenantId::parse(tenant).ok()?, PersonKey::parse(person).ok()?))
}

/// How sort keys of erasures begin.
pub const ERASURE: &str = "ERASURE#";
/// How sort keys of requests for archives begin.
pub const EXPORT: &str = "EXPORT#";

/// The erasures of a tenant, those that are done as well: one query lists them.
pub fn erasures_pk(tenant: &TenantId) -> String {
    format!("T#{tenant}#ERASURES")
}

/// A request that a person be erased, and what stays of it.
pub fn erasure(tenant: &TenantId, person: &PersonKey) -> Key {
    Key::new(erasures_pk(tenant), format!("{ERASURE}{person}"))
}

/// The tenant and person that a key of [`erasure`] names.
pub fn parse_erasure_key(key: &Key) -> Option<(TenantId, PersonKey)> {
    let tenant = key.pk.strip_prefix("T#")?.strip_suffix("#ERASURES")?;
    Some((TenantId::parse(tenant).ok()?, PersonKey::parse(key.sk.strip_prefix(ERASURE)?).ok()?))
}

/// A request for a person's archive.
pub fn export(tenant: &TenantId, person: &PersonKey) -> Key {
    Key::new(format!("T#{tenant}#EXPORTS"), format!("{EXPORT}{person}"))
}

/// The tenant and person that a key of [`export`] names.
pub fn parse_export_key(key: &Key) -> Option<(TenantId, PersonKey)> {
    let tenant = key.pk.strip_prefix("T#")?.strip_suffix("#EXPORTS")?;
    Some((TenantId::parse(tenant).ok()?, PersonKey::parse(key.sk.strip_prefix(EXPORT)?).ok()?))
}

/// Who has an address in a tenant: it is unique there. The address stands in the key only as a digest.
pub fn address(tenant: &TenantId, email: &str) -> Key {
    let name = stoa_domain::digest::name_of(&[tenant.as_str(), email]);
    Key::new(format!("T#{tenant}#ADDRESS#{name}"), "ADDRESS")
}

/// Whose access has ended in a tenant.
pub fn revoked(tenant: &TenantId) -> Key {
    Key::new(format!("T#{tenant}#REVOKED"), "REVOKED")
}

/// A tenant.
pub fn tenant(tenant: &TenantId) -> Key {
    Key::new(format!("T#{tenant}#TENANT"), "TENANT")
}

/// The audit log of a tenant, in order of time. All of it shares a partition: what administrators do at their busiest is a
/// few hundred acts a second, and a page of the log is one query.
pub fn audit_pk(tenant: &TenantId) -> String {
    format!("T#{tenant}#AUDIT")
}

/// How the sort keys of audit entries begin.
pub const AT: &str = "AT#";

/// An entry of the audit log: by time, then by what tells it from others of the same instant.
pub fn audit(tenant: &TenantId, entry: &Entry) -> Key {
    Key::new(audit_pk(tenant), format!("{}{}", audit_before(entry.at), entry.mark()))
}

/// Where the audit entries before an instant end, in milliseconds since 1970.
pub fn audit_before(at_ms: i64) -> String {
    format!("{AT}{at_ms:015}#")
}

/// Who signs in with a subject of an issuer. Read by the token function alone.
pub fn sign_in(issuer: &str, subject: &str) -> Key {
    Key::new(format!("SIGNIN#{issuer}#{subject}"), "SIGNIN")
}

/// Object keys: the parts of a Release have different readers, told apart by prefix.
pub mod objects {
    use super::{NodeId, PersonKey, ReleaseId, TenantId};

    /// Structure and rules: what the edge may cache for a tenant.
    pub fn outline(tenant: &TenantId, release: &ReleaseId) -> String {
        format!("t/{tenant}/r/{release}/outline.json")
    }

    /// The blocks of a learning object without a gate: what the edge may cache for a tenant.
    pub fn open_node(tenant: &TenantId, release: &ReleaseId, node: &NodeId) -> String {
        format!("t/{tenant}/r/{release}/n/{node}.json")
    }

    /// The blocks of a gated learning object: served after a check.
    pub fn gated_node(tenant: &TenantId, release: &ReleaseId, node: &NodeId) -> String {
        format!("gated/{tenant}/{release}/{node}.json")
    }

    /// The items of an assessment: served by opening an attempt.
    pub fn items(tenant: &TenantId, release: &ReleaseId, assessment: &NodeId) -> String {
        format!("items/{tenant}/{release}/{assessment}.json")
    }

    /// The files that the items of an assessment refer to, if there are any: for whoever has opened an attempt.
    pub fn item_assets(tenant: &TenantId, release: &ReleaseId, assessment: &NodeId) -> String {
        format!("assets/{tenant}/{release}/{assessment}.json")
    }

    /// The keys of an assessment: read by grading alone.
    pub fn keys(tenant: &TenantId, release: &ReleaseId, assessment: &NodeId) -> String {
        format!("keys/{tenant}/{release}/{assessment}.json")
    }

    /// The bytes of a file, by their digest.
    pub fn upload(tenant: &TenantId, sha256: &str) -> String {
        format!("t/{tenant}/a/{sha256}")
    }

    /// A person's archive. It is short-lived: the bucket deletes everything under this prefix after seven days.
    pub fn archive(tenant: &TenantId, person: &PersonKey) -> String {
        format!("exports/{tenant}/{person}.zip")
    }
}

/// The partition of work that waits for a consumer.
pub fn pending_pk(shard: u32) -> String {
    format!("{PENDING}{shard}")
}

/// How the partitions of waiting work begin: the streams' filters look for it.
pub const PENDING: &str = "PENDING#";

/// The partition of what is due, by its time.
pub fn due_pk(shard: u32) -> String {
    format!("{DUE}{shard}")
}

/// How the partitions of what has a time begin.
pub const DUE: &str = "DUE#";

/// The sort key of a work mark: time first, so that "older than" is a range; then a revision, so that each write of the
/// item has its own mark.
pub fn work_sk(at_ms: i64, revision: &str) -> String {
    format!("{at_ms:015}#{revision}")
}

/// Where the work marks of a time begin: before all of them, and behind those of every earlier time.
pub fn work_time(at_ms: i64) -> String {
    format!("{at_ms:015}")
}

/// The time that a sort key of [`work_sk`] begins with.
pub fn parse_work_time(work_sk: &str) -> Option<i64> {
    work_sk.split_once('#')?.0.parse().ok()
}

/// The home of a partition key's work marks: always the same, so that work can be found again.
pub fn shard_of(pk: &str) -> u32 {
    let digest = stoa_domain::digest::of_bytes(pk.as_bytes());
    u32::from_str_radix(&digest[..8], 16).unwrap_or(0) % WORK_SHARDS
}
