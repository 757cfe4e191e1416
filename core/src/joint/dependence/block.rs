//! A few streams and the clock: their covariance, what each lets expect of the others, and how far each lies from that.

use alloc::vec;
use alloc::vec::Vec;

use super::mark::Mark;
use crate::joint::portrait::{LANES, MEMORY_VALUES, Portrait};
use crate::joint::precision::{Precision, row_length, rows_of};
use crate::snapshot::state;

/// Numbers that tell the time of day. They stand behind the members, are always there and are never judged.
pub(super) const CLOCKS: usize = 8;
/// A level over 4 rows varies less than a value, by the square root of 7 where values are independent.
const SMOOTH_SCALE: f32 = 2.645_751_4;
/// What is believed at first, that all streams are independent with spread 1, counts as much as so many rows.
const PRIOR_ROWS: f32 = 20.0;
/// Rows with several times the work on the inverse for each: at first it changes fast.
const EARLY_ROWS: u64 = 400;
/// No residual counts as further out than this.
const RESIDUAL_MAX: f32 = 30.0;
/// Rows over which a residual's usual place is remembered.
const USUAL_PACE: f32 = 1.0 / 1000.0;
/// How often the expected values of absent streams are improved. Each round takes what the others were last given, and
/// the first round begins where the last row ended.
const ROUNDS: usize = 3;
/// Improvements per block and row, so that a row with many absent streams is no slow row.
const IMPROVEMENTS_MAX: usize = 96;

/// Covariance and precision of a few streams.
#[derive(Clone, Debug)]
pub(super) struct Block {
    mean: Vec<f32>,
    /// Row after row up to the diagonal, each padded to whole lanes: nobody asks for what lies above.
    covariance: Vec<f32>,
    precision: Precision,
    /// Where each absent stream was last expected, as a distance from its mean.
    expected: Vec<f32>,
    /// Where each member's residual has lain of late: what wanders slowly is no broken relation.
    usual: Vec<f32>,
    /// How large each member's residual is as a rule, where little of it is expected and where much is: a heart at rest
    /// is steadier than one at work.
    marks: Vec<[Mark; 2]>,
    members: Vec<usize>,
    stride: usize,
}
state!(Block { mean, covariance, precision, expected, usual, marks; members, stride });

/// One block's numbers of one moment.
#[derive(Clone, Debug)]
pub(crate) struct Residuals {
    /// Distance from the mean; for absent streams the expected one.
    apart: Vec<f32>,
    /// 1 where the stream is present.
    pub(super) here: Vec<f32>,
    /// Precision times distance.
    pull: Vec<f32>,
    /// The residual of each member, 0 where absent.
    residual: Vec<f32>,
    /// Which of its marks measures it.
    mark: Vec<u8>,
    /// Its distance from where it has lain of late, in units of the member's mark.
    pub(super) odd: Vec<f32>,
}

impl Block {
    pub(super) fn new(members: Vec<usize>) -> Self {
        let count = members.len() + CLOCKS;
        let stride = count.next_multiple_of(LANES);
        let mut covariance = vec![0.0; (0..count).map(row_length).sum()];
        rows_of(&mut covariance).enumerate().for_each(|(place, row)| row[place] = 1.0);
        Self {
            mean: vec![0.0; stride],
            covariance,
            precision: Precision::new(count),
            expected: vec![0.0; members.len()],
            usual: vec![0.0; members.len()],
            marks: vec![<[Mark; 2]>::default(); members.len()],
            members,
            stride,
        }
    }

    pub(super) fn scratch(&self) -> Residuals {
        let (blank, of_members) = (vec![0.0; self.stride], vec![0.0; self.members.len()]);
        Residuals {
            apart: blank.clone(),
            here: blank.clone(),
            pull: blank,
            residual: of_members.clone(),
            mark: vec![0; self.members.len()],
            odd: of_members,
        }
    }

    pub(super) fn members(&self) -> &[usize] {
        &self.members
    }

    pub(super) fn lent_bytes(&self) -> usize {
        self.members.len() * size_of::<usize>()
            + (3 * self.stride + 2 * self.members.len()) * size_of::<f32>()
            + self.members.len()
    }

    /// Fills in the residuals; returns how many members are present.
    pub(super) fn judge(&self, portrait: &Portrait, clock: &[f32; CLOCKS], at: &mut Residuals) -> usize {
        let mut present = 0;
        for (place, &member) in self.members.iter().enumerate() {
            let cell = &portrait.cells[member / LANES];
            let is_here = cell.here[member % LANES] > 0.0 && portrait.settled(member);
            let apart = SMOOTH_SCALE * cell.smooth[member % LANES] - self.mean[place];
            (at.here[place], at.apart[place]) =
                if is_here { (1.0, apart) } else { (0.0, self.expected[place]) };
            present += usize::from(is_here);
        }
        for (place, wave) in (self.members.len()..).zip(clock) {
            (at.here[place], at.apart[place]) = (1.0, wave - self.mean[place]);
        }
        self.precision.product(&at.apart, &mut at.pull);
        if present < self.members.len() && present > 0 {
            self.expect_absent(at);
        }
        for (place, marks) in self.marks.iter().enumerate() {
            let spread = self.precision.spread(place);
            let residual = at.pull[place] * spread;
            let expected = at.apart[place] - residual * spread;
            at.mark[place] = u8::from(expected > 0.0);
            at.residual[place] = residual.clamp(-RESIDUAL_MAX, RESIDUAL_MAX) * at.here[place];
            let mark = usize::from(at.mark[place]);
            let size = (at.residual[place] - self.usual[place]).abs();
            at.odd[place] = marks[mark].measure(size, &marks[1 - mark]) * at.here[place];
        }
        present
    }

    /// Gives each absent stream the value that the others let expect, which is where its pull is 0. Every step lowers
    /// the distance of the whole, so that this can not run away.
    fn expect_absent(&self, at: &mut Residuals) {
        let mut improvements = 0;
        for _ in 0..ROUNDS {
            for place in 0..self.members.len() {
                if at.here[place] > 0.0 || improvements == IMPROVEMENTS_MAX {
                    continue;
                }
                let spread = self.precision.spread(place);
                let step = -at.pull[place] * spread * spread;
                at.apart[place] += step;
                self.precision.add(place, step, &mut at.pull);
                improvements += 1;
            }
        }
    }

    /// Takes the moment in. An absent stream counts with the value that was expected, and with the spread that is left
    /// when all others are known: so the covariance stays one of whole rows, and has an inverse.
    pub(super) fn learn(&mut self, rows: u64, at: &Residuals) {
        let pace = (1.0 / (rows as f32 + PRIOR_ROWS)).max(1.0 / MEMORY_VALUES as f32);
        if rows < EARLY_ROWS {
            self.learn_covariance(pace, at);
        } else if rows.is_multiple_of(2) {
            self.learn_covariance(2.0 * pace, at);
        }
        self.learn_residuals(rows, at);
    }

    fn learn_covariance(&mut self, pace: f32, at: &Residuals) {
        for (place, row) in rows_of(&mut self.covariance).enumerate() {
            let apart = at.apart[place] * (1.0 - pace);
            for (cov, other) in row.iter_mut().zip(&at.apart) {
                *cov += pace * (apart * other - *cov);
            }
            if at.here[place] == 0.0 {
                let spread = self.precision.spread(place);
                row[place] += pace * spread * spread;
            }
        }
        for (mean, apart) in self.mean.iter_mut().zip(&at.apart) {
            *mean += pace * apart;
        }
    }

    fn learn_residuals(&mut self, rows: u64, at: &Residuals) {
        self.expected.copy_from_slice(&at.apart[..self.members.len()]);
        for (place, marks) in self.marks.iter_mut().enumerate() {
            if at.here[place] > 0.0 {
                let apart = at.residual[place] - self.usual[place];
                marks[usize::from(at.mark[place])].learn(apart.abs());
                self.usual[place] += apart * USUAL_PACE;
            }
        }
        let count = self.members.len() as f32;
        for _ in 0..if rows < EARLY_ROWS { 4 } else { 1 } {
            self.precision.work(&self.covariance, count / (count + rows as f32));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_stream_is_as_if_it_had_never_been_there() {
        let mut block = Block::new(vec![0, 1, 2]);
        // The covariance of the first two is [[1, .8], [.8, 1]], whatever the third does.
        for (row, column, value) in [(1, 0, 0.8), (2, 0, 0.5), (2, 1, 0.7)] {
            if let Some(row) = rows_of(&mut block.covariance).nth(row) {
                row[column] = value;
            }
        }
        (0..2 * (3 + CLOCKS)).for_each(|_| block.precision.work(&block.covariance, 0.0));
        let mut at = block.scratch();
        at.here[..2].fill(1.0);
        at.apart[..2].copy_from_slice(&[1.0, -1.0]);
        (0..3).for_each(|place| block.precision.add(place, at.apart[place], &mut at.pull));
        block.expect_absent(&mut at);
        // The inverse of [[1.01, .8], [.8, 1.01]] times (1, -1).
        let expected = 1.0 / (1.01 - 0.8);
        assert!(
            (at.pull[0] - expected).abs() < 1e-3 && (at.pull[1] + expected).abs() < 1e-3,
            "{:?}",
            at.pull
        );
        assert!(at.pull[2].abs() < 1e-4, "{:?}", at.pull);
    }
}
