//! Makes an [`Instance`] row by row and refuses what cannot be matched fairly.
//!
//! The order matters only where an id must be known before it is used: banks before postings, both
//! and the trainees before lists and caps. Each method takes one row of the table of that name; a
//! refusal names that row. Nothing is repaired or dropped in silence (section 3.10).

use super::beside::beside;
use super::fault::{Fault, Table, Warning, Wrong};
use super::index::{Bank, Group, Posting, Rows, Rule, Trainee, number};
use super::instance::{Head, Instance, Orders, POLICY, Seed};
use super::listed::Listed;
use super::names::Names;
use super::quotas::{self, Where};

/// A run that is being put together.
#[derive(Debug)]
pub struct Builder {
    run_id: String,
    seed: Option<Seed>,
    pub(super) trainees: Names,
    pub(super) banks: Names,
    pub(super) postings: Names,
    groups: Names,
    rules: Names,
    in_groups: Vec<(u32, Group)>,
    caps: Vec<Option<u32>>,
    posting_banks: Vec<Bank>,
    seats: Vec<u32>,
    reserves: Vec<Option<(Group, u32)>>,
    group_caps: Vec<(u32, (Group, u32))>,
    pub(super) trainee_lists: Listed,
    pub(super) bank_lists: Listed,
    pub(super) posting_lists: Listed,
    ineligible: Vec<(u32, (Posting, Rule))>,
}

/// An id is short text that looks the same in every table: not empty, no space at its ends, no
/// control character, so that no row of a file ever breaks in two.
fn id(table: Table, row: usize, column: &'static str, text: &str) -> Result<(), Fault> {
    if text.is_empty() || text.trim() != text || text.contains(char::is_control) {
        return Err(fault(
            table,
            row,
            column,
            Wrong::NotAnId(text.chars().take(80).collect()),
        ));
    }
    Ok(())
}

fn fault(table: Table, row: usize, column: &'static str, wrong: Wrong) -> Fault {
    Fault {
        table,
        row: Some(row),
        column,
        wrong,
    }
}

fn unknown(table: Table, row: usize, column: &'static str, id: &str, of: Table) -> Fault {
    let id = id.to_owned();
    fault(table, row, column, Wrong::Unknown { id, table: of })
}

/// Adds the id of a new row of `table`.
fn enter(
    names: &mut Names,
    table: Table,
    row: usize,
    column: &'static str,
    text: &str,
) -> Result<(), Fault> {
    id(table, row, column, text)?;
    match names.add(text) {
        Ok(_) => Ok(()),
        Err(Some(_)) => Err(fault(table, row, column, Wrong::Duplicate(text.to_owned()))),
        Err(None) => Err(fault(table, row, column, Wrong::TooMany)),
    }
}

impl Builder {
    /// A run with this head and nobody in it.
    ///
    /// # Errors
    /// An empty run id, another policy than [`POLICY`], a seed that is not hexadecimal.
    pub fn new(head: &Head) -> Result<Self, Fault> {
        let whole = |column, wrong| Fault {
            table: Table::Run,
            row: None,
            column,
            wrong,
        };
        id(Table::Run, 0, "run_id", &head.run_id).map_err(|it| whole("run_id", it.wrong))?;
        if head.policy_version != POLICY {
            let wrong = Wrong::Policy {
                found: head.policy_version.clone(),
                expected: POLICY,
            };
            return Err(whole("policy_version", wrong));
        }
        let seed = match head.seed.as_deref() {
            None => None,
            Some(hex) => Some(Seed::parse(hex).ok_or_else(|| whole("seed", Wrong::NotASeed))?),
        };
        Ok(Self {
            run_id: head.run_id.clone(),
            seed,
            trainees: Names::default(),
            banks: Names::default(),
            postings: Names::default(),
            groups: Names::default(),
            rules: Names::default(),
            in_groups: Vec::new(),
            caps: Vec::new(),
            posting_banks: Vec::new(),
            seats: Vec::new(),
            reserves: Vec::new(),
            group_caps: Vec::new(),
            trainee_lists: Listed::default(),
            bank_lists: Listed::default(),
            posting_lists: Listed::default(),
            ineligible: Vec::new(),
        })
    }

    /// A trainee and the groups they are in.
    ///
    /// # Errors
    /// A fault of this row.
    pub fn trainee<'a>(
        &mut self,
        trainee: &str,
        groups: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Fault> {
        let row = self.trainees.len();
        let table = Table::Trainees;
        enter(&mut self.trainees, table, row, "trainee", trainee)?;
        let begin = self.in_groups.len();
        for text in groups {
            let group = self.group(table, row, "groups", text)?;
            let pair = (number(row), group);
            if self.in_groups.iter().skip(begin).any(|it| *it == pair) {
                let wrong = Wrong::Duplicate(text.to_owned());
                return Err(fault(table, row, "groups", wrong));
            }
            self.in_groups.push(pair);
        }
        Ok(())
    }

    /// A bank and the most that it takes over all its postings, if it says so.
    ///
    /// # Errors
    /// A fault of this row.
    pub fn bank(&mut self, bank: &str, cap: Option<u32>) -> Result<(), Fault> {
        let row = self.banks.len();
        enter(&mut self.banks, Table::Banks, row, "bank", bank)?;
        self.caps.push(cap);
        Ok(())
    }

    /// A posting, its bank, its seats (0 when it was withdrawn) and the seats held for a group.
    ///
    /// # Errors
    /// A fault of this row.
    pub fn posting(
        &mut self,
        posting: &str,
        bank: &str,
        seats: u32,
        reserve: Option<(&str, u32)>,
    ) -> Result<(), Fault> {
        let table = Table::Postings;
        let row = self.postings.len();
        enter(&mut self.postings, table, row, "posting", posting)?;
        let known = self.banks.find(bank);
        let bank = known.ok_or_else(|| unknown(table, row, "bank", bank, Table::Banks))?;
        let reserve = match reserve {
            None => None,
            Some((group, held)) => Some((self.group(table, row, "reserve_group", group)?, held)),
        };
        self.posting_banks.push(Bank::new(bank));
        self.seats.push(seats);
        self.reserves.push(reserve);
        Ok(())
    }

    /// The most of one group that a posting takes.
    ///
    /// # Errors
    /// A fault of this row.
    pub fn group_cap(&mut self, posting: &str, group: &str, cap: u32) -> Result<(), Fault> {
        let table = Table::GroupCaps;
        let row = self.group_caps.len();
        let known = self.postings.find(posting);
        let at = known.ok_or_else(|| unknown(table, row, "posting", posting, Table::Postings))?;
        let name = self.group(table, row, "group", group)?;
        self.group_caps.push((number(at), (name, cap)));
        Ok(())
    }

    /// One choice of a trainee; rank 1 is best.
    ///
    /// # Errors
    /// A fault of this row.
    pub fn trainee_choice(&mut self, trainee: &str, rank: u32, posting: &str) -> Result<(), Fault> {
        let (owners, items) = (&self.trainees, &self.postings);
        self.trainee_lists
            .push(owners, items, [trainee, posting], rank)
            .map_err(|it| it.fault(Table::TraineeLists))
    }

    /// One entry of a bank's list; rank 1 is best, ranks may be equal.
    ///
    /// # Errors
    /// A fault of this row.
    pub fn bank_choice(&mut self, bank: &str, rank: u32, trainee: &str) -> Result<(), Fault> {
        let (owners, items) = (&self.banks, &self.trainees);
        self.bank_lists
            .push(owners, items, [bank, trainee], rank)
            .map_err(|it| it.fault(Table::BankLists))
    }

    /// One entry of a posting's list; rank 1 is best, ranks may be equal.
    ///
    /// # Errors
    /// A fault of this row.
    pub fn posting_choice(&mut self, posting: &str, rank: u32, trainee: &str) -> Result<(), Fault> {
        let (owners, items) = (&self.postings, &self.trainees);
        self.posting_lists
            .push(owners, items, [posting, trainee], rank)
            .map_err(|it| it.fault(Table::PostingLists))
    }

    /// A trainee is not eligible for a posting, by this rule.
    ///
    /// # Errors
    /// A fault of this row.
    pub fn ineligible(&mut self, trainee: &str, posting: &str, rule: &str) -> Result<(), Fault> {
        let table = Table::Ineligible;
        let row = self.ineligible.len();
        let known = self.trainees.find(trainee);
        let who = known.ok_or_else(|| unknown(table, row, "trainee", trainee, Table::Trainees))?;
        let known = self.postings.find(posting);
        let at = known.ok_or_else(|| unknown(table, row, "posting", posting, Table::Postings))?;
        id(table, row, "rule", rule)?;
        let interned = self.rules.intern(rule);
        let rule = interned.ok_or_else(|| fault(table, row, "rule", Wrong::TooMany))?;
        let pair = (Posting::new(at), Rule::new(rule));
        self.ineligible.push((number(who), pair));
        Ok(())
    }

    fn group(
        &mut self,
        table: Table,
        row: usize,
        column: &'static str,
        text: &str,
    ) -> Result<Group, Fault> {
        id(table, row, column, text)?;
        if text.contains(';') {
            return Err(fault(table, row, column, Wrong::NotAnId(text.to_owned())));
        }
        let interned = self.groups.intern(text);
        interned
            .map(Group::new)
            .ok_or_else(|| fault(table, row, column, Wrong::TooMany))
    }

    /// The run, with what is legal in it but often a mistake.
    ///
    /// # Errors
    /// A repeated rank or entry of a list, a repeated cap or rule, bounds that cross (with the
    /// guarantee that would be lost), a tie without a seed.
    pub fn finish(self) -> Result<(Instance, Vec<Warning>), Fault> {
        let cap_rows: Vec<(u32, Group)> = self.group_caps.iter().map(|it| (it.0, it.1.0)).collect();
        let run = self.assemble()?;
        quotas::judge_run(&run).map_err(|(place, refused)| {
            let (table, row, column) = match place {
                Where::Posting(it) => (Table::Postings, Some(it.at()), "reserve_seats"),
                Where::Bank(it) => (Table::Banks, Some(it.at()), "cap"),
                Where::GroupCap(at, group) => {
                    let row = cap_rows.iter().position(|it| *it == (at.raw(), group));
                    (Table::GroupCaps, row, "group")
                }
            };
            Fault {
                table,
                row,
                column,
                wrong: Wrong::Refused(refused),
            }
        })?;
        let tied = run.bank_lists.has_ties() || run.posting_lists.has_ties();
        if tied && run.seed.is_none() {
            return Err(Fault {
                table: Table::Run,
                row: None,
                column: "seed",
                wrong: Wrong::NoSeed,
            });
        }
        let warnings = super::warnings::of(&run);
        Ok((run, warnings))
    }

    fn assemble(self) -> Result<Instance, Fault> {
        let (trainees, banks, postings) =
            (self.trainees.len(), self.banks.len(), self.postings.len());
        once(
            Table::GroupCaps,
            "group",
            &self.group_caps,
            |it| it.0,
            |it| self.groups.get(it.0.at()),
        )?;
        once(
            Table::Ineligible,
            "posting",
            &self.ineligible,
            |it| it.0,
            |it| self.postings.get(it.0.at()),
        )?;
        let (of_trainees, of_banks, of_postings) =
            (self.trainee_lists, self.bank_lists, self.posting_lists);
        // The two large tables at once.
        let (lists, (bank_lists, posting_lists)) = beside(
            || of_trainees.strict(trainees, postings),
            || {
                let of_banks = of_banks.tied(banks, trainees);
                (of_banks, of_postings.tied(postings, trainees))
            },
        );
        let lists = lists.map_err(|it| it.fault(Table::TraineeLists, &self.postings))?;
        let bank_lists = bank_lists.map_err(|it| it.fault(Table::BankLists, &self.trainees))?;
        let posting_lists =
            posting_lists.map_err(|it| it.fault(Table::PostingLists, &self.trainees))?;
        let of_banks = self.posting_banks.iter().enumerate();
        let bank_postings = of_banks.map(|(at, bank)| (bank.raw(), Posting::new(at)));
        let no_group = Group::from_raw(u32::MAX);
        let no_posting = Posting::from_raw(u32::MAX);
        Ok(Instance {
            run_id: self.run_id,
            seed: self.seed,
            trainee_groups: Rows::gather(trainees, self.in_groups.iter().copied(), no_group),
            bank_postings: Rows::gather(banks, bank_postings, no_posting),
            group_caps: Rows::gather(postings, self.group_caps.iter().copied(), (no_group, 0)),
            ineligible: Rows::gather(
                trainees,
                self.ineligible.iter().copied(),
                (no_posting, Rule::from_raw(u32::MAX)),
            ),
            trainees: self.trainees,
            banks: self.banks,
            postings: self.postings,
            groups: self.groups,
            rules: self.rules,
            caps: self.caps,
            posting_banks: self.posting_banks,
            seats: self.seats,
            reserves: self.reserves,
            lists,
            bank_lists: orders(bank_lists),
            posting_lists: orders(posting_lists),
        })
    }
}

fn orders((rows, tied): (Rows<Trainee>, Vec<bool>)) -> Orders {
    Orders { rows, tied }
}

/// Each pair of owner and key may stand once; the second one's row is the fault.
fn once<'a, K: Copy + Ord, T: Copy>(
    table: Table,
    column: &'static str,
    rows: &[(u32, T)],
    key: impl Fn(&T) -> K,
    name: impl Fn(&T) -> &'a str,
) -> Result<(), Fault> {
    let mut order: Vec<(u32, K, usize)> = rows
        .iter()
        .enumerate()
        .map(|(row, (owner, item))| (*owner, key(item), row))
        .collect();
    order.sort_unstable();
    let pairs = order.iter().zip(order.iter().skip(1));
    let second = pairs
        .filter(|(a, b)| (a.0, a.1) == (b.0, b.1))
        .map(|(_, b)| b.2)
        .min();
    match second.and_then(|row| rows.get(row).map(|it| (row, it))) {
        None => Ok(()),
        Some((row, (_, item))) => {
            let wrong = Wrong::Duplicate(name(item).to_owned());
            Err(fault(table, row, column, wrong))
        }
    }
}
