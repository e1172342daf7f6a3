//! The archive itself: a zip of JSON files, with a page that says what is in them.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use jiff::Timestamp;
use serde_json::{Value, json};
use stoa_domain::cohort::Cohort;
use stoa_domain::id::EnrolmentId;
use stoa_domain::tree::Tree;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::Held;
use super::unposted::without_unposted;

/// What of an enrolment goes into which file, by the beginning of its sort key. What is not named goes into `other.json`.
const FILES: &[(&str, &str)] = &[
    ("ATTEMPT#", "attempts.json"),
    ("BODY#", "answers.json"),
    ("ENROLMENT", "enrolment.json"),
    ("EVENT#", "log.json"),
    ("FACT#", "facts.json"),
    ("GRADE#", "grades.json"),
    ("PROGRESS", "progress.json"),
];
const OTHER: &str = "other.json";

/// An archive that is being filled.
#[derive(Debug)]
pub(super) struct Archive {
    files: BTreeMap<String, String>,
    bytes: usize,
}

impl Archive {
    pub(super) fn begin(now: Timestamp) -> Archive {
        let mut archive = Archive { files: BTreeMap::new(), bytes: 0 };
        archive.add("README.txt".to_owned(), readme(now));
        archive
    }

    /// How much is in it, before it is packed.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn add(&mut self, name: String, text: String) {
        self.bytes += text.len();
        self.files.insert(name, text);
    }

    pub(super) fn person(&mut self, person: &Value) {
        self.add("person.json".to_owned(), format!("{person:#}\n"));
    }

    /// What the person was told.
    pub(super) fn inbox(&mut self, held: Vec<Held>) {
        let items: Vec<Value> = held.into_iter().filter_map(file_entry).collect();
        if !items.is_empty() {
            self.add("notifications.json".to_owned(), format!("{:#}\n", Value::Array(items)));
        }
    }

    /// One enrolment's folder.
    pub(super) fn enrolment(
        &mut self,
        enrolment: &EnrolmentId,
        cohort: Option<&Cohort>,
        tree: Option<&Tree>,
        held: Vec<Held>,
    ) {
        let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for item in held {
            let file = FILES.iter().find(|(prefix, _)| item.sk.starts_with(prefix)).map_or(OTHER, |(_, file)| *file);
            if let Some(entry) = file_entry(item) {
                files.entry(file).or_default().push(entry);
            }
        }
        let titles: Option<BTreeMap<&str, &str>> =
            tree.map(|tree| tree.nodes().iter().map(|node| (node.id.as_str(), node.title.as_str())).collect());
        let course = json!({
            "cohort": cohort.map(|cohort| &cohort.name),
            "course": cohort.map(|cohort| &cohort.course_title),
            "titles": titles,
        });
        self.add(format!("enrolments/{enrolment}/course.json"), format!("{course:#}\n"));
        for (file, items) in files {
            self.add(format!("enrolments/{enrolment}/{file}"), format!("{:#}\n", Value::Array(items)));
        }
    }

    /// Packs it. The same content gives the same bytes.
    pub(super) fn finish(self) -> Result<Vec<u8>, String> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in self.files {
            zip.start_file(name, SimpleFileOptions::default()).map_err(|error| error.to_string())?;
            zip.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
        }
        zip.finish().map(Cursor::into_inner).map_err(|error| error.to_string())
    }
}

/// An item as it stands in a file; nothing of a grade that is not posted.
fn file_entry(item: Held) -> Option<Value> {
    Some(json!({"item": item.sk, "is": without_unposted(item.attributes)?}))
}

fn readme(now: Timestamp) -> String {
    format!(
        "\
What this organisation's Stoa holds about one person, as of {now}. What is not in it stands at the end.

README.txt                     this page
person.json                    name, address, roles, and whether access has ended
notifications.json             what the person was told in Stoa or by e-mail, and what they want to be told
enrolments/<id>/               one folder for each course the person is or was enrolled in
    course.json                the names of cohort and course, and the titles behind the ids in the other files
    enrolment.json             the enrolment itself
    attempts.json              each attempt at an assessment, with the answers or the draft
    answers.json               answers and drafts that are too long to stand in their attempt
    grades.json                each grade that has been posted
    facts.json                 what the person viewed, read and marked as done
    log.json                   what happened, in order
    progress.json              what the log adds up to
    other.json                 whatever is of no kind that is named above

A file is left out where there is nothing to put into it. In each file \"item\" is the name under which something is
stored and \"is\" what is stored. Numbers of 13 digits are times in milliseconds since 1970-01-01T00:00:00Z. Points are
hundredths of a point.

Not in it:

The audit log. It says which administrators and instructors did what to whom and when, and names people by their keys
alone; all of an organisation's entries stand in one log. An administrator sees what concerns one person under
\"What they did, and what was done to them\" on the person's page, and can export it there.
Grades that have not been posted, the questions and texts of courses, and files that belong to a course.
The sign-in account, which knows the address and the password. Nobody can read the password.
"
    )
}
