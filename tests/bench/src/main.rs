//! Figures, as tables. Nothing here passes or fails: what must hold is in the tests.

mod binaries;
mod meter;
mod runtime_stub;
mod submit_path;
mod table;

fn main() {
    println!("{}\n", table::machine());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(submit_path::measure());
    binaries::measure(&["attempt-write", "progress-project"]);
}
