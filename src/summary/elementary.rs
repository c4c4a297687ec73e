//! Logarithm and exponential that give the same bits on every machine.
//!
//! The standard library's may differ from platform to platform in the last place, which is enough to turn a tie. These
//! use nothing but the operations that IEEE 754 defines to the last bit.

use std::f32::consts::{LN_2, LOG2_E, SQRT_2};

/// 1.5 × 2^23: what is added to it, if not too great either way, loses its fraction.
const NO_FRACTION: f32 = 12_582_912.0;

/// The natural logarithm of a positive, finite number, to about six digits. It has no branches, so that a compiler may
/// reckon several at once.
#[inline]
#[must_use]
pub fn ln(x: f32) -> f32 {
    let bits = x.max(f32::MIN_POSITIVE).to_bits();
    #[expect(clippy::cast_precision_loss, reason = "a whole number up to 255")]
    let exponent = (bits >> 23) as f32 - 127.0;
    let mantissa = f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000);
    let is_great = mantissa > SQRT_2;
    let mantissa = if is_great { mantissa * 0.5 } else { mantissa };
    let exponent = if is_great { exponent + 1.0 } else { exponent };
    // ln m = 2 artanh((m − 1) / (m + 1)), of which the series converges fast near 1.
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let t2 = t * t;
    exponent * LN_2 + 2.0 * t * (1.0 + t2 * (1.0 / 3.0 + t2 * (1.0 / 5.0 + t2 * (1.0 / 7.0))))
}

/// *e* to the power of `x`, to about six digits; saturates instead of overflowing. It has no branches either.
#[inline]
#[must_use]
pub fn exp(x: f32) -> f32 {
    let power = (x * LOG2_E).clamp(-125.0, 125.0);
    // The nearest whole number: a sum beyond 2^23 has no place for a fraction, and ends in the bits of the number.
    let sum = power + NO_FRACTION;
    let whole = sum - NO_FRACTION;
    let t = (power - whole) * LN_2;
    let fraction = 1.0 + t * (1.0 + t * (1.0 / 2.0 + t * (1.0 / 6.0 + t * (1.0 / 24.0 + t * (1.0 / 120.0)))));
    fraction * f32::from_bits(sum.to_bits().wrapping_add(127) << 23)
}

/// The logistic function: from 0 to 1, 0.5 at 0.
#[inline]
#[must_use]
pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_near_the_libraries() {
        for step in 1..2000u16 {
            let x = f32::from(step) * 0.037;
            assert!((ln(x) - x.ln()).abs() <= 2e-6 * (1.0 + x.ln().abs()), "ln {x}");
            let y = f32::from(step) * 0.02 - 20.0;
            assert!((exp(y) / y.exp() - 1.0).abs() < 1e-5, "exp {y}");
        }
        assert_eq!(ln(1.0).to_bits(), 0.0f32.to_bits());
        assert_eq!(exp(0.0).to_bits(), 1.0f32.to_bits());
        assert!(logistic(1e9) <= 1.0 && logistic(-1e9) >= 0.0 && logistic(f32::INFINITY).is_finite());
    }
}
