//! The only door to floating-point functions. `libm` computes them in software, the same way on every target; the
//! platform's own differ in the last bit, and one bit is enough to break the promise of equal verdicts.

pub(crate) use libm::{cos, erfc, exp, exp2, floor, ldexp, log as ln, log1p as ln_1p, log2, log10, sin};

/// The square root: correctly rounded, and so the same everywhere. libm's own goes bit by bit, and wasm has an
/// instruction for it, which without std is only found among those for vectors.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
pub(crate) fn sqrt(x: f64) -> f64 {
    use core::arch::wasm32::{f64x2_extract_lane, f64x2_splat, f64x2_sqrt};
    f64x2_extract_lane::<0>(f64x2_sqrt(f64x2_splat(x)))
}
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) use libm::sqrt;

/// The smallest spread that is told from "constant": relative to the size of the values, so that no unit matters.
pub(crate) const SPREAD_FLOOR: f64 = 1e-6;

/// The greater of two numbers; the second where they can not be compared. One instruction, and one for each vector of a
/// loop: the standard library's `max` looks for NaN, which wasm does in a function of its own.
#[inline(always)]
pub(crate) fn greater<T: PartialOrd>(one: T, other: T) -> T {
    if one > other { one } else { other }
}

/// The lesser of two numbers; the second where they can not be compared.
#[inline(always)]
pub(crate) fn lesser<T: PartialOrd>(one: T, other: T) -> T {
    if one < other { one } else { other }
}

/// The natural logarithm of a normal positive number, to about seven digits. Only elementwise additions,
/// multiplications and one division, so that a loop over it becomes vector code with the same bits everywhere; libm's
/// would cost more than all else that is done for a stream.
pub(crate) fn ln_brief(x: f32) -> f32 {
    // Exponent and mantissa, the mantissa between sqrt(1/2) and sqrt(2).
    let bits = x.to_bits();
    let exponent = (bits.wrapping_sub(0x3f35_04f3) as i32) >> 23;
    let mantissa = f32::from_bits(bits.wrapping_sub((exponent as u32) << 23));
    // ln m = 2 atanh((m - 1) / (m + 1)); the first term left out is below 1e-9.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let t = s * s;
    let series = 2.0 + t * (2.0 / 3.0 + t * (2.0 / 5.0 + t * (2.0 / 7.0 + t * (2.0 / 9.0))));
    exponent as f32 * core::f32::consts::LN_2 + s * series
}

/// One over the square root of a normal positive number, by Newton's steps from a guess at the exponent, for loops over
/// lanes.
pub(crate) fn inverse_sqrt_brief(x: f32) -> f32 {
    let half = 0.5 * x;
    let mut y = f32::from_bits(0x5f37_59df_u32.wrapping_sub(x.to_bits() >> 1));
    for _ in 0..3 {
        y *= 1.5 - half * y * y;
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brief_functions_are_close_to_the_long_ones() {
        for n in 1..20_000_u32 {
            let x = f64::from(n) * f64::from(n) * 1e-4;
            let log_error = f64::from(ln_brief(x as f32)) - ln(f64::from(x as f32));
            assert!(log_error.abs() < 1e-6 * (1.0 + ln(x).abs()), "ln {x}: {log_error:e}");
            assert!((f64::from(inverse_sqrt_brief(x as f32)) * sqrt(x) - 1.0).abs() < 1e-6, "{x}");
        }
    }
}
