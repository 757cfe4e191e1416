//! The elements of a JSON list, one by one: each is a row. The list may be the file, or in it: `{"frames": [{…}, …]}`.

/// Takes bytes as they come and hands out whole elements.
#[derive(Debug, Default)]
pub(super) struct Elements {
    pending: Vec<u8>,
    /// Brackets that are open, from that of the list on.
    depth: usize,
    is_over: bool,
    in_text: bool,
    is_escaped: bool,
    /// Line ends so far, and before the element at hand.
    lines: u64,
    begun: u64,
}

impl Elements {
    /// Whether rows are in a list: by the beginning of a file. In JSON lines an object ends first, or its lists are values.
    pub(super) fn is_list(bytes: &[u8]) -> bool {
        let mut quotes = 0;
        let mark = bytes.iter().position(|byte| {
            quotes += usize::from(*byte == b'"');
            quotes % 2 == 0 && [b'[', b'}'].contains(byte)
        });
        let Some((bracket, rest)) = mark.and_then(|at| bytes.get(at..)?.split_first()) else { return false };
        let is_file = bytes.trim_ascii_start().first() == Some(bracket);
        *bracket == b'[' && (is_file || [Some(&b'{'), Some(&b'[')].contains(&rest.trim_ascii_start().first()))
    }

    /// Adds bytes and calls `each` with the line on which it begins and the text of every element that is now complete.
    pub(super) fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(u64, &[u8])) {
        for &byte in bytes {
            self.lines += u64::from(byte == b'\n');
            if self.take(byte) {
                self.finish(&mut each);
            }
        }
    }

    /// Takes a byte; whether an element ends with it.
    fn take(&mut self, byte: u8) -> bool {
        if self.in_text {
            self.in_text = byte != b'"' || self.is_escaped;
            self.is_escaped = byte == b'\\' && !self.is_escaped;
        } else {
            let was = self.depth;
            match byte {
                b'[' if !self.is_over => self.depth += 1,
                b'{' if was > 0 => self.depth += 1,
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => self.in_text = byte == b'"',
            }
            self.is_over |= was == 1 && self.depth == 0;
            let is_end = self.is_over || (self.depth == 1 && byte == b',');
            let is_between = self.pending.is_empty() && byte.is_ascii_whitespace();
            if is_end || (was == 0 && !self.in_text) || is_between {
                return is_end;
            }
        }
        if self.depth > 0 {
            if self.pending.is_empty() {
                self.begun = self.lines;
            }
            self.pending.push(byte);
        }
        false
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
        let list = r#"[ {"a": "],\"}", "b": [1, {"c": 2}]},
            ["x, y", 5],
            7 , {"half": "#;
        let within = format!(r#"{{"of": "[a]", "frames": {list}"#);
        for text in [list, &within] {
            survives(text.as_bytes());
        }
    }

    fn survives(text: &[u8]) {
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

    #[test]
    fn lists_of_rows_are_known() {
        for (text, expected) in [
            ("[1, 2]", true),
            (" [", true),
            (r#"{"frames": [ {"t": 1}]}"#, true),
            (r#"{"rows": [[1, 2]]}"#, true),
            (r#"{"t": 1, "values": [1, 2]}"#, false),
            (r#"{"t": 1}"#, false),
            (r#"{"t": "[{"}"#, false),
            ("", false),
        ] {
            assert_eq!(Elements::is_list(text.as_bytes()), expected, "{text}");
        }
        let mut seen = Vec::new();
        Elements::default().feed(br#"{"a": [1], "b": [2]}"#, |_, element| seen.push(element.to_vec()));
        assert_eq!(seen, [b"1"], "the first list is the one");
    }
}
