//! One step's counts, as a line of a table that is checked in.

use std::collections::BTreeMap;

use stoa_testkit::model::Units;

/// How much larger answers may get before somebody must look: a tenth.
const BYTES_TOLERANCE: u64 = 10;

/// What one step cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What was done.
    pub step: String,
    /// Requests to DynamoDB.
    pub requests: u64,
    /// Requests to S3.
    pub objects: u64,
    /// Capacity units.
    pub units: Units,
    /// The bytes of the answer, or 0 where nobody is answered.
    pub bytes: u64,
}

impl Count {
    fn cells(&self) -> [String; 7] {
        let Units { read_halves, write, index_write } = self.units;
        #[expect(clippy::cast_precision_loss, reason = "halves of small numbers are exact")]
        let read = read_halves as f64 / 2.0;
        [
            self.step.clone(),
            self.requests.to_string(),
            self.objects.to_string(),
            read.to_string(),
            write.to_string(),
            index_write.to_string(),
            self.bytes.to_string(),
        ]
    }
}

/// The headings of the table.
const HEADINGS: [&str; 7] = ["step", "requests", "S3", "read", "write", "index", "bytes"];

/// The counts as a Markdown table.
pub fn written(counts: &[Count]) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned), HEADINGS.map(|_| "---".to_owned())];
    rows.extend(counts.iter().map(Count::cells));
    rows.iter().map(|cells| format!("| {} |\n", cells.join(" | "))).collect()
}

/// What differs between the recorded table and these counts, in sentences; a step that got cheaper is one too, since the record
/// would allow it to grow again.
pub fn compare(recorded: &str, counts: &[Count]) -> Vec<String> {
    let rows = recorded.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = rows.map(|row| row.split(" | ").map(str::to_owned).collect::<Vec<_>>()).skip(2);
    let mut before: BTreeMap<String, Vec<String>> = rows.map(|row| (row[0].clone(), row[1..].to_vec())).collect();
    let mut differences = Vec::new();
    for count in counts {
        let [step, cells @ ..] = count.cells();
        let Some(before) = before.remove(&step) else {
            differences.push(format!("{step}: is not recorded"));
            continue;
        };
        for ((name, old), new) in HEADINGS[1..].iter().zip(before).zip(cells) {
            let number = |text: &str| text.parse::<f64>().unwrap_or_default();
            let (was, is) = (number(&old), number(&new));
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            let room = if *name == "bytes" { was / BYTES_TOLERANCE as f64 } else { 0.0 };
            if is > was + room {
                differences.push(format!("{step}: {name} grew from {old} to {new}"));
            } else if is < was - room {
                differences.push(format!("{step}: {name} fell from {old} to {new}"));
            }
        }
    }
    differences.extend(before.into_keys().map(|step| format!("{step}: is recorded and was not done")));
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(requests: u64, bytes: u64) -> Count {
        let units = Units { read_halves: 1, write: 2, index_write: 0 };
        Count { step: "hand in".to_owned(), requests, objects: 0, units, bytes }
    }

    #[test]
    fn what_grew_fell_came_or_went_is_told() {
        let recorded = written(&[count(1, 100)]);
        assert_eq!(compare(&recorded, &[count(1, 109)]), Vec::<String>::new());
        assert_eq!(
            compare(&recorded, &[count(2, 111)]),
            ["hand in: requests grew from 1 to 2", "hand in: bytes grew from 100 to 111"]
        );
        assert_eq!(compare(&recorded, &[count(0, 100)]), ["hand in: requests fell from 1 to 0"]);
        assert_eq!(compare(&recorded, &[]), ["hand in: is recorded and was not done"]);
        assert_eq!(compare("", &[count(1, 1)]), ["hand in: is not recorded"]);
    }
}
