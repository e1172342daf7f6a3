//! Small promises about the source itself.

use std::path::{Path, PathBuf};

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn functions() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(crate::root().join("functions")).expect("functions");
    folder.map(|entry| entry.expect("an entry").path()).filter(|path| path.join("Cargo.toml").exists()).collect()
}

#[test]
fn a_main_only_wires_and_has_at_most_forty_lines() {
    for function in functions() {
        let main = std::fs::read_to_string(function.join("src/main.rs")).expect("a main");
        assert!(main.lines().count() <= 40, "{} has {} lines", function.display(), main.lines().count());
    }
}

#[test]
fn the_environment_and_the_clock_are_read_in_one_place() {
    const BANNED: &[&str] =
        &["std::env::var", "env::vars(", "SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"];
    let mut wrong = Vec::new();
    for folder in ["shared", "functions"] {
        let mut files = Vec::new();
        rust_files(&crate::root().join(folder), &mut files);
        let ours = files.iter().filter(|path| {
            !["shared/runtime", "shared/testkit"].iter().any(|own| path.to_string_lossy().contains(own))
        });
        for path in ours {
            let source = std::fs::read_to_string(path).expect("source");
            // Tests below the mark may look at the world.
            let production = source.split("#[cfg(test)]").next().unwrap_or_default();
            for line in production.lines().filter(|line| !line.trim_start().starts_with("//")) {
                if BANNED.iter().any(|banned| line.contains(banned)) {
                    wrong.push(format!("{}: {}", path.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_panic_is_never_an_abort() {
    // The runtime's panic layer answers for a panic; an abort would take the instance and its message with it.
    let manifest = std::fs::read_to_string(crate::root().join("Cargo.toml")).expect("the manifest");
    let settings = manifest.lines().filter(|line| !line.trim_start().starts_with('#'));
    assert!(settings.filter(|line| line.contains("panic")).count() == 0);
}

#[test]
fn every_condition_has_a_name_of_its_own() {
    let mut names: Vec<_> = stoa_store::conditions::ALL.iter().map(|condition| condition.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn no_test_is_ignored_and_none_waits_by_the_clock() {
    let mut wrong = Vec::new();
    for folder in ["shared", "functions", "tests", "tools/stoa"] {
        let mut files = Vec::new();
        rust_files(&crate::root().join(folder), &mut files);
        for path in files {
            let source = std::fs::read_to_string(&path).expect("source");
            for banned in [concat!("#[ign", "ore"), concat!("thread::", "sleep")] {
                if source.contains(banned) {
                    wrong.push(format!("{}: {banned}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
