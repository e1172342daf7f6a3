//! Who does what in tests that are not about who does it.

use std::cell::Cell;

use jiff::Timestamp;
use stoa_domain::audit::{Act, By, Entry, Subject};
use stoa_domain::id::PersonKey;

/// An administrator, by a request of this name, at an instant.
///
/// # Panics
/// Never.
pub fn by(request: &str, at: Timestamp) -> By {
    let actor = PersonKey::parse("administrator").expect("an id");
    By { actor: Some(actor), request: request.to_owned(), at }
}

thread_local! {
    static REQUESTS: Cell<u64> = const { Cell::new(0) };
}

/// An administrator, by a request that nobody else has made.
pub fn anew(at: Timestamp) -> By {
    REQUESTS.set(REQUESTS.get() + 1);
    by(&format!("anew-{}", REQUESTS.get()), at)
}

/// An entry of a request of this name: entries of different names never meet.
pub fn entry(request: &str, at: Timestamp) -> Entry {
    by(request, at).did(Act::SettingsChanged, Subject::default(), [])
}

/// An entry that never meets another one.
pub fn another(at: Timestamp) -> Entry {
    anew(at).did(Act::SettingsChanged, Subject::default(), [])
}
