//! Lines and cells: quotes, separators, line ends.

use std::borrow::Cow;

/// Takes bytes as they come and hands out whole records.
#[derive(Debug, Default)]
pub(super) struct Records {
    pending: Vec<u8>,
    in_quotes: bool,
    scanned: usize,
    lines: u64,
    /// In JSON lines a quote never spans lines; in tables it may.
    ends_at_every_line: bool,
}

impl Records {
    /// Whether a line end within quotes is part of a cell.
    pub(super) fn quotes_join_lines(&mut self, join: bool) {
        self.ends_at_every_line = !join;
    }

    /// Adds bytes and calls `each` with the line number and the text of every record that is now complete.
    pub(super) fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(u64, &[u8])) {
        self.pending.extend_from_slice(bytes);
        let mut start = 0;
        let mut at = self.scanned;
        while at < self.pending.len() {
            match self.pending[at] {
                b'"' => self.in_quotes = !self.in_quotes,
                b'\n' if !self.in_quotes || self.ends_at_every_line => {
                    self.lines += 1;
                    each(self.lines, trim_return(&self.pending[start..at]));
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        self.pending.drain(..start);
        self.scanned = self.pending.len();
    }

    /// The last record, where the file does not end with a line end.
    pub(super) fn finish(&mut self, mut each: impl FnMut(u64, &[u8])) {
        if !self.pending.is_empty() {
            self.lines += 1;
            each(self.lines, trim_return(&self.pending));
            self.pending.clear();
        }
    }
}

fn trim_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The cells of a record, trimmed and unquoted. Bytes that are not UTF-8 are read as Latin-1.
pub(super) fn cells(record: &[u8], separator: u8) -> impl Iterator<Item = Cow<'_, str>> {
    let mut rest = Some(record);
    std::iter::from_fn(move || {
        let record = rest?;
        let mut in_quotes = false;
        let end = record.iter().position(|&byte| {
            in_quotes ^= byte == b'"';
            byte == separator && !in_quotes
        });
        let cell = match end {
            Some(end) => {
                rest = Some(&record[end + 1..]);
                &record[..end]
            }
            None => {
                rest = None;
                record
            }
        };
        Some(unquoted(cell.trim_ascii()))
    })
}

fn unquoted(cell: &[u8]) -> Cow<'_, str> {
    match cell.strip_prefix(b"\"").and_then(|inner| inner.strip_suffix(b"\"")) {
        Some(inner) => Cow::Owned(text_of(inner).replace("\"\"", "\"")),
        None => text_of(cell),
    }
}

/// Text as UTF-8 or, where it is none, as older programs write it.
pub(super) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()),
    }
}

/// The separator that a header uses most, outside quotes.
pub(super) fn separator_of(header: &[u8]) -> u8 {
    let count = |separator: u8| cells(header, separator).count();
    // The first of equals wins: a header without any separator is one column of a comma file.
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|&separator| count(separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_survive_any_cut() {
        let text = b"a,b\r\n1,\"x\ny\"\n3,4";
        for cut in 0..text.len() {
            let (mut records, mut seen) = (Records::default(), Vec::new());
            let mut each = |line: u64, record: &[u8]| seen.push((line, record.to_vec()));
            records.feed(&text[..cut], &mut each);
            records.feed(&text[cut..], &mut each);
            records.finish(&mut each);
            let expected: Vec<(u64, Vec<u8>)> =
                vec![(1, b"a,b".to_vec()), (2, b"1,\"x\ny\"".to_vec()), (3, b"3,4".to_vec())];
            assert_eq!(seen, expected, "cut at {cut}");
        }
    }

    #[test]
    fn cells_are_unquoted_and_trimmed() {
        for (record, separator, expected) in [
            ("a, b ,c", b',', vec!["a", "b", "c"]),
            ("\"a,1\";\"say \"\"hi\"\"\";", b';', vec!["a,1", "say \"hi\"", ""]),
            ("", b',', vec![""]),
        ] {
            assert_eq!(cells(record.as_bytes(), separator).collect::<Vec<_>>(), expected, "{record}");
        }
    }

    #[test]
    fn the_separator_is_the_one_in_use() {
        for (header, expected) in
            [("t,a,b", b','), ("t;a;b", b';'), ("t\ta", b'\t'), ("alone", b','), ("\"a,b,c\";d", b';')]
        {
            assert_eq!(separator_of(header.as_bytes()) as char, expected as char, "{header}");
        }
    }
}
