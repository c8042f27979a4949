//! The file form: what is written reads back the same, and what cannot be read says where.

use std::io::{BufReader, Cursor};

use banyan::matching::files::{self, Run, Source, Stored};
use banyan::matching::generate::{Wish, generate};
use banyan::matching::verify::{self, Check, Finding};
use banyan::matching::{Fault, Head, Instance, Outcome, Summary, Table, Wrong, canonical, engine};

use super::small::{Die, MODELS, drawn, instance, strict};

/// A run as files.
#[derive(Clone)]
struct Folder(Vec<(Table, String)>);

fn source(text: &str) -> Source<'_> {
    // A small buffer, so that lines cross its end.
    Box::new(BufReader::with_capacity(7, Cursor::new(text.as_bytes())))
}

fn written(write: impl Fn(Table, &mut Vec<u8>), tables: &[Table]) -> Folder {
    let each = tables.iter().map(|table| {
        let mut bytes = Vec::new();
        write(*table, &mut bytes);
        (*table, String::from_utf8(bytes).unwrap())
    });
    Folder(each.collect())
}

impl Folder {
    fn of(run: &Instance) -> Self {
        let write = |table, out: &mut Vec<u8>| files::write_run(run, table, out).unwrap();
        written(write, &Table::RUN)
    }

    fn of_result(run: &Instance, outcome: &Outcome) -> Self {
        written(
            |table, out| files::write_result(run, outcome, table, out).unwrap(),
            &Table::RESULT,
        )
    }

    fn get(&self, table: Table) -> Option<Source<'_>> {
        let found = self.0.iter().find(|it| it.0 == table);
        found.map(|it| source(&it.1))
    }

    fn text(&mut self, table: Table) -> &mut String {
        &mut self.0.iter_mut().find(|it| it.0 == table).unwrap().1
    }

    fn read(&self, head: Head) -> Result<Instance, Fault> {
        let needed = |table| self.get(table).unwrap();
        files::read(Run {
            head,
            trainees: needed(Table::Trainees),
            banks: needed(Table::Banks),
            postings: needed(Table::Postings),
            group_caps: self.get(Table::GroupCaps),
            trainee_lists: needed(Table::TraineeLists),
            bank_lists: self.get(Table::BankLists),
            posting_lists: self.get(Table::PostingLists),
            ineligible: self.get(Table::Ineligible),
        })
        .map(|it| it.0)
    }

    fn read_result(&self, run: &Instance) -> Result<(Outcome, Vec<Finding>), Fault> {
        let needed = |table| self.get(table).unwrap();
        files::read_result(
            run,
            Stored {
                assignment: needed(Table::Assignment),
                cutoffs: needed(Table::Cutoffs),
                bank_cutoffs: needed(Table::BankCutoffs),
                reasons: needed(Table::Reasons),
            },
        )
    }
}

fn head(run: &Instance) -> Head {
    Head {
        run_id: run.run_id().to_owned(),
        policy_version: "1".to_owned(),
        seed: run.seed().map(|it| it.hex()),
    }
}

#[test]
fn a_run_and_its_result_read_back_as_they_were() {
    for model in MODELS {
        for seed in 0..30 {
            let snapshot = drawn(&mut Die::new(seed), model, 14, 6, 3);
            // Ids that need quotes, and one that is not of this alphabet.
            let text = serde_json::to_string(&snapshot).unwrap();
            let text = text
                .replace("\"t1\"", "\"t,1\"")
                .replace("\"p2\"", "\"p\\\"2\\\"\"")
                .replace("\"too_early\"", "\"too;early=1\"")
                .replace("\"t3\"", "\"陳大文\"");
            let run = instance(&serde_json::from_str(&text).unwrap());
            let again = Folder::of(&run).read(head(&run)).unwrap();
            assert_eq!(
                canonical::input_sha256(&again),
                canonical::input_sha256(&run)
            );
            let outcome = engine::run(&run);
            let folder = Folder::of_result(&run, &outcome);
            assert_eq!(folder.read_result(&run), Ok((outcome.clone(), Vec::new())));
            let second = Folder::of_result(&again, &engine::run(&again));
            assert_eq!(second.0, folder.0, "the same bytes");
        }
    }
}

/// Two trainees, one bank, two postings.
fn plain() -> Folder {
    let table = |table, text: &str| (table, text.to_owned());
    Folder(vec![
        table(Table::Trainees, "trainee,groups\nt1,g;h\nt2,\n"),
        table(Table::Banks, "bank,cap\nb,1\n"),
        table(
            Table::Postings,
            "posting,bank,seats,reserve_group,reserve_seats\np,b,1,,\nq,b,2,,\n",
        ),
        table(Table::GroupCaps, "posting,group,cap\nq,g,1\n"),
        table(
            Table::TraineeLists,
            "trainee,rank,posting\nt1,1,p\nt1,2,q\nt2,1,q\n",
        ),
        table(Table::BankLists, "bank,rank,trainee\nb,1,t1\nb,2,t2\n"),
        table(Table::PostingLists, "posting,rank,trainee\nq,1,t2\n"),
        table(Table::Ineligible, "trainee,posting,rule\nt2,p,no\n"),
    ])
}

fn no_seed() -> Head {
    Head {
        run_id: "r".to_owned(),
        policy_version: "1".to_owned(),
        seed: None,
    }
}

#[test]
fn what_an_editor_does_to_a_file_does_not_matter() {
    let hash = |it: &Folder| canonical::input_sha256(&it.read(no_seed()).unwrap());
    let before = hash(&plain());
    let mut other = plain();
    *other.text(Table::Trainees) =
        "\u{FEFF}note,groups,trainee\r\nx,\"h;g\",\"t1\"\r\n,,t2\r\n\r\n".to_owned();
    *other.text(Table::BankLists) = "trainee,rank,bank\nt2,20,b\nt1,10,b".to_owned();
    assert_eq!(hash(&other), before);
}

#[test]
fn a_fault_says_file_line_column_and_what_was_expected() {
    let said = |table: Table, text: &str| {
        let mut folder = plain();
        *folder.text(table) = text.to_owned();
        let fault = folder.read(no_seed()).unwrap_err();
        assert_eq!(fault.table, table);
        (fault.line(), fault.column, fault.wrong)
    };
    let whole = |found: &str, least| Wrong::NotWhole {
        found: found.to_owned(),
        least,
    };
    let fields = |found| Wrong::Fields { found, expected: 2 };
    let twice = |it: &str| Wrong::Duplicate(it.to_owned());
    let (t, l, p) = (Table::Trainees, Table::TraineeLists, Table::Postings);
    let lists = |rows: &str| format!("trainee,rank,posting\n{rows}");
    let postings = |row: &str| format!("posting,bank,seats,reserve_group,reserve_seats\n{row}\n");
    assert_eq!(said(t, ""), (1, "trainee", Wrong::NoColumn));
    assert_eq!(said(t, "trainee\nt1\n"), (1, "groups", Wrong::NoColumn));
    assert_eq!(
        said(t, "trainee,groups,groups\n"),
        (1, "groups", Wrong::ColumnTwice)
    );
    assert_eq!(said(t, "trainee,groups\nt1,\nt2\n"), (3, "", fields(1)));
    assert_eq!(said(t, "trainee,groups\nt1,,\n"), (2, "", fields(3)));
    assert_eq!(
        said(t, "trainee,groups\nt1,\n\nt2,\n"),
        (3, "", Wrong::BlankLine)
    );
    assert_eq!(
        said(t, "trainee,groups\nt1,\nt1,\n"),
        (3, "trainee", twice("t1"))
    );
    assert_eq!(said(t, "trainee,groups\n\"t1,\n"), (2, "", Wrong::Quotes));
    assert_eq!(said(t, "trainee,groups\n\"t\"1,\n"), (2, "", Wrong::Quotes));
    assert_eq!(said(t, "trainee,groups\nt\"1,\n"), (2, "", Wrong::Quotes));
    assert_eq!(
        said(Table::Banks, "bank,cap\nb,-1\n"),
        (2, "cap", whole("-1", 0))
    );
    assert_eq!(said(p, &postings("p,b,,,")), (2, "seats", whole("", 0)));
    assert_eq!(
        said(p, &postings("p,b,1.5,,")),
        (2, "seats", whole("1.5", 0))
    );
    assert_eq!(
        said(p, &postings("p,b,1,g,")),
        (2, "reserve_seats", Wrong::HalfAReserve)
    );
    assert_eq!(
        said(p, &postings("p,b,1,,1")),
        (2, "reserve_group", Wrong::HalfAReserve)
    );
    assert_eq!(
        said(l, &lists("t1,1,p\nt1,x,q\n")),
        (3, "rank", whole("x", 1))
    );
    assert_eq!(said(l, &lists("t1,0,p\n")), (2, "rank", whole("0", 1)));
    assert_eq!(said(l, &lists("t1,+1,p\n")), (2, "rank", whole("+1", 1)));
    assert_eq!(
        said(l, &lists("t1,4294967295,p\n")),
        (2, "rank", whole("4294967295", 1))
    );
    assert_eq!(
        said(l, &lists("t1,1,p\nt1,2,p\n")),
        (3, "posting", twice("p"))
    );
    assert_eq!(said(l, &lists("t1,1,p\nt1,1,q\n")), (3, "rank", twice("1")));
    let unknown = Wrong::Unknown {
        id: "z".to_owned(),
        table: Table::Postings,
    };
    assert_eq!(said(l, &lists("t1,1,p\nt1,2,z\n")), (3, "posting", unknown));
    let caps = "posting,group,cap\nq,g,1\nq,h,1\n";
    let (line, column, wrong) = said(Table::GroupCaps, caps);
    assert_eq!((line, column), (3, "group"));
    assert!(matches!(wrong, Wrong::Refused(_)), "{wrong:?}");
}

#[test]
fn a_file_that_is_not_text_says_so() {
    let mut folder = plain();
    folder.0.retain(|it| it.0 != Table::Ineligible);
    let bytes: &[u8] = b"trainee,groups\nt1,\nt\xFF,\n";
    let fault = files::read(Run {
        head: no_seed(),
        trainees: Box::new(bytes),
        banks: folder.get(Table::Banks).unwrap(),
        postings: folder.get(Table::Postings).unwrap(),
        group_caps: None,
        trainee_lists: folder.get(Table::TraineeLists).unwrap(),
        bank_lists: None,
        posting_lists: None,
        ineligible: None,
    })
    .unwrap_err();
    assert_eq!((fault.line(), fault.wrong), (3, Wrong::NotText));
}

#[test]
fn a_stored_result_with_one_thing_changed_is_unsound() {
    let run = plain().read(no_seed()).unwrap();
    let outcome = engine::run(&run);
    let folder = Folder::of_result(&run, &outcome);
    let said: Vec<&str> = folder.0.iter().map(|it| it.1.as_str()).collect();
    assert_eq!(
        said,
        [
            "trainee,posting\nt1,p\nt2,\n",
            "posting,cutoff_rank\np,1\nq,\n",
            "bank,cutoff_rank\nb,1\n",
            "trainee,posting,reason,detail\nt1,p,MATCHED,\nt1,q,NOT_NEEDED,\nt2,q,BANK_CAP,cap=1;rank=2\n",
        ]
    );
    let found = |table: Table, from: &str, to: &str| {
        let mut wrong = folder.clone();
        let text = wrong.text(table);
        assert!(text.contains(from), "{from:?}");
        *text = text.replacen(from, to, 1);
        let (outcome, mut findings) = wrong.read_result(&run).unwrap();
        findings.extend(verify::verify(&run, &outcome));
        let mut checks: Vec<Check> = findings.iter().map(Finding::check).collect();
        checks.sort_unstable();
        checks.dedup();
        checks
    };
    let (a, c, b, r) = (
        Table::Assignment,
        Table::Cutoffs,
        Table::BankCutoffs,
        Table::Reasons,
    );
    assert_eq!(found(a, "t2,\n", ""), [Check::V1]);
    assert_eq!(found(a, "t2,\n", "t2,\nt2,\n"), [Check::V1]);
    assert_eq!(found(a, "t2,\n", "t2,z\n"), [Check::V1]);
    assert_eq!(found(a, "t2,\n", "t2,\nt3,p\n"), [Check::V1]);
    assert!(found(a, "t2,\n", "t2,q\n").contains(&Check::V2));
    assert!(found(a, "t1,p\n", "t1,\n").contains(&Check::V4));
    assert!(found(c, "p,1\n", "p,2\n").contains(&Check::V5));
    assert!(found(c, "p,1\n", "").contains(&Check::V5));
    assert!(found(b, "b,1\n", "b,\n").contains(&Check::V5));
    assert_eq!(found(r, "t1,q,NOT_NEEDED,\n", ""), [Check::V6]);
    assert_eq!(found(r, "NOT_NEEDED", "NOT_WANTED"), [Check::V6]);
    assert_eq!(found(r, "rank=2", "rank=3"), [Check::V6]);
    assert_eq!(found(r, "rank=2", "rank=02"), [Check::V6]);
    assert_eq!(
        found(r, "t2,q,BANK_CAP,cap=1;rank=2\n", "t2,,NO_LIST,\n"),
        [Check::V6]
    );
    let mut wrong = folder.clone();
    *wrong.text(c) = "posting,cutoff_rank\np,x\n".to_owned();
    assert_eq!(wrong.read_result(&run).unwrap_err().line(), 2);
}

#[test]
fn a_trainee_without_a_list_has_one_row_that_says_so() {
    let mut snapshot = super::small::run_of(
        vec![
            super::small::trainee("t1", &[]),
            super::small::trainee("t2", &["p"]),
        ],
        vec![super::small::bank("b")],
        vec![super::small::posting("p", "b", 1)],
    );
    snapshot.postings[0].list = strict(&["t1", "t2"]);
    let run = instance(&snapshot);
    let folder = Folder::of_result(&run, &engine::run(&run));
    assert_eq!(
        folder.0[3].1,
        "trainee,posting,reason,detail\nt1,,NO_LIST,\nt2,p,MATCHED,\n"
    );
    assert_eq!(folder.read_result(&run).unwrap().1, Vec::new());
}

#[test]
fn a_made_up_run_is_as_wished_and_always_the_same() {
    let wish = |seed: &str| Wish {
        trainees: 300,
        postings: 41,
        seats: 260,
        list_length: 7,
        seed: seed.to_owned(),
    };
    let (run, warnings) = generate(&wish("one")).unwrap();
    assert_eq!(warnings, Vec::new());
    assert_eq!(run.all_trainees().count(), 300);
    assert_eq!(run.all_postings().count(), 41);
    assert_eq!(run.all_postings().map(|it| run.seats(it)).sum::<u32>(), 260);
    assert!(run.all_trainees().all(|it| run.list(it).len() == 7));
    let hash = |seed| canonical::input_sha256(&generate(&wish(seed)).unwrap().0);
    assert_eq!(hash("one"), canonical::input_sha256(&run));
    assert_ne!(hash("two"), hash("one"));
    let outcome = engine::run(&run);
    assert_eq!(verify::verify(&run, &outcome), Vec::new());
    assert!(outcome.assignment.iter().flatten().count() > 200);
}

/// A mean rank is a fraction. One in eighteen came back as its neighbour, and a sound result was refused.
#[test]
fn every_mean_rank_is_read_back_as_it_was_written() {
    let mut summary = Summary {
        matched: 0,
        unmatched: 0,
        seats: 0,
        unfilled: 0,
        first_choice: 0,
        top3: 0,
        mean_rank: None,
        profile: Vec::new(),
        input_sha256: String::new(),
        output_sha256: String::new(),
        seed_sha256: None,
        blocking_pairs: 0,
    };
    for n in 1..=200_u32 {
        for sum in n..=n * 6 {
            summary.mean_rank = Some(f64::from(sum) / f64::from(n));
            // As a file of the command, and as a column of the database.
            let text = serde_json::to_string(&summary).unwrap();
            let file: Summary = serde_json::from_str(&text).unwrap();
            let column: serde_json::Value = serde_json::from_str(&text).unwrap();
            let column: Summary = serde_json::from_value(column).unwrap();
            assert_eq!((&file, &column), (&summary, &summary), "{sum} / {n}");
        }
    }
}
