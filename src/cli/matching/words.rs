//! What the match says, in words for the terminal.

use std::fmt::Write as _;
use std::path::Path;

use crate::matching::explain::{Band, Explanation, Lever, Standing, Why};
use crate::matching::quotas::{Bound, Guarantee, Refused};
use crate::matching::verify::Finding;
use crate::matching::{Fault, Instance, Summary, Table, Warning, Wrong};

/// File, line, column, and what was expected.
pub(super) fn fault(folder: &Path, fault: &Fault) -> String {
    let path = folder.join(fault.table.file());
    let mut out = format!("{}, line {}", path.display(), fault.line());
    // Writing to a String cannot fail.
    if !fault.column.is_empty() {
        let _ = write!(out, ", column {}", fault.column);
    }
    let _ = write!(out, ": {}", wrong(fault.table, &fault.wrong));
    out
}

fn wrong(table: Table, wrong: &Wrong) -> String {
    match wrong {
        Wrong::NoColumn => format!(
            "there is no such column; expected {}",
            table.columns().join(",")
        ),
        Wrong::ColumnTwice => "the header names this column twice; expected it once".to_owned(),
        Wrong::Fields { found, expected } => {
            format!("expected {expected} fields as in the header, found {found}")
        }
        Wrong::Unreadable(why) => format!("cannot be read: {why}"),
        Wrong::NotJson(why) => format!("expected the JSON of this file: {why}"),
        Wrong::NotText => "expected UTF-8".to_owned(),
        Wrong::LongLine => "expected a line of less than a mebibyte".to_owned(),
        Wrong::Quotes => {
            "expected a quoted field to open at its begin and close at its end, on one line"
                .to_owned()
        }
        Wrong::BlankLine => "expected a row, found a blank line".to_owned(),
        Wrong::NotAnId(found) => format!(
            "expected an id: some text without spaces at its ends, control characters or, in a \
             group, semicolons; found {found:?}"
        ),
        Wrong::NotWhole { found, least } => {
            format!("expected a whole number from {least}, found {found:?}")
        }
        Wrong::Duplicate(what) => format!("expected {what:?} once, found it again"),
        Wrong::Unknown { id, table } => {
            format!("expected an id of {}, found {id:?}", table.file())
        }
        Wrong::HalfAReserve => "expected both a group and its seats, or neither".to_owned(),
        Wrong::NotASeed => "expected an even number of hexadecimal digits".to_owned(),
        Wrong::NoSeed => "expected a seed, since a list has equal ranks".to_owned(),
        Wrong::Policy { found, expected } => {
            format!("expected policy version {expected:?}, found {found:?}")
        }
        Wrong::Refused(why) => refused(why),
        Wrong::TooMany => "expected fewer than 4,294,967,294 rows".to_owned(),
    }
}

fn bound(it: &Bound) -> String {
    match it {
        Bound::Seats { posting } => format!("the seats of {posting}"),
        Bound::GroupAtPosting { posting, group } => {
            format!("the cap on group {group} at {posting}")
        }
        Bound::Bank { bank } => format!("the cap of bank {bank}"),
        Bound::GroupAtBank { bank, group } => format!("the cap on group {group} at bank {bank}"),
        Bound::AcrossBanks { banks, group } => {
            let whom = group
                .as_ref()
                .map_or_else(String::new, |it| format!(" on group {it}"));
            let whose = if banks.is_empty() {
                "all banks".to_owned()
            } else {
                format!("banks {}", banks.join(", "))
            };
            format!("the cap{whom} across {whose}")
        }
    }
}

fn refused(why: &Refused) -> String {
    let mut out = match why {
        Refused::Crossing { one, other, shared } => {
            let both = shared
                .as_ref()
                .map_or_else(String::new, |it| format!(" ({it} counts in both groups)"));
            format!(
                "expected bounds that are nested or apart; {} crosses {}{both}",
                bound(other),
                bound(one)
            )
        }
        Refused::AcrossBanks(it) => format!(
            "expected bounds within one bank; {} belongs to admission",
            bound(it)
        ),
        Refused::ListsByPosting { bank } => format!(
            "expected one list of bank {bank}, since it has a cap and several postings; found lists \
             by posting"
        ),
        Refused::ReserveAndGroupCaps { posting } => {
            format!("expected either a reserve or caps on groups at {posting}, found both")
        }
        Refused::ReserveUnderCap { posting, bank } => {
            format!("expected no reserve at {posting}, since bank {bank} has a cap")
        }
        Refused::ReserveAboveSeats {
            posting,
            seats,
            held,
        } => format!("expected at most {seats} seats held, as many as {posting} has; found {held}"),
    };
    let lost: Vec<&str> = why.lost().iter().map(|it| guarantee(*it)).collect();
    if !lost.is_empty() {
        let _ = write!(
            out,
            ". It would no longer be certain that {}",
            lost.join("; ")
        );
    }
    out
}

fn guarantee(it: Guarantee) -> &'static str {
    match it {
        Guarantee::Stable => "the result is stable",
        Guarantee::BestForTrainees => "no stable result is better for any trainee",
        Guarantee::Truthful => "no trainee gains by a list that is not their true one",
    }
}

/// What is odd in a run.
pub(super) fn warning(it: &Warning) -> String {
    let text = match it {
        Warning::MoreSeatsThanTrainees { seats, trainees } => {
            format!("there are {seats} seats for {trainees} trainees")
        }
        Warning::CapAboveSeats { bank, cap, seats } => {
            format!("the cap of bank {bank}, {cap}, is above its {seats} seats and never binds")
        }
        Warning::SeatsAboveCap {
            posting,
            seats,
            cap,
        } => format!("{posting} has {seats} seats, of which its bank's cap lets {cap} be filled"),
        Warning::NoGroup { trainees, first } => format!(
            "groups count in this run, and {trainees} trainees are in none; the first is {first}"
        ),
        Warning::EmptyGroup { group } => format!("no trainee is in group {group}"),
        Warning::NoListOfBank { bank } => {
            format!("bank {bank} gave no list, nor did its postings: nobody can be placed there")
        }
    };
    format!("warning: {text}")
}

/// The figures of a result.
pub(super) fn summary(it: &Summary) -> String {
    let mean = it
        .mean_rank
        .map_or_else(|| "none".to_owned(), |it| format!("{it:.3}"));
    format!(
        "matched        {} of {}\nseats unfilled {} of {}\nfirst choice   {}\nfirst three    {}\n\
         mean rank      {mean}\nblocking pairs {}\ninput SHA-256  {}\noutput SHA-256 {}\nseed SHA-256   {}",
        it.matched,
        it.matched.saturating_add(it.unmatched),
        it.unfilled,
        it.seats,
        it.first_choice,
        it.top3,
        it.blocking_pairs,
        it.input_sha256,
        it.output_sha256,
        it.seed_sha256.as_deref().unwrap_or("none"),
    )
}

/// A violated check, with the row.
pub(super) fn finding(run: &Instance, finding: &Finding) -> String {
    let text = match finding {
        Finding::NoRow(it) => format!("{}: has no row in assignment.csv", run.trainee_id(*it)),
        Finding::TwoRows(it) => {
            format!(
                "{}: has more than one row in assignment.csv",
                run.trainee_id(*it)
            )
        }
        Finding::Stranger { row, id } => format!(
            "{id:?}: in assignment.csv, line {}, is not of this run",
            row.saturating_add(2)
        ),
        Finding::CutoffRows(id) => format!("{id:?}: expected one row of cut-offs"),
        Finding::ReasonRows(row) => format!(
            "reasons.csv, line {}: expected one reason for each choice",
            row.saturating_add(2)
        ),
        Finding::PlacedElsewhere(it) => {
            format!(
                "{}: a second run places them elsewhere",
                run.trainee_id(*it)
            )
        }
        Finding::OtherCutoffs => "a second run gives other cut-offs".to_owned(),
        Finding::Figure(name) => format!("summary.json: {name} is not that of this run and result"),
        Finding::OverSeats(..)
        | Finding::OverBankCap(..)
        | Finding::OverGroupCap(..)
        | Finding::Cutoff { .. }
        | Finding::BankCutoff { .. } => of_host(run, finding),
        Finding::NotListed(..)
        | Finding::NotRanked(..)
        | Finding::NotEligible(..)
        | Finding::NotChosen(..)
        | Finding::Blocking(..)
        | Finding::OtherReason(..) => pair(run, finding),
    };
    format!("{:?}  {text}", finding.check())
}

/// A violated check about a posting or bank.
fn of_host(run: &Instance, finding: &Finding) -> String {
    let cutoff = |it: &Option<u32>| it.map_or_else(|| "open".to_owned(), |it| it.to_string());
    match finding {
        Finding::OverSeats(it, held) => format!(
            "{}: holds {held} on {} seats",
            run.posting_id(*it),
            run.seats(*it)
        ),
        Finding::OverBankCap(it, held) => {
            format!("{}: holds {held}, more than its cap", run.bank_id(*it))
        }
        Finding::OverGroupCap(it, group, held) => format!(
            "{}: holds {held} of group {}, more than its cap",
            run.posting_id(*it),
            run.group_id(*group)
        ),
        Finding::Cutoff {
            posting,
            stored,
            found,
        } => format!(
            "{},{}: the cut-off is {}",
            run.posting_id(*posting),
            cutoff(stored),
            cutoff(found)
        ),
        Finding::BankCutoff {
            bank,
            stored,
            found,
        } => format!(
            "{},{}: the bank's cut-off is {}",
            run.bank_id(*bank),
            cutoff(stored),
            cutoff(found)
        ),
        _ => String::new(),
    }
}

/// A violated check about a trainee and a posting.
fn pair(run: &Instance, finding: &Finding) -> String {
    let (who, what, text) = match finding {
        Finding::NotListed(t, p) => (t, p, "the trainee did not list it"),
        Finding::NotRanked(t, p) => (t, p, "the list does not name the trainee"),
        Finding::NotEligible(t, p) => (t, p, "the trainee is not eligible"),
        Finding::NotChosen(t, p) => (t, p, "the bank would not choose the trainee"),
        Finding::Blocking(t, p) => (
            t,
            p,
            "the trainee would rather have it, and it would take them",
        ),
        Finding::OtherReason(t, p) => (t, p, "a second run gives another reason"),
        _ => return String::new(),
    };
    format!("{},{}: {text}", run.trainee_id(*who), run.posting_id(*what))
}

/// One person's reasons.
pub(super) fn explanation(run: &Instance, it: &Explanation) -> String {
    let mut out = format!("{}: ", run.trainee_id(it.trainee));
    // Writing to a String cannot fail.
    let _ = match it.received {
        Some(posting) => write!(out, "placed at {}", run.posting_id(posting)),
        None if it.lines.is_empty() => write!(out, "not placed, because there was no list"),
        None => write!(out, "not placed"),
    };
    for line in &it.lines {
        let posting = run.posting_id(line.posting);
        let _ = write!(out, "\n{:>4}. {posting}: {}", line.choice, why(&line.why));
        let levers: Vec<&str> = line.why.levers().iter().map(|it| lever(*it)).collect();
        if !levers.is_empty() {
            let _ = write!(
                out,
                " Listing it higher would not have changed this; {} could have.",
                levers.join(" or ")
            );
        }
    }
    out
}

fn why(it: &Why) -> String {
    match it {
        Why::Matched => "this is the placement.".to_owned(),
        Why::NotNeeded => "not needed, since a better choice was received.".to_owned(),
        Why::PostingWithdrawn => "the posting was withdrawn.".to_owned(),
        Why::NotEligible { rule } => format!("not eligible, by rule {rule}."),
        Why::NoList => "the bank gave no list.".to_owned(),
        Why::NotRanked => "not on the list of the bank.".to_owned(),
        Why::Full(at) => format!(
            "all seats went to others higher on the list{}.",
            standing(at)
        ),
        Why::BankCap { cap, standing: at } => {
            let cap = cap.map_or_else(String::new, |it| format!(" of {it}"));
            format!(
                "the bank's cap{cap} was used up by others higher on its list{}.",
                standing(at)
            )
        }
        Why::GroupCap { group } => {
            format!("the cap for group {group} was used up by others higher on the list.")
        }
        Why::Reserve { group, seats } => {
            let held = seats.map_or_else(|| "some".to_owned(), |it| it.to_string());
            format!("all seats were filled, {held} of them held for group {group}.")
        }
    }
}

fn standing(it: &Standing) -> String {
    let mut parts = Vec::new();
    if let Some(rank) = it.rank {
        parts.push(format!("own place {rank}"));
    }
    if let Some(cutoff) = it.cutoff {
        parts.push(format!("last place admitted {cutoff}"));
    }
    if let Some(band) = it.band {
        let quarter = match band {
            Band::First => "first",
            Band::Second => "second",
            Band::Third => "third",
            Band::Last => "last",
        };
        parts.push(format!("in the {quarter} quarter of the list"));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!(" ({})", parts.join(", "))
}

fn lever(it: Lever) -> &'static str {
    match it {
        Lever::Eligibility => "eligibility",
        Lever::ListOfBank => "a list from the bank",
        Lever::Ranking => "a place higher on the bank's list",
        Lever::Seats => "more seats",
        Lever::BankCap => "a higher cap of the bank",
        Lever::GroupCap => "a higher cap for the group",
        Lever::Reserve => "a smaller reserve",
    }
}
