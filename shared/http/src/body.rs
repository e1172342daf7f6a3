//! JSON bodies: limited in size, and every refusal says where in the body the trouble is.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::event::Request;
use crate::kind::Kind;
use crate::problem::{FieldError, Problem};

/// The largest body that is read, unless a handler sets another limit.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

/// The most characters of a reason that are sent back: it can quote the body.
const DETAIL_CHARS_MAX: usize = 200;

pub(crate) fn json<T: DeserializeOwned>(request: &Request, bytes_max: usize) -> Result<T, Problem> {
    let media_type = request.headers.get("content-type").map_or("", String::as_str);
    if !is_json(media_type) {
        return Err(Problem::new(Kind::UnsupportedMediaType, "Send the body with content-type application/json."));
    }
    let bytes = bytes(request, bytes_max)?;
    parse(&bytes)
}

/// Reads JSON of the expected shape and nothing after it.
///
/// serde_json refuses more than 128 levels, so a deep body is malformed rather than a stack overflow.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        refused(error.inner(), pointer)
    })?;
    deserializer.end().map_err(|error| refused(&error, String::new()))?;
    Ok(value)
}

fn refused(error: &serde_json::Error, pointer: String) -> Problem {
    match error.classify() {
        Category::Data => Problem::new(Kind::InvalidBody, "Nothing was recorded. See `errors` for what to correct.")
            .with_errors(vec![FieldError::new(pointer, reason(error))]),
        Category::Syntax | Category::Eof | Category::Io => Problem::new(
            Kind::MalformedJson,
            format!(
                "Nothing was recorded. The body stops being JSON at line {}, column {}.",
                error.line(),
                error.column()
            ),
        ),
    }
}

/// The reason without the position (the pointer says it better), and not at any length.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _position)| reason);
    match text.char_indices().nth(DETAIL_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn bytes(request: &Request, bytes_max: usize) -> Result<Cow<'_, [u8]>, Problem> {
    let body = request.body.as_deref().unwrap_or_default();
    let too_large =
        || Problem::new(Kind::BodyTooLarge, format!("Nothing was recorded. The limit is {bytes_max} bytes."));
    if !request.is_base64_encoded {
        return if body.len() > bytes_max { Err(too_large()) } else { Ok(Cow::Borrowed(body.as_bytes())) };
    }
    // Four characters carry three bytes; the bound is checked before anything is decoded.
    if body.len() / 4 * 3 > bytes_max.saturating_add(2) {
        return Err(too_large());
    }
    let bytes = STANDARD.decode(body).map_err(|_| {
        Problem::new(Kind::MalformedJson, "Nothing was recorded. The body is not the base64 it claims to be.")
    })?;
    if bytes.len() > bytes_max { Err(too_large()) } else { Ok(Cow::Owned(bytes)) }
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// A JSON pointer (RFC 6901) to where serde stopped.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => break,
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::sample::Sample;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Facts {
        facts: Vec<Fact>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Fact {
        node: String,
        rank: Option<u8>,
    }

    fn read(body: &str) -> Result<Facts, Problem> {
        Sample::new("POST /x").body_text(body).call().json()
    }

    fn pointer_of(body: &str) -> (Kind, String) {
        let problem = read(body).expect_err("refused");
        (problem.kind(), problem.errors().first().map(|error| error.pointer.clone()).unwrap_or_default())
    }

    #[test]
    fn a_body_of_the_expected_shape_is_read() {
        let facts = read(r#"{"facts":[{"node":"n1","rank":3}]} "#).expect("facts");
        assert_eq!(facts, Facts { facts: vec![Fact { node: "n1".into(), rank: Some(3) }] });
    }

    #[test]
    fn a_wrong_type_is_pointed_at() {
        assert_eq!(pointer_of(r#"{"facts":[{"node":"n1"},{"node":7}]}"#), (Kind::InvalidBody, "/facts/1/node".into()));
        assert_eq!(pointer_of(r#"{"facts":[{"node":"n","rank":300}]}"#), (Kind::InvalidBody, "/facts/0/rank".into()));
        assert_eq!(pointer_of(r#"{"facts":[{}]}"#), (Kind::InvalidBody, "/facts/0".into()));
        assert_eq!(pointer_of("[]").0, Kind::InvalidBody);
    }

    #[test]
    fn an_unknown_or_repeated_field_is_refused_and_pointed_at() {
        assert_eq!(pointer_of(r#"{"facts":[{"node":"n","a/b~c":1}]}"#), (Kind::InvalidBody, "/facts/0/a~1b~0c".into()));
        assert_eq!(pointer_of(r#"{"facts":[],"facts":[]}"#).0, Kind::InvalidBody);
    }

    #[test]
    fn text_that_is_no_json_is_told_apart_from_json_of_another_shape() {
        let deep = "[".repeat(100_000);
        let deep_inside = format!(r#"{{"facts":{}"#, "[".repeat(100_000));
        for body in ["", " ", "{", r#"{"facts":[]} x"#, r#"{"facts":[],}"#, "nope", "\u{0}"] {
            assert_eq!(read(body).expect_err("refused").kind(), Kind::MalformedJson, "{body:?}");
        }
        for body in [deep, deep_inside] {
            let kind = read(&body).expect_err("refused").kind();
            assert!(matches!(kind, Kind::MalformedJson | Kind::InvalidBody), "{kind:?}");
        }
        let any: Result<serde_json::Value, Problem> =
            Sample::new("POST /x").body_text(&"[".repeat(100_000)).call().json();
        assert_eq!(any.expect_err("refused").kind(), Kind::MalformedJson);
    }

    #[test]
    fn a_reason_does_not_repeat_a_long_body() {
        let long = format!(r#"{{"{}":1}}"#, "ü".repeat(10_000));
        let problem = read(&long).expect_err("refused");
        assert!(problem.errors()[0].detail.chars().count() <= DETAIL_CHARS_MAX + 1);
    }

    #[test]
    fn only_bodies_declared_as_json_are_read() {
        for (media_type, read) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            assert_eq!(is_json(media_type), read, "{media_type:?}");
        }
        let problem =
            Sample::new("POST /x").body_text("{}").header("content-type", "text/plain").call().json::<Facts>();
        assert_eq!(problem.expect_err("refused").kind(), Kind::UnsupportedMediaType);
    }

    #[test]
    fn a_base64_body_is_decoded_and_measured_by_its_bytes() {
        let body = r#"{"facts":[]}"#;
        let encoded = Sample::new("POST /x").body_base64(body.as_bytes());
        assert_eq!(encoded.call().json_within::<Facts>(body.len()).expect("facts"), Facts { facts: vec![] });
        assert_eq!(
            encoded.call().json_within::<Facts>(body.len() - 1).expect_err("refused").kind(),
            Kind::BodyTooLarge
        );

        let garbage = Sample::new("POST /x").body_base64_text("%%%%");
        assert_eq!(garbage.call().json::<Facts>().expect_err("refused").kind(), Kind::MalformedJson);
        let not_utf8 = Sample::new("POST /x").body_base64(b"{\"facts\":[{\"node\":\"\xff\"}]}");
        assert_eq!(not_utf8.call().json::<Facts>().expect_err("refused").kind(), Kind::MalformedJson);
    }

    #[test]
    fn a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_not() {
        let body = r#"{"facts":[]}"#;
        let fill = |bytes: usize| format!("{body}{}", " ".repeat(bytes - body.len()));
        assert!(read(&fill(BODY_BYTES_MAX)).is_ok());
        assert_eq!(read(&fill(BODY_BYTES_MAX + 1)).expect_err("refused").kind(), Kind::BodyTooLarge);
    }
}
