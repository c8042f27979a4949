//! References of applications: `2027H1-7K3F9Q`, which people read out on the telephone.

use crate::error::{Error, Result};

/// Crockford's base 32: no I, L, O, U, which look or sound like something else.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A fresh reference: the call's code and six random characters (30 bits). Whether it is taken
/// already is for the caller to see; the database holds that none is given twice.
///
/// # Errors
/// The operating system gives no randomness.
pub fn fresh(call: &str) -> Result<String> {
    let mut bytes = [0_u8; 6];
    getrandom::fill(&mut bytes).map_err(|err| Error::Internal(format!("no randomness: {err}")))?;
    let tail: String = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    Ok(format!("{call}-{tail}"))
}
