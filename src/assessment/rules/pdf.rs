//! Who wrote a PDF, taken out of what a marker is given. Bytes change in their places: nothing moves, so
//! the document's own tables stay right.

/// Ends of names and tokens in a PDF.
fn blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0c | 0)
}

/// Where this comes next, from here on.
fn next(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let at = rest.windows(what.len()).position(|it| it == what)?;
    Some(from + at)
}

/// Longer than this is nobody's name: what looks like a string there is left alone.
const LONGEST: usize = 4_096;

/// Where the string that begins at `from` ends, if one does: `(…)` or `<…>`.
fn end(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let mut rest = rest.iter().copied().take(LONGEST).enumerate();
    match rest.next()?.1 {
        b'<' => rest
            .find(|(_, byte)| !byte.is_ascii_hexdigit() && !blank(*byte))
            .filter(|(_, byte)| *byte == b'>')
            .map(|(n, _)| from + n),
        b'(' => {
            let (mut depth, mut escaped) = (1_u32, false);
            for (n, byte) in rest {
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' => escaped = true,
                    b'(' => depth += 1,
                    b')' if depth == 1 => return Some(from + n),
                    b')' => depth -= 1,
                    _ => {}
                }
            }
            None
        }
        _ => None,
    }
}

/// Blanks text between tags, up to `end`.
fn text(bytes: &mut [u8], from: usize, end: usize) {
    let mut tag = false;
    for byte in bytes.iter_mut().take(end).skip(from) {
        match *byte {
            b'<' => tag = true,
            b'>' => tag = false,
            _ if !tag => *byte = b' ',
            _ => {}
        }
    }
}

/// Takes the author out of a document's own words about itself: `/Author` of its information, and the
/// creators of its XMP, as far as they are not compressed or encrypted.
pub fn without_author(bytes: &mut [u8]) {
    let mut from = 0;
    while let Some(at) = next(bytes, from, b"/Author") {
        from = at + b"/Author".len();
        let mut value = from;
        while bytes.get(value).copied().is_some_and(blank) {
            value += 1;
        }
        if let Some(end) = end(bytes, value) {
            for byte in bytes.iter_mut().take(end).skip(value + 1) {
                *byte = b' ';
            }
        }
    }
    let mut from = 0;
    while let Some(at) = next(bytes, from, b"<dc:creator") {
        let Some(end) = next(bytes, at, b"</dc:creator>") else {
            return;
        };
        if let Some(begun) = next(bytes, at, b">") {
            text(bytes, begun + 1, end);
        }
        from = end;
    }
}
