//! HTML from authors, made safe once: when it is written.
//!
//! What stays is a fixed list of text elements, the same as the web application's own (its second lock). Neither styles,
//! classes nor ids stay, so text cannot dress up as the application or catch its look-ups. Links lead to the web, to
//! `asset:ID` or to `node:ID`. Pictures are files of the course: a picture or page elsewhere becomes a link to it, since
//! showing it would tell a third party who reads what, and when. MathML goes whole: half a formula is a wrong one.

mod embedded;
mod nesting;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use stoa_domain::id::is_id;

pub use nesting::is_reasonable;

/// Elements that stay, with the attributes they keep.
const ELEMENTS: &[(&str, &[&str])] = &[
    ("a", &["href"]),
    ("abbr", &[]),
    ("article", &[]),
    ("b", &[]),
    ("blockquote", &[]),
    ("br", &[]),
    ("caption", &[]),
    ("cite", &[]),
    ("code", &[]),
    ("dd", &[]),
    ("del", &[]),
    ("details", &["open"]),
    ("div", &[]),
    ("dl", &[]),
    ("dt", &[]),
    ("em", &[]),
    ("figcaption", &[]),
    ("figure", &[]),
    ("h1", &[]),
    ("h2", &[]),
    ("h3", &[]),
    ("h4", &[]),
    ("h5", &[]),
    ("h6", &[]),
    ("hr", &[]),
    ("i", &[]),
    ("img", &["src", "alt", "width", "height"]),
    ("ins", &[]),
    ("kbd", &[]),
    ("li", &["value"]),
    ("mark", &[]),
    ("ol", &["start", "reversed"]),
    ("p", &[]),
    ("pre", &[]),
    ("q", &[]),
    ("s", &[]),
    ("samp", &[]),
    ("section", &[]),
    ("small", &[]),
    ("span", &[]),
    ("strong", &[]),
    ("sub", &[]),
    ("summary", &[]),
    ("sup", &[]),
    ("table", &[]),
    ("tbody", &[]),
    ("td", &["colspan", "rowspan"]),
    ("tfoot", &[]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("thead", &[]),
    ("tr", &[]),
    ("u", &[]),
    ("ul", &[]),
    ("var", &[]),
];

/// Attributes that every element keeps.
const ATTRIBUTES: [&str; 3] = ["dir", "lang", "title"];

/// Elements that go with everything in them. From around any other that is not in the list, the text stays.
const GONE_WHOLE: [&str; 15] = [
    "button",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "xmp",
];

/// How often HTML may change before it must have settled. Once is the rule; nesting that parsers repair takes twice.
const PASSES_MAX: usize = 8;

static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(allowed);

/// Makes HTML safe. What is safe already stays as it is, to the byte. It must be [reasonable](is_reasonable).
///
/// It ends only where one more pass changes nothing, so what is stored is read by a browser as it was read here.
pub fn sanitise(html: &str) -> String {
    let mut clean = pass(html);
    for _ in 0..PASSES_MAX {
        let again = pass(&clean);
        if again == clean {
            return clean;
        }
        clean = again;
    }
    // Markup that is read differently each time is an attack, not prose: its text is all there is to keep.
    Builder::empty().clean(&clean).to_string()
}

fn pass(html: &str) -> String {
    ALLOWED.clean(&embedded::as_links(html)).to_string()
}

fn allowed() -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.iter().map(|(element, _)| *element).collect())
        .tag_attributes(
            ELEMENTS
                .iter()
                .map(|(element, own)| (*element, own.iter().copied().collect()))
                .collect::<HashMap<_, HashSet<_>>>(),
        )
        .generic_attributes(ATTRIBUTES.into())
        .clean_content_tags(GONE_WHOLE.into())
        .url_schemes(["asset", "http", "https", "mailto", "node"].into())
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(attribute);
    builder
}

/// Keeps an address only if it means the same to everybody who reads it: a scheme of ours must name an id.
fn attribute<'v>(element: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    if !matches!(name, "href" | "src") {
        return Some(value.into());
    }
    let (scheme, rest) = value.trim().split_once(':')?;
    let stays = match (element, scheme.to_ascii_lowercase().as_str()) {
        ("img" | "a", "asset") | ("a", "node") => scheme.bytes().all(|byte| byte.is_ascii_lowercase()) && is_id(rest),
        ("a", "http" | "https" | "mailto") => true,
        _ => false,
    };
    stays.then(|| value.trim().into())
}

#[cfg(test)]
mod tests;
