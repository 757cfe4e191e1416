//! Irregular events, in whatever order they come: frames are made of them, judged provisionally when they are over and
//! finally once nothing can change them any more.
//!
//! A provisional verdict is what the final one will be if nothing late comes. For that a second copy of what was
//! learned, the draft, runs ahead over the frames that are told and not yet final; when a late event changes one of
//! them, the draft is drawn again from what is final, and that frame and those after it are judged anew. So the final
//! verdicts depend on the events alone, and not on the order in which they came.
//!
//! It costs each frame twice the work (75 µs for 32 streams, where `observe` takes 31), the draft's memory from the first
//! provisional frame on (as much as everything else together), and for a late event a copy of what was learned (some
//! 0.2 ms) and as many frames as the lateness window holds. A `lateness_ms` of 0 costs none of it: each frame is final as soon as it is
//! over. The draft is in no snapshot; an opened engine draws it again.

use alloc::boxed::Box;

use super::learned::Learned;
use super::{Engine, Error, FrameFault};
use crate::frame::{TIME_MS_MAX, measured};
use crate::ingest::{Counts, Event, IngestFault, Ready};
use crate::verdict::{Standing, Verdict};

impl Engine {
    /// Takes events, in any order, and gives `each` the verdicts on the frames that they end or change.
    ///
    /// A frame (of the schema's `frame_ms`, named by its first millisecond) is over when an event or [`tick`](Self::tick)
    /// passes its end. Then its verdict is [`Standing::Provisional`]; a late event within the schema's `lateness_ms`
    /// brings [`Standing::Revised`] ones for its frame and those after it; the last one is [`Standing::Final`], and only
    /// then is the frame learned. Every order of arrival within the window ends in the same final verdicts, bit for bit.
    /// An alarm is raised at most once, with the first verdict that opens its episode; what late events then make of it
    /// is seen in the revised and final verdicts' `episode`. Silence speaks at the end of frames.
    ///
    /// The answer says what became of the events. Some are dropped, and are a gap like anything that was not measured:
    /// what has no ordinary number, came twice, came after its frame was final, or comes from the future (a year after
    /// the newest event; where the time is told by `tick`, a quarter of an hour, or the lateness if that is longer). An event that names no stream
    /// or no time is an error, and an error changes nothing: none of the events is then taken. After frames
    /// ([`observe`](Self::observe)), events go on where those end; after events, frames are refused.
    ///
    /// ```
    /// use fourfold::{Engine, SchemaDraft, ingest::{Event, Standing}};
    ///
    /// let mut draft = SchemaDraft::of_streams(["temperature"]);
    /// (draft.frame_ms, draft.lateness_ms) = (Some(60_000.0), Some(60_000.0));
    /// let mut engine = Engine::new(draft.validate()?);
    /// let mut told = Vec::new();
    /// let event = |at_ms, value| Event { stream: 0, at_ms, value };
    /// let counts = engine.push(
    ///     &[event(5_000, 20.0), event(70_000, 21.0), event(50_000, 20.5), event(130_000, 21.0)],
    ///     |verdict| told.push((verdict.at_ms, verdict.standing)),
    /// )?;
    /// assert_eq!((counts.taken, counts.late), (4, 1));
    /// assert_eq!(
    ///     told,
    ///     [(0, Standing::Provisional), (0, Standing::Final), (60_000, Standing::Provisional)]
    /// );
    /// # Ok::<(), fourfold::Error>(())
    /// ```
    pub fn push(&mut self, events: &[Event], mut each: impl FnMut(&Verdict)) -> Result<Counts, Error> {
        self.check_events(events)?;
        if !self.is_fed_by_events()
            && let Some(last_ms) = self.state.learned.last_frame_ms
        {
            self.state.ingest.begin_after(last_ms);
        }
        self.draw_what_was_told();
        let mut counts = Counts::default();
        for &event in events {
            counts += self.place(event, &mut each);
        }
        self.drain(&mut each);
        Ok(counts)
    }

    /// Says the time while nothing arrives, and gives `each` the verdicts that follow from it.
    ///
    /// With frames: every stream, every group and all of them together have learned how long they are usually silent at
    /// this hour. When one of them becomes overdue there is a verdict, once per silence; a tick without news changes
    /// nothing. Habits take a week to learn.
    ///
    /// With events: frames whose time is up are over, or final, although nothing arrives. Silence speaks in the verdicts
    /// on the empty ones. From then on events from the future are dropped, so whoever ticks goes on ticking, at least once
    /// per frame or quarter of an hour.
    pub fn tick(&mut self, now_ms: i64, mut each: impl FnMut(&Verdict)) -> Result<(), Error> {
        if now_ms.unsigned_abs() > TIME_MS_MAX.unsigned_abs() {
            return Err(FrameFault::TimeOutOfRange { at_ms: now_ms as f64 }.into());
        }
        let is_fed_by_frames = !self.is_fed_by_events() && self.state.learned.last_frame_ms.is_some();
        if is_fed_by_frames {
            let Self { state, verdict, .. } = self;
            if state.learned.take_silence(now_ms, verdict) {
                each(verdict);
            }
            return Ok(());
        }
        self.draw_what_was_told();
        self.state.ingest.tell_time(now_ms)?;
        self.drain(&mut each);
        Ok(())
    }

    /// When [`tick`](Self::tick) may next have something to say, if nothing arrives until then.
    pub fn next_tick_ms(&self, now_ms: i64) -> Option<i64> {
        match self.is_fed_by_events() {
            true => self.state.ingest.next_due_ms(),
            false => self.state.learned.silence.next_deadline_ms(now_ms),
        }
    }

    /// Whether events make its frames: then nobody else does.
    pub fn is_fed_by_events(&self) -> bool {
        self.state.ingest.has_begun()
    }

    /// What is newest: the draft where there is one.
    pub(super) fn newest(&self) -> &Learned {
        self.draft.as_deref().unwrap_or(&self.state.learned)
    }

    /// What only a caller's mistake can be.
    fn check_events(&self, events: &[Event]) -> Result<(), IngestFault> {
        let streams = self.schema.streams().len();
        for &Event { stream, at_ms, .. } in events {
            if stream >= streams {
                return Err(IngestFault::UnknownStream { stream, at_ms, streams });
            }
            if at_ms.unsigned_abs() > TIME_MS_MAX.unsigned_abs() {
                return Err(IngestFault::TimeOutOfRange { at_ms });
            }
        }
        Ok(())
    }

    /// Puts an event into its frame. Frames come out now only if the buffer has no room for it before.
    fn place(&mut self, event: Event, each: &mut impl FnMut(&Verdict)) -> Counts {
        let before = self.state.ingest.counts()[event.stream];
        if self.state.ingest.push(&self.schema, event) == Err(IngestFault::Undrained) {
            self.drain(each);
            // Nothing is left that could refuse it but what is counted.
            let _ = self.state.ingest.push(&self.schema, event);
        }
        self.state.ingest.counts()[event.stream].since(before)
    }

    /// Judges every frame that has something new to say.
    fn drain(&mut self, each: &mut impl FnMut(&Verdict)) {
        let told = self.newest().tier3.last_episode();
        while let Some(ready) = self.state.ingest.due(&mut self.raw) {
            match ready.standing {
                Standing::Final => self.judge_finally(ready),
                Standing::Provisional | Standing::Revised => self.judge_ahead(ready, told),
            }
            each(&self.verdict);
        }
    }

    fn judge_finally(&mut self, ready: Ready) {
        let Self { schema, state, draft, verdict, values, raw } = self;
        read(raw, values);
        state.learned.take(schema, ready.start_ms, values, verdict);
        state.note(schema, raw, verdict);
        // Where frames are told before they are final, so are their alarms.
        verdict.alarm &= draft.is_none();
    }

    /// Judges a frame that is not final, by what is final and the frames before it. `told` is the newest episode whose
    /// alarm was raised.
    fn judge_ahead(&mut self, ready: Ready, told: u64) {
        let is_ahead = |draft: &Learned| draft.last_frame_ms.is_none_or(|last_ms| last_ms < ready.start_ms);
        if !self.draft.as_deref().is_some_and(is_ahead) {
            self.draw(ready.start_ms);
        }
        let Self { schema, draft, verdict, values, raw, .. } = self;
        let Some(draft) = draft else { return };
        self.state.ingest.values_at(ready.start_ms, raw);
        read(raw, values);
        draft.take(schema, ready.start_ms, values, verdict);
        verdict.standing = ready.standing;
        verdict.alarm &= verdict.episode.is_some_and(|episode| episode > told);
    }

    /// After opening and after a label: draws the draft with the frames that were told.
    pub(super) fn draw_what_was_told(&mut self) {
        if self.draft.is_none() && self.state.ingest.has_told() {
            self.draw(i64::MAX);
        }
    }

    /// Draws the draft from what is final and the frames that were told and begin before a time.
    fn draw(&mut self, before_ms: i64) {
        let Self { schema, state, draft, verdict, values, raw } = self;
        let mut drawn = Box::new(state.learned.clone());
        state.ingest.told(raw, |start_ms, raw| {
            if start_ms < before_ms {
                read(raw, values);
                drawn.take(schema, start_ms, values, verdict);
            }
        });
        *draft = Some(drawn);
    }
}

fn read(raw: &[f64], values: &mut [Option<f64>]) {
    values.iter_mut().zip(raw).for_each(|(slot, value)| *slot = measured(*value));
}
