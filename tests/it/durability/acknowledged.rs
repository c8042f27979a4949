//! Promise 7: an acknowledged write survives `kill -9` of the application and of PostgreSQL.

use std::time::{Duration, Instant};

use super::house::{House, Served, free_port, run};
use super::load::Load;
use crate::offers::Dice;
use crate::support::scale;

#[test]
fn an_acknowledged_write_survives_every_kill() {
    let (of_app, of_database) = (scale::of(4, 1_000), scale::of(2, 60));
    let writes = scale::of(300, 100_000);
    let house = House::new();
    let port = free_port();
    let mut served = house.serve(port, &[]);
    let load = Load::start(&house, &[port], scale::of(24, 1_200));
    let mut dice = Dice::new(7);
    let kills = of_app + of_database;
    let (mut apps, mut slowest) = (0, [Duration::ZERO; 2]);
    for kill in 0..kills {
        load.reach(writes * kill / kills + 1);
        std::thread::sleep(Duration::from_micros(dice.roll(30_000)));
        // As evenly mixed as their numbers allow.
        let app = apps * kills < of_app * (kill + 1);
        let begun = Instant::now();
        if app {
            apps += 1;
            served.kill();
            served = Served::start(house.command(), &house.scratch.0, port, &[]);
        } else {
            served.assert_well();
            house.kill_database();
        }
        served.wait_ready();
        let slowest = &mut slowest[usize::from(!app)];
        *slowest = begun.elapsed().max(*slowest);
    }
    load.reach(writes);
    served.assert_well();
    // History is whole at any moment, also while it is being sealed.
    for _ in 0..scale::of(2, 20) {
        let said = run(house.command().args(["audit", "verify"]));
        assert!(said.contains("History is whole."), "{said}");
    }
    let acknowledged = load.acknowledged();
    let journal = load.finish();
    served.terminate();
    journal.check(&house);
    eprintln!(
        "{acknowledged} acknowledged writes, {apps} kills of the application (ready again after {:?} at most), \
         {} of PostgreSQL ({:?}): {}",
        slowest[0],
        kills - apps,
        slowest[1],
        journal.summary()
    );
    assert!(journal.cut > 0, "no kill met a request at work");
    assert_eq!(journal.failures(), 0, "{}", journal.summary());
}
