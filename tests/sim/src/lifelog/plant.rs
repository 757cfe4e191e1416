//! What goes wrong: in the person's life (the diary is changed, and every stream follows), or in a sensor (the stream
//! is changed, and nothing else).

use super::diary::{Doing, Moment, loop_moment};
use super::schedule::Plan;
use super::streams::{S, Table};
use super::{Lane, chance};
use crate::simulation::EventKind;

impl Plan {
    /// What the person does differently.
    pub(super) fn change_diary(&self, moments: &mut [Moment]) {
        let frames = self.last - self.first + 1;
        match self.kind {
            EventKind::NightRun => {
                leave_phone_on(moments, self.first..self.last + 1);
                for (step, moment) in moments[self.first..=self.last].iter_mut().enumerate() {
                    let share = (step as f64 + 0.5) / frames as f64;
                    *moment = loop_moment(Doing::Run, [0.0; 2], share, 5.0 * frames as f64, 2.8);
                }
            }
            EventKind::SleeplessNight => {
                leave_phone_on(moments, self.first..self.last + 1);
                for moment in &mut moments[self.first..=self.last] {
                    *moment = Moment { arousal_bpm: 6.0, ..Moment::of(Doing::Restless, moment.spot) };
                }
            }
            EventKind::SpeechAtNight => {
                leave_phone_on(moments, self.first..self.last + 1);
                moments[self.first..=self.last].iter_mut().for_each(|moment| moment.talk = 0.9);
            }
            EventKind::UnusualPlace => self.travel(moments),
            _ => moments[self.first..=self.last].iter_mut().enumerate().for_each(|(step, moment)| {
                let ramp = ((step + 1) as f64 / 3.0).min(1.0);
                match self.kind {
                    EventKind::RacingHeart => moment.arousal_bpm = 44.0 * ramp,
                    EventKind::NoPhoneUse => moment.ignores_phone = true,
                    EventKind::BatteryDrain => moment.drain = 2.4,
                    EventKind::MessageStorm => moment.message_factor = 40.0,
                    _ => (),
                }
            }),
        }
    }

    /// Far away by train, some hours among strangers, and back to where the diary goes on.
    fn travel(&self, moments: &mut [Moment]) {
        let mut random = self.random.clone();
        let angle = random.between(0.0, core::f64::consts::TAU);
        let far = [45_000.0 * libm::cos(angle), 45_000.0 * libm::sin(angle)];
        let (from, to) = (moments[self.first].spot, moments[self.last].spot);
        let trip = 9;
        let between = |a: [f64; 2], b: [f64; 2], share: f64| {
            let spot = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
            let metres = libm::hypot(b[0] - a[0], b[1] - a[1]);
            let pace_mps = metres / (300.0 * trip as f64);
            Moment { pace_mps, on_foot: 0.05, ..Moment::of(Doing::Commute, spot) }
        };
        for (gone, moment) in moments[self.first..=self.last].iter_mut().enumerate() {
            let left = self.last - self.first - gone;
            *moment = if gone < trip {
                between(from, far, (gone + 1) as f64 / trip as f64)
            } else if left < trip {
                between(far, to, 1.0 - left as f64 / trip as f64)
            } else {
                Moment::of([Doing::Shopping, Doing::Social][gone / 12 % 2], far)
            };
        }
    }

    /// What a sensor, or something that no person does, adds.
    pub(super) fn change_streams(&self, table: &mut Table) {
        let frames = (self.last - self.first + 1) as f64;
        for frame in self.first..=self.last {
            let mut random = chance(table.seed, Lane::Events, 1_000_000 + frame);
            let share = (frame - self.first + 1) as f64 / frames;
            match self.kind {
                EventKind::SensorStuck => {
                    let held = *table.at(self.first - 1, self.roots[0]);
                    *table.at(frame, self.roots[0]) = held;
                }
                EventKind::SensorDrift => *table.at(frame, self.roots[0]) += self.size * share,
                EventKind::LevelStep => *table.at(frame, self.roots[0]) += self.size,
                EventKind::Upload => table.set(frame, S::NetworkTraffic, 240_000.0 * random.factor(0.3)),
                EventKind::PhantomSteps => {
                    table.set(frame, S::Steps, random.count(480.0));
                    table.set(frame, S::Cadence, 104.0 + 4.0 * random.normal());
                }
                _ => (),
            }
        }
    }

    /// What is missing because of the event.
    pub(super) fn silence(&self, table: &mut Table) {
        if matches!(self.kind, EventKind::GroupOutage | EventKind::SensorSilent | EventKind::Outage) {
            for frame in self.first..=self.last {
                self.roots.iter().for_each(|&stream| *table.at(frame, stream) = f64::NAN);
            }
        }
    }
}

/// A phone that shows what happens at night is switched on for it.
fn leave_phone_on(moments: &mut [Moment], around: std::ops::Range<usize>) {
    moments[around].iter_mut().for_each(|moment| moment.phone_off = false);
}
