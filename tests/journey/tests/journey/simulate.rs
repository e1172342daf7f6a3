//! A cohort of fifty meets its deadline on the running stack; the verdict comes from stored items.

use crate::stack::Stack;

#[tokio::test]
async fn a_cohort_of_fifty_loses_nothing_and_doubles_nothing() {
    let stack = Stack::running();
    let run = tokio::task::spawn_blocking(move || {
        stack.stoa(&["simulate", "--learners", "50", "--duplicates", "0.2", "--seed", "7", "--json"])
    });
    let output = run.await.expect("the run ends");
    let told = format!("{}\n{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{told}");
    println!("{told}");
}
