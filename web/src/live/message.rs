//! What page and engine thread say to each other about live sensors.

use fourfold::wire::EpisodeJson;
use serde::{Deserialize, Serialize};

use crate::thread::Said;

/// From the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LiveRequest {
    /// Begin to watch, or go on with what was kept if there is something.
    Begin {
        /// Comes back in every report.
        job: u32,
        /// Whether to go on with what was kept.
        resume: bool,
    },
    /// Readings came. `parts[0]`: a `Float64Array` of stream, time and value, one after another.
    Readings {
        /// Frames that end before this time are over.
        until_ms: f64,
    },
    /// Nobody listens from this time on, until the next readings.
    Sleep {
        /// Since when.
        from_ms: f64,
    },
    /// Enough. What was kept is forgotten.
    End,
}

/// From the engine thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LiveReport {
    /// It watches. `parts`: times of the frames that were kept, their values row after row, and the times, scores and
    /// confidences of the verdicts on them.
    Begun {
        /// Of which job.
        job: u32,
        /// Episodes so far.
        episodes: Vec<EpisodeJson<'static>>,
        /// What people said of them before the page was loaded again.
        said: Vec<Said>,
        /// How often the engine may be wrong.
        false_alarm_rate: f64,
    },
    /// What a person said is learned, or taken back.
    Taught {
        /// Of which job.
        job: u32,
        /// All that people have said.
        said: Vec<Said>,
        /// Episodes that have changed.
        episodes: Vec<EpisodeJson<'static>>,
    },
    /// Frames are over. `parts`: their times, their values row after row, their scores, their confidences.
    Frames {
        /// Of which job.
        job: u32,
        /// Episodes that are new or have changed.
        episodes: Vec<EpisodeJson<'static>>,
    },
}
