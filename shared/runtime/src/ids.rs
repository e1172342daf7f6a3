//! New names for new things.

use uuid::Uuid;

/// A new name that no one else has: a UUIDv7 in hexadecimal, so that names sort roughly by the time they were made.
///
/// 32 characters, and an id in the sense of the domain.
pub fn new() -> String {
    Uuid::now_v7().simple().to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_new_name_is_32_hexadecimal_digits_and_never_the_last_one() {
        let (first, second) = (super::new(), super::new());
        assert_eq!(first.len(), 32);
        assert!(first.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()));
        assert!(first < second, "{first} {second}");
    }
}
