//! Exact decimals, as packages write them: no binary floating point comes near a point or a key.

use crate::limits::{KEY_FRACTION_DIGITS_MAX, POINTS_HUNDREDTHS_MAX};
use std::fmt;

const FRACTION_DIGITS: u32 = 18;
const ONE: i128 = 1_000_000_000_000_000_000;
/// At most 18 digits on either side of the decimal point.
const BOUND: i128 = ONE * ONE;

/// A decimal number with up to 18 digits before and 18 after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Decimal(i128);

impl Decimal {
    /// Reads `12`, `-0.5`, `.5`, `1,5` is refused, `1.2e-3` is read.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if all.is_empty() || all.len() > 64 || !all.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        while scale > 0 && all.last() == Some(&b'0') {
            all.pop();
            scale -= 1;
        }
        let value = all.iter().try_fold(0_i128, |value, digit| {
            value.checked_mul(10)?.checked_add(i128::from(digit - b'0')).filter(|value| *value < BOUND)
        })?;
        let shift = i32::try_from(FRACTION_DIGITS).ok()?.checked_sub(scale)?;
        let value = match u32::try_from(shift) {
            Ok(shift) => value.checked_mul(10_i128.checked_pow(shift)?)?,
            Err(_) if value == 0 => 0,
            Err(_) => return None,
        };
        (value < BOUND).then_some(Self(if negative { -value } else { value }))
    }

    /// Whether the number is above zero.
    pub(crate) fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The nearest numbers at or below it and at or above it that a key can hold: the same twice for nearly every number.
    pub(crate) fn around(self) -> (Self, Self) {
        let step = 10_i128.pow(FRACTION_DIGITS - KEY_FRACTION_DIGITS_MAX);
        let below = self.0.div_euclid(step) * step;
        (Self(below), Self(if below == self.0 { below } else { below + step }))
    }

    /// The number in hundredths, and whether that is exact; a half is rounded up. `None` below zero or beyond
    /// [`POINTS_HUNDREDTHS_MAX`].
    pub(crate) fn hundredths(self) -> Option<(u32, bool)> {
        const STEP: i128 = ONE / 100;
        let rounded = u32::try_from((self.0 + STEP / 2).div_euclid(STEP)).ok()?;
        (self.0 >= 0 && rounded <= POINTS_HUNDREDTHS_MAX).then_some((rounded, self.0 % STEP == 0))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) =
            (self.0.unsigned_abs() / ONE.unsigned_abs(), self.0.unsigned_abs() % ONE.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            return write!(formatter, "{sign}{whole}");
        }
        let digits = format!("{fraction:018}");
        write!(formatter, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_read_and_written_exactly() {
        for (text, written) in [
            ("33.33", "33.33"),
            ("-0.50", "-0.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("+7", "7"),
            ("1.2e-3", "0.0012"),
            ("1E3", "1000"),
            ("0", "0"),
            ("-0.0", "0"),
            ("100000000000000000", "100000000000000000"),
            ("0.000000000000000001", "0.000000000000000001"),
            ("15.00000000000000000000000", "15"),
            (" 4 ", "4"),
        ] {
            assert_eq!(Decimal::parse(text).map(|value| value.to_string()).as_deref(), Some(written), "{text}");
        }
        for text in
            ["", ".", "-", "1,5", "abc", "1e99", "1e-99", "1e99999999999", "NaN", "inf", "1.2.3", "1000000000000000000"]
        {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_finer_than_a_key_lies_between_two_that_a_key_holds() {
        let around = |text: &str| {
            Decimal::parse(text).map(Decimal::around).map(|(low, high)| (low.to_string(), high.to_string()))
        };
        let pair = |low: &str, high: &str| Some((low.to_owned(), high.to_owned()));
        assert_eq!(around("33.3333333333333"), pair("33.333333333333", "33.333333333334"));
        assert_eq!(around("-33.3333333333333"), pair("-33.333333333334", "-33.333333333333"));
        assert_eq!(around("1.5"), pair("1.5", "1.5"));
    }

    #[test]
    fn points_become_hundredths() {
        let hundredths = |text: &str| Decimal::parse(text).and_then(Decimal::hundredths);
        assert_eq!(hundredths("1.0"), Some((100, true)));
        assert_eq!(hundredths("0.335"), Some((34, false)));
        assert_eq!(hundredths("33.33"), Some((3333, true)));
        assert_eq!(hundredths("-1"), None);
        assert_eq!(hundredths("99999999999"), None);
    }
}
