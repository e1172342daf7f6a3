use jiff::tz::AmbiguousOffset;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::testing::time;

fn deadline(civil: &str) -> Deadline {
    Deadline { civil: civil.parse().expect("a civil time") }
}

fn instant(civil: &str, name: &str) -> String {
    deadline(civil).instant(&zone(name).expect("a zone")).to_string()
}

fn check(cases: &[(&str, &str, &str)]) {
    for (name, civil, expected) in cases {
        assert_eq!(instant(civil, name), *expected, "{civil} in {name}");
    }
}

/// A deadline, the instant it means, and what the clock of its zone shows then. The browser's tests read the same file.
#[derive(Deserialize)]
struct Vector {
    kind: String,
    zone: String,
    civil: String,
    instant: String,
    shown: String,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("vectors.json")).expect("vectors")
}

#[test]
fn a_deadline_means_the_instant_that_is_written_down_for_its_zone_and_its_day() {
    for Vector { kind, zone, civil, instant: expected, .. } in vectors() {
        assert_eq!(instant(&civil, &zone), expected, "{civil} in {zone}: {kind}");
    }
}

#[test]
fn the_clock_of_its_zone_shows_a_deadlines_time_and_where_that_is_skipped_a_later_one() {
    for Vector { kind, zone: name, civil, shown, .. } in vectors() {
        let zone = zone(&name).expect("a zone");
        let (civil, shown) = (deadline(&civil), deadline(&shown).civil);
        assert_eq!(zone.to_datetime(civil.instant(&zone)), shown, "{civil:?} in {name}: {kind}");
        let offset = zone.to_ambiguous_timestamp(civil.civil).offset();
        let is_skipped = matches!(offset, AmbiguousOffset::Gap { .. });
        assert_eq!(is_skipped, shown > civil.civil, "{civil:?} in {name}: {kind}");
        assert!(shown >= civil.civil, "{civil:?} in {name} is over before its time: {kind}");
    }
}

#[test]
fn the_leap_day_is_a_day_and_only_in_leap_years() {
    check(&[
        ("Europe/Berlin", "2028-02-29T12:00:00", "2028-02-29T11:00:00Z"),
        ("Europe/Berlin", "2000-02-29T12:00:00", "2000-02-29T11:00:00Z"),
    ]);
    for civil in ["2027-02-29T12:00", "2100-02-29T12:00", "2026-02-30T12:00", "2026-13-01T12:00", "2026-12-01T24:00"] {
        assert!(read(civil).is_err(), "{civil}");
    }
}

#[test]
fn far_dates_have_instants_and_the_ends_of_the_calendar_never_pass() {
    check(&[
        ("Europe/Berlin", "1970-01-01T00:00:00", "1969-12-31T23:00:00Z"),
        ("Europe/Berlin", "2500-07-01T12:00:00", "2500-07-01T10:00:00Z"),
        ("UTC", "9999-12-30T12:00:00", "9999-12-30T12:00:00Z"),
    ]);
    let last = deadline("9999-12-31T23:59:59").instant(&zone("UTC").expect("a zone"));
    assert_eq!(last, Timestamp::MAX);
}

#[test]
fn an_unknown_zone_is_refused_by_its_name() {
    for name in ["Mars/Olympus", "", "Europe/../Berlin", "+02:00"] {
        assert_eq!(zone(name).map(|_| ()), Err(UnknownZone(name.to_owned())));
    }
}

fn read(civil: &str) -> Result<Deadline, serde_json::Error> {
    serde_json::from_value(serde_json::json!({ "civil": civil }))
}

#[test]
fn a_deadline_is_read_with_or_without_seconds() {
    for (civil, expected) in
        [("2026-12-01T23:59", "2026-12-01T23:59:00"), ("2026-12-01T23:59:30", "2026-12-01T23:59:30")]
    {
        assert_eq!(read(civil).expect("a deadline"), deadline(expected));
    }
}

#[test]
fn a_time_with_an_offset_or_a_zone_of_its_own_is_refused_rather_than_misread() {
    for civil in [
        "2026-12-01T23:59:00Z",
        "2026-12-01T23:59:00+05:00",
        "2026-12-01T23:59:00-05:00",
        "2026-12-01T23:59+05",
        "2026-12-01T23:59:00[Asia/Tokyo]",
        "2026-12-01T23:59:00+09:00[Asia/Tokyo]",
        "2026-12-01T23:59:00[u-ca=hebrew]",
    ] {
        assert!(read(civil).is_err(), "{civil}");
    }
}

#[test]
fn what_is_no_wall_clock_time_is_refused() {
    for civil in [
        "",
        "2026-12-01",
        "2026-12-01T23",
        "20261201T235900",
        "2026-12-01 23:59",
        "23:59",
        "-009999-01-01T00:00",
        "tomorrow",
    ] {
        assert!(read(civil).is_err(), "{civil:?}");
    }
    let more = serde_json::json!({ "civil": "2026-12-01T23:59", "zone": "Europe/Berlin" });
    assert!(serde_json::from_value::<Deadline>(more).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_deadline_reads_back_as_it_was_written(second in 0..4_000_000_000i64) {
        let civil = TimeZone::UTC.to_datetime(Timestamp::from_second(second).expect("a time"));
        let json = serde_json::to_string(&Deadline { civil }).expect("json");
        prop_assert_eq!(serde_json::from_str::<Deadline>(&json).expect("a deadline"), Deadline { civil });
    }

    /// Whatever the clock does, nobody who looks at it is early: no instant that shows the deadline's time comes after it.
    #[test]
    fn a_deadline_is_the_last_instant_at_which_its_zones_clock_shows_it(
        second in 1_000_000_000..2_000_000_000i64,
        name in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]),
    ) {
        let zone = zone(name).expect("a zone");
        let shown = Timestamp::from_second(second).expect("a time");
        let deadline = Deadline { civil: zone.to_datetime(shown) }.instant(&zone);
        prop_assert!(shown <= deadline);
        prop_assert_eq!(zone.to_datetime(deadline), zone.to_datetime(shown));
    }
}

#[test]
fn the_clock_shows_a_deadlines_time_twice_on_one_night_and_the_last_is_meant() {
    let berlin = zone("Europe/Berlin").expect("a zone");
    let first = time("2026-10-25T00:30:00Z");
    assert_eq!(Deadline { civil: berlin.to_datetime(first) }.instant(&berlin), time("2026-10-25T01:30:00Z"));
}
