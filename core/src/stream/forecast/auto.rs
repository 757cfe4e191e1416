//! Auto: the model that suits the kind of stream, held against a plainer one. Whoever has lately been closer answers.

use super::{Forecast, Forecaster, Model};
use crate::frame::Moment;
use crate::schema::Kind;
use crate::snapshot::state;

/// Values over which losses are compared.
const MEMORY: f64 = 128.0;
/// A challenger must be better by this share, so that the answer does not flicker between equals.
const MARGIN: f64 = 0.95;

/// Two candidates, their discounted losses, and who answers.
#[derive(Clone, Debug)]
pub(crate) struct Auto {
    candidates: [Model; 2],
    losses: [f64; 2],
    values: f64,
    answers: usize,
}
state!(Auto { candidates, losses, values, answers } where |auto| auto.answers < 2);

/// What each candidate expects.
pub(crate) type Said = [Option<f64>; 2];

impl Auto {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { candidates: [Model::of(kind), Model::plain(kind)], losses: [0.0; 2], values: 0.0, answers: 1 }
    }

    /// Who answers, its mean error over the last values, and that of the other; `None` before both had one.
    pub(crate) fn in_use(&self) -> (&'static str, Option<[f64; 2]>) {
        let errors = [self.losses[self.answers], self.losses[1 - self.answers]];
        (self.candidates[self.answers].name(), (self.values > 0.0).then_some(errors))
    }

    /// What the candidates expect.
    #[inline]
    pub(crate) fn ask(&self, at: Moment) -> Said {
        let [one, other] = &self.candidates;
        [one.expect(at), other.expect(at)]
    }

    /// The answer among what the candidates expect.
    #[inline]
    pub(crate) fn answer(&self, said: &Said) -> Option<f64> {
        said[self.answers].or(said[1 - self.answers])
    }

    /// Learns a value of which the candidates have said this.
    #[inline]
    pub(crate) fn learn_said(&mut self, at: Moment, x: f64, said: &Said) {
        if let [Some(one), Some(other)] = *said {
            let pace = if self.values < MEMORY - 1.0 { 1.0 / (self.values + 1.0) } else { 1.0 / MEMORY };
            self.values = if self.values < MEMORY { self.values + 1.0 } else { MEMORY };
            for (loss, mean) in self.losses.iter_mut().zip([one, other]) {
                *loss += ((x - mean).abs() - *loss) * pace;
            }
            if self.losses[1 - self.answers] < MARGIN * self.losses[self.answers] {
                self.answers = 1 - self.answers;
            }
        }
        for model in &mut self.candidates {
            model.learn(at, x);
        }
    }
}

impl Forecaster for Auto {
    fn predict(&self, at: Moment) -> Option<Forecast> {
        self.candidates[self.answers].predict(at).or_else(|| self.candidates[1 - self.answers].predict(at))
    }

    fn learn(&mut self, at: Moment, x: f64) {
        let said = self.ask(at);
        self.learn_said(at, x, &said);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closer_one_answers() {
        // A ramp: the differencing model follows it, the running mean lags behind.
        let mut auto = Auto::new(Kind::ContinuousSmooth);
        (0..300).for_each(|n| auto.learn(Moment::default(), f64::from(n)));
        assert_eq!(auto.answers, 0);
        assert!((auto.predict(Moment::default()).expect("settled").mean - 300.0).abs() < 1.0);
    }
}
