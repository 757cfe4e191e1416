//! Tier 2: all streams together, silence included.
//!
//! # What it computes, what it costs, when it is wrong
//!
//! Five views look at one `portrait` of the moment, in which every stream is measured by its own past:
//!
//! | View | Asks | Costs | Is wrong when |
//! |---|---|---|---|
//! | `novelty` | have all streams together ever been in a state like this? | 256 pictures compared, about half of all | one stream among hundreds fails: its share of the distance is small |
//! | `dependence` | are the streams each usual and together, or at this hour, absurd? | three passes over half a block of at most 64 squared | relations change by themselves; rows are fewer than streams |
//! | `forest` | how thin is the space of features here? | 50 ways of 8 steps, 30 of 6 per group | streams are many: a tree sees few of them |
//! | `gaps` | how usual is it that just these streams speak? | one logarithm per stream | frames come when values do, so nothing is ever absent |
//! | `silence` | does nobody act, although somebody usually does by now? | one step per event stream | habits move by hours from day to day |
//!
//! Each says how odd the moment is on its own scale, which ranks best; the chance of that, by `ranks` that learn late, so
//! that what lasts does not become usual at once; and how much it had to judge with. Which stream adds how much is worked
//! out only when somebody asks.
//!
//! The views hold 0.2 MB for one stream, 0.3 MB for thirty and 3 MB for five hundred, whatever they have seen.
//! `cargo run --release -p fourfold --example joint_cost` measures their time.
//!
//! All of them need company: with one stream, `dependence` has nothing to say and `novelty` little that tier 1 does not
//! know. A moment in which most streams are missing is judged by the rest, and its [`weight`](Opinion::weight) says so.
//!
//! # Example
//!
//! Two streams move together. Then they move against each other, and each of them is as usual as ever:
//!
//! ```
//! use fourfold::{Frame, SchemaDraft, joint::Joint};
//!
//! let mut joint = Joint::new(&SchemaDraft::of_streams(["left", "right"]).validate()?);
//! let wave = |row: i64| ((row * 7919 % 1009) as f64 / 1009.0 - 0.5) * 4.0;
//! for row in 0..2000 {
//!     let values = [wave(row), wave(row) + 0.2 * wave(row + 5)];
//!     joint.observe(Frame { at_ms: 60_000 * row, values: &values });
//! }
//! let broken = [1.5, -1.5];
//! let opinion = joint.observe(Frame { at_ms: 60_000 * 2000, values: &broken }).dependence;
//! assert!(opinion.chance < 0.01, "{opinion:?}");
//! # Ok::<(), fourfold::Error>(())
//! ```
#![allow(clippy::needless_range_loop, reason = "lanes of several arrays are walked side by side, by number")]

mod album;
mod apart;
mod calibrated;
mod context;
#[cfg(test)]
mod contract;
mod dependence;
mod features;
mod forest;
mod gaps;
mod novelty;
mod portrait;
mod precision;
mod silence;
mod trees;
mod view;

use alloc::vec;
use alloc::vec::Vec;

use crate::frame::{Frame, Moment, measured};
use crate::opinion::Opinion;
use crate::schema::Schema;
use crate::snapshot::{Damage, Reader, State, Writer, state};
use crate::stream::StreamVerdict;
use calibrated::Calibrated;
use dependence::{Dependence, Residuals};
use forest::{Forests, Walk};
use gaps::{Gaps, Surprise};
use novelty::{Nearest, Novelty};
use portrait::Portrait;
use silence::{Silence, Silences};
use view::{JointView, Seen};

/// What tier 2 says of one moment, view by view.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct JointVerdict {
    /// Have all streams together ever been in a state like this?
    pub novelty: Opinion,
    /// Are the streams each usual and together absurd?
    pub dependence: Opinion,
    /// How thin is the space of features here?
    pub forest: Opinion,
    /// How usual is it that just these streams speak?
    pub gaps: Opinion,
    /// Does nobody act, although somebody usually does by now?
    pub silence: Opinion,
}

/// A joint view by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JointAngle {
    /// See [`JointVerdict::novelty`].
    Novelty,
    /// See [`JointVerdict::dependence`].
    Dependence,
    /// See [`JointVerdict::forest`].
    Forest,
    /// See [`JointVerdict::gaps`].
    Gaps,
    /// See [`JointVerdict::silence`].
    Silence,
}

/// All joint views of one schema.
#[derive(Clone, Debug)]
pub struct Joint {
    views: Views,
    desk: Desk,
}

/// What is remembered.
#[derive(Clone, Debug)]
struct Views {
    portrait: Portrait,
    novelty: Calibrated<Novelty>,
    dependence: Calibrated<Dependence>,
    forest: Calibrated<Forests>,
    gaps: Calibrated<Gaps>,
    silence: Calibrated<Silence>,
}
state!(Views { portrait, novelty, dependence, forest, gaps, silence });

/// What is worked out for one moment: nothing on it is needed for the next.
#[derive(Clone, Debug)]
struct Desk {
    portrait: Portrait,
    novelty: Nearest,
    dependence: Vec<Residuals>,
    forest: Walk,
    gaps: Surprise,
    silence: Silences,
    verdict: JointVerdict,
    moment: Moment,
    /// For those who bring frames: a buffer that lives on, so that a steady frame allocates nothing.
    values: Vec<Option<f64>>,
}

impl Joint {
    /// Views that have seen nothing.
    pub fn new(schema: &Schema) -> Self {
        let views = Views {
            portrait: Portrait::new(schema.streams().len()),
            novelty: Calibrated::new(schema),
            dependence: Calibrated::new(schema),
            forest: Calibrated::new(schema),
            gaps: Calibrated::new(schema),
            silence: Calibrated::new(schema),
        };
        let desk = Desk {
            portrait: views.portrait.clone(),
            novelty: views.novelty.view.scratch(),
            dependence: views.dependence.view.scratch(),
            forest: views.forest.view.scratch(),
            gaps: views.gaps.view.scratch(),
            silence: views.silence.view.scratch(),
            verdict: JointVerdict::default(),
            moment: Moment::default(),
            values: vec![None; schema.streams().len()],
        };
        Self { views, desk }
    }

    /// Judges one frame, then learns it: `values` has one per stream, as always. For those who want tier 2 by itself. The wall clock is taken to show UTC.
    pub fn observe(&mut self, frame: Frame<'_>) -> JointVerdict {
        let mut values = core::mem::take(&mut self.desk.values);
        values.iter_mut().zip(frame.values).for_each(|(slot, &value)| *slot = measured(value));
        let verdict = self.judge(Moment { at_ms: frame.at_ms, local_ms: frame.at_ms }, &values);
        self.learn(&values, true);
        self.desk.values = values;
        verdict
    }

    /// How much each stream adds to what a view said of the moment that was judged last, in that view's own unit.
    /// Worked out here and nowhere else: a frame that nobody asks about does not pay for it. Ask before learning.
    pub fn shares(&self, view: JointAngle, shares: &mut [f64]) {
        let Self { views, desk } = self;
        match view {
            JointAngle::Novelty => views.novelty.view.shares(&desk.novelty, shares),
            JointAngle::Dependence => views.dependence.view.shares(&desk.dependence, shares),
            JointAngle::Forest => views.forest.view.shares(&desk.forest, shares),
            JointAngle::Gaps => views.gaps.view.shares(&desk.gaps, shares),
            JointAngle::Silence => views.silence.view.shares(&desk.silence, shares),
        }
    }

    /// Writes into each stream's verdict how far it lies from what the others and the hour let expect.
    pub(crate) fn tell_apart(&self, streams: &mut [StreamVerdict]) {
        self.views.dependence.view.tell_apart(&self.desk.dependence, streams);
    }

    /// Bytes held, what is worked out anew for every moment included.
    pub fn bytes(&self) -> usize {
        self.heap_bytes()
    }

    /// What all views say of a moment. Only the desk changes.
    pub(crate) fn judge(&mut self, moment: Moment, values: &[Option<f64>]) -> JointVerdict {
        let Self { views, desk } = self;
        views.portrait.judge(values, &mut desk.portrait);
        let seen = Seen { moment, values, portrait: &desk.portrait };
        desk.moment = moment;
        desk.verdict = JointVerdict {
            novelty: views.novelty.judge(&seen, &mut desk.novelty),
            dependence: views.dependence.judge(&seen, &mut desk.dependence),
            forest: views.forest.judge(&seen, &mut desk.forest),
            gaps: views.gaps.judge(&seen, &mut desk.gaps),
            silence: views.silence.judge(&seen, &mut desk.silence),
        };
        desk.verdict
    }

    /// Learns the moment that was judged last; `values` are the same. It `is_calm` where nothing was found to be wrong.
    pub(crate) fn learn(&mut self, values: &[Option<f64>], is_calm: bool) {
        let Self { views, desk } = self;
        let seen = Seen { moment: desk.moment, values, portrait: &desk.portrait };
        views.novelty.learn(&desk.verdict.novelty, is_calm, &seen, &mut desk.novelty);
        views.dependence.learn(&desk.verdict.dependence, is_calm, &seen, &mut desk.dependence);
        views.forest.learn(&desk.verdict.forest, is_calm, &seen, &mut desk.forest);
        views.gaps.learn(&desk.verdict.gaps, is_calm, &seen, &mut desk.gaps);
        views.silence.learn(&desk.verdict.silence, is_calm, &seen, &mut desk.silence);
        views.portrait.learn(values, &mut desk.portrait);
    }
}

impl Joint {
    /// How usual a stream's absence is, in each hour of a working day and then of a day off; empty before the first frame.
    pub(crate) fn absence(&self, stream: usize) -> Vec<f64> {
        self.views.gaps.view.absence(stream)
    }
}

impl State for Joint {
    fn save(&self, to: &mut Writer) {
        self.views.save(to);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        self.views.load(from)
    }

    /// All that is held, the desk included.
    fn heap_bytes(&self) -> usize {
        let Self { views, desk } = self;
        views.heap_bytes()
            + desk.portrait.heap_bytes()
            + size_of_val(desk.values.as_slice())
            + views.novelty.view.lent_bytes(&desk.novelty)
            + views.dependence.view.lent_bytes(&desk.dependence)
            + views.forest.view.lent_bytes(&desk.forest)
            + views.gaps.view.lent_bytes(&desk.gaps)
            + views.silence.view.lent_bytes(&desk.silence)
    }
}
