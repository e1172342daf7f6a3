//! Taking an assessment: open an attempt, save drafts, hand in.

mod open;
mod submit;
mod view;

use jiff::Timestamp;
use stoa_domain::attempt::{Attempt, Overdue, Receipt, Refused, Submission};
use stoa_domain::cohort::{Cohort, Enrolment};
use stoa_domain::fact::Facts;
use stoa_domain::grading::Grade;
use stoa_domain::id::{CohortId, EnrolmentId, NodeId, PersonKey, TenantId};
use stoa_domain::item::Answers;

use crate::failure::StoreError;

pub use open::{Opened, open};
pub use submit::{Accepted, save_draft, submit};
pub use view::{Start, StartRefused, Viewed, start, view};

/// The name of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttemptRef {
    /// The organisation.
    pub tenant: TenantId,
    /// Whose.
    pub enrolment: EnrolmentId,
    /// At what.
    pub assessment: NodeId,
    /// Which, from 1.
    pub number: u32,
}

/// Answers as they are saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftSave {
    /// One more than the revision the client knows.
    pub rev: u32,
    /// All answers so far.
    pub answers: Answers,
    /// Their digest.
    pub digest: String,
    /// When they arrived at the gateway.
    pub received_at: Timestamp,
}

/// How a conditional write of an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// It stands; this is the attempt after it.
    Stands(Box<Attempt>),
    /// The condition did not hold; this is the attempt as it stood, if there is one. Its answers may be left out.
    Refused(Option<Box<Attempt>>),
}

/// What the use cases of attempts may do.
#[expect(async_fn_in_trait, reason = "nothing here is spawned; a Send bound would only be noise")]
pub trait AttemptStore {
    /// An enrolment.
    async fn enrolment(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Option<Enrolment>, StoreError>;

    /// A cohort, for its deadlines.
    async fn cohort(&self, tenant: &TenantId, cohort: &CohortId) -> Result<Option<Cohort>, StoreError>;

    /// What is known of an enrolment, for gates. It may lag.
    async fn facts(&self, tenant: &TenantId, enrolment: &EnrolmentId) -> Result<Facts, StoreError>;

    /// All attempts at one assessment in order, without large answers.
    async fn attempts(
        &self,
        tenant: &TenantId,
        enrolment: &EnrolmentId,
        assessment: &NodeId,
    ) -> Result<Vec<Attempt>, StoreError>;

    /// One attempt with its answers.
    async fn attempt(&self, at: &AttemptRef) -> Result<Option<Attempt>, StoreError>;

    /// The posted grade that stands for an attempt.
    async fn grade(&self, at: &AttemptRef) -> Result<Option<Grade>, StoreError>;

    /// Opens an attempt; `false` if it is there already.
    async fn insert(&self, tenant: &TenantId, attempt: &Attempt) -> Result<bool, StoreError>;

    /// Saves a draft into an open attempt of `person`, in time, if `rev` is higher than what is there.
    async fn save_draft(&self, at: &AttemptRef, person: &PersonKey, draft: &DraftSave) -> Result<Written, StoreError>;

    /// Closes an open attempt of `person`, in time, with these answers.
    async fn submit(&self, at: &AttemptRef, person: &PersonKey, submission: &Submission)
    -> Result<Written, StoreError>;

    /// Closes an attempt whose time is up with its last draft; `false` if it is not open, or not over for so long that no
    /// hand-in can still be running.
    async fn close_expired(&self, at: &AttemptRef, now: Timestamp) -> Result<bool, StoreError>;
}

/// Why an attempt could not be opened, saved or handed in.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AttemptError {
    /// There is no such thing, or it is somebody else's: nobody is told which.
    #[error("not found")]
    NotFound,
    /// The learning object is still closed to this learner.
    #[error("locked")]
    Locked,
    /// No attempt can be opened.
    #[error("refused: {0:?}")]
    Refused(Refused),
    /// The draft that stands is newer.
    #[error("a newer draft stands")]
    DraftStale {
        /// Its revision.
        rev: u32,
    },
    /// The attempt is closed; this is what stands.
    #[error("closed")]
    Closed(Box<Receipt>),
    /// A hand-in of the same name with other answers was taken; this is what stands.
    #[error("the same submission id stands with other answers")]
    Differs(Box<Receipt>),
    /// The attempt's time is up.
    #[error("time is up")]
    TimeUp(Overdue),
    /// The store gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}
