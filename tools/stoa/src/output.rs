//! What the operator sees: messages, progress and tables on standard error, results on standard output.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Where messages and results go.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
    terminal: bool,
}

impl Output {
    /// Results are printed only where `json` asks for them.
    pub fn new(json: bool) -> Output {
        Output { json, terminal: io::stderr().is_terminal() }
    }

    /// A line for a human.
    pub fn say(&self, line: impl Display) {
        // Somebody who closed the pipe wants to hear no more; that is no reason to stop half-way.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// An error with its causes.
    pub fn failure(&self, error: &anyhow::Error) {
        self.say(format_args!("stoa: {error}"));
        for cause in error.chain().skip(1) {
            self.say(format_args!("      {cause}"));
        }
    }

    /// The result for a machine.
    pub fn result(&self, value: &impl Serialize) -> anyhow::Result<()> {
        if self.json {
            writeln!(io::stdout().lock(), "{}", serde_json::to_string_pretty(value)?)?;
        }
        Ok(())
    }

    /// A bar over `length` steps; without a terminal, one line that says what begins.
    pub fn bar(&self, what: &str, length: usize) -> ProgressBar {
        let style = ProgressStyle::with_template("{msg:28} {wide_bar} {pos}/{len} {elapsed:>4}");
        self.progress(what, ProgressBar::new(length as u64), style)
    }

    /// A sign of life for something without known steps; without a terminal, one line that says what begins.
    pub fn waiting(&self, what: &str) -> ProgressBar {
        let bar =
            self.progress(what, ProgressBar::new_spinner(), ProgressStyle::with_template("{msg} {spinner} {elapsed}"));
        if self.terminal {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        bar
    }

    fn progress(
        &self,
        what: &str,
        bar: ProgressBar,
        style: Result<ProgressStyle, indicatif::style::TemplateError>,
    ) -> ProgressBar {
        if !self.terminal {
            self.say(format_args!("{what} …"));
            return ProgressBar::hidden();
        }
        bar.with_style(style.expect("the template is a constant")).with_message(what.to_owned())
    }

    /// A table with one heading a column; the last column is as wide as it is.
    pub fn table<const N: usize>(&self, headings: [&str; N], rows: &[[String; N]]) {
        let mut widths = headings.map(|heading| heading.chars().count());
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |cells: [&str; N]| {
            let mut line = String::new();
            for (at, cell) in cells.iter().enumerate() {
                let width = if at + 1 == N { 0 } else { widths[at] + 2 };
                line.push_str(&format!("{cell:width$}"));
            }
            line.trim_end().to_owned()
        };
        self.say(line(headings));
        self.say(line(widths.map(|width| "─".repeat(width)).each_ref().map(String::as_str)));
        for row in rows {
            self.say(line(row.each_ref().map(String::as_str)));
        }
    }
}

/// The first `chars` characters, with a sign that more was there.
pub fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars.saturating_sub(1)).chain(['…']).collect()
}
