//! The 32 streams by name, and the table that is filled.

use std::ops::Range;

macro_rules! streams {
    ($($name:ident = $word:literal / $decimals:literal,)+) => {
        /// Places of the streams in a row.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum S { $($name,)+ }

        /// The streams' names, as in the preset.
        pub const STREAMS: [&str; 32] = [$($word,)+];

        /// How finely each sensor reports: digits after the point.
        const DECIMALS: [i32; 32] = [$($decimals,)+];
    };
}

streams! {
    Acceleration = "acceleration" / 3, Rotation = "rotation" / 2, Steps = "steps" / 0, Cadence = "cadence" / 0,
    Activity = "activity" / 3,
    Latitude = "latitude" / 5, Longitude = "longitude" / 5, Altitude = "altitude" / 1, Speed = "speed" / 2,
    Accuracy = "accuracy" / 1,
    HeartRate = "heart_rate" / 0, Variability = "heart_rate_variability" / 0, Respiration = "respiration" / 1,
    SkinTemperature = "skin_temperature" / 2, BloodOxygen = "blood_oxygen" / 1, SleepStage = "sleep_stage" / 1,
    SoundLevel = "sound_level" / 1, Speech = "speech" / 2, Light = "light" / 0, AirPressure = "air_pressure" / 2,
    ScreenOn = "screen_on" / 0, Unlocks = "unlocks" / 0, AppLaunches = "app_launches" / 0,
    Notifications = "notifications" / 0, Keystrokes = "keystrokes" / 0, Touches = "touches" / 0,
    Battery = "battery" / 0,
    Calls = "calls" / 0, Messages = "messages" / 0,
    WifiSignal = "wifi_signal" / 0, BluetoothDevices = "bluetooth_devices" / 0, NetworkTraffic = "network_traffic" / 0,
}

/// The preset's groups, as ranges of streams.
pub const GROUPS: [(&str, Range<usize>); 7] = [
    ("motion", 0..5),
    ("place", 5..10),
    ("body", 10..16),
    ("surroundings", 16..20),
    ("phone", 20..27),
    ("social", 27..29),
    ("radio", 29..32),
];

/// The watch measures these; all others are the phone's.
pub(super) const WATCH: Range<usize> = 10..16;

/// Frames by streams, while they are made.
pub(super) struct Table {
    pub(super) seed: u64,
    values: Vec<f64>,
}

impl Table {
    pub(super) fn new(seed: u64, frames: usize) -> Self {
        Self { seed, values: vec![f64::NAN; frames * STREAMS.len()] }
    }

    pub(super) fn frames(&self) -> usize {
        self.values.len() / STREAMS.len()
    }

    pub(super) fn get(&self, frame: usize, stream: S) -> f64 {
        self.values[frame * STREAMS.len() + stream as usize]
    }

    pub(super) fn set(&mut self, frame: usize, stream: S, value: f64) {
        self.values[frame * STREAMS.len() + stream as usize] = value;
    }

    /// A stream by its place, for events that take any.
    pub(super) fn at(&mut self, frame: usize, stream: usize) -> &mut f64 {
        &mut self.values[frame * STREAMS.len() + stream]
    }

    /// Sensors report few digits: repeated and quantised values are the rule.
    pub(super) fn round(&mut self) {
        for row in self.values.chunks_exact_mut(STREAMS.len()) {
            for (value, &decimals) in row.iter_mut().zip(&DECIMALS) {
                let steps = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5][decimals as usize];
                *value = libm::round(*value * steps) / steps;
            }
        }
    }

    pub(super) fn into_values(self) -> Vec<f64> {
        self.values
    }
}
