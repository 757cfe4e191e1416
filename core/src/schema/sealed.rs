//! A schema inside a snapshot. It is read back through the same validation as any other draft.

use alloc::string::String;
use alloc::vec::Vec;

use super::validate::{NAME_BYTES_MAX, STREAMS_MAX};
use super::{Kind, LinkDraft, Schema, SchemaDraft, StreamDraft};
use crate::snapshot::{Damage, Reader, State, Writer};

/// More links than pairs of a wide schema are not taken from a snapshot.
const LINKS_MAX: usize = STREAMS_MAX * 64;

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
        }
        draft.links.len().save(to);
        for link in &self.links {
            link.from.save(to);
            link.to.save(to);
        }
        self.false_alarm_rate.save(to);
        self.seed.save(to);
    }

    pub(crate) fn load(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let mut draft = SchemaDraft::of_streams::<String>([]);
        draft.name = Some(load_text(from)?);
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
        draft.false_alarm_rate.load(from)?;
        draft.seed.load(from)?;
        draft.validate().map_err(|_| Damage)
    }
}

fn load_stream(from: &mut Reader<'_>) -> Result<StreamDraft, Damage> {
    let mut stream = StreamDraft { name: load_text(from)?, ..StreamDraft::default() };
    let mut kind = 0_u8;
    kind.load(from)?;
    stream.kind = [Kind::ContinuousSmooth, Kind::ContinuousNoisy, Kind::DiscreteEvents, Kind::Sporadic]
        .into_iter()
        .find(|known| *known as u8 == kind)
        .ok_or(Damage)?;
    for slot in [&mut stream.group, &mut stream.unit] {
        let mut is_some = false;
        is_some.load(from)?;
        let text = load_text(from)?;
        *slot = is_some.then_some(text);
    }
    stream.cadence_ms.load(from)?;
    stream.bounds.load(from)?;
    Ok(stream)
}

fn save_text(text: &str, to: &mut Writer) {
    text.len().save(to);
    to.put(text.as_bytes());
}

fn load_text(from: &mut Reader<'_>) -> Result<String, Damage> {
    let length = from.length(NAME_BYTES_MAX)?;
    String::from_utf8(from.take(length)?.into()).map_err(|_| Damage)
}
