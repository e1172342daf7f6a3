//! What must hold of every package that can be read.

use lol_html::{RewriteStrSettings, element, rewrite_str};
use std::collections::{HashMap, HashSet};
use stoa_cartridge::{Block, Cartridge, Key, NodeKind, Package, RowKind};

/// Reads a package and checks everything that must hold.
pub fn read(bytes: &[u8]) -> Cartridge {
    let cartridge = Package::from_bytes(bytes).expect("opens").cartridge().expect("is read");
    check(bytes, &cartridge);
    cartridge
}

pub fn check(bytes: &[u8], cartridge: &Cartridge) {
    the_outline_is_a_tree_in_pre_order(cartridge);
    every_reference_leads_somewhere(cartridge);
    every_key_fits_its_question(cartridge);
    every_file_has_one_row(bytes, cartridge);
    every_identifier_of_the_manifest_has_a_row(bytes, cartridge);
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.as_bytes()[0].is_ascii_alphanumeric()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn the_outline_is_a_tree_in_pre_order(cartridge: &Cartridge) {
    let mut positions: HashMap<Option<&str>, u32> = HashMap::new();
    let mut open: Vec<&str> = Vec::new();
    let mut seen = HashSet::new();
    for node in &cartridge.nodes {
        assert!(is_id(&node.id) && seen.insert(&node.id), "{}", node.id);
        assert!(!node.title.is_empty() && node.title.chars().count() <= 200);
        while open.last().copied() != node.parent.as_deref() && open.pop().is_some() {}
        assert_eq!(open.last().copied(), node.parent.as_deref(), "{} stands outside its parent", node.id);
        open.push(&node.id);
        assert!(open.len() <= stoa_cartridge::limits::NODE_DEPTH_MAX);
        let position = positions.entry(node.parent.as_deref()).or_default();
        assert_eq!(node.position, *position);
        *position += 1;
        assert_eq!(node.assessment.is_some(), node.kind == NodeKind::Assessment);
        assert!(node.items.is_empty() || node.kind == NodeKind::Assessment);
    }
}

fn every_reference_leads_somewhere(cartridge: &Cartridge) {
    let nodes: HashSet<&str> = cartridge.nodes.iter().map(|node| node.id.as_str()).collect();
    let files: HashSet<&str> = cartridge.files.iter().map(|file| file.id.as_str()).collect();
    assert_eq!(files.len(), cartridge.files.len());
    assert!(files.iter().all(|id| is_id(id)));
    let html = |html: &str| {
        for (prefix, known) in [("\"asset:", &files), ("\"node:", &nodes)] {
            for found in html.split(prefix).skip(1) {
                let id = found.split('"').next().unwrap_or_default();
                assert!(known.contains(id), "{prefix}{id}");
            }
        }
        no_tag_keeps_a_token(html);
    };
    for node in &cartridge.nodes {
        for block in &node.blocks {
            match block {
                Block::Html { html: text } => html(text),
                Block::Image { asset, .. } | Block::File { asset, .. } => {
                    assert!(files.contains(asset.as_str()))
                }
                Block::Link { url, .. } => assert!(url.to_ascii_lowercase().starts_with("http")),
            }
        }
        for item in &node.items {
            html(&item.prompt_html);
            item.choices.iter().for_each(|choice| html(&choice.html));
        }
    }
}

/// Asks a parser what is a tag: the same letters as text, or in a tag that never ends, are what the author wrote.
fn no_tag_keeps_a_token(html: &str) {
    let led = element!("*", |element| {
        for name in ["src", "href"] {
            let value = element.get_attribute(name).unwrap_or_default();
            assert!(!value.starts_with('$') && !value.starts_with("%24"), "{name}={value:?} in {html}");
        }
        Ok(())
    });
    rewrite_str(html, RewriteStrSettings::new().append_element_content_handler(led)).expect("it is HTML");
}

fn every_key_fits_its_question(cartridge: &Cartridge) {
    let mut seen = HashSet::new();
    for node in &cartridge.nodes {
        for (position, item) in node.items.iter().enumerate() {
            assert!(is_id(&item.id) && seen.insert(&item.id));
            assert_eq!(item.position as usize, position);
            assert!(!item.prompt_html.trim().is_empty());
            let choices: HashSet<&str> = item.choices.iter().map(|choice| choice.id.as_str()).collect();
            assert!(choices.len() == item.choices.len() && choices.iter().all(|id| is_id(id)));
            match &item.key {
                Some(Key::Correct(right)) => {
                    assert!(!right.is_empty() && right.iter().all(|id| choices.contains(id.as_str())))
                }
                Some(Key::Ranges(ranges)) => assert!(!ranges.is_empty() && choices.is_empty()),
                None => assert!(choices.is_empty()),
            }
        }
    }
}

fn every_file_has_one_row(bytes: &[u8], cartridge: &Cartridge) {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("is a zip");
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).expect("is an entry");
        if entry.is_dir() {
            continue;
        }
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let rows = cartridge.report.rows.iter().filter(|row| row.kind == RowKind::File && row.id == name);
        assert_eq!(rows.count(), 1, "{name}");
    }
}

fn every_identifier_of_the_manifest_has_a_row(bytes: &[u8], cartridge: &Cartridge) {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("is a zip");
    for path in ["imsmanifest.xml", "course_settings/module_meta.xml"] {
        let mut text = String::new();
        let read = zip.by_name(path).map(|mut file| std::io::Read::read_to_string(&mut file, &mut text));
        let Ok(Ok(_)) = read else { continue };
        let Ok(document) = roxmltree::Document::parse(&text) else {
            continue;
        };
        for node in document.descendants() {
            let kinds: &[RowKind] = match node.tag_name().name() {
                "resource" => &[RowKind::Resource],
                "module" => &[RowKind::Module],
                "item"
                    if node.descendants().any(|part| part.tag_name().name() == "title")
                        && node.attribute("identifier") != Some("root")
                        && is_in_an_outline(node) =>
                {
                    &[RowKind::Module, RowKind::ModuleItem]
                }
                _ => continue,
            };
            let id = node.attribute("identifier").unwrap_or_default();
            // The untitled item at the root of an organisation is no thing of its own.
            let is_wrapper =
                node.tag_name().name() == "item" && !node.children().any(|part| part.tag_name().name() == "title");
            let found = cartridge.report.rows.iter().any(|row| kinds.contains(&row.kind) && row.id == id);
            assert!(found || is_wrapper, "{kinds:?} {id}");
        }
    }
}

/// An item counts where its ancestors are items, up to the list or the organisation that holds them.
fn is_in_an_outline(item: roxmltree::Node<'_, '_>) -> bool {
    let holder = item.ancestors().find(|above| above.tag_name().name() != "item");
    holder.is_some_and(|holder| matches!(holder.tag_name().name(), "organization" | "items"))
}
