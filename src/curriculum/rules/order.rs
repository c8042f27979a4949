//! The order of a list that people arrange.

/// The list with what stood at `from` at `to`; the others keep their order. Out of range nothing moves.
#[must_use]
pub fn moved<T: Clone>(all: &[T], from: usize, to: usize) -> Vec<T> {
    let mut all = all.to_vec();
    if from < all.len() && to < all.len() {
        let it = all.remove(from);
        all.insert(to, it);
    }
    all
}
