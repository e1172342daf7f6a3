use super::*;

/// What may stand in clean HTML, checked with a reader of its own: no element, attribute or address beyond the list.
fn assert_harmless(html: &str, clean: &str) {
    let mut rest = clean;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at + 1..];
        let end = tag.find('>').unwrap_or_else(|| panic!("{html:?} gave an open tag: {clean:?}"));
        let tag_text = &tag[..end];
        rest = &tag[end + 1..];
        let name: String = tag_text.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let own = ELEMENTS.iter().find(|(element, _)| *element == name);
        let (_, own) = own.unwrap_or_else(|| panic!("{html:?} gave <{name}>: {clean:?}"));
        // Values are always in double quotes, so outside of them stand names.
        for (at, part) in tag_text.split('"').enumerate() {
            if at % 2 == 0 {
                let attribute = part.trim_start_matches(['/', ' ']).trim_end_matches('=');
                let attribute = attribute.strip_prefix(name.as_str()).unwrap_or(attribute).trim();
                let known = attribute.is_empty() || own.contains(&attribute) || ATTRIBUTES.contains(&attribute);
                assert!(known || (name == "a" && attribute == "rel"), "{html:?} gave {attribute:?}: {clean:?}");
            }
        }
    }
    let folded = clean.to_ascii_lowercase();
    for address in ["href=\"javascript", "href=\"data", "href=\"vbscript", "src=\"http", "src=\"data", "src=\"//"] {
        assert!(!folded.contains(address), "{html:?} gave {clean:?}");
    }
}

#[test]
fn prose_stays_as_it_is() {
    for html in [
        "<p>a &amp; b<br>c</p>",
        "<h2>Title</h2><ul><li>one</li><li value=\"3\">two</li></ul>",
        "<ol start=\"3\" reversed=\"\"><li>x</li></ol>",
        "<table><caption>T</caption><thead><tr><th scope=\"col\" colspan=\"2\">A</th></tr></thead><tbody><tr><td rowspan=\"2\">1</td></tr></tbody></table>",
        "<pre><code>fn main() {\n    &lt;T&gt;\n}</code></pre>",
        "<p lang=\"de\" dir=\"ltr\" title=\"t\">x<sub>2</sub></p>",
        "<figure><img src=\"asset:a1\" alt=\"A cat\" width=\"10\" height=\"20\"><figcaption>c</figcaption></figure>",
        "<a href=\"asset:f-1_x\" rel=\"noopener noreferrer\">file</a>",
        "<a href=\"node:n1\" rel=\"noopener noreferrer\">page</a>",
        "<a href=\"https://example.org/?a=1&amp;b=2\" rel=\"noopener noreferrer\">web</a>",
        "<a href=\"mailto:a@example.org\" rel=\"noopener noreferrer\">mail</a>",
        "<details open=\"\"><summary>s</summary>d</details>",
        "plain text with \u{e4} and \u{1f600}",
        "",
    ] {
        assert_eq!(sanitise(html), html);
    }
}

#[test]
fn what_is_not_in_the_list_goes_and_its_text_stays() {
    for (html, clean) in [
        ("<p style=\"color:red\" class=\"c\" id=\"i\" onclick=\"x()\" data-x=\"1\">a</p>", "<p>a</p>"),
        ("<font color=red>a</font><center>b</center><blink>c</blink>", "abc"),
        ("<form action=/x><label>Name</label><input name=a value=b><button>Go</button></form>", "Name"),
        ("a<!-- b --><![CDATA[ c ]]>d", "ad"),
        ("<script>x()</script>a<style>b{}</style>", "a"),
        (
            "<a href=\"/relative\">t</a><a href=\"#part\">u</a>",
            "<a rel=\"noopener noreferrer\">t</a><a rel=\"noopener noreferrer\">u</a>",
        ),
        (
            "<a href=\"https://e.org\" target=\"_blank\" rel=\"opener\">t</a>",
            "<a href=\"https://e.org\" rel=\"noopener noreferrer\">t</a>",
        ),
        ("a<math><msup><mi>x</mi><mn>2</mn></msup></math>b", "ab"),
        ("<svg><text>x</text><circle r=1></svg>a", "a"),
    ] {
        assert_eq!(sanitise(html), clean, "{html}");
    }
}

#[test]
fn what_is_embedded_from_elsewhere_becomes_a_link() {
    let link = |href: &str, text: &str| format!("<a href=\"{href}\" rel=\"noopener noreferrer\">{text}</a>");
    for (html, clean) in [
        (
            "<iframe src=\"https://e.org/v?a=1&amp;b=2\" title=\"Film\">x</iframe>",
            link("https://e.org/v?a=1&amp;b=2", "Film"),
        ),
        ("<iframe src='//e.org/v'></iframe>", link("https://e.org/v", "//e.org/v")),
        ("<img src=\"http://e.org/a.png\" alt=\"A cat\">", link("http://e.org/a.png", "A cat")),
        ("<img src='https://e.org/a\"b.png' alt='<b>&amp;'>", link("https://e.org/a&quot;b.png", "&lt;b&gt;&amp;")),
        (
            "<a href=\"https://e.org\"><img src=\"https://e.org/a.png\" alt=\"A cat\"></a>",
            link("https://e.org", "A cat"),
        ),
        ("<video src=\"asset:v1\" title=\"Talk\">no video</video>", link("asset:v1", "Talk") + "no video"),
        (
            "<video controls><source src=\"https://e.org/v.mp4\"></video>",
            link("https://e.org/v.mp4", "https://e.org/v.mp4"),
        ),
        (
            "<object data=\"https://e.org/a.pdf\" title=\"Paper\"><p>fallback</p></object>",
            link("https://e.org/a.pdf", "Paper") + "<p>fallback</p>",
        ),
        ("<embed src=\"https://e.org/a.swf\">", link("https://e.org/a.swf", "https://e.org/a.swf")),
        ("<iframe src=\"javascript:alert(1)\" title=\"x\"></iframe>a", "a".to_owned()),
        ("<iframe srcdoc=\"<script>x()</script>\"></iframe>a", "a".to_owned()),
    ] {
        assert_eq!(sanitise(html), clean, "{html}");
    }
}

#[test]
fn a_picture_is_a_file_of_the_course_and_has_a_text() {
    for (html, clean) in [
        ("<img src=\"asset:a1\">", "<img src=\"asset:a1\" alt=\"\">"),
        ("<img src=\"asset:../x\" alt=\"t\">", "t"),
        ("<img src=\"data:image/png;base64,AAAA\" alt=\"A cat\">", "A cat"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<img srcset=\"https://e.org/a.png 2x\" src=\"asset:a1\" alt=\"\">", "<img src=\"asset:a1\" alt=\"\">"),
    ] {
        assert_eq!(sanitise(html), clean, "{html}");
    }
}

/// Attacks from the collections that circulate, one of a kind.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script\t\n>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>",
    "<img src=\"asset:a\" onerror=\"alert(1)\" onload=alert(1)>",
    "<img \"\"\"><script>alert(1)</script>\">",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script xlink:href=data:,alert(1) />",
    "<svg><animate attributeName=href values=javascript:alert(1) /><a id=x><text x=20 y=20>x</text></a>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><mtext><option><FAKEFAKE><option></option><mglyph><svg><mtext><style><a title=\"</style><img src=x onerror=alert(1)>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\">",
    "<listing>&lt;img src=1 onerror=alert(1)&gt;</listing>",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
    "<title><p title=\"</title><img src=x onerror=alert(1)>\">",
    "<select><template><style><img src=x onerror=alert(1)></style></template></select>",
    "<template><script>alert(1)</script></template>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<table><td><svg><desc><table><td><img src=x onerror=alert(1)></td></table></desc></svg>",
    "<p id=\"<img src=x onerror=alert(1)>\">x</p>",
    "<p title=\"&quot;><img src=x onerror=alert(1)>\">x</p>",
    "<p title='`onmouseover=alert(1)'>x</p>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" javascript:alert(1)\">x</a>",
    "<a href=\"java\nscript:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=\"&#106;avascript:alert(1)\">x</a>",
    "<a href=\"&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)\">x</a>",
    "<a href=\"javascript&colon;alert(1)\">x</a>",
    "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
    "<a href=\"\u{1}javascript:alert(1)\">x</a>",
    "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"blob:https://x/1\">x</a><a href=\"file:///etc/passwd\">y</a>",
    "<a href=\"asset:x/../../y\">x</a><a href=\"node:\">y</a><a href=\"as\tset:a\">z</a>",
    "<a href=\"//evil.test\">x</a>",
    "<a href=\"https://e.org\" onclick=alert(1) ping=//evil.test>x</a>",
    "<base href=\"//evil.test/\"><a href=\"x\">x</a>",
    "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">",
    "<link rel=stylesheet href=//evil.test/x.css>",
    "<style>@import '//evil.test/x.css';</style>",
    "<p style=\"background:url(javascript:alert(1))\">x</p>",
    "<object data=\"data:text/html,<script>alert(1)</script>\"></object>",
    "<embed src=\"javascript:alert(1)\">",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<iframe src=\"https://e.org\" title=\"&lt;script&gt;alert(1)&lt;/script&gt;\"></iframe>",
    "<iframe src=\"https://e.org/&quot;onclick=alert(1)&quot;\" title='\" onclick=\"alert(1)'></iframe>",
    "<img src=\"https://e.org\" alt=\"</a><script>alert(1)</script>\">",
    "<img src='https://e.org/\" onload=\"alert(1)' alt=''>",
    "<video poster=javascript:alert(1) src=javascript:alert(1) onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<body onload=alert(1)><frameset onload=alert(1)>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<isindex action=javascript:alert(1)>",
    "<?php echo 1 ?><?xml-stylesheet href=javascript:alert(1)?>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<div><p><b><div></p><i></b></div><table><a href=https://e.org><td></a>x",
    "<a><table><a><a></table><p><a>",
    "<b><p><b><p><b><p>x",
    "<p>\u{0}<scr\u{0}ipt>alert(1)</scr\u{0}ipt>",
    "<\u{0}script>alert(1)</script>",
    "<a\u{0} href=javascript:alert(1)>x</a>",
    "<x/onmouseover=alert(1)>x</x>",
    "<a href=https://e.org?<script>alert(1)</script>>x</a>",
    "<<script>alert(1)//<</script>",
    "</p></div></td></script></style>--></textarea><script>alert(1)</script>",
    "<pre>\n\n\nx</pre>",
    "<img name=getElementById><form id=x name=cookie><input name=parentNode></form>",
    "<p lang=\"x\" lang=\"y\" onclick=a onclick=b>x",
    "<a href=https://e.org title=\"<!--\">x</a><p title=\"--><img src=x onerror=alert(1)>\">",
];

#[test]
fn attacks_leave_nothing_behind_but_text() {
    for html in HOSTILE {
        assert_harmless(html, &sanitise(html));
    }
}

#[test]
fn what_is_clean_stays_as_it_is_to_the_byte() {
    for html in HOSTILE {
        let once = sanitise(html);
        assert_eq!(sanitise(&once), once, "{html}");
        assert_eq!(pass(&once), once, "{html}");
    }
}

#[test]
fn attacks_inside_one_another_leave_nothing_behind_either() {
    for outer in HOSTILE.iter().step_by(3) {
        for inner in HOSTILE.iter().step_by(2) {
            let html = format!("<p>{outer}<table>{inner}</table>{outer}");
            let clean = sanitise(&html);
            assert_harmless(&html, &clean);
            assert_eq!(sanitise(&clean), clean, "{html}");
        }
    }
}

#[test]
fn html_that_nests_without_end_is_cleaned_and_not_a_crash() {
    for part in [
        "<b>",
        "<div>",
        "<table><tr><td>",
        "<a href=https://e.org>",
        "<p><i>",
        "<svg>",
        "<math><mi>",
        "<img>",
        "&",
        "<!",
    ] {
        let html = part.repeat(20_000 / part.len());
        let clean = sanitise(&html);
        assert_harmless(&html[..part.len()], &clean);
    }
}
