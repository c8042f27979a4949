//! Writes a run, and its result.

use std::io::{self, Write};

use super::super::fault::Table;
use super::super::index::{Posting, Trainee, number};
use super::super::instance::{Instance, Orders};
use super::super::names::Names;
use super::super::outcome::Outcome;
use super::super::text::push_number;
use super::csv::{Rows, field};

/// Writes one of the tables of a result: `assignment`, `cutoffs`, `bank_cutoffs` or `reasons`. Rows
/// are in the order of the run's trainees, postings and banks, so that equal runs give equal bytes.
/// Any other table has no rows here.
///
/// # Errors
/// What the stream says.
pub fn write_result(
    run: &Instance,
    outcome: &Outcome,
    table: Table,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = Rows::new(table, out);
    match table {
        Table::Assignment => {
            for trainee in run.all_trainees() {
                field(&mut rows.text, run.trainee_id(trainee));
                rows.text.push(',');
                if let Some(posting) = outcome.of(trainee) {
                    field(&mut rows.text, run.posting_id(posting));
                }
                rows.end()?;
            }
        }
        Table::Cutoffs => cutoffs(&mut rows, &run.postings, &outcome.cutoffs)?,
        Table::BankCutoffs => cutoffs(&mut rows, &run.banks, &outcome.bank_cutoffs)?,
        Table::Reasons => reasons(&mut rows, run, outcome)?,
        _ => {}
    }
    rows.finish()
}

fn cutoffs(rows: &mut Rows<'_>, names: &Names, cutoffs: &[Option<u32>]) -> io::Result<()> {
    for (at, cutoff) in cutoffs.iter().enumerate() {
        field(&mut rows.text, names.get(at));
        rows.text.push(',');
        if let Some(cutoff) = cutoff {
            push_number(&mut rows.text, *cutoff);
        }
        rows.end()?;
    }
    Ok(())
}

fn reasons(rows: &mut Rows<'_>, run: &Instance, outcome: &Outcome) -> io::Result<()> {
    let mut detail = String::new();
    for trainee in run.all_trainees() {
        let list = run.list(trainee);
        if list.is_empty() {
            field(&mut rows.text, run.trainee_id(trainee));
            rows.text.push_str(",,NO_LIST,");
            rows.end()?;
        }
        for (posting, reason) in list.iter().zip(outcome.reasons_of(run, trainee)) {
            field(&mut rows.text, run.trainee_id(trainee));
            rows.text.push(',');
            field(&mut rows.text, run.posting_id(*posting));
            rows.text.push(',');
            rows.text.push_str(reason.code());
            rows.text.push(',');
            detail.clear();
            reason.write_detail(run, &mut detail);
            field(&mut rows.text, &detail);
            rows.end()?;
        }
    }
    Ok(())
}

/// Writes one of the tables of a run: what [`super::read`] reads back as the same run. Any other table
/// has no rows here.
///
/// # Errors
/// What the stream says.
pub fn write_run(run: &Instance, table: Table, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Rows::new(table, out);
    match table {
        Table::Trainees => {
            for trainee in run.all_trainees() {
                let groups = run.groups_of(trainee).iter();
                let groups: Vec<&str> = groups.map(|it| run.group_id(*it)).collect();
                line(&mut rows, &[run.trainee_id(trainee), &groups.join(";")])?;
            }
        }
        Table::Banks => {
            for bank in run.all_banks() {
                let cap = run.bank_cap(bank).map(|it| it.to_string());
                line(&mut rows, &[run.bank_id(bank), &cap.unwrap_or_default()])?;
            }
        }
        Table::Postings => {
            for posting in run.all_postings() {
                write_posting(&mut rows, run, posting)?;
            }
        }
        Table::GroupCaps => {
            for posting in run.all_postings() {
                for (group, cap) in run.group_caps(posting) {
                    let id = run.posting_id(posting);
                    line(&mut rows, &[id, run.group_id(*group), &cap.to_string()])?;
                }
            }
        }
        Table::TraineeLists => {
            for trainee in run.all_trainees() {
                for (before, posting) in run.list(trainee).iter().enumerate() {
                    let (who, what) = (run.trainee_id(trainee), run.posting_id(*posting));
                    ranked(&mut rows, who, number(before), what)?;
                }
            }
        }
        Table::BankLists => orders(&mut rows, run, &run.banks, &run.bank_lists)?,
        Table::PostingLists => orders(&mut rows, run, &run.postings, &run.posting_lists)?,
        Table::Ineligible => {
            for trainee in run.all_trainees() {
                for (posting, rule) in run.ineligible(trainee) {
                    let posting = run.posting_id(*posting);
                    let rule = run.rule_id(*rule);
                    line(&mut rows, &[run.trainee_id(trainee), posting, rule])?;
                }
            }
        }
        _ => {}
    }
    rows.finish()
}

fn line(rows: &mut Rows<'_>, fields: &[&str]) -> io::Result<()> {
    for (at, text) in fields.iter().enumerate() {
        if at > 0 {
            rows.text.push(',');
        }
        field(&mut rows.text, text);
    }
    rows.end()
}

fn write_posting(rows: &mut Rows<'_>, run: &Instance, posting: Posting) -> io::Result<()> {
    let (group, held) = match run.reserve(posting) {
        Some((group, held)) => (run.group_id(group), held.to_string()),
        None => ("", String::new()),
    };
    line(
        rows,
        &[
            run.posting_id(posting),
            run.bank_id(run.bank_of(posting)),
            &run.seats(posting).to_string(),
            group,
            &held,
        ],
    )
}

fn ranked(rows: &mut Rows<'_>, owner: &str, before: u32, item: &str) -> io::Result<()> {
    field(&mut rows.text, owner);
    rows.text.push(',');
    push_number(&mut rows.text, before.saturating_add(1));
    rows.text.push(',');
    field(&mut rows.text, item);
    rows.end()
}

/// Equals share a rank, and the next rank counts them all, as in sports.
fn orders(rows: &mut Rows<'_>, run: &Instance, owners: &Names, orders: &Orders) -> io::Result<()> {
    for list in 0..owners.len() {
        let mut before = 0;
        for tier in orders.tiers(list) {
            for trainee in tier {
                let it: Trainee = *trainee;
                ranked(rows, owners.get(list), before, run.trainee_id(it))?;
            }
            before = before.saturating_add(number(tier.len()));
        }
    }
    Ok(())
}
