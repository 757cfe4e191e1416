//! What the engine thread says of the device, on the timeline that files have too.

use fourfold_web::chart::pyramid::Pyramid;
use fourfold_web::chart::scale::Span;
use fourfold_web::chart::ticks::Clock;
use fourfold_web::live::message::LiveReport;
use fourfold_web::live::streams::{COUNT_OF_STREAMS, FRAME_MS, name, note, place_of};
use fourfold_web::table::Note;
use fourfold_web::thread::StreamNote;
use leptos::prelude::*;

use crate::session::{Session, Timeline, oddness};

/// What the picture follows, while nobody looks at something else.
const FOLLOWED_MS: f64 = 120_000.0;
/// Where the times come from.
const CLOCK: &str = "this device's clock";

impl Session {
    /// Takes a report on live sensors.
    pub(crate) fn take_live(&self, report: LiveReport, parts: &[Vec<f64>]) {
        let current = self.job.get_untracked();
        match report {
            LiveReport::Begun { job, episodes, false_alarm_rate } if job == current => {
                self.note.set(Note { time_column: Some(CLOCK.into()), ..Note::default() });
                self.timeline.set(empty_timeline(false_alarm_rate));
                self.view.set(self.timeline.with_untracked(Timeline::whole));
                self.episodes.set(episodes);
                self.add_frames(parts);
            }
            LiveReport::Taught { job, said, episodes } if job == current => {
                self.said.set(said);
                self.add_episodes(episodes);
                self.finish_lesson();
            }
            LiveReport::Frames { job, episodes } if job == current => {
                self.add_frames(parts);
                self.add_episodes(episodes);
            }
            _ => {}
        }
    }

    fn add_frames(&self, parts: &[Vec<f64>]) {
        let [times_ms, values, scores, confidences] = parts else { return };
        if times_ms.is_empty() {
            return;
        }
        let last_ms = self.timeline.with_untracked(|timeline| timeline.times_ms.last().copied());
        let follows = last_ms.is_none_or(|last_ms| self.view.get_untracked().to_ms >= last_ms);
        self.timeline.update(|timeline| {
            for place in 0..COUNT_OF_STREAMS {
                let course: Vec<f64> = values.iter().skip(place).step_by(COUNT_OF_STREAMS).copied().collect();
                let lane = lane_of(timeline, place, course.iter().any(|value| value.is_finite()));
                if let Some(lane) = lane.and_then(|lane| timeline.lanes.get_mut(lane)) {
                    lane.extend(&course);
                }
            }
            timeline.times_ms.extend_from_slice(times_ms);
        });
        self.note.update(|note| note.rows += times_ms.len() as u64);
        self.rows_judged.update(|rows| *rows += times_ms.len() as u32);
        self.add_verdicts(&[times_ms.clone(), scores.clone(), confidences.clone()]);
        if follows {
            let to_ms = times_ms.last().copied().unwrap_or_default();
            self.view.set(Span { from_ms: to_ms - FOLLOWED_MS, to_ms });
        }
    }
}

/// The lane of a stream. It has one from the first time that it speaks: what a device lacks takes no room.
fn lane_of(timeline: &mut Timeline, place: usize, speaks: bool) -> Option<usize> {
    let is_before = |stream: &StreamNote| place_of(&stream.name).is_some_and(|other| other < place);
    let lane = timeline.streams.partition_point(is_before);
    let is_there = timeline.streams.get(lane).is_some_and(|stream| stream.name == name(place));
    if !is_there && speaks {
        timeline.streams.insert(lane, note(place)?);
        timeline.lanes.insert(lane, Pyramid::new(vec![f64::NAN; timeline.times_ms.len()]));
    }
    (is_there || speaks).then_some(lane)
}

fn empty_timeline(false_alarm_rate: f64) -> Timeline {
    Timeline {
        gap_ms: 1.5 * FRAME_MS as f64,
        alarm_oddness: oddness(1.0 - false_alarm_rate),
        // On the wall where the device is.
        clock: Clock::Zone { east_ms: -js_sys::Date::new_0().get_timezone_offset() * 60_000.0 },
        ..Timeline::default()
    }
}
