//! A learner's way through the course: partly by plan, partly by chance.

use jiff::SignedDuration;
use serde_json::{Value, json};
use stoa_testkit::Rng;

use crate::calls::{Browser, Call};
use crate::course::{Course, DUE_AFTER, ESSAY, EXAM, LEARNERS, LESSONS, QUIZ, node};
use crate::{reading, sitting};

/// Takes the course, near the exam's deadline, and reads in it meanwhile, in one tab or two.
pub async fn learn(browser: Browser) {
    let second_tab = async {
        if browser.draw(|rng| rng.chance(300)) {
            reading::read(&browser).await;
        }
    };
    futures::join!(take(&browser), reading::read(&browser), second_tab);
}

async fn take(browser: &Browser) {
    browser.pause_up_to(180_000).await;
    for lesson in LESSONS {
        visit(browser, lesson).await;
    }
    if browser.draw(|rng| rng.chance(850)) {
        sitting::take(browser, QUIZ, 3).await;
        visit(browser, "deepen").await;
    }
    exam(browser).await;
    if browser.draw(|rng| rng.chance(400)) {
        sitting::take(browser, ESSAY, 2).await;
    }
}

/// Comes to the exam early, shortly before the deadline, or too late.
async fn exam(browser: &Browser) {
    let due = Course::get().cohort.due(&node(EXAM)).expect("it has a deadline");
    let ahead_ms = browser.draw(|rng| match rng.below(10) {
        0 => -i64_below(rng, 3_000),
        1..=3 => i64_below(rng, DUE_AFTER.as_millis() as usize / 2),
        _ => i64_below(rng, 90_000),
    });
    browser.net.wait_until(due - SignedDuration::from_millis(ahead_ms)).await;
    sitting::take(browser, EXAM, 2).await;
}

/// Opens a lesson and may mark it as done; what is still locked is refused.
async fn visit(browser: &Browser, lesson: &str) {
    browser.pause_up_to(6_000).await;
    let fact = |kind: &str| json!({ "kind": kind, "node": lesson, "occurred_at": browser.net.now() });
    let mut facts = vec![fact("viewed")];
    if browser.draw(|rng| rng.chance(700)) {
        facts.push(fact("done"));
    }
    report(browser, &facts).await;
    if browser.draw(|rng| rng.chance(300)) {
        // Read again: the first report of a fact stands.
        browser.pause_up_to(4_000).await;
        report(browser, &[fact("viewed")]).await;
    }
}

async fn report(browser: &Browser, facts: &[Value]) {
    let call = Call::Facts { learner: browser.learner, facts: facts.into() };
    if browser.draw(|rng| rng.chance(150)) {
        let another = browser.draw(|rng| rng.below(LEARNERS));
        browser.ask_as(another, &call).await;
    }
    if browser.draw(|rng| rng.chance(200)) {
        futures::join!(browser.insist(&call), browser.insist(&call));
    } else {
        browser.insist(&call).await;
    }
}

fn i64_below(rng: &mut Rng, end: usize) -> i64 {
    rng.below(end) as i64
}
