//! Who carries it: which streams the last frames speak against, and how strongly.
//!
//! A stream is blamed for being odd by itself and for leaving the others, whichever is stronger, in decades beyond what
//! one stream or another always shows. Blame fades over some ten frames, so that who has been wrong all along outweighs
//! who has just been pulled along, or was unlucky once.

use alloc::vec;
use alloc::vec::Vec;

use crate::math::exp;
use crate::snapshot::state;
use crate::stats::approx::log10;
use crate::stream::StreamVerdict;

/// What leaving the others by as much as one in three hundred frames does is worth.
const DECADES_PER_MARK: f64 = 3.0;
/// No frame blames a stream for more.
const FRAME_MOST: f64 = 6.0;
/// What is left of blame one frame later.
const KEPT: f64 = 0.9;
/// Blame that makes a stream part of what an episode looked like.
const CARRIES: f64 = 1.0;

/// Surprise that calls for an alarm where there is one stream; of many, one or another has more.
const LOUD: f64 = 4.5;

/// The blame of every stream.
#[derive(Clone, Debug)]
pub(crate) struct Blame {
    blame: Vec<f64>,
    /// The same with a sign: which way each has been odd all along, whatever this frame's noise says.
    lean: Vec<f64>,
    /// Decades that one or another of all streams reaches in most frames, and the score that says so.
    usual: f64,
    ordinary: f64,
}
state!(Blame { blame, lean; usual, ordinary });

impl Blame {
    pub(crate) fn new(width: usize) -> Self {
        let usual = log10(width.max(1) as f64);
        Self {
            blame: vec![0.0; width],
            lean: vec![0.0; width],
            usual,
            ordinary: 1.0 - exp(-core::f64::consts::LN_10 * usual),
        }
    }

    /// Writes each stream's blame, this frame included, into its verdict.
    pub(crate) fn judge(&self, streams: &mut [StreamVerdict]) {
        for (stream, before) in streams.iter_mut().zip(&self.blame) {
            stream.blame = KEPT * before + (self.evidence(stream) - self.usual).clamp(0.0, FRAME_MOST);
        }
    }

    pub(crate) fn learn(&mut self, streams: &[StreamVerdict]) {
        for (place, stream) in streams.iter().enumerate() {
            self.lean[place] = self.leaning(place, stream);
            self.blame[place] = stream.blame;
        }
    }

    /// A stream's lean, this frame included.
    fn leaning(&self, place: usize, stream: &StreamVerdict) -> f64 {
        let evidence = stream.blame - KEPT * self.blame[place];
        KEPT * self.lean[place] + if stream.is_low { -evidence } else { evidence }
    }

    /// The streams that carry the moment, with their signed strength: the square of their blame, since who is only pulled
    /// along is pulled along by many things.
    pub(crate) fn carriers(&self, streams: &[StreamVerdict]) -> impl Iterator<Item = (usize, f64)> {
        let strong = streams.iter().enumerate().filter(|(_, stream)| stream.blame >= CARRIES);
        strong.map(|(place, stream)| {
            let strength = stream.blame * stream.blame;
            (place, if self.leaning(place, stream) < 0.0 { -strength } else { strength })
        })
    }

    /// Decades that speak against a stream. Most streams are ordinary: that is told before a logarithm is taken.
    fn evidence(&self, stream: &StreamVerdict) -> f64 {
        let telling = stream.score.filter(|score| *score > self.ordinary);
        let by_itself = telling.map_or(0.0, |score| -log10((1.0 - score).max(1e-12)));
        by_itself.max(DECADES_PER_MARK * stream.apart.unwrap_or(0.0))
    }
}

/// The stream that carries the moment: the one that raises an alarm all by itself, where one does, since who is far off
/// pulls what is expected of its neighbours along; otherwise the one that is blamed most. Of equals the first, which is the
/// same one on every target.
pub(crate) fn most_blamed(streams: &[StreamVerdict]) -> Option<usize> {
    let blamed = streams.iter().enumerate().filter(|(_, stream)| stream.present);
    let loud = LOUD + log10(streams.len().max(1) as f64);
    let alarm = |stream: &StreamVerdict| if stream.surprise >= loud { stream.surprise } else { 0.0 };
    let key =
        |stream: &StreamVerdict| (alarm(stream), stream.blame, stream.surprise, stream.score.unwrap_or(0.0));
    let most = blamed.fold(None, |most: Option<(usize, &StreamVerdict)>, next| match most {
        Some(most) if key(most.1) >= key(next.1) => Some(most),
        _ => Some(next),
    });
    most.map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(score: f64, apart: f64) -> StreamVerdict {
        StreamVerdict { score: Some(score), apart: Some(apart), present: true, ..StreamVerdict::default() }
    }

    #[test]
    fn who_has_been_wrong_all_along_outweighs_who_was_unlucky_once() {
        let mut blame = Blame::new(3);
        let mut streams = [stream(0.5, 0.1); 3];
        for frame in 0..12 {
            streams =
                [stream(0.5, 0.1), stream(0.5, 1.2), stream(if frame == 11 { 0.9999 } else { 0.5 }, 0.1)];
            blame.judge(&mut streams);
            blame.learn(&streams);
        }
        assert_eq!(most_blamed(&streams), Some(1));
        assert_eq!(blame.carriers(&streams).map(|(place, _)| place).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(streams[0].blame, 0.0);
    }

    #[test]
    fn who_is_far_off_alone_carries_it_and_not_who_was_pulled_along() {
        let blame = Blame::new(3);
        let mut streams =
            [stream(0.3, 7.0), StreamVerdict { surprise: 8.0, ..stream(0.9999, 7.0) }, stream(0.5, 0.1)];
        blame.judge(&mut streams);
        assert_eq!(streams[0].blame, streams[1].blame);
        assert_eq!(most_blamed(&streams), Some(1));
    }
}
