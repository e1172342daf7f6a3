//! What learners answer.

use stoa_domain::id::{ChoiceId, ItemId};
use stoa_domain::item::{Answer, Answers};
use stoa_testkit::Rng;

/// The characters of a long text: more than fits into an attempt's own item.
const LONG_CHARS: usize = 4_500;

/// Some answers, right or wrong, one time in six with a text that stands apart from its attempt.
pub fn some(rng: &mut Rng) -> Answers {
    let mut answers = Answers::new();
    if rng.chance(900) {
        let choices =
            ["a", "b", "c"].into_iter().take(1 + rng.below(3)).filter_map(|id| ChoiceId::parse(id).ok()).collect();
        answers.insert(item("choice"), Answer::Choice { choices });
    }
    if rng.chance(900) {
        let value = format!("{},{}", rng.below(6), rng.below(100));
        answers.insert(item("number"), Answer::Number { value });
    }
    if rng.chance(500) {
        let chars = if rng.chance(333) { LONG_CHARS + rng.below(200) } else { rng.below(60) };
        let letter = *rng.pick(&["a", "b", "ü"]);
        answers.insert(item("text"), Answer::Text { text: letter.repeat(chars) });
    }
    answers
}

fn item(id: &str) -> ItemId {
    ItemId::parse(id).expect("an id")
}
