//! A view together with the ranks of what it has said: oddness in, chance out, and how far it may be believed.

use super::view::{JointView, Seen};
use crate::opinion::{Health, Opinion};
use crate::schema::Schema;
use crate::snapshot::{Damage, Reader, State, Writer};
use crate::stats::Ranks;

/// Opinions after which a view is believed half as much as it ever will be.
const SETTLING_OPINIONS: f64 = 100.0;

/// A view, and the ranks of its oddness.
#[derive(Clone, Debug)]
pub(crate) struct Calibrated<V> {
    pub(crate) view: V,
    ranks: Ranks,
    opinions: u64,
}

impl<V: JointView> Calibrated<V> {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self { view: V::new(schema), ranks: Ranks::patient(), opinions: 0 }
    }

    pub(crate) fn judge(&self, seen: &Seen<'_>, scratch: &mut V::Scratch) -> Opinion {
        let is_cold = (self.opinions as f64) < SETTLING_OPINIONS;
        let oddness = self.view.judge(seen, scratch);
        let settled = self.opinions as f64 / (self.opinions as f64 + SETTLING_OPINIONS);
        match oddness {
            None => Opinion {
                oddness: None,
                chance: 1.0,
                weight: 0.0,
                health: if is_cold { Health::Cold } else { Health::Starved },
            },
            Some(odd) => Opinion {
                oddness,
                chance: self.ranks.chance(odd),
                weight: settled * seen.coverage(),
                health: if is_cold { Health::Cold } else { Health::Ready },
            },
        }
    }

    /// Learns the moment; its oddness is one of a normal moment only where `is_calm`.
    pub(crate) fn learn(
        &mut self,
        opinion: &Opinion,
        is_calm: bool,
        seen: &Seen<'_>,
        scratch: &mut V::Scratch,
    ) {
        if let Some(oddness) = opinion.oddness {
            if is_calm {
                self.ranks.learn(oddness);
            }
            self.opinions = self.opinions.saturating_add(1);
        }
        self.view.learn(seen, scratch);
    }
}

impl<V: JointView> State for Calibrated<V> {
    fn save(&self, to: &mut Writer) {
        let Self { view, ranks, opinions } = self;
        view.save(to);
        ranks.save(to);
        opinions.save(to);
    }

    fn load(&mut self, from: &mut Reader<'_>) -> Result<(), Damage> {
        self.view.load(from)?;
        self.ranks.load(from)?;
        self.opinions.load(from)
    }

    fn heap_bytes(&self) -> usize {
        self.view.heap_bytes() + self.ranks.heap_bytes()
    }
}
