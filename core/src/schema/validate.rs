//! From a draft to a schema. All faults are found in one go, so that nobody mends a schema one error at a time.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::fault::SchemaFault;
use super::zone::Zone;
use super::{Aggregate, Link, Schema, SchemaDraft, Stream, StreamDraft, pattern};
use crate::error::Error;

/// The widest schema: its state is then some tens of megabytes, what a phone's tab can still hold.
pub(super) const STREAMS_MAX: usize = 4096;
pub(super) const NAME_BYTES_MAX: usize = 128;
/// A year.
pub(super) const CADENCE_MS_MAX: i64 = 366 * 86_400_000;
/// A day: longer frames would say nothing of a day's rhythm.
pub(super) const FRAME_MS_MAX: i64 = 86_400_000;
/// Five minutes.
pub(super) const FRAME_MS: i64 = 300_000;
/// The buffer of late events holds every frame of the lateness window, so the window has an end: a day of frames of
/// five minutes.
pub(super) const FRAMES_LATE_MAX: i64 = 288;
/// The largest integer that JavaScript holds exactly.
pub(super) const SEED_MAX: u64 = (1 << 53) - 1;

impl SchemaDraft {
    /// Checks every rule and resolves every name.
    ///
    /// ```
    /// use fourfold::{Error, SchemaDraft};
    ///
    /// let mut draft = SchemaDraft::of_streams(["cpu", "cpu", ""]);
    /// draft.false_alarm_rate = 7.0;
    /// let Err(Error::Schema(faults)) = draft.validate() else { panic!("three rules are broken") };
    /// assert_eq!(faults.len(), 3);
    /// ```
    pub fn validate(self) -> Result<Schema, Error> {
        let mut faults = Vec::new();
        if self.streams.len() > STREAMS_MAX {
            return Err(Error::Schema([SchemaFault::TooManyStreams(self.streams.len())].into()));
        }
        if let Some(name) = self.name.as_ref().filter(|name| name.len() > NAME_BYTES_MAX) {
            faults.push(SchemaFault::TextTooLong { name: "the schema".to_string(), bytes: name.len() });
        }
        for (place, stream) in self.streams.iter().enumerate() {
            check_stream(place, stream, &mut faults);
        }
        let mut by_name: Vec<usize> = (0..self.streams.len()).collect();
        by_name.sort_by(|&a, &b| self.streams[a].name.cmp(&self.streams[b].name));
        for pair in by_name.windows(2) {
            if self.streams[pair[0]].name == self.streams[pair[1]].name {
                faults.push(SchemaFault::DuplicateName(self.streams[pair[0]].name.clone()));
            }
        }
        let place_of = |name: &str| {
            by_name
                .binary_search_by(|&place| self.streams[place].name.as_str().cmp(name))
                .map(|at| by_name[at])
        };
        let mut links = Vec::with_capacity(self.links.len());
        for link in &self.links {
            match (place_of(&link.from), place_of(&link.to)) {
                (Ok(from), Ok(to)) if from != to => links.push(Link { from, to }),
                _ => faults.push(SchemaFault::BadLink { from: link.from.clone(), to: link.to.clone() }),
            }
        }
        let find = |name: &str| place_of(name).ok();
        let patterns = pattern::check(&self.patterns, find, &mut faults);
        let zone = self.zone.as_ref().map_or_else(Zone::default, |zone| zone.check(&mut faults));
        let (frame_ms, lateness_ms) = check_pace(&self, &mut faults);
        if !(self.false_alarm_rate > 0.0 && self.false_alarm_rate < 0.5) {
            faults.push(SchemaFault::BadRate(self.false_alarm_rate));
        }
        if self.seed > SEED_MAX {
            faults.push(SchemaFault::BadSeed(self.seed));
        }
        if !faults.is_empty() {
            return Err(Error::Schema(faults));
        }

        let mut groups = Vec::new();
        let streams = (self.streams.into_iter())
            .map(|draft| Stream {
                group: draft.group.map(|name| match groups.iter().position(|known| *known == name) {
                    Some(place) => place,
                    None => {
                        groups.push(name);
                        groups.len() - 1
                    }
                }),
                name: draft.name,
                kind: draft.kind,
                unit: draft.unit,
                cadence_ms: draft.cadence_ms.map(|ms| ms as i64),
                bounds: draft.bounds,
                aggregate: draft.aggregate.unwrap_or(Aggregate::of_kind(draft.kind)),
            })
            .collect();
        Ok(Schema {
            name: self.name.unwrap_or_else(|| "system".to_string()),
            streams,
            groups,
            links,
            patterns,
            zone,
            frame_ms,
            lateness_ms,
            false_alarm_rate: self.false_alarm_rate,
            seed: self.seed,
            by_name,
        })
    }
}

pub(super) fn printable(text: &str, bytes_max: usize) -> bool {
    !text.is_empty() && text.len() <= bytes_max && !text.chars().any(char::is_control)
}

/// Frame length and lateness window, in whole milliseconds.
fn check_pace(draft: &SchemaDraft, faults: &mut Vec<SchemaFault>) -> (i64, i64) {
    let frame_ms = draft.frame_ms.unwrap_or(FRAME_MS as f64);
    let lateness_ms = draft.lateness_ms.unwrap_or(2.0 * frame_ms);
    if !(frame_ms >= 1.0 && frame_ms <= FRAME_MS_MAX as f64) {
        faults.push(SchemaFault::BadFrameLength(frame_ms));
    } else if !(lateness_ms >= 0.0 && lateness_ms <= frame_ms * FRAMES_LATE_MAX as f64) {
        faults.push(SchemaFault::BadLateness { lateness_ms, frame_ms });
    }
    (frame_ms as i64, lateness_ms as i64)
}

fn check_stream(place: usize, stream: &StreamDraft, faults: &mut Vec<SchemaFault>) {
    if !printable(&stream.name, NAME_BYTES_MAX) {
        faults.push(SchemaFault::BadName { place, name: stream.name.clone() });
    }
    for text in [&stream.group, &stream.unit].into_iter().flatten() {
        if text.len() > NAME_BYTES_MAX {
            faults.push(SchemaFault::TextTooLong { name: stream.name.clone(), bytes: text.len() });
        }
    }
    if let Some(cadence_ms) = stream.cadence_ms
        && !(cadence_ms >= 1.0 && cadence_ms <= CADENCE_MS_MAX as f64)
    {
        faults.push(SchemaFault::BadCadence { stream: stream.name.clone(), cadence_ms });
    }
    if let Some([low, high]) = stream.bounds
        && !(low.is_finite() && high.is_finite() && low < high)
    {
        faults.push(SchemaFault::BadBounds { stream: stream.name.clone(), low, high });
    }
}
