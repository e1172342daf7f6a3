//! What HTML embeds from elsewhere, as links. Nothing here makes HTML safe: it runs before what does.

use std::borrow::Cow;

use lol_html::html_content::{ContentType, Element};
use lol_html::{MemorySettings, RewriteStrSettings, Settings, element, rewrite_str};

/// The most bytes the rewriter may keep for itself: its stack of open elements and its buffer.
const REWRITER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Turns embedded pages, videos and pictures from elsewhere into links, and gives every picture a text.
pub(super) fn as_links(html: &str) -> Cow<'_, str> {
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("a img", |image| {
            // A link stands in no link: of the picture its text stays.
            if !is_file(image) {
                let text = quoted(&image.get_attribute("alt").unwrap_or_default());
                image.replace(&text, ContentType::Html);
            }
            Ok(())
        }))
        .append_element_content_handler(element!("img", |image| {
            if !image.removed() {
                picture(image);
            }
            Ok(())
        }))
        .append_element_content_handler(element!("iframe, frame, embed, object, video, audio, source", |element| {
            embedded(element);
            Ok(())
        }));
    let memory = MemorySettings::new().with_max_allowed_memory_usage(REWRITER_BYTES_MAX);
    let settings = Settings::from(settings).with_memory_settings(memory).with_strict(false);
    // HTML that exhausts the rewriter loses what it embeds, without links in its place.
    rewrite_str(html, settings).map_or(Cow::Borrowed(html), Cow::Owned)
}

fn is_file(image: &Element<'_, '_>) -> bool {
    image.get_attribute("src").is_some_and(|source| source.trim().starts_with("asset:"))
}

fn picture(image: &mut Element<'_, '_>) {
    let alt = image.get_attribute("alt").unwrap_or_default();
    if is_file(image) {
        if !image.has_attribute("alt") {
            // A picture without any text is read out by its address.
            image.set_attribute("alt", "").expect("alt is a good name");
        }
    } else {
        let source = image.get_attribute("src").unwrap_or_default();
        let link = link(&source, &alt).unwrap_or_else(|| quoted(&alt));
        image.replace(&link, ContentType::Html);
    }
}

fn embedded(element: &mut Element<'_, '_>) {
    let source = ["src", "data"].iter().find_map(|name| element.get_attribute(name)).unwrap_or_default();
    let title = element.get_attribute("title").or_else(|| element.get_attribute("aria-label")).unwrap_or_default();
    if let Some(link) = link(&source, &title) {
        element.before(&link, ContentType::Html);
    }
    match element.tag_name().as_str() {
        // What they hold is shown in their absence, and may name the source.
        "video" | "audio" | "object" => element.remove_and_keep_content(),
        _ => element.remove(),
    }
}

/// A link to what an attribute names, unless it is nothing that one could follow. Attributes come as they were written,
/// with their entities, and go back like that.
fn link(source: &str, text: &str) -> Option<String> {
    let source = source.trim();
    let begins = |prefix: &str| source.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let scheme = if begins("//") { "https:" } else { "" };
    if scheme.is_empty() && !["http://", "https://", "asset:"].into_iter().any(begins) {
        return None;
    }
    let text = if text.trim().is_empty() { source } else { text };
    Some(format!("<a href=\"{scheme}{}\">{}</a>", quoted(source), quoted(text)))
}

/// An attribute's text between other quotes, or as prose.
fn quoted(raw: &str) -> String {
    raw.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
