//! What was met lately, by its hash, within a bound.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A hash map whose keys are hashes already, or small numbers that nobody outside chooses.
pub type ByHash<K, V> = HashMap<K, V, BuildHasherDefault<AlreadyHashed>>;

/// The values of hashes that were met lately: at least the last `limit` of them, at most twice as many.
///
/// There are two generations. What is met is kept in the young one; when that is full it becomes the old one, and
/// what the old one held is forgotten.
pub struct Recent<V> {
    young: ByHash<u128, V>,
    old: ByHash<u128, V>,
    limit: usize,
    /// Whether the old generation was met here, rather than given as met long ago.
    has_turned: bool,
}

impl<V: Copy> Recent<V> {
    /// Nothing was met yet.
    pub fn new(limit: usize) -> Self {
        Self { young: ByHash::default(), old: ByHash::default(), limit, has_turned: false }
    }

    /// The value of a hash, which is met hereby.
    pub fn get(&mut self, hash: u128) -> Option<V> {
        if let Some(value) = self.young.get(&hash) {
            return Some(*value);
        }
        let value = *self.old.get(&hash)?;
        self.insert(hash, value);
        Some(value)
    }

    /// Gives a hash a value.
    pub fn insert(&mut self, hash: u128, value: V) {
        if self.young.len() >= self.limit {
            self.old = std::mem::take(&mut self.young);
            self.has_turned = true;
        }
        self.young.insert(hash, value);
    }

    /// Gives a hash a value, unless it has one, as if it was met long ago.
    pub fn insert_old(&mut self, hash: u128, value: V) {
        self.old.entry(hash).or_insert(value);
    }

    /// What was met, as far as it is known, in no order.
    pub fn met(&self) -> impl Iterator<Item = (u128, V)> {
        let old = self.old.iter().filter(|_| self.has_turned);
        self.young.iter().chain(old).map(|(hash, value)| (*hash, *value))
    }
}

/// The hasher of keys that are hashes, or small numbers that nobody outside chooses.
#[derive(Default)]
pub struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }

    fn write_i64(&mut self, number: i64) {
        // Fibonacci hashing: the map looks at the highest bits too.
        self.0 = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_known_and_memory_is_bounded() {
        let mut recent = Recent::new(100);
        for number in 0..1000_u64 {
            recent.insert(u128::from(number), number);
            assert!(recent.young.len() <= 100 && recent.old.len() <= 100);
        }
        assert!((900..1000).all(|number| recent.get(u128::from(number)) == Some(number)));
        assert_eq!(recent.get(0), None);
    }

    #[test]
    fn what_is_met_again_stays() {
        let mut recent = Recent::new(10);
        recent.insert(7, 'a');
        for number in 100..1000 {
            recent.insert(number, 'b');
            assert_eq!(recent.get(7), Some('a'), "{number}");
        }
    }

    #[test]
    fn what_was_met_long_ago_gives_way() {
        let mut recent = Recent::new(10);
        recent.insert(1, 'n');
        recent.insert_old(1, 'o');
        recent.insert_old(2, 'o');
        assert_eq!(recent.met().collect::<Vec<_>>(), [(1, 'n')]);
        assert_eq!((recent.get(1), recent.get(2)), (Some('n'), Some('o')));
    }
}
