//! Reading: heartbeats and how far down, reported once a minute, and what was said of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stoa_domain::attempt::instant;
use stoa_domain::fact::{Fact, Facts};
use stoa_domain::id::NodeId;
use stoa_domain::reading::Reading;
use stoa_domain::reading::report::{Beat, Report, Seen};
use stoa_store::schema;
use stoa_testkit::Rng;

use crate::calls::{Answered, Browser, Call};
use crate::course::{Course, LEARNERS, LESSONS, node};
use crate::stored::Enrolled;

/// Reads for a while, one lesson or another, and reports what was read since the last report that was taken.
pub async fn read(browser: &Browser) {
    browser.pause_up_to(200_000).await;
    let (mut beats, mut scrolled) = (Vec::new(), Vec::new());
    for _ in 0..browser.draw(|rng| rng.below(5)) {
        let lesson = browser.draw(|rng| *rng.pick(&LESSONS));
        beats.push(beat(browser, lesson).await);
        scrolled.push(json!({ "node": lesson, "percent": browser.draw(|rng| rng.below(101)) }));
        if report(browser, &beats, &scrolled).await {
            beats.clear();
            scrolled.clear();
        }
    }
    if !beats.is_empty() {
        // The page is opened again, and sends what it still has.
        browser.net.pause(SignedDuration::from_secs(61)).await;
        report(browser, &beats, &scrolled).await;
    }
}

/// Reads up to half a minute. The browser's clock may be wrong.
async fn beat(browser: &Browser, lesson: &str) -> Value {
    let off_ms = browser.draw(|rng| if rng.chance(100) { rng.below(600_000) as i64 - 300_000 } else { 0 });
    let now = || browser.net.now() + SignedDuration::from_millis(off_ms);
    let from = now();
    browser.pause_up_to(30_000).await;
    json!({ "node": lesson, "from": from, "to": now() })
}

/// Reports, and says whether it was taken or is pointless to send again.
async fn report(browser: &Browser, beats: &[Value], scrolled: &[Value]) -> bool {
    let report = json!({ "beats": beats, "scrolled": scrolled, "watched": [] });
    let call = Call::Reading { learner: browser.learner, report };
    if browser.draw(|rng| rng.chance(60)) {
        let another = browser.draw(|rng| rng.below(LEARNERS));
        browser.ask_as(another, &call).await;
    }
    if browser.draw(|rng: &mut Rng| rng.chance(150)) {
        futures::join!(browser.insist(&call), browser.insist(&call)).0.status != 429
    } else {
        browser.insist(&call).await.status != 429
    }
}

/// Whether an answer to a report was right, given what is stored.
pub fn is_right(enrolled: &Enrolled, learner: usize, report: &Value, answered: &Answered) -> bool {
    let is_own = answered.caller == learner;
    match (answered.status, answered.kind().as_str()) {
        (202, _) => is_own && is_kept(enrolled, learner, report, answered.received_at),
        (404, "not-found") => !is_own,
        (422, "invalid-body") => {
            is_own && nodes(report).any(|node| Course::get().tree.node(&node).is_some_and(|node| node.gated))
        }
        // Another report of the same minute stands. Once it is in the log, the item may have expired.
        (429, "too-soon") => {
            let key =
                schema::reading(&Course::get().tenant, &enrolment(learner), answered.received_at.as_millisecond());
            let sk = key.sk.strip_prefix(schema::FACT).unwrap_or_default().to_owned();
            let is_read = |fact: &Fact| matches!(fact, Fact::Read { .. });
            is_own && (enrolled.facts.contains_key(&sk) || enrolled.log.iter().any(|event| is_read(&event.fact)))
        }
        _ => false,
    }
}

/// Whether everything of a report that is to be believed is in the log.
fn is_kept(enrolled: &Enrolled, learner: usize, reported: &Value, received_at: Timestamp) -> bool {
    let course = Course::get();
    let begun = instant(course.enrolments[learner].enrolled_at);
    let parts: BTreeMap<NodeId, Reading> = read_back(reported).believed(&course.tree, begun, received_at);
    let mut known = Facts::default();
    for event in &enrolled.log {
        known.fold(&event.fact);
    }
    !known.fold(&Fact::Read { parts })
}

fn enrolment(learner: usize) -> stoa_domain::id::EnrolmentId {
    Course::get().enrolments[learner].enrolment.clone()
}

fn list<'a>(report: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    report[name].as_array().into_iter().flatten()
}

fn nodes(report: &Value) -> impl Iterator<Item = NodeId> {
    list(report, "beats").map(|beat| node(beat["node"].as_str().unwrap_or_default()))
}

fn read_back(report: &Value) -> Report {
    let time = |value: &Value| value.as_str().and_then(|text| text.parse().ok()).expect("a time");
    let named = |value: &Value| node(value["node"].as_str().unwrap_or_default());
    let percent = |value: &Value| value["percent"].as_u64().and_then(|percent| u8::try_from(percent).ok());
    let beat = |value| Beat { node: named(value), from: time(&value["from"]), until: time(&value["to"]) };
    let seen = |value| Seen { node: named(value), percent: percent(value).expect("a percentage") };
    Report {
        beats: list(report, "beats").map(beat).collect(),
        seen: list(report, "scrolled").map(seen).collect(),
        watched: Vec::new(),
    }
}
