//! A well-made archive with any manifest, questions and page in it, so that the fuzzer spends its time behind the zip.
//! The input is three texts with a form feed between them.
#![no_main]

#[path = "../../../shared/cartridge/tests/package/whole.rs"]
mod whole;

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use stoa_cartridge::Package;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const NAMES: [&str; 3] = ["imsmanifest.xml", "q.xml", "wiki_content/p.html"];

fn packed(input: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in NAMES.into_iter().zip(input.splitn(NAMES.len(), |byte| *byte == 0x0c)) {
        archive.start_file(name, stored).expect("the names differ");
        archive.write_all(bytes).expect("memory takes it");
    }
    archive.finish().expect("memory takes it").into_inner()
}

fuzz_target!(|input: &[u8]| {
    let bytes = packed(input);
    if let Ok(cartridge) = Package::from_bytes(&bytes).and_then(|mut package| package.cartridge()) {
        whole::check(&bytes, &cartridge);
    }
});
