//! Promise 30: a full disk is survivable: what was acknowledged is kept, reading goes on where
//! PostgreSQL can, and when room is made the house is back by itself.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use banyan::config::running_as_root;

use super::backups::{pdf, upload};
use super::house::{House, PATIENCE, Scratch, free_port, until};
use super::http::Http;
use super::load::Load;
use crate::support::scale;

/// A small disk of its own, in memory.
struct Disk(PathBuf);

impl Disk {
    /// Root can always make one. Somebody else cannot, and is told loudly what was not tried.
    fn mount(at: &Path, megabytes: u32) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args([
                "-t",
                "tmpfs",
                "-o",
                &format!("size={megabytes}m,mode=0711"),
                "tmpfs",
            ])
            .arg(at)
            .output()
            .unwrap();
        if mounted.status.success() {
            return Some(Self(at.to_owned()));
        }
        let why = String::from_utf8_lossy(&mounted.stderr).into_owned();
        assert!(
            !running_as_root(),
            "root must be able to mount a small disk: {why}"
        );
        eprintln!(
            "NOT TRIED: what happens on a full disk; only root may mount a small one ({why})"
        );
        None
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("filling")).unwrap();
        for size in [1 << 20, 4_096, 1] {
            let piece = vec![b'x'; size];
            while file.write_all(&piece).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filling")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn uploads_onto_a_full_disk_are_refused_politely_and_all_others_kept() {
    let house = House::new();
    let Some(disk) = Disk::mount(&house.data.join("files"), 4) else {
        return;
    };
    let port = free_port();
    let mut served = house.serve(port, &[]);
    let load = Load::start(&house, &[port], 0);
    load.reach(10);
    let mut kept = 0;
    for round in 0..scale::of(2, 50) {
        disk.fill();
        for n in 0..3 {
            assert_eq!(
                upload(&house, port, n, &pdf(n, 30_000)),
                503,
                "round {round}"
            );
        }
        // Everything that needs no room there goes on.
        load.reach(load.acknowledged() + 10);
        disk.make_room();
        for n in 0..3 {
            // A busy machine may say 503, too; it must not go on saying so.
            until("an upload is taken", || {
                match upload(&house, port, n, &pdf(round * 10 + n, 20_000)) {
                    200 => true,
                    status => {
                        assert_eq!(status, 503);
                        false
                    }
                }
            });
            kept += 1;
        }
        assert_eq!(house.count("SELECT count(*) AS n FROM files"), kept);
    }
    load.finish().check(&house);
    served.assert_well();
    served.terminate();
    // Every acknowledged upload is there, byte for byte: a backup reads them all; no halves are left.
    let to = house.scratch.join("backup");
    super::house::run(house.command().arg("backup").arg(&to));
    let stored = std::fs::read_dir(house.data.join("files"))
        .unwrap()
        .flatten()
        .filter(|it| it.path().is_dir() && it.file_name() != "incoming")
        .flat_map(|it| std::fs::read_dir(it.path()).unwrap())
        .count();
    assert_eq!(i64::try_from(stored).unwrap(), kept);
    assert_eq!(
        std::fs::read_dir(house.data.join("files/incoming"))
            .unwrap()
            .count(),
        0
    );
    eprintln!("{kept} uploads kept");
}

#[test]
fn a_full_disk_under_postgresql_loses_nothing_and_heals() {
    let scratch = Scratch::new();
    let place = scratch.join("small");
    let Some(disk) = Disk::mount(&place, 200) else {
        return;
    };
    let house = House::at(scratch, place.join("data"));
    let port = free_port();
    let mut served = house.serve(port, &[]);
    let load = Load::start(&house, &[port], scale::of(6, 100));
    for _ in 0..scale::of(1, 20) {
        load.reach(load.acknowledged() + 40);
        disk.fill();
        // Work goes on while there is room in the log's segment; then it stops.
        let (mut last, mut still) = (load.acknowledged(), Instant::now());
        let (begun, mut reads) = (Instant::now(), [0, 0]);
        while still.elapsed() < Duration::from_secs(2) {
            assert!(
                begun.elapsed() < PATIENCE * 2,
                "a full disk takes everything"
            );
            let read = Http::new(port)
                .get("/")
                .is_ok_and(|answer| answer.status == 200);
            reads[usize::from(!read)] += 1;
            assert_eq!(Http::new(port).get("/livez").unwrap().status, 200);
            if load.acknowledged() > last {
                (last, still) = (load.acknowledged(), Instant::now());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        disk.make_room();
        let begun = Instant::now();
        let goal = load.acknowledged() + 5;
        until("work goes on again", || load.acknowledged() >= goal);
        eprintln!(
            "full: {} reads well, {} not; work again {:?} after room was made",
            reads[0],
            reads[1],
            begun.elapsed()
        );
    }
    served.assert_well();
    let journal = load.finish();
    served.terminate();
    journal.check(&house);
    eprintln!("{}", journal.summary());
    assert!(
        journal.statuses.get(&503).is_some_and(|n| *n > 0),
        "the disk was never full: {}",
        journal.summary()
    );
    assert_eq!(journal.failures(), 0, "{}", journal.summary());
    // The house before its disk.
    drop(house);
    drop(disk);
}
