//! A logarithm and a square root from additions, multiplications and one division. Every target gives them the same
//! bits, and they cost a fraction of the software ones, which tier 1 would need several times per stream and frame.

/// The constant 2 / ln 2.
const TWO_LOG2_E: f64 = 2.885_390_081_777_926_8;
/// The constant ln 2.
const LN_2: f64 = core::f64::consts::LN_2;
/// The exponent bits of 1.0.
const BIAS: i64 = 1023;
/// Seed of the inverse square root: halving the exponent of a number by arithmetic on its bits.
const HALF_EXPONENT: u64 = 0x5FE6_EB50_C7B5_37A9;

/// The binary logarithm of a positive normal number, to about 1e-12. Anything else gives some finite number.
pub(crate) fn log2(x: f64) -> f64 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i64 - BIAS;
    let mantissa = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
    // From [1, 2) to [0.71, 1.42), where the series below is shortest.
    let is_upper = mantissa > core::f64::consts::SQRT_2;
    let near_one = if is_upper { 0.5 * mantissa } else { mantissa };
    let whole = exponent as f64 + if is_upper { 1.0 } else { 0.0 };
    let s = (near_one - 1.0) / (near_one + 1.0);
    let z = s * s;
    let series = 1.0
        + z * (1.0 / 3.0
            + z * (1.0 / 5.0
                + z * (1.0 / 7.0
                    + z * (1.0 / 9.0 + z * (1.0 / 11.0 + z * (1.0 / 13.0 + z * (1.0 / 15.0)))))));
    whole + TWO_LOG2_E * s * series
}

/// The natural logarithm of a positive normal number, to about 1e-12.
pub(crate) fn ln(x: f64) -> f64 {
    LN_2 * log2(x)
}

/// The square root of a number that is not negative, to about 1e-15 of itself; 0 for 0.
pub(crate) fn sqrt(x: f64) -> f64 {
    let half = 0.5 * x;
    let mut inverse = f64::from_bits(HALF_EXPONENT - (x.to_bits() >> 1));
    for _ in 0..4 {
        inverse *= 1.5 - half * inverse * inverse;
    }
    x * inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers over the range that tier 1 uses.
    fn numbers() -> impl Iterator<Item = f64> {
        (0..20_000_u32).map(|n| libm::exp2(f64::from(n) / 200.0 - 50.0) * (1.0 + f64::from(n % 7) / 7.0))
    }

    #[test]
    fn agree_with_libm() {
        for x in numbers() {
            assert!((log2(x) - libm::log2(x)).abs() < 1e-11, "{x}");
            assert!((ln(x) - libm::log(x)).abs() < 1e-11, "{x}");
            assert!((sqrt(x) / libm::sqrt(x) - 1.0).abs() < 1e-14, "{x}");
        }
    }

    #[test]
    fn exact_where_it_matters() {
        assert_eq!(log2(1.0), 0.0);
        assert_eq!(log2(8.0), 3.0);
        assert_eq!(sqrt(0.0), 0.0);
    }
}
