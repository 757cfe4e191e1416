//! From what every view says to one score and one confidence.

use super::{Health, View, ViewVerdict};
use crate::math::{exp, ln, ln_1p};
use crate::snapshot::state;
use crate::stats::Tail;
use crate::stream::StreamVerdict;

/// Frames over which the fused score is kept calibrated.
const MEMORY_FRAMES: f64 = 8192.0;
/// Frames after which a part has half of the trust that it can have.
const SETTLING_FRAMES: f64 = 30.0;
/// Knowing only who is silent is worth half of knowing the values.
const ABSENCE_TRUST: f64 = 0.5;

/// Calibrates the most surprised view against its own past.
#[derive(Clone, Debug)]
pub(crate) struct Fusion {
    tail: Tail,
}
state!(Fusion { tail });

/// The fused answer, before episodes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fused {
    /// The surprise of the most surprised view, in nats.
    oddness: f64,
    pub(crate) chance: f64,
    pub(crate) confidence: f64,
    pub(crate) views: [ViewVerdict; View::ALL.len()],
    /// The view that carries the answer.
    pub(crate) led_by: View,
}

impl Fusion {
    pub(crate) fn new() -> Self {
        Self { tail: Tail::new(MEMORY_FRAMES) }
    }

    pub(crate) fn judge(&self, streams: &[StreamVerdict], absence: Option<f64>, frames: u64) -> Fused {
        let settled = frames as f64 / (frames as f64 + SETTLING_FRAMES);
        let present = streams.iter().filter(|stream| stream.present).count();
        let coverage = present as f64 / streams.len().max(1) as f64;
        let is_cold = (frames as f64) < SETTLING_FRAMES;
        let view = |chance: Option<f64>, weight: f64| ViewVerdict {
            score: chance.map(|chance| 1.0 - chance),
            weight: if chance.is_some() { weight } else { 0.0 },
            health: match chance {
                _ if is_cold => Health::Cold,
                Some(_) => Health::Ready,
                None => Health::Starved,
            },
        };
        let by_stream = least_chance(streams);
        let views = [view(by_stream, settled * coverage), view(absence, settled * ABSENCE_TRUST)];
        let is_silence = absence.unwrap_or(1.0) < by_stream.unwrap_or(1.0);
        let oddness =
            [by_stream, absence].into_iter().flatten().map(|chance| -ln(chance)).fold(0.0, f64::max);
        Fused {
            oddness,
            chance: self.tail.chance(oddness),
            confidence: 1.0 - views.iter().map(|view| 1.0 - view.weight).product::<f64>(),
            views,
            led_by: if is_silence { View::Absence } else { View::Streams },
        }
    }

    pub(crate) fn learn(&mut self, fused: &Fused) {
        self.tail.learn(fused.oddness);
    }
}

/// The chance that the oddest of so many independent streams is at least as odd as the oddest one here (Sidak).
fn least_chance(streams: &[StreamVerdict]) -> Option<f64> {
    let scores = streams.iter().filter_map(|stream| stream.score);
    let (count, highest) =
        scores.fold((0.0, 0.0), |(count, highest), score| (count + 1.0, f64::max(highest, score)));
    (count > 0.0).then(|| {
        let chance = (1.0 - highest).max(f64::MIN_POSITIVE);
        (1.0 - exp(count * ln_1p(-chance))).clamp(f64::MIN_POSITIVE, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streams<const N: usize>(scores: [Option<f64>; N]) -> [StreamVerdict; N] {
        scores.map(|score| StreamVerdict { score, present: score.is_some(), ..StreamVerdict::default() })
    }

    #[test]
    fn one_odd_stream_among_many_is_less_odd_than_alone() {
        assert_eq!(least_chance(&streams([None, None])), None);
        let alone = least_chance(&streams([Some(0.9)])).expect("one score");
        let among_ten = least_chance(&streams([Some(0.9); 10])).expect("ten scores");
        assert!((alone - 0.1).abs() < 1e-12);
        assert!((among_ten - 0.651_321_559_9).abs() < 1e-9);
    }

    #[test]
    fn confidence_grows_with_what_there_is() {
        let fusion = Fusion::new();
        let confidence = |scores, frames| fusion.judge(&streams(scores), Some(0.5), frames).confidence;
        assert_eq!(confidence([Some(0.1), Some(0.1)], 0), 0.0);
        let half = confidence([Some(0.1), None], 1000);
        let whole = confidence([Some(0.1), Some(0.1)], 1000);
        assert!(0.0 < half && half < whole && whole < 1.0, "{half} {whole}");
    }

    #[test]
    fn a_view_without_opinion_is_named() {
        let views = Fusion::new().judge(&streams([None]), Some(0.5), 1000).views;
        assert_eq!([views[0].health, views[1].health], [Health::Starved, Health::Ready]);
    }
}
