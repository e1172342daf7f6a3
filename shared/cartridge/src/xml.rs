//! XML behind limits. `roxmltree` refuses document types and does not recurse; what it leaves open (attribute and
//! namespace floods, depth that a walk of ours would feel) is screened before it sees the text.

use crate::limits::{XML_ATTRIBUTES_PER_ELEMENT_MAX, XML_DEPTH_MAX, XML_NAMESPACES_MAX, XML_NODES_MAX};
use crate::refused::XmlRefused;
use roxmltree::{Document, Node, ParsingOptions};
use std::borrow::Cow;

/// The bytes as text: UTF-8 with or without a mark, UTF-16 with a mark, or Latin-1 where the declaration says so.
pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, XmlRefused> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok().filter(|_| rest.len().is_multiple_of(2)).map(Cow::Owned).ok_or(XmlRefused::Encoding)
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| XmlRefused::Encoding),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(_) if declares_latin_1(bytes) => Ok(Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect())),
            Err(_) => Err(XmlRefused::Encoding),
        },
    }
}

fn declares_latin_1(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1_024)]).to_ascii_lowercase();
    head.contains("iso-8859-1") || head.contains("windows-1252")
}

/// Parses a document.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, XmlRefused> {
    screen(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: XML_NODES_MAX, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        use roxmltree::Error::{AttributesLimitReached, DtdDetected, NamespacesLimitReached, NodesLimitReached};
        if matches!(error, DtdDetected) {
            XmlRefused::Dtd
        } else if matches!(error, NodesLimitReached | AttributesLimitReached | NamespacesLimitReached) {
            XmlRefused::TooMany
        } else {
            XmlRefused::Syntax(crate::text::cut(&error.to_string()))
        }
    })
}

/// One pass over the markup that counts; it need not be right about malformed XML, which the parser refuses anyway.
fn screen(text: &str) -> Result<(), XmlRefused> {
    let (mut rest, mut depth, mut namespaces) = (text, 0_usize, 0_usize);
    while let Some(open) = rest.find('<') {
        rest = &rest[open..];
        let skipped =
            [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")].iter().find(|(begin, _)| rest.starts_with(begin));
        if let Some((_, end)) = skipped {
            rest = rest.find(end).map_or("", |at| &rest[at + end.len()..]);
            continue;
        }
        if rest.starts_with("<!") {
            return Err(XmlRefused::Dtd);
        }
        let (tag, after) = rest.split_at(tag_length(rest));
        rest = after;
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
            continue;
        }
        if tag.bytes().filter(|byte| *byte == b'=').count() > XML_ATTRIBUTES_PER_ELEMENT_MAX
            && attributes(tag) > XML_ATTRIBUTES_PER_ELEMENT_MAX
        {
            return Err(XmlRefused::TooMany);
        }
        namespaces += tag.matches("xmlns").count();
        if namespaces > XML_NAMESPACES_MAX {
            return Err(XmlRefused::TooMany);
        }
        if !tag.ends_with("/>") {
            depth += 1;
        }
        if depth > XML_DEPTH_MAX {
            return Err(XmlRefused::TooDeep);
        }
    }
    Ok(())
}

/// The bytes from `<` to its `>`, quotes respected.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn attributes(tag: &str) -> usize {
    let mut quote = None;
    tag.bytes().fold(0, |count, byte| match (quote, byte) {
        (None, b'=') => count + 1,
        (None, b'"' | b'\'') => {
            quote = Some(byte);
            count
        }
        (Some(open), close) if open == close => {
            quote = None;
            count
        }
        _ => count,
    })
}

/// Reading elements by their local names: packages of different versions differ in their namespaces only.
pub(crate) trait Elements<'a, 'input: 'a> {
    /// The child elements of this name.
    fn all(self, name: &'static str) -> impl Iterator<Item = Node<'a, 'input>>;
    /// The first child element of this name.
    fn one(self, name: &str) -> Option<Node<'a, 'input>>;
    /// The trimmed text of the first child of this name, where it has any.
    fn text_of(self, name: &str) -> Option<String>;
    /// All text below this element.
    fn whole_text(self) -> String;
}

impl<'a, 'input: 'a> Elements<'a, 'input> for Node<'a, 'input> {
    fn all(self, name: &'static str) -> impl Iterator<Item = Node<'a, 'input>> {
        self.children().filter(move |child| child.tag_name().name() == name)
    }

    fn one(self, name: &str) -> Option<Node<'a, 'input>> {
        self.children().find(|child| child.tag_name().name() == name)
    }

    fn text_of(self, name: &str) -> Option<String> {
        Some(self.one(name)?.whole_text().trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn whole_text(self) -> String {
        self.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(xml: &str) -> XmlRefused {
        parse(xml).expect_err("must be refused")
    }

    #[test]
    fn entities_cannot_be_defined() {
        let laughs = r#"<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>"#;
        assert_eq!(refusal(laughs), XmlRefused::Dtd);
        assert_eq!(refusal(r#"<!DOCTYPE l SYSTEM "file:///etc/passwd"><l/>"#), XmlRefused::Dtd);
        assert!(matches!(refusal("<l>&lol;</l>"), XmlRefused::Syntax(_)));
    }

    #[test]
    fn floods_are_refused() {
        assert_eq!(refusal(&"<a>".repeat(1_000_000)), XmlRefused::TooDeep);
        let attributes: String = (0..200).map(|n| format!(" a{n}='1'")).collect();
        assert_eq!(refusal(&format!("<a{attributes}/>")), XmlRefused::TooMany);
        let namespaces = "<b xmlns:c='d'/>".repeat(XML_NAMESPACES_MAX + 1);
        assert_eq!(refusal(&format!("<a>{namespaces}</a>")), XmlRefused::TooMany);
        let nodes = "<b/>".repeat(XML_NODES_MAX as usize + 1);
        assert_eq!(refusal(&format!("<a>{nodes}</a>")), XmlRefused::TooMany);
        assert!(parse(&format!("<a b='{}'/>", "=".repeat(10_000))).is_ok());
    }

    #[test]
    fn text_is_decoded_by_its_mark() {
        let utf16 = |text: &str, little: bool| {
            let mark = if little { vec![0xFF, 0xFE] } else { vec![0xFE, 0xFF] };
            text.encode_utf16().fold(mark, |mut bytes, unit| {
                bytes.extend(if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
                bytes
            })
        };
        assert_eq!(text(&utf16("<é/>", true)).as_deref(), Ok("<é/>"));
        assert_eq!(text(&utf16("<é/>", false)).as_deref(), Ok("<é/>"));
        assert_eq!(text(b"\xEF\xBB\xBF<a/>").as_deref(), Ok("<a/>"));
        assert_eq!(text(b"<?xml encoding='ISO-8859-1'?><\xE9/>").as_deref(), Ok("<?xml encoding='ISO-8859-1'?><é/>"));
        assert_eq!(text(b"<\xE9/>"), Err(XmlRefused::Encoding));
        assert_eq!(text(&[0xFF, 0xFE, 0x00]), Err(XmlRefused::Encoding));
        assert_eq!(text(&[0xFF, 0xFE, 0x00, 0xD8]), Err(XmlRefused::Encoding));
    }
}
