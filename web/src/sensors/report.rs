//! What the engine thread says of the device, on the timeline that files have too.

use fourfold_web::chart::pyramid::Pyramid;
use fourfold_web::chart::scale::Span;
use fourfold_web::live::message::LiveReport;
use fourfold_web::live::streams::{COUNT_OF_STREAMS, FRAME_MS, WINDOW_FRAMES, name, note, place_of, schema};
use fourfold_web::table::{Note, Zone};
use fourfold_web::thread::StreamNote;
use leptos::prelude::*;

use crate::session::{Session, Timeline, oddness};

/// What the picture follows, while nobody looks at something else.
const FOLLOWED_MS: f64 = 120_000.0;
/// Frames that are let go of at once, where there are too many: an hour.
const PIECE_FRAMES: usize = 3600;
/// Where the times come from.
const CLOCK: &str = "this device's clock";

impl Session {
    /// Takes a report on live sensors.
    pub(crate) fn take_live(&self, report: LiveReport, parts: &[Vec<f64>]) {
        let current = self.job.get_untracked();
        match report {
            LiveReport::Begun { job, episodes, said, false_alarm_rate } if job == current => {
                self.note.set(Note { time_column: Some(CLOCK.into()), ..Note::default() });
                self.timeline.set(empty_timeline(false_alarm_rate));
                self.view.set(self.timeline.with_untracked(Timeline::whole));
                self.episodes.set(episodes);
                self.said.set(said);
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

    /// Keeps the picture within its window. A piece at a time: to let go of one frame costs as much as of an hour.
    fn let_go_of_the_oldest(&self) {
        let frames = self.timeline.with_untracked(|timeline| timeline.times_ms.len());
        if frames <= WINDOW_FRAMES + PIECE_FRAMES {
            return;
        }
        let surplus = frames - WINDOW_FRAMES;
        let mut first_ms = 0.0;
        self.timeline.update(|timeline| {
            timeline.times_ms.drain(..surplus);
            timeline.lanes.iter_mut().for_each(|lane| lane.forget_first(surplus));
            first_ms = timeline.whole().from_ms;
        });
        self.verdicts.update(|verdicts| {
            let old = verdicts.times_ms.partition_point(|&at_ms| at_ms < first_ms);
            verdicts.times_ms.drain(..old);
            verdicts.oddness.forget_first(old);
            verdicts.confidence.forget_first(old);
        });
        let selected = self.selected.get_untracked();
        self.episodes.update(|known| {
            known.retain(|episode| episode.last as f64 >= first_ms || selected == Some(episode.id));
        });
    }

    fn add_frames(&self, parts: &[Vec<f64>]) {
        let [times_ms, values, scores, confidences] = parts else { return };
        if times_ms.is_empty() {
            return;
        }
        let last_ms = self.timeline.with_untracked(|timeline| timeline.times_ms.last().copied());
        let follows = last_ms.is_none_or(|last_ms| self.view.get_untracked().to_ms >= last_ms);
        self.timeline.update(|timeline| {
            let lanes_before = timeline.lanes.len();
            for place in 0..COUNT_OF_STREAMS {
                let course: Vec<f64> = values.iter().skip(place).step_by(COUNT_OF_STREAMS).copied().collect();
                let lane = lane_of(timeline, place, course.iter().any(|value| value.is_finite()));
                if let Some(lane) = lane.and_then(|lane| timeline.lanes.get_mut(lane)) {
                    lane.extend(&course);
                }
            }
            timeline.times_ms.extend_from_slice(times_ms);
            if timeline.links.is_empty() || timeline.lanes.len() != lanes_before {
                timeline.links = links_between(&timeline.streams);
            }
        });
        self.note.update(|note| note.rows += times_ms.len() as u64);
        self.rows_judged.update(|rows| *rows += times_ms.len() as u32);
        self.add_verdicts(&[times_ms.clone(), scores.clone(), confidences.clone()]);
        self.let_go_of_the_oldest();
        if follows {
            let to_ms = times_ms.last().copied().unwrap_or_default();
            let first_ms = self.timeline.with_untracked(|timeline| timeline.whole().from_ms);
            let from_ms = (to_ms - FOLLOWED_MS).max(first_ms).min(to_ms - FRAME_MS as f64);
            self.view.set(Span { from_ms, to_ms });
        }
    }
}

/// What the schema says of who moves whom, as places among the lanes that there are.
fn links_between(streams: &[StreamNote]) -> Vec<(u32, u32)> {
    let Ok(schema) = schema() else { return Vec::new() };
    let lane =
        |stream: usize| streams.iter().position(|known| known.name == name(stream)).map(|at| at as u32);
    schema.links().iter().filter_map(|link| Some((lane(link.from)?, lane(link.to)?))).collect()
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
        // A frame or two that come late are no silence yet: the same measure as for files.
        gap_ms: 3.0 * FRAME_MS as f64,
        alarm_oddness: oddness(1.0 - false_alarm_rate),
        // On the wall where the device is.
        clock: Zone::fixed(-js_sys::Date::new_0().get_timezone_offset() as i32).into(),
        ..Timeline::default()
    }
}
