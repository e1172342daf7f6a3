//! How a course's files reach a browser: only what cannot run anything is shown, the rest is downloaded.

use std::fmt::Write;

/// Media types that are taken, and whether a browser may show them. What holds scripts or is a document of its own (HTML,
/// SVG, XML) is handed over as bytes, whatever it says it is.
const TYPES: &[(&str, bool)] = &[
    ("application/epub+zip", false),
    ("application/json", false),
    ("application/msword", false),
    ("application/octet-stream", false),
    ("application/pdf", true),
    ("application/vnd.ms-excel", false),
    ("application/vnd.ms-powerpoint", false),
    ("application/vnd.oasis.opendocument.presentation", false),
    ("application/vnd.oasis.opendocument.spreadsheet", false),
    ("application/vnd.oasis.opendocument.text", false),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", false),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", false),
    ("application/xml", false),
    ("application/zip", false),
    ("audio/mp4", true),
    ("audio/mpeg", true),
    ("audio/ogg", true),
    ("audio/wav", true),
    ("audio/webm", true),
    ("image/avif", true),
    ("image/bmp", true),
    ("image/gif", true),
    ("image/jpeg", true),
    ("image/png", true),
    ("image/svg+xml", false),
    ("image/webp", true),
    ("text/css", false),
    ("text/csv", false),
    ("text/html", false),
    ("text/javascript", false),
    ("text/plain", false),
    ("text/vtt", true),
    ("video/mp4", true),
    ("video/quicktime", true),
    ("video/webm", true),
];

/// Bytes of no particular kind: a browser keeps them, and runs nothing.
const BYTES: &str = "application/octet-stream";

/// The headers that a file is served under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The media type.
    pub content_type: &'static str,
    /// Whether it is shown or kept, and under which name.
    pub disposition: String,
}

/// Whether files of this media type are taken.
pub fn is_accepted(content_type: &str) -> bool {
    TYPES.iter().any(|(known, _)| *known == content_type)
}

/// How a file of this name and media type is served.
pub fn of(name: &str, content_type: &str) -> Delivery {
    let shown = TYPES.iter().find(|(known, is_shown)| *known == content_type && *is_shown);
    let (content_type, how) = shown.map_or((BYTES, "attachment"), |(known, _)| (*known, "inline"));
    // The first name is for programs that cannot read the second (RFC 6266).
    let is_plain = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | '%') || letter == ' ';
    let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    let encoded = encoded(name);
    Delivery { content_type, disposition: format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}") }
}

impl Delivery {
    /// What an address says so that S3 answers with these headers.
    pub fn query(&self) -> String {
        let (kind, disposition) = (encoded(self.content_type), encoded(&self.disposition));
        format!("response-content-type={kind}&response-content-disposition={disposition}")
    }
}

/// Everything but letters, digits and `-._~` as `%XX`.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_films_are_shown_and_documents_that_could_run_are_kept() {
        for (content_type, served, how) in [
            ("image/png", "image/png", "inline"),
            ("video/mp4", "video/mp4", "inline"),
            ("application/pdf", "application/pdf", "inline"),
            ("image/svg+xml", BYTES, "attachment"),
            ("text/html", BYTES, "attachment"),
            ("application/xml", BYTES, "attachment"),
            ("text/javascript", BYTES, "attachment"),
            ("application/zip", BYTES, "attachment"),
            ("image/png; charset=x", BYTES, "attachment"),
            ("something/else", BYTES, "attachment"),
        ] {
            let delivery = of("a", content_type);
            assert_eq!(delivery.content_type, served, "{content_type}");
            assert!(delivery.disposition.starts_with(how), "{content_type}");
        }
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let delivery = of("a\"; filename=evil.html\r\nSet-Cookie: x\\ü%41.png", "image/png");
        assert_eq!(
            delivery.disposition,
            "inline; filename=\"a_; filename=evil.html__Set-Cookie: x___41.png\"; \
             filename*=UTF-8''a%22%3B%20filename%3Devil.html%0D%0ASet-Cookie%3A%20x%5C%C3%BC%2541.png"
        );
    }

    #[test]
    fn how_a_file_is_served_is_part_of_its_address() {
        let query = of("a b.png", "image/png").query();
        let disposition = "inline%3B%20filename%3D%22a%20b.png%22%3B%20filename%2A%3DUTF-8%27%27a%2520b.png";
        assert_eq!(query, format!("response-content-type=image%2Fpng&response-content-disposition={disposition}"));
    }
}
