//! What changes though nothing happens.

use jiff::Timestamp;

use super::*;
use crate::fact::Fact;
use crate::testing::time;

fn on(civil: &str) -> Value {
    json!({ "type": "after_date", "zone": "Europe/Berlin", "when": { "civil": civil } })
}

fn days_after_enrolment(days: u32) -> Value {
    json!({ "type": "after_date", "zone": "Europe/Berlin", "when": { "days_after_enrolment": days } })
}

fn verdict_at(completion: Value, facts: &[Fact], now: &str) -> Verdict {
    super::super::evaluate(&tree(vec![completed_by("l", completion)]), &folded(facts), time(now)).completion[0]
}

fn enrolled(at: &str) -> Fact {
    Fact::Enrolled { at: time(at) }
}

#[test]
fn a_date_has_come_at_its_own_instant_and_not_before() {
    for (now, expected) in
        [("2026-12-03T07:59:59.999Z", Unmet), ("2026-12-03T08:00:00Z", Met), ("2027-06-01T00:00:00Z", Met)]
    {
        assert_eq!(verdict_at(on("2026-12-03T09:00:00"), &[], now), expected, "{now}");
    }
}

#[test]
fn before_a_date_is_none_of_after_it_and_ends_for_good() {
    let before = || json!({ "type": "none_of", "conditions": [on("2026-12-03T09:00:00")] });
    assert_eq!(verdict_at(before(), &[], "2026-12-03T07:59:59Z"), Met);
    assert_eq!(verdict_at(before(), &[], "2026-12-03T08:00:00Z"), Impossible);
}

#[test]
fn days_after_an_enrolment_are_the_calendars() {
    // Enrolled at noon in summer; at noon in winter it is an hour later by UTC.
    let facts = [enrolled("2026-10-24T10:00:00Z")];
    assert_eq!(verdict_at(days_after_enrolment(2), &facts, "2026-10-26T10:59:59Z"), Unmet);
    assert_eq!(verdict_at(days_after_enrolment(2), &facts, "2026-10-26T11:00:00Z"), Met);
    assert_eq!(verdict_at(days_after_enrolment(0), &facts, "2026-10-24T10:00:00Z"), Met);
}

#[test]
fn an_enrolment_that_is_not_known_yet_has_no_days_after_it() {
    assert_eq!(verdict_at(days_after_enrolment(0), &[], "2030-01-01T00:00:00Z"), Unmet);
}

#[test]
fn the_next_change_is_the_first_moment_ahead_that_any_rule_waits_for() {
    let door = |rule_json: Value, name: &str| OutlineNode { access: Some(rule(rule_json)), ..lesson(name) };
    let tree = tree(vec![
        door(on("2026-12-03T09:00:00"), "a"),
        door(json!({ "type": "none_of", "conditions": [on("2026-12-02T09:00:00")] }), "b"),
        completed_by("c", days_after_enrolment(30)),
    ]);
    let next = |facts: &[Fact], now: &str| next_change_at(&tree, &folded(facts), time(now));
    let at = |text: &str| Some(time(text));
    assert_eq!(next(&[], "2026-12-01T00:00:00Z"), at("2026-12-02T08:00:00Z"));
    assert_eq!(next(&[], "2026-12-02T08:00:00Z"), at("2026-12-03T08:00:00Z"), "the moment itself is no change ahead");
    assert_eq!(next(&[], "2026-12-03T08:00:00Z"), None);
    let facts = [enrolled("2026-11-10T12:00:00Z")];
    assert_eq!(next(&facts, "2026-12-03T08:00:00Z"), at("2026-12-10T12:00:00Z"));
    assert_eq!(next_change_at(&self::tree(vec![lesson("a")]), &Facts::default(), Timestamp::UNIX_EPOCH), None);
}

#[test]
fn what_only_opens_at_a_moment_completes_nothing_then() {
    let door = OutlineNode { access: Some(rule(on("2026-12-02T09:00:00"))), ..lesson("a") };
    let tree = tree(vec![door, completed_by("b", on("2026-12-03T09:00:00"))]);
    let next = |now: &str| next_completion_at(&tree, &Facts::default(), time(now));
    assert_eq!(next("2026-12-01T00:00:00Z"), Some(time("2026-12-03T08:00:00Z")));
    assert_eq!(next("2026-12-03T08:00:00Z"), None);
}

#[test]
fn a_moment_deep_in_a_rule_is_found() {
    let deep = json!({ "type": "any_of", "conditions": [
        { "type": "node_viewed" },
        { "type": "n_of", "n": 1, "conditions": [{ "type": "none_of", "conditions": [on("2026-12-03T09:00:00")] }] },
    ] });
    let tree = tree(vec![completed_by("a", deep)]);
    let next = next_completion_at(&tree, &Facts::default(), time("2026-12-01T00:00:00Z"));
    assert_eq!(next, Some(time("2026-12-03T08:00:00Z")));
}

proptest::proptest! {
    #[test]
    fn between_two_moments_no_completion_changes(
        hours in proptest::collection::vec(0..200i64, 1..5),
        days in 0..4u32,
        at in 0..200i64,
    ) {
        let start = time("2026-10-22T00:00:00Z");
        let after = |hours: i64| start + jiff::SignedDuration::from_hours(hours);
        let civil = |hours: &i64| on(after(*hours).to_string().trim_end_matches('Z'));
        let mut nodes: Vec<OutlineNode> =
            hours.iter().enumerate().map(|(at, hours)| completed_by(&format!("n{at}"), civil(hours))).collect();
        let before = json!({ "type": "none_of", "conditions": [days_after_enrolment(days)] });
        nodes.push(completed_by("before", before));
        let (tree, facts) = (tree(nodes), folded(&[Fact::Enrolled { at: start }]));
        let completion = |at| super::super::evaluate(&tree, &facts, at).completion;
        let now = after(at);
        let second = jiff::SignedDuration::from_secs(1);
        match next_completion_at(&tree, &facts, now) {
            Some(next) => {
                proptest::prop_assert_eq!(completion(next - second), completion(now));
                proptest::prop_assert_ne!(completion(next), completion(now));
            }
            None => proptest::prop_assert_eq!(completion(after(10_000)), completion(now)),
        }
    }
}

#[test]
fn nothing_changes_between_now_and_the_next_change() {
    let tree = tree(vec![OutlineNode { access: Some(rule(on("2026-12-03T09:00:00"))), ..lesson("a") }]);
    let locked = |now: &str| super::super::evaluate(&tree, &Facts::default(), time(now)).locked[0];
    assert!(locked("2026-12-01T00:00:00Z") && locked("2026-12-03T07:59:59Z"));
    assert!(!locked("2026-12-03T08:00:00Z"));
}
