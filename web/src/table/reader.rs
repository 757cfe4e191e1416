//! From bytes to a table, piece by piece, so that a large file never has to be in memory as text.

mod names;
mod when;

use std::borrow::Cow;

use super::cell::{Cell, label};
use super::choices::{Choices, Plan};
use super::elements::Elements;
use super::json::fields;
use super::long::Long;
use super::record::{Records, cells, separator_of, text_of};
use super::shape::{Shape, Slot};
use super::utf16::Utf16;
use super::wall::{Named, Wall, Zones, zone_of_name};
use super::whole::lines;
use super::wide::Wide;
use super::zone::Zone;
use super::{BadLine, Note, Role, Table, TableFault};
use names::{heads, heads_of, in_columns, keys_of};
use when::{Time, chosen};

/// Rows looked at before the columns are guessed.
const SAMPLE_ROWS: usize = 400;
/// Bad lines that are shown.
const BAD_LINES_SHOWN: usize = 5;

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
    utf16: Option<Utf16>,
    /// Of a JSON list, instead of records.
    elements: Option<Elements>,
    records: Records,
    started: bool,
    /// Of an object over many lines, which are not records.
    is_spread: bool,
    inner: Inner,
}

/// Everything behind the splitting into lines.
#[derive(Debug, Default)]
struct Inner {
    choices: Choices,
    zones: Zones,
    is_json: bool,
    /// The newest line before the header that begins with `#`.
    remark: Vec<u8>,
    header: Option<Vec<u8>>,
    sample: Vec<(u64, Vec<u8>)>,
    body: Option<Body>,
    fault: Option<TableFault>,
}

/// The table while it grows.
#[derive(Debug)]
struct Body {
    shape: Shape,
    form: Form,
    rows: Rows,
    /// The clock of times that name none.
    wall: Wall,
    /// Whether the column's name says it.
    zone_in_name: bool,
    named: Named,
    needs_zone: bool,
    note: Note,
    /// Of the row at hand.
    values: Vec<f64>,
}

/// How the cells of a row are told apart.
#[derive(Debug)]
enum Form {
    /// By this sign.
    Separated(u8),
    /// By the keys of a JSON object, here in the order of the columns.
    Keyed(Vec<Cow<'static, str>>),
}

impl Form {
    fn separator(&self) -> Option<u8> {
        match self {
            Self::Separated(separator) => Some(*separator),
            Self::Keyed(_) => None,
        }
    }
}

#[derive(Debug)]
enum Rows {
    Wide(Wide),
    Long(Long),
}

impl Reader {
    /// A reader that does as somebody says, where they do.
    pub fn new(choices: Choices) -> Self {
        Self { inner: Inner { choices, ..Inner::default() }, ..Self::default() }
    }

    /// With clocks that are changed, which only somebody who knows the world can tell.
    pub fn with_zones(mut self, zones: Zones) -> Self {
        self.inner.zones = zones;
        self
    }

    /// Takes the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), TableFault> {
        if !self.started {
            self.utf16 = Utf16::by_mark(bytes);
        }
        let text = self.utf16.as_mut().map(|utf16| utf16.decode(bytes));
        let mut bytes = text.as_deref().map_or(bytes, str::as_bytes);
        if !self.started && !bytes.is_empty() {
            self.started = true;
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            if let Some(what) = foreign(bytes) {
                return Err(TableFault::Foreign(what));
            }
            self.inner.is_json = bytes.trim_ascii_start().first() == Some(&b'{');
            let is_list = self.inner.is_json || bytes.trim_ascii_start().first() == Some(&b'[');
            self.elements = (is_list && Elements::is_list(bytes)).then(Elements::default);
            self.is_spread =
                self.inner.is_json && bytes.trim_ascii_start().get(1..).is_some_and(begins_a_line);
            self.records.quotes_join_lines(!self.inner.is_json);
        }
        let Self { records, elements, inner, .. } = self;
        match elements {
            Some(elements) => elements.feed(bytes, |line, element| inner.take_element(line, element)),
            None if self.is_spread => {
                // In JSON a line end is a blank.
                let bytes: Vec<u8> =
                    bytes.iter().map(|&byte| if byte == b'\n' { b' ' } else { byte }).collect();
                records.feed(&bytes, |line, record| inner.take(line, record));
            }
            None => records.feed(bytes, |line, record| inner.take(line, record)),
        }
        inner.fault.clone().map_or(Ok(()), Err)
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        let Inner { body, sample, .. } = &self.inner;
        body.as_ref().map_or(sample.len(), |body| match &body.rows {
            Rows::Wide(wide) => wide.times_ms.len(),
            Rows::Long(long) => long.len(),
        })
    }

    /// The table, once all bytes are there.
    pub fn finish(mut self) -> Result<Table, TableFault> {
        let Self { records, elements, inner, .. } = &mut self;
        records.finish(|line, record| inner.take(line, record));
        elements.iter_mut().for_each(|list| list.finish(|line, element| inner.take_element(line, element)));
        if inner.is_json && inner.body.is_none() && inner.sample.len() == 1 {
            inner.unfold();
        }
        let Inner { choices, zones, header, sample, body, fault, is_json, .. } = self.inner;
        if let Some(fault) = fault {
            return Err(fault);
        }
        if body.is_none() && header.is_none() && sample.is_empty() {
            return Err(TableFault::Empty);
        }
        let body = match body {
            Some(body) => body,
            None => Body::start(header.as_deref(), &sample, is_json, &choices, &zones)?,
        };
        body.finish(&choices, &zones)
    }
}

impl Inner {
    /// Whether a line before the header is a word to the reader: a remark, or Excel's `sep=;`.
    fn is_preface(&mut self, record: &[u8]) -> bool {
        if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] = record {
            self.choices.separator.get_or_insert(char::from(*separator));
            return true;
        }
        let remark = record.strip_prefix(b"#");
        if let Some(remark) = remark {
            self.remark = remark.trim_ascii_start().to_vec();
        }
        remark.is_some()
    }

    /// The first line is the header; but a last remark of as many words may be the header of a line of values.
    fn begin(&mut self, line: u64, record: &[u8]) {
        let remark = std::mem::take(&mut self.remark);
        let separator = self.choices.separator.and_then(|sign| u8::try_from(sign).ok());
        let separator = separator.unwrap_or_else(|| separator_of(record));
        let is_header_of = !remark.is_empty()
            && !heads_of(record, separator).1
            && cells(&remark, separator).count() == cells(record, separator).count();
        if is_header_of {
            self.header = Some(remark);
            self.sample.push((line, record.to_vec()));
        } else {
            self.header = Some(record.to_vec());
        }
    }

    /// An object is a row with its names; a list is one without.
    fn take_element(&mut self, line: u64, element: &[u8]) {
        if self.header.is_none() && self.sample.is_empty() && self.body.is_none() {
            self.is_json = element.starts_with(b"{");
            self.choices.separator = Some(',');
        }
        let row = element.strip_prefix(b"[").and_then(|row| row.trim_ascii_end().strip_suffix(b"]"));
        self.take(line, row.unwrap_or(element));
    }

    /// The one object of the file may be the whole table.
    fn unfold(&mut self) {
        let Some(lines) = self.sample.first().and_then(|(_, object)| lines(object)) else { return };
        self.sample.clear();
        self.is_json = false;
        self.choices.separator = Some(',');
        (1..).zip(lines).for_each(|(number, line)| self.take(number, &line));
    }

    fn take(&mut self, line: u64, record: &[u8]) {
        if self.fault.is_some() || record.trim_ascii().is_empty() {
            return;
        }
        if !self.is_json && self.header.is_none() {
            if !self.is_preface(record) {
                self.begin(line, record);
            }
            return;
        }
        if let Some(body) = &mut self.body {
            body.push(line, record);
            return;
        }
        self.sample.push((line, record.to_vec()));
        if self.sample.len() == SAMPLE_ROWS {
            let Self { header, sample, is_json, choices, zones, .. } = &*self;
            match Body::start(header.as_deref(), sample, *is_json, choices, zones) {
                Ok(started) => self.body = Some(started),
                Err(found) => self.fault = Some(found),
            }
            self.sample.clear();
        }
    }
}

/// Whether nothing else stands on this line.
fn begins_a_line(rest: &[u8]) -> bool {
    let blanks = rest.iter().take_while(|byte| [b' ', b'\t', b'\r'].contains(byte)).count();
    rest.get(blanks) == Some(&b'\n')
}

/// Names a format that is no text table, by its first bytes.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'P', b'K', 3, 4, ..] => Some("an Excel or zip file"),
        [0x1f, 0x8b, ..] => Some("a gzip file"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        [b'P', b'A', b'R', b'1', ..] => Some("a Parquet file"),
        [b'<', ..] => Some("a web page"),
        _ if bytes.iter().take(4096).any(|&byte| byte == 0) => Some("a binary file"),
        _ => None,
    }
}

impl Body {
    fn start(
        header: Option<&[u8]>,
        sample: &[(u64, Vec<u8>)],
        is_json: bool,
        choices: &Choices,
        zones: &Zones,
    ) -> Result<Self, TableFault> {
        let (form, heads, header) = match header.filter(|_| !is_json) {
            Some(header) => {
                let separator = choices.separator.and_then(|sign| u8::try_from(sign).ok());
                let separator = separator.unwrap_or_else(|| separator_of(header));
                let (heads, has_header) = heads_of(header, separator);
                (Form::Separated(separator), heads, Some(header).filter(|_| !has_header))
            }
            None => {
                let keys = keys_of(sample);
                let heads = heads(&keys, true);
                (Form::Keyed(keys), heads, None)
            }
        };
        // A header that is none is the first row.
        let first = header.map(|header| (1, header));
        let lines: Vec<(u64, &[u8])> =
            first.into_iter().chain(sample.iter().map(|(line, record)| (*line, record.as_slice()))).collect();
        let rows: Vec<Vec<Cow<'_, str>>> = (lines.iter())
            .map(|(_, record)| match &form {
                Form::Separated(separator) => cells(record, *separator).collect(),
                Form::Keyed(keys) => in_columns(keys, fields(record).unwrap_or_default()).collect(),
            })
            .filter(|row: &Vec<_>| row.len() == heads.len())
            .collect();
        let shape = Shape::guess(heads, &rows, form.separator(), choices)?;
        let mut body = Self::new(shape, form, choices, zones);
        for (line, record) in lines {
            body.push(line, record);
        }
        Ok(body)
    }

    fn new(shape: Shape, form: Form, choices: &Choices, zones: &Zones) -> Self {
        let name_of = |slot: Slot| {
            let place = shape.slots.iter().position(|known| *known == slot)?;
            Some(shape.names[place].clone())
        };
        let ignored = shape.plan.iter().filter(|column| column.role == Role::Ignore);
        let note = Note {
            time_column: name_of(Slot::Time),
            group_column: name_of(Slot::Group),
            label_column: name_of(Slot::Label),
            text_columns: (ignored.map(|column| column.name.clone()))
                .filter(|name| !shape.surplus.contains(name))
                .collect(),
            surplus_columns: shape.surplus.clone(),
            ..Note::default()
        };
        let rows = match (&note.group_column, choices.frame_ms) {
            (None, None) => Rows::Wide(Wide::new(shape.values().count())),
            _ => Rows::Long(Long::new(shape.heads())),
        };
        let zone_in_name = note.time_column.as_deref().and_then(zone_of_name).map(Zone::fixed);
        let wall = Wall::new(zone_in_name.clone().or(chosen(choices, zones)).unwrap_or_default());
        Self {
            shape,
            form,
            rows,
            wall,
            zone_in_name: zone_in_name.is_some(),
            named: Named::default(),
            needs_zone: false,
            note,
            values: Vec::new(),
        }
    }

    fn push(&mut self, line: u64, record: &[u8]) {
        let fault = match &self.form {
            Form::Separated(separator) => self.push_cells(cells(record, *separator)),
            Form::Keyed(keys) => match fields(record) {
                Some(fields) => {
                    let cells: Vec<Cow<'_, str>> = in_columns(keys, fields).collect();
                    self.push_cells(cells.into_iter())
                }
                None => Err("no JSON object".to_string()),
            },
        };
        if let Err(why) = fault {
            self.note.bad_rows += 1;
            if self.note.bad_lines.len() < BAD_LINES_SHOWN {
                let text = text_of(record).chars().take(120).collect();
                self.note.bad_lines.push(BadLine { line, why, text });
            }
        }
    }

    fn push_cells<'c>(&mut self, cells: impl Iterator<Item = Cow<'c, str>>) -> Result<(), String> {
        let mut time = None;
        let (mut seen, mut missing, mut unreadable) = (0, 0, 0);
        let (mut thing, mut is_labelled, mut unread_time) = (String::new(), false, None);
        let (mut day, mut clock) = (Cow::Borrowed(""), Cow::Borrowed(""));
        let has_clock = self.shape.slots.contains(&Slot::Clock);
        self.values.clear();
        for text in cells {
            match self.shape.slots.get(seen) {
                Some(Slot::Value) => {
                    let said = self.shape.read(seen, &text);
                    missing += u64::from(said == Cell::Missing);
                    unreadable += u64::from(said == Cell::Unreadable);
                    self.values.push(if let Cell::Number(number) = said { number } else { f64::NAN });
                }
                Some(Slot::Time) if has_clock => day = text,
                Some(Slot::Clock) => clock = text,
                Some(Slot::Time) => {
                    time = self.time(&text);
                    unread_time = time.is_none().then(|| text.chars().take(40).collect::<String>());
                }
                Some(Slot::Group) => thing = text.into_owned(),
                Some(Slot::Label) => is_labelled = label(&text).unwrap_or(false),
                Some(Slot::Skip) | None => {}
            }
            seen += 1;
        }
        if seen != self.shape.slots.len() {
            return Err(format!("{seen} cells instead of {}", self.shape.slots.len()));
        }
        if has_clock {
            let text = format!("{day} {clock}");
            time = self.time(&text);
            unread_time = time.is_none().then(|| text.chars().take(40).collect());
        }
        if let Some(text) = unread_time {
            return Err(format!("“{text}” is no time"));
        }
        let at_ms = time.map(|time| match time {
            Time::At(at_ms) => at_ms,
            Time::Shown(local_ms) => self.wall.at_ms(local_ms, &thing),
        });
        let has_labels = self.note.label_column.is_some();
        match &mut self.rows {
            Rows::Wide(wide) => {
                wide.times_ms.push(at_ms.unwrap_or(wide.times_ms.len() as i64));
                wide.columns.iter_mut().zip(&self.values).for_each(|(column, &value)| column.push(value));
                if has_labels {
                    wide.labels.push(is_labelled);
                }
            }
            Rows::Long(long) => {
                let at_ms = at_ms.unwrap_or(self.note.rows as i64);
                long.push(at_ms, &thing, &self.values, is_labelled, &mut self.note);
            }
        }
        self.note.rows += 1;
        self.note.missing_cells += missing;
        self.note.unreadable_cells += unreadable;
        Ok(())
    }

    fn finish(mut self, choices: &Choices, zones: &Zones) -> Result<Table, TableFault> {
        let zone_is_told = self.guess_zone(choices, zones);
        let Self { shape, form, rows, wall, named, needs_zone, mut note, .. } = self;
        wall.note(&mut note);
        if note.rows == 0 {
            return Err(TableFault::NoRows);
        }
        let mut table = Table::default();
        let mut frame_ms = None;
        match rows {
            Rows::Wide(mut wide) => {
                wide.order(&mut note);
                table.times_ms = std::mem::take(&mut wide.times_ms);
                table.labels = std::mem::take(&mut wide.labels);
                table.columns = wide.into_columns(shape.heads(), &mut note);
            }
            Rows::Long(long) => {
                let (times_ms, columns, labels, length_ms) = long.into_frames(choices.frame_ms, &mut note)?;
                note.events = note.rows;
                frame_ms = Some(length_ms);
                (table.times_ms, table.columns, table.labels) = (times_ms, columns, labels);
            }
        }
        if table.columns.is_empty() {
            return Err(TableFault::NoNumbers);
        }
        note.rows = table.times_ms.len() as u64;
        note.labelled_rows = table.labels.iter().filter(|label| **label).count() as u64;
        note.plan = Plan {
            separator: form.separator().map(char::from),
            decimal: shape.decimal,
            order: shape.order,
            zone: chosen(choices, zones).or(named.zone()).unwrap_or_else(|| wall.zone.clone()),
            zone_is_told,
            needs_zone,
            interval_ms: table.interval_ms(),
            frame_ms,
            columns: shape.plan,
        };
        table.note = note;
        Ok(table)
    }
}

#[cfg(test)]
mod tests;
