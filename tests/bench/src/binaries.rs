//! The release binaries by themselves: from spawn to the first answer, each further answer, memory and package size.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use stoa_testkit::events::HttpEvent;
use zip::write::SimpleFileOptions;

use crate::runtime_stub::RuntimeStub;
use crate::table;

/// Which functions there are, and what each reads from its environment.
const CONTRACT: &str = include_str!("../../../infra/contract.json");
/// How often each binary is started.
const STARTS: usize = 15;
/// How many events each start answers.
const EVENTS: usize = 200;

/// Measures the binaries of all functions, which `cargo build --release` has made beside this one.
pub fn measure() {
    let folder = std::env::current_exe().expect("a path").parent().expect("a folder").to_owned();
    let contract: Value = serde_json::from_str(CONTRACT).expect("the contract is JSON");
    let functions = contract["functions"].as_object().expect("functions by their names");
    let rows: Vec<Vec<String>> =
        functions.iter().map(|(name, about)| row(&event(name, &contract), &about["env"], &folder.join(name))).collect();
    table::print(
        &format!(
            "Release binaries against a Runtime API stub: {STARTS} starts, {EVENTS} events each, an AWS that has nothing"
        ),
        &["function", "first answer p50", "max", "warm p50", "p99", "resident", "binary", "zip"],
        &rows,
    );
}

fn row(event: &str, env: &Value, binary: &Path) -> Vec<String> {
    assert!(binary.exists(), "{} is not built: cargo build --release --workspace --bins", binary.display());
    let (mut first, mut warm, mut resident) = (Vec::new(), Vec::new(), 0);
    for _ in 0..STARTS {
        let stub = RuntimeStub::new();
        let started = Instant::now();
        let mut child = Command::new(binary)
            .envs(environment(env, &stub.address()))
            // What it logs is nobody's here; what it says when it ends is.
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let rounds = stub.serve(event, EVENTS, &mut child);
        first.push(rounds[0].answered - started);
        warm.extend(rounds[1..].iter().map(|round| round.answered - round.handed_out));
        resident = resident.max(resident_kib(child.id()));
        child.kill().and_then(|()| child.wait().map(drop)).expect("the binary ends");
    }
    first.sort_unstable();
    warm.sort_unstable();
    let bytes = std::fs::read(binary).expect("the binary can be read");
    vec![
        binary.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        table::ms(table::percentile(&first, 50)),
        table::ms(first.last().copied().unwrap_or(Duration::ZERO)),
        table::ms(table::percentile(&warm, 50)),
        table::ms(table::percentile(&warm, 99)),
        format!("{:.1} MiB", resident as f64 / 1_024.0),
        megabytes(bytes.len()),
        megabytes(zipped(&bytes)),
    ]
}

/// Every name that the function reads, and a Lambda around it.
fn environment(names: &Value, address: &str) -> Vec<(String, String)> {
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut environment: Vec<(String, String)> =
        names.map(|name| (name.to_owned(), format!("http://{address}/bench"))).collect();
    let lambda = [
        ("AWS_LAMBDA_RUNTIME_API", address),
        ("AWS_ENDPOINT_URL", &format!("http://{address}")),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("LOG_LEVEL", "error"),
    ];
    environment.extend(lambda.map(|(name, value)| (name.to_owned(), value.to_owned())));
    // The one value that has a form.
    environment.iter_mut().filter(|(name, _)| name == "EDGE_KEY").for_each(|(_, value)| *value = edge_key());
    environment
}

fn edge_key() -> String {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).expect("a key");
    STANDARD.encode(made.as_ref())
}

/// An event of the function's source that asks for nothing: a request without an identity, a batch without messages.
fn event(name: &str, contract: &Value) -> String {
    let has_routes = contract["routes"].as_array().into_iter().flatten().any(|route| route["function"] == name);
    match name {
        _ if has_routes => {
            HttpEvent::new("GET /api/me", "2026-01-15T12:00:00Z".parse().expect("a time")).event().clone()
        }
        "token-claims" => stoa_testkit::events::pre_token_generation_event(),
        "work-sweep" => stoa_testkit::events::schedule_event(),
        _ => json!({"Records": []}),
    }
    .to_string()
}

fn resident_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(PathBuf::from(format!("/proc/{process}/status"))).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

fn zipped(bytes: &[u8]) -> usize {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("bootstrap", SimpleFileOptions::default()).expect("an entry");
    archive.write_all(bytes).expect("memory");
    archive.finish().expect("memory").into_inner().len()
}

fn megabytes(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
