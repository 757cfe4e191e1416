//! What a simulation hands out: times, values, and what is wrong with them.

use std::fmt::Write as _;

/// A day.
pub const DAY_MS: i64 = 86_400_000;

/// Frames of several streams, with the events that were planted in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// The streams' names, in the order of a row.
    pub streams: Vec<String>,
    /// Milliseconds since the Unix epoch, one per frame, growing.
    pub times_ms: Vec<i64>,
    /// One value per stream, row after row; NaN where nothing was measured.
    pub values: Vec<f64>,
    /// What was planted, in the order of time.
    pub events: Vec<Event>,
}

/// Something that is wrong, from its first frame to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is.
    pub kind: EventKind,
    /// Its first frame.
    pub start_ms: i64,
    /// Its last frame.
    pub end_ms: i64,
    /// Where it begins: the streams that a perfect explanation names.
    pub roots: Vec<usize>,
    /// Every stream that shows it, roots included.
    pub touched: Vec<usize>,
}

macro_rules! event_kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $word:literal,)+) => {
        /// What can be planted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EventKind { $($(#[doc = $doc])+ $kind,)+ }

        impl EventKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// Its name in files and tables.
            pub fn word(self) -> &'static str {
                match self { $(Self::$kind => $word,)+ }
            }
        }
    };
}

event_kinds! {
    /// A run in the middle of the night.
    NightRun = "night_run",
    /// The heart races and nobody moves.
    RacingHeart = "racing_heart",
    /// A working day without a touch of the phone, which is on and lies there.
    NoPhoneUse = "no_phone_use",
    /// All streams of one group fall silent.
    GroupOutage = "group_outage",
    /// One stream falls silent.
    SensorSilent = "sensor_silent",
    /// One stream repeats its last value.
    SensorStuck = "sensor_stuck",
    /// A night awake, with the phone in hand.
    SleeplessNight = "sleepless_night",
    /// Hours at a place never seen before.
    UnusualPlace = "unusual_place",
    /// Talk in the small hours.
    SpeechAtNight = "speech_at_night",
    /// One stream slides away slowly.
    SensorDrift = "sensor_drift",
    /// One stream moves to another level and stays there for a day.
    LevelStep = "level_step",
    /// The battery empties several times faster than the screen explains.
    BatteryDrain = "battery_drain",
    /// Messages by the dozen.
    MessageStorm = "message_storm",
    /// The network is busy and no app is.
    Upload = "upload",
    /// Steps are counted and nothing moves.
    PhantomSteps = "phantom_steps",
    /// One value far out.
    Spike = "spike",
    /// A stream no longer follows the streams that move it, while each of them looks normal.
    BrokenRelation = "broken_relation",
    /// Every stream is silent.
    Outage = "outage",
}

impl Simulation {
    /// How many frames there are.
    pub fn frames(&self) -> usize {
        self.times_ms.len()
    }

    /// One frame's values.
    pub fn row(&self, frame: usize) -> &[f64] {
        let width = self.streams.len();
        &self.values[frame * width..(frame + 1) * width]
    }

    /// One stream's values.
    pub fn column(&self, stream: usize) -> impl Iterator<Item = f64> + '_ {
        self.values.iter().skip(stream).step_by(self.streams.len()).copied()
    }

    /// For every frame, whether an event is going on.
    pub fn labels(&self) -> Vec<bool> {
        let during = |at_ms: i64| self.events.iter().any(|event| event.covers(at_ms));
        self.times_ms.iter().map(|&at_ms| during(at_ms)).collect()
    }

    /// The same with some streams gone. Events that only those showed are gone with them.
    pub fn without(&self, removed: &[usize]) -> Self {
        let mut left = self.clone();
        let width = self.streams.len();
        for row in left.values.chunks_exact_mut(width) {
            removed.iter().for_each(|&stream| row[stream] = f64::NAN);
        }
        left.events.retain(|event| event.touched.iter().any(|stream| !removed.contains(stream)));
        left
    }

    /// A table with a header: time in milliseconds, then the streams; an empty cell is missing. Eight significant
    /// digits, which is more than any sensor has.
    pub fn to_csv(&self) -> String {
        let mut text = format!("t,{}\n", self.streams.join(","));
        for (frame, at_ms) in self.times_ms.iter().enumerate() {
            let _ = write!(text, "{at_ms}");
            for value in self.row(frame) {
                text.push(',');
                if value.is_finite() {
                    let _ = write!(text, "{}", rounded(*value));
                }
            }
            text.push('\n');
        }
        text
    }
}

impl Event {
    /// Whether it is going on at this time.
    pub fn covers(&self, at_ms: i64) -> bool {
        (self.start_ms..=self.end_ms).contains(&at_ms)
    }
}

/// To eight significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.7e}").parse().unwrap_or(value)
}
