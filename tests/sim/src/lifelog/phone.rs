//! The phone in its owner's hand. Notifications and habit lead to unlocks, unlocks to apps and a lit screen, apps to
//! touches and traffic, touches to typing, typing to messages; the screen eats the battery.

use super::diary::{Diary, Doing, Moment};
use super::streams::{S, Table};
use super::{DAY_FRAMES, Lane, chance};
use crate::random::Random;

pub(super) fn fill(diary: &Diary, table: &mut Table) {
    let mut battery = Battery { level: 100.0, plugged: false };
    for (frame, moment) in diary.moments.iter().enumerate() {
        let mut random = chance(table.seed, Lane::Phone, frame);
        let day = chance(table.seed, Lane::Phone, 1_000_000 + frame / DAY_FRAMES).factor(0.18);
        use_phone(moment, frame, day, &mut random, table);
        call(moment, frame, &mut random, table);
        battery.live(moment, table.get(frame, S::ScreenOn) / 300.0, &mut random);
        table.set(frame, S::Battery, battery.level);
    }
}

fn use_phone(moment: &Moment, frame: usize, day: f64, random: &mut Random, table: &mut Table) {
    let hour = (frame % DAY_FRAMES) as f64 / 12.0;
    let sociable = match hour {
        h if h < 6.5 => 0.05,
        h if h < 9.0 => 0.6,
        h if h < 17.5 => 0.8,
        h if h < 22.5 => 1.2,
        _ => 0.35,
    };
    let received = random.count(0.45 * sociable * day * moment.message_factor);
    let notifications = received + random.count(0.55 * sociable * day);
    let hand = if moment.ignores_phone { 0.0 } else { moment.appetite * day };
    // Somebody who sleeps does not hear it, somebody in a meeting mostly does not look.
    let answers = (0.35 * hand).min(0.4);
    let unlocks = random.count(0.55 * hand + answers * notifications.min(12.0));
    let mut screen_on = 0.0;
    for _ in 0..unlocks as usize {
        screen_on += 75.0 * random.waiting();
    }
    screen_on += 4.0 * notifications.min(10.0) * f64::from(!moment.is_asleep());
    let screen_on = screen_on.min(300.0);
    let launches = random.count(1.5 * unlocks + 0.004 * screen_on * hand.min(1.0));
    let touches = if unlocks > 0.0 { random.count(0.45 * screen_on + 5.0 * launches) } else { 0.0 };
    let typing = if random.chance(0.45) { random.between(0.2, 1.0) } else { 0.03 };
    let keystrokes = random.count(touches * typing);
    let messages = received + random.count(keystrokes / 30.0);
    let video = if random.chance(0.12 * hand.min(1.5)) { 26_000.0 * screen_on / 300.0 } else { 0.0 };
    let traffic = (35.0 + 60.0 * notifications + 420.0 * launches + video) * random.factor(0.6);

    table.set(frame, S::Notifications, notifications);
    table.set(frame, S::Unlocks, unlocks);
    table.set(frame, S::ScreenOn, screen_on);
    table.set(frame, S::AppLaunches, launches);
    table.set(frame, S::Touches, touches);
    table.set(frame, S::Keystrokes, keystrokes);
    table.set(frame, S::Messages, messages);
    table.set(frame, S::NetworkTraffic, traffic);
}

/// A call every few hours: the stream speaks only then. Whoever calls, talks.
fn call(moment: &Moment, frame: usize, random: &mut Random, table: &mut Table) {
    let hour = (frame % DAY_FRAMES) as f64 / 12.0;
    let free = !moment.is_asleep() && !moment.ignores_phone && moment.doing != Doing::Meeting;
    if free && (8.0..22.0).contains(&hour) && random.chance(0.022) {
        table.set(frame, S::Calls, 1.0 + random.count(0.15));
        let speech = table.get(frame, S::Speech);
        let more = random.between(0.35, 0.85).max(speech) - speech;
        table.set(frame, S::Speech, speech + more);
        table.set(frame, S::SoundLevel, table.get(frame, S::SoundLevel) + 9.0 * more);
    }
}

/// Percent left, and whether a charger is in.
struct Battery {
    level: f64,
    plugged: bool,
}

impl Battery {
    fn live(&mut self, moment: &Moment, screen_share: f64, random: &mut Random) {
        let near_charger =
            moment.indoors && !matches!(moment.doing, Doing::Meal | Doing::Shopping | Doing::Social);
        let tops_up = near_charger && self.level < 38.0 && moment.drain == 0.0;
        self.plugged = moment.is_asleep() || tops_up || (self.plugged && near_charger && self.level < 88.0);
        let used = 0.17 + 0.95 * screen_share + 0.05 * random.waiting() + moment.drain;
        let loaded = if self.plugged && moment.drain == 0.0 { 3.0 } else { 0.0 };
        self.level = (self.level + loaded - used).clamp(1.0, 100.0);
    }
}
