//! What one system does: a request in, an answer out, over a log. Nothing here knows the platform.
//!
//! A request is first refused or accepted as a whole, then judged, then written, then answered. If writing fails, the
//! engine in memory has learnt what the log may not know: it is dropped, and the next request builds it again.

mod live;
#[cfg(test)]
mod tests;

use fourfold::error::FrameFault;
use fourfold::frame::time_from_js;
use fourfold::wire::Rows;
use fourfold::{Schema, SchemaDraft};
use serde::Serialize;

use crate::action::Action;
use crate::answer::Answer;
use crate::body;
use crate::log::{Answered, Kind, Log};
use crate::refusal::{Refusal, StorageFault};
use live::Live;

/// Episodes in one answer.
const EPISODES_MAX: u32 = 256;

/// One system.
pub(crate) struct Session<L> {
    log: L,
    /// The engine, once somebody needed it; `None` also after a failed write.
    live: Option<Live>,
}

/// A system as the API describes it.
#[derive(Serialize)]
struct SystemJson<'a> {
    id: &'a str,
    schema: SchemaDraft,
    /// Frames taken.
    frames: u64,
    /// The newest frame's time.
    last: Option<i64>,
}

impl<L: Log> Session<L> {
    /// The system that the log remembers.
    pub(crate) fn new(log: L) -> Self {
        Self { log, live: None }
    }

    /// Does what is asked. All that it changed is in the log when it returns.
    pub(crate) fn answer(&mut self, id: &str, action: Action, body: &[u8]) -> Result<Answer, Refusal> {
        match action {
            Action::Put => self.create(id, body),
            Action::Describe => self.describe(id).map(Answer::ok),
            Action::Frames { .. } => self.frames(body),
            Action::Tick => self.tick(body),
            Action::Anomalies(_) => self.anomalies(),
            _ => Err(Refusal::NoSuchPath),
        }
    }

    /// Creating twice with one schema is creating once.
    fn create(&mut self, id: &str, body: &[u8]) -> Result<Answer, Refusal> {
        let schema = body::schema(body)?.validate()?;
        match self.live() {
            Err(Refusal::UnknownSystem) => {
                self.log.create(&body::write(&schema.to_draft())?)?;
                Ok(Answer::made(self.describe(id)?))
            }
            Ok(live) if *live.schema() == schema => self.describe(id).map(Answer::ok),
            Ok(_) => Err(Refusal::SchemaDiffers),
            Err(refusal) => Err(refusal),
        }
    }

    fn describe(&mut self, id: &str) -> Result<String, Refusal> {
        let live = self.live()?;
        let (frames, last) = (live.frames(), live.last_frame_ms());
        body::write(&SystemJson { id, schema: live.schema().to_draft(), frames, last })
    }

    /// Frames that were taken before are answered from the log, if they say the same; the others are judged.
    fn frames(&mut self, body: &[u8]) -> Result<Answer, Refusal> {
        let live = load(&self.log, &mut self.live)?;
        let (times_ms, values) = flatten(body, live.schema())?;
        let width = live.schema().streams().len();
        let known = times_ms.partition_point(|at_ms| live.last_frame_ms().is_some_and(|last| *at_ms <= last));
        let (known_ms, new_ms) = times_ms.split_at(known);
        let (known_values, new_values) = values.split_at_checked(known * width).unwrap_or_default();

        let mut verdicts = remembered(&self.log, live, known_ms, known_values)?;
        if !new_ms.is_empty() {
            let judged = live.judge(new_ms, new_values).and_then(|judged| {
                self.log.append(judged.append)?;
                live.advance(judged.tail, &self.log);
                Ok(judged.verdicts)
            });
            match judged {
                Ok(judged) => verdicts.extend(judged),
                Err(refusal) => {
                    self.live = None;
                    return Err(refusal);
                }
            }
        }
        Ok(Answer::ok(format!(r#"{{"verdicts":[{}]}}"#, verdicts.join(","))))
    }

    /// A tick that was news once is answered from the log; one that never was changes nothing and leaves no trace.
    fn tick(&mut self, body: &[u8]) -> Result<Answer, Refusal> {
        let now_ms = time_from_js(body::read::<body::Tick>(body)?.now)?;
        let live = load(&self.log, &mut self.live)?;
        if let Some(known) = self.log.entry_until(Kind::Tick, now_ms)?
            && known.entry.first_ms == now_ms
        {
            return Ok(Answer::ok(format!(r#"{{"verdict":{}}}"#, known.verdict(0)?)));
        }
        let verdict = live.tick(now_ms).and_then(|judged| match judged {
            None => Ok(None),
            Some(judged) => {
                self.log.append(judged.append)?;
                live.advance(judged.tail, &self.log);
                Ok(judged.verdicts.into_iter().next())
            }
        });
        match verdict {
            Ok(verdict) => {
                Ok(Answer::ok(format!(r#"{{"verdict":{}}}"#, verdict.as_deref().unwrap_or("null"))))
            }
            Err(refusal) => {
                self.live = None;
                Err(refusal)
            }
        }
    }

    fn anomalies(&mut self) -> Result<Answer, Refusal> {
        if self.log.schema()?.is_none() {
            return Err(Refusal::UnknownSystem);
        }
        let episodes = self.log.episodes(EPISODES_MAX)?;
        Ok(Answer::ok(format!(r#"{{"anomalies":[{}]}}"#, episodes.join(","))))
    }

    fn live(&mut self) -> Result<&mut Live, Refusal> {
        load(&self.log, &mut self.live)
    }
}

/// The engine, built from the log if need be. (Not a method: the log is used while the engine is borrowed.)
fn load<'a>(log: &impl Log, live: &'a mut Option<Live>) -> Result<&'a mut Live, Refusal> {
    let found = match live.take() {
        Some(live) => live,
        None => Live::from_log(log)?.ok_or(Refusal::UnknownSystem)?,
    };
    Ok(live.insert(found))
}

/// Times and values of a body whose frames are neither too many nor out of order.
fn flatten(body: &[u8], schema: &Schema) -> Result<(Vec<i64>, Vec<f64>), Refusal> {
    let rows: Rows = body::read(body)?;
    let (frames, cap) = (rows.frames.len(), body::frames_max(schema.streams().len()));
    if frames > cap {
        return Err(Refusal::TooManyFrames { frames, cap });
    }
    let (times_ms, values) = rows.flatten(schema)?;
    for pair in times_ms.windows(2) {
        if let [last_ms, at_ms] = *pair
            && at_ms <= last_ms
        {
            return Err(FrameFault::TimeWentBack { at_ms, last_ms }.into());
        }
    }
    Ok((times_ms, values))
}

/// What was answered to frames that were taken before.
fn remembered(log: &impl Log, live: &Live, times_ms: &[i64], values: &[f64]) -> Result<Vec<String>, Refusal> {
    let width = live.schema().streams().len();
    let mut verdicts = Vec::with_capacity(times_ms.len());
    let mut page: Option<(Answered, Vec<i64>, Vec<f64>)> = None;
    for (place, &at_ms) in times_ms.iter().enumerate() {
        if page.as_ref().is_none_or(|(answered, ..)| answered.entry.last_ms < at_ms) {
            let answered = log.entry_until(Kind::Frames, at_ms)?.ok_or(StorageFault::Damaged)?;
            let (taken_ms, taken) = answered.entry.frames(width)?;
            page = Some((answered, taken_ms, taken));
        }
        let Some((answered, taken_ms, taken)) = &page else { return Err(StorageFault::Damaged.into()) };
        let Ok(row) = taken_ms.binary_search(&at_ms) else {
            let last_ms = live.last_frame_ms().unwrap_or(at_ms);
            return Err(FrameFault::TimeWentBack { at_ms, last_ms }.into());
        };
        let is_same = (0..width).all(|stream| {
            let (came, kept) = (values.get(place * width + stream), taken.get(row * width + stream));
            came == kept || came.zip(kept).is_some_and(|(came, kept)| came.is_nan() && kept.is_nan())
        });
        if !is_same {
            return Err(Refusal::FrameDiffers { at_ms });
        }
        verdicts.push(answered.verdict(row)?.to_owned());
    }
    Ok(verdicts)
}
