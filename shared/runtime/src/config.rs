//! A function's settings, all read at once and before the first request.

use std::env;

/// The settings a function declared, each present and not empty.
///
/// A function declares its names as `pub const ENV: &[&str]`, so that a test can compare them with the template.
#[derive(Debug, Clone)]
pub struct Config {
    values: Vec<(&'static str, String)>,
}

/// Settings that the environment lacks or leaves empty: all of them, so that one deployment repairs them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("missing in the environment: {}", names.join(", "))]
pub struct Missing {
    /// The missing names, in the order they were declared.
    pub names: Vec<&'static str>,
}

impl Config {
    /// Reads the declared names from the environment of the process.
    #[expect(clippy::disallowed_methods, reason = "this is the only reader of settings")]
    pub fn from_env(names: &[&'static str]) -> Result<Config, Missing> {
        Config::read(names, |name| env::var(name).ok())
    }

    /// Reads the declared names through `lookup`, for callers that have no such environment.
    pub fn read(names: &[&'static str], lookup: impl Fn(&str) -> Option<String>) -> Result<Config, Missing> {
        let mut values = Vec::with_capacity(names.len());
        let mut missing = Vec::new();
        for &name in names {
            match lookup(name).filter(|value| !value.trim().is_empty()) {
                Some(value) => values.push((name, value)),
                None => missing.push(name),
            }
        }
        if missing.is_empty() { Ok(Config { values }) } else { Err(Missing { names: missing }) }
    }

    /// The value of a declared name.
    ///
    /// # Panics
    /// If `name` was not declared: the declaration is what the template is compared with, so it must be complete.
    #[track_caller]
    pub fn get(&self, name: &str) -> &str {
        match self.values.iter().find(|(declared, _)| *declared == name) {
            Some((_, value)) => value,
            None => panic!("{name} is read but not declared in this function's ENV"),
        }
    }

    /// The values of a declared name that holds a comma-separated list.
    ///
    /// # Panics
    /// If `name` was not declared.
    #[track_caller]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.get(name).split(',').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(names: &[&'static str], set: &[(&str, &str)]) -> Result<Config, Missing> {
        Config::read(names, |name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn all_missing_and_empty_names_are_reported_at_once() {
        let missing = read(&["TABLE", "BUCKET", "QUEUE"], &[("BUCKET", "b"), ("QUEUE", " ")]).expect_err("refused");
        assert_eq!(missing.to_string(), "missing in the environment: TABLE, QUEUE");
    }

    #[test]
    fn a_list_is_split_at_commas_and_trimmed() {
        let config = read(&["AUDIENCES"], &[("AUDIENCES", "web, operator,")]).expect("complete");
        assert_eq!(config.list("AUDIENCES"), ["web", "operator"]);
    }

    #[test]
    fn a_setting_that_was_not_declared_is_not_read_even_if_the_environment_has_it() {
        let config = read(&["TABLE"], &[("TABLE", "t"), ("BUCKET", "b")]).expect("complete");
        assert_eq!(config.get("TABLE"), "t");
        assert!(std::panic::catch_unwind(|| config.get("BUCKET").to_owned()).is_err());
    }
}
