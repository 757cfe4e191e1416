//! Who moved first: the correlation of two streams over lags, on whatever both of them said.
//!
//! Streams lie on one grid of time steps; a gap is NaN and takes no part. How sure a correlation is depends on how many
//! independent values stand behind it, and neighbours in time are not independent: Bartlett's formula says how many
//! there effectively are. Of many lags and pairs one always looks good, so the chance is multiplied by how many were
//! tried (Bonferroni).

use alloc::vec;
use alloc::vec::Vec;

use crate::math::{erfc, exp, ln, sqrt};

/// Lags are tried up to so many steps, both ways.
pub(crate) const LAGS: usize = 12;
/// How many lags that makes, zero among them.
pub(crate) const LAGS_TRIED: usize = 2 * LAGS + 1;

/// Fewer values than this say nothing of how two streams go together.
const VALUES_MIN: usize = 8;
/// A lag at which fewer than one value in so many has a partner is not looked at.
const PARTNERS_ONE_IN: usize = 4;
/// Numbers that are added side by side: a fixed order of sums, and vector code on every target.
const LANES: usize = 8;
/// Lags that are taken together, so that a value is loaded once for all of them.
const BLOCK: usize = 5;
const WINDOW: usize = LANES + BLOCK - 1;
/// Lags in whole blocks, from zero up.
const OWN_LAGS: usize = LAGS.div_ceil(BLOCK) * BLOCK;
/// Zeros before and after the values, so that no lag leaves the list.
const BEFORE: usize = LAGS;
const AFTER: usize = OWN_LAGS + WINDOW;

/// The course of one stream, ready to be compared: mean 0, spread 1, and 0 in the gaps.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    steps: usize,
    count: usize,
    values: Vec<f32>,
    /// 1 where there is a value; empty where nothing is missing.
    present: Vec<f32>,
    /// How it goes together with itself, so many steps later.
    own: [f32; OWN_LAGS],
}

/// How two streams go together at the lag where they do so best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relation {
    /// Steps by which the other one is ahead of the target; below zero it follows.
    pub lag: isize,
    /// Their correlation at that lag, in [-1, 1].
    pub correlation: f64,
    /// The chance of so strong a correlation at any of the lags and pairs that were tried, if nothing connects them.
    pub chance: f64,
    /// How sure the order is, in [0, 1]: one half where the other order, or none, explains it as well.
    pub order: f64,
    /// Independent pairs of values behind it.
    pub pairs: f64,
}

/// How each of `others` goes together with `target`, up to twelve steps ahead or behind. All are values at the same
/// moments, in equal steps; what is no number is a gap. `None` where a pair has too little in common to say.
///
/// ```
/// use fourfold::cause::lead_lag;
///
/// // Something uneven, and the same three steps later.
/// let first: Vec<f32> = (0..200_u32).map(|step| (step.wrapping_mul(2_654_435_761) >> 24) as f32).collect();
/// let then: Vec<f32> = (0..200).map(|step| if step < 3 { f32::NAN } else { 2.0 * first[step - 3] }).collect();
/// let found = lead_lag(&then, &[&first])[0].expect("both have values");
/// assert_eq!(found.lag, 3);
/// assert!(found.correlation > 0.99 && found.chance < 1e-9 && found.order > 0.99);
/// ```
pub fn lead_lag(target: &[f32], others: &[&[f32]]) -> Vec<Option<Relation>> {
    let Some(target) = Course::of(target) else { return vec![None; others.len()] };
    others.iter().map(|other| relate(&target, &Course::of(other)?, others.len())).collect()
}

/// How `other` goes together with `target` at each of the lags that [`lead_lag`] tries, from twelve steps behind to twelve
/// ahead: the curve whose top is its answer. `None` where too few values have a partner; nothing at all where either
/// stream has too little to compare.
///
/// ```
/// use fourfold::cause::lags;
///
/// let first: Vec<f32> = (0..200_u32).map(|step| (step.wrapping_mul(2_654_435_761) >> 24) as f32).collect();
/// let then: Vec<f32> = (0..200).map(|step| if step < 3 { f32::NAN } else { first[step - 3] }).collect();
/// let curve = lags(&then, &first);
/// assert_eq!(curve.len(), 25);
/// assert!(curve.iter().all(|(lag, r)| (*lag == 3) == (*r > Some(0.99))));
/// ```
pub fn lags(target: &[f32], other: &[f32]) -> Vec<(isize, Option<f64>)> {
    let (Some(target), Some(other)) = (Course::of(target), Course::of(other)) else { return Vec::new() };
    let steps = target.steps.min(other.steps);
    let told = over_lags(&target, &other).into_iter().enumerate();
    told.map(|(place, (correlation, pairs))| {
        (place as isize - LAGS as isize, is_enough(pairs, steps).then_some(correlation))
    })
    .collect()
}

/// Whether a lag leaves enough pairs of values to look at.
fn is_enough(pairs: f64, steps: usize) -> bool {
    pairs >= VALUES_MIN as f64 && pairs * PARTNERS_ONE_IN as f64 > steps as f64
}

impl Course {
    /// `None` where there is too little to compare, or always the same.
    pub(crate) fn of(values: &[f32]) -> Option<Self> {
        let first = *values.iter().find(|x| x.is_finite())?;
        let steps = values.len();
        let room = BEFORE + steps.next_multiple_of(LANES) + AFTER;
        let (mut course, mut present) = (vec![0.0; room], vec![0.0; room]);
        let (slots, marks) = (&mut course[BEFORE..][..steps], &mut present[BEFORE..][..steps]);
        for ((slot, mark), &x) in slots.iter_mut().zip(marks).zip(values) {
            let is_here = x.is_finite();
            *slot = if is_here { x - first } else { 0.0 };
            *mark = if is_here { 1.0 } else { 0.0 };
        }
        // In units of the largest, so that no square overflows.
        let largest = course.chunks_exact(LANES).fold([0.0_f32; LANES], |mut most, chunk| {
            most.iter_mut()
                .zip(chunk)
                .for_each(|(most, x)| *most = if x.abs() > *most { x.abs() } else { *most });
            most
        });
        let largest = largest.into_iter().fold(0.0, |most, x| if x > most { x } else { most });
        if !(largest.is_finite() && largest > 0.0) {
            return None;
        }
        course.iter_mut().for_each(|x| *x /= largest);
        let count = lane_sum(present.chunks_exact(LANES), |x| x);
        let mean = lane_sum(course.chunks_exact(LANES), |x| x) / count;
        course.iter_mut().zip(&present).for_each(|(x, mark)| *x = (*x - mean) * mark);
        let spread = sqrt(f64::from(lane_sum(course.chunks_exact(LANES), |x| x * x) / count)) as f32;
        let count = count as usize;
        if count < VALUES_MIN || !spread.is_normal() {
            return None;
        }
        course.iter_mut().for_each(|x| *x /= spread);
        if count == steps {
            present = Vec::new();
        }
        let mut course = Self { steps, count, values: course, present, own: [0.0; OWN_LAGS] };
        course.own = course.with_itself();
        Some(course)
    }

    fn with_itself(&self) -> [f32; OWN_LAGS] {
        let steps = self.steps.next_multiple_of(LANES);
        let mut own = [0.0; OWN_LAGS];
        let mut pairs = [0.0; OWN_LAGS];
        for block in (0..OWN_LAGS).step_by(BLOCK) {
            let sums = products(&self.values[BEFORE..][..steps], &self.values[BEFORE + block..]);
            own[block..block + BLOCK].copy_from_slice(&sums);
            if !self.present.is_empty() {
                let sums = products(&self.present[BEFORE..][..steps], &self.present[BEFORE + block..]);
                pairs[block..block + BLOCK].copy_from_slice(&sums);
            }
        }
        for (lag, (own, pairs)) in own.iter_mut().zip(pairs).enumerate() {
            let pairs = if self.present.is_empty() { self.steps.saturating_sub(lag) as f32 } else { pairs };
            *own = if pairs > 0.0 { (*own / pairs).clamp(-1.0, 1.0) } else { 0.0 };
        }
        own
    }
}

/// How `other` goes together with `target`; `pairs_tried` counts the pairs of streams among which the best are looked
/// for. `None` where they have too little in common to say.
pub(crate) fn relate(target: &Course, other: &Course, pairs_tried: usize) -> Option<Relation> {
    let steps = target.steps.min(other.steps);
    let mut best: Option<Side> = None;
    let (mut ahead, mut behind, mut together) = (0.0_f64, 0.0_f64, 0.0_f64);
    let correlations = over_lags(target, other);
    // From the shortest lag to the longest: of equals the shortest is meant.
    for place in
        (0..LAGS_TRIED).map(|turn| if turn % 2 == 1 { LAGS - turn.div_ceil(2) } else { LAGS + turn / 2 })
    {
        let (correlation, pairs) = correlations[place];
        if !is_enough(pairs, steps) {
            continue;
        }
        let side = Side { lag: place as isize - LAGS as isize, correlation, pairs };
        let strength = side.strength();
        let most = match side.lag {
            0 => &mut together,
            1.. => &mut ahead,
            _ => &mut behind,
        };
        *most = if correlation.abs() > *most { correlation.abs() } else { *most };
        if best.is_none_or(|best| strength > best.strength()) {
            best = Some(side);
        }
    }
    let best = best?;
    let pairs = best.pairs / inflation(target, other);
    let rival = match best.lag {
        0 => ahead.max(behind),
        1.. => behind.max(together),
        _ => ahead.max(together),
    };
    let weight = sqrt((pairs - 3.0).max(0.0));
    let z = angle(best.correlation.abs()) * weight;
    let ahead_by = (angle(best.correlation.abs()) - angle(rival)) * weight;
    let tried = (LAGS_TRIED * pairs_tried.max(1)) as f64;
    Some(Relation {
        lag: best.lag,
        correlation: best.correlation,
        chance: (tried * erfc(z / core::f64::consts::SQRT_2)).min(1.0),
        // The difference of two estimates varies twice as much as one of them.
        order: 1.0 - 0.5 * erfc(ahead_by / 2.0),
        pairs,
    })
}

#[derive(Clone, Copy)]
struct Side {
    lag: isize,
    correlation: f64,
    pairs: f64,
}

impl Side {
    fn strength(&self) -> f64 {
        self.correlation * self.correlation * self.pairs
    }
}

/// Correlation and pairs of values at every lag, from the other one being behind to its being ahead.
fn over_lags(target: &Course, other: &Course) -> [(f64, f64); LAGS_TRIED] {
    let steps = target.steps.min(other.steps);
    let whole = target.steps.max(other.steps).next_multiple_of(LANES);
    let mut told = [(0.0, 0.0); LAGS_TRIED];
    let is_whole = target.present.is_empty() && other.present.is_empty();
    let marks = |course: &Course| match course.present.is_empty() {
        true => course.all_present(),
        false => course.present.clone(),
    };
    let marks = (!is_whole).then(|| (marks(target), marks(other)));
    // The target shifted back by the lag against the other: places count from the target's lag -LAGS.
    for block in (0..LAGS_TRIED).step_by(BLOCK) {
        let length = whole.min(target.values.len() - block - WINDOW).min(other.values.len() - BEFORE);
        let length = length / LANES * LANES;
        let sums = products(&other.values[BEFORE..][..length], &target.values[block..]);
        let pairs =
            marks.as_ref().map(|(target, other)| products(&other[BEFORE..][..length], &target[block..]));
        for within in 0..BLOCK.min(LAGS_TRIED - block) {
            let place = block + within;
            let count = match &pairs {
                Some(pairs) => f64::from(pairs[within]),
                None => steps.saturating_sub(place.abs_diff(LAGS)) as f64,
            };
            let correlation = if count > 0.0 { f64::from(sums[within]) / count } else { 0.0 };
            told[place] = (correlation.clamp(-1.0, 1.0), count);
        }
    }
    told
}

impl Course {
    fn all_present(&self) -> Vec<f32> {
        let mut marks = vec![0.0; self.values.len()];
        marks[BEFORE..][..self.steps].fill(1.0);
        marks
    }
}

/// How many values of two streams with a memory count for one of two without (Bartlett): 1 + 2 sum of r s over the lags,
/// where the lags that were not looked at go on as the last ones end.
fn inflation(one: &Course, other: &Course) -> f64 {
    let steps = one.count.min(other.count) as f64;
    let product = |lag: usize| f64::from(one.own[lag]) * f64::from(other.own[lag]);
    let seen: f64 = (1..=LAGS).map(|lag| (1.0 - lag as f64 / steps).max(0.0) * product(lag)).sum();
    let last = product(LAGS);
    let rest = if last > 0.0 {
        let fading = exp(ln(last) / LAGS as f64).min(0.999);
        last * fading / (1.0 - fading)
    } else {
        0.0
    };
    (1.0 + 2.0 * (seen + rest)).clamp(1.0, steps)
}

/// Fisher's transform: it makes of a correlation something that varies equally wherever it lies.
fn angle(correlation: f64) -> f64 {
    let r = correlation.clamp(0.0, 0.999_999);
    0.5 * ln((1.0 + r) / (1.0 - r))
}

/// The sums of `one[i] * other[i + lag]` for a block of lags. `other` is longer by a window.
fn products(one: &[f32], other: &[f32]) -> [f32; BLOCK] {
    let mut sums = [[0.0_f32; LANES]; BLOCK];
    for (xs, window) in one.chunks_exact(LANES).zip(other.windows(WINDOW).step_by(LANES)) {
        let (Some(xs), Some(window)) = (xs.first_chunk::<LANES>(), window.first_chunk::<WINDOW>()) else {
            continue;
        };
        for (lag, sums) in sums.iter_mut().enumerate() {
            for lane in 0..LANES {
                sums[lane] += xs[lane] * window[lane + lag];
            }
        }
    }
    sums.map(|lanes| lanes.into_iter().sum())
}

fn lane_sum<'a>(chunks: impl Iterator<Item = &'a [f32]>, of: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, x)| *sum += of(*x));
    }
    sums.into_iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn noise(rng: &mut Rng) -> f32 {
        // Twelve uniform numbers are normal enough.
        (0..12).map(|_| rng.unit()).sum::<f32>() - 6.0
    }

    fn noises(seed: u64, count: usize) -> Vec<f32> {
        let mut rng = Rng::new(seed);
        (0..count).map(|_| noise(&mut rng)).collect()
    }

    fn course(values: &[f32]) -> Course {
        Course::of(values).expect("enough values")
    }

    /// A stream that remembers a share of its last value.
    fn with_memory(seed: u64, count: usize, share: f32) -> Vec<f32> {
        let mut last = 0.0;
        let steps = noises(seed, count).into_iter();
        steps
            .map(|step| {
                last = share * last + step;
                last
            })
            .collect()
    }

    #[test]
    fn who_follows_is_found_both_ways() {
        let first = noises(1, 300);
        for lag in [1_usize, 5, 12] {
            let mut then = noises(2, 300);
            (lag..300).for_each(|step| then[step] = -0.8 * first[step - lag] + 0.6 * then[step]);
            let found = relate(&course(&then), &course(&first), 1).expect("300 values");
            assert_eq!(found.lag, lag as isize);
            // Correlation -0.8 by construction; one over the root of 300 is 0.06.
            assert!((found.correlation + 0.8).abs() < 0.12, "{found:?}");
            assert!(found.chance < 1e-12 && found.order > 0.999, "{found:?}");
            let back = relate(&course(&first), &course(&then), 1).expect("300 values");
            assert_eq!(back.lag, -(lag as isize));
        }
    }

    #[test]
    fn waves_have_the_correlation_of_their_shift() {
        // Twelve periods of 24 steps: at no lag the correlation is the cosine of the shift, and six steps on it is 1.
        let wave = |shift: f32| -> Vec<f32> {
            let angle = |step: u16| core::f64::consts::TAU / 24.0 * f64::from(f32::from(step) - shift);
            (0..288).map(|step| libm::sin(angle(step)) as f32).collect()
        };
        let told = over_lags(&course(&wave(6.0)), &course(&wave(0.0)));
        assert!(told[LAGS].0.abs() < 1e-4, "{:?}", told[LAGS]);
        assert!((told[LAGS + 6].0 - 1.0).abs() < 0.03, "{:?}", told[LAGS + 6]);
        let shifted = over_lags(&course(&wave(2.0)), &course(&wave(0.0)))[LAGS].0;
        assert!((shifted - libm::cos(core::f64::consts::TAU / 12.0)).abs() < 1e-4, "{shifted}");
    }

    #[test]
    fn gaps_take_no_part() {
        let first = noises(3, 400);
        let mut then: Vec<f32> = (0..400).map(|step| if step < 3 { 0.0 } else { first[step - 3] }).collect();
        let mut gappy = first.clone();
        (0..400).step_by(3).for_each(|step| gappy[step] = f32::NAN);
        (0..400).step_by(7).for_each(|step| then[step] = f32::INFINITY);
        let found = relate(&course(&then), &course(&gappy), 1).expect("enough pairs");
        assert_eq!(found.lag, 3);
        assert!(found.correlation > 0.9, "{found:?}");
        // Of 397 pairs two in three and six in seven are left.
        assert!((found.pairs - 397.0 * 2.0 / 3.0 * 6.0 / 7.0).abs() < 30.0, "{found:?}");
        assert!(Course::of(&[f32::NAN; 100]).is_none() && Course::of(&[5.0; 100]).is_none());
        assert!(Course::of(&[1.0, 2.0, 3.0]).is_none());
        assert!(Course::of(&[f32::MAX, f32::MIN].repeat(8)).is_none());
    }

    #[test]
    fn memory_costs_independent_values() {
        // Two streams that each keep 0.8 of their last value: (1 + 0.64) / (1 - 0.64) values count for one.
        let long = [4, 5].map(|seed| course(&with_memory(seed, 6000, 0.8)));
        let found = inflation(&long[0], &long[1]);
        assert!((found - 1.64 / 0.36).abs() < 0.6, "{found}");
        let plain = [6, 7].map(|seed| course(&noises(seed, 6000)));
        assert!(inflation(&plain[0], &plain[1]) < 1.1);
    }

    #[test]
    fn chance_is_kept_although_many_lags_and_slow_streams_are_tried() {
        for share in [0.0, 0.9] {
            let found = (0..400).filter(|pair| {
                let [one, other] = [0, 1].map(|side| course(&with_memory(100 + 2 * pair + side, 288, share)));
                relate(&one, &other, 1).is_some_and(|relation| relation.chance < 0.05)
            });
            let found = found.count();
            // 20 of 400 are allowed, and four more for luck.
            assert!(found <= 28, "{found} of 400 unrelated pairs with memory {share}");
        }
    }

    #[test]
    fn what_moves_together_has_no_order() {
        let (first, mine, yours) = (noises(8, 300), noises(9, 300), noises(10, 300));
        let of = |own: &[f32]| -> Vec<f32> { first.iter().zip(own).map(|(x, own)| x + 0.3 * own).collect() };
        let found = relate(&course(&of(&mine)), &course(&of(&yours)), 1).expect("300 values");
        assert_eq!(found.lag, 0);
        assert!(found.chance < 1e-9);
    }
}
