//! From effects to causes: weight walks against the links, as far as the cause is odd as well.

use alloc::vec;
use alloc::vec::Vec;

/// An effect counts as odd as this at least: who is hardly odd explains nothing, however little there is to explain.
const ODD_LEAST: f64 = 0.5;

/// How far weight walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To the next cause and the one before it: each stream has its own story.
    Near,
    /// Along a chain of causes: they are all asked about one stream.
    Far,
}

impl Reach {
    /// Steps, and what a cause as odd as its effect takes of the effect's weight in each.
    fn stride(self) -> (usize, f64) {
        match self {
            Self::Near => (2, 0.4),
            Self::Far => (5, 0.5),
        }
    }
}

/// For each place, what stands directly upstream of it; each once, in the order of the links.
pub(super) fn links(pairs: impl Iterator<Item = (usize, usize)>, count: usize) -> Vec<Vec<usize>> {
    let mut causes = vec![Vec::new(); count];
    for (from, to) in pairs.filter(|(from, to)| from != to) {
        let known: &mut Vec<usize> = &mut causes[to];
        if !known.contains(&from) {
            known.push(from);
        }
    }
    causes
}

/// Moves weights. `explains` is how odd each place is; of several causes the odder takes more, by the square.
pub(super) fn walk(
    weights: &mut Vec<f64>,
    explains: &[f64],
    causes: &[Vec<usize>],
    goes_along: impl Fn(usize, usize) -> f64,
    reach: Reach,
) {
    let (steps, share) = reach.stride();
    for _ in 0..steps {
        let mut moved = weights.clone();
        for (place, causes) in causes.iter().enumerate() {
            if weights[place] <= 0.0 || explains[place] <= 0.0 {
                continue;
            }
            let strengths: Vec<f64> =
                causes.iter().map(|&cause| explains[cause] * goes_along(cause, place)).collect();
            let squares: f64 = strengths.iter().map(|x| x * x).sum();
            if squares <= 0.0 {
                continue;
            }
            let most = strengths.iter().copied().fold(0.0, f64::max);
            let as_odd = (most / explains[place].max(ODD_LEAST)).min(1.0);
            let taken = share * as_odd * as_odd * weights[place];
            moved[place] -= taken;
            for (&cause, strength) in causes.iter().zip(&strengths) {
                moved[cause] += taken * strength * strength / squares;
            }
        }
        *weights = moved;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_walks_to_causes_that_are_odd_themselves() {
        let causes = links([(0, 1), (0, 1), (1, 2), (3, 2), (2, 2)].into_iter(), 4);
        assert_eq!(causes, [vec![], vec![0], vec![1, 3], vec![]]);
        let mut weights = vec![1.0, 2.0, 2.0, 0.0];
        walk(&mut weights, &[1.0, 2.0, 2.0, 0.0], &causes, |_, _| 1.0, Reach::Near);
        // A half-odd cause takes a quarter of a share, twice; a calm one takes nothing.
        let [second, third] = [2.0 - 0.1 * 2.0 + 0.4 * 2.0, 2.0 - 0.4 * 2.0];
        let expected = [1.2 + 0.1 * second, 0.9 * second + 0.4 * third, 0.6 * third, 0.0];
        assert!(weights.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{weights:?}");
        let mut calm = vec![0.1, 0.1];
        walk(&mut calm, &[0.1; 2], &causes[..2], |_, _| 1.0, Reach::Near);
        assert!(calm[0] < 0.105, "who is hardly odd explains nothing: {calm:?}");
        let before: f64 = weights.iter().sum();
        walk(&mut weights, &[1.0; 4], &causes, |_, _| 1.0, Reach::Far);
        assert!((weights.iter().sum::<f64>() - before).abs() < 1e-12, "nothing is lost on the way");
    }
}
