//! What a trainee is told, under each policy: complete, true, and nothing of anybody else.

use banyan::matching::explain::{Band, Disclosure, Explainer, Lever, Standing, Why};
use banyan::matching::snapshot::Snapshot;
use banyan::matching::{Instance, engine};

use super::small::{Die, MODELS, bank, drawn, instance, posting, run_of, strict, trainee};

/// Eight who want one posting of `seats`, ranked by number.
fn eight(seats: u32) -> Snapshot {
    let names: Vec<String> = (1..=8).map(|n| format!("t{n}")).collect();
    let mut only = posting("p", "b", seats);
    only.list = strict(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let everybody = names.iter().map(|it| trainee(it, &["p"])).collect();
    run_of(everybody, vec![bank("b")], vec![only])
}

fn told(run: &Instance, who: &str, disclosure: Disclosure) -> Vec<Why> {
    let outcome = engine::run(run);
    let explainer = Explainer::new(run, &outcome, disclosure);
    let explanation = explainer.explain(run.find_trainee(who).unwrap());
    assert_eq!(explanation.received, outcome.of(explanation.trainee));
    explanation.lines.into_iter().map(|it| it.why).collect()
}

#[test]
fn each_policy_tells_as_much_as_it_says() {
    let run = instance(&eight(3));
    let full = |standing| vec![Why::Full(standing)];
    assert_eq!(
        told(&run, "t5", Disclosure::ReasonOnly),
        full(Standing::default())
    );
    assert_eq!(
        told(&run, "t5", Disclosure::Band),
        full(Standing {
            band: Some(Band::Third),
            ..Standing::default()
        })
    );
    assert_eq!(
        told(&run, "t5", Disclosure::Exact),
        full(Standing {
            band: Some(Band::Third),
            rank: Some(5),
            cutoff: Some(3)
        })
    );
    assert_eq!(Disclosure::default(), Disclosure::ReasonOnly);
}

#[test]
fn a_cutoff_of_fewer_than_three_is_kept_back() {
    let run = instance(&eight(2));
    assert_eq!(
        told(&run, "t8", Disclosure::Exact),
        [Why::Full(Standing {
            band: Some(Band::Last),
            rank: Some(8),
            cutoff: None
        })]
    );
}

#[test]
fn a_short_list_has_no_bands() {
    let mut snapshot = eight(1);
    snapshot.postings[0].list.truncate(7);
    let run = instance(&snapshot);
    let standing = Standing::default();
    assert_eq!(told(&run, "t7", Disclosure::Band), [Why::Full(standing)]);
    assert_eq!(told(&run, "t8", Disclosure::Band), [Why::NotRanked]);
}

#[test]
fn caps_and_reserves_show_figures_only_when_all_is_exact() {
    let mut snapshot = eight(3);
    snapshot.banks[0].cap = Some(2);
    let run = instance(&snapshot);
    let cap = |it: Vec<Why>| match it.as_slice() {
        [Why::BankCap { cap, standing }] => (*cap, standing.rank, standing.cutoff),
        other => panic!("{other:?}"),
    };
    assert_eq!(cap(told(&run, "t3", Disclosure::Band)), (None, None, None));
    assert_eq!(
        cap(told(&run, "t3", Disclosure::Exact)),
        (Some(2), Some(3), None)
    );
    let mut snapshot = eight(2);
    snapshot.postings[0].reserve = Some(("g".to_owned(), 1));
    snapshot.trainees[7].groups = vec!["g".to_owned()];
    let run = instance(&snapshot);
    let group = "g".to_owned();
    assert_eq!(
        told(&run, "t2", Disclosure::Exact),
        [Why::Reserve {
            group: group.clone(),
            seats: Some(1)
        }]
    );
    let why = Why::Reserve { group, seats: None };
    assert_eq!(why.levers(), [Lever::Ranking, Lever::Seats, Lever::Reserve]);
    assert_eq!(told(&run, "t2", Disclosure::Band), [why]);
}

#[test]
fn every_choice_is_explained_and_nobody_else_is_named() {
    for model in MODELS {
        for seed in 0..20 {
            let snapshot = drawn(&mut Die::new(seed), model, 14, 6, 3);
            let run = instance(&snapshot);
            let outcome = engine::run(&run);
            let explainer = Explainer::new(&run, &outcome, Disclosure::Exact);
            for who in run.all_trainees() {
                let told = explainer.explain(who);
                let choices: Vec<_> = told.lines.iter().map(|it| it.posting).collect();
                assert_eq!(choices, run.list(who));
                let places = told.lines.iter().map(|it| it.choice);
                assert!(places.eq(1..=u32::try_from(choices.len()).unwrap()));
                let matched = told.lines.iter().filter(|it| it.why == Why::Matched);
                assert_eq!(matched.map(|it| it.posting).next(), told.received);
                for line in &told.lines {
                    let settled = matches!(line.why, Why::Matched | Why::NotNeeded);
                    assert_eq!(line.why.levers().is_empty(), settled);
                    // All that is text in it is a rule or a group of the run.
                    let text = format!("{:?}", line.why);
                    for other in run.all_trainees() {
                        assert!(!text.contains(&format!("{:?}", run.trainee_id(other))));
                    }
                }
            }
        }
    }
}
