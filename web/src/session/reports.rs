//! What the engine thread reports, taken into the page's state.

use fourfold::wire::EpisodeJson;
use fourfold_web::chart::pyramid::Pyramid;
use fourfold_web::chart::ticks::Clock;
use fourfold_web::chart::trace::gap_ms;
use fourfold_web::thread::Report;
use leptos::prelude::*;

use super::{Phase, Session, Tab, Timeline, Told, Verdicts, Why, oddness};

impl Session {
    /// Empties the page for another file and gives its number.
    pub(crate) fn begin(&self, name: &str, bytes: f64) -> u32 {
        let job = self.job.get_untracked() + 1;
        self.job.set(job);
        self.file_name.set(name.to_string());
        self.file_bytes.set(bytes);
        self.timeline.set(Timeline::default());
        self.verdicts.set(Verdicts::default());
        self.episodes.set(Vec::new());
        self.unselect();
        self.tab.set(Tab::Findings);
        self.folded.set(Vec::new());
        self.health.set(Vec::new());
        self.agreement.set(None);
        self.resumed.set(None);
        self.controls.is_paused.set(false);
        self.said.set(Vec::new());
        self.earlier.set((0, 0));
        self.retold.set_value(Vec::new());
        self.lesson.set(None);
        self.cursor_ms.set(None);
        self.brush.set(None);
        self.rows_judged.set(0);
        if matches!(self.phase.get_untracked(), Phase::Welcome | Phase::Failed(_)) {
            // Whoever chose it far down on the first screen begins at the top of what comes.
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        self.phase.set(Phase::Reading { share: 0.0, rows: 0 });
        job
    }

    /// Takes a report of the engine thread. Those on an earlier file are late and mean nothing any more.
    pub(crate) fn take(&self, report: Report, mut parts: Vec<Vec<f64>>) {
        let current = self.job.get_untracked();
        match report {
            Report::Reading { job, bytes, rows } if job == current => {
                let share = bytes / self.file_bytes.get_untracked().max(1.0);
                self.phase.set(Phase::Reading { share, rows });
            }
            Report::Read { job, streams, links, preset, note, labelled, false_alarm_rate }
                if job == current =>
            {
                let times_ms = parts.pop().unwrap_or_default();
                let timeline = Timeline {
                    gap_ms: gap_ms(&times_ms),
                    lanes: vec![Pyramid::default(); streams.len()],
                    clock: match note.time_column {
                        Some(_) => note.plan.zone.clone().into(),
                        None => Clock::Rows,
                    },
                    alarm_oddness: oddness(1.0 - false_alarm_rate),
                    times_ms,
                    streams,
                    links,
                    labelled,
                };
                self.view.set(timeline.whole());
                self.timeline.set(timeline);
                self.note.set(*note);
                self.preset.set(preset);
                self.controls.rate.set(false_alarm_rate);
                self.controls.own_rate.set(false_alarm_rate);
                self.judging_since_ms.set(js_sys::Date::now());
                self.phase.set(Phase::Judging);
            }
            // All lanes follow each other at once: they are drawn when the last is there, not 32 times.
            Report::Lane { job, place } if job == current => self.timeline.maybe_update(|timeline| {
                if let (Some(lane), Some(values)) = (timeline.lanes.get_mut(place as usize), parts.pop()) {
                    *lane = Pyramid::new(values);
                }
                place as usize + 1 == timeline.lanes.len()
            }),
            Report::Judged { job, rows, episodes } if job == current => {
                self.rows_judged.set(rows);
                self.add_verdicts(&parts);
                self.retold.update_value(|ids| ids.extend(episodes.iter().map(|episode| episode.id)));
                self.add_episodes(episodes);
            }
            Report::Live(report) => self.take_live(report, &parts),
            Report::Done { job, digest, reading_ms, judging_ms } if job == current => {
                self.drop_what_was_not_retold();
                self.finish_lesson();
                self.phase.set(Phase::Done { digest, reading_ms, judging_ms });
            }
            Report::Explained { job, why, curves, took_ms } if job == current => {
                self.why.set(Why::Told(Box::new(Told { json: *why, curves, took_ms })));
            }
            Report::NotExplained { job, message } if job == current => self.why.set(Why::Refused(message)),
            Report::Again { job, rows, verdicts, said, taken_back, taught } if job == current => {
                self.forget(rows, verdicts);
                self.said.set(said);
                self.earlier.set((taken_back, taught));
            }
            Report::Retold { job, rate, episodes, .. } if job == current => {
                self.controls.rate.set(rate);
                self.timeline.update(|timeline| timeline.alarm_oddness = oddness(1.0 - rate));
                self.retold.set_value(episodes.iter().map(|episode| episode.id).collect());
                self.episodes.set(episodes);
            }
            Report::Health { job, streams } if job == current => self.health.set(streams),
            Report::Scored { job, agreement } if job == current => self.agreement.set(Some(agreement)),
            Report::Resumed { job, frames, last_ms, taught } if job == current => {
                self.earlier.update(|earlier| earlier.1 = taught);
                self.resumed.set(Some((frames, last_ms)));
            }
            Report::Cancelled { job } if job == current => {
                let is_drawn = self.timeline.with_untracked(|timeline| !timeline.times_ms.is_empty());
                self.phase.set(if is_drawn { Phase::Cancelled } else { Phase::Welcome });
            }
            Report::Failed { job, message } if job == current => self.phase.set(Phase::Failed(message)),
            _ => {}
        }
    }

    pub(crate) fn add_episodes(&self, episodes: Vec<EpisodeJson<'static>>) {
        if !episodes.is_empty() {
            self.episodes.update(|known| {
                known.retain(|old| episodes.iter().all(|new| new.id != old.id));
                known.extend(episodes);
                known.sort_by_key(|episode| episode.id);
            });
        }
    }

    pub(crate) fn add_verdicts(&self, parts: &[Vec<f64>]) {
        let [times_ms, scores, confidences] = parts else { return };
        let odds: Vec<f64> = scores.iter().map(|&score| oddness(score)).collect();
        self.verdicts.update(|verdicts| {
            verdicts.times_ms.extend_from_slice(times_ms);
            verdicts.oddness.extend(&odds);
            verdicts.confidence.extend(confidences);
        });
    }

    /// Drops what was said of the rows from this one on: it is being judged again.
    fn forget(&self, rows: u32, verdicts: u32) {
        if self.resumed.with_untracked(Option::is_some) {
            // What a session remembers of its rows stays as it is.
            self.retold
                .set_value(self.episodes.with_untracked(|known| known.iter().map(|one| one.id).collect()));
            return self.phase.set(Phase::Judging);
        }
        let from_ms = self.timeline.with_untracked(|timeline| timeline.times_ms.get(rows as usize).copied());
        self.verdicts.update(|known| {
            known.times_ms.truncate(verdicts as usize);
            known.oddness.truncate(verdicts as usize);
            known.confidence.truncate(verdicts as usize);
        });
        // What comes later stays on the screen until it is told again, or turns out to be gone.
        let stands =
            |episode: &&EpisodeJson<'static>| from_ms.is_none_or(|at_ms| (episode.opened as f64) < at_ms);
        let standing = self
            .episodes
            .with_untracked(|known| known.iter().filter(stands).map(|episode| episode.id).collect());
        self.retold.set_value(standing);
        self.rows_judged.set(rows);
        self.judging_since_ms.set(js_sys::Date::now());
        self.phase.set(Phase::Judging);
    }

    fn drop_what_was_not_retold(&self) {
        let retold = self.retold.get_value();
        self.episodes.maybe_update(|known| {
            let before = known.len();
            known.retain(|episode| retold.contains(&episode.id));
            known.len() != before
        });
    }
}
