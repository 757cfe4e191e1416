//! The frames that are remembered, to be shown: by whom an engine was opened that has learned elsewhere.

use alloc::vec;

use super::Engine;
use crate::math::exp;

/// A frame that is remembered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recalled<'e> {
    /// When.
    pub at_ms: i64,
    /// How unusual it was, in single precision.
    pub score: f64,
    /// One per stream, NaN where there was none. The distance from the stream's first value is in single precision.
    pub values: &'e [f64],
}

impl Engine {
    /// Calls `each` with the newest frames, oldest first: those that [`explain`](Self::explain) can speak of.
    ///
    /// ```
    /// use fourfold::{Engine, Frame, SchemaDraft};
    ///
    /// let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b"]).validate()?);
    /// engine.observe(Frame { at_ms: 0, values: &[20.5, f64::NAN] })?;
    /// engine.observe(Frame { at_ms: 1000, values: &[21.0, 3.0] })?;
    /// let mut told = Vec::new();
    /// Engine::open(&engine.seal())?.recall(|frame| told.push((frame.at_ms, frame.values.to_vec())));
    /// assert_eq!(told[1], (1000, vec![21.0, 3.0]));
    /// assert!(told[0].1[1].is_nan());
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn recall(&self, mut each: impl FnMut(Recalled<'_>)) {
        let history = &self.newest().history;
        let mut values = vec![f64::NAN; history.width()];
        for row in 0..history.len() {
            for (stream, value) in values.iter_mut().enumerate() {
                *value = history.anchor(stream) + history.value(row, stream);
            }
            let score = 1.0 - exp(-history.decades(row) * core::f64::consts::LN_10);
            each(Recalled { at_ms: history.at_ms(row), score, values: &values });
        }
    }
}
