//! Small things about text: cutting titles, escaping, percent signs.

use crate::limits::{NOTES_MAX, TITLE_CHARS_MAX};

/// The text on one line, cut to [`TITLE_CHARS_MAX`] characters.
pub(crate) fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TITLE_CHARS_MAX {
        return line;
    }
    let mut short: String = line.chars().take(TITLE_CHARS_MAX - 1).collect();
    short.push('…');
    short
}

/// Whether [`cut`] would lose characters.
pub(crate) fn is_too_long(title: &str) -> bool {
    title.trim().chars().count() > TITLE_CHARS_MAX
}

/// Adds a note that is not there yet. Beyond [`NOTES_MAX`] one note stands for the rest.
pub(crate) fn note(notes: &mut Vec<String>, note: String) {
    if notes.len() < NOTES_MAX && !notes.contains(&note) {
        notes.push(note);
        if notes.len() == NOTES_MAX {
            notes.push("and more of the same kinds".to_owned());
        }
    }
}

/// The text as HTML that shows it.
pub(crate) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    html
}

/// An attribute's raw value with the character references that occur in URLs resolved.
pub(crate) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference =
            rest.find(';').filter(|end| *end <= 10).and_then(|end| Some((character(&rest[1..end])?, end + 1)));
        let (decoded, length) = reference.unwrap_or(('&', 1));
        text.push(decoded);
        rest = &rest[length..];
    }
    text.push_str(rest);
    text
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "dollar" => Some('$'),
        "sol" => Some('/'),
        "colon" => Some(':'),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// The text with `%41` resolved; sequences that are no UTF-8 stay as they are.
pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| bytes.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                at += 3;
            }
            (byte, _, _) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// The HTML without its tags: enough to show a title or an answer in a report, never to show in a page.
pub(crate) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            other if !inside => text.push(other),
            _ => {}
        }
    }
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_its_escapes() {
        assert_eq!(escape("a<b & \"c\""), "a&lt;b &amp; &quot;c&quot;");
        assert_eq!(unescape("a&amp;b&#36;&#x24;&broken; &"), "a&b$$&broken; &");
        assert_eq!(percent_decoded("%24IMS%20x%zz%"), "$IMS x%zz%");
        assert_eq!(percent_decoded("%ff"), "%ff");
        assert_eq!(plain("<p>one</p><p>t&amp;wo"), "one t&wo");
    }

    #[test]
    fn a_long_title_is_cut_at_a_character_and_not_in_one() {
        let title = cut(&"é".repeat(10_000));
        assert_eq!(title.chars().count(), TITLE_CHARS_MAX);
        assert!(is_too_long(&"é".repeat(10_000)) && !is_too_long("é"));
    }
}
