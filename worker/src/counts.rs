//! What is counted for operators: requests, how long they took, frames, anomalies. Nothing here knows the platform.
//!
//! Every instance of the front counts for itself and brings its counts to the tenant's registry every few seconds, after
//! an answer has left. So nobody waits for a count, and nobody asks all systems: a scrape reads one object.

mod exposition;
mod histogram;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(crate) use exposition::{MEDIA, Scrape, expose};
pub(crate) use histogram::Histogram;

/// The header in which a system says its census; it goes no further than the front.
pub(crate) const CENSUS: &str = "x-fourfold-census";

/// Requests that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Kind {
    /// The path with names for what varies.
    pub(crate) route: String,
    /// GET, POST ..
    pub(crate) method: String,
    /// The answer's status.
    pub(crate) status: u16,
}

/// What a system says of itself beside an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Census {
    /// Frames taken since it last said so.
    pub(crate) frames: u64,
    /// Episodes opened since.
    pub(crate) anomalies: u64,
    /// Streams that it watches.
    pub(crate) streams: u32,
    /// Of these, streams that are there.
    pub(crate) available: u32,
    /// What became of messages since.
    #[serde(default)]
    pub(crate) deliveries: Deliveries,
}

/// What became of messages to webhooks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deliveries {
    /// Taken by their receiver.
    pub(crate) taken: u64,
    /// Refused or not answered; they are sent again.
    pub(crate) failed: u64,
    /// Given up after the last attempt.
    pub(crate) given_up: u64,
}

impl Deliveries {
    /// All of another's.
    pub(crate) fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.failed += other.failed;
        self.given_up += other.given_up;
    }
}

/// Counts since they were last brought home; in the registry, since ever.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counts {
    #[serde(with = "as_pairs")]
    requests: BTreeMap<Kind, u64>,
    /// By route.
    #[serde(default)]
    durations: BTreeMap<String, Histogram>,
    #[serde(default)]
    frames: u64,
    #[serde(default)]
    anomalies: u64,
    #[serde(default)]
    deliveries: Deliveries,
}

impl Counts {
    /// One more answer.
    pub(crate) fn answered(&mut self, kind: Kind, ms: u64) {
        self.durations.entry(kind.route.clone()).or_default().add(ms);
        *self.requests.entry(kind).or_default() += 1;
    }

    /// What a system took.
    pub(crate) fn took(&mut self, census: Census) {
        self.frames += census.frames;
        self.anomalies += census.anomalies;
        self.delivered(census.deliveries);
    }

    /// What became of messages.
    pub(crate) fn delivered(&mut self, deliveries: Deliveries) {
        self.deliveries.add(deliveries);
    }

    /// All of another's.
    pub(crate) fn add(&mut self, other: &Self) {
        for (kind, count) in &other.requests {
            *self.requests.entry(kind.clone()).or_default() += count;
        }
        for (route, durations) in &other.durations {
            self.durations.entry(route.clone()).or_default().merge(durations);
        }
        self.frames += other.frames;
        self.anomalies += other.anomalies;
        self.delivered(other.deliveries);
    }
}

/// JSON has no keys but text.
mod as_pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Kind;

    pub(super) fn serialize<S: Serializer>(
        counts: &BTreeMap<Kind, u64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        counts.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Kind, u64>, D::Error> {
        Ok(Vec::<(Kind, u64)>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_come_home_whole() {
        let kind = |status| Kind { route: "/v1/systems".into(), method: "GET".into(), status };
        let mut here = Counts::default();
        here.answered(kind(200), 3);
        here.answered(kind(200), 700);
        here.answered(kind(404), 1);
        here.took(Census {
            frames: 60,
            anomalies: 1,
            streams: 3,
            available: 2,
            deliveries: Deliveries::default(),
        });
        here.delivered(Deliveries { taken: 2, failed: 1, given_up: 0 });
        let sent: Counts = serde_json::from_str(&serde_json::to_string(&here).unwrap()).unwrap();
        assert_eq!(sent, here);
        let mut home = here.clone();
        home.add(&sent);
        assert_eq!(home.requests[&kind(200)], 4);
        assert_eq!(home.durations["/v1/systems"].count(), 6);
        assert_eq!((home.frames, home.anomalies, home.deliveries.taken), (120, 2, 4));
    }
}
