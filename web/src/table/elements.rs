//! The elements of a JSON list, one by one: each is a row.

/// Takes bytes as they come and hands out whole elements.
#[derive(Debug, Default)]
pub(super) struct Elements {
    pending: Vec<u8>,
    /// Brackets that are open.
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    /// Line ends so far, and before the element at hand.
    lines: u64,
    begun: u64,
}

impl Elements {
    /// Adds bytes and calls `each` with the line on which it begins and the text of every element that is now complete.
    pub(super) fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(u64, &[u8])) {
        for &byte in bytes {
            if self.in_text {
                self.in_text = byte != b'"' || self.is_escaped;
                self.is_escaped = byte == b'\\' && !self.is_escaped;
            } else {
                match byte {
                    b'[' | b'{' => self.depth += 1,
                    b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                    _ => self.in_text = byte == b'"',
                }
                self.lines += u64::from(byte == b'\n');
                let is_first = self.depth == 1 && byte == b'[' && self.pending.is_empty();
                let is_end = self.depth == 0 || (self.depth == 1 && byte == b',');
                if is_end {
                    self.finish(&mut each);
                }
                if is_end || is_first || (self.pending.is_empty() && byte.is_ascii_whitespace()) {
                    continue;
                }
            }
            if self.pending.is_empty() {
                self.begun = self.lines;
            }
            self.pending.push(byte);
        }
    }

    /// The last element, where the list does not end.
    pub(super) fn finish(&mut self, mut each: impl FnMut(u64, &[u8])) {
        if !self.pending.is_empty() {
            each(self.begun + 1, &self.pending);
            self.pending.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_survive_any_cut() {
        let text = br#"[ {"a": "],\"}", "b": [1, {"c": 2}]},
            ["x, y", 5],
            7 , {"half": "#;
        let expected: Vec<(u64, Vec<u8>)> = [
            (1, r#"{"a": "],\"}", "b": [1, {"c": 2}]}"#),
            (2, r#"["x, y", 5]"#),
            (3, "7 "),
            (3, r#"{"half": "#),
        ]
        .map(|(line, element)| (line, element.as_bytes().to_vec()))
        .into();
        for cut in 0..text.len() {
            let (mut elements, mut seen) = (Elements::default(), Vec::new());
            let mut each = |line: u64, element: &[u8]| seen.push((line, element.to_vec()));
            elements.feed(&text[..cut], &mut each);
            elements.feed(&text[cut..], &mut each);
            elements.finish(&mut each);
            assert_eq!(seen, expected, "cut at {cut}");
        }
    }
}
