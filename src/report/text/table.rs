//! Columns that align also with full-width characters.

use unicode_width::UnicodeWidthStr;

/// Rows with their cells padded to the widest of each column, two blanks apart. Colour codes must not be in the cells.
pub(super) fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    rows.iter().map(|row| joined(row, &widths)).collect()
}

fn joined(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
    }
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_characters_count_twice() {
        let rows = [["端末", "1"], ["ab", "22"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(&rows), ["端末  1", "ab    22"]);
    }
}
