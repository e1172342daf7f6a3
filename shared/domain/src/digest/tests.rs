use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[test]
fn the_digest_is_sha_256_in_lower_case_hexadecimal() {
    // From FIPS 180-2, appendix B, and of nothing.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(of_bytes(b"abc"), abc);
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(of_bytes(b""), nothing);
}

#[test]
fn the_digest_of_a_value_is_that_of_its_json() {
    let forth = BTreeMap::from([("a", 1), ("b", 2)]);
    let back = BTreeMap::from([("b", 2), ("a", 1)]);
    assert_eq!(of_json(&forth), of_bytes(br#"{"a":1,"b":2}"#));
    assert_eq!(of_json(&forth), of_json(&back));
}

#[test]
fn a_name_is_the_same_for_ever() {
    // Stored things are found by these names: whoever changes how they are derived loses them.
    assert_eq!(name_of(&["a", "b", "1"]), &of_bytes(b"a#b#1")[..32]);
}

#[test]
fn other_parts_another_order_or_another_border_give_another_name() {
    let parts: [&[&str]; 7] = [&[], &["a"], &["ab"], &["a", "b"], &["b", "a"], &["a", "b", ""], &["", "a", "b"]];
    // An empty list and one empty part are the same text, and no identifier is empty.
    let names: BTreeSet<String> = parts.into_iter().map(name_of).collect();
    assert_eq!(names.len(), parts.len());
}

proptest! {
    #[test]
    fn different_parts_have_different_names(
        left in prop::collection::vec("[A-Za-z0-9][A-Za-z0-9_-]{0,3}", 1..4),
        right in prop::collection::vec("[A-Za-z0-9][A-Za-z0-9_-]{0,3}", 1..4),
    ) {
        let name = |parts: &[String]| name_of(&parts.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(name(&left) == name(&right), left == right);
        prop_assert!(crate::id::is_id(&name(&left)) && name(&left).len() == 32);
    }
}
