//! The import of applicants.

mod files;
mod reports;
mod rows;

use banyan::applications::import::{
    Column, Context, Directory, FileFault, Judged, KnownOrganisation, Outcome, Reader, Report, Row,
    Verdict,
};
use banyan::ids::OrganisationId;
use banyan::lang::Lang;

fn organisation(names: &[&str]) -> KnownOrganisation {
    KnownOrganisation {
        id: OrganisationId::new(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// The call 2027H1 with the sample's universities and one bank.
fn context() -> Context {
    Context {
        deadline: "2026-11-30T23:59:00+08:00".parse().unwrap(),
        universities: Directory::new(&[
            organisation(&["Lion Rock University", "獅子山大學"]),
            organisation(&["Victoria Harbour University"]),
            organisation(&["Tolo University of Technology"]),
        ]),
        institutions: Directory::new(&[organisation(&["Kowloon Mutual Bank", "九龍互助銀行"])]),
    }
}

fn sample() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/applicants-2027h1.csv");
    std::fs::read(path).unwrap()
}

fn open(bytes: &[u8]) -> Result<Reader<&[u8]>, FileFault> {
    Reader::open(bytes, context())
}

fn read(file: &str) -> Vec<Judged> {
    open(file.as_bytes()).unwrap().map(Result::unwrap).collect()
}

fn report_of(bytes: &[u8]) -> Report {
    let mut reader = open(bytes).unwrap();
    let mut report = Report::new(reader.columns(), Lang::En);
    for judged in reader.by_ref() {
        report.add(&judged.unwrap(), &Verdict::New);
    }
    report
}

/// One row under `headers`, judged.
fn one(headers: &str, row: &str) -> Judged {
    let mut rows = read(&format!("{headers}\r\n{row}\r\n"));
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn good(judged: &Judged) -> &Row {
    match &judged.outcome {
        Outcome::Row(row) => row,
        other => unreachable!("{other:?}"),
    }
}

/// Field and code of every fault.
fn faults(judged: &Judged) -> Vec<(Option<Column>, &'static str)> {
    match &judged.outcome {
        Outcome::Error(reasons) => reasons.iter().map(|r| (r.field, r.code)).collect(),
        Outcome::Row(_) | Outcome::Duplicate { .. } => Vec::new(),
    }
}

fn warnings(judged: &Judged) -> Vec<(Option<Column>, &'static str)> {
    judged.warnings.iter().map(|r| (r.field, r.code)).collect()
}

const HEAD: &str = "Family name,Given names,Chinese name,E-mail,Mobile,Route,University,Employer,Graduation year,Language,Statement,Submitted on";
