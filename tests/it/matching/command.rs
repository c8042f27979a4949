//! `banyan match` as people run it: from a folder to a folder, with its three ways to end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of this name that was not there before.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("match-{name}"));
    let _ = fs::remove_dir_all(&path);
    path
}

/// Runs `banyan match` with these arguments; it needs no setting and no database.
fn banyan(arguments: &[&str], dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_banyan"))
        .arg("match")
        .args(arguments)
        .arg(dir)
        .env_clear()
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn printed(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(both).unwrap()
}

/// A made-up run of 200 trainees.
fn generated(name: &str) -> PathBuf {
    let dir = folder(name);
    let wish = "generate --trainees 200 --postings 60 --seats 150 --list-length 6 --seed one";
    let output = banyan(&wish.split(' ').collect::<Vec<_>>(), &dir);
    assert_eq!(code(&output), 0, "{}", printed(&output));
    dir
}

fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from:?} in {}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// The files of a result but the one that may differ.
fn result(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|it| it.unwrap().path())
        .map(|it| {
            let name = it.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(it).unwrap())
        })
        .filter(|it| it.0 != "timings.json")
        .collect();
    files.sort_unstable();
    files
}

#[test]
fn a_run_gives_the_same_bytes_again_and_verifies() {
    let dir = generated("again");
    assert_eq!(code(&banyan(&["run"], &dir)), 0);
    let first = result(&dir.join("result"));
    let names: Vec<&str> = first.iter().map(|it| it.0.as_str()).collect();
    let expected = [
        "assignment.csv",
        "bank_cutoffs.csv",
        "cutoffs.csv",
        "reasons.csv",
        "summary.json",
    ];
    assert_eq!(names, expected);
    assert!(dir.join("result/timings.json").exists());
    let second = dir.join("second");
    assert_eq!(
        code(&banyan(&["run", "--out", second.to_str().unwrap()], &dir)),
        0
    );
    assert!(result(&second) == first, "other bytes");
    for arguments in [
        vec!["verify"],
        vec!["verify", "--result", second.to_str().unwrap()],
    ] {
        let output = banyan(&arguments, &dir);
        assert_eq!(code(&output), 0, "{}", printed(&output));
        assert!(printed(&output).ends_with("Sound: V1 to V6 hold.\n"));
    }
}

#[test]
fn a_changed_result_is_unsound_and_says_which_check_and_row() {
    let dir = generated("changed");
    assert_eq!(code(&banyan(&["run"], &dir)), 0);
    let assignment = dir.join("result/assignment.csv");
    let text = fs::read_to_string(&assignment).unwrap();
    let placed = text.lines().skip(1).find(|it| !it.ends_with(',')).unwrap();
    let (who, what) = placed.split_once(',').unwrap();
    change(&assignment, placed, &format!("{who},"));
    let output = banyan(&["verify"], &dir);
    assert_eq!(code(&output), 1);
    let line =
        format!("V4  {who},{what}: the trainee would rather have it, and it would take them\n");
    assert!(printed(&output).contains(&line), "{}", printed(&output));
    change(&assignment, &format!("{who},\n"), &format!("{placed}\n"));
    assert_eq!(code(&banyan(&["verify"], &dir)), 0);
    change(
        &dir.join("result/summary.json"),
        "\"blocking_pairs\": 0",
        "\"blocking_pairs\": 1",
    );
    let output = banyan(&["verify"], &dir);
    assert_eq!(code(&output), 1);
    assert!(printed(&output).contains("V6  summary.json: blocking_pairs"));
    // The run behind the result was changed afterwards.
    change(
        &dir.join("result/summary.json"),
        "\"blocking_pairs\": 1",
        "\"blocking_pairs\": 0",
    );
    change(&dir.join("run.json"), "generated-", "generated_");
    let output = banyan(&["verify"], &dir);
    assert_eq!(code(&output), 1);
    assert!(printed(&output).contains("V6  summary.json: input_sha256"));
}

#[test]
fn what_cannot_be_taken_is_said_by_file_and_line_and_nothing_is_written() {
    let refused = |name: &str, file: &str, from: &str, to: &str, said: &str| {
        let dir = generated(name);
        change(&dir.join(file), from, to);
        let output = banyan(&["run"], &dir);
        assert_eq!(code(&output), 2, "{}", printed(&output));
        assert!(printed(&output).contains(said), "{}", printed(&output));
        assert!(!dir.join("result").exists());
        assert_eq!(code(&banyan(&["verify"], &dir)), 2);
    };
    refused(
        "rank",
        "trainee_lists.csv",
        ",2,",
        ",two,",
        "trainee_lists.csv, line 3, column rank: expected a whole number from 1, found \"two\"",
    );
    refused(
        "unknown",
        "postings.csv",
        "p01,b01",
        "p01,b99",
        "postings.csv, line 2, column bank: expected an id of banks.csv, found \"b99\"",
    );
    refused(
        "header",
        "banks.csv",
        "bank,cap",
        "bank,limit",
        "banks.csv, line 1, column cap: there is no such column; expected bank,cap",
    );
    refused(
        "json",
        "run.json",
        "\"seed\"",
        "\"sede\"",
        "run.json, line 4: expected the JSON of this file: unknown field `sede`",
    );
    refused(
        "by-posting",
        "banks.csv",
        "b02,",
        "b02,4",
        "banks.csv, line 3, column cap: expected one list of bank b02, since it has a cap and \
         several postings; found lists by posting. It would no longer be certain that no stable \
         result is better for any trainee",
    );
    let dir = generated("missing");
    fs::remove_file(dir.join("trainees.csv")).unwrap();
    let output = banyan(&["run"], &dir);
    assert_eq!(code(&output), 2);
    assert!(printed(&output).contains("trainees.csv, line 1: cannot be read"));
}

#[test]
fn bounds_that_cross_are_refused_with_both_and_what_would_be_lost() {
    let dir = generated("crossing");
    change(&dir.join("trainees.csv"), "t001,\n", "t001,hku;women\n");
    fs::write(
        dir.join("group_caps.csv"),
        "posting,group,cap\np01,hku,1\np01,women,1\n",
    )
    .unwrap();
    let output = banyan(&["run"], &dir);
    assert_eq!(code(&output), 2);
    let said = "group_caps.csv, line 3, column group: expected bounds that are nested or apart; the \
                cap on group women at p01 crosses the cap on group hku at p01 (t001 counts in both \
                groups). It would no longer be certain that the result is stable; no stable result \
                is better for any trainee; no trainee gains by a list that is not their true one\n";
    assert!(printed(&output).contains(said), "{}", printed(&output));
}

#[test]
fn a_person_reads_why() {
    let dir = generated("why");
    let told = |id: &str| banyan(&["explain", "--trainee", id], &dir);
    let list = fs::read_to_string(dir.join("trainee_lists.csv")).unwrap();
    let text = printed(&told("t001"));
    for row in list.lines().filter(|it| it.starts_with("t001,")) {
        let posting = row.rsplit(',').next().unwrap();
        assert!(text.contains(&format!(". {posting}: ")), "{text}");
    }
    assert!(
        !text.contains("t002") && !text.contains("own place"),
        "{text}"
    );
    let exact = ["explain", "--disclosure", "exact", "--trainee", "t001"];
    let text = printed(&banyan(&exact, &dir));
    let full = text.matches("all seats went to others").count();
    assert_eq!(text.matches("(own place ").count(), full, "{text}");
    let output = told("nobody");
    assert_eq!(code(&output), 2);
    assert!(printed(&output).contains("there is no trainee nobody"));
}
