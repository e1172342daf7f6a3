//! Whatever the bytes: an answer, never a panic; and a package that is read is read whole.

use super::packing::{add, finished, manifest, packed, page, writer};
use super::whole;
use proptest::prelude::*;
use stoa_cartridge::Package;

fn read(bytes: &[u8]) {
    if let Ok(mut package) = Package::from_bytes(bytes)
        && let Ok(cartridge) = package.cartridge()
    {
        cartridge.files.iter().for_each(|file| drop(package.bytes(file)));
    }
}

fn quiz(questions: &str) -> Vec<u8> {
    let manifest = manifest(
        "<item identifier='i' identifierref='q'><title>Quiz</title></item>",
        "<resource identifier='q' type='imsqti_xmlv1p2/imscc_xmlv1p1/assessment'><file href='q.xml'/></resource>",
    );
    let quiz = format!("<questestinterop><assessment ident='a' title='A'>{questions}</assessment></questestinterop>");
    packed(&[("imsmanifest.xml", manifest.as_bytes()), ("q.xml", quiz.as_bytes())])
}

/// Elements of QTI in any order and nesting, well-formed.
fn qti() -> impl Strategy<Value = String> {
    let names = "item|section|presentation|material|mattext|response_lid|response_label|resprocessing|respcondition|conditionvar|and|or|not|varequal|vargte|varlte|setvar|qtimetadata|qtimetadatafield|fieldlabel|fieldentry|itemmetadata|selection_ordering|selection|selection_number";
    let leaf = "[a-z0-9. -]{0,8}|question_type|multiple_answers_question|numerical_question|points_possible";
    leaf.prop_recursive(8, 64, 6, move |inner| {
        (names, "[a-c]{0,2}", proptest::collection::vec(inner, 0..6)).prop_map(|(name, ident, parts)| {
            format!("<{name} ident='{ident}' varname='SCORE' action='Add'>{}</{name}>", parts.concat())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        read(&bytes);
        read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
    }

    #[test]
    fn a_package_with_flipped_bytes_never_panics(flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = page("<p>Hello <a href='$WIKI_REFERENCE$/pages/p'>you</a></p>");
        for (at, value) in flips {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        read(&bytes);
    }

    #[test]
    fn a_manifest_with_flipped_bytes_is_refused_or_read_whole(flips in proptest::collection::vec((any::<prop::sample::Index>(), "[<>/'a-z=&; ]"), 1..6)) {
        let mut xml = manifest(
            "<item identifier='s'><title>S</title><item identifier='i' identifierref='r'><title>P</title></item></item>",
            "<resource identifier='r' type='webcontent' href='p.html'><file href='p.html'/></resource>",
        ).into_bytes();
        for (at, value) in flips {
            let at = at.index(xml.len());
            xml[at] = value.as_bytes()[0];
        }
        let bytes = packed(&[("imsmanifest.xml", &xml), ("p.html", b"<p>x</p>")]);
        if let Ok(cartridge) = Package::from_bytes(&bytes).and_then(|mut package| package.cartridge()) {
            whole::check(&bytes, &cartridge);
        }
    }

    #[test]
    fn any_html_is_read_whole(html in "(<(a|img|p|iframe|video|title|script|svg|table|select)( (href|src|style|alt)=('[^']{0,12}'|\"\\$IMS-CC-FILEBASE\\$/[a-z.%]{0,6}\"|x))?>|</(a|p|script|svg)>|[a-z&;<!é-]{0,6}){0,20}") {
        whole::read(&page(&html));
    }

    #[test]
    fn any_quiz_is_read_whole(questions in qti()) {
        whole::read(&quiz(&questions));
    }

    #[test]
    fn any_names_of_files_are_accounted_for(names in proptest::collection::hash_set("[a-z./\\\\:é%$]{1,12}", 1..8)) {
        let mut writer = writer();
        add(&mut writer, "imsmanifest.xml", manifest("", "").as_bytes());
        names.iter().filter(|name| !name.ends_with('/')).for_each(|name| add(&mut writer, name, b"x"));
        whole::read(&finished(writer));
    }
}
