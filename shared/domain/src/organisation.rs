//! What an organisation says of itself, and the one colour it gives its pages.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audit::{Change, between};

/// What the accent stands on in light pages, and the colour of words on it. The web's tokens, held to them by a test.
pub const LIGHT_GROUNDS: [&str; 3] = ["#f6f6f4", "#ffffff", "#ecebe8"];
/// What the accent stands on in dark pages, and the colour of words on it.
pub const DARK_GROUNDS: [&str; 3] = ["#18161b", "#211e26", "#121014"];
/// The least contrast of text with what it stands on (WCAG 2.2, 1.4.3), in hundredths.
pub const CONTRAST_MIN: u32 = 450;

/// The accent colour, once for light and once for dark pages, as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accent {
    /// On light pages.
    pub light: String,
    /// On dark pages.
    pub dark: String,
}

/// An organisation's settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// The IANA zone that new cohorts begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Its colour; `None` is Stoa's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<Accent>,
    /// Where its people can ask for help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// How often it was changed; a change follows the revision it was decided on.
    #[serde(default)]
    pub rev: u32,
}

/// What saving settings changes. Of an address it is said only that it changed: it may be somebody's own.
pub fn changes(before: &Organisation, after: &Organisation) -> Vec<Change> {
    let fields = |organisation: &Organisation| {
        let mut fields = BTreeMap::from([("name".to_owned(), organisation.name.clone())]);
        fields.extend(organisation.zone.iter().map(|zone| ("zone".to_owned(), zone.clone())));
        if let Some(Accent { light, dark }) = &organisation.accent {
            fields.insert("accent on light".to_owned(), light.clone());
            fields.insert("accent on dark".to_owned(), dark.clone());
        }
        fields
    };
    let mut changes = between(&fields(before), &fields(after));
    if before.contact != after.contact {
        let is_there = |contact: &Option<String>| contact.as_ref().map(|_| "an address".to_owned());
        let (from, to) = (is_there(&before.contact), is_there(&after.contact));
        changes.push(Change { field: "contact".to_owned(), from, to });
    }
    changes
}

/// Red, green and blue of `#rrggbb`; `None` for any other text.
pub fn colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    let all_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if all_hex { Some([part(0)?, part(2)?, part(4)?]) } else { None }
}

/// The contrast of two colours by WCAG, from 100 (none) to 2100 (black on white), in hundredths, rounded down.
pub fn contrast(one: [u8; 3], other: [u8; 3]) -> u32 {
    let (one, other) = (luminance(one), luminance(other));
    let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
    // A hair of tolerance for the rounding of floats: black on white is 21 exactly.
    (ratio * 100.0 + 1e-9) as u32
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The lowest contrast of a colour with any of the grounds it stands on.
pub fn least_contrast(of: [u8; 3], grounds: &[&str]) -> u32 {
    grounds.iter().filter_map(|ground| colour(ground)).map(|ground| contrast(of, ground)).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_what_wcag_says_it_is() {
        let of = |one: &str, other: &str| contrast(colour(one).expect("a colour"), colour(other).expect("a colour"));
        assert_eq!(of("#000000", "#ffffff"), 2_100);
        assert_eq!(of("#ffffff", "#ffffff"), 100);
        // The two greys beside the threshold on white.
        assert_eq!((of("#767676", "#ffffff"), of("#777777", "#ffffff")), (454, 447));
        assert_eq!(of("#ff0000", "#ffffff"), of("#ffffff", "#ff0000"));
    }

    #[test]
    fn a_colour_is_six_hexadecimal_digits_behind_a_hash() {
        assert_eq!(colour("#01aBff"), Some([1, 171, 255]));
        for text in ["", "#", "123456", "#12345", "#1234567", "#12345g", "#+12345", "#ää", "red", "#12 456"] {
            assert_eq!(colour(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_was_changed_is_told_and_an_address_is_not() {
        let before = Organisation { name: "Demo".to_owned(), ..Organisation::default() };
        let after = Organisation { contact: Some("help@demo.example".to_owned()), ..before.clone() };
        let told = changes(&before, &after);
        assert_eq!(told.len(), 1);
        assert!(!format!("{told:?}").contains("demo.example"));
        assert_eq!(changes(&before, &before), []);
    }
}
