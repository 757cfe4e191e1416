//! Steps, from how strongly the device is accelerated.
//!
//! A step is a swing of the acceleration up through a threshold and down again, not too soon after the last one. Four
//! in a row make a walk, and only then do they count: a device that is put on a table swings, too. A person who shakes
//! the device in the rhythm of walking walks, as far as this can tell.

use super::pace::median;

/// Gravity and how the device is held change slower than this; they are taken off.
const SLOW_MS: f64 = 800.0;
/// Trembling is faster than this and is smoothed away.
const FAST_MS: f64 = 60.0;
/// A swing goes above this and back below the other, in m/s².
const UP: f64 = 0.9;
const DOWN: f64 = 0.2;
/// Nobody takes more than four steps a second, and a step after two seconds begins another walk.
const NEXT_MS: f64 = 250.0;
const LAST_MS: f64 = 2000.0;
/// Steps that make a walk.
const WALK: usize = 4;
/// Distances between steps that the cadence is the middle of.
const REMEMBERED: usize = 6;

/// Counts the steps in a stream of accelerations.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    last_ms: Option<f64>,
    slow: f64,
    fast: f64,
    is_up: bool,
    steps_ms: Vec<f64>,
    in_row: usize,
}

impl Steps {
    /// Takes the length of the acceleration, gravity included; gives the steps that are certain with it.
    pub fn hear(&mut self, at_ms: f64, length: f64) -> u32 {
        let since_ms = self.last_ms.map_or(f64::INFINITY, |last_ms| at_ms - last_ms);
        self.last_ms = Some(at_ms);
        if !(0.0..=LAST_MS).contains(&since_ms) {
            *self = Self { last_ms: Some(at_ms), slow: length, fast: length, ..Self::default() };
            return 0;
        }
        self.slow += (length - self.slow) * (since_ms / (SLOW_MS + since_ms));
        self.fast += (length - self.fast) * (since_ms / (FAST_MS + since_ms));
        let swing = self.fast - self.slow;
        if self.is_up || swing < UP {
            self.is_up = self.is_up && swing > DOWN;
            return 0;
        }
        self.is_up = true;
        self.step(at_ms)
    }

    fn step(&mut self, at_ms: f64) -> u32 {
        let since_ms = self.steps_ms.last().map_or(f64::INFINITY, |last_ms| at_ms - last_ms);
        if since_ms < NEXT_MS {
            return 0;
        }
        if since_ms > LAST_MS {
            self.steps_ms.clear();
            self.in_row = 0;
        }
        if self.steps_ms.len() > REMEMBERED {
            self.steps_ms.remove(0);
        }
        self.steps_ms.push(at_ms);
        self.in_row += 1;
        match self.in_row {
            row if row < WALK => 0,
            WALK => WALK as u32,
            _ => 1,
        }
    }

    /// Steps a minute; 0 while nobody walks.
    pub fn cadence(&self, now_ms: f64) -> f64 {
        let is_walking =
            self.in_row >= WALK && self.steps_ms.last().is_some_and(|last_ms| now_ms - last_ms <= LAST_MS);
        let mut between: Vec<f64> = self.steps_ms.windows(2).map(|pair| pair[1] - pair[0]).collect();
        median(&mut between).filter(|_| is_walking).map_or(0.0, |step_ms| 60_000.0 / step_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A minute of walking, by a sine of so many swings a second, as a browser rounds it.
    fn walk(steps: &mut Steps, hz: f64, strength: f64, seconds: u32, from_ms: f64) -> u32 {
        (0..seconds * 60)
            .map(|reading| {
                let at_ms = from_ms + f64::from(reading) * 1000.0 / 60.0;
                #[expect(clippy::disallowed_methods, reason = "a test's own input")]
                let swing = (at_ms / 1000.0 * hz * std::f64::consts::TAU).sin();
                steps.hear(at_ms, ((9.81 + strength * swing) * 10.0).round() / 10.0)
            })
            .sum()
    }

    #[test]
    fn a_minute_of_walking_is_counted_to_a_few_steps() {
        for (hz, strength) in [(1.5, 2.0), (1.9, 3.0), (2.7, 6.0)] {
            let mut steps = Steps::default();
            let counted = f64::from(walk(&mut steps, hz, strength, 60, 0.0));
            assert!((counted - hz * 60.0).abs() <= 3.0, "{counted} of {}", hz * 60.0);
            let cadence = steps.cadence(60_000.0);
            assert!((cadence - hz * 60.0).abs() < 6.0, "{cadence} of {}", hz * 60.0);
            assert_eq!(steps.cadence(63_000.0), 0.0, "standing still");
        }
    }

    #[test]
    fn lying_still_trembling_and_one_knock_are_no_steps() {
        let mut steps = Steps::default();
        assert_eq!(walk(&mut steps, 0.0, 0.0, 10, 0.0), 0);
        assert_eq!(walk(&mut steps, 25.0, 1.5, 10, 10_000.0), 0);
        assert_eq!(steps.hear(20_010.0, 30.0) + steps.hear(20_030.0, 9.8), 0);
        assert_eq!(steps.cadence(20_030.0), 0.0);
    }

    #[test]
    fn a_pause_begins_another_walk() {
        let mut steps = Steps::default();
        assert!(walk(&mut steps, 2.0, 3.0, 5, 0.0) >= 9);
        assert!(walk(&mut steps, 2.0, 3.0, 1, 60_000.0) < WALK as u32, "two steps are no walk");
    }
}
