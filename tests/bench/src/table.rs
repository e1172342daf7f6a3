//! How figures are shown.

use std::time::Duration;

/// The machine that the figures are of.
pub fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim()));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{} cores, {}, {}", cores, model.unwrap_or("unknown processor"), std::env::consts::ARCH)
}

/// Prints rows under a title and headings, columns aligned.
pub fn print(title: &str, headings: &[&str], rows: &[Vec<String>]) {
    println!("{title}");
    let width = |column: usize| {
        rows.iter().map(|row| row[column].len()).chain([headings[column].len()]).max().unwrap_or_default()
    };
    let line = |cells: &[&str]| {
        let padded: Vec<String> = cells.iter().enumerate().map(|(at, cell)| format!("{cell:>0$}", width(at))).collect();
        println!("  {}", padded.join("  "));
    };
    line(headings);
    for row in rows {
        line(&row.iter().map(String::as_str).collect::<Vec<_>>());
    }
    println!();
}

/// The value that `percent` of all are at most.
pub fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
}

/// Milliseconds with two digits.
pub fn ms(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1_000.0)
}
