//! Rows that say something of one thing each, or that somebody wants gathered: events. The engine's own ingestion makes
//! frames of them.

use std::collections::BTreeMap;

use fourfold::SchemaDraft;
use fourfold::ingest::{Buffer, Event};

use super::shape::{Head, distinct};
use super::{Column, Note, STREAMS_MAX, TableFault};

/// No frame is shorter, and none longer: below is a clock's noise, above are not enough of them.
const FRAME_MS: [i64; 2] = [100, 86_400_000];

/// Events of things, or of the one thing without a name that a whole table is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Long {
    /// The value columns.
    values: Vec<Head>,
    /// Streams by thing and value column.
    places: BTreeMap<(String, usize), usize>,
    names: Vec<String>,
    groups: Vec<Option<String>>,
    units: Vec<Option<String>>,
    events: Vec<Event>,
    labelled_ms: Vec<i64>,
}

impl Long {
    pub(super) fn new(values: Vec<Head>) -> Self {
        Self { values, ..Self::default() }
    }

    /// Events so far.
    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Takes a row's values of a thing.
    pub(super) fn push(
        &mut self,
        at_ms: i64,
        thing: &str,
        cells: &[f64],
        is_labelled: bool,
        note: &mut Note,
    ) {
        for (value, &number) in cells.iter().enumerate().filter(|(_, number)| !number.is_nan()) {
            let Some(stream) = self.place(thing, value, note) else { continue };
            self.events.push(Event { stream, at_ms, value: number });
        }
        if is_labelled {
            self.labelled_ms.push(at_ms);
        }
    }

    fn place(&mut self, thing: &str, value: usize, note: &mut Note) -> Option<usize> {
        if let Some(place) = self.places.get(&(thing.to_string(), value)) {
            return Some(*place);
        }
        let is_alone = self.values.len() == 1;
        let head = &self.values[value];
        let name = match thing {
            "" => head.name.clone(),
            _ if is_alone => thing.to_string(),
            _ => format!("{thing}.{}", head.name),
        };
        if self.names.len() >= STREAMS_MAX {
            if !note.surplus_columns.contains(&name) {
                note.surplus_columns.push(name);
            }
            return None;
        }
        self.units.push(head.unit.clone());
        self.names.push(distinct(&self.names, &name));
        self.groups.push((!is_alone && !thing.is_empty()).then(|| thing.chars().take(32).collect()));
        self.places.insert((thing.to_string(), value), self.names.len() - 1);
        Some(self.names.len() - 1)
    }

    /// The usual distance between two values of one stream.
    fn interval_ms(&self) -> i64 {
        let mut last_ms: Vec<Option<i64>> = vec![None; self.names.len()];
        let mut steps: Vec<i64> = Vec::new();
        for event in &self.events {
            if let Some(last_ms) = last_ms[event.stream].replace(event.at_ms) {
                steps.push(event.at_ms - last_ms);
            }
        }
        steps.retain(|step| *step > 0);
        let middle = steps.len() / 2;
        if steps.is_empty() { 1000 } else { *steps.select_nth_unstable(middle).1 }
    }

    /// Frames of so many milliseconds, or of the usual distance of values: times, columns, labels, and the length.
    #[expect(clippy::type_complexity, reason = "four results that belong to no one thing; it is called once")]
    pub(super) fn into_frames(
        mut self,
        frame_ms: Option<f64>,
        note: &mut Note,
    ) -> Result<(Vec<i64>, Vec<Column>, Vec<bool>, f64), TableFault> {
        note.sorted = self.events.windows(2).any(|pair| pair[0].at_ms > pair[1].at_ms);
        self.events.sort_by_key(|event| event.at_ms);
        let guessed = self.interval_ms().clamp(FRAME_MS[0], FRAME_MS[1]) as f64;
        let frame_ms = frame_ms.filter(|ms| *ms >= 1.0).unwrap_or(guessed);
        let mut draft = SchemaDraft::of_streams(self.names.iter().cloned());
        (draft.frame_ms, draft.lateness_ms) = (Some(frame_ms), Some(0.0));
        let schema = draft.validate().map_err(|error| TableFault::Refused(error.to_string()))?;
        let mut frames = Frames::new(self.names.len());
        let mut buffer = Buffer::new(&schema);
        for event in &self.events {
            if buffer.push(&schema, *event).is_err() {
                note.unreadable_cells += 1;
            }
            frames.drain(&mut buffer);
        }
        if let Some(last) = self.events.last() {
            // The last frame is over too.
            let end_ms = last.at_ms.saturating_add(2 * frame_ms as i64);
            let is_told = buffer.tell_time(end_ms).is_ok();
            frames.drain(&mut buffer);
            debug_assert!(is_told || frames.times_ms.is_empty(), "a time that was taken can be told");
        }
        let mut labels = vec![false; if self.labelled_ms.is_empty() { 0 } else { frames.times_ms.len() }];
        for at_ms in self.labelled_ms {
            let after = frames.times_ms.partition_point(|&start_ms| start_ms <= at_ms);
            if let Some(label) = after.checked_sub(1).and_then(|frame| labels.get_mut(frame)) {
                *label = true;
            }
        }
        let named = self.names.into_iter().zip(self.groups).zip(self.units).zip(frames.columns);
        let column = |(((name, group), unit), values)| Column { name, values, group, unit };
        let columns = named.map(column).collect();
        Ok((frames.times_ms, columns, labels, frame_ms))
    }
}

/// What came out of the buffer.
struct Frames {
    times_ms: Vec<i64>,
    columns: Vec<Vec<f64>>,
    values: Vec<f64>,
}

impl Frames {
    fn new(width: usize) -> Self {
        Self { times_ms: Vec::new(), columns: vec![Vec::new(); width], values: vec![f64::NAN; width] }
    }

    fn drain(&mut self, buffer: &mut Buffer) {
        while let Some(ready) = buffer.due(&mut self.values) {
            let is_spoken = self.values.iter().any(|value| !value.is_nan());
            // Frames before the first event and silences are no rows.
            if is_spoken {
                self.times_ms.push(ready.start_ms);
                self.columns.iter_mut().zip(&self.values).for_each(|(column, &value)| column.push(value));
            }
        }
    }
}
