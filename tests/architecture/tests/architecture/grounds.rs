//! The grounds that an organisation's colour must be readable on are those of the pages.

use stoa_domain::organisation::{DARK_GROUNDS, LIGHT_GROUNDS};

#[test]
fn a_colour_is_held_against_the_grounds_that_pages_have() {
    let read = |path: &str| std::fs::read_to_string(crate::root().join(path)).expect("source");
    let tokens = read("web/src/styles/tokens.css");
    for (token, light, dark) in [
        ("--paper", LIGHT_GROUNDS[0], DARK_GROUNDS[0]),
        ("--surface", LIGHT_GROUNDS[1], DARK_GROUNDS[1]),
        ("--sunk", LIGHT_GROUNDS[2], DARK_GROUNDS[2]),
    ] {
        let line = format!("{token}: light-dark({light}, {dark});");
        assert!(tokens.contains(&line), "tokens.css has another {token} than the domain: {line}");
    }
    let page = read("web/src/ui/accent.ts");
    for ground in LIGHT_GROUNDS.iter().chain(&DARK_GROUNDS) {
        assert!(page.contains(&format!("'{ground}'")), "accent.ts does not know {ground}");
    }
}
