//! No step of any flow costs more requests, units or bytes than is recorded.

use stoa_bench::counts::{compare, count, written};

#[tokio::test]
async fn no_step_costs_more_than_is_recorded() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.md");
    let counts = count().await;
    if std::env::var_os("STOA_BLESS").is_some() {
        std::fs::write(path, written(&counts)).expect("the record can be written");
    }
    let differences = compare(&std::fs::read_to_string(path).unwrap_or_default(), &counts);
    let advice = "If that is meant to be, record it: STOA_BLESS=1 make bench-check";
    assert!(differences.is_empty(), "tests/bench/counts.md:\n  {}\n{advice}", differences.join("\n  "));
}
