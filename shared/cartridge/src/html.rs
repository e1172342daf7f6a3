//! Rewriting a package's HTML: references become ours, what cannot be shown becomes a link or a word in the report.
//! Nothing here makes the HTML safe: the server sanitises.

use crate::limits::{HTML_REWRITER_BYTES_MAX, NAMED_REFERENCES_MAX};
use crate::reference::{Meaning, References, is_web};
use crate::text::{escape, unescape};
use lol_html::html_content::{ContentType, Element};
use lol_html::{MemorySettings, RewriteStrSettings, doc_comments, doctype, element, rewrite_str, text};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What came of a piece of HTML.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rewritten {
    pub(crate) html: String,
    /// What was lost.
    pub(crate) notes: Vec<String>,
    /// How many `style` attributes there were: a matter of looks, counted for the course as a whole.
    pub(crate) styles: usize,
}

/// What a page says about itself in its head.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) title: String,
    pub(crate) published: bool,
}

#[derive(Debug, Default)]
struct Losses {
    lost: Vec<String>,
    removed: BTreeMap<&'static str, usize>,
    styles: usize,
}

/// Rewrites a page or a snippet found in the document at `base`. HTML that exhausts the rewriter is an error in words.
pub(crate) fn rewrite(html: &str, base: &str, references: &References) -> Result<Rewritten, String> {
    let losses = RefCell::new(Losses::default());
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("*", |element| {
            visit(element, base, references, &mut losses.borrow_mut());
            Ok(())
        }))
        .append_document_content_handler(doctype!(|doctype| {
            doctype.remove();
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            comment.remove();
            Ok(())
        }));
    let html = rewrite_str(html, bounded(settings)).map_err(|error| format!("its HTML cannot be read ({error})"))?;
    let losses = losses.into_inner();
    Ok(Rewritten { html: html.trim().to_owned(), notes: notes(&losses), styles: losses.styles })
}

/// Reads a page's head.
pub(crate) fn head(html: &str) -> Head {
    let title = RefCell::new(String::new());
    let published = RefCell::new(true);
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(text!("head > title", |chunk| {
            title.borrow_mut().push_str(chunk.as_str());
            Ok(())
        }))
        .append_element_content_handler(element!("meta[name='workflow_state']", |meta| {
            *published.borrow_mut() = meta.get_attribute("content").is_none_or(|state| state != "unpublished");
            Ok(())
        }));
    // A page that cannot be read has no head; reading its body then says why.
    drop(rewrite_str(html, bounded(settings)));
    Head { title: unescape(title.into_inner().trim()), published: published.into_inner() }
}

fn bounded<'h, 's>(settings: RewriteStrSettings<'h, 's>) -> lol_html::Settings<'h, 's> {
    lol_html::Settings::from(settings)
        .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(HTML_REWRITER_BYTES_MAX))
        .with_strict(false)
}

fn visit(element: &mut Element<'_, '_>, base: &str, references: &References, losses: &mut Losses) {
    let name = element.tag_name();
    match name.as_str() {
        "html" | "body" => return element.remove_and_keep_content(),
        "head" | "title" | "meta" => return element.remove(),
        "script" | "style" | "link" | "base" | "noscript" | "template" => {
            let what = if name == "script" { "script" } else { "style sheet or template" };
            // What a head holds belongs to the system the page came from.
            *losses.removed.entry(what).or_default() += 1;
            return element.remove();
        }
        "iframe" | "frame" | "embed" | "object" => {
            return embedded(element, base, references, losses);
        }
        "video" | "audio" | "source" => return media(element, base, references, losses),
        "track" => {
            *losses.removed.entry("caption track").or_default() += 1;
            return element.remove();
        }
        "form" | "input" | "button" | "select" => {
            *losses.removed.entry("form control").or_default() += 1;
            return element.remove_and_keep_content();
        }
        // Their content is raw text, which would become markup if it were kept without them.
        "textarea" | "xmp" | "noembed" | "noframes" | "plaintext" => {
            *losses.removed.entry("piece of raw text").or_default() += 1;
            return element.remove();
        }
        // The page that shows a lesson has its own first heading.
        "h1" => drop(element.set_tag_name("h2")),
        "math" | "svg" | "canvas" => {
            *losses.removed.entry("formula or drawing, kept as text at best").or_default() += 1
        }
        _ => {}
    }
    let data: Vec<String> = element
        .attributes()
        .iter()
        .map(|attribute| attribute.name())
        .filter(|name| name.starts_with("data-"))
        .collect();
    if name == "img"
        && let Some(latex) = equation(element)
    {
        return element.replace(&format!("\\({}\\)", escape(&latex)), ContentType::Html);
    }
    data.iter().for_each(|name| element.remove_attribute(name));
    losses.styles += usize::from(element.has_attribute("style"));
    element.remove_attribute("srcset");
    for attribute in ["href", "src", "background", "longdesc", "cite"] {
        rewrite_attribute(element, attribute, base, references, losses);
    }
}

fn rewrite_attribute(
    element: &mut Element<'_, '_>,
    name: &str,
    base: &str,
    references: &References,
    losses: &mut Losses,
) {
    let Some(url) = element.get_attribute(name).map(|raw| unescape(&raw)) else {
        return;
    };
    match references.meaning(&url, base) {
        Meaning::Outside => {}
        // An identifier needs no escaping and the name is a literal.
        Meaning::Inside(ours) => drop(element.set_attribute(name, &ours)),
        Meaning::Lost => {
            losses.lost.push(shortened(&url));
            element.remove_attribute(name);
            if element.tag_name() == "img" {
                let alt = element.get_attribute("alt").unwrap_or_default();
                element.replace(&format!("<em>[{alt}]</em>"), ContentType::Html);
            }
        }
    }
}

/// Canvas shows formulas as pictures from its own server; their source travels along.
fn equation(element: &Element<'_, '_>) -> Option<String> {
    let class = element.get_attribute("class")?;
    class.split_whitespace().find(|name| *name == "equation_image")?;
    element.get_attribute("data-equation-content").map(|raw| unescape(&raw))
}

fn embedded(element: &mut Element<'_, '_>, base: &str, references: &References, losses: &mut Losses) {
    let url = ["src", "data"]
        .iter()
        .find_map(|name| element.get_attribute(name))
        .map(|raw| unescape(&raw))
        .unwrap_or_default();
    let title = element.get_attribute("title").map(|raw| unescape(&raw));
    match anchor(&url, title.as_deref(), base, references) {
        Some(link) => {
            *losses.removed.entry("embedded page, now a link").or_default() += 1;
            element.before(&format!("<p>{link}</p>"), ContentType::Html);
        }
        None => losses.lost.push(shortened(&url)),
    }
    // What an `object` holds is shown in its absence; what an `iframe` holds is raw text.
    if element.tag_name() == "object" { element.remove_and_keep_content() } else { element.remove() }
}

fn media(element: &mut Element<'_, '_>, base: &str, references: &References, losses: &mut Losses) {
    if let Some(url) = element.get_attribute("src").map(|raw| unescape(&raw)) {
        let title =
            element.get_attribute("title").or_else(|| element.get_attribute("aria-label")).map(|raw| unescape(&raw));
        match anchor(&url, title.as_deref(), base, references) {
            Some(link) => {
                *losses.removed.entry("video or sound, now a link").or_default() += 1;
                element.before(&link, ContentType::Html);
            }
            None => losses.lost.push(shortened(&url)),
        }
    }
    if element.can_have_content() { element.remove_and_keep_content() } else { element.remove() }
}

fn anchor(url: &str, title: Option<&str>, base: &str, references: &References) -> Option<String> {
    let absolute = if url.starts_with("//") { format!("https:{url}") } else { url.to_owned() };
    let href = match references.meaning(&absolute, base) {
        Meaning::Inside(ours) => ours,
        Meaning::Outside if is_web(&absolute) => absolute,
        Meaning::Outside | Meaning::Lost => return None,
    };
    let title = title.filter(|title| !title.trim().is_empty()).unwrap_or(url);
    Some(format!("<a href=\"{}\">{}</a>", escape(&href), escape(title)))
}

fn shortened(url: &str) -> String {
    let short: String = url.chars().take(100).collect();
    if short.len() < url.len() { format!("{short}…") } else { short }
}

fn notes(losses: &Losses) -> Vec<String> {
    let mut notes: Vec<String> = losses.removed.iter().map(|(what, count)| format!("{count} × {what}")).collect();
    if !losses.lost.is_empty() {
        let named = losses.lost.iter().take(NAMED_REFERENCES_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = losses.lost.len().saturating_sub(NAMED_REFERENCES_MAX);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!("reference(s) to nothing in the package: {named}{tail}"));
    }
    notes
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
