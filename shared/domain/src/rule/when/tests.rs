use serde_json::{Value, json};

use super::*;

fn when(json: Value) -> When {
    serde_json::from_value(json).expect("a moment")
}

/// The instant in Berlin, for somebody who was enrolled then.
fn in_berlin(json: Value, enrolled: &str) -> String {
    let enrolled = enrolled.parse::<Timestamp>().expect("a time").as_millisecond();
    when(json).moment("Europe/Berlin", Some(enrolled)).expect("a moment").timestamp().to_string()
}

const ANY: &str = "2026-01-01T00:00:00Z";

#[test]
fn a_wall_clock_time_means_an_instant_in_its_zone() {
    for (civil, expected) in [
        ("2026-12-03T09:00:00", "2026-12-03T08:00:00Z"),
        ("2026-07-03T09:00", "2026-07-03T07:00:00Z"),
        // The clock skips 02:30, and shows it twice.
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
    ] {
        assert_eq!(in_berlin(json!({ "civil": civil }), ANY), expected, "{civil}");
    }
}

#[test]
fn days_after_an_enrolment_keep_the_time_of_day_across_a_change_of_the_clock() {
    for (enrolled, days, expected) in [
        ("2026-11-02T08:00:00Z", 7, "2026-11-09T08:00:00Z"),
        ("2026-10-24T10:00:00Z", 1, "2026-10-25T11:00:00Z"),
        ("2026-03-28T11:00:00Z", 1, "2026-03-29T10:00:00Z"),
        ("2026-11-02T08:00:00Z", 0, "2026-11-02T08:00:00Z"),
    ] {
        assert_eq!(in_berlin(json!({ "days_after_enrolment": days }), enrolled), expected, "{enrolled} + {days}");
    }
}

#[test]
fn what_has_no_instant_never_comes() {
    assert_eq!(when(json!({ "days_after_enrolment": 1 })).moment("Europe/Berlin", None), None);
    let end = When::Civil(DateTime::MAX).moment("Etc/GMT+12", None).expect("a moment");
    assert_eq!(end.timestamp(), Timestamp::MAX);
}

#[test]
fn what_is_no_moment_is_refused() {
    for json in [
        json!({}),
        json!("2026-12-03T09:00:00"),
        json!({ "civil": "2026-12-03T09:00:00Z" }),
        json!({ "civil": "2026-12-03T09:00:00+01:00[Europe/Berlin]" }),
        json!({ "civil": "tomorrow" }),
        json!({ "civil": "2026-02-30T09:00:00" }),
        json!({ "days_after_enrolment": -1 }),
        json!({ "days_after_enrolment": 1.5 }),
        json!({ "civil": "2026-12-03T09:00:00", "days_after_enrolment": 1 }),
    ] {
        assert!(serde_json::from_value::<When>(json.clone()).is_err(), "{json}");
    }
}

#[test]
fn a_moment_reads_back_as_it_was_written() {
    for json in [json!({ "civil": "2026-12-03T09:00:00" }), json!({ "days_after_enrolment": 7 })] {
        assert_eq!(serde_json::to_value(when(json.clone())).expect("json"), json);
    }
}
