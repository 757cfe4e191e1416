//! How loud it is, and whether that may be speech.
//!
//! The microphone's samples never come here: a worklet beside the microphone adds up their squares and counts how often
//! they change sign, some twenty times a second, and forgets them.

/// Silence is no less than this, in decibels below full scale.
const SILENCE_DB: f64 = -100.0;
/// Speech stands out of what is quietest by this much.
const STANDS_OUT_DB: f64 = 9.0;
/// What is quietest is forgotten at this pace, in decibels a second: a fan that is switched on becomes the ground.
const FORGETS_DB: f64 = 1.5;
/// Speech changes sign in so many of a thousand samples; a hiss in more, a hum in fewer.
const SIGNS: [f64; 2] = [0.004, 0.20];

/// One stretch of sound, as the worklet tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stretch {
    /// How many samples.
    pub samples: f64,
    /// Their squares together.
    pub squares: f64,
    /// Changes of sign.
    pub signs: f64,
}

/// What is remembered of earlier stretches: how quiet it can be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Level {
    ground_db: Option<f64>,
    last_ms: f64,
}

/// What a stretch sounded like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// Decibels below full scale: 0 is the loudest.
    pub level_db: f64,
    /// Whether it may be speech.
    pub is_speech: bool,
}

impl Level {
    /// Takes a stretch in; `None` if there is nothing in it.
    #[expect(clippy::disallowed_methods, reason = "this is what is measured: no verdict is computed here")]
    pub fn hear(&mut self, at_ms: f64, stretch: Stretch) -> Option<Heard> {
        if !(stretch.samples >= 1.0 && stretch.squares.is_finite()) {
            return None;
        }
        let level_db = (10.0 * (stretch.squares / stretch.samples).log10()).max(SILENCE_DB);
        let since_s = ((at_ms - self.last_ms) / 1000.0).clamp(0.0, 1.0);
        self.last_ms = at_ms;
        let ground_db = self.ground_db.map_or(level_db, |ground| level_db.min(ground + FORGETS_DB * since_s));
        self.ground_db = Some(ground_db);
        let signs = stretch.signs / stretch.samples;
        let is_speech = level_db - ground_db > STANDS_OUT_DB && (SIGNS[0]..SIGNS[1]).contains(&signs);
        Some(Heard { level_db, is_speech })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Stretch = Stretch { samples: 2400.0, squares: 2400.0 * 1e-6, signs: 400.0 };
    const VOICE: Stretch = Stretch { samples: 2400.0, squares: 2400.0 * 1e-2, signs: 60.0 };
    const HISS: Stretch = Stretch { samples: 2400.0, squares: 2400.0 * 1e-2, signs: 1200.0 };

    #[test]
    fn levels_are_decibels_below_full_scale() {
        let heard = |squares| Level::default().hear(0.0, Stretch { samples: 1.0, squares, signs: 0.0 });
        assert_eq!(heard(1.0).map(|heard| heard.level_db), Some(0.0));
        assert!((heard(1e-6).expect("a sample").level_db + 60.0).abs() < 1e-9);
        assert_eq!(heard(0.0).map(|heard| heard.level_db), Some(SILENCE_DB));
        assert_eq!(Level::default().hear(0.0, Stretch::default()), None);
    }

    #[test]
    fn a_voice_stands_out_of_the_room_and_a_hiss_is_no_voice() {
        let mut level = Level::default();
        let mut say = |at_ms, stretch| level.hear(at_ms, stretch).expect("samples").is_speech;
        assert!(!say(0.0, ROOM));
        assert!(say(50.0, VOICE));
        assert!(!say(100.0, HISS));
    }

    #[test]
    fn what_lasts_becomes_the_ground() {
        let mut level = Level::default();
        level.hear(0.0, ROOM);
        let speech = (1..2400)
            .filter(|&n| level.hear(f64::from(n) * 50.0, VOICE).is_some_and(|heard| heard.is_speech));
        let seconds = speech.count() as f64 / 20.0;
        assert!((10.0..40.0).contains(&seconds), "{seconds}");
    }
}
