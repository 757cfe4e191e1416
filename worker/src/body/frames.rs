//! Frames, in any of the ways in which they are sent.

use fourfold::Schema;
use fourfold::frame::time_from_js;
use serde::Deserialize;
use serde::de::DeserializeSeed;

use super::row::{AllRows, OneRow, Rows};
use super::{frames_max, read};
use crate::answer::{COLUMNS, CSV, JSON, NDJSON};
use crate::fault::Fault;
use crate::refusal::Refusal;

/// How binary frames begin. Then come three little-endian `u32`: rows, streams, zero; then `f64`: the times, then the
/// values row after row in the order of the schema, `NaN` for a gap. Everything is aligned to its size, so JavaScript
/// lays a `Float64Array` over it.
const FRAMES_MAGIC: &[u8; 4] = b"4fr1";

/// Frames of a body: what became of each of its rows, and the good ones.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Per row whether it could be read; the good ones follow each other in `times_ms`.
    pub(crate) rows: Vec<Result<(), Refusal>>,
    /// Per good row.
    pub(crate) times_ms: Vec<i64>,
    /// Per good row and stream.
    pub(crate) values: Vec<f64>,
}

/// Reads frames; of lines, so many may have come before these. Unless it is `partial`, the first row that can not be read refuses all of them.
pub(crate) fn frames(
    media: Option<&'static str>,
    (bytes, before): (&[u8], usize),
    schema: &Schema,
    partial: bool,
) -> Result<Batch, Refusal> {
    let width = schema.streams().len();
    let cap = frames_max(width);
    let rows = &mut Rows::new(schema, cap);
    let read = match media {
        Some(JSON) if partial => each_json(bytes, rows)?,
        Some(JSON) => {
            json(bytes, rows)?;
            Vec::new()
        }
        Some(NDJSON) => lines(bytes, before, rows),
        Some(CSV) => csv(bytes, rows)?,
        Some(COLUMNS) => return columns(bytes, width, cap),
        _ => {
            let known =
                "application/json, application/x-ndjson, text/csv and application/vnd.fourfold.columns";
            return Err(Fault::BadMedia { known }.into());
        }
    };
    let frames = rows.count;
    if frames > cap {
        return Err(Refusal::TooManyFrames { frames, cap });
    }
    let rows_read = if read.is_empty() { (0..frames).map(|_| Ok(())).collect() } else { read };
    let batch = Batch {
        rows: rows_read,
        times_ms: std::mem::take(&mut rows.times_ms),
        values: std::mem::take(&mut rows.values),
    };
    if partial {
        return Ok(batch);
    }
    match (rows.fault.take(), batch.rows.iter().position(Result::is_err)) {
        (Some(fault), _) => Err(fault),
        (None, None) => Ok(batch),
        (None, Some(place)) => match batch.rows.into_iter().nth(place) {
            Some(Err(refusal)) => Err(refusal),
            _ => Ok(Batch::default()),
        },
    }
}

/// Reads all rows at once. Only where that fails they are read again, and the place is noted on the way.
fn json(bytes: &[u8], rows: &mut Rows<'_>) -> Result<(), Refusal> {
    let text = &mut serde_json::Deserializer::from_slice(bytes);
    let fault = match AllRows(rows).deserialize(&mut *text).and_then(|()| text.end()) {
        Ok(()) => return Ok(()),
        Err(fault) => fault,
    };
    let text = &mut serde_json::Deserializer::from_slice(bytes);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(text, &mut track);
    let place = match AllRows(rows).deserialize(tracked) {
        Ok(()) => String::new(),
        Err(_) => track.path().to_string(),
    };
    let place = if matches!(place.as_str(), "" | ".") { String::new() } else { format!("`{place}`: ") };
    Err(Refusal::Malformed { place, detail: fault.to_string() })
}

/// `{"frames": […]}` with rows of any kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnyRows {
    frames: Vec<serde_json::Value>,
}

/// Reads row by row, so that a bad one spoils no other.
fn each_json(bytes: &[u8], rows: &mut Rows<'_>) -> Result<Vec<Result<(), Refusal>>, Refusal> {
    let AnyRows { frames } = read(bytes)?;
    let one = |(place, row)| {
        let place = format!("`frames[{place}]`: ");
        row_of(rows, place, |rows| OneRow(rows).deserialize::<serde_json::Value>(row))
    };
    Ok(frames.into_iter().enumerate().map(one).collect())
}

/// Reads a row per line. Empty lines are none.
fn lines(bytes: &[u8], before: usize, rows: &mut Rows<'_>) -> Vec<Result<(), Refusal>> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let one = |(place, line): (usize, &[u8])| {
        row_of(rows, format!("line {}: ", before + place + 1), |rows| {
            let text = &mut serde_json::Deserializer::from_slice(line);
            OneRow(rows).deserialize(&mut *text)?;
            text.end()
        })
    };
    lines.map(one).collect()
}

fn row_of<'s>(
    rows: &mut Rows<'s>,
    place: String,
    read: impl FnOnce(&mut Rows<'s>) -> Result<(), serde_json::Error>,
) -> Result<(), Refusal> {
    match read(rows) {
        Ok(()) => rows.fault.take().map_or(Ok(()), Err),
        Err(fault) => {
            rows.drop_open();
            Err(Refusal::Malformed { place, detail: fault.to_string() })
        }
    }
}

/// Reads a table: a line of names, one of which is `t`; then a frame per line. An empty cell is a gap.
fn csv(bytes: &[u8], rows: &mut Rows<'_>) -> Result<Vec<Result<(), Refusal>>, Refusal> {
    let malformed = |place: String, detail: String| Refusal::Malformed { place, detail };
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let header =
        table.headers().map_err(|fault| malformed("line 1: ".to_owned(), fault.to_string()))?.clone();
    let Some(time) = header.iter().position(|name| name == "t") else {
        let detail = "the first line names the columns, and one of them is `t`, in milliseconds since 1970";
        return Err(malformed("line 1: ".to_owned(), detail.to_owned()));
    };
    let mut read = Vec::new();
    for record in table.records() {
        let record = match record {
            Ok(record) => record,
            Err(fault) => {
                rows.count += 1;
                read.push(Err(malformed(String::new(), fault.to_string())));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        read.push(
            cells(&header, &record, time, rows)
                .map_err(|(column, detail)| {
                    rows.drop_open();
                    malformed(format!("line {line}, `{column}`: "), detail)
                })
                .and_then(|()| rows.fault.take().map_or(Ok(()), Err)),
        );
    }
    Ok(read)
}

/// One line of a table; a slip is told with its column.
fn cells(
    header: &csv::StringRecord,
    record: &csv::StringRecord,
    time: usize,
    rows: &mut Rows<'_>,
) -> Result<(), (String, String)> {
    let number = |name: &str, cell: &str| {
        cell.parse::<f64>().map_err(|_| (name.to_owned(), format!("`{cell}` is no number")))
    };
    rows.open();
    let (mut t, mut unknown) = (f64::NAN, None);
    for (place, (name, cell)) in header.iter().zip(record).enumerate() {
        if place == time {
            t = number("t", cell)?;
        } else if let Some(stream) = rows.place(name) {
            if !cell.is_empty() {
                rows.put(stream, number(name, cell)?);
            }
        } else {
            unknown.get_or_insert_with(|| name.to_owned());
        }
    }
    rows.close(t, unknown);
    Ok(())
}

/// Reads binary columns.
fn columns(bytes: &[u8], width: usize, cap: usize) -> Result<Batch, Refusal> {
    let malformed = |detail: String| Refusal::Malformed { place: String::new(), detail };
    let (head, numbers) = bytes.split_at_checked(16).unwrap_or_default();
    let (words, _) = head.as_chunks::<4>();
    let [magic, rows, streams, _] = words else {
        return Err(malformed("binary frames begin with 16 bytes: `4fr1`, rows, streams, zero".to_owned()));
    };
    let [rows, streams] = [rows, streams].map(|word| u32::from_le_bytes(*word) as usize);
    if magic != FRAMES_MAGIC || streams != width {
        let detail = format!("binary frames begin with `4fr1`, and this system has {width} streams");
        return Err(malformed(detail));
    }
    if rows > cap {
        return Err(Refusal::TooManyFrames { frames: rows, cap });
    }
    if numbers.len() != 8 * rows * (1 + width) {
        let detail =
            format!("{rows} rows are {} bytes, and here are {}", 8 * rows * (1 + width), numbers.len());
        return Err(malformed(detail));
    }
    let mut numbers = numbers.as_chunks::<8>().0.iter().map(|word| f64::from_le_bytes(*word));
    let times_ms = numbers.by_ref().take(rows).map(time_from_js).collect::<Result<Vec<_>, _>>()?;
    Ok(Batch { rows: (0..rows).map(|_| Ok(())).collect(), times_ms, values: numbers.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::problem;
    use fourfold::SchemaDraft;

    fn schema() -> Schema {
        SchemaDraft::of_streams(["cpu", "disk"]).validate().unwrap()
    }

    fn binary(rows: u32, numbers: &[f64]) -> Vec<u8> {
        let mut bytes = FRAMES_MAGIC.to_vec();
        [rows, 2, 0].iter().for_each(|word| bytes.extend(word.to_le_bytes()));
        numbers.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes
    }

    #[test]
    fn the_same_frames_in_every_way() {
        let schema = schema();
        let bytes = binary(2, &[5.0, 6.0, 1.5, f64::NAN, -2.0, 7.0]);
        for (media, body) in [
            (JSON, &br#"{"frames":[{"t":5,"values":{"cpu":1.5}},{"values":{"disk":7,"cpu":-2},"t":6}]}"#[..]),
            (NDJSON, b"{\"t\":5,\"values\":{\"cpu\":1.5,\"disk\":null}}\n\n{\"t\":6,\"values\":{\"cpu\":-2,\"disk\":7}}"),
            (CSV, b"t,disk,cpu\n5,,1.5\n6,7,-2\n"),
            (COLUMNS, &bytes),
        ] {
            for partial in [false, true] {
                let batch = frames(Some(media), (body, 0), &schema, partial).unwrap();
                assert_eq!((batch.rows.len(), &batch.times_ms[..]), (2, &[5, 6][..]), "{media}");
                let shown: Vec<String> = batch.values.iter().map(ToString::to_string).collect();
                assert_eq!(shown, ["1.5", "NaN", "-2", "7"], "{media}");
            }
        }
    }

    #[test]
    fn a_slip_is_named_by_its_place() {
        let short = binary(2, &[5.0]);
        for (media, body, place) in [
            (
                JSON,
                &br#"{"frames":[{"t":1,"values":{}},{"t":2,"values":{"cpu":"7"}}]}"#[..],
                "`frames[1].values.cpu`: ",
            ),
            (JSON, br#"{"frames":[{"t":1e999,"values":{}}]}"#, "`frames[0].t`: "),
            (JSON, br#"{"frames":[{"t":1}]}"#, "`frames[0]`: "),
            (JSON, br#"{"frames":[{"t":1,"t":2,"values":{}}]}"#, "`frames[0]`: "),
            (JSON, br#"{"frames":[]} x"#, ""),
            (JSON, b"", ""),
            (JSON, b"[]", ""),
            (NDJSON, b"{\"t\":1,\"values\":{}}\n\n{\"t\":\"x\"}", "line 3: "),
            (CSV, b"t,cpu\n1,2\n2,much\n", "line 3, `cpu`: "),
            (CSV, b"cpu\n1\n", "line 1: "),
            (COLUMNS, &short, ""),
            (COLUMNS, b"", ""),
        ] {
            let Err(Refusal::Malformed { place: found, .. }) =
                frames(Some(media), (body, 0), &schema(), false)
            else {
                panic!("{} was read", String::from_utf8_lossy(body));
            };
            assert_eq!(found, place, "{}", String::from_utf8_lossy(body));
        }
        assert!(matches!(
            frames(None, (b"", 0), &schema(), false),
            Err(Refusal::System(Fault::BadMedia { .. }))
        ));
    }

    #[test]
    fn a_bad_row_spoils_no_other() {
        let schema = schema();
        for (media, body) in [
            (JSON, &br#"{"frames":[{"t":1,"values":{"cpu":1}},7,{"t":2,"values":{"no":1}},{"t":3,"values":{}}]}"#[..]),
            (NDJSON, b"{\"t\":1,\"values\":{\"cpu\":1}}\n7\n{\"t\":2,\"values\":{\"no\":1}}\n{\"t\":3,\"values\":{}}\n"),
            (CSV, b"t,cpu\n1,1\n1,x\n1e300,1\n3,\n"),
        ] {
            let batch = frames(Some(media), (body, 0), &schema, true).unwrap();
            let statuses: Vec<u16> = batch.rows.iter().map(|row| row.as_ref().map_or_else(|refusal| problem(refusal).0, |()| 0)).collect();
            assert_eq!(statuses, [0, 400, 422, 0], "{media}");
            assert_eq!(batch.times_ms, [1, 3], "{media}");
            assert_eq!((batch.values.len(), batch.values[0]), (4, 1.0), "{media}");
            assert!(frames(Some(media), (body, 0), &schema, false).is_err());
        }
    }

    #[test]
    fn a_batch_has_an_end() {
        let rows = vec![r#"{"t":1,"values":{}}"#; 10_001].join(",");
        let body = format!(r#"{{"frames":[{rows}]}}"#);
        let refused = frames(Some(JSON), (body.as_bytes(), 0), &schema(), false);
        assert!(matches!(refused, Err(Refusal::TooManyFrames { frames: 10_001, cap: 10_000 })));
    }
}
