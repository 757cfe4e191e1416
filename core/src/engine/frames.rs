//! Frames as they are: one moment of all streams, in the order of time.

use super::learned::check_time;
use super::{Engine, Error, FrameFault};
use crate::frame::{Frame, measured};
use crate::verdict::Verdict;

impl Engine {
    /// Judges one frame, then learns it. An error changes nothing.
    pub fn observe(&mut self, frame: Frame<'_>) -> Result<&Verdict, Error> {
        let Frame { at_ms, values } = frame;
        let expected = self.schema.streams().len();
        if values.len() != expected {
            return Err(FrameFault::WrongWidth { at_ms, got: values.len(), expected }.into());
        }
        self.check_source(at_ms)?;
        check_time(at_ms, self.state.learned.last_frame_ms)?;
        self.take(frame);
        Ok(&self.verdict)
    }

    /// Judges frames in a row: `rows` holds one value per stream for each of `times_ms`, row after row. All are checked
    /// before the first is judged, so an error changes nothing.
    ///
    /// ```
    /// use fourfold::{Engine, SchemaDraft};
    ///
    /// let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b"]).validate()?);
    /// let mut scores = Vec::new();
    /// engine.observe_batch(&[0, 1000], &[1.0, 2.0, 1.0, f64::NAN], |_, verdict| scores.push(verdict.score))?;
    /// assert_eq!(scores.len(), 2);
    /// assert!(engine.observe_batch(&[2000, 500], &[1.0; 4], |_, _| ()).is_err());
    /// assert!(engine.observe_batch(&[2000], &[1.0; 2], |_, _| ()).is_ok());
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn observe_batch(
        &mut self,
        times_ms: &[i64],
        rows: &[f64],
        mut each: impl FnMut(usize, &Verdict),
    ) -> Result<(), Error> {
        self.check_batch(times_ms, rows.len())?;
        let width = self.schema.streams().len();
        for (row, &at_ms) in times_ms.iter().enumerate() {
            self.take(Frame { at_ms, values: &rows[row * width..(row + 1) * width] });
            each(row, &self.verdict);
        }
        Ok(())
    }

    /// The check of [`Engine::observe_batch`], for callers who hand a long batch over in pieces and still want all of
    /// it or nothing: `values` is how many there are in its rows together.
    pub fn check_batch(&self, times_ms: &[i64], values: usize) -> Result<(), Error> {
        let streams = self.schema.streams().len();
        let rows = times_ms.len();
        if rows.checked_mul(streams) != Some(values) {
            return Err(FrameFault::RaggedBatch { rows, values, streams }.into());
        }
        let mut last_ms = self.state.learned.last_frame_ms;
        for &at_ms in times_ms {
            self.check_source(at_ms)?;
            check_time(at_ms, last_ms)?;
            last_ms = Some(at_ms);
        }
        Ok(())
    }

    /// Once events make the frames, nobody else does: two sources of frames would overlap.
    fn check_source(&self, at_ms: i64) -> Result<(), FrameFault> {
        if self.is_fed_by_events() { Err(FrameFault::FedByEvents { at_ms }) } else { Ok(()) }
    }

    fn take(&mut self, frame: Frame<'_>) {
        for (slot, value) in self.values.iter_mut().zip(frame.values) {
            *slot = measured(*value);
        }
        let Self { schema, state, verdict, values, .. } = self;
        state.learned.take(schema, frame.at_ms, values, verdict);
        state.note(schema, frame.values, verdict);
    }
}
