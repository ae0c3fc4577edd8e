use proptest::{prelude::*, sample::select};

use super::*;
use crate::distribution::Positions;

const GRAND_PRIX: [f64; 10] = [25.0, 18.0, 15.0, 12.0, 10.0, 8.0, 6.0, 4.0, 2.0, 1.0];
const SPRINT: [f64; 8] = [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0];
const TRIALS: u32 = 20_000;

/// Five standard deviations of an estimated chance, exceeded once in two million.
fn error(chance: f64) -> f64 {
    5.0 * (chance * (1.0 - chance) / f64::from(TRIALS)).sqrt()
}

fn assert_near(estimate: f64, exact: f64) {
    assert!(
        (estimate - exact).abs() <= error(exact),
        "{estimate} is not {exact} within {}",
        error(exact)
    );
}

fn driver(points: f64, finishes: &[u16], strength: f64) -> ContendingDriver {
    ContendingDriver {
        points,
        finishes: finishes.to_vec(),
        team: 0,
        strength,
        retirement: 0.0,
    }
}

fn team(points: f64) -> ContendingTeam {
    ContendingTeam {
        points,
        finishes: Vec::new(),
    }
}

fn grand_prix(weekend: u16, scoring: &[f64]) -> RemainingRace {
    RemainingRace {
        weekend,
        scoring: scoring.to_vec(),
        distance: 1.0,
        scale: 1.0,
        bonus: None,
    }
}

fn sprint(weekend: u16, scoring: &[f64]) -> RemainingRace {
    RemainingRace {
        distance: 1.0 / 3.0,
        scale: 1.3,
        ..grand_prix(weekend, scoring)
    }
}

fn odds(
    contenders: &[ContendingDriver],
    teams: &[ContendingTeam],
    events: &[RemainingRace],
) -> Odds {
    simulate(contenders, teams, events, Shocks::default(), TRIALS, 7).unwrap()
}

fn chances(entrant_odds: &[EntrantOdds]) -> Vec<f64> {
    entrant_odds.iter().map(|one| one.chance).collect()
}

/// Title statuses and chances of drivers who are all in one team.
fn drivers(
    contenders: &[ContendingDriver],
    events: &[RemainingRace],
) -> (Vec<TitleStatus>, Vec<f64>) {
    let teams = [team(0.0)];
    let statuses = title_statuses(contenders, &teams, events).unwrap().drivers;
    (statuses, chances(&odds(contenders, &teams, events).drivers))
}

#[test]
fn a_last_race_between_two_is_a_logistic_duel() {
    for advantage in [0.0, 0.7, -2.0_f64] {
        let field = [
            driver(80.0, &[], 100.0 + advantage),
            driver(80.0, &[], 100.0),
        ];
        let (statuses, chances) = drivers(&field, &[grand_prix(24, &GRAND_PRIX)]);
        assert_eq!(statuses, [TitleStatus::Possible; 2]);
        assert_near(chances[0], 1.0 / (1.0 + (-advantage).exp()));
    }
}

#[test]
fn chances_in_a_last_race_are_those_of_the_exact_distribution() {
    let eta = [2.0, 1.0, 0.5, 0.0, -1.0];
    let retirement: [f64; 5] = [0.1, 0.2, 0.05, 0.9, 0.15];
    let field: Vec<ContendingDriver> = std::iter::zip(eta, retirement)
        .map(|(eta, retirement)| ContendingDriver {
            retirement,
            ..driver(10.0, &[], eta)
        })
        .collect();
    let exact = Positions::exact(&eta, &retirement);
    let (_, chances) = drivers(&field, &[grand_prix(24, &GRAND_PRIX)]);
    for (car, chance) in chances.into_iter().enumerate() {
        assert_near(chance, exact.car(car)[0]);
    }
    let exact = Positions::exact(
        &eta.map(|eta| 1.3 * eta),
        &retirement.map(|d| 1.0 - (1.0 - d).cbrt()),
    );
    let odds = odds(&field, &[team(0.0)], &[sprint(24, &[3.0, 2.0, 1.0])]);
    for (car, outlook) in odds.drivers.iter().enumerate() {
        assert_near(outlook.chance, exact.car(car)[0]);
        let points: f64 = std::iter::zip([3.0, 2.0, 1.0], exact.car(car))
            .map(|(points, chance)| points * chance)
            .sum();
        // A score between 0 and 3 has a standard deviation of at most 1.5.
        let error = 5.0 * 1.5 / f64::from(TRIALS).sqrt();
        assert!((outlook.expected_points - 10.0 - points).abs() < error);
    }
}

#[test]
fn retired_cars_are_last_in_random_order() {
    let retirement: [f64; 2] = [0.9, 0.6];
    let field = retirement.map(|retirement| ContendingDriver {
        retirement,
        ..driver(0.0, &[], 0.0)
    });
    let (_, chances) = drivers(&field, &[grand_prix(24, &GRAND_PRIX)]);
    // Only the other retires, neither does, both do.
    assert_near(chances[0], 0.1 * 0.6 + 0.1 * 0.4 / 2.0 + 0.9 * 0.6 / 2.0);
}

#[test]
fn equal_drivers_have_equal_chances() {
    let field: Vec<ContendingDriver> = (0..20)
        .map(|car| ContendingDriver {
            team: car / 2,
            retirement: 0.1,
            ..driver(0.0, &[], 0.3)
        })
        .collect();
    let teams = vec![team(0.0); 10];
    let events: Vec<RemainingRace> = (1..=4)
        .flat_map(|round| [sprint(round, &SPRINT), grand_prix(round, &GRAND_PRIX)])
        .collect();
    let shocks = Shocks {
        team_race: 0.05,
        driver: 0.1,
        team_initial: 0.1,
    };
    let odds = simulate(&field, &teams, &events, shocks, TRIALS, 1).unwrap();
    for chance in chances(&odds.drivers) {
        assert_near(chance, 0.05);
    }
    for chance in chances(&odds.teams) {
        assert_near(chance, 0.1);
    }
}

#[test]
fn team_shocks_change_every_weekend_and_driver_shocks_are_constant() {
    // Two equal cars, and shocks so large that nothing else matters. The car a point behind has to win twice.
    let chance = |shocks: Shocks, weekends: [u16; 2]| {
        let field = [(0, 0.0), (1, 1.0)].map(|(team, points)| ContendingDriver {
            team,
            ..driver(points, &[], 0.0)
        });
        let events = weekends.map(|weekend| grand_prix(weekend, &[1.0]));
        let teams = [team(0.0), team(1.0)];
        let odds = simulate(&field, &teams, &events, shocks, TRIALS, 3).unwrap();
        assert_eq!(chances(&odds.drivers), chances(&odds.teams));
        odds.drivers[0].chance
    };
    let none = Shocks::default();
    for (shocks, same, next) in [
        (none, 1.0 / 4.0, 1.0 / 4.0),
        (
            Shocks {
                team_race: 100.0,
                ..none
            },
            1.0 / 2.0,
            3.0 / 8.0, // a random walk stays on its side
        ),
        (
            Shocks {
                driver: 100.0,
                ..none
            },
            1.0 / 2.0,
            1.0 / 2.0,
        ),
        (
            Shocks {
                team_initial: 100.0,
                ..none
            },
            1.0 / 2.0,
            1.0 / 2.0,
        ),
    ] {
        assert_near(chance(shocks, [5, 5]), same);
        assert_near(chance(shocks, [5, 6]), next);
    }
}

#[test]
fn a_lead_beyond_the_points_left_clinches_the_title() {
    let events = [sprint(24, &SPRINT), grand_prix(24, &GRAND_PRIX)];
    let field = [
        driver(133.5, &[], -3.0),
        driver(100.0, &[], 3.0),
        driver(99.5, &[], 3.0),
    ];
    let (statuses, chances) = drivers(&field, &events);
    assert_eq!(
        statuses,
        [
            TitleStatus::Clinched,
            TitleStatus::Impossible,
            TitleStatus::Impossible
        ]
    );
    assert_eq!(chances, [1.0, 0.0, 0.0]);
    let field = [
        driver(132.5, &[], -3.0),
        driver(100.0, &[], 3.0),
        driver(99.0, &[], 3.0),
    ];
    let (statuses, chances) = drivers(&field, &events);
    assert_eq!(
        statuses,
        [
            TitleStatus::Possible,
            TitleStatus::Possible,
            TitleStatus::Impossible
        ]
    );
    assert_eq!(chances[2..], [0.0]);
}

#[test]
fn the_bonus_can_keep_a_title_open() {
    let field = [driver(126.0, &[9], 0.0), driver(100.0, &[8], 8.0)];
    let without = grand_prix(22, &GRAND_PRIX);
    let with = RemainingRace {
        bonus: Some(Bonus {
            points: 1.0,
            places: 10,
        }),
        ..without.clone()
    };
    let (statuses, chances) = drivers(&field, &[without]);
    assert_eq!(statuses, [TitleStatus::Clinched, TitleStatus::Impossible]);
    assert_eq!(chances, [1.0, 0.0]);
    // Level on points and wins if the leader scores nothing. In the simulation of two cars the leader is at least second.
    let (statuses, chances) = drivers(&field, &[with]);
    assert_eq!(statuses, [TitleStatus::Possible; 2]);
    assert_eq!(chances, [1.0, 0.0]);
}

#[test]
fn the_bonus_goes_to_one_of_the_eligible_places() {
    // Strengths so far apart that the cars always finish in this order.
    let field = [100.0, 0.0, -100.0].map(|strength| driver(0.0, &[], strength));
    let event = RemainingRace {
        bonus: Some(Bonus {
            points: 1.0,
            places: 2,
        }),
        ..grand_prix(1, &[9.0, 6.0, 4.0, 3.0])
    };
    let odds = odds(&field, &[team(0.0)], &[event]);
    assert_near(odds.drivers[0].expected_points - 9.0, 9.0 / 15.0);
    assert_near(odds.drivers[1].expected_points - 6.0, 6.0 / 15.0);
    assert_eq!((odds.drivers[2].low, odds.drivers[2].high), (4.0, 4.0));
    assert_eq!((odds.teams[0].low, odds.teams[0].high), (20.0, 20.0));
}

#[test]
fn count_back_decides_a_tie() {
    let race = [grand_prix(24, &[10.0])];
    // The second can draw level on points, but not on wins.
    let (statuses, chances_of_first) = drivers(
        &[driver(50.0, &[3], 0.0), driver(40.0, &[1, 9], 0.0)],
        &race,
    );
    assert_eq!(statuses, [TitleStatus::Clinched, TitleStatus::Impossible]);
    assert_eq!(chances_of_first, [1.0, 0.0]);
    // The win that makes the second level on points also puts them ahead on wins, or level on wins and ahead on second
    // places.
    for finishes in [&[3][..], &[2, 9]] {
        let field = [driver(50.0, &[3], 0.0), driver(40.0, finishes, 0.0)];
        let (statuses, chances) = drivers(&field, &race);
        assert_eq!(statuses, [TitleStatus::Possible; 2]);
        assert_near(chances[1], 0.5);
    }
    // A sprint does not count for count-back.
    let field = [driver(50.0, &[3], 0.0), driver(40.0, &[2, 9], 0.0)];
    let (statuses, chances) = drivers(&field, &[sprint(24, &[10.0])]);
    assert_eq!(statuses, [TitleStatus::Clinched, TitleStatus::Impossible]);
    assert_eq!(chances, [1.0, 0.0]);
}

#[test]
fn entrants_level_in_everything_share_the_title() {
    let field = [
        driver(0.14, &[1, 0], 0.0),
        driver(0.14, &[1], 5.0),
        driver(0.13, &[7], 9.0),
    ];
    let (statuses, chances) = drivers(&field, &[]);
    assert_eq!(
        statuses,
        [
            TitleStatus::Possible,
            TitleStatus::Possible,
            TitleStatus::Impossible
        ]
    );
    assert_eq!(chances, [0.5, 0.5, 0.0]);
}

#[test]
fn abu_dhabi_2021_is_decided_by_count_back_if_neither_scores() {
    let field = |retirement| {
        [(369.5, 9), (369.5, 8), (218.0, 1)].map(|(points, wins)| ContendingDriver {
            retirement,
            ..driver(points, &[wins], 0.0)
        })
    };
    let event = RemainingRace {
        bonus: Some(Bonus {
            points: 1.0,
            places: 10,
        }),
        ..grand_prix(22, &GRAND_PRIX)
    };
    let expected = [
        TitleStatus::Possible,
        TitleStatus::Possible,
        TitleStatus::Impossible,
    ];
    let (statuses, chances) = drivers(&field(0.0), std::slice::from_ref(&event));
    assert_eq!(statuses, expected);
    assert_eq!(chances[2..], [0.0]);
    // If neither scores, Verstappen's ninth win decides.
    let (statuses, chances) = drivers(&field(1.0), &[event]);
    assert_eq!(statuses, expected);
    assert_eq!(chances, [1.0, 0.0, 0.0]);
    let (statuses, chances) = drivers(&field(0.0), &[]);
    assert_eq!(
        statuses,
        [
            TitleStatus::Clinched,
            TitleStatus::Impossible,
            TitleStatus::Impossible
        ]
    );
    assert_eq!(chances, [1.0, 0.0, 0.0]);
}

#[test]
fn a_team_scores_with_both_cars() {
    let field = [0, 0, 1].map(|team| ContendingDriver {
        team,
        ..driver(0.0, &[], if team == 0 { -1.0 } else { 1.0 })
    });
    let teams = [team(20.0), team(20.0)];
    let race = [grand_prix(1, &[10.0, 6.0, 5.0])];
    // The worst result of two cars is 6 + 5, one point more than a win.
    let odds = odds(&field, &teams, &race);
    assert_eq!(chances(&odds.teams), [1.0, 0.0]);
    let points = odds.teams[0].expected_points + odds.teams[1].expected_points;
    assert!((points - 61.0).abs() < 1e-9);
    let drivers: f64 = odds.drivers[..2]
        .iter()
        .map(|one| one.expected_points)
        .sum();
    assert!((odds.teams[0].expected_points - 20.0 - drivers).abs() < 1e-9);
    // A first and a second place make up a lead of 16, but not one of 16.5.
    let second = |lead: f64| {
        title_statuses(&field, &[team(lead), team(0.0)], &race)
            .unwrap()
            .teams[1]
    };
    assert_eq!(second(16.0), TitleStatus::Possible);
    assert_eq!(second(16.5), TitleStatus::Impossible);
}

#[test]
fn quantiles_are_nearest_ranks() {
    let sorted: Vec<i64> = (1..=20).collect();
    assert_eq!(trial::nearest_rank(&sorted, 5), 1);
    assert_eq!(trial::nearest_rank(&sorted, 95), 19);
    assert_eq!(trial::nearest_rank(&sorted[..19], 95), 19);
    assert_eq!(trial::nearest_rank(&[7], 5), 7);
    let field = [driver(0.0, &[], 0.0), driver(0.0, &[], 4.0)];
    let odds = odds(&field, &[team(-15.0)], &[grand_prix(1, &[3.0, 1.0])]);
    // The weaker driver wins one race in 56.
    assert_eq!((odds.drivers[0].low, odds.drivers[0].high), (1.0, 1.0));
    assert_eq!((odds.drivers[1].low, odds.drivers[1].high), (3.0, 3.0));
    assert_eq!((odds.teams[0].low, odds.teams[0].high), (-11.0, -11.0));
}

#[test]
fn inputs_out_of_range_are_errors() {
    let race = grand_prix(1, &GRAND_PRIX);
    let check = |field: &[ContendingDriver], teams: &[ContendingTeam], event: &RemainingRace| {
        title_statuses(field, teams, std::slice::from_ref(event)).unwrap_err()
    };
    let fine = driver(0.0, &[], 0.0);
    let teams = [team(0.0)];
    assert_eq!(check(&[], &teams, &race), TitleError::EmptyField);
    assert_eq!(
        check(std::slice::from_ref(&fine), &[], &race),
        TitleError::UnknownTeam { team: 0, teams: 0 }
    );
    let retirement = |retirement| ContendingDriver {
        retirement,
        ..fine.clone()
    };
    for contender in [
        driver(f64::NAN, &[], 0.0),
        driver(0.0, &[], f64::INFINITY),
        retirement(1.1),
        retirement(-0.1),
        retirement(f64::NAN),
    ] {
        let error = check(&[contender], &teams, &race);
        assert!(matches!(error, TitleError::OutOfRange { .. }), "{error}");
    }
    let event = |distance, scale| RemainingRace {
        distance,
        scale,
        ..race.clone()
    };
    for event in [
        event(1.5, 1.0),
        event(f64::NAN, 1.0),
        event(1.0, -1.0),
        grand_prix(1, &[f64::NAN]),
        grand_prix(1, &[-1.0]),
    ] {
        let error = check(std::slice::from_ref(&fine), &teams, &event);
        assert!(matches!(error, TitleError::OutOfRange { .. }), "{error}");
    }
    let shocks = Shocks {
        driver: f64::NAN,
        ..Shocks::default()
    };
    let run = |shocks, trials| {
        let field = std::slice::from_ref(&fine);
        simulate(field, &teams, &[], shocks, trials, 0).unwrap_err()
    };
    assert!(matches!(run(shocks, 1), TitleError::OutOfRange { .. }));
    assert_eq!(run(Shocks::default(), 0), TitleError::NoTrials);
    assert_eq!(
        check(&[retirement(2.0)], &teams, &race).to_string(),
        "a chance to retire is 2, which is not between 0 and 1"
    );
}

prop_compose! {
    /// A driver with points, finishes and a team from a narrow range, so that leads and ties of all kinds occur.
    fn any_contender(teams: usize)(
        points in 0..40_u16,
        lead in select(vec![0.0, 0.0, 30.0]),
        finishes in prop::collection::vec(0..3_u16, 0..4),
        team in 0..teams,
        strength in -4.0..4.0_f64,
        retirement in select(vec![0.0, 0.1, 0.6, 1.0]),
    ) -> ContendingDriver {
        let points = lead + f64::from(points) / 2.0;
        ContendingDriver { points, finishes, team, strength, retirement }
    }
}

prop_compose! {
    fn any_team()(points in -5..60_i16, finishes in prop::collection::vec(0..3_u16, 0..4)) -> ContendingTeam {
        ContendingTeam { points: f64::from(points) / 2.0, finishes }
    }
}

prop_compose! {
    fn any_race()(
        weekend in 1..4_u16,
        scoring in select(vec![GRAND_PRIX.to_vec(), SPRINT.to_vec(), vec![10.0, 6.0, 4.0, 3.0], vec![0.5], vec![]]),
        (distance, scale) in select(vec![(1.0, 1.0), (1.0 / 3.0, 1.3)]),
        bonus in prop::option::of((0..3_u8, 0..12_usize)),
    ) -> RemainingRace {
        let bonus = bonus.map(|(points, places)| Bonus { points: f64::from(points), places });
        RemainingRace { weekend, scoring, distance, scale, bonus }
    }
}

prop_compose! {
    fn any_season()(teams in prop::collection::vec(any_team(), 1..5))(
        contenders in prop::collection::vec(any_contender(teams.len()), 1..8),
        teams in Just(teams),
        events in prop::collection::vec(any_race(), 0..4),
    ) -> (Vec<ContendingDriver>, Vec<ContendingTeam>, Vec<RemainingRace>) {
        (contenders, teams, events)
    }
}

proptest! {
    #[test]
    fn chances_sum_to_one_and_never_contradict_the_arithmetic(
        (contenders, teams, events) in any_season(),
        shock in select(vec![0.0, 0.3]),
        trials in 1..600_u32,
        seed in 0..u64::MAX,
    ) {
        let shocks = Shocks { team_race: shock, driver: shock, team_initial: shock };
        let run = || simulate(&contenders, &teams, &events, shocks, trials, seed).unwrap();
        let odds = run();
        prop_assert_eq!(&odds, &run());
        let settled = title_statuses(&contenders, &teams, &events).unwrap();
        for (entrant_odds, statuses) in [(odds.drivers, settled.drivers), (odds.teams, settled.teams)] {
            let sum: f64 = entrant_odds.iter().map(|one| one.chance).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9, "chances sum to {}", sum);
            for (outlook, status) in entrant_odds.iter().zip(&statuses) {
                prop_assert!((0.0..=1.0).contains(&outlook.chance));
                prop_assert!(outlook.low <= outlook.high);
                match status {
                    TitleStatus::Clinched => prop_assert!(outlook.chance >= 1.0),
                    TitleStatus::Impossible => prop_assert!(outlook.chance <= 0.0),
                    TitleStatus::Possible => {}
                }
            }
            let clinched = statuses.contains(&TitleStatus::Clinched);
            let open = statuses.iter().filter(|one| **one != TitleStatus::Impossible).count();
            prop_assert_eq!(clinched, open == 1);
        }
    }
}
