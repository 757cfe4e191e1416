//! The other presets: a service, a machine's sensors, payments, a network. Each has a day and a week, bursts that are
//! no anomaly, heavy tails, and streams that move each other as the preset's links say.

mod iot;
mod network;
mod plant;
mod service;
mod transactions;

use crate::random::Random;
use crate::simulation::{DAY_MS, EventKind, Simulation};

/// Monday, the first of January 2024.
const START_MS: i64 = 1_704_067_200_000;

/// Which preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Eight metrics of a web service, every minute.
    Service,
    /// A machine with four sensors, every minute.
    Iot,
    /// Card payments, every five minutes.
    Transactions,
    /// A router, every minute.
    Network,
}

impl Scene {
    /// Every scene.
    pub const ALL: [Self; 4] = [Self::Service, Self::Iot, Self::Transactions, Self::Network];

    /// The preset's name.
    pub fn preset(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Iot => "iot",
            Self::Transactions => "transactions",
            Self::Network => "network",
        }
    }

    fn frame_ms(self) -> i64 {
        if self == Self::Transactions { 300_000 } else { 60_000 }
    }

    fn streams(self) -> &'static [&'static str] {
        match self {
            Self::Service => &service::STREAMS,
            Self::Iot => &iot::STREAMS,
            Self::Transactions => &transactions::STREAMS,
            Self::Network => &network::STREAMS,
        }
    }

    /// The last stream of a chain of links: the one that a broken relation cuts off.
    fn effect(self) -> usize {
        match self {
            Self::Service => service::EFFECT,
            Self::Iot => iot::EFFECT,
            Self::Transactions => transactions::EFFECT,
            Self::Network => network::EFFECT,
        }
    }
}

/// What to simulate.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// Which preset.
    pub scene: Scene,
    /// Everything random.
    pub seed: u64,
    /// How long.
    pub days: usize,
    /// Days before the first event.
    pub quiet_days: usize,
    /// The kinds of events to plant, two a day, in turn. Empty: nothing goes wrong.
    pub kinds: Vec<EventKind>,
}

impl World {
    /// Two weeks in which nothing goes wrong.
    pub fn clean(scene: Scene, seed: u64) -> Self {
        Self { scene, seed, days: 14, quiet_days: 7, kinds: Vec::new() }
    }

    /// Two weeks, the second with every kind of event.
    pub fn with_events(scene: Scene, seed: u64) -> Self {
        Self { kinds: plant::KINDS.to_vec(), ..Self::clean(scene, seed) }
    }

    /// The frames.
    pub fn simulate(&self) -> Simulation {
        let frame_ms = self.scene.frame_ms();
        let frames = self.days * (DAY_MS / frame_ms) as usize;
        let streams: Vec<String> = self.scene.streams().iter().map(ToString::to_string).collect();
        let mut values = Vec::with_capacity(frames * streams.len());
        let mut live: Live = match self.scene {
            Scene::Service => Box::new(service::living()),
            Scene::Iot => Box::new(iot::living()),
            Scene::Transactions => Box::new(transactions::living()),
            Scene::Network => Box::new(network::living()),
        };
        let mut burst = Burst::default();
        for frame in 0..frames {
            let hours = (frame as i64 * frame_ms) as f64 / 3_600_000.0;
            burst.step(&mut Random::at(self.seed, 2, frame as u64), frame_ms as f64 / 3_600_000.0);
            let now = Now { hour: hours % 24.0, weekday: (hours / 24.0) as usize % 7, burst: burst.factor };
            values.extend(live(&now, &mut Random::at(self.seed, 1, frame as u64)));
        }
        let times_ms = (0..frames as i64).map(|frame| START_MS + frame_ms * frame).collect();
        let mut simulation = Simulation { streams, times_ms, values, events: Vec::new() };
        plant::plant(self, &mut simulation);
        simulation
    }
}

/// One frame after another: what a world's streams say at a time.
type Live = Box<dyn FnMut(&Now, &mut Random) -> Vec<f64>>;

/// The time of a frame, and whether it is a busy one.
struct Now {
    hour: f64,
    weekday: usize,
    /// At least 1; more during a burst of use, which is no anomaly.
    burst: f64,
}

impl Now {
    /// From 0 in the dead of night to 1 at the busiest hour, lower at the weekend.
    fn bustle(&self) -> f64 {
        let wave = 0.5 - 0.5 * libm::cos((self.hour - 3.5) * core::f64::consts::TAU / 24.0);
        let evening = 0.35 * libm::exp(-(self.hour - 20.0) * (self.hour - 20.0) / 5.0);
        let day = if self.weekday < 5 { 1.0 } else { 0.72 };
        day * (0.75 * wave + evening)
    }

    fn is_work(&self) -> bool {
        self.weekday < 5 && (7.0..18.0).contains(&self.hour)
    }
}

/// Three bursts a day of ten minutes each, of any size.
struct Burst {
    factor: f64,
    size: f64,
}

impl Default for Burst {
    fn default() -> Self {
        Self { factor: 1.0, size: 0.0 }
    }
}

impl Burst {
    fn step(&mut self, random: &mut Random, frame_hours: f64) {
        if random.chance(3.0 / 24.0 * frame_hours) {
            self.size += 0.5 * random.waiting();
        }
        self.size *= libm::exp(-frame_hours * 6.0);
        self.factor = 1.0 + self.size;
    }
}

/// A value that wanders around zero: `share` of it remains in the next frame, and its standard deviation is 1.
struct Wander {
    at: f64,
    share: f64,
}

impl Wander {
    fn new(share: f64) -> Self {
        Self { at: 0.0, share }
    }

    fn step(&mut self, random: &mut Random) -> f64 {
        self.at = self.share * self.at + (1.0 - self.share * self.share).sqrt() * random.normal();
        self.at
    }
}
