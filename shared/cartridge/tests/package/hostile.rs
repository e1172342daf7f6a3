//! Packages that mean harm: each is a typed error or a refused row.

use super::packing::{add, deflated, finished, manifest, packed, page, patched, writer};
use super::whole;
use std::io::Write;
use stoa_cartridge::{Cartridge, FileRefused, Outcome, Package, Refused, Row, RowKind, XmlRefused};

fn refusal(bytes: &[u8]) -> Refused {
    match Package::from_bytes(bytes).and_then(|mut package| package.cartridge()) {
        Ok(_) => panic!("must be refused"),
        Err(refused) => refused,
    }
}

fn manifest_refusal(xml: &[u8]) -> Refused {
    refusal(&packed(&[("imsmanifest.xml", xml)]))
}

fn row<'a>(cartridge: &'a Cartridge, path: &str) -> &'a Row {
    cartridge.report.rows.iter().find(|row| row.kind == RowKind::File && row.id == path).expect("every file has a row")
}

fn assert_refused(cartridge: &Cartridge, path: &str, why: FileRefused) {
    assert_eq!(row(cartridge, path).outcome, Outcome::Refused { why: why.to_string() }, "{path}");
    assert!(cartridge.files.iter().all(|file| file.path != path));
}

#[test]
fn what_is_no_zip_is_refused() {
    for bytes in [&b""[..], b"PK", b"not a zip", &[0; 100_000]] {
        assert_eq!(refusal(bytes), Refused::NotAZip);
    }
}

#[test]
fn a_package_cut_off_anywhere_is_refused_or_accounted_for() {
    let bytes = page("<p>Hello, this is a page.</p>");
    for length in 0..bytes.len() {
        let cut = &bytes[..length];
        if let Ok(mut package) = Package::from_bytes(cut) {
            drop(package.cartridge());
        }
    }
}

#[test]
fn unsafe_paths_are_refused_and_nothing_else() {
    let mut writer = writer();
    add(&mut writer, "imsmanifest.xml", manifest("", "").as_bytes());
    let paths = ["../up.txt", "a/../../up.txt", "/etc/passwd", "C:/windows.txt", "a/./b.txt"];
    paths.iter().for_each(|path| add(&mut writer, path, b"x"));
    add(&mut writer, "aXb.txt", b"x");
    add(&mut writer, "fine.txt", b"x");
    let bytes = patched(finished(writer), b"aXb.txt", b"a\\b.txt");
    let cartridge = whole::read(&bytes);
    for path in paths.iter().chain(&["a\\b.txt"]) {
        assert_refused(&cartridge, path, FileRefused::UnsafePath);
    }
    assert_eq!(cartridge.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["fine.txt"]);
}

#[test]
fn a_bomb_is_refused_before_it_is_inflated() {
    let mut writer = writer();
    add(&mut writer, "imsmanifest.xml", manifest("", "").as_bytes());
    writer.start_file("bomb.bin", deflated()).expect("is new");
    let zeros = vec![0_u8; 1024 * 1024];
    (0..32).for_each(|_| writer.write_all(&zeros).expect("memory takes it"));
    writer.write_all(&zeros[..0x1_2345]).expect("memory takes it");
    let bytes = finished(writer);
    let cartridge = whole::read(&bytes);
    assert_refused(&cartridge, "bomb.bin", FileRefused::Ratio);
    // The same bomb, declared as a small file: it is stopped at the size it declares.
    let lie = patched(bytes, &0x201_2345_u32.to_le_bytes(), &1_000_000_u32.to_le_bytes());
    assert_refused(&whole::read(&lie), "bomb.bin", FileRefused::Damaged);
}

#[test]
fn a_page_too_large_to_parse_is_refused_and_its_lesson_says_so() {
    let words = "lorem ipsum dolor sit amet ".repeat(400_000);
    let cartridge = whole::read(&page(&words));
    assert!(matches!(row(&cartridge, "wiki_content/p.html").outcome, Outcome::Refused { .. }));
    assert!(cartridge.nodes.iter().all(|node| node.blocks.is_empty()));
}

#[test]
fn a_page_too_large_to_keep_is_left_out_and_its_size_is_named() {
    let cartridge = whole::read(&page(&"<p>lorem ipsum</p>".repeat(20_000)));
    assert!(cartridge.nodes.iter().all(|node| node.blocks.is_empty()));
    let resource = cartridge.report.rows.iter().find(|row| row.id == "r").expect("has a row");
    assert!(matches!(&resource.outcome, Outcome::Degraded { how } if how.contains("360000 bytes")));
}

#[test]
fn too_many_entries_are_refused() {
    let mut writer = writer();
    for index in 0..=stoa_cartridge::limits::ENTRIES_MAX {
        writer.start_file(format!("{index}"), deflated()).expect("is new");
    }
    assert_eq!(refusal(&finished(writer)), Refused::TooManyEntries);
}

#[test]
fn two_files_of_one_name_are_refused() {
    let bytes = packed(&[("imsmanifest.xml", manifest("", "").as_bytes()), ("name-1", b"a"), ("name-2", b"b")]);
    assert_eq!(refusal(&patched(bytes, b"name-2", b"name-1")), Refused::DuplicateNames);
}

#[test]
fn files_that_share_bytes_are_refused() {
    let mut writer = writer();
    add(&mut writer, "imsmanifest.xml", manifest("", "").as_bytes());
    writer.shallow_copy_file("imsmanifest.xml", "again.xml").expect("is written");
    assert_eq!(refusal(&finished(writer)), Refused::OverlappingEntries);
}

#[test]
fn a_symbolic_link_is_refused() {
    let mut writer = writer();
    add(&mut writer, "imsmanifest.xml", manifest("", "").as_bytes());
    writer.add_symlink("link", "/etc/passwd", deflated()).expect("is written");
    assert_refused(&whole::read(&finished(writer)), "link", FileRefused::Symlink);
}

#[test]
fn an_encrypted_file_is_refused_and_an_encrypted_manifest_refuses_the_package() {
    let flagged = |mut bytes: Vec<u8>, name: &[u8]| {
        // The flags stand 38 bytes before the name in the central directory and 24 bytes before it in the local header.
        let places: Vec<usize> = (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(name)).collect();
        bytes[places[0] - 24] |= 1;
        bytes[places[1] - 38] |= 1;
        bytes
    };
    let bytes = packed(&[("imsmanifest.xml", manifest("", "").as_bytes()), ("secret.txt", b"secret")]);
    assert_refused(&whole::read(&flagged(bytes.clone(), b"secret.txt")), "secret.txt", FileRefused::Encrypted);
    assert_eq!(refusal(&flagged(bytes, b"imsmanifest.xml")), Refused::ManifestFile(FileRefused::Encrypted));
}

#[test]
fn a_damaged_file_is_refused() {
    let mut bytes =
        packed(&[("imsmanifest.xml", manifest("", "").as_bytes()), ("data.bin", b"some bytes that will be damaged")]);
    let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(b"data.bin")).expect("is there") + b"data.bin".len();
    bytes[at + 4] ^= 0xFF;
    assert_refused(&whole::read(&bytes), "data.bin", FileRefused::Damaged);
}

#[test]
fn a_manifest_that_is_none_refuses_the_package() {
    assert_eq!(refusal(&packed(&[("other.xml", b"<a/>")])), Refused::ManifestMissing);
    assert_eq!(refusal(&packed(&[("course/imsmanifest.xml", b"<manifest/>")])), Refused::ManifestMissing);
    assert_eq!(manifest_refusal(b"<html/>"), Refused::NotAManifest);
    assert!(matches!(manifest_refusal(b""), Refused::ManifestXml(XmlRefused::Syntax(_))));
    assert!(matches!(manifest_refusal(b"<manifest>"), Refused::ManifestXml(XmlRefused::Syntax(_))));
    assert_eq!(manifest_refusal(b"<manifest>\xC3\x28</manifest>"), Refused::ManifestXml(XmlRefused::Encoding));
}

#[test]
fn entities_and_depth_in_the_manifest_refuse_the_package() {
    let mut laughs = String::from("<!DOCTYPE m [<!ENTITY a0 \"ha\">");
    for level in 1..30 {
        let (below, last) = (format!("&a{};", level - 1).repeat(10), level);
        laughs.push_str(&format!("<!ENTITY a{last} \"{below}\">"));
    }
    laughs.push_str("]><manifest>&a29;</manifest>");
    assert_eq!(manifest_refusal(laughs.as_bytes()), Refused::ManifestXml(XmlRefused::Dtd));
    let deep = format!("<manifest>{}", "<item>".repeat(500_000));
    assert_eq!(manifest_refusal(deep.as_bytes()), Refused::ManifestXml(XmlRefused::TooDeep));
}

#[test]
fn a_manifest_in_utf_16_or_with_a_mark_is_read() {
    let xml = manifest("", "").replace("UTF-8", "UTF-16").replace("A course", "Ein Kürs");
    let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(xml.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(xml.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let marked = [&[0xEF, 0xBB, 0xBF], xml.as_bytes()].concat();
    for bytes in [little, big, marked] {
        let bytes = packed(&[("imsmanifest.xml", &bytes)]);
        assert_eq!(
            Package::from_bytes(&bytes).and_then(|mut package| package.cartridge()).map(|read| read.title),
            Ok("Ein Kürs".to_owned())
        );
    }
}

#[test]
fn identifiers_that_repeat_or_go_in_circles_end() {
    let items = "<item identifier='i' identifierref='i'><title>Itself</title></item>
        <item identifier='i' identifierref='a'><title>Same</title></item><item identifier='j' identifierref='a'><title>Again</title></item>
        <item identifier='' identifierref='x y/../z'><title></title></item>";
    let resource = |id: &str, better: &str, depends: &str| {
        format!(
            "<resource identifier='{id}' type='imsdt_xmlv1p1'><file href='t.xml'/><variant identifierref='{better}'/>
             <dependency identifierref='{depends}'/></resource>"
        )
    };
    let resources = [
        resource("a", "b", "a"),
        resource("b", "a", "b"),
        resource("a", "a", "a"),
        resource("x y/../z", "", ""),
        resource("", "", ""),
    ];
    let manifest = manifest(items, &resources.concat());
    let topic = b"<topic><title>T</title><text texttype='text/plain'>1 &lt; 2</text></topic>";
    let cartridge = whole::read(&packed(&[("imsmanifest.xml", manifest.as_bytes()), ("t.xml", topic)]));
    let refused = cartridge
        .report
        .rows
        .iter()
        .filter(|row| row.kind == RowKind::Resource && matches!(row.outcome, Outcome::Refused { .. }));
    assert_eq!(refused.count(), 2, "the second `a` and the one without a name");
    assert!(cartridge.nodes.len() >= 4);
}

#[test]
fn huge_titles_are_cut_and_deep_outlines_flattened_and_both_are_reported() {
    let title = "é".repeat(100_000);
    let mut items = String::from("<item identifier='leaf' identifierref='r'><title>Leaf</title></item>");
    for level in 0..40 {
        items = format!(
            "<item identifier='l{level}'><title>{}</title>{items}</item>",
            if level == 20 { &title } else { "T" }
        );
    }
    let manifest = manifest(&items, "<resource identifier='r' type='imswl_xmlv1p1'><file href='l.xml'/></resource>");
    let link = b"<webLink><title>L</title><url href='https://example.com/'/></webLink>";
    let cartridge = whole::read(&packed(&[("imsmanifest.xml", manifest.as_bytes()), ("l.xml", link)]));
    let said = |words: &str| {
        cartridge.report.rows.iter().any(|row| matches!(&row.outcome, Outcome::Degraded { how } if how.contains(words)))
    };
    assert!(said("title was cut") && said("deeper than"));
}

#[test]
fn an_outline_without_end_ends() {
    let items: String =
        (0..20_000).map(|n| format!("<item identifier='i{n}' identifierref='r'><title>T</title></item>")).collect();
    let manifest = manifest(&items, "<resource identifier='r' type='imswl_xmlv1p1'><file href='l.xml'/></resource>");
    let link = b"<webLink><title>L</title><url href='javascript:alert(1)'/></webLink>";
    let bytes = packed(&[("imsmanifest.xml", manifest.as_bytes()), ("l.xml", link)]);
    let cartridge = Package::from_bytes(&bytes).and_then(|mut package| package.cartridge()).expect("is read");
    assert_eq!(cartridge.nodes.len(), stoa_cartridge::limits::NODES_MAX);
    assert!(
        cartridge
            .report
            .rows
            .iter()
            .any(|row| matches!(&row.outcome, Outcome::Refused { why } if why.contains("15000 more")))
    );
}

#[test]
fn content_that_is_damaged_leaves_the_rest_of_the_course() {
    let items = "<item identifier='i' identifierref='q'><title>Quiz</title></item><item identifier='j' identifierref='r'><title>Page</title></item>";
    let manifest = manifest(
        items,
        "<resource identifier='q' type='imsqti_xmlv1p2/imscc_xmlv1p1/assessment'><file href='q.xml'/></resource>
         <resource identifier='r' type='webcontent' href='p.html'><file href='p.html'/></resource>
         <resource identifier='u' type='unheard_of'><file href='u.dat'/></resource><resource identifier='g' type='webcontent' href='gone.pdf'/>",
    );
    let page = "<p>See <a href='$CANVAS_OBJECT_REFERENCE$/quizzes/q'>the quiz</a> and <img src='u.dat' alt=''></p>";
    let files: [(&str, &[u8]); 4] = [
        ("imsmanifest.xml", manifest.as_bytes()),
        ("q.xml", b"<!DOCTYPE x><x/>"),
        ("p.html", page.as_bytes()),
        ("u.dat", b"?"),
    ];
    let cartridge = whole::read(&packed(&files));
    let titles: Vec<(&str, bool)> =
        cartridge.nodes.iter().map(|node| (node.title.as_str(), node.blocks.is_empty())).collect();
    assert_eq!(titles, [("Quiz", true), ("Page", false)]);
    assert!(matches!(row(&cartridge, "q.xml").outcome, Outcome::Refused { .. }));
    let gone = cartridge.report.rows.iter().find(|row| row.id == "g").expect("has a row");
    assert!(matches!(gone.outcome, Outcome::Refused { .. }));
}

/// Each of these is a few megabytes in which something occurs very often. Work that grows with its square would not end.
#[test]
fn much_of_one_thing_costs_no_more_than_much() {
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let quiz = |questions: String| {
        let manifest =
            manifest("", "<resource identifier='q' type='imsqti_xmlv1p2/assessment'><file href='q.xml'/></resource>");
        let quiz = format!("<questestinterop><assessment>{questions}</assessment></questestinterop>");
        packed(&[("imsmanifest.xml", manifest.as_bytes()), ("q.xml", quiz.as_bytes())])
    };
    let field = |kind: &str| {
        format!(
            "<itemmetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield></itemmetadata>"
        )
    };
    let scoring = |inner: &str| {
        format!(
            "<resprocessing><respcondition><conditionvar><or>{inner}</or></conditionvar><setvar>100</setvar></respcondition></resprocessing>"
        )
    };
    let same_choices = many(60_000, &|_| "<response_label ident='a'/>".to_owned());
    let right = many(60_000, &|n| format!("<varequal respident='r'>{n}</varequal>"));
    let responses = many(20_000, &|n| {
        let label = "<response_label ident='a'><material><mattext>x</mattext></material></response_label>";
        format!("<response_lid ident='r{n}'>{label}</response_lid>")
    });
    let nested = format!("{}{}{}", "<mattext>".repeat(80), "x".repeat(200_000), "</mattext>".repeat(80));
    for questions in [
        format!(
            "<item ident='q'>{}<response_lid ident='r'>{same_choices}</response_lid>{}</item>",
            field("multiple_answers_question"),
            scoring(&right)
        ),
        format!("<item ident='q'>{}{}</item>", field("numerical_question"), scoring(&right)),
        format!("<item ident='q'>{}{responses}{}</item>", field("matching_question"), scoring(&right)),
        format!("<item ident='q'><presentation><material>{nested}</material></presentation></item>"),
    ] {
        whole::read(&quiz(questions));
    }
    let resources = many(30_000, &|n| {
        format!(
            "<resource identifier='r{n}' type='associatedcontent' href='a.xml'><dependency identifierref='r1'/></resource>"
        )
    });
    let topics = many(40_000, &|_| "<dependency identifierref='r1'/>".to_owned());
    let topic = format!("<resource identifier='t' type='imsdt'><file href='t.xml'/>{topics}</resource>");
    let attachments = many(30_000, &|n| format!("<attachment href='{n}'/>"));
    let manifest = manifest("", &format!("{resources}{topic}"));
    let topic = format!("<topic><attachments>{attachments}</attachments></topic>");
    let bytes =
        packed(&[("imsmanifest.xml", manifest.as_bytes()), ("t.xml", topic.as_bytes()), ("a.xml", b"<topicMeta/>")]);
    let cartridge = Package::from_bytes(&bytes).and_then(|mut package| package.cartridge()).expect("is read");
    assert!(cartridge.report.rows.len() > 30_000);
}

#[test]
fn a_second_organisation_and_a_manifest_within_the_manifest_are_read_too() {
    let resource = "<resource identifier='r' type='imswl_xmlv1p1'><file href='l.xml'/></resource>";
    let xml = format!(
        "<manifest identifier='m'><organizations><organization><item identifier='a' identifierref='r'><title>One</title></item></organization>
         <organization><item identifier='b' identifierref='s'><title>Two</title></item></organization></organizations><resources>{resource}</resources>
         <manifest><resources>{}</resources></manifest></manifest>",
        resource.replace("'r'", "'s'")
    );
    let link = b"<webLink><title>L</title><url href='https://example.com/'/></webLink>";
    let cartridge = whole::read(&packed(&[("imsmanifest.xml", xml.as_bytes()), ("l.xml", link)]));
    assert_eq!(cartridge.nodes.iter().map(|node| node.title.as_str()).collect::<Vec<_>>(), ["One", "Two"]);
}
