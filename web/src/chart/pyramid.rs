//! Lowest and highest of any stretch of rows, fast at any zoom: no spike is lost, however many rows share a pixel.

/// Rows or blocks that one block of the next level covers.
const FAN: usize = 16;

/// Values with their lowest and highest in blocks of 16, of 256, and so on.
#[derive(Clone, Debug, Default)]
pub struct Pyramid {
    values: Vec<f64>,
    levels: Vec<Vec<[f64; 2]>>,
}

/// No value at all.
const NOTHING: [f64; 2] = [f64::INFINITY, f64::NEG_INFINITY];

impl Pyramid {
    /// Over these values; NaN is a gap.
    pub fn new(values: Vec<f64>) -> Self {
        let mut pyramid = Self::default();
        pyramid.extend(&values);
        pyramid
    }

    /// Adds values at the end.
    pub fn extend(&mut self, values: &[f64]) {
        let from = self.values.len();
        self.values.extend_from_slice(values);
        let mut first_changed = from / FAN;
        let mut level = 0;
        loop {
            let below = if level == 0 { self.values.len() } else { self.levels[level - 1].len() };
            if below <= FAN && self.levels.len() <= level {
                return;
            }
            if self.levels.len() <= level {
                self.levels.push(Vec::new());
                first_changed = 0;
            }
            let mut blocks = std::mem::take(&mut self.levels[level]);
            blocks.truncate(first_changed);
            for block in first_changed..below.div_ceil(FAN) {
                let rows = block * FAN..((block + 1) * FAN).min(below);
                blocks.push(match level {
                    0 => rows.fold(NOTHING, |range, row| widened(range, [self.values[row]; 2])),
                    _ => rows.fold(NOTHING, |range, row| widened(range, self.levels[level - 1][row])),
                });
            }
            self.levels[level] = blocks;
            first_changed /= FAN;
            level += 1;
        }
    }

    /// Forgets all but the first values.
    pub fn truncate(&mut self, length: usize) {
        if length < self.values.len() {
            let mut values = std::mem::take(&mut self.values);
            values.truncate(length);
            *self = Self::new(values);
        }
    }

    /// Forgets the first values.
    pub fn forget_first(&mut self, count: usize) {
        let mut values = std::mem::take(&mut self.values);
        values.drain(..count.min(values.len()));
        *self = Self::new(values);
    }

    /// All values.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The lowest and the highest of these rows; `None` if they hold nothing but gaps.
    pub fn range(&self, from: usize, to: usize) -> Option<[f64; 2]> {
        let (mut from, mut to) = (from, to.min(self.values.len()));
        let mut found = NOTHING;
        let mut level = 0;
        let at = |level: usize, place: usize| match level {
            0 => [self.values[place]; 2],
            _ => self.levels[level - 1][place],
        };
        while from < to {
            let has_upper = self.levels.len() > level;
            while from < to && (!has_upper || from % FAN != 0) {
                found = widened(found, at(level, from));
                from += 1;
            }
            while from < to && to % FAN != 0 {
                to -= 1;
                found = widened(found, at(level, to));
            }
            from /= FAN;
            to /= FAN;
            level += 1;
        }
        (found[0] <= found[1]).then_some(found)
    }
}

fn widened([low, high]: [f64; 2], [other_low, other_high]: [f64; 2]) -> [f64; 2] {
    // `min` and `max` ignore NaN.
    [low.min(other_low), high.max(other_high)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(count: u32) -> Vec<f64> {
        (0..count)
            .map(|n| if n % 7 == 3 { f64::NAN } else { f64::from(n.wrapping_mul(2_654_435_761) >> 16) })
            .collect()
    }

    #[test]
    fn any_range_is_the_range_of_its_rows() {
        let values = values(5000);
        let mut grown = Pyramid::default();
        for piece in values.chunks(37) {
            grown.extend(piece);
        }
        let whole = Pyramid::new(values.clone());
        grown.extend(&[-1.0; 40]);
        grown.truncate(5000);
        let mut later = grown.clone();
        later.forget_first(777);
        assert_eq!(later.range(0, 4223), grown.range(777, 5000));
        assert_eq!(later.range(16, 300), grown.range(793, 1077));
        for (from, to) in [(0, 5000), (0, 1), (3, 4), (15, 17), (16, 256), (250, 4999), (4990, 9999), (7, 7)]
        {
            let rows = values.get(from..to.min(5000)).unwrap_or_default();
            let slow = rows.iter().fold(NOTHING, |range, &value| widened(range, [value; 2]));
            let slow = (slow[0] <= slow[1]).then_some(slow);
            assert_eq!(whole.range(from, to), slow, "{from}..{to}");
            assert_eq!(grown.range(from, to), slow, "grown {from}..{to}");
        }
    }
}
