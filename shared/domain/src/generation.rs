//! Generations of a projection: a new one is built beside the live one, which stays as it is until the new one is whole.
//!
//! Whoever writes the projection writes into the live generation and into the one being built. A rebuild lets those who
//! began before it finish, draws every row anew, switches, lets those finish who still write both, and leaves the old rows to
//! expiry. What it does next follows from what is stored, so it may stop anywhere and another run goes on.

use serde::{Deserialize, Serialize};

/// How long a run may be silent before another may go on with its work, in milliseconds.
pub const LEASE_MS: i64 = 60_000;

/// Which generations of a cohort's rows there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generations {
    /// The one that is read. The first is 0.
    pub live: u32,
    /// Goes up with every change, so that two who change it at once do not lose one another.
    pub rev: u32,
    /// What a rebuild is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<Rebuild>,
}

/// A rebuild on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuild {
    /// The generation that is built, or that has been replaced.
    pub generation: u32,
    /// What becomes of it.
    pub stage: Stage,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// The run that works on it.
    pub owner: String,
    /// When another run may go on with it, in milliseconds since 1970.
    pub lease_until: i64,
}

/// What a rebuild does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The generation is built: projectors write into it as well.
    Building,
    /// The generation has been replaced: its rows are left to expiry.
    Retiring,
}

/// Another run is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another rebuild is at work")]
pub struct Busy {
    /// Until when it is believed to be, in milliseconds since 1970.
    pub until: i64,
}

impl Generations {
    /// Where a projector writes.
    pub fn written(&self) -> Vec<u32> {
        let building = self.rebuild.as_ref().filter(|rebuild| rebuild.stage == Stage::Building);
        std::iter::once(self.live).chain(building.map(|rebuild| rebuild.generation)).collect()
    }

    /// Begins a rebuild, goes on with one's own, or takes over one whose run has been silent for too long.
    pub fn taken(&self, owner: &str, now_ms: i64) -> Result<Generations, Busy> {
        let rebuild = match &self.rebuild {
            None => Rebuild {
                generation: self.live + 1,
                stage: Stage::Building,
                since: now_ms,
                owner: owner.to_owned(),
                lease_until: now_ms + LEASE_MS,
            },
            Some(other) if other.owner != owner && other.lease_until >= now_ms => {
                return Err(Busy { until: other.lease_until });
            }
            Some(own) => Rebuild { owner: owner.to_owned(), lease_until: now_ms + LEASE_MS, ..own.clone() },
        };
        Ok(self.with(self.live, Some(rebuild)))
    }

    /// The built generation is read from now on, and the one before it is retired.
    pub fn switched(&self, now_ms: i64) -> Generations {
        let rebuild = self.rebuild.clone().filter(|rebuild| rebuild.stage == Stage::Building);
        match rebuild {
            None => self.clone(),
            Some(built) => {
                let old = Rebuild { generation: self.live, stage: Stage::Retiring, since: now_ms, ..built.clone() };
                self.with(built.generation, Some(old))
            }
        }
    }

    /// The rebuild is over.
    pub fn settled(&self) -> Generations {
        self.with(self.live, None)
    }

    fn with(&self, live: u32, rebuild: Option<Rebuild>) -> Generations {
        Generations { live, rev: self.rev + 1, rebuild }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Generations {
        Generations::default().taken("a", 1_000).expect("nobody is at work")
    }

    #[test]
    fn projectors_write_into_what_is_read_and_into_what_is_built_and_into_nothing_that_was_replaced() {
        assert_eq!(Generations::default().written(), [0]);
        assert_eq!(begun().written(), [0, 1]);
        assert_eq!(begun().switched(2_000).written(), [1]);
        assert_eq!(begun().switched(2_000).settled().written(), [1]);
    }

    #[test]
    fn a_second_run_is_refused_until_the_first_has_been_silent_for_the_lease() {
        assert_eq!(begun().taken("b", 1_000 + LEASE_MS), Err(Busy { until: 1_000 + LEASE_MS }));
        let taken = begun().taken("b", 1_001 + LEASE_MS).expect("the first is silent");
        let rebuild = taken.rebuild.expect("it goes on");
        assert_eq!((rebuild.generation, rebuild.since, rebuild.owner.as_str()), (1, 1_000, "b"));
    }

    #[test]
    fn a_run_goes_on_with_its_own_rebuild_and_keeps_it_while_it_is_heard_of() {
        let renewed = begun().taken("a", 50_000).expect("its own").rebuild.expect("it goes on");
        assert_eq!((renewed.since, renewed.lease_until), (1_000, 50_000 + LEASE_MS));
    }

    #[test]
    fn a_switch_keeps_the_old_generation_in_mind_and_happens_once() {
        let switched = begun().switched(9_000);
        let old = switched.rebuild.clone().expect("the old rows are still there");
        assert_eq!((switched.live, old.generation, old.stage, old.since), (1, 0, Stage::Retiring, 9_000));
        assert_eq!(switched.switched(10_000), switched);
    }

    #[test]
    fn every_change_has_a_revision_of_its_own_and_no_number_comes_twice() {
        let first = begun();
        let second = first.switched(2_000).settled().taken("a", 3_000).expect("nobody is at work");
        assert_eq!((first.rev, second.rev), (1, 4));
        assert_eq!(second.rebuild.map(|rebuild| rebuild.generation), Some(2));
    }
}
