//! What a hand-in meets, and the proof of one.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::item::Answer;

fn answers(text: &str) -> Answers {
    Answers::from([(id("i"), Answer::Text { text: text.to_owned() })])
}

fn handed_in(name: &str, text: &str, received_at: i64) -> Submission {
    Submission::new(id(name), answers(text), at(received_at))
}

/// An open attempt that closes at the start of time.
fn running() -> Attempt {
    Attempt {
        enrolment: id("enrolment"),
        assessment: id("q"),
        number: 1,
        person: id("me"),
        release: id("release"),
        state: AttemptState::Open,
        closed_reason: None,
        rev: 0,
        opened_at: ms(-60_000),
        closes_at: ms(0),
        accept_until: ms(0) + GRACE_MS,
        saved_at: None,
        answers: Answers::default(),
        digest: None,
        submission_id: None,
        received_at: None,
    }
}

/// The attempt after this hand-in was taken.
fn taken(submission: &Submission) -> Attempt {
    Attempt {
        state: AttemptState::Closed,
        closed_reason: Some(ClosedReason::HandedIn),
        answers: submission.answers.clone(),
        digest: Some(submission.digest.clone()),
        submission_id: Some(submission.id.clone()),
        received_at: Some(submission.received_at.as_millisecond()),
        ..running()
    }
}

/// The attempt after its time was up, with this draft.
fn swept(text: &str) -> Attempt {
    Attempt {
        state: AttemptState::Closed,
        closed_reason: Some(ClosedReason::TimeUp),
        answers: answers(text),
        ..running()
    }
}

/// What stands in the running attempt once its time is up.
fn overdue() -> Overdue {
    Overdue { closed_at: ms(0), rev: running().rev, digest: running().digest }
}

fn met(stored: &Attempt, submission: &Submission) -> Met {
    meet(Some(stored), &id("me"), submission)
}

fn receipt(stored: &Attempt) -> Receipt {
    stored.receipt().expect("a receipt")
}

#[test]
fn no_attempt_and_somebody_elses_look_alike() {
    let submission = handed_in("s", "mine", 0);
    assert_eq!(meet(None, &id("me"), &submission), Met::Nothing);
    for theirs in [running(), taken(&submission), swept("mine")] {
        assert_eq!(meet(Some(&theirs), &id("you"), &submission), Met::Nothing);
    }
}

#[test]
fn the_same_hand_in_again_gets_the_same_receipt_however_late() {
    let first = handed_in("s", "mine", -1);
    let stored = taken(&first);
    for received_at in [-1, 0, GRACE_MS, GRACE_MS + 1, 86_400_000] {
        let again = handed_in("s", "mine", received_at);
        assert_eq!(met(&stored, &again), Met::Itself(receipt(&stored)), "at {received_at}");
    }
    assert_eq!(receipt(&stored).received_at, at(-1));
}

#[test]
fn the_same_name_with_other_answers_gets_the_receipt_that_stands() {
    let stored = taken(&handed_in("s", "mine", -1));
    for received_at in [0, GRACE_MS + 1] {
        assert_eq!(met(&stored, &handed_in("s", "other", received_at)), Met::Namesake(receipt(&stored)));
    }
}

#[test]
fn another_name_on_a_closed_attempt_gets_the_receipt_that_stands_even_with_the_same_answers() {
    let stored = taken(&handed_in("s", "mine", -1));
    for (text, received_at) in [("mine", 0), ("other", 0), ("mine", GRACE_MS + 1)] {
        assert_eq!(met(&stored, &handed_in("t", text, received_at)), Met::Closed(receipt(&stored)));
    }
}

#[test]
fn a_swept_attempt_has_a_receipt_for_the_draft_and_no_name() {
    let stored = swept("draft");
    assert_eq!(met(&stored, &handed_in("s", "draft", 0)), Met::Closed(receipt(&stored)));
    let receipt = receipt(&stored);
    assert_eq!((receipt.submission_id, receipt.late), (None, false));
    assert_eq!(receipt.digest, digest::of_json(&answers("draft")));
    assert_eq!(receipt.received_at, at(0));
}

#[test]
fn an_open_attempt_takes_answers_to_the_end_of_its_grace_and_no_longer() {
    for (received_at, expected) in
        [(-1, Met::Open), (0, Met::Open), (GRACE_MS, Met::Open), (GRACE_MS + 1, Met::TimeUp(overdue()))]
    {
        assert_eq!(met(&running(), &handed_in("s", "mine", received_at)), expected, "at {received_at}");
    }
}

#[test]
fn whoever_comes_too_late_is_told_which_draft_stands() {
    let stored = Attempt { rev: 3, digest: Some("d".to_owned()), ..running() };
    assert_eq!(stored.overdue(at(GRACE_MS)), None);
    let stands = Overdue { closed_at: ms(0), rev: 3, digest: Some("d".to_owned()) };
    assert_eq!(stored.overdue(at(GRACE_MS + 1)), Some(stands));
    assert_eq!(taken(&handed_in("s", "mine", 0)).overdue(at(GRACE_MS + 1)), None, "it is closed already");
}

#[test]
fn a_hand_in_is_late_in_the_grace_only() {
    for (received_at, late) in [(-1, false), (0, false), (1, true), (GRACE_MS, true)] {
        assert_eq!(receipt(&taken(&handed_in("s", "mine", received_at))).late, late, "at {received_at}");
    }
}

#[test]
fn an_open_attempt_has_no_receipt() {
    assert_eq!(Attempt { digest: Some("d".to_owned()), ..running() }.receipt(), None);
}

#[test]
fn a_receipt_names_the_attempt_and_the_answers() {
    let submission = handed_in("s", "mine", -1);
    let receipt = receipt(&Attempt { number: 3, ..taken(&submission) });
    assert_eq!((receipt.enrolment, receipt.assessment, receipt.attempt), (id("enrolment"), id("q"), 3));
    assert_eq!((receipt.submission_id, receipt.digest), (Some(submission.id), submission.digest));
}

#[test]
fn the_code_of_a_receipt_is_the_same_for_ever() {
    // Learners write it down: whoever changes how it is derived breaks every receipt there is.
    assert_eq!(receipt(&taken(&handed_in("s", "mine", -1))).code, "E4Y1");
    let (early, late) = (taken(&handed_in("s", "mine", -9)), taken(&handed_in("t", "mine", 9)));
    assert_eq!(receipt(&early).code, receipt(&late).code);
}

#[test]
fn other_answers_and_other_attempts_have_other_codes() {
    let stored = taken(&handed_in("s", "mine", -1));
    let codes = BTreeSet::from([
        receipt(&stored).code,
        receipt(&taken(&handed_in("s", "other", -1))).code,
        receipt(&Attempt { number: 2, ..stored.clone() }).code,
        receipt(&Attempt { assessment: id("r"), ..stored.clone() }).code,
        receipt(&Attempt { enrolment: id("other"), ..stored }).code,
    ]);
    assert_eq!(codes.len(), 5);
}

#[test]
fn the_same_answers_have_the_same_digest_in_whatever_order_they_were_given() {
    let read = |json: &str| serde_json::from_str::<Answers>(json).expect("answers");
    let forth = read(r#"{"a":{"type":"number","value":"1"},"b":{"type":"choice","choices":["x","y"]}}"#);
    let back = read(r#"{"b":{"choices":["y","x"],"type":"choice"},"a":{"value":"1","type":"number"}}"#);
    assert_eq!(Submission::new(id("s"), forth, at(0)).digest, Submission::new(id("t"), back, at(9)).digest);
}

#[test]
fn stored_times_beyond_the_calendar_are_its_end() {
    assert_eq!(instant(NEVER_MS), Timestamp::MAX);
    assert_eq!(instant(i64::MAX), Timestamp::MAX);
    assert_eq!(instant(ms(5)), at(5));
}

proptest! {
    #[test]
    fn a_code_is_four_characters_of_crockfords_base_32(text in "\\PC{0,20}", number in 1..=ATTEMPTS_MAX) {
        let code = receipt(&Attempt { number, ..swept(&text) }).code;
        prop_assert_eq!(code.len(), 4);
        prop_assert!(code.chars().all(|letter| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(letter)), "{}", code);
    }

    /// The whole table of section 3.1 of the design.
    #[test]
    fn what_is_met_follows_from_the_state_the_name_the_answers_and_the_time_in_this_order(
        (closed, same_name, same_answers) in any::<(bool, bool, bool)>(),
        received_at in -2..GRACE_MS + 3,
    ) {
        let stored = if closed { taken(&handed_in("s", "mine", -1)) } else { running() };
        let name = if same_name { "s" } else { "t" };
        let met = met(&stored, &handed_in(name, if same_answers { "mine" } else { "other" }, received_at));
        let expected = match (closed, same_name, same_answers, received_at <= GRACE_MS) {
            (true, true, true, _) => Met::Itself(receipt(&stored)),
            (true, true, false, _) => Met::Namesake(receipt(&stored)),
            (true, false, _, _) => Met::Closed(receipt(&stored)),
            (false, _, _, true) => Met::Open,
            (false, _, _, false) => Met::TimeUp(overdue()),
        };
        prop_assert_eq!(met, expected);
    }
}
