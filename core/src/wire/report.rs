//! How the engine is, with names where it counts streams. Times are milliseconds since the Unix epoch.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::engine::{Alert, GapReport, HealthReport, Kept, Memory, Monitor, Quality, StreamHealth};
use crate::opinion::Health;
use crate::schema::Schema;
use crate::verdict::View;

/// Something about a stream, with its name.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema), schemars(rename = "{T}OfStream"))]
struct Named<'a, T> {
    stream: &'a str,
    #[serde(flatten)]
    said: &'a T,
}

fn named<'a, T>(schema: &'a Schema, said: &'a [T]) -> Vec<Named<'a, T>> {
    let named = schema.streams().iter().zip(said);
    named.map(|(stream, said)| Named { stream: &stream.name, said }).collect()
}

/// What [`Engine::health`](crate::Engine::health) says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct HealthJson<'a> {
    streams: Vec<Named<'a, StreamHealth>>,
    views: Vec<ViewHealth>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
struct ViewHealth {
    view: View,
    health: Health,
}

impl<'a> HealthJson<'a> {
    /// The shape of `report`, which is about `schema`.
    pub fn new(schema: &'a Schema, report: &'a HealthReport) -> Self {
        let views = View::ALL.into_iter().zip(report.views);
        Self {
            streams: named(schema, &report.streams),
            views: views.map(|(view, health)| ViewHealth { view, health }).collect(),
        }
    }
}

/// What [`Engine::gaps`](crate::Engine::gaps) says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct GapsJson<'a> {
    streams: Vec<Named<'a, GapReport>>,
}

impl<'a> GapsJson<'a> {
    /// The shape of `gaps`, which are about `schema`.
    pub fn new(schema: &'a Schema, gaps: &'a [GapReport]) -> Self {
        Self { streams: named(schema, gaps) }
    }
}

/// What [`Engine::quality`](crate::Engine::quality) says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct QualityJson<'a> {
    streams: Vec<Named<'a, Quality>>,
}

impl<'a> QualityJson<'a> {
    /// The shape of `quality`, which is about `schema`.
    pub fn new(schema: &'a Schema, quality: &'a [Quality]) -> Self {
        Self { streams: named(schema, quality) }
    }
}

/// What [`Engine::monitor`](crate::Engine::monitor) says.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct MonitorJson<'a> {
    frames: u64,
    alarms: u64,
    held_back: u64,
    anomaly_rate: f64,
    available: f64,
    drifting: Vec<&'a str>,
    retraining: Vec<&'a str>,
    broken: Vec<View>,
    alerts: Vec<Alert>,
}

impl<'a> MonitorJson<'a> {
    /// The shape of `monitor`, which is about `schema`.
    pub fn new(schema: &'a Schema, monitor: Monitor) -> Self {
        let names = |places: Vec<usize>| {
            places.into_iter().filter_map(|place| Some(schema.streams().get(place)?.name.as_str())).collect()
        };
        let Monitor { frames, alarms, held_back, anomaly_rate, available, .. } = monitor;
        Self {
            frames,
            alarms,
            held_back,
            anomaly_rate,
            available,
            drifting: names(monitor.drifting),
            retraining: names(monitor.retraining),
            broken: monitor.broken,
            alerts: monitor.alerts,
        }
    }
}

/// What [`Engine::memory`](crate::Engine::memory) says, in bytes.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct MemoryJson {
    #[serde(flatten)]
    parts: Memory,
    total: usize,
}

impl From<Memory> for MemoryJson {
    fn from(parts: Memory) -> Self {
        Self { parts, total: parts.total() }
    }
}

/// A sealed engine that was kept, without its bytes.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
pub struct KeptJson<'a> {
    version: u64,
    at: i64,
    note: &'a str,
    /// `null`, like what follows from the schema, where the bytes were damaged when they were kept.
    format: Option<u16>,
    /// Sixteen hexadecimal digits, since JavaScript has no number that long.
    schema: Option<String>,
    frames: Option<u64>,
    bytes: usize,
}

impl<'a> From<&'a Kept> for KeptJson<'a> {
    fn from(kept: &'a Kept) -> Self {
        let Kept { version, at_ms, note, description, bytes } = kept;
        Self {
            version: *version,
            at: *at_ms,
            note,
            format: description.map(|said| said.format),
            schema: description.map(|said| format!("{:016x}", said.fingerprint)),
            frames: description.map(|said| said.frames),
            bytes: bytes.len(),
        }
    }
}

#[cfg(all(test, feature = "json"))]
mod tests {
    use serde_json::{Value, json, to_value};

    use super::*;
    use crate::engine::{History, Thresholds};
    use crate::{Engine, Frame, SchemaDraft};

    fn engine() -> Engine {
        let mut engine = Engine::new(SchemaDraft::of_streams(["a", "b"]).validate().expect("valid"));
        for minute in 0..300_i64 {
            let values = [(minute % 7) as f64, if minute % 2 == 0 { f64::INFINITY } else { 1.0 }];
            engine.observe(Frame { at_ms: 60_000 * minute, values: &values }).expect("a good frame");
        }
        engine
    }

    fn value(shape: impl Serialize) -> Value {
        to_value(shape).expect("reports are JSON")
    }

    #[test]
    fn reports_name_their_streams() {
        let engine = engine();
        let (schema, now_ms) = (engine.schema(), 300 * 60_000);
        let health = value(HealthJson::new(schema, &engine.health(now_ms)));
        assert_eq!(health["streams"][1]["stream"], "b");
        assert_eq!(health["streams"][0]["gap"], "none");
        assert_eq!(health["streams"][0]["available"], 1.0);
        assert_eq!(health["views"][0], json!({"view": "streams", "health": "ready"}));
        let gaps = value(GapsJson::new(schema, &engine.gaps()));
        assert_eq!(gaps["streams"][0]["absence"].as_array().map(Vec::len), Some(48));
        assert!(gaps["streams"][1]["absence"][0].as_f64() > Some(0.4), "{gaps}");
        let quality = value(QualityJson::new(schema, &engine.quality(now_ms)));
        assert_eq!(quality["streams"][1]["validity"], 0.5);
        assert_eq!(quality["streams"][1]["not_a_number"], 150);
        assert_eq!(quality["streams"][0]["age_ms"], 60_000);
        assert_eq!(quality["streams"][0]["events"]["taken"], 0);
        let monitor = value(MonitorJson::new(schema, engine.monitor(&Thresholds::default())));
        assert_eq!(monitor["frames"], 300);
        assert_eq!(monitor["alerts"], json!([]));
    }

    #[test]
    fn parts_add_up_and_versions_say_what_they_are() {
        let engine = engine();
        let memory = value(MemoryJson::from(engine.memory()));
        let parts = memory.as_object().expect("an object").iter().filter(|(name, _)| *name != "total");
        assert_eq!(parts.filter_map(|(_, bytes)| bytes.as_u64()).sum::<u64>(), memory["total"]);
        let mut history = History::new(2);
        history.keep(engine.seal(), 5, "by hand");
        history.keep(alloc::vec![1, 2, 3], 6, "torn");
        let kept: Vec<Value> = history.iter().map(|kept| value(KeptJson::from(kept))).collect();
        assert_eq!([&kept[0]["version"], &kept[0]["frames"], &kept[0]["format"]], [1, 300, 1]);
        assert_eq!(kept[0]["schema"].as_str().map(str::len), Some(16));
        assert_eq!((&kept[1]["frames"], &kept[1]["bytes"]), (&Value::Null, &json!(3)));
    }
}
