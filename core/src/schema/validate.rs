//! From a draft to a schema. All faults are found in one go, so that nobody mends a schema one error at a time.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::fault::SchemaFault;
use super::{Link, Schema, SchemaDraft, Stream, StreamDraft};
use crate::error::Error;

/// The widest schema: its state is then some tens of megabytes, what a phone's tab can still hold.
pub(super) const STREAMS_MAX: usize = 4096;
pub(super) const NAME_BYTES_MAX: usize = 128;
/// A year.
pub(super) const CADENCE_MS_MAX: i64 = 366 * 86_400_000;
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
            })
            .collect();
        Ok(Schema {
            name: self.name.unwrap_or_else(|| "system".to_string()),
            streams,
            groups,
            links,
            false_alarm_rate: self.false_alarm_rate,
            seed: self.seed,
            by_name,
        })
    }
}

fn check_stream(place: usize, stream: &StreamDraft, faults: &mut Vec<SchemaFault>) {
    let printable =
        |text: &str| !text.is_empty() && text.len() <= NAME_BYTES_MAX && !text.chars().any(char::is_control);
    if !printable(&stream.name) {
        faults.push(SchemaFault::BadName { place, name: stream.name.clone() });
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
