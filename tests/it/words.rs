//! The texts of `src/lang`: complete in both languages, the Chinese that of Hong Kong, and each one said
//! somewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::{code, files, word};

/// Characters that are written otherwise in Traditional Chinese.
const SIMPLIFIED: &str =
    "个们为与术议访证务学业实习请这说话课时间问题进书长门见现电车东马发员关开经总给级";
/// Words of other places, with the word of Hong Kong.
const ELSEWHERE: &[(&str, &str)] = &[("隱私", "私隱"), ("郵件", "電郵"), ("線上", "網上")];

/// The string literals of one text, in order: English, perhaps the English plural, Chinese last.
fn literals(entry: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = entry.chars();
    while let Some(c) = chars.next() {
        if c != '"' {
            continue;
        }
        let mut literal = String::new();
        while let Some(c) = chars.next() {
            match c {
                '\\' => literal.extend(chars.next()),
                '"' => break,
                c => literal.push(c),
            }
        }
        found.push(literal);
    }
    found
}

/// The declarations of a block: what stands between semicolons that are not in a literal.
fn entries(block: &str) -> Vec<&str> {
    let (mut found, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in block.char_indices() {
        match c {
            '\\' if quoted && !escaped => {
                escaped = true;
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            ';' if !quoted => {
                found.push(block[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        escaped = false;
    }
    assert_eq!(block[start..].trim(), "", "a text ends with a semicolon");
    found
}

/// Every text: its name, and its literals.
fn texts() -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for (path, text) in files("src/lang", "rs") {
        let text = code(&text);
        for block in text.split("\ntexts! {\n").skip(1) {
            let block = block.split("\n}").next().unwrap();
            for entry in entries(block) {
                let pair = literals(entry);
                assert!(pair.len() >= 2, "{path}: {entry}");
                assert!(
                    all.insert(word(entry), pair).is_none(),
                    "{path}: {entry} twice"
                );
            }
        }
    }
    assert!(all.len() > 100, "texts are found");
    all
}

#[test]
fn every_text_is_translated_into_the_chinese_of_hong_kong() {
    let arguments = |text: &str| -> BTreeSet<String> {
        let parts = text.split('{').skip(1);
        parts
            .map(|part| part.split(['}', ':']).next().unwrap().to_owned())
            .collect()
    };
    for (name, pair) in texts() {
        let (english, chinese) = (pair.first().unwrap(), pair.last().unwrap());
        // Names, addresses and abbreviations may stand as they are; words may not.
        let words = english
            .split_whitespace()
            .any(|w| w.len() > 3 && w.chars().all(|c| c.is_ascii_lowercase()));
        assert!(!words || english != chinese, "{name} is not translated");
        assert!(!chinese.trim().is_empty(), "{name} has no Chinese");
        let simplified: String = chinese
            .chars()
            .filter(|c| SIMPLIFIED.contains(*c))
            .collect();
        assert_eq!(simplified, "", "{name}: {chinese}");
        for (word, ours) in ELSEWHERE {
            assert!(!chinese.contains(word), "{name}: {word} is {ours} here");
        }
        for argument in arguments(chinese) {
            let known = pair[..pair.len() - 1]
                .iter()
                .any(|it| arguments(it).contains(&argument));
            assert!(known, "{name}: only the Chinese tells {argument}");
        }
    }
}

#[test]
fn pages_have_no_words_of_their_own() {
    for (path, text) in files("templates", "html") {
        let chinese: String = text
            .chars()
            .filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c))
            .collect();
        assert_eq!(chinese, "", "{path}: words belong into src/lang");
    }
}

#[test]
fn every_text_is_said_somewhere() {
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    let sources = [files("src", "rs"), files("templates", "html")];
    for (_, text) in sources.iter().flatten() {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    let dead: Vec<String> = texts()
        .into_keys()
        .filter(|name| words.get(name).is_none_or(|times| *times < 2))
        .collect();
    assert_eq!(dead, Vec::<String>::new(), "texts that nobody says");
}
