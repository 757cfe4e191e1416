//! How often readings come, and how evenly.

/// Steps that are remembered: at 60 a second, two seconds.
const STEPS: usize = 120;
/// Readings older than this say nothing about how often they come now.
const RECENT_MS: f64 = 3000.0;

/// The times of the newest readings.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    times_ms: Vec<f64>,
}

/// How often, and how evenly.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rate {
    /// Readings a second.
    pub hz: f64,
    /// How far the distance between two readings usually is from the middle one: half of them lie nearer.
    pub jitter_ms: f64,
}

impl Pace {
    /// A reading came.
    pub fn hear(&mut self, at_ms: f64) {
        if self.times_ms.last().is_some_and(|&last| at_ms < last) {
            // The clock was set back; what came before can not be compared.
            self.times_ms.clear();
        }
        if self.times_ms.len() > STEPS {
            self.times_ms.remove(0);
        }
        self.times_ms.push(at_ms);
    }

    /// Whether nothing ever came.
    pub fn is_silent(&self) -> bool {
        self.times_ms.is_empty()
    }

    /// How it is now; `None` while there is nothing to say.
    pub fn rate(&self, now_ms: f64) -> Option<Rate> {
        let recent = self.times_ms.partition_point(|&at_ms| at_ms < now_ms - RECENT_MS);
        let mut steps: Vec<f64> = self.times_ms[recent..].windows(2).map(|pair| pair[1] - pair[0]).collect();
        let length_ms: f64 = steps.iter().sum();
        let count = steps.len() as f64;
        let middle = median(&mut steps)?;
        let mut off: Vec<f64> = steps.iter().map(|step| (step - middle).abs()).collect();
        (length_ms > 0.0).then_some(Rate { hz: count * 1000.0 / length_ms, jitter_ms: median(&mut off)? })
    }
}

pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_a_second_with_some_jitter() {
        let mut pace = Pace::default();
        for reading in 0..200 {
            pace.hear(f64::from(reading) * 1000.0 / 60.0 + f64::from(reading % 2) * 4.0);
        }
        let rate = pace.rate(200.0 * 1000.0 / 60.0).expect("enough of them");
        assert!((rate.hz - 60.0).abs() < 0.5, "{rate:?}");
        assert!((rate.jitter_ms - 8.0).abs() < 0.1 || rate.jitter_ms < 4.1, "{rate:?}");
    }

    #[test]
    fn a_drop_to_one_a_second_is_seen_and_silence_has_no_rate() {
        let mut pace = Pace::default();
        (0..100).for_each(|reading| pace.hear(f64::from(reading) * 16.0));
        (0..4).for_each(|reading| pace.hear(2600.0 + f64::from(reading) * 1000.0));
        let rate = pace.rate(5700.0).expect("three of them");
        assert_eq!(rate, Rate { hz: 1.0, jitter_ms: 0.0 });
        assert_eq!(pace.rate(60_000.0), None);
    }

    #[test]
    fn a_clock_that_is_set_back_starts_anew() {
        let mut pace = Pace::default();
        [5000.0, 5100.0, 1000.0, 1010.0].into_iter().for_each(|at_ms| pace.hear(at_ms));
        assert_eq!(pace.rate(1010.0), Some(Rate { hz: 100.0, jitter_ms: 0.0 }));
    }
}
