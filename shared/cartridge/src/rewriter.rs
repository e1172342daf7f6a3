//! The rewriter of one document's HTML, with what is counted for the course as a whole.

use crate::html;
use crate::limits::HTML_PIECE_BYTES_MAX;
use crate::reference::References;
use crate::text::{escape, note};

/// Rewrites snippets of the document at `base`.
#[derive(Debug)]
pub(crate) struct Rewriter<'a> {
    pub(crate) base: &'a str,
    pub(crate) references: &'a References,
    /// `style` attributes seen so far.
    pub(crate) styles: usize,
}

impl<'a> Rewriter<'a> {
    pub(crate) fn new(base: &'a str, references: &'a References) -> Self {
        Self { base, references, styles: 0 }
    }

    /// The HTML with our references; what was lost is added to `notes`.
    pub(crate) fn html(&mut self, raw: &str, notes: &mut Vec<String>) -> String {
        match html::rewrite(raw, self.base, self.references) {
            Ok(rewritten) => {
                self.styles += rewritten.styles;
                rewritten.notes.into_iter().for_each(|lost| note(notes, lost));
                kept(rewritten.html, notes)
            }
            Err(why) => {
                note(notes, why);
                String::new()
            }
        }
    }

    /// Text of a declared type: HTML is rewritten, anything else is shown as it is.
    pub(crate) fn text(&mut self, raw: &str, text_type: Option<&str>, notes: &mut Vec<String>) -> String {
        if text_type.is_some_and(|kind| kind.eq_ignore_ascii_case("text/html")) {
            self.html(raw, notes)
        } else {
            kept(escape(raw.trim()), notes)
        }
    }
}

/// The HTML, unless it is too long for any place it could go to.
fn kept(html: String, notes: &mut Vec<String>) -> String {
    if html.len() <= HTML_PIECE_BYTES_MAX {
        return html;
    }
    note(notes, format!("{} bytes of HTML were left out: a piece has at most {HTML_PIECE_BYTES_MAX}", html.len()));
    String::new()
}
