//! What nobody can foresee: ids of scripts and the numbers that stand for trainees. Both are read by
//! markers, and neither may tell an order of names or of joining.

use std::collections::BTreeSet;

use uuid::Builder;

use crate::error::{Error, Result};
use crate::ids::ScriptId;

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|err| Error::Internal(format!("no randomness: {err}")))?;
    Ok(bytes)
}

/// An id of random bits alone: unlike others it does not sort by creation.
pub(super) fn script_id() -> Result<ScriptId> {
    Ok(ScriptId(Builder::from_random_bytes(random()?).into_uuid()))
}

/// A number of six digits that nobody of this assessment has: a class leaves nearly all of them empty, so
/// that a number says nothing of when it was given.
pub(super) fn number(taken: &mut BTreeSet<i32>) -> Result<i32> {
    loop {
        let drawn = u32::from_le_bytes(random()?) % 900_000;
        let number = 100_000 + i32::try_from(drawn).unwrap_or_default();
        if taken.insert(number) {
            return Ok(number);
        }
    }
}
