//! How much work HTML makes for whoever parses it. Parsers take time with the square of what was left open, and open
//! formatting is repeated in every paragraph that follows: a few kilobytes can take minutes and gigabytes.

use std::collections::BTreeMap;

/// The most work that is done: the open elements at each tag, all together. Prose of 20,000 tags makes a tenth of it.
const OPEN_TOTAL_MAX: usize = 5_000_000;
/// The most repetitions: the open formatting at each tag, all together.
const FORMATTING_TOTAL_MAX: usize = 100_000;

/// Elements without content.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"];
/// Elements that need no end tag: the next of their kind ends them, so they nest only where others do.
const ENDED_BY_THE_NEXT: [&str; 13] =
    ["caption", "colgroup", "dd", "dt", "li", "optgroup", "option", "p", "tbody", "td", "tfoot", "th", "thead"];
/// Elements that parsers repeat.
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements that hold text only: to every parser where HTML is, to some in drawings and formulas, and `noscript` to some.
const TEXT: [&str; 10] =
    ["iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp"];

/// Whether HTML can be parsed with reasonable work. Where parsers could differ, the worse is assumed.
pub fn is_reasonable(html: &str) -> bool {
    let html = html.to_ascii_lowercase();
    let mut open: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut open_total, mut formatting_total) = (0_usize, 0_usize);
    // Inside of what only some parsers read as text: start tags count, end tags do not.
    let mut unsure: Option<&str> = None;
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if unsure.is_none() && rest.starts_with(['!', '?']) {
            rest = after_comment(rest);
            continue;
        }
        let (is_end, tag) = rest.strip_prefix('/').map_or((false, rest), |tag| (true, tag));
        if !tag.starts_with(|first: char| first.is_ascii_alphabetic()) {
            continue;
        }
        let end = tag.find(|letter: char| letter.is_whitespace() || matches!(letter, '/' | '>')).unwrap_or(tag.len());
        let name = &tag[..end];
        if unsure.is_none() {
            rest = after_attributes(&tag[end..]);
        }
        if is_end {
            if unsure == Some(name) {
                unsure = None;
            }
            if unsure.is_none()
                && let Some(count) = open.get_mut(name)
            {
                *count = count.saturating_sub(1);
            }
        } else {
            if unsure.is_none() && TEXT.contains(&name) {
                let is_foreign = ["svg", "math"].iter().any(|root| open.get(root).is_some_and(|count| *count > 0));
                if name == "noscript" || is_foreign {
                    unsure = Some(name);
                } else {
                    rest = rest.find(&format!("</{name}")).map_or("", |end| &rest[end..]);
                }
            }
            if !VOID.contains(&name) && !ENDED_BY_THE_NEXT.contains(&name) {
                *open.entry(name).or_default() += 1;
            }
        }
        open_total += open.values().sum::<usize>();
        formatting_total += FORMATTING.iter().filter_map(|name| open.get(name)).sum::<usize>();
        if open_total > OPEN_TOTAL_MAX || formatting_total > FORMATTING_TOTAL_MAX {
            return false;
        }
    }
    true
}

/// What follows a comment, or what parsers take for one. End tags in it end nothing.
fn after_comment(rest: &str) -> &str {
    let Some(mut comment) = rest.strip_prefix("!--") else {
        return rest.find('>').map_or("", |end| &rest[end..]);
    };
    while let Some(dashes) = comment.find("--") {
        comment = &comment[dashes + 1..];
        if comment.starts_with("->") || comment.starts_with("-!>") {
            return comment;
        }
    }
    ""
}

/// What follows a tag, whose attributes may hold anything between quotes.
fn after_attributes(tag: &str) -> &str {
    let mut quote = None;
    let mut is_value = false;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return &tag[at..],
            // A quote opens a value only where one begins; elsewhere it is a letter like any other.
            (None, '"' | '\'') if is_value => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
        is_value = quote.is_none() && (letter == '=' || (is_value && letter.is_whitespace()));
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_reasonable_however_long_and_however_sloppy() {
        for part in [
            "<p>a <b>b</b> <a href=\"https://e.org/?a>b\">c</a></p>",
            "<p>a<br>b<li>c<td>d",
            "<table><tr><td>1</td></tr></table>",
            "<ul><li>one<li>two</ul>",
            "<!-- <div> --><img src='a' alt=\"<div>\">",
            "a < b &lt; <3 </ <!x><?y?>",
            "<script>if (a<b) {}</script>",
        ] {
            assert!(is_reasonable(&part.repeat(256 * 1024 / part.len())), "{part}");
        }
        let unclosed = "<span>".repeat(200) + &"<p>text</p>".repeat(10_000);
        assert!(is_reasonable(&unclosed));
    }

    #[test]
    fn what_takes_time_with_its_square_is_not() {
        for part in [
            "<div>",
            "<DIV class='x'>",
            "<b>",
            "<ul><li>",
            "<table><tr><td>",
            "<font><div>",
            "<b><div></b>",
            "<div title='</div>'>",
            "<div><!--</div>-->",
            "<div><!</div>",
            "<div><textarea></div></textarea>",
            "<noscript><div></noscript>",
            "<svg><style><div></style>",
            "<div/>",
            "<p><b>",
        ] {
            assert!(!is_reasonable(&part.repeat(256 * 1024 / part.len())), "{part}");
        }
        let repeated = (0..300).map(|n| format!("<b a={n}>")).collect::<String>() + &"</p><p>x".repeat(10_000);
        assert!(!is_reasonable(&repeated));
    }
}
