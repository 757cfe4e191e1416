//! The only door to floating-point functions. `libm` computes them in software, the same way on every target; the
//! platform's own differ in the last bit, and one bit is enough to break the promise of equal verdicts.

pub(crate) use libm::{exp, exp2, floor, ldexp, log as ln, log1p as ln_1p, log2, log10, sqrt};

/// The smallest spread that is told from "constant": relative to the size of the values, so that no unit matters.
pub(crate) const SPREAD_FLOOR: f64 = 1e-6;
