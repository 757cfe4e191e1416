//! A schema from sample rows, so that nobody must write one to start: kind and cadence from the values, groups from
//! the names. Bounds are never guessed: the largest value of a sample is not the largest that can be.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::draft::FALSE_ALARM_RATE;
use super::validate::CADENCE_MS_MAX;
use super::{Kind, SchemaDraft, StreamDraft};
use crate::frame::measured;
use crate::order;

/// Fewer values than this say nothing of a kind.
const VALUES_LEAST: usize = 8;
/// A stream that speaks in fewer of the rows than this is sporadic.
const SPORADIC_SHARE: f64 = 0.2;
/// Whole numbers of which at least this share is zero are counts.
const ZERO_SHARE: f64 = 0.3;
/// The largest and the smallest values, one in so many, may be faults.
const OUTLIERS_ONE_IN: usize = 20;
/// Roughness is 1.4 for noise, far below for what changes slowly.
const SMOOTH_ROUGHNESS: f64 = 0.6;
/// A cadence is stated if this share of the gaps is about the median, and this share that or a multiple of it.
const USUAL_SHARE: f64 = 0.6;
const REGULAR_SHARE: f64 = 0.8;
/// People stand one false alarm a day. At more than a frame a minute that would ask for too much certainty, so no less
/// than one in ten thousand frames.
const DAY_MS: f64 = 86_400_000.0;
const FALSE_ALARM_RATE_LEAST: f64 = 1e-4;

impl SchemaDraft {
    /// A draft for a table: `rows` holds one value per name for each of `times_ms`, row after row, NaN where there is
    /// none. Rows that are not whole are left out. Names are taken as they are; [`validate`](Self::validate) checks them.
    /// About one false alarm a day is allowed, or one in a thousand frames where they are slow.
    ///
    /// ```
    /// use fourfold::{SchemaDraft, schema::Kind};
    ///
    /// let times: Vec<i64> = (0..60).map(|minute| minute * 60_000).collect();
    /// let rows: Vec<f64> = (0..60).flat_map(|minute| [20.0 + f64::from(minute) / 60.0, f64::NAN]).collect();
    /// let draft = SchemaDraft::infer(["room.temperature", "room.door"], &times, &rows);
    /// assert_eq!(draft.streams[0].kind, Kind::ContinuousSmooth);
    /// assert_eq!(draft.streams[0].cadence_ms, Some(60_000.0));
    /// ```
    pub fn infer<N: Into<String>>(
        names: impl IntoIterator<Item = N>,
        times_ms: &[i64],
        rows: &[f64],
    ) -> Self {
        let mut draft = Self::of_streams(names);
        let width = draft.streams.len();
        let groups = groups_of(&draft.streams);
        for (place, (stream, group)) in draft.streams.iter_mut().zip(groups).enumerate() {
            let came: Vec<(i64, f64)> = (times_ms.iter().zip(rows.chunks_exact(width)))
                .filter_map(|(&at_ms, row)| measured(row[place]).map(|value| (at_ms, value)))
                .collect();
            // Samples come newest first as well, and in pieces.
            let spoken = sorted(&came, |one, other| one.0 < other.0);
            stream.group = group;
            stream.cadence_ms = cadence_of(&spoken);
            // Rare and regular is a slow sensor; rare and irregular is something that happens.
            let is_rare = (spoken.len() as f64) < SPORADIC_SHARE * times_ms.len() as f64;
            stream.kind = match is_rare && stream.cadence_ms.is_none() {
                true => Kind::Sporadic,
                false => kind_of(&spoken),
            };
        }
        if let Some(frame_ms) = frame_ms(times_ms) {
            draft.false_alarm_rate = (frame_ms / DAY_MS).clamp(FALSE_ALARM_RATE_LEAST, FALSE_ALARM_RATE);
        }
        draft
    }
}

/// From row to row, as a rule.
fn frame_ms(times_ms: &[i64]) -> Option<f64> {
    let times_ms = sorted(times_ms, |one, other| one < other);
    let steps_ms = times_ms.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
    let steps_ms: Vec<i64> = steps_ms.filter(|step_ms| *step_ms > 0).collect();
    let steps_ms = sorted(&steps_ms, |one, other| one < other);
    steps_ms.get(steps_ms.len() / 2).map(|&median_ms| median_ms as f64)
}

fn sorted<T: Copy>(items: &[T], is_before: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let places = order::places(items.len(), &mut |one, other| is_before(&items[one], &items[other]));
    places.into_iter().map(|place| items[place]).collect()
}

fn kind_of(spoken: &[(i64, f64)]) -> Kind {
    if spoken.len() < VALUES_LEAST {
        return Kind::default();
    }
    let values: Vec<f64> = spoken.iter().map(|&(_, x)| x).collect();
    let by_size = sorted(&values, |one, other| one < other);
    let is_counting = by_size.iter().all(|&x| x >= 0.0 && crate::math::floor(x) == x);
    let zeros = by_size.iter().filter(|&&x| x == 0.0).count() as f64;
    let changes = by_size.first() < by_size.last();
    if is_counting && changes && zeros >= ZERO_SHARE * by_size.len() as f64 {
        return Kind::DiscreteEvents;
    }
    // One reading of a thousand degrees makes no stream rough, so the last few on either side count as their neighbours.
    let few = by_size.len() / OUTLIERS_ONE_IN;
    let (mut low, mut high) = (by_size[few], by_size[by_size.len() - 1 - few]);
    if low == high {
        (low, high) = (by_size[0], by_size[by_size.len() - 1]);
    }
    let tame: Vec<f64> = spoken.iter().map(|&(_, x)| x.clamp(low, high)).collect();
    if roughness(&tame) <= SMOOTH_ROUGHNESS { Kind::ContinuousSmooth } else { Kind::ContinuousNoisy }
}

/// Mean step against mean distance from the mean; 0 for a constant.
fn roughness(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().map(|x| x / count).sum::<f64>();
    let spread = values.iter().map(|x| (x - mean).abs() / count).sum::<f64>();
    let step = values.windows(2).map(|pair| (pair[1] - pair[0]).abs() / (count - 1.0)).sum::<f64>();
    if spread > 0.0 { step / spread } else { 0.0 }
}

fn cadence_of(spoken: &[(i64, f64)]) -> Option<f64> {
    let gaps_ms: Vec<i64> = spoken
        .windows(2)
        .map(|pair| pair[1].0.saturating_sub(pair[0].0))
        .filter(|gap| (1..=i64::MAX / 16).contains(gap))
        .collect();
    if gaps_ms.len() + 1 < VALUES_LEAST {
        return None;
    }
    let gaps_ms = sorted(&gaps_ms, |one, other| one < other);
    let median_ms = gaps_ms[gaps_ms.len() / 2];
    let count_of =
        |is_near: &dyn Fn(i64) -> bool| gaps_ms.iter().filter(|&&gap_ms| is_near(gap_ms)).count() as f64;
    let near = |gap_ms: i64| 4 * (gap_ms - median_ms).unsigned_abs() <= median_ms.unsigned_abs();
    // A reading that was lost leaves a gap of twice the usual length, or of another whole number of them.
    let after_lost = |gap_ms: i64| {
        let off_ms = (gap_ms + median_ms / 2) % median_ms - median_ms / 2;
        8 * off_ms.unsigned_abs() <= median_ms.unsigned_abs()
    };
    let usual = count_of(&near);
    let regular = count_of(&|gap_ms| near(gap_ms) || after_lost(gap_ms));
    let gaps = gaps_ms.len() as f64;
    let is_regular = usual >= USUAL_SHARE * gaps && regular >= REGULAR_SHARE * gaps;
    (is_regular && median_ms <= CADENCE_MS_MAX).then_some(median_ms as f64)
}

/// Streams that share the first word of their names come from one thing; failing that, those that share the last.
/// Words that all names begin with (`host1.cpu`, `host1.disk`) tell nothing apart and are skipped.
fn groups_of(streams: &[StreamDraft]) -> Vec<Option<String>> {
    let split: Vec<Vec<String>> = streams.iter().map(|stream| words_of(&stream.name)).collect();
    let mut skipped = 0;
    let in_all = |place: usize| match split.first().and_then(|words| words.get(place)) {
        Some(word) => split.len() > 1 && split.iter().all(|other| other.get(place) == Some(word)),
        None => false,
    };
    while in_all(skipped) {
        skipped += 1;
    }
    let first = |words: &[String]| (words.len() > skipped + 1).then(|| words[skipped].clone());
    let last = |words: &[String]| (words.len() > skipped + 1).then(|| words[words.len() - 1].clone());
    let shared = |pick: &dyn Fn(&[String]) -> Option<String>, word: &String| {
        split.iter().filter(|words| pick(words).as_ref() == Some(word)).count() >= 2
    };
    split
        .iter()
        .map(|words| {
            first(words)
                .filter(|word| shared(&first, word))
                .or_else(|| last(words).filter(|word| shared(&last, word)))
        })
        .collect()
}

/// `cpuUser`, `cpu_user` and `cpu.user` are the words cpu and user. What is not ASCII is a letter without case: the tables
/// of all letters would weigh more than all else that is inferred.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for letter in name.chars() {
        let is_break = letter.is_ascii() && !letter.is_ascii_alphanumeric();
        if (is_break || (was_lower && letter.is_ascii_uppercase())) && !word.is_empty() {
            words.push(core::mem::take(&mut word));
        }
        if !is_break {
            word.push(letter.to_ascii_lowercase());
        }
        was_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    if !word.is_empty() || words.is_empty() {
        words.push(word.to_string());
    }
    words
}
