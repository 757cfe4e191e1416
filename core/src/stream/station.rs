//! Everything that tier 1 keeps of one stream.

use super::hold::Hold;
use super::novelty::{self, Novelty};
use super::{Detector, Now, Reason, StreamVerdict};
use crate::schema::Stream;
use crate::snapshot::state;
use crate::stats::{Place, Tail};

/// Rows over which row oddness is ranked.
const MEMORY_ROWS: f64 = 8192.0;

/// The detectors of one stream.
#[derive(Clone, Debug)]
pub(crate) struct Station {
    novelty: Novelty,
    hold: Hold,
    rows: Tail,
}
state!(Station { novelty, hold, rows });

/// What was found out about a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sight {
    novelty: novelty::Sight,
    row: f64,
    row_place: Place,
}

impl Station {
    pub(crate) fn new(stream: &Stream) -> Self {
        Self { novelty: Novelty::new(stream), hold: Hold::default(), rows: Tail::new(MEMORY_ROWS) }
    }

    pub(crate) fn judge(&self, now: &Now, x: f64) -> Sight {
        let novelty = self.novelty.judge(now, x);
        let row = novelty.row();
        Sight { novelty, row, row_place: Place::of(row) }
    }

    pub(crate) fn verdict(&self, sight: Option<&Sight>) -> StreamVerdict {
        let Some(sight) = sight else {
            return StreamVerdict { row: self.novelty.row(), ..StreamVerdict::default() };
        };
        let chance = self.novelty.is_settled().then(|| self.rows.chances_at(sight.row_place)[0]);
        StreamVerdict {
            score: chance.map(|chance| 1.0 - chance),
            reason: chance.map(|_| Reason::Residual),
            present: true,
            row: sight.row,
            surprise: self.hold.judge(sight.novelty.surprise),
        }
    }

    pub(crate) fn learn(&mut self, now: &Now, x: f64, sight: &Sight) {
        if self.novelty.is_settled() {
            self.rows.learn_at(sight.row_place);
        }
        self.hold.learn(sight.novelty.surprise);
        self.novelty.learn(now, x, &sight.novelty);
    }
}
