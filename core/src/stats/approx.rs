//! A logarithm from additions and multiplications alone. Every target gives it the same bits, and it costs a fraction of
//! the software one, which tier 1 would need several times per stream and frame.

/// The constant ln 2.
const LN_2: f64 = core::f64::consts::LN_2;
/// The constant 1 / ln 2.
const LOG2_E: f64 = core::f64::consts::LOG2_E;
/// The exponent of 1.0.
const BIAS: i64 = 1023;
/// The bits of a number that say how far it is between two powers of two.
const MANTISSA: u64 = 0x000F_FFFF_FFFF_FFFF;
/// The bits of 1.0.
const ONE: u64 = 0x3FF0_0000_0000_0000;
/// Pieces into which the way from one power of two to the next is cut.
const PIECES: usize = 128;

/// For each piece the inverse of its middle, and the binary logarithm of that middle.
static LOGARITHMS: [[f64; 2]; PIECES] = logarithms();

const fn logarithms() -> [[f64; 2]; PIECES] {
    let mut table = [[0.0; 2]; PIECES];
    let mut piece = 0;
    while piece < PIECES {
        let middle = 1.0 + (piece as f64 + 0.5) / PIECES as f64;
        // The series of the inverse hyperbolic tangent, from its small end: s is at most 1/3.
        let s = (middle - 1.0) / (middle + 1.0);
        let mut sum = 0.0;
        let mut power = 41;
        while power > 0 {
            sum = 1.0 / power as f64 + s * s * sum;
            power -= 2;
        }
        table[piece] = [1.0 / middle, 2.0 * LOG2_E * s * sum];
        piece += 1;
    }
    table
}

/// The binary logarithm of a positive normal number, to about 1e-12. Anything else gives some finite number.
#[inline]
pub(crate) fn log2(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i64 - BIAS;
    let mantissa = f64::from_bits((bits & MANTISSA) | ONE);
    let [inverse, logarithm] = LOGARITHMS[(bits >> 45) as usize % PIECES];
    // How far from the middle of the piece: at most 1/256.
    let r = mantissa * inverse - 1.0;
    let near = r * (1.0 - r * (1.0 / 2.0 - r * (1.0 / 3.0 - r * (1.0 / 4.0))));
    exponent as f64 + (logarithm + LOG2_E * near)
}

/// The natural logarithm of a positive normal number, to about 1e-12.
#[inline]
pub(crate) fn ln(x: f64) -> f64 {
    LN_2 * log2(x)
}

/// The decimal logarithm of a positive normal number, to about 1e-12.
#[inline]
pub(crate) fn log10(x: f64) -> f64 {
    core::f64::consts::LOG10_2 * log2(x)
}

/// A binary logarithm for bounds: at most [`ROUGH_MOST`] too small and never too large, for positive normal numbers. The
/// bits of a number are a logarithm already, with straight lines between powers of two.
#[inline]
pub(crate) fn log2_rough(x: f64) -> f64 {
    const PER_OCTAVE: f64 = (1_u64 << 52) as f64;
    (x.to_bits().cast_signed() - ONE.cast_signed()) as f64 * (1.0 / PER_OCTAVE)
}

/// How far a logarithm lies above the straight line, a little rounded up.
pub(crate) const ROUGH_MOST: f64 = 0.087;

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers over the range that tier 1 uses.
    fn numbers() -> impl Iterator<Item = f64> {
        (0..20_000_u32).map(|n| libm::exp2(f64::from(n) / 200.0 - 50.0) * (1.0 + f64::from(n % 7) / 7.0))
    }

    #[test]
    fn a_rough_logarithm_is_a_bound() {
        for x in numbers() {
            let above = log2(x) - log2_rough(x);
            assert!((-1e-11..ROUGH_MOST - 1e-4).contains(&above), "{x}: {above}");
        }
    }

    #[test]
    fn agree_with_libm() {
        for x in numbers() {
            assert!((log2(x) - libm::log2(x)).abs() < 1e-11, "{x}: {}", log2(x) - libm::log2(x));
            assert!((ln(x) - libm::log(x)).abs() < 1e-11, "{x}");
            assert!((log10(x) - libm::log10(x)).abs() < 1e-11, "{x}");
        }
    }
}
