//! The release binaries by themselves: from spawn to the first answer, each further answer, memory and package size.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use zip::write::SimpleFileOptions;

use crate::runtime_stub::RuntimeStub;
use crate::table;

/// How often each binary is started.
const STARTS: usize = 15;
/// How many events each start answers.
const EVENTS: usize = 200;

/// Measures binaries that `cargo build --release` has made beside this one.
pub fn measure(names: &[&str]) {
    let folder = std::env::current_exe().expect("a path").parent().expect("a folder").to_owned();
    let rows: Vec<Vec<String>> = names.iter().map(|name| row(name, &folder.join(name))).collect();
    table::print(
        &format!("Release binaries against a Runtime API stub: {STARTS} starts, {EVENTS} events each, no AWS call"),
        &["function", "first answer p50", "max", "warm p50", "p99", "resident", "binary", "zip"],
        &rows,
    );
}

fn row(name: &str, binary: &Path) -> Vec<String> {
    assert!(binary.exists(), "{} is not built: cargo build --release --workspace --bins", binary.display());
    let (mut first, mut warm, mut resident) = (Vec::new(), Vec::new(), 0);
    for _ in 0..STARTS {
        let stub = RuntimeStub::new();
        let started = Instant::now();
        let mut child = Command::new(binary)
            .envs(environment(&stub.address()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let rounds = stub.serve(event(name), EVENTS);
        first.push(rounds[0].answered - started);
        warm.extend(rounds[1..].iter().map(|round| round.answered - round.handed_out));
        resident = resident.max(resident_kib(child.id()));
        child.kill().and_then(|()| child.wait().map(drop)).expect("the binary ends");
    }
    first.sort_unstable();
    warm.sort_unstable();
    let bytes = std::fs::read(binary).expect("the binary can be read");
    vec![
        name.to_owned(),
        table::ms(table::percentile(&first, 50)),
        table::ms(first.last().copied().unwrap_or(Duration::ZERO)),
        table::ms(table::percentile(&warm, 50)),
        table::ms(table::percentile(&warm, 99)),
        format!("{:.1} MiB", resident as f64 / 1_024.0),
        megabytes(bytes.len()),
        megabytes(zipped(&bytes)),
    ]
}

/// Every name that the functions read; none of them is reached, since the events need no AWS call.
fn environment(runtime_api: &str) -> Vec<(&'static str, String)> {
    let names = ["CONTENT_BUCKET", "LEARNING_TABLE", "PEOPLE_TABLE", "ISSUER", "AUDIENCES"];
    let mut environment: Vec<(&str, String)> = names.into_iter().map(|name| (name, "bench".to_owned())).collect();
    environment.extend([
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench".to_owned()),
        ("AWS_REGION", "eu-west-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("LOG_LEVEL", "error".to_owned()),
    ]);
    environment
}

/// An event that the function answers by itself: a request without an identity, a batch without messages.
fn event(name: &str) -> &'static str {
    if name == "progress-project" {
        r#"{"Records":[]}"#
    } else {
        r#"{"version":"2.0","routeKey":"GET /api/enrolments/{enrolment}/assessments/{assessment}","rawPath":"/api/enrolments/e/assessments/a","rawQueryString":"","headers":{},"pathParameters":{"enrolment":"e","assessment":"a"},"requestContext":{"routeKey":"GET /api/enrolments/{enrolment}/assessments/{assessment}","requestId":"r","timeEpoch":1768478400000},"isBase64Encoded":false}"#
    }
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
