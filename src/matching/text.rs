//! Numbers as text, without a formatter: millions of ranks are a good part of a large run's time.

/// Appends a number in decimal digits.
pub(crate) fn push_number(out: &mut String, mut n: u32) {
    let mut digits = [0_u8; 10];
    let mut begin = digits.len();
    loop {
        begin = begin.saturating_sub(1);
        if let Some(digit) = digits.get_mut(begin) {
            *digit = b'0'.saturating_add(u8::try_from(n % 10).unwrap_or(0));
        }
        n /= 10;
        if n == 0 {
            break;
        }
    }
    let text = digits
        .get(begin..)
        .and_then(|it| std::str::from_utf8(it).ok());
    out.push_str(text.unwrap_or_default());
}
