//! What was recorded, as a table that this app and everything else reads.

use std::fmt::Write;

use super::streams::{COUNT_OF_STREAMS, name};

/// Frames with their times, row after row, as text. Streams that never said anything have no column: a sensor that the
/// device lacks is not a gap of the recording.
pub fn csv(times_ms: &[f64], value: impl Fn(usize, usize) -> f64) -> String {
    let spoke: Vec<usize> = (0..COUNT_OF_STREAMS)
        .filter(|&stream| (0..times_ms.len()).any(|row| value(row, stream).is_finite()))
        .collect();
    let mut text = String::from("time");
    spoke.iter().for_each(|&stream| {
        let _ = write!(text, ",{}", name(stream));
    });
    text.push('\n');
    for (row, &at_ms) in times_ms.iter().enumerate() {
        // Milliseconds since 1970: no zone to guess, no digit lost.
        let _ = write!(text, "{at_ms:.0}");
        for &stream in &spoke {
            text.push(',');
            let value = value(row, stream);
            if value.is_finite() {
                let _ = write!(text, "{value}");
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::streams::Stream;
    use crate::table::Reader;

    #[test]
    fn the_importer_reads_back_what_was_recorded_bit_by_bit() {
        let times_ms: Vec<f64> = (0..50).map(|row| 1.7e12 + f64::from(row) * 1000.0).collect();
        let value = |row: usize, stream: usize| match stream {
            s if s == Stream::Shake as usize => 0.1 + row as f64 / 3.0,
            s if s == Stream::Latitude as usize && row.is_multiple_of(7) => 52.520_006_6,
            _ => f64::NAN,
        };
        let mut reader = Reader::default();
        reader.feed(csv(&times_ms, value).as_bytes()).expect("a table");
        let table = reader.finish().expect("a table");
        assert_eq!(table.times_ms.iter().map(|&at_ms| at_ms as f64).collect::<Vec<_>>(), times_ms);
        let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["shake", "latitude"]);
        for (row, read) in table.columns[0].values.iter().enumerate() {
            assert_eq!(read.to_bits(), value(row, Stream::Shake as usize).to_bits());
        }
        assert_eq!(table.columns[1].values.iter().filter(|value| value.is_nan()).count(), 42);
    }
}
