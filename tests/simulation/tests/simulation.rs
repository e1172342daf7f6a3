//! The production handlers on models of AWS, and what is stored afterwards.
//!
//! `STOA_SEED=…` replays one seed with its trace, `STOA_SEEDS=…` says how many are run.

#[path = "simulation/answers.rs"]
mod answers;
#[path = "simulation/bugs.rs"]
mod bugs;
#[path = "simulation/calls.rs"]
mod calls;
#[path = "simulation/cloud.rs"]
mod cloud;
#[path = "simulation/conditions.rs"]
mod conditions;
#[path = "simulation/course.rs"]
mod course;
#[path = "simulation/coverage.rs"]
mod coverage;
#[path = "simulation/crowd.rs"]
mod crowd;
#[path = "simulation/dates.rs"]
mod dates;
#[path = "simulation/erasures.rs"]
mod erasures;
#[path = "simulation/grades.rs"]
mod grades;
#[path = "simulation/judge.rs"]
mod judge;
#[path = "simulation/learner.rs"]
mod learner;
#[path = "simulation/logs.rs"]
mod logs;
#[path = "simulation/net.rs"]
mod net;
#[path = "simulation/operator.rs"]
mod operator;
#[path = "simulation/promises.rs"]
mod promises;
#[path = "simulation/promises_of_administration.rs"]
mod promises_of_administration;
#[path = "simulation/promises_of_erasures.rs"]
mod promises_of_erasures;
#[path = "simulation/promises_of_notices.rs"]
mod promises_of_notices;
#[path = "simulation/promises_of_others.rs"]
mod promises_of_others;
#[path = "simulation/promises_of_rebuilds.rs"]
mod promises_of_rebuilds;
#[path = "simulation/promptness.rs"]
mod promptness;
#[path = "simulation/reading.rs"]
mod reading;
#[path = "simulation/receipts.rs"]
mod receipts;
#[path = "simulation/refusals.rs"]
mod refusals;
#[path = "simulation/seeds.rs"]
mod seeds;
#[path = "simulation/sitting.rs"]
mod sitting;
#[path = "simulation/stored.rs"]
mod stored;
#[path = "simulation/streams.rs"]
mod streams;
#[path = "simulation/teeth.rs"]
mod teeth;
#[path = "simulation/telling.rs"]
mod telling;
#[path = "simulation/trace.rs"]
mod trace;
#[path = "simulation/weather.rs"]
mod weather;
#[path = "simulation/world.rs"]
mod world;
