//! What a URL in a package's HTML means: one of its files, one of its nodes, somewhere else, or nothing.

use crate::text::percent_decoded;
use std::collections::HashMap;

/// Everything a reference can point at.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// Path to file identifier.
    pub(crate) files: HashMap<String, String>,
    /// Path to the node made of it.
    pub(crate) pages: HashMap<String, String>,
    /// Package identifier to node.
    pub(crate) nodes: HashMap<String, String>,
    /// Package identifier of a resource to file identifier.
    pub(crate) resources: HashMap<String, String>,
}

/// What a URL means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Rewritten: `asset:ID` or `node:ID`.
    Inside(String),
    /// To be left as it is.
    Outside,
    /// It points into the package, or into the system the package came from, at nothing we have.
    Lost,
}

/// Whether the URL is absolute and of the web.
pub(crate) fn is_web(url: &str) -> bool {
    let scheme = url.trim_start().split("://").next().unwrap_or_default();
    url.contains("://") && (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
}

impl References {
    /// What `url`, found in the document at `base`, means.
    pub(crate) fn meaning(&self, url: &str, base: &str) -> Meaning {
        let url = url.trim();
        if url.is_empty() || url.starts_with('#') || is_web(url) || url.starts_with("//") {
            return Meaning::Outside;
        }
        let decoded = percent_decoded(url.split(['?', '#']).next().unwrap_or_default());
        if let Some((token, rest)) = decoded.strip_prefix('$').and_then(|rest| rest.split_once('$')) {
            return self.canvas(token, rest.trim_start_matches('/'));
        }
        match url.split_once(':') {
            Some((scheme, _)) if !scheme.contains(['/', '?', '#', '.']) => {
                let harmless = ["mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
                if harmless { Meaning::Outside } else { Meaning::Lost }
            }
            _ => self.path(&joined(base, &decoded)),
        }
    }

    fn canvas(&self, token: &str, rest: &str) -> Meaning {
        match token {
            "IMS-CC-FILEBASE" | "1EdTech-CC-FILEBASE" | "CANVAS_COURSE_FILES" => {
                let in_folder = self.path(&joined("web_resources/x", rest));
                if in_folder == Meaning::Lost { self.path(&joined("", rest)) } else { in_folder }
            }
            "WIKI_REFERENCE" => {
                let slug = rest.strip_prefix("pages/").or_else(|| rest.strip_prefix("wiki/")).unwrap_or(rest);
                let page = self.path(&format!("wiki_content/{slug}.html"));
                if page == Meaning::Lost { self.object(slug) } else { page }
            }
            "CANVAS_OBJECT_REFERENCE" | "CANVAS_COURSE_REFERENCE" => {
                let id =
                    rest.rsplit('/').find(|part| !matches!(*part, "" | "download" | "preview")).unwrap_or_default();
                self.object(id)
            }
            _ => Meaning::Lost,
        }
    }

    fn object(&self, id: &str) -> Meaning {
        let node = self.nodes.get(id).map(|node| format!("node:{node}"));
        let file = || self.resources.get(id).map(|file| format!("asset:{file}"));
        node.or_else(file).map_or(Meaning::Lost, Meaning::Inside)
    }

    fn path(&self, path: &str) -> Meaning {
        let node = self.pages.get(path).map(|node| format!("node:{node}"));
        let file = || self.files.get(path).map(|file| format!("asset:{file}"));
        node.or_else(file).map_or(Meaning::Lost, Meaning::Inside)
    }
}

/// `relative` as seen from the document at `base`; it cannot leave the package.
fn joined(base: &str, relative: &str) -> String {
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = if relative.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_understood_in_every_spelling() {
        let map =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let references = References {
            files: map(&[("web_resources/a b/c.png", "f1"), ("pics/d.png", "f2")]),
            pages: map(&[("wiki_content/what-is.html", "n1"), ("unit/two.html", "n2")]),
            nodes: map(&[("quiz1", "n3"), ("mod1", "n4")]),
            resources: map(&[("res1", "f1")]),
        };
        for (url, base, wanted) in [
            ("$IMS-CC-FILEBASE$/a%20b/c.png", "x.html", Some("asset:f1")),
            ("%24IMS-CC-FILEBASE%24/a%20b/c.png?canvas_download=1&canvas_qs_wrap=1", "x.html", Some("asset:f1")),
            ("$IMS-CC-FILEBASE$/../pics/d.png", "x.html", Some("asset:f2")),
            ("$IMS-CC-FILEBASE$/pics/d.png", "x.html", Some("asset:f2")),
            ("$WIKI_REFERENCE$/pages/what-is", "x.html", Some("node:n1")),
            ("%24WIKI_REFERENCE%24/pages/what-is#top", "x.html", Some("node:n1")),
            ("$CANVAS_OBJECT_REFERENCE$/quizzes/quiz1", "x.html", Some("node:n3")),
            ("$CANVAS_OBJECT_REFERENCE$/modules/mod1", "x.html", Some("node:n4")),
            ("$CANVAS_COURSE_REFERENCE$/files/res1/download", "x.html", Some("asset:f1")),
            ("two.html", "unit/one.html", Some("node:n2")),
            ("../pics/./d.png", "unit/one.html", Some("asset:f2")),
            ("../../../../pics/d.png", "unit/one.html", Some("asset:f2")),
        ] {
            assert_eq!(references.meaning(url, base), Meaning::Inside(wanted.unwrap_or_default().to_owned()), "{url}");
        }
        for url in ["https://example.com/a$b$", "HTTP://x.y", "mailto:a@b.c", "#top", "", "//cdn.example.com/x"] {
            assert_eq!(references.meaning(url, "x.html"), Meaning::Outside, "{url}");
        }
        for url in
            ["$IMS-CC-FILEBASE$/no.png", "$NEW$/x", "javascript:alert(1)", "data:image/png;base64,AA", "no.html", "$"]
        {
            assert_eq!(references.meaning(url, "x.html"), Meaning::Lost, "{url}");
        }
    }
}
