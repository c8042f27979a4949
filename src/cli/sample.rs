//! `banyan sample`: the sample programme, loaded or begun again.

use clap::Subcommand;

use crate::config::Mode;
use crate::db::migrations::Mark;
use crate::error::{Error, Result};
use crate::house::House;

use super::say;

/// The sample programme.
#[derive(Subcommand)]
pub(super) enum Sample {
    /// Load the sample programme into an empty database.
    ///
    /// Prepares the schema when needed and marks the database as a sample. Refuses a database that
    /// holds a programme, and a house in production mode. Takes some seconds.
    Load,
    /// Drop everything and load the sample programme anew.
    ///
    /// Works only on a database that is marked as a sample; anything else is refused. All tables are
    /// taken down and built up again as their owner (`DATABASE_OWNER_URL` on a server of your own),
    /// with every account, letter and event in them. Stop `banyan run` and `banyan serve` first.
    Reset {
        /// Yes, everything in this database may go.
        #[arg(long)]
        yes: bool,
    },
}

/// Runs it.
pub(super) fn run(house: &House, command: &Sample) -> Result<()> {
    if house.site.config.mode != Mode::Sample {
        return Err(said(
            "this house is in production mode: no sample is loaded",
        ));
    }
    match command {
        Sample::Load => {
            house.migrate()?;
            if !house.is_empty()? {
                return Err(said(
                    "there is a programme already; `banyan sample reset --yes` begins anew",
                ));
            }
            house.mark(Mark::Sample)?;
        }
        Sample::Reset { yes } => {
            house.migrate()?;
            if house.marked()? != Mark::Sample.as_str() {
                return Err(said(
                    "this database is not marked as a sample: nothing done",
                ));
            }
            if !yes {
                return Err(said(
                    "everything in this database would go; say --yes if that is meant",
                ));
            }
            house.take_down()?;
            house.migrate()?;
            house.mark(Mark::Sample)?;
        }
    }
    crate::sample::load(&house.site)?;
    say("The sample programme is loaded. `banyan run` prints sign-in links.");
    Ok(())
}

fn said(text: &str) -> Error {
    Error::Internal(text.to_owned())
}
