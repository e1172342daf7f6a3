//! Dependencies point one way: functions → adapters → service → domain.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// What each crate of the house may reach, directly or not. A member that is not listed fails.
const MAY_REACH: &[(&str, &[&str])] = &[
    ("stoa-domain", &[]),
    ("stoa-service", &["stoa-domain"]),
    ("stoa-api", &["stoa-domain"]),
    ("stoa-cartridge", &[]),
    ("stoa-runtime", &[]),
    ("stoa-store", &["stoa-domain", "stoa-service"]),
    ("stoa-queue", &["stoa-domain", "stoa-service"]),
    ("stoa-identity", &["stoa-domain", "stoa-service"]),
    ("stoa-http", &["stoa-api", "stoa-domain", "stoa-service"]),
    ("stoa-testkit", &["stoa-api", "stoa-domain", "stoa-service", "stoa-store", "stoa-queue", "stoa-http"]),
    (
        "stoa",
        &["stoa-api", "stoa-cartridge", "stoa-domain", "stoa-identity", "stoa-runtime", "stoa-service", "stoa-store"],
    ),
];

/// What a function may reach: everything but the test kit, the importer and other functions.
const FUNCTION_MAY_REACH: &[&str] = &[
    "stoa-api",
    "stoa-domain",
    "stoa-http",
    "stoa-identity",
    "stoa-queue",
    "stoa-runtime",
    "stoa-service",
    "stoa-store",
];

/// Crates from outside that a crate of the house must not reach, by prefix.
const MUST_NOT_REACH: &[(&str, &[&str])] = &[
    ("stoa-domain", &["aws-", "lambda_", "tokio", "tracing", "rand", "futures", "reqwest"]),
    ("stoa-service", &["aws-", "lambda_", "tokio", "reqwest"]),
    ("stoa-api", &["aws-", "lambda_", "tokio", "reqwest"]),
    ("stoa-cartridge", &["aws-", "lambda_", "tokio", "reqwest"]),
    ("stoa-store", &["lambda_", "aws-sdk-sqs", "aws-sdk-ses", "aws-sdk-cognito"]),
    ("stoa-queue", &["aws-sdk-dynamodb", "aws-sdk-s3", "aws-sdk-cognito"]),
    ("stoa-http", &["aws-sdk-"]),
    ("stoa-identity", &["lambda_", "aws-sdk-dynamodb", "aws-sdk-s3", "aws-sdk-sqs", "aws-sdk-ses"]),
];

/// SDKs that a function may have only by way of an adapter.
const NOT_DIRECTLY: &[&str] = &["aws-sdk-", "lambda_http", "lambda_runtime"];

fn tree(package: &str, depth: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--depth",
            depth,
            "-p",
            package,
        ])
        .current_dir(crate::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names are text");
    text.lines().skip(1).filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn members() -> BTreeMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--no-deps", "--format-version", "1"])
        .current_dir(crate::root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    packages.iter().map(|package| (text(&package["name"]), text(&package["manifest_path"]))).collect()
}

#[test]
fn dependencies_point_from_functions_to_adapters_to_services_to_the_domain() {
    let members = members();
    let listed: BTreeMap<&str, &[&str]> = MAY_REACH.iter().copied().collect();
    let mut wrong = Vec::new();
    for (name, manifest) in &members {
        let allowed = if manifest.contains("/functions/") {
            FUNCTION_MAY_REACH
        } else if manifest.contains("/tests/") {
            continue;
        } else {
            match listed.get(name.as_str()) {
                Some(allowed) => allowed,
                None => panic!("{name} is in no list: say what it may reach"),
            }
        };
        let reached = tree(name, "64");
        for other in reached.iter().filter(|other| members.contains_key(*other)) {
            if other != name && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{name} reaches {other}"));
            }
        }
        for (_, banned) in MUST_NOT_REACH.iter().filter(|(crate_name, _)| crate_name == name) {
            for other in reached.iter().filter(|other| banned.iter().any(|prefix| other.starts_with(prefix))) {
                wrong.push(format!("{name} reaches {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_function_names_no_sdk_itself() {
    for (name, _) in members().iter().filter(|(_, manifest)| manifest.contains("/functions/")) {
        let direct = tree(name, "1");
        let named: Vec<_> =
            direct.iter().filter(|other| NOT_DIRECTLY.iter().any(|prefix| other.starts_with(prefix))).collect();
        assert!(named.is_empty(), "{name} names {named:?}");
    }
}

#[test]
fn builds_with_and_without_tests_ask_for_the_same_features() {
    let features = |edges: &str| {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--workspace", "--edges", edges, "--prefix", "none", "--format", "{p} [{f}]"])
            .current_dir(crate::root())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("names are text");
        text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect::<BTreeSet<_>>()
    };
    // A package that only tests need is no matter; one that is there in two kinds is built twice, and all that needs it too.
    let with_tests = features("all");
    let twice: Vec<String> = features("no-dev").into_iter().filter(|package| !with_tests.contains(package)).collect();
    assert!(twice.is_empty(), "built once for `cargo build` and once for `cargo test`: {twice:#?}");
}
