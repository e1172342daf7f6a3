use proptest::prelude::*;

use serde_json::json;

use super::*;
use crate::interval::Intervals;
use crate::reading::TimeSpent;
use crate::testing::{any_arrival, any_fact, at, done, folded, graded, id, read, scored, unposted, viewed};

fn grade_of(facts: &Facts) -> &GradeFact {
    &facts.grades[&id("q")][&1]
}

#[test]
fn the_earliest_time_of_opening_stands() {
    let mut facts = Facts::default();
    let at_ms = |ms| Fact::Viewed { node: id("a"), at: at(ms) };
    assert!(facts.fold(&at_ms(5)));
    assert!(!facts.fold(&at_ms(6)), "later");
    assert!(facts.fold(&at_ms(4)), "earlier");
    assert!(!facts.fold(&at_ms(4)), "again");
    assert_eq!(facts.viewed[&id("a")], at(4).as_millisecond());
}

#[test]
fn the_earliest_enrolment_stands() {
    let mut facts = Facts::default();
    assert!(facts.fold(&Fact::Enrolled { at: at(5) }));
    assert!(!facts.fold(&Fact::Enrolled { at: at(6) }));
    assert!(facts.fold(&Fact::Enrolled { at: at(4) }));
    assert_eq!(facts.enrolled, Some(at(4).as_millisecond()));
}

#[test]
fn opening_and_finishing_are_two_things() {
    let facts = folded(&[viewed("a"), done("b")]);
    assert!(facts.viewed.contains_key(&id("a")) && !facts.viewed.contains_key(&id("b")));
    assert!(facts.done.contains_key(&id("b")) && !facts.done.contains_key(&id("a")));
}

#[test]
fn the_grade_with_the_highest_revision_stands_whichever_comes_last() {
    let old = graded("q", 1, scored(900, 1_000));
    let new = graded("q", 1, GradeFact { revision: 2, ..unposted(100, 1_000) });
    for order in [[&old, &new], [&new, &old]] {
        let facts = folded(order);
        assert_eq!((grade_of(&facts).revision, grade_of(&facts).points), (2, 100));
    }
    let mut facts = folded([&new]);
    assert!(!facts.fold(&old));
}

#[test]
fn posting_a_grade_of_the_same_revision_stands_against_its_unposted_form() {
    let posted = graded("q", 1, scored(900, 1_000));
    let kept_back = graded("q", 1, unposted(900, 1_000));
    for order in [[&posted, &kept_back], [&kept_back, &posted]] {
        assert!(grade_of(&folded(order)).posted);
    }
}

#[test]
fn attempts_and_assessments_have_their_own_grades() {
    let facts = folded(&[
        graded("q", 1, scored(1, 10)),
        graded("q", 2, scored(2, 10)),
        graded("r", 1, GradeFact { revision: 9, ..scored(3, 10) }),
    ]);
    let points: Vec<u32> = facts.grades.values().flat_map(BTreeMap::values).map(|grade| grade.points).collect();
    assert_eq!(points, [1, 2, 3]);
}

#[test]
fn reading_adds_up_and_nothing_of_it_is_taken_back() {
    let first = read(json!({ "a": { "time": "100+60", "scrolled": 40, "watched": { "film": "0+100" } } }));
    let second = read(
        json!({ "a": { "time": "130+60", "scrolled": 20, "watched": { "film": "50+100" } }, "b": { "scrolled": 1 } }),
    );
    for order in [[&first, &second], [&second, &first]] {
        let known = serde_json::to_value(folded(order).reading).expect("json");
        let expected = json!({
            "a": { "time": "100+90", "scrolled": 40, "watched": { "film": "0+150" } },
            "b": { "scrolled": 1 },
        });
        assert_eq!(known, expected);
    }
}

#[test]
fn reading_that_says_nothing_leaves_no_trace() {
    let mut facts = Facts::default();
    assert!(!facts.fold(&read(json!({}))));
    assert!(!facts.fold(&read(json!({ "a": {}, "b": { "watched": { "film": "" } } }))));
    assert_eq!(facts, Facts::default());
    assert!(facts.fold(&read(json!({ "a": { "scrolled": 1, "watched": { "film": "" } } }))));
    assert_eq!(serde_json::to_value(&facts).expect("json"), json!({ "reading": { "a": { "scrolled": 1 } } }));
}

#[test]
fn a_state_from_before_reading_was_known_reads_back() {
    let stored = r#"{"enrolled":1780000000000,"viewed":{"a":1780000000000},"done":{"a":1780000000001}}"#;
    let read: Facts = serde_json::from_str(stored).expect("a state");
    assert!(read.reading.is_empty());
    assert_eq!(serde_json::to_string(&read).expect("json"), stored);
}

#[test]
fn the_latest_date_that_came_stands_and_is_nothing_the_learner_did() {
    let came = |ms| Fact::DateCame { at: at(ms) };
    let mut facts = Facts::default();
    assert_eq!([came(5), came(5), came(4), came(6)].map(|fact| facts.fold(&fact)), [true, false, false, true]);
    assert_eq!((facts.date_came, facts.last_activity_ms()), (Some(at(6).as_millisecond()), None));
}

#[test]
fn the_last_activity_is_the_latest_of_everything_but_the_enrolment() {
    assert_eq!(folded(&[Fact::Enrolled { at: at(9) }]).last_activity_ms(), None);
    let handed_in = graded("q", 1, GradeFact { submitted_at: at(7), ..unposted(0, 10) });
    let opened = Fact::Viewed { node: id("a"), at: at(3) };
    let finished = Fact::Done { node: id("a"), at: at(5) };
    assert_eq!(folded([&opened]).last_activity_ms(), Some(at(3).as_millisecond()));
    assert_eq!(folded([&opened, &finished]).last_activity_ms(), Some(at(5).as_millisecond()));
    assert_eq!(folded([&opened, &finished, &handed_in]).last_activity_ms(), Some(at(7).as_millisecond()));
    let read_on = read(json!({ "a": { "time": "1780000060+30", "scrolled": 9 } }));
    assert_eq!(folded([&opened, &handed_in, &read_on]).last_activity_ms(), Some(1_780_000_090_000));
}

/// What all facts together say of reading one learning object: every second, the farthest, every part of every film.
fn everything_read(facts: &[Fact], node: &NodeId) -> Reading {
    let readings = || {
        facts.iter().filter_map(|fact| match fact {
            Fact::Read { parts } => parts.get(node),
            Fact::Viewed { .. }
            | Fact::Enrolled { .. }
            | Fact::EnrolmentChanged { .. }
            | Fact::Done { .. }
            | Fact::DateCame { .. }
            | Fact::Graded { .. } => None,
        })
    };
    let film = || readings().filter_map(|reading| reading.watched.get(&id("film")));
    let watched: Intervals = film().flat_map(Intervals::iter).collect();
    let seconds: Intervals = readings().flat_map(|reading| reading.time.seconds().iter()).collect();
    Reading {
        time: TimeSpent::from(seconds),
        scrolled: readings().map(|reading| reading.scrolled).max().unwrap_or_default(),
        watched: (!watched.is_empty()).then_some((id("film"), watched)).into_iter().collect(),
    }
}

/// What a set of facts means, said without folding.
fn meaning(facts: &[Fact]) -> Facts {
    let mut meaning = Facts::default();
    for fact in facts {
        match fact {
            Fact::Enrolled { .. } | Fact::EnrolmentChanged { .. } => {
                let times = facts.iter().filter_map(|fact| match fact {
                    Fact::Enrolled { at } | Fact::EnrolmentChanged { enrolled_at: at, .. } => Some(at.as_millisecond()),
                    Fact::Viewed { .. }
                    | Fact::Done { .. }
                    | Fact::Read { .. }
                    | Fact::DateCame { .. }
                    | Fact::Graded { .. } => None,
                });
                meaning.enrolled = times.min();
                let changes = facts.iter().filter_map(|fact| match fact {
                    Fact::EnrolmentChanged { standing, .. } => Some(standing),
                    Fact::Enrolled { .. }
                    | Fact::Viewed { .. }
                    | Fact::Done { .. }
                    | Fact::Read { .. }
                    | Fact::DateCame { .. }
                    | Fact::Graded { .. } => None,
                });
                meaning.enrolment = changes.max().cloned();
            }
            Fact::Viewed { node, .. } => {
                let times = facts.iter().filter_map(|fact| match fact {
                    Fact::Viewed { node: other, at } if other == node => Some(at.as_millisecond()),
                    Fact::Viewed { .. }
                    | Fact::Enrolled { .. }
                    | Fact::EnrolmentChanged { .. }
                    | Fact::Done { .. }
                    | Fact::Read { .. }
                    | Fact::DateCame { .. }
                    | Fact::Graded { .. } => None,
                });
                meaning.viewed.extend(times.min().map(|at| (node.clone(), at)));
            }
            Fact::Done { node, .. } => {
                let times = facts.iter().filter_map(|fact| match fact {
                    Fact::Done { node: other, at } if other == node => Some(at.as_millisecond()),
                    Fact::Done { .. }
                    | Fact::Enrolled { .. }
                    | Fact::EnrolmentChanged { .. }
                    | Fact::Viewed { .. }
                    | Fact::Read { .. }
                    | Fact::DateCame { .. }
                    | Fact::Graded { .. } => None,
                });
                meaning.done.extend(times.min().map(|at| (node.clone(), at)));
            }
            Fact::DateCame { .. } => {
                let moments = facts.iter().filter_map(|fact| match fact {
                    Fact::DateCame { at } => Some(at.as_millisecond()),
                    Fact::Enrolled { .. }
                    | Fact::EnrolmentChanged { .. }
                    | Fact::Viewed { .. }
                    | Fact::Read { .. }
                    | Fact::Done { .. }
                    | Fact::Graded { .. } => None,
                });
                meaning.date_came = moments.max();
            }
            Fact::Read { parts } => {
                for node in parts.iter().filter(|(_, reading)| !reading.is_nothing()).map(|(node, _)| node) {
                    meaning.reading.insert(node.clone(), everything_read(facts, node));
                }
            }
            Fact::Graded { assessment, attempt, .. } => {
                let grades = facts.iter().filter_map(|fact| match fact {
                    Fact::Graded { assessment: other, attempt: number, grade }
                        if (other, number) == (assessment, attempt) =>
                    {
                        Some(grade)
                    }
                    Fact::Graded { .. }
                    | Fact::Enrolled { .. }
                    | Fact::EnrolmentChanged { .. }
                    | Fact::Viewed { .. }
                    | Fact::Read { .. }
                    | Fact::DateCame { .. }
                    | Fact::Done { .. } => None,
                });
                let stands = grades.max().expect("at least this one").clone();
                meaning.grades.entry(assessment.clone()).or_default().insert(*attempt, stands);
            }
        }
    }
    meaning
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_order_and_any_duplication_of_the_same_facts_fold_to_the_same_state((facts, arrival) in any_arrival()) {
        prop_assert_eq!(folded(&arrival), folded(&facts));
    }

    #[test]
    fn the_state_is_what_the_set_of_facts_means(facts in prop::collection::vec(any_fact(), 0..16)) {
        prop_assert_eq!(folded(&facts), meaning(&facts));
    }

    #[test]
    fn a_fact_says_that_it_changed_something_exactly_when_it_did(facts in prop::collection::vec(any_fact(), 1..16)) {
        let mut state = Facts::default();
        for fact in &facts {
            let before = state.clone();
            prop_assert_eq!(state.fold(fact), state != before);
        }
        for fact in &facts {
            prop_assert!(!state.fold(fact), "{:?} changed what it is part of", fact);
        }
    }

    #[test]
    fn facts_and_states_read_back_as_they_were_written(facts in prop::collection::vec(any_fact(), 0..16)) {
        let json = serde_json::to_string(&facts).expect("json");
        prop_assert_eq!(&serde_json::from_str::<Vec<Fact>>(&json).expect("facts"), &facts);
        let state = folded(&facts);
        let json = serde_json::to_string(&state).expect("json");
        prop_assert_eq!(serde_json::from_str::<Facts>(&json).expect("a state"), state);
    }
}
