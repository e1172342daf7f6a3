//! The identity provider: its people and its tokens.
//!
//! The only crate that names the Cognito SDK. Requests do not pass through here: the gateway verifies their tokens, and
//! `stoa-http` reads the claims. [`Verifier`] does what the gateway does, for tools and tests that have only a token.

mod directory;
mod verifier;

pub use directory::{Directory, DirectoryFailure, Subject};
pub use verifier::{KeysUnreadable, Refused, Verified, Verifier};
