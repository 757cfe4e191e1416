//! From a draft to a schema. All faults are found in one go, so that nobody mends a schema one error at a time.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::fault::SchemaFault;
use super::zone::Zone;
use super::{Aggregate, Link, LinkDraft, Schema, SchemaDraft, Stream, StreamDraft, pattern};
use crate::error::Error;
use crate::order;

/// The widest schema: its state is then some tens of megabytes, what a phone's tab can still hold.
pub(super) const STREAMS_MAX: usize = 4096;
/// Nobody knows of more causes per stream; the explanation walks all of them.
pub(super) const LINKS_MAX: usize = 64 * STREAMS_MAX;
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
        if self.streams.len() > STREAMS_MAX {
            return Err(Error::Schema([SchemaFault::TooManyStreams(self.streams.len())].into()));
        }
        let mut faults = Vec::new();
        check_name(&self, &mut faults);
        for (place, stream) in self.streams.iter().enumerate() {
            check_stream(place, stream, &mut faults);
        }
        let by_name = sorted(&self.streams, &mut faults);
        let place_of = |name: &str| place_of(name, &by_name, &self.streams, |stream| &stream.name);
        let links = check_links(&self.links, place_of, &mut faults);
        let patterns = pattern::check(&self.patterns, place_of, &mut faults);
        let zone = self.zone.as_ref().map_or_else(Zone::default, |zone| zone.check(&mut faults));
        let (frame_ms, lateness_ms) = check_pace(&self, &mut faults);
        check_chance(&self, &mut faults);
        if !faults.is_empty() {
            return Err(Error::Schema(faults));
        }
        let (streams, groups) = resolve(self.streams);
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

fn check_name(draft: &SchemaDraft, faults: &mut Vec<SchemaFault>) {
    if let Some(name) = draft.name.as_ref().filter(|name| name.len() > NAME_BYTES_MAX) {
        faults.push(SchemaFault::TextTooLong { name: "the schema".to_string(), bytes: name.len() });
    }
}

/// Places of the streams in the order of their names.
fn sorted(streams: &[StreamDraft], faults: &mut Vec<SchemaFault>) -> Vec<usize> {
    let by_name = order::places(streams.len(), &mut |a, b| streams[a].name < streams[b].name);
    for pair in by_name.windows(2) {
        if streams[pair[0]].name == streams[pair[1]].name {
            faults.push(SchemaFault::DuplicateName(streams[pair[0]].name.clone()));
        }
    }
    by_name
}

/// The place of the stream with this name: looked up without a hash, whose order nobody could rely on.
pub(super) fn place_of<S>(
    name: &str,
    by_name: &[usize],
    streams: &[S],
    name_of: impl Fn(&S) -> &String,
) -> Option<usize> {
    let at = by_name.binary_search_by(|&place| name_of(&streams[place]).as_str().cmp(name)).ok()?;
    Some(by_name[at])
}

fn check_links(
    drafts: &[LinkDraft],
    place_of: impl Fn(&str) -> Option<usize>,
    faults: &mut Vec<SchemaFault>,
) -> Vec<Link> {
    if drafts.len() > LINKS_MAX {
        faults.push(SchemaFault::TooManyLinks(drafts.len()));
        return Vec::new();
    }
    let mut links = Vec::with_capacity(drafts.len());
    for draft in drafts {
        match (place_of(&draft.from), place_of(&draft.to)) {
            (Some(from), Some(to)) if from != to => links.push(Link { from, to }),
            _ => faults.push(SchemaFault::BadLink { from: draft.from.clone(), to: draft.to.clone() }),
        }
    }
    links
}

fn check_chance(draft: &SchemaDraft, faults: &mut Vec<SchemaFault>) {
    if !(draft.false_alarm_rate > 0.0 && draft.false_alarm_rate < 0.5) {
        faults.push(SchemaFault::BadRate(draft.false_alarm_rate));
    }
    if draft.seed > SEED_MAX {
        faults.push(SchemaFault::BadSeed(draft.seed));
    }
}

/// Streams that broke no rule, and the groups that they name, in the order of their first stream.
fn resolve(drafts: Vec<StreamDraft>) -> (Vec<Stream>, Vec<String>) {
    let mut groups = Vec::new();
    let mut place_in_groups = |name: String| match groups.iter().position(|known| *known == name) {
        Some(place) => place,
        None => {
            groups.push(name);
            groups.len() - 1
        }
    };
    let streams = (drafts.into_iter())
        .map(|draft| Stream {
            group: draft.group.map(&mut place_in_groups),
            name: draft.name,
            kind: draft.kind,
            unit: draft.unit,
            cadence_ms: draft.cadence_ms.map(|ms| ms as i64),
            bounds: draft.bounds,
            aggregate: draft.aggregate.unwrap_or(Aggregate::of_kind(draft.kind)),
        })
        .collect();
    (streams, groups)
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
