//! Finding people however their names are typed.
//!
//! The database keeps a person's [`search_tokens`] in a b-tree and a person is found when *every*
//! one of a query's [`search_terms`] is a prefix of *some* token. (Substring and text-search
//! operators cannot use an index under row-level security; prefixes can.) The tokens are chosen so
//! that this holds for a person's names in any order, with any spaces, hyphens and apostrophes put
//! in or left out between them.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::{Email, Names};

/// Names of more words than this are indexed one by one instead of in every order, which bounds
/// the tokens of one person.
const MAX_WORDS_IN_ANY_ORDER: usize = 10;

/// Case, width and accents folded away: `É`, `Ｅ` and `e` are the same to a searcher.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))
        // Up and down again, one character at a time, is Unicode's full case folding but for a few
        // letters of no living name: it makes `ß` into `ss` and every sigma alike.
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkd()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))
        .nfc()
        .collect()
}

/// The folded words of a text. Everything that is no letter or digit ends a word, and so does the
/// border between Han characters and others (`陳大文Peter` is two words).
fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last: Option<bool> = None;
    for c in fold(text).chars() {
        if !c.is_alphanumeric() {
            last = None;
            continue;
        }
        let han = is_han(c);
        match (out.last_mut(), last == Some(han)) {
            (Some(word), true) => word.push(c),
            _ => out.push(c.to_string()),
        }
        last = Some(han);
    }
    out
}

/// Han ideographs, all planes (Unicode blocks; U+3007 is the zero of names such as 〇).
fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{e000}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// From every word on, the rest joined: `[tai, man]` gives `taiman` and `man`. Any run of
/// neighbouring words written together is a prefix of one of these.
fn tails(words: &[String], into: &mut BTreeSet<String>) {
    into.extend((0..words.len()).map(|from| words.iter().skip(from).map(String::as_str).collect()));
}

/// The keys by which a person can be found: names in any order, the Chinese name from any
/// character on, the e-mail address whole and its local part by its words, the reference by its
/// parts. Keys that are a prefix of another are left out, since a search finds them anyway.
#[must_use]
pub fn search_tokens(names: &Names, email: Option<&Email>, reference: Option<&str>) -> Vec<String> {
    let mut keys = BTreeSet::new();
    let latin: Vec<Vec<String>> = [
        names.family_name(),
        names.given_names(),
        names.western_name(),
    ]
    .into_iter()
    .flatten()
    .map(words)
    .collect();
    if latin.iter().map(Vec::len).sum::<usize>() <= MAX_WORDS_IN_ANY_ORDER {
        for order in orders(&latin) {
            tails(&order, &mut keys);
        }
    } else {
        latin.iter().for_each(|name| tails(name, &mut keys));
    }
    for word in names.name_zh().map(words).unwrap_or_default() {
        let characters: Vec<String> = word.chars().map(String::from).collect();
        if word.starts_with(is_han) {
            tails(&characters, &mut keys);
        } else {
            keys.insert(word);
        }
    }
    if let Some(zh) = names.name_zh() {
        // A registry may write 歐陽 小明: found written together as well.
        tails(&words(zh), &mut keys);
    }
    if let Some(email) = email {
        keys.insert(email.identity().to_owned());
        let local = email.identity().split('@').next().unwrap_or_default();
        tails(&words(local), &mut keys);
    }
    if let Some(reference) = reference {
        let parts = words(reference);
        keys.extend(
            parts
                .iter()
                .map(|part| part.trim_start_matches('0').to_owned()),
        );
        tails(&parts, &mut keys);
    }
    keys.remove("");
    without_prefixes(keys)
}

/// Every order of at most three names, each as one row of words.
fn orders(names: &[Vec<String>]) -> Vec<Vec<String>> {
    let Some((first, rest)) = names.split_first() else {
        return vec![Vec::new()];
    };
    let mut out = Vec::new();
    for order in permutations(first, rest) {
        out.push(order.into_iter().flatten().cloned().collect());
    }
    out
}

fn permutations<'a>(first: &'a Vec<String>, rest: &'a [Vec<String>]) -> Vec<Vec<&'a Vec<String>>> {
    let smaller = match rest.split_first() {
        Some((next, others)) => permutations(next, others),
        None => vec![Vec::new()],
    };
    let mut out = Vec::new();
    for order in smaller {
        for at in 0..=order.len() {
            let mut longer = order.clone();
            longer.insert(at, first);
            out.push(longer);
        }
    }
    out
}

/// In a sorted set a key that is a prefix of another is a prefix of its successor.
fn without_prefixes(keys: BTreeSet<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for key in keys {
        match out.last_mut() {
            Some(last) if key.starts_with(last.as_str()) => *last = key,
            _ => out.push(key),
        }
    }
    out
}

/// The normalised words of a query. An e-mail address (or the beginning of one, with its `@`) is
/// one term. No terms means that nothing was asked for.
#[must_use]
pub fn search_terms(query: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for piece in query.split_whitespace() {
        let folded = fold(piece);
        if folded.contains('@') && !folded.starts_with('@') {
            terms.push(folded);
        } else {
            terms.extend(words(piece));
        }
    }
    let signs: String = fold(query)
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    if terms.is_empty() && !query.trim().is_empty() {
        // Signs alone begin no name: whoever asks for `%` is shown nobody, not everybody.
        terms.push(if signs.is_empty() {
            "\u{fffd}".to_owned()
        } else {
            signs
        });
    }
    terms
}

/// Does every term begin some token? This is the meaning that the database's query has too.
#[must_use]
pub fn matches(tokens: &[String], terms: &[String]) -> bool {
    terms
        .iter()
        .all(|term| tokens.iter().any(|token| token.starts_with(term.as_str())))
}
