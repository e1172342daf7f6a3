//! When an attempt may be opened, and when it closes.

use super::*;

const MINUTE: i64 = 60_000;

/// An assessment without limits.
fn unlimited() -> AssessmentSummary {
    AssessmentSummary { attempts_max: None, time_limit_minutes: None, points_max: 1_000, item_count: 1 }
}

fn closed(number: u32) -> Earlier {
    Earlier { number, state: AttemptState::Closed, accept_until: ms(-1) }
}

fn running_until(accept_until: i64, number: u32) -> Earlier {
    Earlier { number, state: AttemptState::Open, accept_until: ms(accept_until) }
}

/// Opens attempt `number` at the start of time.
fn opened(due: Option<i64>, earlier: &[Earlier], number: u32) -> Result<Window, Refused> {
    open(&unlimited(), due.map(at), earlier, number, at(0))
}

fn closes_at(closes_at: i64) -> Result<Window, Refused> {
    Ok(Window { closes_at, accept_until: closes_at + GRACE_MS })
}

#[test]
fn an_attempt_without_any_limit_never_closes() {
    assert_eq!(opened(None, &[], 1), closes_at(NEVER_MS));
}

#[test]
fn the_deadlines_own_instant_is_on_time_and_a_millisecond_later_is_not() {
    assert_eq!(opened(Some(1), &[], 1), closes_at(ms(1)));
    assert_eq!(opened(Some(0), &[], 1), closes_at(ms(0)));
    assert_eq!(opened(Some(-1), &[], 1), Err(Refused::Closed { closed_at: ms(-1) }));
}

#[test]
fn an_attempt_closes_at_the_earlier_of_its_time_limit_and_the_deadline() {
    for (minutes, due, expected) in [
        (Some(10), None, ms(10 * MINUTE)),
        (Some(10), Some(9 * MINUTE), ms(9 * MINUTE)),
        (Some(10), Some(10 * MINUTE), ms(10 * MINUTE)),
        (Some(10), Some(11 * MINUTE), ms(10 * MINUTE)),
        (None, Some(11 * MINUTE), ms(11 * MINUTE)),
    ] {
        let assessment = AssessmentSummary { time_limit_minutes: minutes, ..unlimited() };
        let window = open(&assessment, due.map(at), &[], 1, at(0));
        assert_eq!(window, closes_at(expected), "{minutes:?} minutes, due at {due:?}");
    }
}

#[test]
fn no_limit_is_beyond_the_last_second_of_the_calendar() {
    let endless = AssessmentSummary { time_limit_minutes: Some(u32::MAX), ..unlimited() };
    assert_eq!(open(&endless, None, &[], 1, at(0)), closes_at(NEVER_MS));
    let last = Timestamp::MAX.as_millisecond();
    assert!(last < NEVER_MS, "a deadline is always before never");
    assert_eq!(open(&endless, Some(Timestamp::MAX), &[], 1, Timestamp::MAX), closes_at(last));
}

#[test]
fn the_next_attempt_can_be_opened_and_no_other() {
    for (earlier, next) in [(&[][..], 1), (&[closed(1)], 2), (&[closed(1), closed(2)], 3), (&[closed(2), closed(1)], 3)]
    {
        for number in 0..6 {
            let expected = if number == next { closes_at(NEVER_MS) } else { Err(Refused::OutOfTurn { next }) };
            assert_eq!(opened(None, earlier, number), expected, "{number} after {earlier:?}");
        }
    }
}

#[test]
fn an_attempt_that_still_takes_answers_is_resumed_before_another_is_opened() {
    for number in [1, 2, 3] {
        assert_eq!(opened(None, &[closed(1), running_until(0, 2)], number), Err(Refused::OutOfTurn { next: 2 }));
    }
}

#[test]
fn an_attempt_whose_grace_is_over_counts_as_over_whether_or_not_anyone_looked() {
    assert_eq!(opened(None, &[running_until(0, 1)], 2), Err(Refused::OutOfTurn { next: 1 }));
    assert_eq!(opened(None, &[running_until(-1, 1)], 2), closes_at(NEVER_MS));
    assert!(running_until(-1, 1).is_over(at(0)) && !running_until(0, 1).is_over(at(0)));
    assert!(Earlier { accept_until: ms(9), ..closed(1) }.is_over(at(0)));
}

#[test]
fn all_attempts_used_is_said_before_anything_else_that_is_wrong() {
    let two = AssessmentSummary { attempts_max: Some(2), ..unlimited() };
    let used = [closed(1), closed(2)];
    assert_eq!(open(&two, None, &used[..1], 2, at(0)), closes_at(NEVER_MS));
    for number in [1, 2, 3, 9] {
        for due in [None, Some(at(-1))] {
            assert_eq!(open(&two, due, &used, number, at(0)), Err(Refused::AttemptsUsed { attempts_max: 2 }));
        }
    }
}

#[test]
fn an_expired_attempt_is_a_used_one() {
    let one = AssessmentSummary { attempts_max: Some(1), ..unlimited() };
    let refused = open(&one, None, &[running_until(-1, 1)], 2, at(0));
    assert_eq!(refused, Err(Refused::AttemptsUsed { attempts_max: 1 }));
    let refused = open(&one, None, &[running_until(0, 1)], 2, at(0));
    assert_eq!(refused, Err(Refused::OutOfTurn { next: 1 }));
}

#[test]
fn any_number_of_attempts_ends_somewhere() {
    for attempts_max in [None, Some(u32::MAX)] {
        let any = AssessmentSummary { attempts_max, ..unlimited() };
        let last = open(&any, None, &[closed(ATTEMPTS_MAX - 1)], ATTEMPTS_MAX, at(0));
        assert_eq!(last, closes_at(NEVER_MS));
        let refused = open(&any, None, &[closed(ATTEMPTS_MAX)], ATTEMPTS_MAX + 1, at(0));
        assert_eq!(refused, Err(Refused::AttemptsUsed { attempts_max: ATTEMPTS_MAX }));
    }
}

#[test]
fn an_attempt_out_of_turn_hears_of_its_turn_and_not_of_the_deadline() {
    assert_eq!(opened(Some(-1), &[closed(1)], 1), Err(Refused::OutOfTurn { next: 2 }));
    assert_eq!(opened(Some(-1), &[closed(1)], 2), Err(Refused::Closed { closed_at: ms(-1) }));
}
