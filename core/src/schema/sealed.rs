//! A schema inside a snapshot. It is read back through the same validation as any other draft.

use alloc::string::String;
use alloc::vec::Vec;

use super::pattern::{ACTION_BYTES_MAX, PATTERNS_MAX, STEPS_MAX};
use super::validate::{LINKS_MAX, NAME_BYTES_MAX, STREAMS_MAX};
use super::zone::CHANGES_MAX;
use super::{
    Aggregate, Change, Kind, LinkDraft, PatternDraft, Schema, SchemaDraft, StepDraft, StreamDraft,
    ZoneChangeDraft, ZoneDraft,
};
use crate::snapshot::{Damage, Reader, State, Writer, words};

words!(Aggregate { Aggregate::Mean, Aggregate::Last, Aggregate::Sum, Aggregate::Max, Aggregate::Count });
words!(Change { Change::Up, Change::Down, Change::Absent, Change::Present, Change::Any });

impl Schema {
    pub(crate) fn save(&self, to: &mut Writer) {
        let draft = self.to_draft();
        save_text(&self.name, to);
        draft.streams.len().save(to);
        for stream in &draft.streams {
            save_text(&stream.name, to);
            (stream.kind as u8).save(to);
            for text in [&stream.group, &stream.unit] {
                text.is_some().save(to);
                save_text(text.as_deref().unwrap_or_default(), to);
            }
            stream.cadence_ms.save(to);
            stream.bounds.save(to);
            stream.aggregate.save(to);
        }
        draft.links.len().save(to);
        for link in &self.links {
            link.from.save(to);
            link.to.save(to);
        }
        self.save_patterns(to);
        let zone = draft.zone.unwrap_or_default();
        zone.offset_minutes.save(to);
        zone.changes.len().save(to);
        for change in &zone.changes {
            change.from.save(to);
            change.offset_minutes.save(to);
        }
        draft.frame_ms.save(to);
        draft.lateness_ms.save(to);
        self.false_alarm_rate.save(to);
        self.seed.save(to);
    }

    fn save_patterns(&self, to: &mut Writer) {
        self.patterns.len().save(to);
        for pattern in &self.patterns {
            save_text(&pattern.name, to);
            pattern.steps.len().save(to);
            for step in &pattern.steps {
                step.stream.save(to);
                step.change.save(to);
                step.within_ms.map(|ms| ms as f64).save(to);
            }
            pattern.action.is_some().save(to);
            save_text(pattern.action.as_deref().unwrap_or_default(), to);
        }
    }

    pub(crate) fn load(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let mut draft = SchemaDraft::of_streams::<String>([]);
        draft.name = Some(load_text(NAME_BYTES_MAX, from)?);
        for _ in 0..from.length(STREAMS_MAX)? {
            draft.streams.push(load_stream(from)?);
        }
        let name_of = |place: usize| draft.streams.get(place).map(|stream| stream.name.clone()).ok_or(Damage);
        let mut links = Vec::new();
        for _ in 0..from.length(LINKS_MAX)? {
            let mut places = [0_usize; 2];
            places.load(from)?;
            links.push(LinkDraft { from: name_of(places[0])?, to: name_of(places[1])? });
        }
        draft.links = links;
        for _ in 0..from.length(PATTERNS_MAX)? {
            draft.patterns.push(load_pattern(from, name_of)?);
        }
        draft.zone = load_zone(from)?;
        draft.frame_ms.load(from)?;
        draft.lateness_ms.load(from)?;
        draft.false_alarm_rate.load(from)?;
        draft.seed.load(from)?;
        draft.validate().map_err(|_| Damage)
    }
}

fn load_stream(from: &mut Reader<'_>) -> Result<StreamDraft, Damage> {
    let mut stream = StreamDraft { name: load_text(NAME_BYTES_MAX, from)?, ..StreamDraft::default() };
    let mut kind = 0_u8;
    kind.load(from)?;
    stream.kind = [Kind::ContinuousSmooth, Kind::ContinuousNoisy, Kind::DiscreteEvents, Kind::Sporadic]
        .into_iter()
        .find(|known| *known as u8 == kind)
        .ok_or(Damage)?;
    for slot in [&mut stream.group, &mut stream.unit] {
        let mut is_some = false;
        is_some.load(from)?;
        let text = load_text(NAME_BYTES_MAX, from)?;
        *slot = is_some.then_some(text);
    }
    stream.cadence_ms.load(from)?;
    stream.bounds.load(from)?;
    stream.aggregate.load(from)?;
    Ok(stream)
}

fn load_pattern(
    from: &mut Reader<'_>,
    name_of: impl Fn(usize) -> Result<String, Damage>,
) -> Result<PatternDraft, Damage> {
    let mut pattern = PatternDraft { name: load_text(NAME_BYTES_MAX, from)?, ..PatternDraft::default() };
    for _ in 0..from.length(STEPS_MAX)? {
        let (mut place, mut step) = (0_usize, StepDraft::default());
        place.load(from)?;
        step.stream = name_of(place)?;
        step.change.load(from)?;
        step.within_ms.load(from)?;
        pattern.steps.push(step);
    }
    let mut is_some = false;
    is_some.load(from)?;
    let action = load_text(ACTION_BYTES_MAX, from)?;
    pattern.action = is_some.then_some(action);
    Ok(pattern)
}

fn load_zone(from: &mut Reader<'_>) -> Result<Option<ZoneDraft>, Damage> {
    let mut zone = ZoneDraft::default();
    zone.offset_minutes.load(from)?;
    for _ in 0..from.length(CHANGES_MAX)? {
        let mut change = ZoneChangeDraft::default();
        change.from.load(from)?;
        change.offset_minutes.load(from)?;
        zone.changes.push(change);
    }
    Ok(zone.offset_minutes.is_some().then_some(zone))
}

fn save_text(text: &str, to: &mut Writer) {
    text.len().save(to);
    to.put(text.as_bytes());
}

fn load_text(bytes_max: usize, from: &mut Reader<'_>) -> Result<String, Damage> {
    let length = from.length(bytes_max)?;
    String::from_utf8(from.take(length)?.into()).map_err(|_| Damage)
}
