//! When a message that was not taken is sent again.

/// Milliseconds before the second attempt, the third, and so on: two days together, as Standard Webhooks advises.
const WAITS_MS: [i64; 8] = [5_000, 30_000, 120_000, 600_000, 1_800_000, 7_200_000, 36_000_000, 126_000_000];

/// How long to wait after so many attempts, and `None` after the last. Up to a tenth is added, by the message's number,
/// so that a receiver which comes back is not met by all messages at once.
pub(crate) fn wait_ms(attempts: u32, message: u64) -> Option<i64> {
    let wait_ms = *WAITS_MS.get(usize::try_from(attempts).ok()?.checked_sub(1)?)?;
    let tenths = message.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 57;
    Some(wait_ms + wait_ms / 10 * i64::try_from(tenths).unwrap_or(0) / 128)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After so many attempts a message is given up.
    const ATTEMPTS_MAX: u32 = WAITS_MS.len() as u32 + 1;

    #[test]
    fn waits_grow_and_end() {
        for message in 0..100 {
            let waits: Vec<i64> =
                (1..ATTEMPTS_MAX).map(|attempts| wait_ms(attempts, message).unwrap()).collect();
            assert!(waits.is_sorted_by(|one, next| one * 2 < *next));
            assert!(waits.iter().zip(WAITS_MS).all(|(wait, least)| (least..=least * 11 / 10).contains(wait)));
            assert_eq!(wait_ms(ATTEMPTS_MAX, message), None);
        }
        assert_ne!(wait_ms(3, 1), wait_ms(3, 2));
    }
}
