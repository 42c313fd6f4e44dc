//! The key of an exchange, and what is drawn from it.
//!
//! Names nothing of ours. The key is a SHA-256 over everything that a request depends on, and everything random about the
//! request is drawn from the key: that is what makes a replay exact.

use sha2::{Digest as _, Sha256};

/// A hash of named parts, as lower-case hex. Lengths go in too, so that no two lists of parts read alike.
#[must_use]
pub fn key(parts: &[(&str, &str)]) -> String {
    let mut hash = Sha256::new();
    for part in parts.iter().flat_map(|(name, value)| [*name, *value]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// A number drawn from a key for a purpose.
#[must_use]
pub fn draw(key: &str, purpose: &str) -> u64 {
    let drawn = Sha256::digest(format!("{purpose}:{key}").as_bytes());
    drawn.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A share drawn from a key, 0 to below 1.
#[must_use]
pub fn share(key: &str, purpose: &str) -> f64 {
    // 53 bits are what a double holds.
    (draw(key, purpose) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A marker of sixteen hex digits that nobody can know before the answer is written.
#[must_use]
pub fn marker(key: &str) -> String {
    format!("{:016x}", draw(key, "marker"))
}

/// A seed that every server can take: 31 bits.
#[must_use]
pub fn seed(key: &str) -> u32 {
    (draw(key, "seed") >> 33) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_join_alike_have_different_keys() {
        assert_ne!(key(&[("a", "bc")]), key(&[("ab", "c")]));
        assert_ne!(key(&[("a", "b"), ("c", "d")]), key(&[("a", "bcd")]));
        assert_eq!(key(&[("a", "b")]).len(), 64);
    }

    #[test]
    fn draws_differ_by_key_and_purpose_and_stay_in_range() {
        let keys: Vec<String> = (0..200).map(|n| key(&[("n", &n.to_string())])).collect();
        let mut markers: Vec<String> = keys.iter().map(|k| marker(k)).collect();
        markers.sort();
        markers.dedup();
        assert_eq!(markers.len(), 200);
        assert!(keys.iter().all(|k| (0.0..1.0).contains(&share(k, "x")) && seed(k) < 1 << 31));
        assert_ne!(draw(&keys[0], "marker"), draw(&keys[0], "seed"));
    }
}
