//! Packages made for a test.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A writer of archives in memory.
pub type Writer = ZipWriter<Cursor<Vec<u8>>>;

pub fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

pub fn writer() -> Writer {
    ZipWriter::new(Cursor::new(Vec::new()))
}

pub fn add(writer: &mut Writer, path: &str, bytes: &[u8]) {
    writer.start_file(path, deflated()).expect("is a new name");
    writer.write_all(bytes).expect("memory takes it");
}

pub fn finished(writer: Writer) -> Vec<u8> {
    writer.finish().expect("memory takes it").into_inner()
}

pub fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = writer();
    files.iter().for_each(|(path, bytes)| add(&mut writer, path, bytes));
    finished(writer)
}

pub fn manifest(items: &str, resources: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><manifest identifier=\"m\"><metadata><lom><general><title><string>A course</string></title>
        <language>en</language></general></lom></metadata><organizations><organization><item identifier=\"root\">{items}</item>
        </organization></organizations><resources>{resources}</resources></manifest>"
    )
}

/// A package with one page, which is module item `i`, resource `r`.
pub fn page(html: &str) -> Vec<u8> {
    let manifest = manifest(
        "<item identifier='s'><title>Section</title><item identifier='i' identifierref='r'><title>Page</title></item></item>",
        "<resource identifier='r' type='webcontent' href='wiki_content/p.html'><file href='wiki_content/p.html'/></resource>",
    );
    packed(&[("imsmanifest.xml", manifest.as_bytes()), ("wiki_content/p.html", html.as_bytes())])
}

/// Replaces the one spelling by another of the same length, wherever it occurs.
pub fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = (0..=bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert!(!places.is_empty());
    places.iter().for_each(|at| bytes[*at..*at + to.len()].copy_from_slice(to));
    bytes
}
