//! Reads a stored result. What cannot be read is a fault; what can be read and cannot be right is a
//! finding of the verifier, since that is what the verifier is for.

use super::super::fault::{Fault, Table};
use super::super::index::{Group, Posting, Rule, Trainee};
use super::super::instance::Instance;
use super::super::names::Names;
use super::super::outcome::{Outcome, Reason};
use super::super::verify::Finding;
use super::Source;
use super::csv::Sheet;

/// The tables of a result.
pub struct Stored<'s> {
    /// `assignment.csv`.
    pub assignment: Source<'s>,
    /// `cutoffs.csv`.
    pub cutoffs: Source<'s>,
    /// `bank_cutoffs.csv`.
    pub bank_cutoffs: Source<'s>,
    /// `reasons.csv`.
    pub reasons: Source<'s>,
}

/// Reads a result of this run, with what is wrong with its rows.
///
/// # Errors
/// A table that is not one: no header, not UTF-8, a cut-off that is no number.
pub fn read_result(run: &Instance, stored: Stored<'_>) -> Result<(Outcome, Vec<Finding>), Fault> {
    let mut findings = Vec::new();
    let assignment = assignment(run, stored.assignment, &mut findings)?;
    let (table, names) = (Table::Cutoffs, &run.postings);
    let postings = cutoffs(table, names, stored.cutoffs, &mut findings)?;
    let (table, names) = (Table::BankCutoffs, &run.banks);
    let banks = cutoffs(table, names, stored.bank_cutoffs, &mut findings)?;
    let reasons = reasons(run, stored.reasons, &mut findings)?;
    let outcome = Outcome {
        assignment,
        cutoffs: postings,
        bank_cutoffs: banks,
        reasons,
    };
    Ok((outcome, findings))
}

fn assignment(
    run: &Instance,
    source: Source<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Option<Posting>>, Fault> {
    let mut found: Vec<Option<Option<Posting>>> = vec![None; run.trainees.len()];
    let mut sheet = Sheet::open(Table::Assignment, source)?;
    while sheet.next_row()? {
        let (who, what) = (sheet.get(0), sheet.get(1));
        let posting = run.find_posting(what);
        let stranger = |id: &str| Finding::Stranger {
            row: sheet.row(),
            id: id.to_owned(),
        };
        if posting.is_none() && !what.is_empty() {
            findings.push(stranger(what));
        }
        let Some(trainee) = run.find_trainee(who) else {
            findings.push(stranger(who));
            continue;
        };
        match found.get_mut(trainee.at()) {
            Some(row @ None) => *row = Some(posting),
            _ => findings.push(Finding::TwoRows(trainee)),
        }
    }
    for (trainee, row) in run.all_trainees().zip(&found) {
        if row.is_none() {
            findings.push(Finding::NoRow(trainee));
        }
    }
    Ok(found.into_iter().map(Option::flatten).collect())
}

fn cutoffs(
    table: Table,
    names: &Names,
    source: Source<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Option<u32>>, Fault> {
    let mut found: Vec<Option<Option<u32>>> = vec![None; names.len()];
    let mut sheet = Sheet::open(table, source)?;
    while sheet.next_row()? {
        let id = sheet.get(0);
        let cutoff = sheet.whole(1, 0)?;
        match names.find(id).and_then(|at| found.get_mut(at)) {
            Some(row @ None) => *row = Some(cutoff),
            _ => findings.push(Finding::CutoffRows(id.to_owned())),
        }
    }
    for (at, row) in found.iter().enumerate() {
        if row.is_none() {
            findings.push(Finding::CutoffRows(names.get(at).to_owned()));
        }
    }
    Ok(found.into_iter().map(Option::flatten).collect())
}

/// Reads the reasons into the rows of the trainees' lists. One row for each choice, and one without a
/// posting for each trainee who has none; anything else is a finding.
fn reasons(
    run: &Instance,
    source: Source<'_>,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Reason>, Fault> {
    let mut found: Vec<Option<Reason>> = vec![None; run.lists.items().len()];
    let mut without: Vec<bool> = run
        .all_trainees()
        .map(|it| run.list(it).is_empty())
        .collect();
    let mut sheet = Sheet::open(Table::Reasons, source)?;
    let (mut last, mut choice) = (0_usize, 0_usize);
    while sheet.next_row()? {
        let before = last;
        let Some(at) = run.trainees.find_near(sheet.get(0), &mut last) else {
            findings.push(Finding::ReasonRows(sheet.row()));
            continue;
        };
        choice = if at == before { choice } else { 0 };
        let sound = if sheet.get(1).is_empty() {
            let whole = sheet.get(2) == "NO_LIST" && sheet.get(3).is_empty();
            let wanted = without.get_mut(at).map(std::mem::take);
            whole && wanted == Some(true)
        } else {
            match choice_of(run, Trainee::new(at), sheet.get(1), &mut choice) {
                Some(place) => {
                    let reason = reason(run, sheet.get(2), sheet.get(3));
                    let row = found.get_mut(place).filter(|it| it.is_none());
                    let taken = row.map(|it| *it = reason).is_some();
                    taken && reason.is_some()
                }
                None => false,
            }
        };
        if !sound {
            findings.push(Finding::ReasonRows(sheet.row()));
        }
    }
    if without.contains(&true) || found.contains(&None) {
        findings.push(Finding::ReasonRows(sheet.row()));
    }
    // A missing one reads as a reason that no choice above or below a match can have.
    let missing = Reason::Matched;
    Ok(found.into_iter().map(|it| it.unwrap_or(missing)).collect())
}

/// The place of a posting among all choices; `choice` is where it is looked for first, since rows
/// usually stand in the order of the list.
fn choice_of(run: &Instance, trainee: Trainee, posting: &str, choice: &mut usize) -> Option<usize> {
    let list = run.list(trainee);
    let is = |it: &Posting| run.posting_id(*it) == posting;
    if !list.get(*choice).is_some_and(is) {
        *choice = list.iter().position(is)?;
    }
    let place = run.lists.span(trainee.at()).start.checked_add(*choice);
    *choice = choice.saturating_add(1);
    place
}

/// A reason from its name and detail; `None` when the two do not make one.
fn reason(run: &Instance, code: &str, detail: &str) -> Option<Reason> {
    let mut pairs = detail.split(';').map(|it| it.split_once('='));
    let mut value = |name: &str| {
        let (found, value) = pairs.next()??;
        (found == name).then_some(value)
    };
    let number = |text: &str| text.parse::<u32>().ok();
    let group = |text: &str| run.groups.find(text).map(Group::new);
    let read = match code {
        "MATCHED" => Reason::Matched,
        "NOT_NEEDED" => Reason::NotNeeded,
        "POSTING_WITHDRAWN" => Reason::PostingWithdrawn,
        "NO_LIST" => Reason::NoList,
        "NOT_RANKED" => Reason::NotRanked,
        // A rule may hold any text.
        "NOT_ELIGIBLE" => Reason::NotEligible {
            rule: Rule::new(run.rules.find(detail.strip_prefix("rule=")?)?),
        },
        "FULL" => Reason::Full {
            cutoff: number(value("cutoff")?)?,
            rank: number(value("rank")?)?,
        },
        "BANK_CAP" => Reason::BankCap {
            cap: number(value("cap")?)?,
            rank: number(value("rank")?)?,
        },
        "GROUP_CAP" => Reason::GroupCap {
            group: group(value("group")?)?,
        },
        "RESERVE" => Reason::Reserve {
            group: group(value("group")?)?,
            seats: number(value("seats")?)?,
        },
        _ => return None,
    };
    // Written again it must be the same: no detail too many, no other way to write a number.
    let mut again = String::new();
    read.write_detail(run, &mut again);
    (again == detail).then_some(read)
}
