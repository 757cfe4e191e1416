//! From bytes to a table, piece by piece, so that a large file never has to be in memory as text.

use super::record::{Records, cells, separator_of};
use super::shape::{Cell, Shape, TimeForm, cell};
use super::time::parse_time;
use super::{Column, Note, Table, TableFault};

/// Rows looked at before the columns are guessed.
const SAMPLE_ROWS: usize = 200;

/// Takes a file in pieces.
///
/// ```
/// use fourfold_web::table::Reader;
///
/// let mut reader = Reader::default();
/// reader.feed(b"time,load\n2024-01-01 00:00,0.5\n2024-01-01 0")?;
/// reader.feed(b"0:05,\n")?;
/// let table = reader.finish()?;
/// assert_eq!(table.columns[0].name, "load");
/// assert!(table.columns[0].values[1].is_nan());
/// # Ok::<(), fourfold_web::table::TableFault>(())
/// ```
#[derive(Debug, Default)]
pub struct Reader {
    records: Records,
    started: bool,
    header: Option<Vec<u8>>,
    sample: Vec<(u64, Vec<u8>)>,
    body: Option<Body>,
}

/// The table while it grows.
#[derive(Debug)]
struct Body {
    shape: Shape,
    times_ms: Vec<i64>,
    columns: Vec<Vec<f64>>,
    note: Note,
}

impl Reader {
    /// Takes the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), TableFault> {
        let mut bytes = bytes;
        if !self.started && !bytes.is_empty() {
            self.started = true;
            if let Some(what) = foreign(bytes) {
                return Err(TableFault::Foreign(what));
            }
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        let Self { records, header, sample, body, .. } = self;
        let mut fault = None;
        records.feed(bytes, |line, record| take(header, sample, body, &mut fault, line, record));
        fault.map_or(Ok(()), Err)
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.body.as_ref().map_or(self.sample.len(), |body| body.times_ms.len())
    }

    /// The table, once all bytes are there.
    pub fn finish(mut self) -> Result<Table, TableFault> {
        let Self { records, header, sample, body, .. } = &mut self;
        let mut fault = None;
        records.finish(|line, record| take(header, sample, body, &mut fault, line, record));
        if let Some(fault) = fault {
            return Err(fault);
        }
        let header = header.as_ref().ok_or(TableFault::Empty)?;
        if body.is_none() {
            *body = Some(Body::start(header, sample)?);
        }
        body.take().ok_or(TableFault::Empty)?.finish()
    }
}

fn take(
    header: &mut Option<Vec<u8>>,
    sample: &mut Vec<(u64, Vec<u8>)>,
    body: &mut Option<Body>,
    fault: &mut Option<TableFault>,
    line: u64,
    record: &[u8],
) {
    if fault.is_some() || record.trim_ascii().is_empty() {
        return;
    }
    match (header.as_ref(), body) {
        (None, _) => *header = Some(record.to_vec()),
        (Some(_), Some(body)) => body.push(line, record),
        (Some(first), body) => {
            sample.push((line, record.to_vec()));
            if sample.len() == SAMPLE_ROWS {
                match Body::start(first, sample) {
                    Ok(started) => *body = Some(started),
                    Err(found) => *fault = Some(found),
                }
            }
        }
    }
}

/// Names a format that is no text table, by its first bytes.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'P', b'K', 3, 4, ..] => Some("an Excel or zip file"),
        [0x1f, 0x8b, ..] => Some("a gzip file"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        [b'P', b'A', b'R', b'1', ..] => Some("a Parquet file"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16 text"),
        [b'{' | b'[', ..] => Some("JSON"),
        [b'<', ..] => Some("a web page"),
        _ if bytes.iter().take(4096).any(|&byte| byte == 0) => Some("a binary file"),
        _ => None,
    }
}

impl Body {
    fn start(header: &[u8], sample: &[(u64, Vec<u8>)]) -> Result<Self, TableFault> {
        let records: Vec<Vec<u8>> = sample.iter().map(|(_, record)| record.clone()).collect();
        let shape = Shape::guess(header, separator_of(header), &records)?;
        let note = Note {
            time_column: shape.time.map(|(place, _)| shape.names[place].clone()),
            text_columns: shape.text_columns.clone(),
            surplus_columns: shape.surplus_columns.clone(),
            ..Note::default()
        };
        let columns = vec![Vec::new(); shape.numeric.len()];
        let mut body = Self { shape, times_ms: Vec::new(), columns, note };
        if !body.shape.has_header {
            body.push(1, header);
        }
        for (line, record) in sample {
            body.push(*line, record);
        }
        Ok(body)
    }

    fn push(&mut self, line: u64, record: &[u8]) {
        let Self { shape, times_ms, columns, note } = self;
        let row = times_ms.len();
        let mut at_ms = shape.time.is_none().then_some(row as i64);
        let (mut seen, mut stream, mut missing, mut unreadable) = (0, 0, 0, 0);
        for text in cells(record, shape.separator) {
            if let Some((place, form)) = shape.time
                && place == seen
            {
                at_ms = time_of(&text, form);
            } else if shape.numeric.get(stream) == Some(&seen) {
                let value = cell(&text, shape.separator);
                missing += u64::from(value == Cell::Missing);
                unreadable += u64::from(value == Cell::Unreadable);
                columns[stream].push(if let Cell::Number(number) = value { number } else { f64::NAN });
                stream += 1;
            }
            seen += 1;
        }
        match at_ms {
            Some(at_ms) if seen == shape.width => {
                times_ms.push(at_ms);
                note.missing_cells += missing;
                note.unreadable_cells += unreadable;
            }
            _ => {
                columns.iter_mut().for_each(|column| column.truncate(row));
                note.bad_rows += 1;
                note.first_bad_line.get_or_insert(line);
            }
        }
    }

    fn finish(self) -> Result<Table, TableFault> {
        let Self { shape, mut times_ms, mut columns, mut note } = self;
        if times_ms.is_empty() {
            return Err(TableFault::NoRows);
        }
        if times_ms.windows(2).any(|pair| pair[0] >= pair[1]) {
            note.sorted = times_ms.windows(2).any(|pair| pair[0] > pair[1]);
            let mut order: Vec<usize> = (0..times_ms.len()).collect();
            order.sort_by_key(|&row| times_ms[row]);
            let rows = times_ms.len();
            columns = columns.iter().map(|column| in_order(column, &times_ms, &order)).collect();
            let mut sorted: Vec<i64> = order.iter().map(|&row| times_ms[row]).collect();
            sorted.dedup();
            times_ms = sorted;
            note.merged_rows = (rows - times_ms.len()) as u64;
        }
        note.rows = times_ms.len() as u64;
        let named = shape.numeric.iter().map(|&place| shape.names[place].clone()).zip(columns);
        let (columns, empty): (Vec<_>, Vec<_>) =
            named.partition(|(_, values)| values.iter().any(|value| !value.is_nan()));
        note.text_columns.extend(empty.into_iter().map(|(name, _)| name));
        if columns.is_empty() {
            return Err(TableFault::NoNumbers);
        }
        let columns = columns.into_iter().map(|(name, values)| Column { name, values }).collect();
        Ok(Table { times_ms, columns, note })
    }
}

/// A column in the order of time; of rows with one time, the last that has a value counts.
fn in_order(column: &[f64], times_ms: &[i64], order: &[usize]) -> Vec<f64> {
    let mut sorted: Vec<f64> = Vec::with_capacity(column.len());
    let mut last_ms = None;
    for &row in order {
        if last_ms != Some(times_ms[row]) {
            sorted.push(column[row]);
        } else if let Some(value) = sorted.last_mut()
            && !column[row].is_nan()
        {
            *value = column[row];
        }
        last_ms = Some(times_ms[row]);
    }
    sorted
}

fn time_of(text: &str, form: TimeForm) -> Option<i64> {
    match form {
        TimeForm::Text => parse_time(text),
        TimeForm::Epoch { per_second } => {
            let ms = text.parse::<f64>().ok()? * (1000.0 / per_second as f64);
            (ms.abs() < 8.64e15).then_some(ms.round() as i64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, TableFault> {
        let mut reader = Reader::default();
        reader.feed(text.as_bytes())?;
        reader.finish()
    }

    fn values(text: &str) -> Vec<Vec<f64>> {
        read(text).expect(text).columns.into_iter().map(|column| column.values).collect()
    }

    #[test]
    fn the_first_time_like_column_is_the_time() {
        for (text, time_column, times_ms) in [
            (
                "a,when\n1,2024-01-01\n2,2024-01-02\n",
                Some("when"),
                vec![1_704_067_200_000, 1_704_153_600_000],
            ),
            ("ts,a\n1704067200,1\n1704067260,2\n", Some("ts"), vec![1_704_067_200_000, 1_704_067_260_000]),
            ("ts;a\n1704067200500;1,5\n", Some("ts"), vec![1_704_067_200_500]),
            ("bytes,a\n1704067200,1\n1604067260,2\n", None, vec![0, 1]),
            ("a\n5\n6\n7\n", None, vec![0, 1, 2]),
        ] {
            let table = read(text).expect(text);
            assert_eq!(table.note.time_column.as_deref(), time_column, "{text}");
            assert_eq!(table.times_ms, times_ms, "{text}");
        }
    }

    #[test]
    fn missing_is_not_zero_and_text_is_counted() {
        let table =
            read("t,a,b\r\n1,,x\r\n2,NA,2\r\n3,null,3\r\n4,4,4\r\n5,5,5\r\n6,oops,6\r\n7,1,1\r\n8,1,1\r\n")
                .expect("a table");
        assert_eq!(table.columns.len(), 3, "t is not a time: it counts rows");
        let a = &table.columns[1].values;
        assert!(a[..3].iter().all(|value| value.is_nan()) && a[3] == 4.0 && a[5].is_nan());
        assert_eq!((table.note.missing_cells, table.note.unreadable_cells), (3, 2));
    }

    #[test]
    fn bad_lines_are_counted_and_named() {
        let good: String = (10..30).map(|day| format!("2024-01-{day},1\n")).collect();
        let text = format!("time,a\n2024-01-01,1\n2024-01-02,2,9\nlater,3\n\n{good}");
        let table = read(&text).expect("a table");
        assert_eq!((table.note.rows, table.note.bad_rows, table.note.first_bad_line), (21, 2, Some(3)));
    }

    #[test]
    fn rows_are_put_in_order_and_twins_are_merged() {
        let text = "time,a,b\n2024-01-02,2,\n2024-01-01,1,1\n2024-01-02,,5\n";
        let table = read(text).expect("a table");
        assert!(table.note.sorted && table.note.merged_rows == 1);
        assert_eq!(values(text), [vec![1.0, 2.0], vec![1.0, 5.0]]);
    }

    #[test]
    fn excel_habits_are_read() {
        assert_eq!(values("\u{feff}a;b\r\n1,5;\"2\"\r\n2,5;3\r\n"), [vec![1.5, 2.5], vec![2.0, 3.0]]);
        assert_eq!(values("1\t2\n3\t4\n"), [vec![1.0, 3.0], vec![2.0, 4.0]]);
    }

    #[test]
    fn what_is_no_table_is_said_in_a_sentence() {
        for (text, expected) in [
            ("", TableFault::Empty),
            ("a,b\n", TableFault::NoRows),
            ("a,b\nx,y\nz,w\n", TableFault::NoNumbers),
            ("PK\u{3}\u{4}rest", TableFault::Foreign("an Excel or zip file")),
        ] {
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn more_columns_than_a_page_shows_are_named() {
        let header: Vec<String> = (0..40).map(|n| format!("s{n}")).collect();
        let row = ["1"; 40].join(",");
        let table = read(&format!("{}\n{row}\n", header.join(","))).expect("a table");
        assert_eq!((table.columns.len(), table.note.surplus_columns.len()), (32, 8));
    }
}
