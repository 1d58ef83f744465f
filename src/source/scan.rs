//! Finds where the cells and lines of CSV may end, 64 bytes at a time.

use wide::u8x16;

/// How many bytes one step looks at.
pub const STEP: usize = 64;

/// Where marks stand among up to [`STEP`] bytes: bit 0 stands for the first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// The separator of cells, a comma or another.
    pub separators: u64,
    /// Double quotes and line feeds.
    pub others: u64,
}

/// Which of up to [`STEP`] bytes are marks.
pub fn marks(bytes: &[u8], separator: u8) -> Marks {
    let Some(bytes) = bytes.first_chunk::<STEP>() else { return marks_of_few(bytes, separator) };
    let [separator, quote, feed] = [separator, b'"', b'\n'].map(u8x16::splat);
    let (lanes, _) = bytes.as_chunks::<16>();
    let (mut separators, mut others) = (0, 0);
    for (i, lane) in lanes.iter().enumerate() {
        let lane = u8x16::new(*lane);
        separators |= u64::from(lane.simd_eq(separator).to_bitmask()) << (16 * i);
        others |= u64::from((lane.simd_eq(quote) | lane.simd_eq(feed)).to_bitmask()) << (16 * i);
    }
    Marks { separators, others }
}

fn marks_of_few(bytes: &[u8], separator: u8) -> Marks {
    let mut marks = Marks { separators: 0, others: 0 };
    for (i, byte) in bytes.iter().enumerate() {
        marks.separators |= u64::from(*byte == separator) << i;
        marks.others |= u64::from(matches!(byte, b'"' | b'\n')) << i;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn marks_are_the_three_bytes(
            bytes in proptest::collection::vec(proptest::sample::select(b",;\"\nax\xff".to_vec()), 0..80),
            separator in proptest::sample::select(b",;\t|".to_vec()),
        ) {
            let looked_at = bytes.len().min(STEP);
            for (i, byte) in bytes.iter().enumerate().take(looked_at) {
                let Marks { separators, others } = marks(&bytes, separator);
                proptest::prop_assert_eq!(separators >> i & 1 == 1, *byte == separator);
                proptest::prop_assert_eq!(others >> i & 1 == 1, b"\"\n".contains(byte));
            }
        }
    }
}
