//! Whatever arrives as a body: it is read or refused. What was read is the same after it was written and read again.
#![no_main]

use std::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use serde_json::{from_slice, from_value, to_value};
use stoa_api::bodies;

fn survives<T: serde::de::DeserializeOwned + serde::Serialize + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(read) = from_slice::<T>(bytes) {
        let written = to_value(&read).expect("is JSON");
        assert_eq!(from_value::<T>(written).expect("is what was read"), read);
    }
}

fuzz_target!(|bytes: &[u8]| {
    survives::<bodies::PutNode>(bytes);
    survives::<bodies::PutItem>(bytes);
    survives::<bodies::PutCohort>(bytes);
    survives::<bodies::Invite>(bytes);
    survives::<bodies::PutRoles>(bytes);
    survives::<bodies::SaveDraft>(bytes);
    survives::<bodies::Submit>(bytes);
    survives::<bodies::RecordFacts>(bytes);
    survives::<stoa_domain::content::Asset>(bytes);
});
