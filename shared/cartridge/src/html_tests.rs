use super::*;

fn references() -> References {
    let mut references = References::default();
    references.files.insert("web_resources/a.png".to_owned(), "f1".to_owned());
    references.files.insert("web_resources/v.mp4".to_owned(), "f2".to_owned());
    references.pages.insert("wiki_content/two.html".to_owned(), "n2".to_owned());
    references
}

fn rewritten(html: &str) -> Rewritten {
    rewrite(html, "wiki_content/one.html", &references()).expect("is rewritten")
}

#[test]
fn references_become_ours_and_prose_stays() {
    for (before, after) in [
        ("<p>a &amp; b<br>c</p>", "<p>a &amp; b<br>c</p>"),
        ("<img src='%24IMS-CC-FILEBASE%24/a.png?x=1&amp;y=2' alt='A'>", "<img src=\"asset:f1\" alt='A'>"),
        ("<a href='$WIKI_REFERENCE$/pages/two' data-x='$y$'>t</a>", "<a href=\"node:n2\">t</a>"),
        ("<a href='two.html'>t</a>", "<a href=\"node:n2\">t</a>"),
        ("<a href='https://example.com/?a=1&amp;b=2'>t</a>", "<a href='https://example.com/?a=1&amp;b=2'>t</a>"),
        ("<!DOCTYPE html><html><head><title>t</title></head><body><!-- c --><p>x</p></body></html>", "<p>x</p>"),
        ("<img class='equation_image' src='/equation_images/x' data-equation-content='a&lt;b'>", "\\(a&lt;b\\)"),
    ] {
        let result = rewritten(before);
        assert_eq!(result.html, after, "{before}");
        assert_eq!(result.notes, Vec::<String>::new(), "{before}");
    }
}

#[test]
fn what_cannot_stay_is_named() {
    for (before, after, note) in [
        ("<a href='$IMS-CC-FILEBASE$/no.pdf'>t</a>", "<a>t</a>", "no.pdf"),
        ("<img src='no.png' alt='A cat'>", "<em>[A cat]</em>", "no.png"),
        ("<a href='javascript:x()'>t</a>", "<a>t</a>", "javascript"),
        ("<p>a<script>alert('</p>')</script></p>", "<p>a</p>", "script"),
        (
            "<iframe src='https://example.com/v' title='Film'></iframe>",
            "<p><a href=\"https://example.com/v\">Film</a></p>",
            "embedded",
        ),
        (
            "<video><source src='$IMS-CC-FILEBASE$/v.mp4'></video>",
            "<a href=\"asset:f2\">$IMS-CC-FILEBASE$/v.mp4</a>",
            "video",
        ),
        ("<form><input value='1'>x</form>", "x", "form"),
        ("<iframe src='javascript:x()'></iframe>", "", "javascript"),
    ] {
        let result = rewritten(before);
        assert_eq!(result.html, after, "{before}");
        assert!(result.notes.join(";").contains(note), "{before}: {:?}", result.notes);
    }
}

#[test]
fn a_head_tells_title_and_state() {
    let page = "<html><head><title>A &amp; B</title><meta name=\"workflow_state\" content=\"unpublished\"/></head><body/></html>";
    assert_eq!(head(page), Head { title: "A & B".to_owned(), published: false });
    assert_eq!(head("<p>no head</p>"), Head { title: String::new(), published: true });
}

#[test]
fn hostile_html_neither_hangs_nor_panics() {
    let deep = format!("{}x", "<div>".repeat(200_000));
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=1")).collect();
    for html in
        [deep, format!("<p{attributes}>x</p>"), "<".repeat(100_000), "<a href=\"".to_owned(), "</".repeat(100_000)]
    {
        drop(rewrite(&html, "x", &references()));
        drop(head(&html));
    }
}
