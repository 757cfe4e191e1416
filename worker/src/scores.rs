//! Scores in a byte each: per frame the score, those of the views and of the streams, and why a value is missing. They
//! are for people and charts; exact verdicts are kept for days, these for as long as raw data.

use fourfold::silence::Cause;
use fourfold::stream::Gap;
use fourfold::verdict::View;

use crate::log::column;
use crate::log::pack;
use crate::refusal::{Refusal, StorageFault};
use crate::verdicts::{GAPS, Verdicts};

/// Steps per decade of unlikeliness: a score of 0.99 is told from one of 0.9893.
const STEPS: f64 = 32.0;
/// No opinion.
const NONE: u8 = 255;
/// Bytes of a frame on so many streams: score, views, streams' scores, what is missing.
fn row_bytes(width: usize) -> usize {
    1 + View::COUNT + 2 * width
}

/// What is known of one frame.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scored {
    /// The frame.
    pub(crate) at_ms: i64,
    /// All in all.
    pub(crate) score: Option<f64>,
    /// In the order of [`View::ALL`].
    pub(crate) views: Vec<Option<f64>>,
    /// In the order of the schema's streams.
    pub(crate) streams: Vec<Option<f64>>,
    /// Where there was no value: how long it has been away, and why as far as it is known.
    pub(crate) missing: Vec<Option<(Gap, Option<Cause>)>>,
}

/// The scores of verdicts, packed.
pub(crate) fn pack(verdicts: &Verdicts, width: usize) -> Result<Vec<u8>, Refusal> {
    let mut times_ms = Vec::new();
    let mut rows = Vec::new();
    verdicts.each(|verdict| {
        times_ms.push(verdict.at_ms);
        rows.push(code(Some(verdict.score)));
        rows.extend(verdict.views.iter().map(|view| code(view.score)));
        rows.extend(verdict.streams.iter().map(|stream| code(stream.score)));
        rows.extend(verdict.streams.iter().map(|stream| match stream.present {
            true => 0,
            false => 1 + stream.gap as u8 + 6 * stream.silence.map_or(0, |cause| 1 + cause as u8),
        }));
        Ok(())
    })?;
    let mut bytes = Vec::new();
    column::write_unsigned(times_ms.len() as u64, &mut bytes);
    pack::write_times(times_ms.iter().copied(), &mut bytes);
    // Column by column: what is alike stands together.
    for place in 0..row_bytes(width) {
        bytes.extend(rows.iter().skip(place).step_by(row_bytes(width)));
    }
    Ok(pack::deflate(&bytes))
}

/// The scores of a chapter.
pub(crate) fn unpack(packed: &[u8], width: usize) -> Result<Vec<Scored>, StorageFault> {
    let (_, packed) = packed.split_first().ok_or(StorageFault::Damaged)?;
    let bytes = pack::inflate(packed)?;
    let from = &mut bytes.as_slice();
    let count = pack::count(from)?;
    let times_ms = pack::read_times(from, count)?;
    let columns = column::take(from, count * row_bytes(width))?;
    let row = |(place, at_ms): (usize, i64)| {
        let mut codes = columns.iter().skip(place).step_by(count.max(1)).copied();
        let score = codes.next().map(value)?;
        let views = codes.by_ref().take(View::COUNT).map(value).collect();
        let streams = codes.by_ref().take(width).map(value).collect();
        let missing = codes.map(absence).collect::<Option<_>>()?;
        Some(Scored { at_ms, score, views, streams, missing })
    };
    times_ms.into_iter().enumerate().map(row).collect::<Option<_>>().ok_or(StorageFault::Damaged)
}

fn code(score: Option<f64>) -> u8 {
    match score {
        None => NONE,
        Some(score) => (-libm::log10(1.0 - score) * STEPS).round().clamp(0.0, f64::from(NONE - 1)) as u8,
    }
}

fn value(code: u8) -> Option<f64> {
    (code != NONE).then(|| {
        let score = 1.0 - libm::pow(10.0, -f64::from(code) / STEPS);
        // No more digits than there are.
        (score * 1e8).round() / 1e8
    })
}

fn absence(code: u8) -> Option<Option<(Gap, Option<Cause>)>> {
    let Some(code) = code.checked_sub(1) else { return Some(None) };
    let gap = *GAPS.get(usize::from(code % 6))?;
    let cause = match (code / 6).checked_sub(1) {
        None => None,
        Some(place) => Some(*Cause::ALL.get(usize::from(place))?),
    };
    Some(Some((gap, cause)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fourfold::{Engine, Frame, SchemaDraft};

    #[test]
    fn scores_come_back_as_fine_as_they_are_kept() {
        let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b"]).validate().unwrap());
        let mut verdicts = Verdicts::new(2);
        let mut exact = Vec::new();
        for minute in 0..1000_i64 {
            let a = if minute == 900 { 90.0 } else { (minute % 7) as f64 };
            let b = if minute > 950 { f64::NAN } else { (minute % 5) as f64 };
            let verdict = engine.observe(Frame { at_ms: 60_000 * minute, values: &[a, b] }).unwrap();
            verdicts.push(verdict, 0);
            exact.push(verdict.score);
        }
        let packed = pack(&verdicts, 2).unwrap();
        assert!(packed.len() < 1000 * 8, "{}", packed.len());
        let back = unpack(&packed, 2).unwrap();
        assert_eq!(back.len(), 1000);
        for (row, exact) in back.iter().zip(exact) {
            let chance = 1.0 - row.score.unwrap();
            assert!(libm::log10(chance / (1.0 - exact)).abs() < 0.02 || exact > 0.999_999, "{exact} {row:?}");
        }
        assert_eq!(back[900].missing, [None, None]);
        assert!(matches!(back[999].missing[1], Some((Gap::Medium | Gap::LongOutage, _))), "{:?}", back[999]);
        assert!(unpack(&packed[..packed.len() / 2], 2).is_err());
    }
}
