//! In which order systems were made and deleted. Two fronts that asked a system one after the other may come here in
//! another order: then the list goes by the system's own.

use std::collections::BTreeMap;

/// Turns that are remembered. Those who come late come within seconds.
const TURNS_MAX: usize = 4_096;

/// The newest turn of each system that was heard of lately.
#[derive(Debug, Default)]
pub(super) struct Turns(BTreeMap<String, u64>);

impl Turns {
    /// Takes note of a turn, and says whether no newer one is known.
    pub(super) fn take(&mut self, system: &str, turn: u64) -> bool {
        if self.0.len() >= TURNS_MAX {
            // Turns are times: the older half goes.
            let mut turns: Vec<u64> = self.0.values().copied().collect();
            turns.sort_unstable();
            let middle = turns.get(turns.len() / 2).copied().unwrap_or_default();
            self.0.retain(|_, turn| *turn > middle);
        }
        let newest = self.0.entry(system.to_owned()).or_default();
        let is_newest = turn >= *newest;
        *newest = turn.max(*newest);
        is_newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_late_changes_nothing() {
        let mut turns = Turns::default();
        assert!(turns.take("a", 7) && turns.take("b", 3));
        assert!(!turns.take("a", 6), "another came before it");
        assert!(turns.take("a", 7) && turns.take("a", 8) && turns.take("b", 4));
        for system in 0..TURNS_MAX as u64 {
            assert!(turns.take(&format!("s{system}"), 100 + system));
        }
        assert!(turns.0.len() <= TURNS_MAX);
        assert!(!turns.take(&format!("s{}", TURNS_MAX - 1), 100), "the newest are remembered");
    }
}
