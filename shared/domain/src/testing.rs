//! Builders for tests: defaults, and one visible deviation each.

pub(crate) mod draft;
pub(crate) mod outline;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use crate::cohort::EnrolmentStatus;
use crate::fact::{EnrolmentFact, Fact, Facts, GradeFact};
use crate::grading::GradeStatus;
use crate::id::{NodeId, NotAnId};
use crate::interval::Intervals;
use crate::reading::{Reading, TimeSpent};
use crate::rule::Rule;

/// An identifier of any kind.
pub(crate) fn id<T: TryFrom<String, Error = NotAnId>>(text: &str) -> T {
    T::try_from(text.to_owned()).expect("an id")
}

/// A rule as its author writes it.
pub(crate) fn rule(json: Value) -> Rule {
    serde_json::from_value(json).expect("a rule")
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// So many milliseconds after an arbitrary start.
pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_780_000_000_000 + ms).expect("a time")
}

pub(crate) fn viewed(node: &str) -> Fact {
    Fact::Viewed { node: id(node), at: at(0) }
}

pub(crate) fn done(node: &str) -> Fact {
    Fact::Done { node: id(node), at: at(0) }
}

/// A fact of reading, with its parts as they are stored.
pub(crate) fn read(parts: Value) -> Fact {
    Fact::Read { parts: serde_json::from_value(parts).expect("readings") }
}

pub(crate) fn graded(assessment: &str, attempt: u32, grade: GradeFact) -> Fact {
    Fact::Graded { assessment: id(assessment), attempt, grade }
}

/// A posted automatic grade.
pub(crate) fn scored(points: u32, points_max: u32) -> GradeFact {
    GradeFact { revision: 1, posted: true, status: GradeStatus::Scored, points, points_max, submitted_at: at(0) }
}

/// A grade that the learner may not know yet.
pub(crate) fn unposted(points: u32, points_max: u32) -> GradeFact {
    GradeFact { posted: false, ..scored(points, points_max) }
}

/// A posted grade of which a person must mark a part.
pub(crate) fn awaiting(points: u32, points_max: u32) -> GradeFact {
    GradeFact { status: GradeStatus::AwaitsPerson, ..scored(points, points_max) }
}

pub(crate) fn folded<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> Facts {
    let mut state = Facts::default();
    for fact in facts {
        state.fold(fact);
    }
    state
}

/// Any grade of an assessment worth ten points.
pub(crate) fn any_grade() -> impl Strategy<Value = GradeFact> {
    (1..4u32, any::<bool>(), any::<bool>(), 0..=1_000u32, 0..4i64).prop_map(|(revision, posted, whole, points, ms)| {
        let status = if whole { GradeStatus::Scored } else { GradeStatus::AwaitsPerson };
        GradeFact { revision, posted, status, submitted_at: at(ms), ..scored(points, 1_000) }
    })
}

/// Any reading, in a few minutes of an hour, and of one video.
pub(crate) fn any_reading() -> impl Strategy<Value = Reading> {
    let intervals = |end: u64| {
        prop::collection::vec((0..end, 0..end / 20), 0..4)
            .prop_map(|pairs| pairs.into_iter().map(|(from, length)| (from, from + length)).collect::<Intervals>())
    };
    (intervals(3_600), 0..=100u8, prop::option::of(intervals(1_000))).prop_map(|(time, scrolled, watched)| Reading {
        time: TimeSpent::from(time),
        scrolled,
        watched: watched.filter(|parts| !parts.is_empty()).map(|parts| (id("film"), parts)).into_iter().collect(),
    })
}

/// Any fact about a few learning objects: few, so that facts meet.
pub(crate) fn any_fact() -> impl Strategy<Value = Fact> {
    let node = || prop::sample::select(vec!["a", "b", "q", "r"]).prop_map(id::<NodeId>);
    let when = || (0..5i64).prop_map(at);
    prop_oneof![
        1 => when().prop_map(|at| Fact::Enrolled { at }),
        1 => (when(), 1..4u32, any::<bool>(), prop::sample::select(vec!["winter", "summer"])).prop_map(
            |(enrolled_at, rev, lives, cohort)| {
                let status = if lives { EnrolmentStatus::Active } else { EnrolmentStatus::Withdrawn };
                Fact::EnrolmentChanged { enrolled_at, standing: EnrolmentFact { rev, status, cohort: id(cohort) } }
            }
        ),
        3 => (node(), when()).prop_map(|(node, at)| Fact::Viewed { node, at }),
        3 => (node(), when()).prop_map(|(node, at)| Fact::Done { node, at }),
        1 => when().prop_map(|at| Fact::DateCame { at }),
        4 => prop::collection::btree_map(node(), any_reading(), 0..3).prop_map(|parts| Fact::Read { parts }),
        6 => (node(), 1..4u32, any_grade())
            .prop_map(|(assessment, attempt, grade)| Fact::Graded { assessment, attempt, grade }),
    ]
}

/// The same facts twice: once as they happened, and as they arrive, some more than once and in any order.
pub(crate) fn any_arrival() -> impl Strategy<Value = (Vec<Fact>, Vec<Fact>)> {
    (prop::collection::vec(any_fact(), 0..24), prop::collection::vec(any::<prop::sample::Index>(), 0..12))
        .prop_flat_map(|(facts, again)| {
            let mut arrival = facts.clone();
            if !facts.is_empty() {
                arrival.extend(again.iter().map(|index| index.get(&facts).clone()));
            }
            (Just(facts), Just(arrival).prop_shuffle())
        })
}
