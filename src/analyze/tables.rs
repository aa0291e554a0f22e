//! The tables of an analysis as CSV: numbers as they are, to their last digit.

use std::io::Write;

/// A table being written: names of columns first, then rows of cells.
pub(super) struct Table<'w> {
    out: &'w mut dyn Write,
    line: String,
}

impl<'w> Table<'w> {
    /// A table with these columns, and for each name in `by_axis` one column an axis: `coordinate_1`, `coordinate_2`, …
    pub(super) fn new(out: &'w mut dyn Write, columns: &[&str], by_axis: &[&str], axes: usize) -> std::io::Result<Self> {
        let mut table = Self { out, line: String::new() };
        table.cells(columns);
        for name in by_axis {
            (1..=axes).for_each(|axis| table.cell(&format!("{name}_{axis}")));
        }
        table.end()?;
        Ok(table)
    }

    fn separate(&mut self) {
        if !self.line.is_empty() {
            self.line.push(',');
        }
    }

    /// A cell with a text, quoted where it must be; nothing where there is none.
    pub(super) fn cell(&mut self, text: &str) {
        self.separate();
        // An empty first cell is quoted: the line is then not taken for empty.
        if text.is_empty() && self.line.is_empty() {
            self.line.push_str("\"\"");
        } else if text.contains(['"', ',', '\n', '\r']) {
            self.line.push('"');
            self.line.push_str(&text.replace('"', "\"\""));
            self.line.push('"');
        } else {
            self.line.push_str(text);
        }
    }

    /// A cell each.
    pub(super) fn cells(&mut self, texts: &[&str]) {
        for text in texts {
            self.cell(text);
        }
    }

    /// A cell with a number, written so that it reads back as the same.
    pub(super) fn number(&mut self, number: f64) {
        use std::fmt::Write;
        self.separate();
        // Zero has one sign.
        let _ = write!(self.line, "{}", number + 0.0);
    }

    /// A cell with a number that may be absent.
    pub(super) fn optional(&mut self, number: Option<f64>) {
        match number {
            Some(number) => self.number(number),
            None => self.cell(""),
        }
    }

    /// A cell each.
    pub(super) fn numbers(&mut self, numbers: &[f64]) {
        for number in numbers {
            self.number(*number);
        }
    }

    /// So many cells with nothing.
    pub(super) fn nothing(&mut self, cells: usize) {
        (0..cells).for_each(|_| self.cell(""));
    }

    /// Ends the row.
    pub(super) fn end(&mut self) -> std::io::Result<()> {
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_back_as_they_were() {
        let mut bytes = Vec::new();
        let mut table = Table::new(&mut bytes, &["name"], &["x"], 2).unwrap();
        table.cell("say \"a, b\"");
        table.numbers(&[-0.0, 0.1 + 0.2]);
        table.end().unwrap();
        table.cell("");
        table.optional(None);
        table.number(1e-7);
        table.end().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, "name,x_1,x_2\n\"say \"\"a, b\"\"\",0,0.30000000000000004\n\"\",,0.0000001\n");
    }
}
