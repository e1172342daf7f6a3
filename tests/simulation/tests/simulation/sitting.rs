//! Taking an assessment: in one tab or two, saving drafts, and handing in around the time it closes.

use std::rc::Rc;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use stoa_domain::item::Answers;
use stoa_testkit::Rng;

use crate::answers;
use crate::calls::{Answered, At, Browser, Call};
use crate::course::LEARNERS;

/// When a learner hands in.
#[derive(Debug, Clone, Copy)]
enum When {
    Soon,
    /// So many milliseconds after it closes, or before.
    Closing(i64),
    /// So many milliseconds after the last instant at which it is accepted, or before.
    Limit(i64),
    Never,
}

impl When {
    fn draw(rng: &mut Rng) -> When {
        let around = |rng: &mut Rng, ms: usize| rng.below(2 * ms + 1) as i64 - ms as i64;
        match rng.below(12) {
            0..=3 => When::Soon,
            4 => When::Closing(around(rng, 1)),
            5 | 6 => When::Closing(around(rng, 4_000)),
            7 => When::Closing(rng.below(30_000) as i64),
            8 => When::Limit(around(rng, 1)),
            9 => When::Limit(around(rng, 8_000)),
            _ => When::Never,
        }
    }
}

/// Takes an assessment up to so many times.
pub async fn take(browser: &Browser, assessment: &str, times: u32) {
    for number in 1..=times {
        let at = At::new(browser.learner, assessment, number);
        if browser.draw(|rng| rng.chance(60)) {
            // A number that is not its turn.
            browser.insist(&Call::Open(At { number: number + 1, ..at.clone() })).await;
        }
        let opened = open(browser, &at).await;
        if opened.status >= 400 {
            return;
        }
        let view = opened.json();
        let time = |name: &str| view[name].as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let sitting = Sitting { browser, at, closes_at: time("closes_at"), accept_until: time("accept_until") };
        sitting.sit().await;
        if browser.draw(|rng| rng.chance(550)) {
            return;
        }
    }
}

async fn open(browser: &Browser, at: &At) -> Answered {
    let call = Call::Open(at.clone());
    if browser.draw(|rng| rng.chance(250)) {
        let (one, other) = futures::join!(browser.insist(&call), browser.insist(&call));
        return if one.status < 400 { one } else { other };
    }
    browser.insist(&call).await
}

struct Sitting<'a> {
    browser: &'a Browser,
    at: At,
    closes_at: Option<Timestamp>,
    accept_until: Option<Timestamp>,
}

impl Sitting<'_> {
    async fn sit(&self) {
        if self.browser.draw(|rng| rng.chance(150)) {
            futures::join!(self.work(), self.work());
        } else {
            self.work().await;
        }
    }

    /// One tab: drafts, then the hand-in.
    async fn work(&self) {
        let (mut rev, saves) = (0, self.browser.draw(|rng| rng.below(5)));
        for _ in 0..saves {
            self.browser.pause_up_to(15_000).await;
            rev = self.save(rev + 1).await;
        }
        match self.browser.draw(When::draw) {
            When::Soon => self.browser.pause_up_to(5_000).await,
            When::Closing(ms) => self.wait(self.closes_at, ms).await,
            When::Limit(ms) => {
                self.wait(self.accept_until, ms).await;
                if self.browser.draw(|rng| rng.chance(300)) {
                    futures::join!(self.hand_in(), self.go_on());
                    return;
                }
            }
            When::Never => {
                return self.wait(self.accept_until, 1_000 + self.browser.draw(|rng| rng.below(60_000)) as i64).await;
            }
        }
        self.hand_in().await;
    }

    /// Another tab sees that the time is up, and opens the next attempt at once.
    async fn go_on(&self) {
        self.wait(self.accept_until, 1).await;
        let next = At { number: self.at.number + 1, ..self.at.clone() };
        self.browser.insist(&Call::Open(next)).await;
    }

    async fn wait(&self, until: Option<Timestamp>, ms: i64) {
        if let Some(until) = until {
            self.browser.net.wait_until(until + SignedDuration::from_millis(ms)).await;
        }
    }

    /// Saves a draft, perhaps twice at once or with a revision that stands already. Returns the revision that stands.
    async fn save(&self, rev: u32) -> u32 {
        let rev = if self.browser.draw(|rng| rng.chance(100)) { rev.saturating_sub(1).max(1) } else { rev };
        let call = Call::Save { at: self.at.clone(), rev, answers: self.answers() };
        if self.browser.draw(|rng| rng.chance(200)) {
            futures::join!(self.browser.ask(&call), self.browser.ask(&call));
        }
        let answered = self.browser.insist(&call).await;
        // Another tab was faster: this one goes on from there.
        answered.json()["rev"].as_u64().and_then(|rev| u32::try_from(rev).ok()).unwrap_or(rev)
    }

    async fn hand_in(&self) {
        let id = self.browser.draw(|rng| format!("s{:x}", rng.draw()));
        let answers = self.answers();
        let submit = |id: &str, answers: &Rc<Answers>| Call::Submit {
            at: self.at.clone(),
            id: id.to_owned(),
            answers: answers.clone(),
        };
        let call = submit(&id, &answers);
        let mut also: Vec<(usize, Call)> = Vec::new();
        let me = self.browser.learner;
        self.browser.draw(|rng| {
            if rng.chance(200) {
                also.push((me, call.clone()));
            }
            if rng.chance(120) {
                also.push((me, submit(&format!("s{:x}", rng.draw()), &Rc::new(answers::some(rng)))));
            }
            if rng.chance(80) {
                also.push((me, submit(&id, &Rc::new(answers::some(rng)))));
            }
            if rng.chance(80) {
                also.push((rng.below(LEARNERS), submit(&format!("s{:x}", rng.draw()), &Rc::new(answers::some(rng)))));
            }
        });
        let beside = async {
            self.browser.pause_up_to(400).await;
            join_all(also.iter().map(|(caller, call)| self.browser.ask_as(*caller, call))).await
        };
        futures::join!(self.browser.insist(&call), beside);

        if self.browser.draw(|rng| rng.chance(250)) {
            // The page is opened again, and sends what it still has.
            self.browser.pause_up_to(90_000).await;
            self.browser.insist(&call).await;
        }
        if self.browser.draw(|rng| rng.chance(100)) {
            self.browser.insist(&submit(&id, &self.answers())).await;
        }
        if self.browser.draw(|rng| rng.chance(100)) {
            self.save(9).await;
        }
    }

    fn answers(&self) -> Rc<Answers> {
        Rc::new(self.browser.draw(answers::some))
    }
}
