//! What one thing was at each of the last writes, so that a read can be late.

use std::rc::Rc;

/// The states of one thing, oldest first, each with the number of the write that made it.
#[derive(Debug)]
pub(super) struct Versions<T> {
    states: Vec<(u64, Option<Rc<T>>)>,
}

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Versions { states: Vec::new() }
    }
}

impl<T> Versions<T> {
    /// The state now; `None` if it is not there.
    pub(super) fn now(&self) -> Option<&Rc<T>> {
        self.states.last()?.1.as_ref()
    }

    /// The state after the write of this number.
    pub(super) fn at(&self, write: u64) -> Option<&Rc<T>> {
        self.states.iter().rfind(|(made, _)| *made <= write)?.1.as_ref()
    }

    /// Sets the state as of `write`. States that nobody can read any more, older than `oldest`, are forgotten.
    pub(super) fn set(&mut self, write: u64, state: Option<Rc<T>>, oldest: u64) {
        self.states.push((write, state));
        let unread = self.states.iter().rposition(|(made, _)| *made <= oldest).unwrap_or(0);
        self.states.drain(..unread);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_read_sees_what_was_and_what_nobody_can_read_is_forgotten() {
        let mut versions = Versions::default();
        versions.set(2, Some(Rc::new("a")), 0);
        versions.set(5, None, 0);
        versions.set(6, Some(Rc::new("b")), 0);
        let at = |versions: &Versions<&'static str>, write| versions.at(write).map(|state| **state);
        assert_eq!(
            [1, 2, 4, 5, 6, 9].map(|write| at(&versions, write)),
            [None, Some("a"), Some("a"), None, Some("b"), Some("b")]
        );
        versions.set(20, None, 10);
        assert_eq!(versions.states.len(), 2);
        assert_eq!(at(&versions, 10), Some("b"));
        assert!(versions.now().is_none());
    }
}
