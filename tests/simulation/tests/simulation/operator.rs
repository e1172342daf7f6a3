//! An operator who rebuilds the cohort's rows while it learns, and begins again after every failure.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::oneshot;
use jiff::{SignedDuration, Timestamp};
use stoa_service::failure::StoreError;
use stoa_service::rebuilding::{Advance, RebuildError, Report};

use crate::net::Net;

/// How long the operator looks at an error before running the same command again: longer than the lease of a run that crashed.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(61);

/// A step that was asked for: by which run, and where its outcome goes.
type Asked = (String, oneshot::Sender<Result<Advance, RebuildError>>);

/// Who runs the command line. Clones are the same person.
#[derive(Debug, Clone)]
pub struct Operator {
    net: Net,
    asked: Rc<RefCell<Vec<Asked>>>,
    reports: Rc<RefCell<Vec<Report>>>,
    alarms: Rc<RefCell<Vec<String>>>,
    runs: Rc<Cell<u32>>,
    done: Rc<Cell<bool>>,
}

impl Operator {
    /// An operator who looks at the network's clock.
    pub fn new(net: &Net) -> Operator {
        Operator {
            net: net.clone(),
            asked: Rc::default(),
            reports: Rc::default(),
            alarms: Rc::default(),
            runs: Rc::default(),
            done: Rc::default(),
        }
    }

    /// The steps that were asked for since they were taken last.
    pub fn take_asked(&self) -> Vec<Asked> {
        self.asked.take()
    }

    /// What the rebuilds found.
    pub fn reports(&self) -> Vec<Report> {
        self.reports.borrow().clone()
    }

    /// What the command said that no repetition puts right.
    pub fn alarms(&self) -> Vec<String> {
        self.alarms.borrow().clone()
    }

    /// How many runs it took.
    pub fn runs(&self) -> u32 {
        self.runs.get()
    }

    /// Whether the rows were rebuilt to the end.
    pub fn has_rebuilt(&self) -> bool {
        self.done.get()
    }

    /// Rebuilds from `at` on, until it is done.
    pub async fn rebuild(&self, at: Timestamp) {
        self.net.wait_until(at).await;
        while !self.run().await {
            self.net.pause(AGAIN_AFTER).await;
        }
        self.done.set(true);
    }

    /// One run of the command: its own name, and to the end unless something goes wrong.
    async fn run(&self) -> bool {
        self.runs.set(self.runs.get() + 1);
        let owner = format!("run-{}", self.runs.get());
        loop {
            let (outcome, heard) = oneshot::channel();
            self.asked.borrow_mut().push((owner.clone(), outcome));
            match heard.await {
                Ok(Ok(Advance::Wait(until))) => self.net.wait_until(until).await,
                Ok(Ok(Advance::Switched(report, until))) => {
                    self.reports.borrow_mut().push(report);
                    self.net.wait_until(until).await;
                }
                Ok(Ok(Advance::Unfit(report))) => {
                    self.reports.borrow_mut().push(report);
                    return true;
                }
                Ok(Ok(Advance::Done)) => return true,
                Ok(Err(error)) => {
                    if matches!(error, RebuildError::Store(StoreError::Corrupt { .. })) {
                        self.alarms.borrow_mut().push(error.to_string());
                    }
                    return false;
                }
                Err(oneshot::Canceled) => return false,
            }
        }
    }
}
