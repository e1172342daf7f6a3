//! Figures, as tables. Nothing here passes or fails: what must hold is in the tests.

mod binaries;
mod course;
mod faulty;
mod meter;
mod pages;
mod rates;
mod runtime_stub;
mod storm;
mod submit_path;
mod table;

fn main() {
    println!("{}\n", table::machine());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    println!("Requests, units and bytes of each step, the same on every machine");
    println!("{}", stoa_bench::counts::written(&runtime.block_on(stoa_bench::counts::count())));
    runtime.block_on(submit_path::measure());
    runtime.block_on(storm::measure());
    runtime.block_on(pages::measure());
    rates::measure();
    binaries::measure();
}
