//! Local alignment: the best chain of pairs between two sequences (Smith and Waterman), with whatever it costs to go
//! from one pair to the next.

use alloc::vec::Vec;

/// A step of the pattern and the event that it is matched with.
pub(super) type Pair = (usize, usize);

/// The best chain.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Chain {
    pub(super) score: f64,
    /// In the order of the steps.
    pub(super) pairs: Vec<Pair>,
}

/// A pair on its way into a chain: what the best chain that ends with it is worth, and which pair came before.
#[derive(Clone, Copy, Debug)]
struct Link {
    pair: Pair,
    worth: f64,
    before: Option<usize>,
}

/// The work space, so that many alignments in a row allocate once.
#[derive(Debug, Default)]
pub(super) struct Aligner {
    links: Vec<Link>,
}

impl Aligner {
    /// The best score of a chain; 0 where no pair is worth anything. `pair` says what a pair is worth, `None` where it
    /// can not be; `join` what it costs to go from one pair to another one of a later step.
    pub(super) fn score(
        &mut self,
        steps: usize,
        events: usize,
        pair: impl Fn(Pair) -> Option<f64>,
        join: impl Fn(Pair, Pair) -> f64,
    ) -> f64 {
        self.links.clear();
        for step in 0..steps {
            let earlier = self.links.len();
            for event in 0..events {
                let Some(worth) = pair((step, event)) else { continue };
                let mut link = Link { pair: (step, event), worth, before: None };
                for (place, before) in self.links[..earlier].iter().enumerate() {
                    let joined = worth + before.worth - join(before.pair, link.pair);
                    if joined > link.worth {
                        (link.worth, link.before) = (joined, Some(place));
                    }
                }
                self.links.push(link);
            }
        }
        self.links.iter().fold(0.0, |most: f64, link| most.max(link.worth))
    }

    /// The chain with the best score; of equals the one that ends first.
    pub(super) fn chain(
        &mut self,
        steps: usize,
        events: usize,
        pair: impl Fn(Pair) -> Option<f64>,
        join: impl Fn(Pair, Pair) -> f64,
    ) -> Chain {
        let score = self.score(steps, events, pair, join);
        let mut chain = Chain { score, pairs: Vec::new() };
        let mut next = self.links.iter().position(|link| score > 0.0 && link.worth >= score);
        while let Some(link) = next.and_then(|place| self.links.get(place)) {
            chain.pairs.push(link.pair);
            next = link.before;
        }
        chain.pairs.reverse();
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn textbook(one: &str, other: &str) -> Chain {
        let (one, other) = (one.as_bytes(), other.as_bytes());
        let pair = |(a, b): Pair| Some(if one[a] == other[b] { 3.0 } else { -3.0 });
        let join = |(a, b): Pair, (c, d): Pair| match d > b {
            true => 2.0 * (c - a + d - b - 2) as f64,
            false => f64::INFINITY,
        };
        Aligner::default().chain(one.len(), other.len(), pair, join)
    }

    #[test]
    fn the_textbook_alignment_is_found() {
        // GTT-AC against GTTGAC: five matches of 3 less a gap of 2.
        let chain = textbook("TGTTACGG", "GGTTGACTA");
        assert_eq!(chain.score, 13.0);
        assert_eq!(chain.pairs, [(1, 1), (2, 2), (3, 3), (4, 5), (5, 6)]);
    }

    #[test]
    fn nothing_in_common_is_no_chain() {
        assert_eq!(textbook("AAA", "CCC"), Chain::default());
        assert_eq!(textbook("", "CCC"), Chain::default());
        assert_eq!(textbook("ACACACTA", "AGCACACA").score, 7.0 * 3.0 - 2.0 * 2.0);
    }
}
