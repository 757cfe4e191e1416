//! What people say: what an episode was, what is normal from now on, and how many false alarms they can bear.

use super::{Engine, Error};
use crate::error::LabelFault;
use crate::verdict::{End, Episode, Label};

impl Engine {
    /// Things that happened, oldest first: the newest 256, those of provisional verdicts included.
    pub fn episodes(&self) -> impl DoubleEndedIterator<Item = &Episode> + ExactSizeIterator {
        self.newest().tier3.episodes()
    }

    /// Says what an episode was. "Expected" teaches the engine that its like is fine; "real" that it is not.
    pub fn label(&mut self, episode: u64, label: Label) -> Result<(), Error> {
        self.find(episode)?;
        self.state.learned.tier3.label(episode, label)?;
        self.draw_again();
        Ok(())
    }

    /// Accepts a lasting new level: the answer "yes" to "adopt as normal?".
    ///
    /// It is the label [`Label::Expected`] on an episode that lasts, or ended with the question; on any other it is
    /// refused, since there is no level to adopt. What changes, at once: the episode ends as [`End::Adopted`], the frames
    /// at this level belong to no episode and have no severity, they count as the calm against which labels are
    /// learned, and whatever looks like this episode raises no alarm. What does not: the scores are measurements, and
    /// they fall as the level is learned, within an hour of rows at one a minute. [`undo`](Self::undo) takes it back, to
    /// the bit.
    pub fn adopt(&mut self, episode: u64) -> Result<(), Error> {
        let end = self.find(episode)?.end;
        if !matches!(end, End::Open | End::NewNormal) {
            return Err(LabelFault::NothingToAdopt { id: episode }.into());
        }
        self.label(episode, Label::Expected)
    }

    /// Takes the newest label back, as if it had never been given. Returns its episode.
    pub fn undo(&mut self) -> Result<u64, Error> {
        let episode = self.state.learned.tier3.undo()?;
        self.draw_again();
        Ok(episode)
    }

    /// Changes how often a normal frame may raise an alarm, from the next frame on. Everything that was learned stays,
    /// and setting it back before the next frame gives the engine that there was. It is part of the schema, so the schema's fingerprint changes with it. Outside of the schema's rule it is refused as there.
    ///
    /// ```
    /// use fourfold::{Engine, SchemaDraft};
    ///
    /// let mut engine = Engine::new(SchemaDraft::of_streams(["a"]).validate()?);
    /// let before = engine.seal();
    /// engine.set_false_alarm_rate(1e-5)?;
    /// assert_eq!(engine.schema().false_alarm_rate(), 1e-5);
    /// assert_eq!(engine.set_false_alarm_rate(0.7).map_err(|error| error.code()), Err("schema.bad-rate"));
    /// engine.set_false_alarm_rate(0.001)?;
    /// assert_eq!(engine.seal(), before);
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn set_false_alarm_rate(&mut self, rate: f64) -> Result<(), Error> {
        let mut draft = self.schema.to_draft();
        draft.false_alarm_rate = rate;
        self.schema = draft.validate()?;
        self.state.learned.tier3.set_false_alarm_rate(rate);
        self.draw_again();
        Ok(())
    }

    /// Alarms that the flood control held back so far.
    pub fn held_back(&self) -> u64 {
        self.newest().tier3.held_back()
    }

    /// An episode that can be labelled.
    fn find(&self, id: u64) -> Result<&Episode, LabelFault> {
        let mut known = self.state.learned.tier3.episodes();
        let remembered = known.len();
        match known.find(|episode| episode.id == id) {
            Some(episode) => Ok(episode),
            None if self.episodes().any(|episode| episode.id == id) => Err(LabelFault::NotFinal { id }),
            None => Err(LabelFault::UnknownEpisode { id, remembered }),
        }
    }

    /// The draft holds what was learned, so it follows what people say.
    fn draw_again(&mut self) {
        self.draft = None;
        self.draw_what_was_told();
    }
}
