//! Hours and days in a few numbers. Those of two parts of an hour are those of the hour once they are merged.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::log::{Frames, Step, pack};
use crate::query::Grain;
use crate::refusal::{Refusal, StorageFault};
use crate::verdicts::Verdicts;

/// Bytes of the whole, and of one stream.
const WHOLE_BYTES: usize = 20;
const STREAM_BYTES: usize = 24;

/// What happened in an hour or a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Statistics {
    /// Frames, those that belong to an episode, those that raised an alarm.
    pub(crate) frames: u32,
    pub(crate) abnormal: u32,
    pub(crate) alarms: u32,
    pub(crate) score_mean: f32,
    pub(crate) score_max: f32,
    /// In the order of the schema's streams.
    pub(crate) streams: Vec<StreamStatistics>,
}

/// What a stream said in an hour or a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(crate) struct StreamStatistics {
    /// Values, and frames without one.
    pub(crate) count: u32,
    pub(crate) missing: u32,
    pub(crate) mean: f32,
    /// Root of the mean square distance from the mean.
    pub(crate) spread: f32,
    pub(crate) min: f32,
    pub(crate) max: f32,
}

/// Statistics by grain and by when the hour or day begins.
pub(crate) type Calendar = BTreeMap<(Grain, i64), Statistics>;

impl Statistics {
    pub(crate) fn new(width: usize) -> Self {
        Self { streams: vec![StreamStatistics::default(); width], ..Self::default() }
    }

    /// Takes the others in, as if all had been gathered together.
    pub(crate) fn merge(&mut self, others: &Self) {
        let frames = self.frames + others.frames;
        self.score_mean = weighted(self.score_mean, self.frames, others.score_mean, others.frames);
        self.score_max = self.score_max.max(others.score_max);
        self.frames = frames;
        self.abnormal += others.abnormal;
        self.alarms += others.alarms;
        for (stream, other) in self.streams.iter_mut().zip(&others.streams) {
            stream.merge(other);
        }
    }

    /// In few bytes: there are 8,760 hours a year.
    pub(crate) fn packed(&self) -> Vec<u8> {
        pack::deflate(&self.to_bytes())
    }

    pub(crate) fn unpacked(packed: &[u8]) -> Result<Self, StorageFault> {
        let (_, packed) = packed.split_first().ok_or(StorageFault::Damaged)?;
        Self::of_bytes(&pack::inflate(packed)?)
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(WHOLE_BYTES + STREAM_BYTES * self.streams.len());
        [self.frames, self.abnormal, self.alarms].iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        [self.score_mean, self.score_max].iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        for stream in &self.streams {
            [stream.count, stream.missing].iter().for_each(|n| bytes.extend(n.to_le_bytes()));
            let numbers = [stream.mean, stream.spread, stream.min, stream.max];
            numbers.iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        }
        bytes
    }

    fn of_bytes(bytes: &[u8]) -> Result<Self, StorageFault> {
        let (words, rest) = bytes.as_chunks::<4>();
        let ([frames, abnormal, alarms, mean, max, streams @ ..], []) = (words, rest) else {
            return Err(StorageFault::Damaged);
        };
        let (streams, rest) = streams.as_chunks::<6>();
        if !rest.is_empty() {
            return Err(StorageFault::Damaged);
        }
        let stream = |[count, missing, mean, spread, min, max]: &[[u8; 4]; 6]| StreamStatistics {
            count: u32::from_le_bytes(*count),
            missing: u32::from_le_bytes(*missing),
            mean: f32::from_le_bytes(*mean),
            spread: f32::from_le_bytes(*spread),
            min: f32::from_le_bytes(*min),
            max: f32::from_le_bytes(*max),
        };
        Ok(Self {
            frames: u32::from_le_bytes(*frames),
            abnormal: u32::from_le_bytes(*abnormal),
            alarms: u32::from_le_bytes(*alarms),
            score_mean: f32::from_le_bytes(*mean),
            score_max: f32::from_le_bytes(*max),
            streams: streams.iter().map(stream).collect(),
        })
    }
}

impl StreamStatistics {
    /// Takes one value in; a gap is counted.
    fn add(&mut self, value: f64) {
        if !value.is_finite() {
            self.missing += 1;
            return;
        }
        let value = value as f32;
        self.merge(&Self { count: 1, mean: value, min: value, max: value, ..Self::default() });
    }

    fn merge(&mut self, other: &Self) {
        self.missing += other.missing;
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = Self { missing: self.missing, ..*other };
            return;
        }
        let mean = weighted(self.mean, self.count, other.mean, other.count);
        let square = |part: &Self| part.spread * part.spread + (part.mean - mean) * (part.mean - mean);
        self.spread = weighted(square(self), self.count, square(other), other.count).sqrt();
        self.mean = mean;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.count += other.count;
    }
}

/// The mean of two means.
fn weighted(one: f32, one_count: u32, other: f32, other_count: u32) -> f32 {
    let all = (f64::from(one_count) + f64::from(other_count)).max(1.0);
    ((f64::from(one) * f64::from(one_count) + f64::from(other) * f64::from(other_count)) / all) as f32
}

/// Puts the values of frames in.
pub(crate) fn add_frames(calendar: &mut Calendar, frames: &Frames, width: usize) {
    for (at_ms, row) in frames.times_ms.iter().zip(frames.values.chunks(width.max(1))) {
        each_grain(calendar, *at_ms, width, |part| {
            part.streams.iter_mut().zip(row).for_each(|(stream, value)| stream.add(*value));
        });
    }
}

/// Puts the values of events in.
pub(crate) fn add_steps(calendar: &mut Calendar, steps: &[Step], width: usize) {
    for step in steps {
        let Step::Push(events) = step else { continue };
        for event in events {
            each_grain(calendar, event.at_ms, width, |part| {
                if let Some(stream) = part.streams.get_mut(event.stream) {
                    stream.add(event.value);
                }
            });
        }
    }
}

/// Puts verdicts in.
pub(crate) fn add_verdicts(
    calendar: &mut Calendar,
    verdicts: &Verdicts,
    width: usize,
) -> Result<(), Refusal> {
    verdicts.each(|verdict| {
        let score = verdict.score as f32;
        let one = Statistics {
            frames: 1,
            abnormal: verdict.episode.is_some().into(),
            alarms: verdict.alarm.into(),
            score_mean: score,
            score_max: score,
            streams: Vec::new(),
        };
        each_grain(calendar, verdict.at_ms, width, |part| part.merge(&one));
        Ok(())
    })
}

/// The hour and the day of a moment.
fn each_grain(calendar: &mut Calendar, at_ms: i64, width: usize, mut change: impl FnMut(&mut Statistics)) {
    for grain in [Grain::Hour, Grain::Day] {
        let start_ms = at_ms.div_euclid(grain.ms()) * grain.ms();
        change(calendar.entry((grain, start_ms)).or_insert_with(|| Statistics::new(width)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_whole() {
        let values: Vec<f64> =
            (0..240).map(|n| if n % 9 == 0 { f64::NAN } else { f64::from(n % 17) }).collect();
        let times_ms: Vec<i64> = (0..120).map(|n| 1_700_000_000_000 + n * 60_000).collect();
        let whole = Frames { times_ms, values };
        let mut once = Calendar::new();
        add_frames(&mut once, &whole, 2);
        let mut merged = Calendar::new();
        for part in 0..4 {
            let mut some = Calendar::new();
            let frames = Frames {
                times_ms: whole.times_ms[part * 30..(part + 1) * 30].to_vec(),
                values: whole.values[part * 60..(part + 1) * 60].to_vec(),
            };
            add_frames(&mut some, &frames, 2);
            for (key, statistics) in some {
                let kept = Statistics::unpacked(&statistics.packed()).unwrap();
                assert_eq!(kept, statistics);
                merged.entry(key).or_insert_with(|| Statistics::new(2)).merge(&kept);
            }
        }
        assert_eq!(once.len(), merged.len());
        for (one, other) in once.values().zip(merged.values()) {
            for (a, b) in one.streams.iter().zip(&other.streams) {
                assert_eq!((a.count, a.missing, a.min, a.max), (b.count, b.missing, b.min, b.max));
                assert!((a.mean - b.mean).abs() < 1e-4 && (a.spread - b.spread).abs() < 1e-4);
            }
        }
        let day: u32 = once
            .iter()
            .filter(|((grain, _), _)| *grain == Grain::Day)
            .map(|(_, part)| part.streams[0].count)
            .sum();
        assert_eq!(day, (0..120).filter(|n| n * 2 % 9 != 0).count() as u32);
        assert!(Statistics::of_bytes(&[0; 21]).is_err());
    }
}
