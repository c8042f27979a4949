//! Two things at once, where neither needs the other: what large runs spend most of their time on comes
//! in pairs. What is made does not depend on which is done first.

/// Does both, the first in a thread of its own, and waits for both. A panic of either is passed on.
pub fn beside<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        let one = one
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (one, other)
    })
}
