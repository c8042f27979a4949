//! Lines of plain text: at most so many columns, where a Chinese character takes two.

/// Columns that a text takes in a fixed-width font. A fair guess, good enough for wrapping: the
/// wide blocks of Unicode's East Asian Width count two, marks that join the letter before none.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

fn columns(c: char) -> usize {
    match u32::from(c) {
        0x300..=0x36F | 0x200B..=0x200D | 0xFE00..=0xFE0F | 0xE0100..=0xE01EF => 0,
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF01..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// Wraps `text` so that no line takes more than `limit` columns, the `indent` of every line after
/// the first included. Latin text breaks at spaces, Chinese between characters, but no line begins
/// with closing punctuation or ends with an opening bracket. An address (`https://…`, `a@b`) is
/// never broken, even when it is too long.
pub(super) fn wrap(text: &str, limit: usize, indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (i, paragraph) in text.split('\n').enumerate() {
        let mut line = Line::new(if i == 0 { "" } else { indent });
        for (word, space) in words(paragraph, limit.saturating_sub(width(indent))) {
            if !line.empty && line.columns + usize::from(space) + width(&word) > limit {
                lines.push(std::mem::replace(&mut line, Line::new(indent)).text);
            }
            line.push(&word, space);
        }
        lines.push(line.text);
    }
    lines
}

struct Line {
    text: String,
    columns: usize,
    empty: bool,
}

impl Line {
    fn new(indent: &str) -> Self {
        Self {
            text: indent.to_owned(),
            columns: width(indent),
            empty: true,
        }
    }

    fn push(&mut self, word: &str, space: bool) {
        if space && !self.empty {
            self.text.push(' ');
            self.columns += 1;
        }
        self.text.push_str(word);
        self.columns += width(word);
        self.empty = false;
    }
}

/// The pieces between which a line may break, each with whether a space stood before it.
fn words(paragraph: &str, limit: usize) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    for token in paragraph.split_whitespace() {
        let mut space = true;
        let mut word = String::new();
        let unbroken = token.contains("://") || token.contains('@');
        for c in token.chars() {
            let room = width(&word) + columns(c) <= limit;
            let may = !word.is_empty() && word.chars().last().is_some_and(|b| may_break(b, c));
            if (may || !room) && !unbroken {
                out.push((std::mem::take(&mut word), space));
                space = false;
            }
            word.push(c);
        }
        out.push((word, space));
    }
    out
}

/// May a line end after `before` and the next begin with `after`?
fn may_break(before: char, after: char) -> bool {
    (columns(before) == 2 || columns(after) == 2) && !opens(before) && !closes(after)
}

fn opens(c: char) -> bool {
    "（「『【《〈〔［｛(\u{201C}\u{2018}[".contains(c)
}

fn closes(c: char) -> bool {
    columns(c) == 0
        || "，。、；：！？）」』】》〉〕］｝…—－·,.;:!?)]\u{201D}\u{2019}%％".contains(c)
}
