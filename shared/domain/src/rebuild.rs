//! What a projection is held against when it is drawn anew: the log first, and the items that the log was made of.

use crate::fact::{Fact, Facts};
use crate::progress::{Event, Progress, replay};

/// Everything an enrolment's state follows from, as it stood at one place of its log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// The log, from its first event.
    pub log: Vec<Event>,
    /// The state as the projector left it; `None` if it is not there.
    pub progress: Option<Progress>,
    /// What stored items say and the projector is done with.
    pub projected: Vec<Fact>,
    /// What stored items say and still waits for the projector.
    pub waiting: Vec<Fact>,
}

/// Something that does not follow from what it should follow from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// The log has a gap, so that nothing can be folded from it. Nothing is drawn.
    LogHasGap,
    /// The state is not what the log folds to.
    StateIsNotTheLogs,
    /// A stored fact that waits for nobody is not in the log.
    FactIsNotInLog,
    /// The log holds what no stored item says, though it is nothing that expires.
    LogSaysMoreThanItems,
}

/// Folds the log from nothing and compares. The state is `None` where the log cannot be folded.
pub fn examine(sources: &Sources) -> (Option<Progress>, Vec<Difference>) {
    let Ok(folded) = replay(&sources.log) else { return (None, vec![Difference::LogHasGap]) };
    let mut differences = Vec::new();
    if sources.progress.clone().unwrap_or_default() != folded {
        differences.push(Difference::StateIsNotTheLogs);
    }
    if sources.projected.iter().any(|fact| folded.facts.clone().fold(fact)) {
        differences.push(Difference::FactIsNotInLog);
    }
    let mut said = Facts::default();
    for fact in sources.projected.iter().chain(&sources.waiting) {
        said.fold(fact);
    }
    // What was read is kept by the log alone, because the items that reported it expire; dates have no items.
    let mut kept = sources.log.iter().filter(|event| !matches!(event.fact, Fact::Read { .. } | Fact::DateCame { .. }));
    if kept.any(|event| said.fold(&event.fact)) {
        differences.push(Difference::LogSaysMoreThanItems);
    }
    (Some(folded), differences)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::id::NodeId;
    use crate::progress::sequence;
    use crate::reading::Reading;

    fn viewed(node: &str, second: i64) -> Fact {
        let at = Timestamp::from_second(second).expect("a time");
        Fact::Viewed { node: NodeId::parse(node).expect("an id"), at }
    }

    /// What a projector leaves behind that has seen these facts.
    fn sound(facts: &[Fact]) -> Sources {
        let (progress, log) =
            sequence(&Progress::default(), facts, Timestamp::UNIX_EPOCH).expect("they change something");
        Sources { log, progress: Some(progress), projected: facts.to_vec(), waiting: vec![] }
    }

    fn differences(change: impl FnOnce(&mut Sources)) -> Vec<Difference> {
        let mut sources = sound(&[viewed("a", 1), viewed("b", 2)]);
        change(&mut sources);
        examine(&sources).1
    }

    #[test]
    fn what_the_projector_leaves_behind_is_sound_and_folds_to_the_same_state() {
        let sources = sound(&[viewed("a", 1), viewed("b", 2)]);
        assert_eq!(examine(&sources), (sources.progress.clone(), vec![]));
        assert_eq!(examine(&Sources::default()), (Some(Progress::default()), vec![]));
    }

    #[test]
    fn what_waits_for_the_projector_is_no_difference_whether_or_not_it_is_in_the_log_yet() {
        assert_eq!(differences(|sources| sources.waiting.push(viewed("c", 3))), []);
        assert_eq!(differences(|sources| sources.waiting.extend(sources.projected.pop())), []);
    }

    #[test]
    fn a_state_that_is_not_the_logs_is_found_and_the_logs_is_given() {
        let wrong = |sources: &mut Sources| {
            let progress = sources.progress.as_mut().expect("it is there");
            assert!(progress.facts.fold(&viewed("c", 3)));
        };
        assert_eq!(differences(wrong), [Difference::StateIsNotTheLogs]);
        assert_eq!(differences(|sources| sources.progress = None), [Difference::StateIsNotTheLogs]);
        let mut sources = sound(&[viewed("a", 1)]);
        wrong(&mut sources);
        assert_eq!(examine(&sources).0, sound(&[viewed("a", 1)]).progress);
    }

    #[test]
    fn what_was_read_may_stand_in_the_log_alone_and_never_in_an_item_alone() {
        let reading: Reading = serde_json::from_str(r#"{"time":"100+30"}"#).expect("a reading");
        let read = Fact::Read { parts: BTreeMap::from([(NodeId::parse("a").expect("an id"), reading)]) };
        let mut expired = sound(&[viewed("a", 1), read.clone()]);
        expired.projected.pop();
        assert_eq!(examine(&expired).1, []);
        assert_eq!(differences(|sources| sources.projected.push(read)), [Difference::FactIsNotInLog]);
    }

    #[test]
    fn a_date_that_came_stands_in_the_log_alone() {
        let came = Fact::DateCame { at: Timestamp::from_second(3).expect("a time") };
        let mut dated = sound(&[viewed("a", 1), came]);
        dated.projected.pop();
        assert_eq!(examine(&dated), (dated.progress.clone(), vec![]));
    }

    #[test]
    fn items_and_log_are_held_against_each_other() {
        assert_eq!(differences(|sources| sources.projected.push(viewed("c", 3))), [Difference::FactIsNotInLog]);
        assert_eq!(differences(|sources| drop(sources.projected.pop())), [Difference::LogSaysMoreThanItems]);
        assert_eq!(differences(|sources| sources.log[1].sequence = 3), [Difference::LogHasGap]);
    }
}
