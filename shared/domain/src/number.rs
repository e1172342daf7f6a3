//! Exact numbers: points in hundredths, shares in millionths, and decimals as people type them. No floating point.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Points in hundredths: 150 is one and a half points.
pub type PointsHundredths = u32;

/// The most points one item can carry: 10,000.
pub const ITEM_POINTS_HUNDREDTHS_MAX: PointsHundredths = 1_000_000;

/// A decimal number, exact: at most 18 digits before and 12 after the point.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    /// The value times 10^12.
    trillionths: i128,
}

/// A number as a learner typed it, with any number of digits: a calculator shows more of a third than a key can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed {
    /// Its value without the digits after the twelfth.
    toward_zero: Decimal,
    /// Whether those digits were more than zeros, so that the value is farther from zero.
    and_more: Option<Sign>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Positive,
    Negative,
}

/// The text is no decimal number within the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number has at most 18 digits before and 12 after the point, for example -3.25")]
pub struct NotADecimal;

const FRACTION_DIGITS: usize = 12;
const WHOLE_DIGITS_MAX: usize = 18;

impl Decimal {
    /// Reads a number as a person types it: optional sign, digits, at most one `.` or `,` as the decimal mark, spaces
    /// around it ignored. A group separator is not guessed at: `1,234.5` is refused rather than misread.
    pub fn parse(text: &str) -> Result<Decimal, NotADecimal> {
        match parts(text)? {
            (sign, whole, fraction) if fraction.len() <= FRACTION_DIGITS => Decimal::of(sign, whole, fraction),
            _ => Err(NotADecimal),
        }
    }

    fn of(sign: Sign, whole: &str, fraction: &str) -> Result<Decimal, NotADecimal> {
        let magnitude = format!("{whole}{fraction:0<FRACTION_DIGITS$}").parse::<i128>().map_err(|_| NotADecimal)?;
        Ok(Decimal { trillionths: if sign == Sign::Negative { -magnitude } else { magnitude } })
    }
}

/// Sign, digits before and digits after the mark; before it there are at most 18.
fn parts(text: &str) -> Result<(Sign, &str, &str), NotADecimal> {
    let text = text.trim();
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => (Sign::Negative, &text[1..]),
        Some(b'+') => (Sign::Positive, &text[1..]),
        _ => (Sign::Positive, text),
    };
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = !(whole.is_empty() && fraction.is_empty()) && plain(whole) && plain(fraction);
    if is_number && whole.len() <= WHOLE_DIGITS_MAX { Ok((sign, whole, fraction)) } else { Err(NotADecimal) }
}

impl Typed {
    /// Reads what [`Decimal::parse`] reads, and more digits after the mark than it takes.
    pub fn parse(text: &str) -> Result<Typed, NotADecimal> {
        let (sign, whole, fraction) = parts(text)?;
        let (kept, rest) = fraction.split_at(fraction.len().min(FRACTION_DIGITS));
        let has_more = rest.bytes().any(|digit| digit != b'0');
        Ok(Typed { toward_zero: Decimal::of(sign, whole, kept)?, and_more: has_more.then_some(sign) })
    }

    /// Whether it lies between two numbers, ends included.
    pub fn is_within(self, min: Decimal, max: Decimal) -> bool {
        let value = self.toward_zero;
        match self.and_more {
            None => min <= value && value <= max,
            Some(Sign::Positive) => min <= value && value < max,
            Some(Sign::Negative) => min < value && value <= max,
        }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.trillionths == other.trillionths
    }
}
impl Eq for Decimal {}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.trillionths.cmp(&other.trillionths)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10i128.pow(FRACTION_DIGITS as u32);
        let (whole, fraction) = (self.trillionths.abs() / scale, self.trillionths.abs() % scale);
        let sign = if self.trillionths < 0 { "-" } else { "" };
        let fraction = format!("{fraction:0FRACTION_DIGITS$}");
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

/// A share from 0 to 1 in millionths, written as a decimal (`0.8`, or the string `"0.8"`).
///
/// Comparing it with points multiplies instead of dividing, so 79.95 of 100 never rounds up to 0.8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

const MILLION: u32 = 1_000_000;

impl Share {
    /// Reads a share; refuses more than six decimals and anything outside 0 to 1.
    pub fn parse(text: &str) -> Option<Share> {
        let value = Decimal::parse(text).ok()?.trillionths;
        let millionths = value / i128::from(MILLION);
        let exact = value % i128::from(MILLION) == 0;
        (exact && (0..=i128::from(MILLION)).contains(&millionths)).then_some(Share(millionths as u32))
    }

    /// Whether `points` of `points_max` is at least this share. Nothing out of nothing reaches only a share of zero.
    pub fn is_reached_by(self, points: u64, points_max: u64) -> bool {
        if points_max == 0 {
            return self.0 == 0;
        }
        u128::from(points) * u128::from(MILLION) >= u128::from(self.0) * u128::from(points_max)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal { trillionths: i128::from(self.0) * i128::from(MILLION) }.fmt(f)
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A JSON number is accepted too; its shortest decimal form is what the author wrote.
        let text = match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => text,
            // JSON writes small numbers with an exponent, and decimals have none.
            serde_json::Value::Number(number) => number.as_f64().map_or_else(String::new, |number| number.to_string()),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => String::new(),
        };
        Share::parse(&text).ok_or_else(|| {
            serde::de::Error::custom("a share is a decimal from 0 to 1 with at most six digits after the point")
        })
    }
}

impl JsonSchema for Share {
    fn schema_name() -> Cow<'static, str> {
        "Share".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$",
            "description": "A share from 0 to 1 as an exact decimal, for example 0.8."
        })
    }
}

#[cfg(test)]
mod tests;
