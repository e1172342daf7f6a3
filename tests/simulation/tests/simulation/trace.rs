//! What happened, in order: as lines for whoever replays a seed, and as a digest to compare two runs.

use std::cell::RefCell;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

/// The trace of a run. Clones share it.
#[derive(Debug, Clone)]
pub struct Trace {
    hasher: Rc<RefCell<DefaultHasher>>,
    is_printed: bool,
}

impl Trace {
    /// An empty trace, printed line by line if somebody wants to look.
    pub fn new(is_printed: bool) -> Trace {
        Trace { hasher: Rc::default(), is_printed }
    }

    /// Adds a line.
    pub fn line(&self, line: fmt::Arguments<'_>) {
        let line = line.to_string();
        self.hasher.borrow_mut().write(line.as_bytes());
        if self.is_printed {
            println!("{line}");
        }
    }

    /// The digest of all lines so far.
    pub fn digest(&self) -> u64 {
        self.hasher.borrow().finish()
    }
}
