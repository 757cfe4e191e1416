//! Services that call each other, and what it looks like when one of them is in trouble.
//!
//! A closed crowd of users waits for answers: what slows one service down slows its callers down and lets the rate of
//! all requests fall, so a fault makes some metrics rise and others fall. Which service calls which, how much it costs and
//! how much of its callees' errors it swallows is drawn from the seed.

use crate::random::Random;

/// What is measured of every service.
pub const METRICS: [&str; 6] = ["cpu", "memory", "requests", "latency", "latency_p90", "availability"];
const SERVICES: usize = 10;
/// Frames before the fault.
pub const CALM_FRAMES: usize = 600;

/// What befalls a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something else eats its processor.
    Cpu,
    /// It leaks memory, and slows down when little is left.
    Memory,
    /// Its network is slow.
    Delay,
    /// Its network loses packets: some answers never come, others come late.
    Loss,
    /// It hangs: hardly anything is done, hardly anything is asked of it, nothing is used.
    Hang,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 5] = [Self::Cpu, Self::Memory, Self::Delay, Self::Loss, Self::Hang];

    /// Its name in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Delay => "delay",
            Self::Loss => "loss",
            Self::Hang => "hang",
        }
    }

    /// The metrics of its service that show it first.
    pub fn metrics(self) -> &'static [&'static str] {
        match self {
            Self::Cpu => &["cpu"],
            Self::Memory => &["memory"],
            Self::Delay => &["latency", "latency_p90"],
            Self::Loss => &["latency", "latency_p90", "availability"],
            Self::Hang => &["cpu", "requests", "latency", "latency_p90", "availability"],
        }
    }
}

/// What to simulate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Services {
    /// Everything random.
    pub seed: u64,
    /// What happens; `None` for a crowd that doubles at once, which is nobody's fault.
    pub fault: Option<Fault>,
    /// Seconds between two frames: the more, the less noise is left, and the less is seen of how it began.
    pub frame_s: f64,
    /// Frames from the fault on.
    pub fault_frames: usize,
}

/// One case: frames, and the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Names such as `s3|cpu`, in the order of a row.
    pub streams: Vec<String>,
    /// The service of every stream.
    pub services: Vec<usize>,
    /// Callers and callees.
    pub calls: Vec<(usize, usize)>,
    /// One value per stream, row after row.
    pub values: Vec<f64>,
    /// The service in trouble, where one is.
    pub root: Option<usize>,
    /// The stream that users complain about.
    pub alarmed: usize,
}

impl Case {
    /// The same where nobody measures the service in trouble.
    pub fn without_root(mut self) -> Self {
        for row in self.values.chunks_exact_mut(self.streams.len()) {
            let of_root =
                row.iter_mut().zip(&self.services).filter(|(_, service)| Some(**service) == self.root);
            of_root.for_each(|(value, _)| *value = f64::NAN);
        }
        self.root = None;
        self
    }
}

/// A service, before anything happens to it.
struct Service {
    cost_ms: f64,
    cores: f64,
    memory: f64,
    /// Requests to each callee for one of its own.
    callees: Vec<(usize, f64)>,
    /// How much of a callee's errors reaches its callers.
    passes_on: f64,
    is_measured: [bool; METRICS.len()],
}

/// How hard the fault hits in a frame.
#[derive(Clone, Copy, Default)]
struct Blow {
    cpu: f64,
    slowdown: f64,
    memory: f64,
    delay_ms: f64,
    lost: f64,
    hangs: bool,
}

impl Services {
    /// The frames.
    pub fn simulate(&self) -> Case {
        let mut random = Random::at(self.seed, 11, 0);
        let services = plan(&mut random);
        let root = 1 + random.below(SERVICES - 1);
        let size = random.between(0.4, 1.0);
        let mut crowd = Crowd::new(self.seed, self.frame_s);
        let mut values = Vec::new();
        for frame in 0..CALM_FRAMES + self.fault_frames {
            let since = (frame + 1).saturating_sub(CALM_FRAMES) as f64;
            crowd.users_factor = if self.fault.is_none() && since > 0.0 { 1.0 + size } else { 1.0 };
            let blow = self.fault.filter(|_| since > 0.0).map_or(Blow::default(), |fault| {
                blow(fault, size, (since / self.fault_frames as f64).min(1.0))
            });
            let all = crowd.step(&services, root, blow, frame);
            for (service, metrics) in services.iter().zip(all) {
                values.extend(
                    metrics.iter().zip(service.is_measured).filter(|(_, seen)| *seen).map(|(x, _)| *x),
                );
            }
        }
        let measured = || {
            services.iter().enumerate().flat_map(|(place, service)| {
                METRICS
                    .iter()
                    .zip(service.is_measured)
                    .filter(|(_, seen)| *seen)
                    .map(move |(name, _)| (place, *name))
            })
        };
        let streams: Vec<String> = measured().map(|(place, name)| format!("s{place}|{name}")).collect();
        let alarmed = alarmed(&streams, &values);
        let calls = services.iter().enumerate();
        Case {
            services: measured().map(|(place, _)| place).collect(),
            calls: calls.flat_map(|(from, s)| s.callees.iter().map(move |(to, _)| (from, *to))).collect(),
            streams,
            values,
            root: self.fault.map(|_| root),
            alarmed,
        }
    }
}

/// Each service but the first is called by one or two that come before it.
fn plan(random: &mut Random) -> Vec<Service> {
    let mut services: Vec<Service> = (0..SERVICES)
        .map(|place| Service {
            cost_ms: random.between(2.0, 25.0),
            cores: random.between(0.5, 2.0),
            memory: random.between(80.0, 900.0),
            callees: Vec::new(),
            passes_on: random.between(0.4, 1.0),
            is_measured: std::array::from_fn(|_| place == 0 || random.chance(0.92)),
        })
        .collect();
    for callee in 1..SERVICES {
        for _ in 0..1 + random.below(2) {
            let caller = random.below(callee.min(5));
            let share = random.between(0.3, 1.5);
            if services[caller].callees.iter().all(|(other, _)| *other != callee) {
                services[caller].callees.push((callee, share));
            }
        }
    }
    services
}

/// `share` of the fault's time has passed.
fn blow(fault: Fault, size: f64, share: f64) -> Blow {
    let none = Blow::default();
    match fault {
        Fault::Cpu => Blow { cpu: 70.0 * size, slowdown: 1.5 * size, ..none },
        Fault::Memory => Blow { memory: 1.2 * size * share, slowdown: 0.5 * (share - 0.6).max(0.0), ..none },
        Fault::Delay => Blow { delay_ms: 250.0 * size, ..none },
        Fault::Loss => Blow { lost: 0.25 * size, delay_ms: 60.0 * size, ..none },
        Fault::Hang => Blow { hangs: true, lost: 0.5 + 0.4 * size, delay_ms: 400.0 * size, ..none },
    }
}

/// The users and what is in flight.
struct Crowd {
    seed: u64,
    users: f64,
    users_factor: f64,
    /// Less noise where a frame is a mean over more seconds.
    calm: f64,
    mood: f64,
    waited_ms: f64,
    memory: [f64; SERVICES],
    spells: [f64; SERVICES],
}

impl Crowd {
    fn new(seed: u64, frame_s: f64) -> Self {
        Self {
            seed,
            users: 120.0,
            users_factor: 1.0,
            calm: 1.0 / (1.0 + libm::log(frame_s).max(0.0)),
            mood: 0.0,
            waited_ms: 200.0,
            memory: [0.0; SERVICES],
            spells: [0.0; SERVICES],
        }
    }

    fn step(
        &mut self,
        services: &[Service],
        root: usize,
        blow: Blow,
        frame: usize,
    ) -> Vec<[f64; METRICS.len()]> {
        let mut random = Random::at(self.seed, 12, frame as u64);
        self.mood = 0.97 * self.mood + 0.24 * random.normal();
        let users = self.users * self.users_factor * libm::exp(0.12 * self.mood);
        let mut requests = [0.0; SERVICES];
        requests[0] = users / (1.0 + self.waited_ms / 1000.0) * random.factor(0.1 * self.calm);
        for (place, service) in services.iter().enumerate() {
            let reached = if place == root { 1.0 - blow.lost } else { 1.0 };
            for &(callee, share) in &service.callees {
                requests[callee] += requests[place] * reached * share * random.factor(0.12 * self.calm);
            }
        }
        let (mut latency, mut errors) = ([0.0; SERVICES], [0.0; SERVICES]);
        let mut all = vec![[0.0; METRICS.len()]; SERVICES];
        for (place, service) in services.iter().enumerate().rev() {
            let blow = if place == root { blow } else { Blow::default() };
            // Now and then a machine is slow for a while, for no reason that anybody knows.
            self.spells[place] *= 0.8;
            if random.chance(0.004) {
                self.spells[place] += 0.4 * random.waiting();
            }
            let busy = (requests[place] * service.cost_ms / 1000.0 / service.cores / 4.0).min(0.9);
            let own = service.cost_ms * (1.0 + busy / (1.0 - busy) + blow.slowdown + self.spells[place]);
            let waits: f64 =
                service.callees.iter().map(|&(callee, share)| share.min(1.0) * latency[callee]).sum();
            latency[place] =
                (own * random.factor(0.15 * self.calm) + waits) + blow.delay_ms * random.factor(0.2);
            let passed =
                service.callees.iter().map(|&(callee, share)| share.min(1.0) * errors[callee]).sum::<f64>();
            errors[place] = (blow.lost + service.passes_on * passed + 0.0004 * random.waiting()).min(1.0);
            let used = if blow.hangs { 0.1 } else { 1.0 };
            let cpu = 3.0
                + (100.0 * busy * used + blow.cpu) * random.factor(0.1 * self.calm)
                + self.calm * random.normal();
            self.memory[place] = 0.995 * self.memory[place] + 0.004 * random.normal();
            let memory = service.memory * (1.0 + self.memory[place] + blow.memory + 0.05 * busy);
            let p90 = latency[place] * (1.8 + 0.2 * random.waiting() * self.calm);
            let seen =
                if blow.hangs { 0.15 * requests[place] } else { requests[place] * (1.0 - 0.5 * blow.lost) };
            all[place] =
                [cpu.clamp(0.0, 100.0), memory, seen, latency[place], p90, 100.0 * (1.0 - errors[place])];
        }
        self.waited_ms = 0.5 * self.waited_ms + 0.5 * latency[0];
        all
    }
}

/// What changed most of what users see of the first service: latency or availability.
fn alarmed(streams: &[String], values: &[f64]) -> usize {
    let width = streams.len();
    let seen = ["s0|latency", "s0|availability"];
    let places = seen.iter().filter_map(|name| streams.iter().position(|stream| stream == name));
    let odd = |&place: &usize| {
        let column: Vec<f64> = values.iter().skip(place).step_by(width).copied().collect();
        let (before, after) = column.split_at(CALM_FRAMES);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let level = mean(before);
        let spread =
            (before.iter().map(|x| (x - level) * (x - level)).sum::<f64>() / before.len() as f64).sqrt();
        (mean(after) - level).abs() / spread
    };
    places.max_by(|a, b| odd(a).total_cmp(&odd(b))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_shows_where_it_is_and_reaches_the_users_and_both_ways_are_taken() {
        for fault in Fault::ALL {
            let services = Services { seed: 3, fault: Some(fault), frame_s: 1.0, fault_frames: 120 };
            let case = services.simulate();
            assert_eq!(case, services.simulate(), "the same bits");
            let width = case.streams.len();
            assert_eq!(case.values.len(), (CALM_FRAMES + 120) * width);
            let mean = |stream: usize, frames: std::ops::Range<usize>| {
                let count = frames.len() as f64;
                frames.map(|frame| case.values[frame * width + stream]).sum::<f64>() / count
            };
            let moved = |stream: usize| {
                mean(stream, CALM_FRAMES + 60..CALM_FRAMES + 120) / mean(stream, 0..CALM_FRAMES)
            };
            let root = case.root.expect("a fault has a root");
            let own: Vec<usize> = (0..width).filter(|&stream| case.services[stream] == root).collect();
            let shows =
                |&&stream: &&usize| fault.metrics().iter().any(|name| case.streams[stream].ends_with(name));
            assert!(own.iter().filter(shows).any(|&stream| (moved(stream) - 1.0).abs() > 0.1), "{fault:?}");
            if fault == Fault::Delay {
                assert!(
                    (0..width).any(|stream| moved(stream) > 1.2)
                        && (0..width).any(|stream| moved(stream) < 0.95)
                );
            }
        }
    }
}
