//! Any bytes at all as a package: an answer, never a panic; and what is read is read whole.
#![no_main]

#[path = "../../../shared/cartridge/tests/package/whole.rs"]
mod whole;

use libfuzzer_sys::fuzz_target;
use stoa_cartridge::Package;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut package) = Package::from_bytes(bytes) else { return };
    let Ok(cartridge) = package.cartridge() else { return };
    whole::check(bytes, &cartridge);
    cartridge.files.iter().for_each(|file| drop(package.bytes(file)));
});
