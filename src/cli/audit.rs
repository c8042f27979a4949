//! `banyan audit`: history, computed again.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use crate::audit::seal::{self, Verified};
use crate::error::{Error, Result};
use crate::house::House;

use super::say;

/// Looks at history.
#[derive(Subcommand)]
pub(super) enum Audit {
    /// Compute the hash chain over all sealed events again and check every signed checkpoint.
    ///
    /// Prints how many events and checkpoints hold, how many events wait for the next seal (some
    /// seconds), the public key, and each fault in words. Exits with 0 when history is whole and with
    /// 1 on any fault.
    ///
    /// Whoever can write to the database can cut off the tail together with its checkpoints. Only a
    /// checkpoint that was kept elsewhere shows that: give its count and hash as --anchor. The last
    /// line of every run is the anchor to keep for the next one.
    Verify {
        /// A checkpoint kept outside this database: the count of events and its hash.
        #[arg(long, value_name = "N:HASH")]
        anchor: Option<String>,
        /// Answer as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    verified: &'a Verified,
    public_key: &'a str,
}

/// Runs it.
pub(super) fn run(house: &House, command: &Audit) -> Result<ExitCode> {
    let Audit::Verify { anchor, json } = command;
    let anchor = anchor.as_deref().map(parse).transpose()?;
    house.check_schema()?;
    let site = &house.site;
    let verified = seal::verify(&site.db, &site.keys, anchor)?;
    let key = seal::public_key(&site.keys);
    if *json {
        let answer = Answer {
            verified: &verified,
            public_key: &key,
        };
        say(&serde_json::to_string_pretty(&answer)
            .map_err(|err| Error::Internal(format!("writing JSON: {err}")))?);
    } else {
        say(&words(&verified, &key));
    }
    Ok(if verified.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn parse(text: &str) -> Result<(i64, &str)> {
    text.split_once(':')
        .and_then(|(count, hash)| Some((count.parse::<i64>().ok()?, hash)))
        .filter(|(count, hash)| *count > 0 && hash.len() == 64)
        .ok_or_else(|| {
            Error::Internal("--anchor is a count, a colon and 64 hexadecimal digits".to_owned())
        })
}

fn words(verified: &Verified, key: &str) -> String {
    let mut out = format!(
        "events       {}\ncheckpoints  {}\nunsealed     {}\npublic key   {key}\n",
        verified.events, verified.checkpoints, verified.unsealed
    );
    // Writing to a String cannot fail.
    for fault in &verified.faults {
        let _ = writeln!(out, "FAULT        {fault}");
    }
    if verified.faults.is_empty() {
        let _ = writeln!(out, "History is whole.");
    }
    let _ = write!(out, "anchor       {}", verified.anchor);
    out
}
