//! What is legal in a run and often a mistake (section 3.10).

use super::fault::Warning;
use super::instance::Instance;

fn sum(seats: impl Iterator<Item = u32>) -> u64 {
    seats.map(u64::from).sum()
}

/// All warnings: of the run as a whole, then by bank and posting in the order of the input.
pub(super) fn of(run: &Instance) -> Vec<Warning> {
    let mut found = Vec::new();
    let seats = sum(run.all_postings().map(|it| run.seats(it)));
    let trainees = u64::try_from(run.trainees.len()).unwrap_or(u64::MAX);
    if seats > trainees {
        found.push(Warning::MoreSeatsThanTrainees { seats, trainees });
    }
    groups(run, &mut found);
    for bank in run.all_banks() {
        let postings = run.postings_of(bank);
        let silent = run.bank_lists.row(bank.at()).is_empty()
            && postings
                .iter()
                .all(|it| run.posting_lists.row(it.at()).is_empty());
        if silent && !postings.is_empty() {
            found.push(Warning::NoListOfBank {
                bank: run.bank_id(bank).to_owned(),
            });
        }
        let Some(cap) = run.bank_cap(bank) else {
            continue;
        };
        let seats = sum(postings.iter().map(|it| run.seats(*it)));
        if u64::from(cap) > seats {
            found.push(Warning::CapAboveSeats {
                bank: run.bank_id(bank).to_owned(),
                cap,
                seats,
            });
        }
        for posting in postings {
            let seats = run.seats(*posting);
            if seats > cap {
                found.push(Warning::SeatsAboveCap {
                    posting: run.posting_id(*posting).to_owned(),
                    seats,
                    cap,
                });
            }
        }
    }
    found
}

fn groups(run: &Instance, found: &mut Vec<Warning>) {
    let mut counts = vec![false; run.groups.len()];
    let reserved = run.all_postings().filter_map(|it| run.reserve(it));
    let capped = run.group_caps.items().iter().copied();
    for (group, _) in reserved.chain(capped) {
        if let Some(it) = counts.get_mut(group.at()) {
            *it = true;
        }
    }
    if !counts.contains(&true) {
        return;
    }
    let mut nobody = counts;
    let mut without = 0_u64;
    let mut first = None;
    for trainee in run.all_trainees() {
        let own = run.groups_of(trainee);
        if own.is_empty() {
            without = without.saturating_add(1);
            first.get_or_insert(trainee);
        }
        for group in own {
            if let Some(it) = nobody.get_mut(group.at()) {
                *it = false;
            }
        }
    }
    if let Some(first) = first {
        found.push(Warning::NoGroup {
            trainees: without,
            first: run.trainee_id(first).to_owned(),
        });
    }
    let empty = run.all_groups().zip(nobody).filter(|(_, empty)| *empty);
    found.extend(empty.map(|(group, _)| Warning::EmptyGroup {
        group: run.group_id(group).to_owned(),
    }));
}
