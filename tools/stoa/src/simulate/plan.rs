//! What each simulated learner will do: decided before anything happens, by the seed alone.

use std::time::Duration;

use stoa_domain::item::{Answer, Answers, Item, ItemKind};

use super::random::Random;

/// How soon after the deadline a late starter's hand-in is sent, at the least and at the most: well within the grace.
const GRACE_MS: (i64, i64) = (2_000, 12_000);
/// How long after the end of the grace a latecomer tries.
const TOO_LATE_MS: (i64, i64) = (500, 4_000);
/// Of so many learners who hand in, one does it in the grace.
const ONE_IN_GRACE: usize = 12;
/// Of so many learners, one comes too late, and one never hands in.
const ONE_ASTRAY: usize = 15;
/// In a smaller cohort nobody goes astray.
const FEWEST_ASTRAY: usize = 6;
/// How many hand-ins a small local stack takes a second: the last ones begin this early.
const HAND_INS_PER_SECOND: u64 = 8;
/// What one learner costs before the deadline, on such a stack.
const LEARNER: Duration = Duration::from_millis(500);
/// What even a small cohort needs.
const FEWEST: Duration = Duration::from_secs(30);

/// What a cohort will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// One entry a learner.
    pub learners: Vec<Learner>,
}

/// What one learner will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learner {
    /// Which, from 0.
    pub index: usize,
    /// Whether they open the lesson.
    pub reads: bool,
    /// Whether they mark the practice as done.
    pub practises: bool,
    /// How often they save a draft, at least once.
    pub drafts: u32,
    /// How it ends.
    pub ending: Ending,
}

/// How a learner's attempt ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// They hand in.
    HandsIn {
        /// How long after the deadline; before it, if negative.
        after_due_ms: i64,
        /// Whether they do it again.
        again: Option<Again>,
    },
    /// They hand in when nothing is taken any more.
    TooLate {
        /// How long after the end of the grace.
        after_grace_ms: i64,
    },
    /// They only saved drafts.
    Never,
}

/// How a hand-in is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The same one, at the same time: a double click.
    AtOnce,
    /// The same one, a moment later: an answer got lost.
    Afterwards,
    /// Another one, with other answers: a second window.
    AnotherOne,
}

impl Plan {
    /// Decides everything.
    pub fn new(learners: u32, duplicates: f64, seed: u64) -> Plan {
        let count = learners as usize;
        let mut random = Random::new(seed, 0);
        let mut order: Vec<usize> = (0..count).collect();
        random.shuffle(&mut order);
        let astray = if count < FEWEST_ASTRAY { 0 } else { count.div_ceil(ONE_ASTRAY) };
        let (too_late, rest) = order.split_at(astray);
        let (never, hand_in) = rest.split_at(astray);
        let mut endings = vec![Ending::Never; count];
        for learner in too_late {
            endings[*learner] = Ending::TooLate { after_grace_ms: between(&mut random, TOO_LATE_MS) };
        }
        debug_assert!(never.iter().all(|learner| endings[*learner] == Ending::Never));
        let repeated = (hand_in.len() as f64 * duplicates).round() as usize;
        let window_ms = hand_in_window(learners).as_millis() as i64;
        for (place, learner) in hand_in.iter().enumerate() {
            let again = [Again::AtOnce, Again::Afterwards, Again::AnotherOne][place % 3];
            let after_due_ms = if place % ONE_IN_GRACE == ONE_IN_GRACE - 1 {
                between(&mut random, GRACE_MS)
            } else {
                -between(&mut random, (0, window_ms))
            };
            endings[*learner] = Ending::HandsIn { after_due_ms, again: (place < repeated).then_some(again) };
        }
        let learner = |(index, ending)| {
            let mut random = Random::new(seed, index as u64 + 1);
            Learner {
                index,
                reads: random.below(10) < 8,
                practises: random.below(10) < 6,
                drafts: 1 + random.below(3) as u32,
                ending,
            }
        };
        Plan { learners: endings.into_iter().enumerate().map(learner).collect() }
    }
}

fn between(random: &mut Random, (from, to): (i64, i64)) -> i64 {
    from + random.below((to - from).unsigned_abs()).cast_signed()
}

/// How long the rush before the deadline lasts.
fn hand_in_window(learners: u32) -> Duration {
    Duration::from_secs(5 + u64::from(learners) / HAND_INS_PER_SECOND)
}

/// How long before the deadline the learners have to begin.
pub fn due_in(learners: u32) -> Duration {
    (LEARNER * learners + hand_in_window(learners)).max(FEWEST)
}

/// A learner's address: the same for the same seed, so that a simulation can be repeated with the same people.
pub fn email(seed: u64, index: usize) -> String {
    format!("sim-{seed}-{index}@sim.example")
}

/// What a learner answers the `round`-th time.
pub fn answers(items: &[Item], seed: u64, learner: usize, round: u32) -> Answers {
    let mut random = Random::new(seed, ((learner as u64 + 1) << 16) | u64::from(round));
    let mut answers = Answers::new();
    for item in items {
        // Something is always left blank by somebody.
        if random.below(8) > 0 {
            answers.insert(item.id.clone(), answer(item, &mut random));
        }
    }
    answers
}

fn answer(item: &Item, random: &mut Random) -> Answer {
    match item.kind {
        ItemKind::SingleChoice | ItemKind::TrueFalse => {
            Answer::Choice { choices: random.pick(&item.choices).map(|choice| choice.id.clone()).into_iter().collect() }
        }
        ItemKind::MultipleChoice => {
            let chosen = item.choices.iter().filter(|_| random.below(2) == 0);
            Answer::Choice { choices: chosen.map(|choice| choice.id.clone()).collect() }
        }
        ItemKind::Numeric => {
            let value = random.pick(&["3.14", "3,15", "22/7", "-1", "3"]).copied().unwrap_or_default();
            Answer::Number { value: value.to_owned() }
        }
        ItemKind::FreeText => Answer::Text { text: format!("Words {:x}. ", random.next()).repeat(8) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(plan: &Plan, like: impl Fn(&Ending) -> bool) -> usize {
        plan.learners.iter().filter(|learner| like(&learner.ending)).count()
    }

    #[test]
    fn the_same_seed_decides_the_same_and_another_one_does_not() {
        assert_eq!(Plan::new(60, 0.2, 4), Plan::new(60, 0.2, 4));
        assert_ne!(Plan::new(60, 0.2, 4), Plan::new(60, 0.2, 5));
    }

    #[test]
    fn the_share_of_duplicates_is_met_and_every_ending_occurs() {
        let plan = Plan::new(60, 0.2, 1);
        assert_eq!(count(&plan, |ending| *ending == Ending::Never), 4);
        assert_eq!(count(&plan, |ending| matches!(ending, Ending::TooLate { .. })), 4);
        for wanted in [Again::AtOnce, Again::Afterwards, Again::AnotherOne] {
            assert!(
                count(&plan, |ending| matches!(ending, Ending::HandsIn { again: Some(again), .. } if *again == wanted))
                    > 0
            );
        }
        assert_eq!(count(&plan, |ending| matches!(ending, Ending::HandsIn { again: Some(_), .. })), 10, "0.2 of 52");
        assert!(count(&plan, |ending| matches!(ending, Ending::HandsIn { after_due_ms: 1.., .. })) > 0);
    }

    #[test]
    fn no_duplicates_and_a_single_learner_are_plans_too() {
        assert_eq!(count(&Plan::new(60, 0.0, 1), |ending| matches!(ending, Ending::HandsIn { again: Some(_), .. })), 0);
        assert!(matches!(Plan::new(1, 1.0, 1).learners[0].ending, Ending::HandsIn { again: Some(_), .. }));
    }

    #[test]
    fn answers_follow_from_the_seed_the_learner_and_the_round() {
        let course = crate::course::Course::from_json(include_str!("course.json")).expect("a course");
        let items: Vec<Item> = course
            .nodes
            .iter()
            .flat_map(|node| &node.items)
            .map(|(id, body)| Item {
                id: id.clone(),
                kind: body.kind,
                prompt_html: String::new(),
                points_max: body.points_max,
                choices: body.choices.clone(),
            })
            .collect();
        assert_eq!(answers(&items, 1, 2, 3), answers(&items, 1, 2, 3));
        assert_ne!(answers(&items, 1, 2, 3), answers(&items, 1, 2, 4));
        assert_ne!(answers(&items, 1, 2, 3), answers(&items, 1, 3, 3));
    }
}
