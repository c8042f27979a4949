//! The offers room.
mod actions;
mod expiry;
mod pages;
mod plan;
mod race;
mod replay;
mod rules;

/// A small generator with a seed: the same run from the same seed, as far as threads allow.
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    /// One of these, if there are any.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() {
            return None;
        }
        let at = self.roll(from.len().try_into().unwrap());
        from.get(usize::try_from(at).unwrap())
    }
}
