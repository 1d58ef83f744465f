//! Finds where the cells and lines of CSV may end, 64 bytes at a time.

use wide::u8x16;

/// How many bytes one step looks at.
pub const STEP: usize = 64;

/// Which of up to [`STEP`] bytes are a comma, a double quote or a line feed: bit 0 stands for the first byte.
pub fn marks(bytes: &[u8]) -> u64 {
    let Some(bytes) = bytes.first_chunk::<STEP>() else {
        let bits =
            bytes.iter().enumerate().map(|(i, byte)| u64::from(matches!(byte, b',' | b'"' | b'\n')) << i);
        return bits.fold(0, |marks, bit| marks | bit);
    };
    let [comma, quote, feed] = [b',', b'"', b'\n'].map(u8x16::splat);
    let (lanes, _) = bytes.as_chunks::<16>();
    lanes.iter().enumerate().fold(0, |marks, (i, lane)| {
        let lane = u8x16::new(*lane);
        let found = lane.simd_eq(comma) | lane.simd_eq(quote) | lane.simd_eq(feed);
        marks | u64::from(found.to_bitmask()) << (16 * i)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn marks_are_the_three_bytes(bytes in proptest::collection::vec(proptest::sample::select(b",\"\nax\xff".to_vec()), 0..80)) {
            let looked_at = bytes.len().min(STEP);
            for (i, byte) in bytes.iter().enumerate().take(looked_at) {
                proptest::prop_assert_eq!(marks(&bytes) >> i & 1 == 1, b",\"\n".contains(byte));
            }
        }
    }
}
