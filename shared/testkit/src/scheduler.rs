//! Who goes on next: the interleaving of a run, drawn from its seed.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crate::faults::Faults;
use crate::rng::Rng;

/// Runs futures on one thread, each a process of its own: an invocation of a function, or a client. `L` says what a future
/// stands for, `T` is what it answers.
pub struct Scheduler<'a, L, T> {
    rng: Rng,
    faults: Faults,
    tasks: Vec<Task<'a, L, T>>,
}

struct Task<'a, L, T> {
    label: L,
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    woken: Arc<Woken>,
}

/// What happened when a future was polled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<L, T> {
    /// It went on a little.
    Yielded,
    /// It is done, with its answer.
    Finished(L, T),
    /// Its process ended in the middle, and the future is gone.
    Crashed(L),
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<'a, L: fmt::Debug, T> Scheduler<'a, L, T> {
    /// A scheduler that hears of crashes from `faults`: those that the models under its futures share.
    pub fn new(rng: Rng, faults: &Faults) -> Scheduler<'a, L, T> {
        Scheduler { rng, faults: faults.clone(), tasks: Vec::new() }
    }

    /// Adds a future.
    pub fn spawn(&mut self, label: L, future: impl Future<Output = T> + 'a) {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        self.tasks.push(Task { label, future: Box::pin(future), woken });
    }

    /// What the unfinished futures stand for.
    pub fn running(&self) -> impl Iterator<Item = &L> {
        self.tasks.iter().map(|task| &task.label)
    }

    /// Polls one future of those that can go on, whichever chance picks; `None` if there is nothing left to run.
    ///
    /// # Panics
    /// If no future can go on: each waits for something that nobody here will ever do, such as a timer of the real clock.
    pub fn step(&mut self) -> Option<Step<L, T>> {
        if self.tasks.is_empty() {
            return None;
        }
        let is_woken = |task: &Task<'a, L, T>| task.woken.0.load(Ordering::Relaxed);
        let runnable: Vec<usize> = (0..self.tasks.len()).filter(|index| is_woken(&self.tasks[*index])).collect();
        let labels = || self.running().collect::<Vec<_>>();
        assert!(!runnable.is_empty(), "nobody can go on, and these wait: {:?}", labels());
        let index = *self.rng.pick(&runnable);
        let task = &mut self.tasks[index];
        task.woken.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(task.woken.clone());
        let polled = task.future.as_mut().poll(&mut Context::from_waker(&waker));
        let crashed = self.faults.take_crash();
        Some(match polled {
            _ if crashed => Step::Crashed(self.tasks.remove(index).label),
            Poll::Ready(answer) => Step::Finished(self.tasks.remove(index).label, answer),
            Poll::Pending => Step::Yielded,
        })
    }

    /// Runs everything to its end; what became of each, in the order in which they ended.
    pub fn run(&mut self) -> Vec<Step<L, T>> {
        let mut ended = Vec::new();
        while let Some(step) = self.step() {
            if !matches!(step, Step::Yielded) {
                ended.push(step);
            }
        }
        ended
    }

    /// Ends every process at once, as a deployment or an outage does; what they stood for.
    pub fn crash_all(&mut self) -> Vec<L> {
        self.tasks.drain(..).map(|task| task.label).collect()
    }
}

impl<L: fmt::Debug, T> fmt::Debug for Scheduler<'_, L, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheduler").field("running", &self.running().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::yielding::yield_now;

    fn interleaving(seed: u64) -> Vec<u32> {
        let seen = RefCell::new(Vec::new());
        let mut scheduler = Scheduler::new(Rng::new(seed), &Faults::none());
        for name in 0..3 {
            let seen = &seen;
            scheduler.spawn(name, async move {
                for _ in 0..4 {
                    seen.borrow_mut().push(name);
                    yield_now().await;
                }
            });
        }
        assert_eq!(scheduler.run().len(), 3);
        drop(scheduler);
        seen.into_inner()
    }

    #[test]
    fn a_seed_is_an_interleaving_and_most_seeds_differ() {
        assert_eq!(interleaving(1), interleaving(1));
        let different: std::collections::BTreeSet<_> = (0..20).map(interleaving).collect();
        assert!(different.len() > 15, "{}", different.len());
    }

    #[test]
    fn a_future_whose_process_ends_is_dropped_and_the_others_go_on() {
        let faults = Faults::none();
        let alive = Rc::new(());
        let mut scheduler = Scheduler::new(Rng::new(1), &faults);
        let (held, own) = (alive.clone(), faults.clone());
        scheduler.spawn("crashes", async move {
            let _held = held;
            yield_now().await;
            match own.crash().await {}
        });
        scheduler.spawn("goes on", async {
            for _ in 0..10 {
                yield_now().await;
            }
            5
        });
        let ended = scheduler.run();
        assert!(
            ended.contains(&Step::Crashed("crashes")) && ended.contains(&Step::Finished("goes on", 5)),
            "{ended:?}"
        );
        assert_eq!(Rc::strong_count(&alive), 1);
    }

    #[test]
    fn waiting_for_what_nobody_does_is_a_defect_and_not_a_hang() {
        let mut scheduler = Scheduler::<_, ()>::new(Rng::new(1), &Faults::none());
        scheduler.spawn("waits", std::future::pending());
        let stuck = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| scheduler.run())).expect_err("stuck");
        assert!(stuck.downcast_ref::<String>().is_some_and(|said| said.contains("waits")));
    }
}
