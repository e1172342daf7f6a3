//! Many seeds, and the replay of one.

use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use stoa_store::engine::Engine;
use stoa_testkit::ModelStore;

use crate::coverage::Coverage;
use crate::judge::{Broken, judge};
use crate::trace::Trace;
use crate::world::World;

/// How many seeds a run of the tests has, unless `STOA_SEEDS` says otherwise.
const SEEDS: u64 = 2_000;
/// How many broken seeds are enough to stop.
const BROKEN_MAX: usize = 3;

/// What became of one seed.
pub struct Ran {
    /// What is broken.
    pub broken: Broken,
    /// What was tested.
    pub coverage: Coverage,
    /// The digest of its trace.
    pub digest: u64,
}

/// Runs one seed over the engine that `engine` makes of the model.
pub fn run<E: Engine + Clone + 'static>(seed: u64, is_printed: bool, engine: impl FnOnce(ModelStore) -> E) -> Ran {
    let trace = Trace::new(is_printed);
    let mut world = World::new(seed, trace.clone(), engine);
    world.run();
    let coverage = Coverage::of(&world);
    let broken = judge(&mut world);
    Ran { broken, coverage, digest: trace.digest() }
}

/// Runs one seed as it is. What is broken comes with how to run it again.
fn verdict(seed: u64, is_printed: bool) -> Result<Coverage, String> {
    let broken = match catch_unwind(|| run(seed, is_printed, |store| store)) {
        Ok(ran) if ran.broken.is_empty() => return Ok(ran.coverage),
        Ok(ran) => ran.broken.to_string(),
        Err(_) => "  it panicked, as said above\n".to_owned(),
    };
    Err(format!("SEED={seed}\n{broken}  again, with its trace: STOA_SEED={seed} make simulate"))
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

#[test]
fn nothing_is_lost_doubled_or_stuck_whatever_goes_wrong() {
    if let Some(seed) = number("STOA_SEED") {
        assert!(verdict(seed, true).map_err(|words| println!("{words}")).is_ok(), "SEED={seed} is broken");
        return;
    }
    let count = number("STOA_SEEDS").unwrap_or(SEEDS);
    let began = Instant::now();
    let (next, coverage, broken) = (AtomicU64::new(0), Mutex::new(Coverage::default()), Mutex::new(Vec::new()));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < count) {
                    let verdict = verdict(seed, false);
                    let mut broken = broken.lock().expect("nobody panics with it");
                    match verdict {
                        Ok(seen) => coverage.lock().expect("nobody panics with it").add(&seen),
                        Err(words) => broken.push(words),
                    }
                    if broken.len() >= BROKEN_MAX {
                        return;
                    }
                }
            });
        }
    });
    let (coverage, broken) =
        (coverage.into_inner().expect("nobody panics"), broken.into_inner().expect("nobody panics"));
    println!("{count} seeds on {threads} threads in {:.1} s: {coverage:?}", began.elapsed().as_secs_f64());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    if count >= SEEDS {
        assert!(coverage.missing().is_empty(), "the scenario no longer shows {:?}", coverage.missing());
    }
}

#[test]
fn the_same_seed_is_the_same_run_and_another_seed_another() {
    let digests = |seed| run(seed, false, |store| store).digest;
    for seed in 0..5 {
        assert_eq!(digests(seed), digests(seed), "SEED={seed}");
    }
    assert_ne!(digests(0), digests(1));
}
