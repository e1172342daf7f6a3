//! Every condition, by name. What a write may destroy is decided here and nowhere else; for each there is a test that
//! fails without it.

use crate::engine::Condition;

macro_rules! conditions {
    ($($(#[$doc:meta])* $name:ident: $expression:literal;)*) => {
        $($(#[$doc])* pub const $name: Condition = Condition { name: stringify!($name), expression: $expression };)*

        /// All of them.
        pub const ALL: &[Condition] = &[$($name),*];
    };
}

conditions! {
    /// Made once: an attempt is opened by one of two tabs.
    ATTEMPT_IS_NEW: "attribute_not_exists(pk)";
    /// A draft is saved into an open attempt of one's own, in time, only forwards, and by whom is not withdrawn.
    DRAFT_GOES_FORWARD: "phase = :open AND rev < :rev AND accept_until >= :received AND person = :person AND attribute_not_exists(suspended)";
    /// A hand-in is taken once, in time, from the learner whose attempt it is, unless they are withdrawn.
    SUBMISSION_IS_FIRST: "phase = :open AND accept_until >= :received AND person = :person AND attribute_not_exists(suspended)";
    /// An attempt is opened by who is enrolled: a withdrawal that comes first stands, and one that comes later sees it.
    ENROLMENT_IS_ACTIVE: "#status = :active";
    /// Only attempts that are open are suspended, or taken up again: those that are closed never change.
    ATTEMPT_IS_OPEN: "phase = :open";
    /// Time closes an attempt that is open and over, for so long that no hand-in can still be running.
    TIME_IS_UP: "phase = :open AND accept_until < :before";
    /// A grade of a revision is written once.
    GRADE_IS_NEW: "attribute_not_exists(pk)";
    /// A work mark is cleared only as it was seen: a later write has its own.
    MARK_IS_AS_SEEN: "work_sk = :seen";
    /// The first report of a fact stands.
    FACT_IS_NEW: "attribute_not_exists(pk)";
    /// One minute takes one report of reading: a learner costs one write a minute, whatever their pages send.
    READING_IS_ONCE_A_MINUTE: "attribute_not_exists(pk)";
    /// The projector writes after what it read: the first event of a log.
    PROGRESS_IS_NEW: "attribute_not_exists(pk)";
    /// The projector writes after what it read: the next event of a log.
    PROGRESS_IS_AS_READ: "#sequence = :sequence";
    /// An event's number is given once.
    EVENT_IS_NEW: "attribute_not_exists(pk)";
    /// Two changes of a cohort's generations do not lose one another: the first.
    GENERATIONS_ARE_NEW: "attribute_not_exists(pk)";
    /// Two changes of a cohort's generations do not lose one another: every later one.
    GENERATIONS_ARE_AS_READ: "rev = :rev";
    /// A rebuild never draws an older row over one that the projector has written meanwhile.
    ROW_IS_NOT_NEWER: "attribute_not_exists(pk) OR #sequence <= :sequence";
    /// An expiry is only given to rows that are there: an update would make an empty row otherwise.
    ROW_IS_THERE: "attribute_exists(pk)";
    /// Large answers are written, or their expiry refreshed, only until they are kept for good.
    BODY_IS_NOT_KEPT: "attribute_not_exists(pk) OR attribute_exists(expires_at)";
    /// An expiry is only taken off answers that are there: an update would make an empty item otherwise.
    BODY_IS_THERE: "attribute_exists(pk)";
    /// A Release's number is given once.
    RELEASE_NUMBER_IS_NEW: "attribute_not_exists(pk)";
    /// A cohort is made once.
    COHORT_IS_NEW: "attribute_not_exists(pk)";
    /// A cohort is changed as it was read: what the audit log says it was before is what it was, and it keeps its course.
    COHORT_IS_AS_READ: "rev = :rev";
    /// One cycle of one person in one cohort is one enrolment.
    ENROLMENT_IS_NEW: "attribute_not_exists(pk)";
    /// News are forgotten only as they were told: what came meanwhile is told later.
    NEWS_ARE_AS_TOLD: "rev = :rev";
    /// An occasion is one message to a person.
    MESSAGE_IS_NEW: "attribute_not_exists(pk)";
    /// A message is counted off once, however often it is read.
    MESSAGE_IS_UNREAD: "attribute_exists(unread)";
    /// An e-mail is one sender's affair, until it is settled or the sender's lease is over.
    MAIL_IS_FREE: "mail = :waiting OR (mail = :claimed AND lease_until < :now)";
    /// Whoever was overtaken settles nothing, and a claim is settled or given back once: a retry finds that it was.
    MAIL_IS_MINE: "fence = :fence AND mail = :claimed";
    /// The first change of a person's preferences.
    PREFERENCES_ARE_NEW: "attribute_not_exists(pk)";
    /// Two changes of a person's preferences do not lose one another.
    PREFERENCES_ARE_AS_READ: "rev = :rev";
    /// The first change of a cohort's agenda.
    AGENDA_IS_NEW: "attribute_not_exists(pk)";
    /// Two changes of a cohort's agenda do not lose one another.
    AGENDA_IS_AS_READ: "rev = :rev";
    /// A withdrawal or a move follows the enrolment it was decided on.
    ENROLMENT_IS_AS_READ: "rev = :rev";
    /// A person has one enrolment in a cohort, whichever way it got there.
    PLACE_IS_FREE: "attribute_not_exists(pk) OR enrolment = :enrolment";
    /// An entry of the audit log is written once and stands.
    ENTRY_IS_NEW: "attribute_not_exists(pk)";
    /// An organisation is made once.
    TENANT_IS_NEW: "attribute_not_exists(pk)";
    /// An address belongs to one person of a tenant.
    ADDRESS_IS_FREE: "attribute_not_exists(pk)";
    /// Settings are changed as they were read: two who change them at once do not lose one another.
    ORGANISATION_IS_AS_READ: "rev = :rev";
    /// A subject is noted of people who are there only: an update would make an empty person otherwise.
    PERSON_IS_THERE: "attribute_exists(pk)";
    /// Roles are replaced as they were read, and only of people who are there.
    ROLES_ARE_AS_READ: "#roles = :before";
    /// A change of access follows the state it was decided on.
    STATE_IS_AS_READ: "#state = :from";
    /// Somebody is invited again as they were read, and not twice in ten minutes.
    INVITATION_IS_DUE: "#state = :from AND (attribute_not_exists(invited_again_at) OR invited_again_at <= :before)";
    /// The first change of a tenant's list of ended access.
    REVOKED_IS_NEW: "attribute_not_exists(pk)";
    /// Two changes of a tenant's list of ended access do not lose one another.
    REVOKED_IS_AS_READ: "rev = :rev";
    /// A subject signs in as one person, for good.
    SIGN_IN_IS_FREE: "attribute_not_exists(pk) OR (tenant = :tenant AND person = :person)";
    /// An erasure is taken back, or begun, only while it waits.
    ERASURE_WAITS: "stage = :waiting";
    /// Whoever invites somebody, changes their roles or their access or has them erased is an administrator when it is written
    /// down, and not by a token of minutes ago: an organisation keeps one.
    ADMINISTRATOR_STAYS: "#state = :active AND #roles = :roles";
    /// An archive is one maker's affair until their lease is over, and of the request that was read.
    ARCHIVE_IS_FREE: "work_sk = :seen AND (attribute_not_exists(lease_until) OR lease_until < :now)";
    /// Nothing is written for a person of whom everything is being taken away: no request for an archive, and no choice by a
    /// link in a mail of before.
    NOT_BEING_ERASED: "attribute_not_exists(pk) OR stage = :waiting OR stage = :cancelled";
}
