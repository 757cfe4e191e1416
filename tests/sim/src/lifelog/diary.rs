//! Where the person is and what they do, frame by frame.

use super::{DAY_FRAMES, Lane, chance};
use crate::random::Random;

/// Metres east and north of home.
pub(super) type Spot = [f64; 2];

/// What somebody is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Doing {
    Asleep,
    /// In bed, awake.
    Restless,
    AtHome,
    Desk,
    Meeting,
    Meal,
    Shopping,
    Social,
    Walk,
    Run,
    /// On foot, by train, on foot.
    Commute,
}

/// One frame of a life.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) doing: Doing,
    pub(super) spot: Spot,
    pub(super) indoors: bool,
    /// On the way, in m/s, averaged over the frame.
    pub(super) pace_mps: f64,
    /// Share of the frame on foot.
    pub(super) on_foot: f64,
    /// How likely people talk.
    pub(super) talk: f64,
    /// How often the phone is picked up on its owner's own account, per frame.
    pub(super) appetite: f64,
    /// Minutes since falling asleep.
    pub(super) asleep_min: f64,
    /// Excitement that no movement explains, in beats per minute.
    pub(super) arousal_bpm: f64,
    /// Messages come this many times as often as usual.
    pub(super) message_factor: f64,
    /// Percent of the battery that go in this frame with nobody using them.
    pub(super) drain: f64,
    /// The phone is on, and nobody answers it.
    pub(super) ignores_phone: bool,
    pub(super) phone_off: bool,
    pub(super) watch_off: bool,
}

/// A life, and who lives it.
pub(super) struct Diary {
    pub(super) person: Person,
    pub(super) moments: Vec<Moment>,
}

/// What differs between people.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Home, in degrees.
    pub(super) home: [f64; 2],
    pub(super) resting_bpm: f64,
    wake_min: f64,
    bed_min: f64,
    pub(super) work: Spot,
    lunch: Spot,
    shop: Spot,
    friend: Spot,
    park: Spot,
    phone_habit: f64,
}

impl Person {
    fn new(seed: u64) -> Self {
        let mut random = chance(seed, Lane::Person, 0);
        let mut spot = |near: f64, far: f64| {
            let (angle, metres) = (random.between(0.0, core::f64::consts::TAU), random.between(near, far));
            [metres * libm::cos(angle), metres * libm::sin(angle)]
        };
        let work = spot(5000.0, 12_000.0);
        let lunch = [work[0] + 260.0, work[1] - 180.0];
        let (shop, friend, park) = (spot(500.0, 1200.0), spot(1500.0, 4000.0), spot(600.0, 1100.0));
        Self {
            home: [random.between(47.0, 54.0), random.between(1.0, 14.0)],
            resting_bpm: random.between(54.0, 66.0),
            wake_min: random.between(385.0, 440.0),
            bed_min: random.between(1345.0, 1400.0),
            phone_habit: random.between(0.7, 1.2),
            work,
            lunch,
            shop,
            friend,
            park,
        }
    }
}

/// Fills the diary: asleep, unless something is written over it.
pub(super) fn write(seed: u64, days: usize) -> Diary {
    let person = Person::new(seed);
    let mut pages = Pages { moments: vec![asleep(); days * DAY_FRAMES], spot: [0.0; 2] };
    for day in 0..days {
        live(&person, &mut pages, chance(seed, Lane::Day, day), day);
    }
    let mut moments = pages.moments;
    count_sleep(&mut moments);
    for (frame, moment) in moments.iter_mut().enumerate() {
        let mut random = chance(seed, Lane::Mood, frame);
        moment.appetite *= person.phone_habit * random.factor(0.25);
    }
    Diary { person, moments }
}

/// How long every sleeping moment's sleep has lasted.
pub(super) fn count_sleep(moments: &mut [Moment]) {
    let mut slept = 60.0;
    for moment in moments {
        slept = if moment.doing == Doing::Asleep { slept + 5.0 } else { 0.0 };
        moment.asleep_min = slept;
    }
}

fn asleep() -> Moment {
    Moment::of(Doing::Asleep, [0.0; 2])
}

impl Moment {
    /// A usual moment of doing something somewhere.
    pub(super) fn of(doing: Doing, spot: Spot) -> Self {
        // Talk, appetite for the phone, share on foot.
        let (talk, appetite, on_foot) = match doing {
            Doing::Asleep => (0.0, 0.0, 0.0),
            Doing::Restless => (0.0, 0.9, 0.02),
            Doing::AtHome => (0.28, 0.9, 0.05),
            Doing::Desk => (0.15, 0.45, 0.03),
            Doing::Meeting => (0.85, 0.12, 0.01),
            Doing::Meal => (0.6, 0.45, 0.05),
            Doing::Shopping => (0.2, 0.35, 0.5),
            Doing::Social => (0.75, 0.22, 0.05),
            Doing::Walk => (0.15, 0.3, 0.95),
            Doing::Run => (0.02, 0.06, 1.0),
            Doing::Commute => (0.08, 1.3, 0.3),
        };
        let indoors = !matches!(doing, Doing::Walk | Doing::Run | Doing::Commute);
        let arousal_bpm = if doing == Doing::Meeting { 4.0 } else { 0.0 };
        Self {
            doing,
            spot,
            indoors,
            pace_mps: 0.0,
            on_foot,
            talk,
            appetite,
            asleep_min: 0.0,
            arousal_bpm,
            message_factor: 1.0,
            drain: 0.0,
            ignores_phone: false,
            phone_off: false,
            watch_off: false,
        }
    }

    pub(super) fn is_asleep(&self) -> bool {
        self.doing == Doing::Asleep
    }
}

/// The diary while it is written.
struct Pages {
    moments: Vec<Moment>,
    /// Where the person is now.
    spot: Spot,
}

impl Pages {
    /// Does something at the present spot. Minutes count from the first midnight.
    fn stay(&mut self, from_min: f64, minutes: f64, doing: Doing) {
        let spot = self.spot;
        self.each(from_min, minutes, |_| Moment::of(doing, spot));
    }

    /// Goes elsewhere.
    fn go(&mut self, from_min: f64, minutes: f64, doing: Doing, to: Spot) {
        let from = self.spot;
        let metres = libm::hypot(to[0] - from[0], to[1] - from[1]);
        self.each(from_min, minutes, |share| {
            // A commute's ends are on foot: a tenth of the way takes half of the time.
            let is_train = doing == Doing::Commute && (0.25..0.75).contains(&share);
            let way = match doing {
                Doing::Commute if share < 0.25 => 0.2 * share,
                Doing::Commute if share < 0.75 => 0.05 + 1.8 * (share - 0.25),
                Doing::Commute => 0.95 + 0.2 * (share - 0.75),
                _ => share,
            };
            let mut moment =
                Moment::of(doing, [from[0] + way * (to[0] - from[0]), from[1] + way * (to[1] - from[1])]);
            let faster = match doing {
                Doing::Commute => [0.2, 1.8][usize::from(is_train)],
                _ => 1.0,
            };
            moment.pace_mps = faster * metres / (60.0 * minutes);
            if doing == Doing::Commute {
                moment.on_foot = if is_train { 0.05 } else { 0.85 };
            }
            moment
        });
        self.spot = to;
    }

    /// Around a loop that begins and ends here.
    fn round(&mut self, from_min: f64, minutes: f64, doing: Doing, pace_mps: f64) {
        let spot = self.spot;
        self.each(from_min, minutes, |share| loop_moment(doing, spot, share, minutes, pace_mps));
    }

    fn each(&mut self, from_min: f64, minutes: f64, moment: impl Fn(f64) -> Moment) {
        let first = libm::round(from_min / 5.0).max(0.0) as usize;
        let frames = libm::round(minutes / 5.0).max(1.0) as usize;
        for step in 0..frames {
            let share = (step as f64 + 0.5) / frames as f64;
            if let Some(slot) = self.moments.get_mut(first + step) {
                *slot = moment(share);
            }
        }
    }
}

/// A moment of going round in a circle through `spot`.
pub(super) fn loop_moment(doing: Doing, spot: Spot, share: f64, minutes: f64, pace_mps: f64) -> Moment {
    let radius = pace_mps * 60.0 * minutes / core::f64::consts::TAU;
    let angle = core::f64::consts::TAU * share;
    let at = [spot[0] + radius * (1.0 - libm::cos(angle)), spot[1] + radius * libm::sin(angle)];
    Moment { pace_mps, ..Moment::of(doing, at) }
}

fn live(person: &Person, pages: &mut Pages, mut random: Random, day: usize) {
    let midnight = 1440.0 * day as f64;
    let weekday = day % 7;
    let is_weekend = weekday >= 5;
    let is_late = weekday == 4 || weekday == 5;
    let late_min = if is_late { 55.0 } else { 0.0 };
    let wake = midnight + person.wake_min + if is_weekend { 80.0 } else { 0.0 } + 14.0 * random.normal();
    let bed = midnight + person.bed_min + late_min + 18.0 * random.normal();
    pages.spot = [0.0; 2];
    pages.stay(wake, bed - wake, Doing::AtHome);
    if is_weekend {
        weekend(person, pages, &mut random, (midnight, wake), weekday);
    } else {
        work_day(person, pages, &mut random, (midnight, wake), weekday);
    }
    evening(person, pages, &mut random, midnight, weekday);
    // Charging the watch, and a shower, right after getting up; the phone is switched off in most nights.
    mark(pages, wake + 5.0, 25.0 + 10.0 * random.uniform(), |moment| moment.watch_off = true);
    mark(pages, bed - 50.0 + 10.0 * random.normal(), 30.0, |moment| moment.watch_off = true);
    if random.chance(0.85) {
        let (off, on) = (bed + random.between(5.0, 20.0), 1440.0 + person.wake_min - 20.0 + midnight);
        let on = on + if weekday == 4 || weekday == 5 { 70.0 } else { 0.0 } + random.between(-10.0, 10.0);
        mark(pages, off, on - off, |moment| moment.phone_off = true);
    }
}

fn mark(pages: &mut Pages, from_min: f64, minutes: f64, change: impl Fn(&mut Moment)) {
    let first = libm::round(from_min / 5.0).max(0.0) as usize;
    let last = libm::round((from_min + minutes) / 5.0).max(0.0) as usize;
    let end = pages.moments.len();
    pages.moments[first.min(end)..last.min(end)].iter_mut().for_each(change);
}

fn work_day(
    person: &Person,
    pages: &mut Pages,
    random: &mut Random,
    (midnight, wake): (f64, f64),
    weekday: usize,
) {
    pages.stay(wake + 25.0, 20.0, Doing::Meal);
    let at_home = random.chance(if weekday == 2 { 0.7 } else { 0.1 });
    let leave = wake + 60.0 + 9.0 * random.normal();
    let trip_min = 40.0 + 3.0 * random.normal();
    if !at_home {
        pages.go(leave, trip_min, Doing::Commute, person.work);
    }
    let begin = leave + trip_min;
    let end = midnight + 1030.0 + 22.0 * random.normal();
    pages.stay(begin, end - begin, Doing::Desk);
    for _ in 0..random.count(1.8).min(4.0) as usize {
        let at = random.between(begin + 20.0, end - 80.0);
        pages.stay(at, [30.0, 60.0][random.below(2)], Doing::Meeting);
    }
    let lunch = midnight + 738.0 + 12.0 * random.normal();
    if at_home {
        pages.stay(lunch, 35.0, Doing::Meal);
    } else {
        pages.go(lunch, 5.0, Doing::Walk, person.lunch);
        pages.stay(lunch + 5.0, 35.0, Doing::Meal);
        pages.go(lunch + 40.0, 5.0, Doing::Walk, person.work);
        pages.go(end, trip_min, Doing::Commute, [0.0; 2]);
    }
    if (weekday == 1 || weekday == 3) && random.chance(0.8) {
        let begin = (end + 55.0).max(midnight + 1095.0) + 10.0 * random.normal();
        pages.round(begin, 40.0 + 6.0 * random.normal(), Doing::Run, 2.9);
    }
}

fn weekend(
    person: &Person,
    pages: &mut Pages,
    random: &mut Random,
    (midnight, wake): (f64, f64),
    weekday: usize,
) {
    pages.stay(wake + 30.0, 35.0, Doing::Meal);
    if weekday == 5 || random.chance(0.2) {
        let at = midnight + 640.0 + 25.0 * random.normal();
        pages.go(at, 12.0, Doing::Walk, person.shop);
        pages.stay(at + 12.0, 45.0, Doing::Shopping);
        pages.go(at + 57.0, 14.0, Doing::Walk, [0.0; 2]);
    } else if random.chance(0.75) {
        pages.round(midnight + 615.0 + 20.0 * random.normal(), 50.0, Doing::Run, 2.8);
    }
    pages.stay(midnight + 770.0 + 15.0 * random.normal(), 40.0, Doing::Meal);
    if random.chance(0.65) {
        let at = midnight + 890.0 + 35.0 * random.normal();
        pages.go(at, 12.0, Doing::Walk, person.park);
        pages.round(at + 12.0, 45.0, Doing::Walk, 1.2);
        pages.go(at + 57.0, 12.0, Doing::Walk, [0.0; 2]);
    }
}

fn evening(person: &Person, pages: &mut Pages, random: &mut Random, midnight: f64, weekday: usize) {
    pages.stay(midnight + 1165.0 + 15.0 * random.normal(), 35.0, Doing::Meal);
    let goes_out = [0.05, 0.05, 0.25, 0.05, 0.6, 0.6, 0.05][weekday];
    if random.chance(goes_out) {
        let at = midnight + 1205.0 + 10.0 * random.normal();
        pages.go(at, 15.0, Doing::Commute, person.friend);
        pages.stay(at + 15.0, 100.0 + 15.0 * random.normal(), Doing::Social);
        pages.go(at + 120.0, 15.0, Doing::Commute, [0.0; 2]);
    }
}
