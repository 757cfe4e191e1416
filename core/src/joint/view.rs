//! What a joint view is, and the contract that all of them hold to.

use super::portrait::Portrait;
use crate::frame::Moment;
use crate::schema::Schema;
use crate::snapshot::State;

/// What a view is shown of one frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) moment: Moment,
    pub(crate) values: &'a [Option<f64>],
    /// The picture of this very moment, this frame included.
    pub(crate) portrait: &'a Portrait,
}

impl Seen<'_> {
    /// Rows before this one.
    pub(crate) fn rows(&self) -> u64 {
        self.portrait.rows.saturating_sub(1)
    }

    /// The share of the streams that count as present.
    pub(crate) fn coverage(&self) -> f64 {
        self.portrait.here as f64 / self.portrait.width().max(1) as f64
    }
}

/// To add a view: write one file here, name it in `every_view!` in the contract and give it a place in `Joint`.
///
/// Judge a moment of all streams, then learn it. What judging worked out is left in the scratch buffer that the caller
/// lends, and learning the same moment takes it from there; nothing in it outlives the frame.
pub(crate) trait JointView: State + Clone {
    type Scratch: Clone;

    fn new(schema: &Schema) -> Self;
    fn scratch(&self) -> Self::Scratch;
    /// How odd this is, on a scale of the view's own; `None` where it has no opinion.
    fn judge(&self, seen: &Seen<'_>, scratch: &mut Self::Scratch) -> Option<f64>;
    fn learn(&mut self, seen: &Seen<'_>, scratch: &mut Self::Scratch);
    /// Bytes of the scratch buffer, and of what follows from the schema and so is in no snapshot.
    fn lent_bytes(&self, scratch: &Self::Scratch) -> usize;
    /// How much each stream adds to what was just judged, in any one unit. Worked out only when somebody asks.
    fn shares(&self, scratch: &Self::Scratch, shares: &mut [f64]);
}
