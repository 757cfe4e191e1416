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

impl Auto {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { candidates: [Model::of(kind), Model::plain(kind)], losses: [0.0; 2], values: 0.0, answers: 1 }
    }
}

impl Forecaster for Auto {
    fn predict(&self, at: Moment) -> Option<Forecast> {
        self.candidates[self.answers].predict(at).or_else(|| self.candidates[1 - self.answers].predict(at))
    }

    fn learn(&mut self, at: Moment, x: f64) {
        let forecasts = self.candidates.each_ref().map(|model| model.predict(at));
        if let [Some(one), Some(other)] = forecasts {
            self.values = (self.values + 1.0).min(MEMORY);
            for (loss, forecast) in self.losses.iter_mut().zip([one, other]) {
                *loss += ((x - forecast.mean).abs() - *loss) / self.values;
            }
            if self.losses[1 - self.answers] < MARGIN * self.losses[self.answers] {
                self.answers = 1 - self.answers;
            }
        }
        self.candidates.iter_mut().for_each(|model| model.learn(at, x));
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
