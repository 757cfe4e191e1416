//! Who listens: the engine, a timer as everybody has one, and the engine behind a pipeline that fills gaps with zero.

use fourfold::silence::Cause;
use fourfold::{Engine, Frame, SchemaDraft};

use super::world::{INTERVAL_MS, World};
use crate::run::Outcome;

/// Between two ticks.
pub(super) const TICK_MS: i64 = 15_000;

/// A silence that was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub(super) at_ms: i64,
    /// `None` from those who have no word for it.
    pub(super) cause: Option<Cause>,
    pub(super) stream: Option<usize>,
    /// How many streams it names.
    pub(super) streams: usize,
    pub(super) episode: Option<u64>,
}

pub(super) trait Watcher: Clone {
    const NAME: &'static str;
    fn new(world: &World) -> Outcome<Self>;
    /// A row of the collector; all NaN where it is dead.
    fn row(&mut self, at_ms: i64, values: &[f64]) -> Outcome<Vec<Told>>;
    fn tick(&mut self, now_ms: i64) -> Outcome<Vec<Told>>;
}

fn engine(world: &World) -> Outcome<Engine> {
    let mut draft = SchemaDraft::of_streams((0..world.streams.len()).map(|place| format!("s{place}")));
    for (stream, (_, group)) in draft.streams.iter_mut().zip(&world.streams) {
        stream.group = (!group.is_empty()).then(|| (*group).to_string());
    }
    Ok(Engine::new(draft.validate()?))
}

/// The engine, asked by `tick` and by nothing else: what its frames say of silence is not heard.
#[derive(Clone)]
pub(super) struct Ticked(Engine);

impl Watcher for Ticked {
    const NAME: &'static str = "Fourfold";

    fn new(world: &World) -> Outcome<Self> {
        Ok(Self(engine(world)?))
    }

    fn row(&mut self, at_ms: i64, values: &[f64]) -> Outcome<Vec<Told>> {
        if values.iter().any(|value| !value.is_nan()) {
            self.0.observe(Frame { at_ms, values })?;
        }
        Ok(Vec::new())
    }

    fn tick(&mut self, now_ms: i64) -> Outcome<Vec<Told>> {
        let mut told = Vec::new();
        self.0.tick(now_ms, |verdict| {
            let settled = verdict.silences.iter().filter(|finding| finding.settled);
            told.extend(settled.map(|finding| Told {
                at_ms: now_ms,
                cause: Some(finding.cause),
                stream: finding.stream,
                streams: finding.streams,
                episode: verdict.episode,
            }));
        })?;
        Ok(told)
    }
}

/// Silent for one and a half usual intervals.
#[derive(Clone)]
pub(super) struct Timer {
    last_ms: Vec<Option<i64>>,
}

impl Watcher for Timer {
    const NAME: &'static str = "timer of 1.5 intervals";

    fn new(world: &World) -> Outcome<Self> {
        Ok(Self { last_ms: vec![None; world.streams.len()] })
    }

    fn row(&mut self, at_ms: i64, values: &[f64]) -> Outcome<Vec<Told>> {
        let spoken = self.last_ms.iter_mut().zip(values).filter(|(_, value)| !value.is_nan());
        spoken.for_each(|(last_ms, _)| *last_ms = Some(at_ms));
        Ok(Vec::new())
    }

    fn tick(&mut self, now_ms: i64) -> Outcome<Vec<Told>> {
        let is_over =
            |last_ms: &Option<i64>| last_ms.is_some_and(|last_ms| 2 * (now_ms - last_ms) > 3 * INTERVAL_MS);
        let mut told = Vec::new();
        for (stream, last_ms) in self.last_ms.iter_mut().enumerate().filter(|(_, last_ms)| is_over(last_ms)) {
            *last_ms = None;
            told.push(Told { at_ms: now_ms, cause: None, stream: Some(stream), streams: 1, episode: None });
        }
        Ok(told)
    }
}

/// The engine, with zero for what is missing: an alarm is all that it can say.
#[derive(Clone)]
pub(super) struct ZeroFilled(Engine);

impl Watcher for ZeroFilled {
    const NAME: &'static str = "zero for what is missing";

    fn new(world: &World) -> Outcome<Self> {
        Ok(Self(engine(world)?))
    }

    fn row(&mut self, at_ms: i64, values: &[f64]) -> Outcome<Vec<Told>> {
        let filled: Vec<f64> = values.iter().map(|value| if value.is_nan() { 0.0 } else { *value }).collect();
        let verdict = self.0.observe(Frame { at_ms, values: &filled })?;
        let episode = verdict.episode;
        let blamed = (verdict.streams.iter().enumerate())
            .max_by(|(_, one), (_, other)| one.surprise.total_cmp(&other.surprise))
            .map(|(stream, _)| stream);
        let told = Told { at_ms, cause: None, stream: blamed, streams: 1, episode };
        Ok(if verdict.alarm { vec![told] } else { Vec::new() })
    }

    fn tick(&mut self, _: i64) -> Outcome<Vec<Told>> {
        Ok(Vec::new())
    }
}
