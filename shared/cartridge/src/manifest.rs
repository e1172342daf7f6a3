//! `imsmanifest.xml`: what the package calls itself, its outline and its resources.

use crate::refused::Refused;
use crate::text::percent_decoded;
use crate::xml::Elements;
use roxmltree::Node;

/// The manifest, as written; nothing is resolved yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) language: Option<String>,
    /// In pre-order.
    pub(crate) items: Vec<OutlineItem>,
    pub(crate) resources: Vec<Resource>,
}

/// An item of the organisation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutlineItem {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) target: Option<String>,
    pub(crate) depth: usize,
    pub(crate) has_children: bool,
}

/// A resource.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) href: Option<String>,
    pub(crate) files: Vec<String>,
    pub(crate) dependencies: Vec<String>,
    /// The better resource that this one is the plain copy of.
    pub(crate) variant_of: Option<String>,
}

/// Reads the manifest.
pub(crate) fn read(root: Node<'_, '_>) -> Result<Manifest, Refused> {
    if root.tag_name().name() != "manifest" {
        return Err(Refused::NotAManifest);
    }
    let general = root.one("metadata").and_then(|metadata| metadata.one("lom")).and_then(|lom| lom.one("general"));
    // Wherever they stand: a package may hold several organisations, and manifests within its manifest.
    let anywhere = |name: &'static str| root.descendants().filter(move |node| node.tag_name().name() == name);
    Ok(Manifest {
        id: root.attribute("identifier").unwrap_or_default().to_owned(),
        title: general
            .and_then(|general| general.text_of("title"))
            .or_else(|| anywhere("organization").find_map(|organization| organization.text_of("title")))
            .unwrap_or_default(),
        language: general.and_then(|general| general.text_of("language")),
        items: anywhere("organization").flat_map(outline).collect(),
        resources: anywhere("resource").map(resource).collect(),
    })
}

/// The items below the untitled one that Common Cartridge puts at the root.
fn outline(organization: Node<'_, '_>) -> Vec<OutlineItem> {
    let tops: Vec<_> = organization.all("item").collect();
    let mut items = Vec::new();
    for top in &tops {
        let is_wrapper = tops.len() == 1 && top.attribute("identifierref").is_none() && top.text_of("title").is_none();
        if is_wrapper {
            top.all("item").for_each(|item| collect(item, 0, &mut items));
        } else {
            collect(*top, 0, &mut items);
        }
    }
    items
}

/// Recursion ends with the document: its depth is limited.
fn collect(item: Node<'_, '_>, depth: usize, items: &mut Vec<OutlineItem>) {
    items.push(OutlineItem {
        id: item.attribute("identifier").unwrap_or_default().to_owned(),
        title: item.text_of("title").unwrap_or_default(),
        target: item.attribute("identifierref").map(str::to_owned),
        depth,
        has_children: item.one("item").is_some(),
    });
    item.all("item").for_each(|child| collect(child, depth + 1, items));
}

fn resource(node: Node<'_, '_>) -> Resource {
    let path = |node: Node<'_, '_>| node.attribute("href").map(str::to_owned);
    Resource {
        id: node.attribute("identifier").unwrap_or_default().to_owned(),
        kind: node.attribute("type").unwrap_or_default().to_ascii_lowercase(),
        href: path(node),
        files: node.all("file").filter_map(path).collect(),
        dependencies: node
            .all("dependency")
            .filter_map(|node| node.attribute("identifierref"))
            .map(str::to_owned)
            .collect(),
        variant_of: node.one("variant").and_then(|node| node.attribute("identifierref")).map(str::to_owned),
    }
}

impl Resource {
    /// Every path the resource names, once.
    pub(crate) fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = self.href.iter().chain(&self.files).map(String::as_str).collect();
        let mut seen = std::collections::HashSet::new();
        paths.retain(|path| seen.insert(*path));
        paths
    }

    /// The file that is the resource: its `href`, or the first it lists.
    pub(crate) fn main(&self) -> Option<&str> {
        self.href.as_deref().or_else(|| self.files.first().map(String::as_str))
    }
}

/// Replaces each path by the name the file has in the archive, where only its escapes differ.
pub(crate) fn match_paths(manifest: &mut Manifest, has: impl Fn(&str) -> bool) {
    let matched = |path: &mut String| {
        let decoded = percent_decoded(path);
        if !has(path) && has(&decoded) {
            *path = decoded;
        }
    };
    for resource in &mut manifest.resources {
        resource.href.iter_mut().chain(&mut resource.files).for_each(matched);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_is_read_in_pre_order_without_its_wrapper() {
        let xml = "<manifest identifier='m'><organizations><organization><item identifier='root'>
            <item identifier='a'><title>A</title><item identifier='b' identifierref='r'><title> B </title></item></item>
            <item identifier='c' identifierref='r'/></item></organization></organizations>
            <resources><resource identifier='r' type='webcontent' href='p%20q.html'><file href='p%20q.html'/><file href='x'/></resource>
            </resources></manifest>";
        let document = roxmltree::Document::parse(xml).expect("is XML");
        let mut manifest = read(document.root_element()).expect("is a manifest");
        let seen: Vec<_> =
            manifest.items.iter().map(|item| (item.id.as_str(), item.title.as_str(), item.depth)).collect();
        assert_eq!(seen, [("a", "A", 0), ("b", "B", 1), ("c", "", 0)]);
        match_paths(&mut manifest, |path| path == "p q.html");
        assert_eq!(manifest.resources[0].paths(), ["p q.html", "x"]);
    }
}
