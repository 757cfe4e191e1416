//! The sources that a browser offers, and what may become of asking for one.

use serde::{Deserialize, Serialize};

/// Something in the device that can be listened to, asked for by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// Acceleration and rotation, and what follows from them: shakes and steps.
    Motion,
    /// How the device is held.
    Orientation,
    /// Where it is, and how fast.
    Place,
    /// How loud it is around it.
    Sound,
    /// How bright it is around it.
    Light,
    /// What is known without asking: battery, network, this page, and how it is touched.
    Page,
}

impl Source {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::Motion, Self::Orientation, Self::Place, Self::Sound, Self::Light, Self::Page];

    /// For a person.
    pub fn name(self) -> &'static str {
        match self {
            Self::Motion => "Motion",
            Self::Orientation => "Orientation",
            Self::Place => "Place",
            Self::Sound => "Sound",
            Self::Light => "Light",
            Self::Page => "Phone and page",
        }
    }

    /// What it is asked for, so that a person can decide.
    pub fn why(self) -> &'static str {
        match self {
            Self::Motion => "Notices a shake, a fall, a machine that runs unevenly; counts steps.",
            Self::Orientation => "Notices when the device is turned or picked up.",
            Self::Place => "Notices unusual ways and speeds. No map is asked.",
            Self::Sound => "Only how loud it is and whether it may be speech. Nothing is recorded.",
            Self::Light => "Notices lamps, dusk, and a device in a pocket.",
            Self::Page => "Battery, network, and how often this page is touched: not where, not which key.",
        }
    }

    /// What can be done where it does not work, by why it does not.
    pub fn way_out(self, rung: Rung) -> Option<&'static str> {
        match (rung, self) {
            (Rung::Denied, Self::Motion | Self::Orientation) => {
                Some("It was refused. Allow motion for this site in the browser's settings, then tap again.")
            }
            (Rung::Denied, _) => {
                Some("It was refused. Allow it for this site beside the address, then tap again.")
            }
            (Rung::Unsupported, Self::Light) => {
                Some("This browser has no light sensor for pages. Chrome has one behind a flag.")
            }
            (Rung::Unsupported, _) => Some("This browser does not offer it. The others work without it."),
            (Rung::NeedsHttps, _) => {
                Some("The browser gives it to secure pages only. Open this one by https.")
            }
            (Rung::NoEvents, _) => Some(
                "It was allowed, but nothing came within a second. Is there such a sensor in this device?",
            ),
            (Rung::NotNeeded | Rung::Ask | Rung::Asking | Rung::Granted, _) => None,
        }
    }
}

/// How far asking for a source has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rung {
    /// Nobody has to be asked.
    NotNeeded,
    /// A tap asks.
    #[default]
    Ask,
    /// The browser is asking.
    Asking,
    /// It was allowed.
    Granted,
    /// It was refused.
    Denied,
    /// The browser has no such thing.
    Unsupported,
    /// Only a secure page is given it.
    NeedsHttps,
    /// It was allowed, and nothing came.
    NoEvents,
}

impl Rung {
    /// In a word or two, for the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotNeeded => "no permission needed",
            Self::Ask => "off",
            Self::Asking => "asking",
            Self::Granted => "on",
            Self::Denied => "denied",
            Self::Unsupported => "unsupported",
            Self::NeedsHttps => "needs https",
            Self::NoEvents => "no events",
        }
    }

    /// Whether readings may come.
    pub fn is_on(self) -> bool {
        matches!(self, Self::NotNeeded | Self::Granted)
    }

    /// Whether a tap may change it.
    pub fn can_ask(self) -> bool {
        matches!(self, Self::Ask | Self::Denied | Self::NoEvents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_does_not_work_has_a_way_out_and_what_works_has_none() {
        let rungs = [
            Rung::NotNeeded,
            Rung::Ask,
            Rung::Asking,
            Rung::Granted,
            Rung::Denied,
            Rung::Unsupported,
            Rung::NeedsHttps,
            Rung::NoEvents,
        ];
        for source in Source::ALL {
            for rung in rungs {
                let is_fine = rung.is_on() || matches!(rung, Rung::Ask | Rung::Asking);
                assert_eq!(source.way_out(rung).is_none(), is_fine, "{source:?} {rung:?}");
            }
        }
    }
}
