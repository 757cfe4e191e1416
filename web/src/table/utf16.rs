//! UTF-16, as spreadsheets save "Unicode text", made UTF-8 piece by piece.

/// A file in UTF-16 on its way.
#[derive(Debug)]
pub(super) struct Utf16 {
    unit: fn([u8; 2]) -> u16,
    /// The end of the last piece, where it is no whole character.
    rest: Vec<u8>,
}

impl Utf16 {
    /// Known by the mark at the beginning of the file; it stays the first character.
    pub(super) fn by_mark(bytes: &[u8]) -> Option<Self> {
        let unit = match bytes {
            [0xff, 0xfe, ..] => u16::from_le_bytes,
            [0xfe, 0xff, ..] => u16::from_be_bytes,
            _ => return None,
        };
        Some(Self { unit, rest: Vec::new() })
    }

    /// The characters that are whole by now.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let pairs = self.rest.chunks_exact(2);
        let mut units: Vec<u16> = pairs.map(|pair| (self.unit)([pair[0], pair[1]])).collect();
        // The first half of a character waits for the second.
        units.pop_if(|unit| (0xd800..0xdc00).contains(unit));
        self.rest.drain(..units.len() * 2);
        String::from_utf16_lossy(&units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_survive_any_cut() {
        let text = "\u{feff}a;°C\n1;😀\n";
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let file: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
            for cut in 2..file.len() {
                let mut utf16 = Utf16::by_mark(&file).expect("it has a mark");
                let decoded = utf16.decode(&file[..cut]) + &utf16.decode(&file[cut..]);
                assert_eq!(decoded, text, "cut at {cut}");
            }
        }
        assert!(Utf16::by_mark(b"time,a").is_none());
    }
}
