//! What the golden cases feed: for every preset the same hostile calls on every target. Made of integers and dyadic
//! fractions, so that tests/golden/input.mjs, its twin, makes the very same numbers; both print a hash of them.

use fourfold::ingest::Event;
use fourfold::schema::Kind;
use fourfold::{Label, Schema};

use super::digest::Digest;

/// Rows of a case.
pub(crate) const ROWS: u32 = 5000;
/// The row before which an engine is sealed and opened, where the target can.
pub(crate) const SEALED_BEFORE: u32 = 2500;

pub(super) const START_MS: i64 = 1_700_000_000_000;
/// Where the schema names no cadence.
const CADENCE_MS: i64 = 60_000;
const POISON: [f64; 8] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e308, 1e150, 5e-324, -0.0];

/// One call of the engine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    Observe {
        row: u32,
        at_ms: i64,
        values: Vec<f64>,
    },
    Tick {
        at_ms: i64,
    },
    Push {
        row: u32,
        events: Vec<Event>,
    },
    /// Something that a person says of the episode so many before the newest.
    Say {
        deed: Deed,
        back: usize,
    },
    /// What the engine says of itself.
    Report {
        at_ms: i64,
    },
}

/// What people do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Deed {
    Label(Label),
    Adopt,
    Undo,
    Rate(f64),
}

impl Deed {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Label(Label::Expected) => "expected",
            Self::Label(Label::Real) => "real",
            Self::Adopt => "adopt",
            Self::Undo => "undo",
            Self::Rate(_) => "rate",
        }
    }
}

/// xorshift32: enough for test data, and ten lines in any language.
pub(super) struct Random(u32);

impl Random {
    pub(super) fn of(name: &str) -> Self {
        Self(name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)))
    }

    pub(super) fn bits(&mut self, count: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 >> (32 - count)
    }
}

/// The calls of a case of frames and ticks, which the Worker can be asked over HTTP too.
pub(crate) fn of_frames(name: &str, schema: &Schema) -> Vec<Call> {
    let cadence_ms = schema.streams()[0].cadence_ms.unwrap_or(CADENCE_MS);
    let mut random = Random::of(name);
    let mut calls = Vec::new();
    for row in 0..ROWS {
        let at_ms = START_MS + i64::from(row) * cadence_ms + i64::from(random.bits(4));
        let is_asked_between = random.bits(6) == 0;
        let values: Vec<f64> = (schema.streams().iter().zip(0..))
            .map(|(stream, place)| value(stream, place, row, &mut random))
            .collect();
        // The whole source is gone for fifteen rows, and only the clock goes on.
        if (1200..1215).contains(&(row % 1250)) {
            calls.push(Call::Tick { at_ms });
            continue;
        }
        if is_asked_between {
            calls.push(Call::Tick { at_ms: at_ms - cadence_ms / 2 });
        }
        calls.push(Call::Observe { row, at_ms, values });
    }
    calls
}

/// A stream's value: a slow wave with noise for its kind; gaps, poison, outages, spikes, shifts, a stuck sensor.
pub(super) fn value(stream: &fourfold::schema::Stream, place: u32, row: u32, random: &mut Random) -> f64 {
    let (noise, gate) = (random.bits(8), random.bits(10));
    let is_group_out = (650..670).contains(&(row % 700)) && place % 3 == (row / 700) % 3;
    let is_dead = place == 1 && (3000..3400).contains(&row);
    if gate < 16 || is_group_out || is_dead {
        return f64::NAN;
    }
    if gate >= 1022 {
        return POISON[(row % 8) as usize];
    }
    if place == 2 && (2000..2100).contains(&row) {
        return 7.0;
    }
    let period = 64 << (place % 4);
    let phase = (row + 37 * place) % period;
    let wave = f64::from(phase.min(period - phase) * (512 / period));
    let noise_part = f64::from(noise);
    let level = match stream.kind {
        Kind::ContinuousSmooth => 96.0 + wave / 4.0 + noise_part / 64.0,
        Kind::ContinuousNoisy => 64.0 + wave / 8.0 + noise_part / 4.0,
        Kind::DiscreteEvents => return f64::from(if wave > 128.0 { noise / 32 } else { noise / 128 }),
        Kind::Sporadic if noise < 16 => return f64::from(1 + noise % 8),
        Kind::Sporadic => return f64::NAN,
    };
    let spike = if row % 400 == 399 && place.is_multiple_of(2) { 64.0 } else { 0.0 };
    let shift = if (3600..4200).contains(&row) && place.is_multiple_of(4) { 32.0 } else { 0.0 };
    let new_level = if row >= 4500 && place == 0 { 48.0 } else { 0.0 };
    let [low, high] = stream.bounds.unwrap_or([0.0, 256.0]);
    low + (high - low) * ((level + spike + shift + new_level) / 256.0)
}

/// The hash of the calls.
pub(crate) fn digest(calls: &[Call]) -> Digest {
    let mut digest = Digest::new();
    for call in calls {
        match call {
            Call::Observe { at_ms, values, .. } => {
                digest.number(*at_ms as f64);
                values.iter().for_each(|x| digest.number(*x));
            }
            Call::Tick { at_ms } => {
                digest.nothing();
                digest.number(*at_ms as f64);
            }
            Call::Push { events, .. } => {
                digest.number(events.len() as f64);
                for Event { stream, at_ms, value } in events {
                    digest.number(*stream as f64);
                    digest.number(*at_ms as f64);
                    digest.number(*value);
                }
            }
            Call::Say { back, .. } => digest.number(*back as f64),
            Call::Report { at_ms } => digest.number(*at_ms as f64),
        }
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use fourfold::SchemaDraft;

    #[test]
    fn the_calls_are_as_hostile_as_they_claim() {
        let schema = SchemaDraft::preset("lifelog").and_then(SchemaDraft::validate).expect("a preset");
        let calls = of_frames("lifelog", &schema);
        let values = || {
            calls
                .iter()
                .filter_map(|call| if let Call::Observe { values, .. } = call { Some(values) } else { None })
        };
        let ticks = calls.len() - values().count();
        assert!(ticks > 100, "{ticks}");
        let count = |is_so: fn(&f64) -> bool| values().flatten().filter(|x| is_so(x)).count();
        assert!(count(|x| x.is_nan()) > 5_000);
        assert!(count(|x| x.is_infinite()) > 50);
        assert!(count(|x| x.is_finite() && x.abs() > 1e150) > 50);
        assert!(count(|x| x.is_subnormal()) > 20);
        let times: Vec<i64> = calls
            .iter()
            .filter_map(|call| match call {
                Call::Observe { at_ms, .. } | Call::Tick { at_ms } => Some(*at_ms),
                _ => None,
            })
            .collect();
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
