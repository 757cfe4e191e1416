//! What usually goes with what: a Bayesian network over the streams and the hour of the day, learned frame by frame.
//!
//! Every stream is low, usual, high or absent. The network counts how often, for each hour of the day, and for each link
//! how often the effect was in which state while the cause was, or had just been, in which. Counts are forgotten with a
//! half-life of a day, by time and not by rows. Links come from the schema; a few more are learned where one stream's
//! turns are followed by another's far more often than chance allows. A frame costs a few additions per stream and link.

mod edge;
mod reading;

use alloc::vec;
use alloc::vec::Vec;

use edge::Edge;
pub(crate) use reading::{Reading, Source};

use crate::frame::{DAY_MS, Moment};
use crate::math::exp2;
use crate::schema::{Link, Schema};
use crate::snapshot::{state, words};
use crate::stream::StreamVerdict;

/// Hours, as far as habits tell them apart.
pub(crate) const HOURS: usize = 24;
/// What a stream can be.
pub(crate) const LEVELS: usize = 4;
/// The score from which a value is not usual: one frame in ten is that, so that a day has enough of them to count.
pub(crate) const UNUSUAL_SCORE: f64 = 0.9;
/// Frames after a stream turned unusual in which it can still be the cause of another's turn.
const HOLD_FRAMES: u8 = 3;
/// Learned links, at most; and at most one per stream.
const LEARNED_MOST: usize = 64;
/// Where more streams than this turn at once, nobody can say who made whom.
const TURNS_MOST: usize = 8;
/// Counts that weigh 2^32 of the first ones are brought back to scale: long before a sum could overflow.
const DOUBLINGS_MOST: f64 = 32.0;

/// What a stream is in one frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Level {
    Low,
    #[default]
    Usual,
    High,
    Absent,
}
words!(Level { Level::Low, Level::Usual, Level::High, Level::Absent });

impl Level {
    /// By what tier 1 says of the stream.
    pub(crate) fn of(said: &StreamVerdict) -> Self {
        match said.score {
            _ if !said.present => Self::Absent,
            Some(score) if score >= UNUSUAL_SCORE && said.is_low => Self::Low,
            Some(score) if score >= UNUSUAL_SCORE => Self::High,
            _ => Self::Usual,
        }
    }
}

/// The network of one engine.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// When a count weighed 1.
    begun_ms: Option<i64>,
    /// Frames that were counted, by weight.
    frames: f32,
    nodes: Vec<Node>,
    /// Those of the schema first, in its order, then room for learned ones.
    edges: Vec<Edge>,
    /// How many are the schema's.
    given: usize,
}
state!(Network { begun_ms, frames, nodes, edges; given } where |network| network.is_sound());

/// What is counted of one stream.
#[derive(Clone, Debug)]
struct Node {
    level: Level,
    /// The newest turn away from the usual, as long as it can have effects; before that the level.
    recent: Level,
    /// Frames since that turn.
    age: u8,
    /// Turns away from the usual.
    turns: f32,
    hours: Vec<[f32; LEVELS]>,
}
state!(Node { level, recent, age, turns, hours });

impl Network {
    pub(crate) fn new(schema: &Schema) -> Self {
        let width = schema.streams().len();
        let node = Node {
            level: Level::Usual,
            recent: Level::Usual,
            age: u8::MAX,
            turns: 0.0,
            hours: vec![[0.0; LEVELS]; HOURS],
        };
        let given = schema.links().iter().map(|link| Edge::of(link.from, link.to));
        let room = if width > 1 { width.min(LEARNED_MOST) } else { 0 };
        Self {
            begun_ms: None,
            frames: 0.0,
            nodes: vec![node; width],
            edges: given.chain((0..room).map(|_| Edge::vacant())).collect(),
            given: schema.links().len(),
        }
    }

    /// Counts a frame.
    pub(crate) fn learn(&mut self, at: Moment, streams: &[StreamVerdict]) {
        let weight = self.weight(at.at_ms);
        let hour = hour_of(at);
        self.frames += weight;
        let (mut turned, mut before) = (Places::default(), Places::default());
        for (place, (node, said)) in self.nodes.iter_mut().zip(streams).enumerate() {
            if node.step(Level::of(said)) {
                node.turns += weight;
                turned.note(place);
            } else if node.age < HOLD_FRAMES {
                before.note(place);
            }
            node.hours[hour][node.level as usize] += weight;
        }
        let Self { nodes, edges, .. } = self;
        // Which of those that turned before are linked to which of those that turned now.
        let mut are_linked = [[false; TURNS_MOST]; TURNS_MOST];
        for edge in edges.iter_mut().filter(|edge| !edge.is_vacant()) {
            let (cause, effect) = (&nodes[edge.from()], &nodes[edge.to()]);
            edge.count(weight, cause.recent, effect.level);
            if effect.age == 0 && cause.age < HOLD_FRAMES {
                edge.follow(weight, cause.age > 0);
                if let (Some(cause), Some(effect)) = (before.find(edge.from()), turned.find(edge.to())) {
                    are_linked[effect][cause] = true;
                }
            }
        }
        if before.are_few() && turned.are_few() {
            for (effect, is_linked) in turned.iter().zip(&are_linked) {
                let causes = before.iter().zip(is_linked).filter(|(_, is_linked)| !**is_linked);
                self.suspect(effect, causes.map(|(cause, _)| cause), weight);
            }
        }
    }

    /// Those who turned just before a stream did, and are not linked to it, ask for the room of the weakest link that is
    /// not the schema's. Each takes from it until it is empty; then the one who asks gets it.
    fn suspect(&mut self, effect: usize, causes: impl Iterator<Item = usize>, weight: f32) {
        let room = self.edges[self.given..].iter_mut();
        let weakest = room.fold(None, |weakest: Option<&mut Edge>, edge| match weakest {
            Some(weakest) if weakest.followed() <= edge.followed() => Some(weakest),
            _ => Some(edge),
        });
        let Some(weakest) = weakest else { return };
        for cause in causes {
            if !weakest.yield_to(weight) {
                *weakest = Edge::of(cause, effect);
                weakest.follow(weight, true);
                return;
            }
        }
    }

    /// What a count of now weighs; old ones are brought to scale where it becomes large.
    fn weight(&mut self, at_ms: i64) -> f32 {
        let begun_ms = *self.begun_ms.get_or_insert(at_ms);
        let days = at_ms.saturating_sub(begun_ms) as f64 / DAY_MS as f64;
        if days < DOUBLINGS_MOST {
            return exp2(days) as f32;
        }
        let scale = exp2(-days) as f32;
        self.begun_ms = Some(at_ms);
        self.frames *= scale;
        for node in &mut self.nodes {
            node.turns *= scale;
            node.hours.iter_mut().flatten().for_each(|count| *count *= scale);
        }
        self.edges.iter_mut().for_each(|edge| edge.scale(scale));
        1.0
    }

    /// Links that the schema names and the data speaks against: the cause turned often, and the effect hardly more often
    /// with it than without.
    pub(crate) fn contradicted(&self, at_ms: i64) -> Vec<Link> {
        self.links(&self.edges[..self.given], |edge| edge.is_contradicted(&self.base(edge, at_ms)))
    }

    /// Links that nobody named and the data insists on.
    pub(crate) fn learned(&self, at_ms: i64) -> Vec<Link> {
        self.links(&self.edges[self.given..], |edge| edge.is_learned(&self.base(edge, at_ms)))
    }

    fn links(&self, edges: &[Edge], is_so: impl Fn(&Edge) -> bool) -> Vec<Link> {
        let found = edges.iter().filter(|edge| !edge.is_vacant() && is_so(edge));
        found.map(|edge| Link { from: edge.from(), to: edge.to() }).collect()
    }

    fn base(&self, edge: &Edge, at_ms: i64) -> edge::Base {
        // In frames of now.
        let scale = match self.begun_ms {
            Some(begun_ms) => exp2(-(at_ms.saturating_sub(begun_ms) as f64) / DAY_MS as f64),
            None => 0.0,
        };
        edge::Base {
            scale,
            frames: f64::from(self.frames) * scale,
            causes: f64::from(self.nodes[edge.from()].turns) * scale,
            effects: f64::from(self.nodes[edge.to()].turns) * scale,
        }
    }

    fn is_sound(&self) -> bool {
        let width = self.nodes.len();
        self.edges.iter().all(|edge| edge.is_vacant() || edge.from() < width && edge.to() < width)
    }
}

impl Node {
    /// Takes the level of the newest frame; true where the stream turned away from the usual.
    fn step(&mut self, level: Level) -> bool {
        let has_turned = level != self.level && level != Level::Usual;
        self.level = level;
        self.age = if has_turned { 0 } else { self.age.saturating_add(1) };
        if level != Level::Usual || self.age >= HOLD_FRAMES {
            self.recent = level;
        }
        has_turned
    }
}

/// The first few streams of a kind, and how many there are.
#[derive(Default)]
struct Places {
    places: [usize; TURNS_MOST],
    count: usize,
}

impl Places {
    fn note(&mut self, place: usize) {
        if let Some(slot) = self.places.get_mut(self.count) {
            *slot = place;
        }
        self.count += 1;
    }

    /// Whether all of them are here.
    fn are_few(&self) -> bool {
        self.count <= TURNS_MOST
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.places.iter().copied().take(self.count)
    }

    fn find(&self, place: usize) -> Option<usize> {
        self.iter().position(|known| known == place)
    }
}

/// The hour of the day on the wall; where time is no clock, there is only one.
pub(crate) fn hour_of(at: Moment) -> usize {
    if at.is_clock() { (at.local_ms.rem_euclid(DAY_MS) / (DAY_MS / HOURS as i64)) as usize } else { 0 }
}

#[cfg(test)]
mod tests;
