//! Content digests: the same value always has the same name.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// The SHA-256 of `bytes` in lower-case hexadecimal: 64 characters.
pub fn of_bytes(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The digest of a value's JSON. Maps in this crate are ordered, so equal values have equal JSON.
///
/// # Panics
/// Never for the types of this crate: their maps have string keys and their numbers are integers.
pub fn of_json(value: &impl Serialize) -> String {
    of_bytes(&serde_json::to_vec(value).expect("domain values have a JSON form"))
}

/// A short name for a list of parts: 32 hexadecimal characters. Used where an identifier follows from others, so that
/// doing the same thing twice finds the first result instead of making a second.
pub fn name_of(parts: &[&str]) -> String {
    // No part of an id contains the separator, so different parts never give the same text.
    of_bytes(parts.join("#").as_bytes())[..32].to_owned()
}

#[cfg(test)]
mod tests;
