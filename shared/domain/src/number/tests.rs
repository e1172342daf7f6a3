use proptest::prelude::*;

use super::*;

#[test]
fn a_point_and_a_comma_mark_decimals_and_groups_are_refused() {
    let number = |text| Decimal::parse(text).map(|value| value.to_string());
    assert_eq!(number(" 3,50 "), Ok("3.5".to_owned()));
    assert_eq!(number("-.5"), Ok("-0.5".to_owned()));
    assert_eq!(number("+007"), Ok("7".to_owned()));
    for text in ["", ".", "-", "1,234.5", "1e5", "NaN", "0x1", "1 2", "--1", &"9".repeat(19)] {
        assert_eq!(number(text), Err(NotADecimal), "{text:?}");
    }
}

#[test]
fn negative_zero_is_zero() {
    assert_eq!(Decimal::parse("-0.0"), Decimal::parse("0"));
}

#[test]
fn a_share_is_compared_exactly() {
    let share = Share::parse("0.8").expect("a share");
    assert!(share.is_reached_by(80, 100));
    assert!(!share.is_reached_by(7_995, 10_000));
    assert!(Share::parse("0.3").expect("a share").is_reached_by(3, 10));
}

#[test]
fn zero_is_a_share_and_more_than_one_is_none() {
    assert!(Share::parse("0").expect("a share").is_reached_by(0, 10));
    for text in ["1.000001", "-0.1", "0.1234567", "80"] {
        assert_eq!(Share::parse(text), None, "{text}");
    }
}

#[test]
fn a_share_is_read_from_a_number_or_a_string() {
    for json in ["0.8", "\"0.8\"", "\"0.80\""] {
        let share: Share = serde_json::from_str(json).expect("a share");
        assert_eq!(serde_json::to_string(&share).expect("json"), "\"0.8\"");
    }
    assert!(serde_json::from_str::<Share>("null").is_err());
}

#[test]
fn a_number_has_as_many_digits_as_are_kept_exactly_and_no_more() {
    for (text, is_number) in [
        (format!("{}.{}", "9".repeat(18), "9".repeat(12)), true),
        (format!("-{}", "9".repeat(18)), true),
        ("9".repeat(19), false),
        (format!("0.{}", "9".repeat(13)), false),
        (format!("0.{}", "0".repeat(13)), false),
        ("1.".to_owned(), true),
        (".1".to_owned(), true),
        ("1..2".to_owned(), false),
        ("1,2,3".to_owned(), false),
        ("+-1".to_owned(), false),
        ("- 1".to_owned(), false),
        ("٣".to_owned(), false),
        ("½".to_owned(), false),
        ("−1".to_owned(), false),
        ("∞".to_owned(), false),
    ] {
        assert_eq!(Decimal::parse(&text).is_ok(), is_number, "{text}");
    }
}

#[test]
fn a_share_between_two_neighbouring_numbers_of_points_is_reached_by_the_upper_one() {
    let third = Share::parse("0.333333").expect("a share");
    assert!(third.is_reached_by(1, 3));
    assert!(!third.is_reached_by(333_332, 1_000_000));
    assert!(third.is_reached_by(333_333, 1_000_000));
    assert!(Share::parse("0.333334").is_some_and(|share| !share.is_reached_by(1, 3)));
}

#[test]
fn nothing_out_of_nothing_reaches_a_share_of_zero_alone() {
    assert!(Share::parse("0").expect("a share").is_reached_by(0, 0));
    for text in ["0.000001", "0.5", "1"] {
        assert!(!Share::parse(text).expect("a share").is_reached_by(0, 0), "{text}");
    }
}

#[test]
fn the_largest_sums_are_compared_without_overflow() {
    let all = Share::parse("1").expect("a share");
    assert!(all.is_reached_by(u64::MAX, u64::MAX));
    assert!(!all.is_reached_by(u64::MAX - 1, u64::MAX));
}

#[test]
fn every_share_that_is_a_number_in_json_is_read_whatever_its_size() {
    for (json, expected) in
        [("0", "0"), ("1", "1"), ("1.0", "1"), ("0.00001", "0.00001"), ("0.000001", "0.000001"), ("0.36", "0.36")]
    {
        let share: Share = serde_json::from_str(json).expect(json);
        assert_eq!(share.to_string(), expected);
    }
}

#[test]
fn what_is_no_share_in_json_is_refused() {
    for json in [
        "null",
        "true",
        "[]",
        "{}",
        "[0.5]",
        "\"\"",
        "\"half\"",
        "\"0.5%\"",
        "2",
        "-0.5",
        "1.0000001",
        "0.1234567",
        "0.30000000000000004",
        "1e300",
        "18446744073709551615",
    ] {
        assert!(serde_json::from_str::<Share>(json).is_err(), "{json}");
    }
}

/// A number of trillionths, written plainly.
fn plain(trillionths: i128) -> String {
    let scale = 10i128.pow(12);
    let sign = if trillionths < 0 { "-" } else { "" };
    format!("{sign}{}.{:012}", trillionths.abs() / scale, trillionths.abs() % scale)
}

const LARGEST: i128 = 10i128.pow(30) - 1;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_number_reads_back_as_it_was_written(trillionths in -LARGEST..=LARGEST) {
        let number = Decimal::parse(&plain(trillionths)).expect("a number");
        prop_assert_eq!(number, Decimal { trillionths });
        prop_assert_eq!(Decimal::parse(&number.to_string()), Ok(number));
    }

    #[test]
    fn numbers_are_ordered_as_integers_are(left in -LARGEST..=LARGEST, near in -3..=3i128, far in -LARGEST..=LARGEST) {
        let number = |trillionths: i128| Decimal::parse(&plain(trillionths)).expect("a number");
        for right in [(left + near).clamp(-LARGEST, LARGEST), far] {
            prop_assert_eq!(number(left).cmp(&number(right)), left.cmp(&right));
            prop_assert_eq!(number(left) == number(right), left == right);
        }
    }

    #[test]
    fn digits_beyond_the_last_that_is_kept_still_tell_in_from_out(
        value in -1_000..=1_000i128, end in -1_000..=1_000i128, beyond in 0..1_000u32, zeros in 0..30usize,
    ) {
        // Compared as integers of a thousandth more.
        let typed = Typed::parse(&format!("{}{beyond:03}{}", plain(value), "0".repeat(zeros))).expect("a number");
        let is_negative = plain(value).starts_with('-');
        let exact = value * 1_000 + if is_negative { -i128::from(beyond) } else { i128::from(beyond) };
        let (least, most) = (Decimal { trillionths: -LARGEST }, Decimal { trillionths: LARGEST });
        let end_number = Decimal { trillionths: end };
        prop_assert_eq!(typed.is_within(least, end_number), exact <= end * 1_000);
        prop_assert_eq!(typed.is_within(end_number, most), exact >= end * 1_000);
    }

    #[test]
    fn zeros_around_a_number_and_its_decimal_mark_change_nothing(whole in 0..1_000u32, fraction in 0..1_000u32) {
        let plain = Decimal::parse(&format!("{whole}.{fraction:03}"));
        prop_assert_eq!(Decimal::parse(&format!(" +00{whole},{fraction:03}00 ")), plain);
    }

    #[test]
    fn any_text_is_a_number_or_refused_and_never_a_panic(text in "\\PC{0,12}|[-+0-9., ]{0,40}") {
        if let Ok(number) = Decimal::parse(&text) {
            prop_assert_eq!(Decimal::parse(&number.to_string()), Ok(number));
            prop_assert!(Typed::parse(&text).is_ok_and(|typed| typed.is_within(number, number)));
        }
    }

    #[test]
    fn a_share_reads_back_as_it_was_written(millionths in 0..=MILLION) {
        let share = Share(millionths);
        prop_assert_eq!(Share::parse(&share.to_string()), Some(share));
        let json = serde_json::to_string(&share).expect("json");
        prop_assert_eq!(serde_json::from_str::<Share>(&json).expect("a share"), share);
    }

    #[test]
    fn a_share_is_reached_exactly_from_its_own_points_on(millionths in 1..=MILLION, points_max in 1..=u32::MAX) {
        let (share, points_max) = (Share(millionths), u64::from(points_max));
        let enough = (u64::from(millionths) * points_max).div_ceil(u64::from(MILLION));
        prop_assert!(share.is_reached_by(enough, points_max));
        prop_assert!(!share.is_reached_by(enough - 1, points_max));
    }
}
