//! How a terminal shows a part of the document: tables in columns, lines that are not too long, and
//! no HTML. What is fenced is shown as it is.

/// How long a line of words may be.
const WIDTH: usize = 100;

/// The same text for a terminal.
#[must_use]
pub fn shown(markdown: &str) -> String {
    let is_row = |line: &&str| line.starts_with('|');
    let mut lines: Vec<String> = Vec::new();
    let mut rest = markdown.lines().peekable();
    let mut is_fenced = false;
    while let Some(line) = rest.next() {
        let is_fence = line.starts_with("```");
        is_fenced ^= is_fence;
        if is_fence || is_fenced {
            lines.push(line.to_owned());
        } else if line.starts_with('<') {
            // HTML that folds a part away.
        } else if is_row(&line) {
            let mut rows = vec![line];
            while let Some(row) = rest.next_if(is_row) {
                rows.push(row);
            }
            lines.extend(table(&rows));
        } else if !line.is_empty() {
            lines.extend(wrapped(line));
        } else if lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(String::new());
        }
    }
    lines.join("\n")
}

/// The first column stands to the left, the others to the right; the rule is left out.
fn table(rows: &[&str]) -> Vec<String> {
    let cells = rows.iter().filter(|row| !row.starts_with("| ---"));
    let cells = cells.map(|row| row.trim_matches('|').split('|').map(str::trim).collect());
    let rows: Vec<Vec<&str>> = cells.collect();
    let width = |at: usize| rows.iter().filter_map(|row| Some(row.get(at)?.chars().count())).max();
    let cell = |(at, cell): (usize, &&str)| match (at, width(at).unwrap_or(0)) {
        (0, width) => format!("{cell:<width$}"),
        (_, width) => format!("  {cell:>width$}"),
    };
    rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect()
}

fn wrapped(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.len() - 1;
        if lines[last].is_empty() {
            lines[last].push_str(word);
        } else if lines[last].chars().count() + 1 + word.chars().count() <= WIDTH {
            lines[last].extend([" ", word]);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
