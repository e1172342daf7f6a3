//! Tables as spreadsheets save them: commas, semicolons or tabs, quotes, any line ends, a byte order mark.

use csv::{Position, ReaderBuilder, Trim};

/// How a heading may call the column of addresses.
pub const ADDRESS: [&str; 6] = ["email", "e-mail", "mail", "address", "e-mail-adresse", "email address"];
/// How a heading may call the column of names.
pub const NAME: [&str; 3] = ["name", "full name", "display name"];
/// How a heading may call the column of roles.
pub const ROLES: [&str; 4] = ["roles", "role", "rollen", "rolle"];
/// How a heading may call the column that ends access.
pub const ACCESS: [&str; 2] = ["access", "zugang"];

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The cells of its first row, in lower case, if those are headings.
    pub headings: Option<Vec<String>>,
    /// The other rows, without empty ones.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line it begins in, from 1.
    pub line: u64,
    /// Its cells, without space around them.
    pub cells: Vec<String>,
}

impl Sheet {
    /// Where the column stands that is called one of these.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        self.headings.as_ref()?.iter().position(|heading| names.contains(&heading.as_str()))
    }
}

/// Reads a table. Whatever the text is, there is a table: at worst one of a single cell.
pub fn read(text: &str) -> Sheet {
    let text = text.trim_start_matches('\u{feff}');
    // A line that tells a spreadsheet its separator is no row.
    let (named, first_line) = match text.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")) {
        Some(_) => (text.as_bytes().get(4).copied().filter(|byte| b",;|\t".contains(byte)), 2),
        None => (None, 1),
    };
    let body = if first_line == 2 { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
    let separator = named.unwrap_or_else(|| separator(body));
    let mut form = ReaderBuilder::new();
    form.delimiter(separator).has_headers(false).flexible(true).trim(Trim::All);
    let mut reader = form.from_reader(body.as_bytes());
    let mut rows: Vec<Row> = Vec::new();
    for record in reader.records().map_while(Result::ok) {
        let line = record.position().map_or(0, |at| line_of(body, at)) + first_line - 1;
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { line, cells });
        }
    }
    let lower = |row: &Row| row.cells.iter().map(|cell| cell.to_lowercase()).collect::<Vec<_>>();
    let headings = rows.first().map(lower).filter(|cells| cells.iter().any(|cell| ADDRESS.contains(&cell.as_str())));
    if headings.is_some() {
        rows.remove(0);
    }
    Sheet { headings, rows }
}

/// The line a row begins in: the reader counts empty lines before it to the row.
fn line_of(text: &str, at: &Position) -> u64 {
    let from = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    at.line() + empty.fold(0, |count, byte| count + u64::from(*byte == b'\n'))
}

/// What separates the cells of the first line: the one of the usual three that stands there most often, outside quotes.
fn separator(text: &str) -> u8 {
    let mut counts = [(b';', 0), (b'\t', 0), (b',', 0)];
    let mut is_quoted = false;
    for byte in text.trim_start().bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            _ if !is_quoted => counts.iter_mut().filter(|(own, _)| *own == byte).for_each(|(_, count)| *count += 1),
            _ => {}
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0).map_or(b',', |(own, _)| own)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        read(text).rows.into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn every_way_a_spreadsheet_saves_the_same_table_reads_the_same() {
        let wanted = vec![
            vec!["ada@x.test".to_owned(), "Ada, Countess".to_owned(), "learner".to_owned()],
            vec!["bob@x.test".to_owned(), "Bob \"B\"".to_owned(), String::new()],
        ];
        for text in [
            "email,name,roles\nada@x.test,\"Ada, Countess\",learner\nbob@x.test,\"Bob \"\"B\"\"\",\n",
            "\u{feff}E-Mail;Name;Rollen\r\nada@x.test;Ada, Countess;learner\r\n\r\nbob@x.test;\"Bob \"\"B\"\"\";\r\n",
            "sep=;\r\nemail;name;roles\r\nada@x.test;\"Ada, Countess\";learner\r\nbob@x.test;\"Bob \"\"B\"\"\";",
            "mail\tname\trole\nada@x.test\t Ada, Countess \tlearner\nbob@x.test\t\"Bob \"\"B\"\"\"\t",
        ] {
            assert_eq!(cells(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_row_knows_its_line_also_after_empty_lines_and_cells_of_several_lines() {
        let sheet = read("email,name\n\na@x.test,\"two\nlines\"\nb@x.test,B\n");
        assert_eq!(sheet.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 5]);
        let after_separator = read("sep=,\nemail,name\na@x.test,A\n");
        assert_eq!(after_separator.rows[0].line, 3);
    }

    #[test]
    fn without_headings_the_first_row_is_a_row() {
        assert_eq!(cells("ada@x.test\nbob@x.test").len(), 2);
        assert_eq!(read("ada@x.test").headings, None);
        assert_eq!(read("Name;E-Mail\nA;a@x.test").column(&ADDRESS), Some(1));
    }

    #[test]
    fn any_text_is_a_table() {
        for text in ["", "\u{feff}", "\"", "sep=", "sep=\n", "sep=ä\na", "\0\0", ",,,\n,,,", "\"a\nb"] {
            let _ = read(text);
        }
    }
}
