//! DynamoDB's numbers: decimal, exact, up to 38 digits.

use std::cmp::Ordering;
use std::fmt;

/// The most significant digits of a number.
const DIGITS_MAX: u32 = 38;

/// A decimal number: `mantissa × 10^exponent`, with a mantissa that does not end in 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    mantissa: i128,
    exponent: i32,
}

impl Number {
    /// Reads a number; `None` if DynamoDB would not take it.
    pub(super) fn parse(text: &str) -> Option<Number> {
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse().ok()?),
            None => (text, 0_i32),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let unsigned = whole.trim_start_matches(['-', '+']);
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let one_sign = whole.len() - unsigned.len() <= 1;
        if !one_sign || !all_digits(unsigned) || !all_digits(fraction) || (unsigned.is_empty() && fraction.is_empty()) {
            return None;
        }
        let mantissa = format!("{unsigned}{fraction}");
        let fraction_digits = i32::try_from(fraction.len()).ok()?;
        let kept = mantissa.trim_end_matches('0');
        let dropped = i32::try_from(mantissa.len() - kept.len()).ok()?;
        let kept = if kept.is_empty() { "0" } else { kept };
        let magnitude: i128 = kept.parse().ok()?;
        let signed = if whole.starts_with('-') { -magnitude } else { magnitude };
        Number::new(signed, exponent.checked_sub(fraction_digits)?.checked_add(dropped)?)
    }

    fn new(mut mantissa: i128, mut exponent: i32) -> Option<Number> {
        if mantissa == 0 {
            return Some(Number { mantissa: 0, exponent: 0 });
        }
        while mantissa % 10 == 0 {
            mantissa /= 10;
            exponent += 1;
        }
        let number = Number { mantissa, exponent };
        let in_range = number.digits() <= DIGITS_MAX && (-130..=125).contains(&(number.magnitude() - 1));
        in_range.then_some(number)
    }

    /// The sum, if it has few enough digits.
    pub(super) fn plus(self, other: Number) -> Option<Number> {
        let exponent = self.exponent.min(other.exponent);
        let sum = self.scaled_to(exponent)?.checked_add(other.scaled_to(exponent)?)?;
        Number::new(sum, exponent)
    }

    /// The same distance on the other side of 0.
    pub(super) fn negated(self) -> Number {
        Number { mantissa: -self.mantissa, ..self }
    }

    fn scaled_to(self, exponent: i32) -> Option<i128> {
        let power = u32::try_from(self.exponent.checked_sub(exponent)?).ok()?;
        self.mantissa.checked_mul(10_i128.checked_pow(power)?)
    }

    fn digits(self) -> u32 {
        self.mantissa.unsigned_abs().checked_ilog10().map_or(0, |digits| digits + 1)
    }

    /// Where the first digit stands: 1 for 1 to 9, 2 for 10 to 99, 0 for 0.1 to 0.9.
    fn magnitude(self) -> i32 {
        self.digits().cast_signed() + self.exponent
    }

    /// How many bytes DynamoDB counts for it: one for two digits on either side of the point, one more, and one for a sign.
    pub(super) fn size(self) -> usize {
        let digits = self.digits() as usize;
        let whole = usize::try_from(self.magnitude()).unwrap_or(0).min(digits);
        whole.div_ceil(2) + (digits - whole).div_ceil(2) + 1 + usize::from(self.mantissa < 0)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        let sign = self.mantissa.signum();
        if sign != other.mantissa.signum() || sign == 0 {
            return sign.cmp(&other.mantissa.signum());
        }
        let by_magnitude = self.magnitude().cmp(&other.magnitude());
        let magnitudes = by_magnitude.then_with(|| {
            // The first digits stand at the same place, so the one with the higher exponent has fewer digits.
            let exponent = self.exponent.min(other.exponent);
            let scaled = |number: Number| number.scaled_to(exponent).expect("38 digits fit").unsigned_abs();
            scaled(*self).cmp(&scaled(*other))
        });
        if sign < 0 { magnitudes.reverse() } else { magnitudes }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mantissa == 0 {
            return f.write_str("0");
        }
        let digits = self.mantissa.unsigned_abs().to_string();
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let point = self.magnitude();
        match usize::try_from(point) {
            Ok(point) if point >= digits.len() => write!(f, "{sign}{digits:0<point$}"),
            Ok(point) if point > 0 => write!(f, "{sign}{}.{}", &digits[..point], &digits[point..]),
            _ => write!(f, "{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text:?} is a number"))
    }

    #[test]
    fn numbers_are_kept_in_their_shortest_plain_form() {
        for (text, plain) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("007", "7"),
            ("1.0", "1"),
            ("-12.340", "-12.34"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            (".5", "0.5"),
            ("100", "100"),
            ("1790000000123", "1790000000123"),
        ] {
            assert_eq!(number(text).to_string(), plain);
        }
    }

    #[test]
    fn numbers_are_compared_by_their_value_and_not_by_their_letters() {
        let ascending =
            ["-1e10", "-10", "-9.5", "-0.1", "0", "0.01", "0.1", "0.11", "9", "10", "10.5", "1e37", "1e100"];
        for pair in ascending.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
        assert_eq!(number("10"), number("1e1"));
    }

    #[test]
    fn sums_are_exact_and_too_many_digits_are_refused() {
        let sum = |a: &str, b: &str| number(a).plus(number(b)).map(|sum| sum.to_string());
        assert_eq!(sum("0.1", "0.2").as_deref(), Some("0.3"));
        assert_eq!(sum("5", "-5").as_deref(), Some("0"));
        assert_eq!(number("5").plus(number("7").negated()).map(|sum| sum.to_string()).as_deref(), Some("-2"));
        assert_eq!(sum("1e37", "0.1"), None);
        for text in ["", "-", "+-1", "1.2.3", "0x1", "1e", "1e999", " 1", &"1".repeat(39)] {
            assert_eq!(Number::parse(text), None, "{text:?}");
        }
    }
}
