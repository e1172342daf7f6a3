//! The calls of a learner's browser, and what it heard: repeated with the same content until the answer is definite.

use std::cell::RefCell;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stoa_domain::digest;
use stoa_domain::id::NodeId;
use stoa_domain::item::Answers;
use stoa_testkit::Rng;
use stoa_testkit::events::HttpEvent;

use crate::course::{Course, node};
use crate::net::Net;

/// The gateway's answer when there are too many requests: nobody has seen this one.
pub const TOO_MANY: u16 = 429;

/// How long a device sleeps at most between two tries, in milliseconds.
const ASLEEP_MS_MAX: usize = 50_000;

/// An attempt, as its learner names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Whose, by the place in the course's enrolments.
    pub learner: usize,
    /// At what.
    pub assessment: NodeId,
    /// Which, from 1.
    pub number: u32,
}

impl At {
    /// Attempt `number` of a learner.
    pub fn new(learner: usize, assessment: &str, number: u32) -> At {
        At { learner, assessment: node(assessment), number }
    }
}

/// What a browser asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Open an attempt or resume it.
    Open(At),
    /// Save a draft.
    Save { at: At, rev: u32, answers: Rc<Answers> },
    /// Hand in.
    Submit { at: At, id: String, answers: Rc<Answers> },
    /// Report what was viewed or done.
    Facts { learner: usize, facts: Value },
    /// Report what was read.
    Reading { learner: usize, report: Value },
}

impl Call {
    /// The digest of the answers it carries.
    pub fn digest(&self) -> String {
        match self {
            Call::Save { answers, .. } | Call::Submit { answers, .. } => digest::of_json(&**answers),
            Call::Open(_) | Call::Facts { .. } | Call::Reading { .. } => String::new(),
        }
    }

    fn event(&self, caller: usize, now: Timestamp) -> HttpEvent {
        const ATTEMPT: &str = "/api/enrolments/{enrolment}/assessments/{assessment}/attempts/{attempt}";
        let course = Course::get();
        let (learner, route) = match self {
            Call::Open(at) => (at.learner, format!("PUT {ATTEMPT}")),
            Call::Save { at, .. } => (at.learner, format!("PUT {ATTEMPT}/draft")),
            Call::Submit { at, .. } => (at.learner, format!("PUT {ATTEMPT}/submission")),
            Call::Facts { learner, .. } => (*learner, "POST /api/enrolments/{enrolment}/facts".to_owned()),
            Call::Reading { learner, .. } => (*learner, "POST /api/enrolments/{enrolment}/reading".to_owned()),
        };
        let event = HttpEvent::new(&route, now)
            .path("enrolment", course.enrolments[learner].enrolment.as_str())
            .signed_in(course.tenant.as_str(), course.enrolments[caller].person.as_str(), "");
        let named = |event: HttpEvent, at: &At| {
            event.path("assessment", at.assessment.as_str()).path("attempt", &at.number.to_string())
        };
        match self {
            Call::Open(at) => named(event, at),
            Call::Save { at, rev, answers } => named(event, at).json(&json!({ "rev": rev, "answers": **answers })),
            Call::Submit { at, id, answers } => {
                named(event, at).json(&json!({ "submission_id": id, "answers": **answers }))
            }
            Call::Facts { facts, .. } => event.json(&json!({ "facts": facts })),
            Call::Reading { report, .. } => event.json(report),
        }
    }
}

/// An answer that reached a browser.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Who asked.
    pub caller: usize,
    /// What for.
    pub call: Call,
    /// When the gateway received it.
    pub received_at: Timestamp,
    /// The status.
    pub status: u16,
    /// The body, byte for byte.
    pub text: String,
}

impl Answered {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The last part of the problem's type; empty if it is none.
    pub fn kind(&self) -> String {
        self.json()["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default().to_owned()
    }

    /// Whether the same call again would be pointless.
    pub fn is_definite(&self) -> bool {
        self.status < 500 && self.status != TOO_MANY
    }
}

/// A call that reached the gateway.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Who asked.
    pub caller: usize,
    /// What for.
    pub call: Call,
    /// When the gateway received it.
    pub received_at: Timestamp,
}

/// What the browsers know.
#[derive(Debug, Default)]
pub struct Heard {
    /// Every call, in order.
    pub sent: Vec<Sent>,
    /// Every answer that reached somebody, in order.
    pub answered: Vec<Answered>,
}

/// What the browsers know, shared by all of them.
pub type Ledger = Rc<RefCell<Heard>>;

/// A learner's browser. Its tabs are clones.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Whose.
    pub learner: usize,
    /// The network.
    pub net: Net,
    rng: Rc<RefCell<Rng>>,
    ledger: Ledger,
}

impl Browser {
    /// A learner's browser.
    pub fn new(learner: usize, net: &Net, rng: Rng, ledger: &Ledger) -> Browser {
        Browser { learner, net: net.clone(), rng: Rc::new(RefCell::new(rng)), ledger: ledger.clone() }
    }

    /// Something that depends on chance.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.rng.borrow_mut())
    }

    /// Waits a while, up to so many milliseconds.
    pub async fn pause_up_to(&self, ms_max: usize) {
        let ms = self.draw(|rng| rng.below(ms_max));
        self.net.pause(SignedDuration::from_millis(ms as i64)).await;
    }

    /// Asks once. `None` if no answer comes.
    pub async fn ask(&self, call: &Call) -> Option<Answered> {
        self.ask_as(self.learner, call).await
    }

    /// Asks once, as somebody.
    pub async fn ask_as(&self, caller: usize, call: &Call) -> Option<Answered> {
        let received_at = self.net.now();
        self.ledger.borrow_mut().sent.push(Sent { caller, call: call.clone(), received_at });
        let response = self.net.send(call.event(caller, received_at)).await?;
        let text = response.body.unwrap_or_default();
        let answered = Answered { caller, call: call.clone(), received_at, status: response.status_code, text };
        self.ledger.borrow_mut().answered.push(answered.clone());
        Some(answered)
    }

    /// Asks with the same content until the answer is definite. Some devices fall asleep between two tries, for longer than
    /// the grace.
    pub async fn insist(&self, call: &Call) -> Answered {
        let mut wait_ms = 500;
        loop {
            if let Some(answered) = self.ask(call).await.filter(Answered::is_definite) {
                return answered;
            }
            let falls_asleep = self.draw(|rng| rng.chance(200));
            self.pause_up_to(if falls_asleep { ASLEEP_MS_MAX } else { wait_ms }).await;
            wait_ms = (wait_ms * 2).min(8_000);
        }
    }
}
