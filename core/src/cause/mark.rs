//! What was held against a stream in one frame, in sixteen bits.
//!
//! Of a value: decades by itself in fifths, decades apart from the others on a logarithmic scale, the silence before it in
//! eighths of the longest, and whether it was low. Of a missing one: decades of its silence in sixteenths.

use crate::math::{exp2, ln_brief, log10};
use crate::stream::StreamVerdict;

/// What leaving the others by as much as one in three hundred frames does is worth, in decades.
const DECADES_PER_UNIT: f64 = 3.0;
/// Scores below this speak against nobody.
const TELLING: f64 = 0.9;
/// Each part of a value's mark has this many steps.
const STEPS_MOST: f64 = 31.0;
const BITS: u32 = 5;
const BY_ITSELF_STEPS: f64 = 5.0;
const APART_STEPS: f64 = 5.0;
const QUIET_STEPS: f64 = 8.0;
const OVERDUE_STEPS: f64 = 16.0;
/// Beyond this nothing is told apart.
const BY_ITSELF_MOST: f64 = 6.0;
const OVERDUE_MOST: f64 = 12.0;
const APART_UNITS_MOST: f64 = 1e6;

/// The mark, read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Mark {
    /// How unlikely the value is for this stream, in decades.
    pub(crate) by_itself: f64,
    /// How far it is from what the others and the hour let expect, in decades.
    pub(crate) apart: f64,
    pub(crate) is_low: bool,
    /// How long nobody has acted, in units of the longest that this ever was.
    pub(crate) quiet: f64,
    /// How unlikely its absence is, in decades.
    pub(crate) overdue: f64,
}

impl Mark {
    /// Of a stream with a value.
    pub(crate) fn present(stream: &StreamVerdict, quiet: f64) -> u16 {
        let telling = stream.score.filter(|score| *score > TELLING);
        let by_itself = telling.map_or(0.0, |score| -log10((1.0 - score).max(1e-12))).min(BY_ITSELF_MOST);
        // The brief logarithm: this is done for every stream of every frame, and one of 32 steps is kept.
        let apart = match stream.apart {
            Some(apart) if apart > 0.0 => {
                let units = (1.0 + DECADES_PER_UNIT * apart).min(APART_UNITS_MOST) as f32;
                APART_STEPS * f64::from(ln_brief(units)) * core::f64::consts::LOG2_E
            }
            _ => 0.0,
        };
        steps(BY_ITSELF_STEPS * by_itself)
            | steps(apart) << BITS
            | steps(QUIET_STEPS * quiet) << (2 * BITS)
            | u16::from(stream.is_low) << (3 * BITS)
    }

    /// Of one without.
    pub(crate) fn missing(overdue: f64) -> u16 {
        (OVERDUE_STEPS * overdue.clamp(0.0, OVERDUE_MOST) + 0.5) as u16
    }

    pub(crate) fn read(bits: u16, is_present: bool) -> Self {
        if !is_present {
            return Self { overdue: f64::from(bits) / OVERDUE_STEPS, ..Self::default() };
        }
        let part = |place: u32| f64::from(bits >> (place * BITS) & ((1 << BITS) - 1));
        Self {
            by_itself: part(0) / BY_ITSELF_STEPS,
            apart: exp2(part(1) / APART_STEPS) - 1.0,
            quiet: part(2) / QUIET_STEPS,
            is_low: bits >> (3 * BITS) & 1 == 1,
            overdue: 0.0,
        }
    }
}

fn steps(x: f64) -> u16 {
    (x + 0.5).clamp(0.0, STEPS_MOST) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_within_a_step() {
        let stream =
            StreamVerdict { score: Some(0.999), apart: Some(2.0), is_low: true, ..StreamVerdict::default() };
        let mark = Mark::read(Mark::present(&stream, 1.3), true);
        assert!((mark.by_itself - 3.0).abs() <= 0.1 && (mark.apart / 6.0 - 1.0).abs() < 0.1);
        assert!((mark.quiet - 1.3).abs() <= 0.0625 && mark.is_low);
        let huge = StreamVerdict { score: Some(1.0), apart: Some(f64::INFINITY), ..stream };
        let mark = Mark::read(Mark::present(&huge, f64::NAN), true);
        assert!(mark.by_itself == BY_ITSELF_MOST && mark.apart > 70.0 && mark.quiet == 0.0);
        assert_eq!(Mark::read(Mark::missing(4.5), false).overdue, 4.5);
        assert_eq!(Mark::read(Mark::present(&StreamVerdict::default(), 0.0), true), Mark::default());
    }
}
