//! SES as a model: takes mail, and breaks on purpose.

use std::cell::RefCell;
use std::rc::Rc;

use stoa_service::notifying::mail::Mail;
use stoa_service::notifying::sending::{Mailer, NotMailed};

use crate::faults::{Fault, Faults};
use crate::yielding::yield_now;

/// What was taken for delivery. Clones share it.
#[derive(Debug, Clone)]
pub struct ModelMailbox {
    taken: Rc<RefCell<Vec<Mail>>>,
    faults: Faults,
}

impl ModelMailbox {
    /// An empty mailbox under these faults.
    pub fn new(faults: Faults) -> ModelMailbox {
        ModelMailbox { taken: Rc::default(), faults }
    }

    /// Every mail that was taken, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.taken.borrow().clone()
    }
}

impl Mailer for ModelMailbox {
    async fn mail(&self, mail: &Mail) -> Result<(), NotMailed> {
        yield_now().await;
        let fate = self.faults.of_write();
        match fate {
            Some(Fault::Throttled | Fault::Conflict) => return Err(NotMailed::Refused("too many".to_owned())),
            Some(Fault::Lost) => return Err(NotMailed::Unclear("lost on the way".to_owned())),
            Some(Fault::CrashBefore) => match self.faults.crash().await {},
            _ => self.taken.borrow_mut().push(mail.clone()),
        }
        yield_now().await;
        match fate {
            Some(Fault::CommittedUnclear | Fault::Late) => Err(NotMailed::Unclear("no answer".to_owned())),
            Some(Fault::CrashAfter) => match self.faults.crash().await {},
            _ => Ok(()),
        }
    }
}
