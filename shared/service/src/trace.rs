//! The trace: what a request set off carries one name, through items and doorbells, into every log.
//!
//! A trace decides nothing, and so it is the one thing that is not handed down as an argument: whoever begins a piece of
//! work names its trace once with [`within`], and whoever writes a work mark or a log line asks for [`current`].

use std::cell::Cell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::num::NonZeroU128;
use std::pin::pin;

use stoa_domain::digest;

/// A trace id as W3C Trace Context has it: 32 lower-case hexadecimal digits, never all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trace(NonZeroU128);

/// How many characters a trace id has.
const CHARS: usize = 32;
/// How many characters the rest of a `traceparent` of version 00 has at least: `00-`, the trace, `-`, 16 digits, `-`, 2 digits.
const TRACEPARENT_CHARS: usize = 55;

impl Trace {
    /// The trace that follows from these parts: the same parts always have the same trace.
    pub fn derived(parts: &[&str]) -> Trace {
        let number = u128::from_str_radix(&digest::name_of(parts), 16).unwrap_or_default();
        Trace(NonZeroU128::new(number).unwrap_or(NonZeroU128::MIN))
    }

    /// Reads a trace id: 32 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Trace> {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let text = Some(text).filter(|text| text.len() == CHARS && text.bytes().all(is_hex))?;
        NonZeroU128::new(u128::from_str_radix(text, 16).ok()?).map(Trace)
    }

    /// The trace of a `traceparent`, as a header or a doorbell has it. Anything else is no trace, and no failure: whoever
    /// reads it begins one. Versions after 00 may be longer.
    pub fn of_traceparent(text: &str) -> Option<Trace> {
        let (version, rest) = text.split_at_checked(2)?;
        let is_whole = text.len() == TRACEPARENT_CHARS
            || (version != "00" && text.as_bytes().get(TRACEPARENT_CHARS) == Some(&b'-'));
        let mut parts = rest.strip_prefix('-')?.split('-');
        let (trace, parent) = (Trace::parse(parts.next()?)?, parts.next()?);
        let is_known = version != "ff" && version.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_parent = parent.len() == 16 && parent.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(trace).filter(|_| is_whole && is_known && is_parent)
    }

    /// The trace that a text ends with, after a `#`: how a work mark carries it.
    pub fn ending(text: &str) -> Option<Trace> {
        Trace::parse(text.rsplit_once('#')?.1)
    }

    /// The trace as a `traceparent`, sampled. The parent follows from `parent`: what the receiver's work comes from.
    pub fn traceparent(self, parent: &str) -> String {
        let parent = &digest::name_of(&[parent])[..16];
        format!("00-{self}-{parent}-01")
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

thread_local! {
    static CURRENT: Cell<Option<Trace>> = const { Cell::new(None) };
}

/// The trace of the work that runs; `None` outside [`within`].
pub fn current() -> Option<Trace> {
    CURRENT.get()
}

/// Runs `work` as a part of `trace`. Works that take turns on one thread keep their own.
pub async fn within<T>(trace: Trace, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|context| {
        let _outer = Outer(CURRENT.replace(Some(trace)));
        work.as_mut().poll(context)
    })
    .await
}

/// The trace that was current before: it is current again afterwards, even after a panic.
struct Outer(Option<Trace>);

impl Drop for Outer {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use futures::future::join;

    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_read_and_anything_else_is_no_trace() {
        let trace = Trace::of_traceparent(PARENT).expect("a trace");
        assert_eq!(trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(Trace::of_traceparent(&format!("cc{}-new", &PARENT[2..])), Some(trace), "a later version");
        for text in [
            "",
            "00-ab-cd-01",
            &PARENT.to_ascii_uppercase(),
            &format!("ff{}", &PARENT[2..]),
            &format!("{PARENT}-more"),
            &PARENT[..54],
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ä0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(Trace::of_traceparent(text), None, "{text}");
        }
    }

    #[test]
    fn a_trace_survives_a_mark_and_a_doorbell() {
        let trace = Trace::derived(&["request"]);
        assert_eq!(Trace::ending(&format!("001768467600000#enrolled#{trace}")), Some(trace));
        assert_eq!(Trace::of_traceparent(&trace.traceparent("T#demo#E#e1 ENROLMENT")), Some(trace));
        assert_eq!(Trace::ending("001768467600000#enrolled"), None);
    }

    #[test]
    fn works_that_take_turns_keep_their_own_trace() {
        let (one, two) = (Trace::derived(&["1"]), Trace::derived(&["2"]));
        let work = async || {
            let before = current();
            let mut waited = false;
            poll_fn(|context| {
                context.waker().wake_by_ref();
                if std::mem::replace(&mut waited, true) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
            (before, current())
        };
        let both = join(within(one, work()), within(two, work()));
        let both = futures::executor::block_on(both);
        assert_eq!(both, ((Some(one), Some(one)), (Some(two), Some(two))));
        assert_eq!(current(), None);
    }

    #[test]
    fn a_work_that_panics_leaves_no_trace_behind() {
        let work = within(Trace::derived(&["1"]), async { panic!("broken") });
        let panicked = std::panic::AssertUnwindSafe(work).catch_unwind().now_or_never();
        assert!(panicked.is_some_and(|result: Result<(), _>| result.is_err()));
        assert_eq!(current(), None);
    }
}
