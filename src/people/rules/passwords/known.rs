//! The lists of passwords that everybody knows; where they come from stands in `README.md` beside them.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::search::fold;

/// Words and phrases that begin every list of broken passwords and those of this place, one a line.
const FIRST: &str = include_str!("first.txt");
/// Passwords of broken sites, the most used first, one a line.
const POPULAR: &str = include_str!("popular.txt");
/// How many of them any guesser tries (ASVS 6.2.4).
const TOP: usize = 3_000;
/// No word is looked for beyond this; the longest of the lists are shorter.
pub(super) const LONGEST_WORD: usize = 40;

/// Every known word by its look, and how many steps it costs a guesser: what everybody tries first
/// one, of the three thousand most used two, of the rest three. A step is worth about as much as a
/// random character, so four words at random are a passphrase and two with a number are not.
pub(super) static KNOWN: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let mut known = HashMap::with_capacity(24 * 1024);
    let popular = POPULAR.lines().enumerate();
    let popular = popular.map(|(rank, word)| (word, if rank < TOP { 2 } else { 3 }));
    for (word, cost) in FIRST.lines().map(|word| (word, 1)).chain(popular) {
        let look: String = fold(word)
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '.' | ','))
            .map(look)
            .collect();
        known.entry(look).or_insert(cost);
    }
    known
});

/// The letter that a digit or sign is typed for: `P@55w0rd` looks like `password`.
pub(super) fn look(typed: char) -> char {
    match typed {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    }
}
