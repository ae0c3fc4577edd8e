use proptest::{prelude::*, sample::select};

use super::*;
use crate::distribution::Positions;

const GRAND_PRIX: [f64; 10] = [25.0, 18.0, 15.0, 12.0, 10.0, 8.0, 6.0, 4.0, 2.0, 1.0];
const SPRINT: [f64; 8] = [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0];
const TRIALS: u32 = 20_000;

/// Five standard deviations of an estimated chance: wrong once in two million.
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

fn driver(points: f64, finishes: &[u16], strength: f64) -> Contender {
    Contender {
        points,
        finishes: finishes.to_vec(),
        team: 0,
        strength,
        retirement: 0.0,
    }
}

fn side(points: f64) -> Side {
    Side {
        points,
        finishes: Vec::new(),
    }
}

fn grand_prix(weekend: u16, scoring: &[f64]) -> Event {
    Event {
        weekend,
        scoring: scoring.to_vec(),
        distance: 1.0,
        scale: 1.0,
        bonus: None,
    }
}

fn sprint(weekend: u16, scoring: &[f64]) -> Event {
    Event {
        distance: 1.0 / 3.0,
        scale: 1.3,
        ..grand_prix(weekend, scoring)
    }
}

fn odds(contenders: &[Contender], teams: &[Side], events: &[Event]) -> Odds {
    simulate(contenders, teams, events, Shocks::default(), TRIALS, 7).unwrap()
}

fn chances(outlooks: &[Outlook]) -> Vec<f64> {
    outlooks.iter().map(|one| one.chance).collect()
}

/// The drivers' standings and chances, all in one team.
fn drivers(contenders: &[Contender], events: &[Event]) -> (Vec<Standing>, Vec<f64>) {
    let teams = [side(0.0)];
    let standings = settled(contenders, &teams, events).unwrap().drivers;
    (
        standings,
        chances(&odds(contenders, &teams, events).drivers),
    )
}

#[test]
fn a_last_race_between_two_is_a_logistic_duel() {
    for advantage in [0.0, 0.7, -2.0_f64] {
        let field = [
            driver(80.0, &[], 100.0 + advantage),
            driver(80.0, &[], 100.0),
        ];
        let (standings, chances) = drivers(&field, &[grand_prix(24, &GRAND_PRIX)]);
        assert_eq!(standings, [Standing::Possible; 2]);
        assert_near(chances[0], 1.0 / (1.0 + (-advantage).exp()));
    }
}

#[test]
fn a_last_race_is_won_as_often_as_the_exact_distribution_says() {
    let eta = [2.0, 1.0, 0.5, 0.0, -1.0];
    let retirement: [f64; 5] = [0.1, 0.2, 0.05, 0.9, 0.15];
    let field: Vec<Contender> = std::iter::zip(eta, retirement)
        .map(|(eta, retirement)| Contender {
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
    let odds = odds(&field, &[side(0.0)], &[sprint(24, &[3.0, 2.0, 1.0])]);
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
fn the_retired_are_last_in_random_order() {
    let retirement: [f64; 2] = [0.9, 0.6];
    let field = retirement.map(|retirement| Contender {
        retirement,
        ..driver(0.0, &[], 0.0)
    });
    let (_, chances) = drivers(&field, &[grand_prix(24, &GRAND_PRIX)]);
    // Only the other retires, neither does, both do.
    assert_near(chances[0], 0.1 * 0.6 + 0.1 * 0.4 / 2.0 + 0.9 * 0.6 / 2.0);
}

#[test]
fn equals_have_equal_chances() {
    let field: Vec<Contender> = (0..20)
        .map(|car| Contender {
            team: car / 2,
            retirement: 0.1,
            ..driver(0.0, &[], 0.3)
        })
        .collect();
    let teams = vec![side(0.0); 10];
    let events: Vec<Event> = (1..=4)
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
fn shocks_last_as_long_as_they_should() {
    // Two equal cars and shocks so large that nothing else decides; to make up a point, one has to win twice.
    let chance = |shocks: Shocks, weekends: [u16; 2]| {
        let field = [(0, 0.0), (1, 1.0)].map(|(team, points)| Contender {
            team,
            ..driver(points, &[], 0.0)
        });
        let events = weekends.map(|weekend| grand_prix(weekend, &[1.0]));
        let teams = [side(0.0), side(1.0)];
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
fn a_lead_beyond_what_is_left_is_a_title() {
    let events = [sprint(24, &SPRINT), grand_prix(24, &GRAND_PRIX)];
    let field = [
        driver(133.5, &[], -3.0),
        driver(100.0, &[], 3.0),
        driver(99.5, &[], 3.0),
    ];
    let (standings, chances) = drivers(&field, &events);
    assert_eq!(
        standings,
        [
            Standing::Clinched,
            Standing::Impossible,
            Standing::Impossible
        ]
    );
    assert_eq!(chances, [1.0, 0.0, 0.0]);
    let field = [
        driver(132.5, &[], -3.0),
        driver(100.0, &[], 3.0),
        driver(99.0, &[], 3.0),
    ];
    let (standings, chances) = drivers(&field, &events);
    assert_eq!(
        standings,
        [Standing::Possible, Standing::Possible, Standing::Impossible]
    );
    assert_eq!(chances[2..], [0.0]);
}

#[test]
fn the_bonus_keeps_a_title_open() {
    let field = [driver(126.0, &[9], 0.0), driver(100.0, &[8], 8.0)];
    let without = grand_prix(22, &GRAND_PRIX);
    let with = Event {
        bonus: Some(Bonus {
            points: 1.0,
            places: 10,
        }),
        ..without.clone()
    };
    let (standings, chances) = drivers(&field, &[without]);
    assert_eq!(standings, [Standing::Clinched, Standing::Impossible]);
    assert_eq!(chances, [1.0, 0.0]);
    // Level in points and in wins, if the leader scores nothing; but of two cars he is second at the least.
    let (standings, chances) = drivers(&field, &[with]);
    assert_eq!(standings, [Standing::Possible; 2]);
    assert_eq!(chances, [1.0, 0.0]);
}

#[test]
fn the_bonus_goes_to_one_of_the_first() {
    // So far apart that they always finish in this order.
    let field = [100.0, 0.0, -100.0].map(|strength| driver(0.0, &[], strength));
    let event = Event {
        bonus: Some(Bonus {
            points: 1.0,
            places: 2,
        }),
        ..grand_prix(1, &[9.0, 6.0, 4.0, 3.0])
    };
    let odds = odds(&field, &[side(0.0)], &[event]);
    assert_near(odds.drivers[0].expected_points - 9.0, 9.0 / 15.0);
    assert_near(odds.drivers[1].expected_points - 6.0, 6.0 / 15.0);
    assert_eq!((odds.drivers[2].low, odds.drivers[2].high), (4.0, 4.0));
    assert_eq!((odds.teams[0].low, odds.teams[0].high), (20.0, 20.0));
}

#[test]
fn count_back_decides_a_tie() {
    let race = [grand_prix(24, &[10.0])];
    // The second can draw level, but not in wins.
    let (standings, chances_of_first) = drivers(
        &[driver(50.0, &[3], 0.0), driver(40.0, &[1, 9], 0.0)],
        &race,
    );
    assert_eq!(standings, [Standing::Clinched, Standing::Impossible]);
    assert_eq!(chances_of_first, [1.0, 0.0]);
    // The win that makes them level in points makes him ahead in wins, or level in wins and ahead in second places.
    for finishes in [&[3][..], &[2, 9]] {
        let field = [driver(50.0, &[3], 0.0), driver(40.0, finishes, 0.0)];
        let (standings, chances) = drivers(&field, &race);
        assert_eq!(standings, [Standing::Possible; 2]);
        assert_near(chances[1], 0.5);
    }
    // A sprint does not count for count-back.
    let field = [driver(50.0, &[3], 0.0), driver(40.0, &[2, 9], 0.0)];
    let (standings, chances) = drivers(&field, &[sprint(24, &[10.0])]);
    assert_eq!(standings, [Standing::Clinched, Standing::Impossible]);
    assert_eq!(chances, [1.0, 0.0]);
}

#[test]
fn level_in_everything_is_shared() {
    let field = [
        driver(0.14, &[1, 0], 0.0),
        driver(0.14, &[1], 5.0),
        driver(0.13, &[7], 9.0),
    ];
    let (standings, chances) = drivers(&field, &[]);
    assert_eq!(
        standings,
        [Standing::Possible, Standing::Possible, Standing::Impossible]
    );
    assert_eq!(chances, [0.5, 0.5, 0.0]);
}

#[test]
fn abu_dhabi_2021() {
    let field = |retirement| {
        [(369.5, 9), (369.5, 8), (218.0, 1)].map(|(points, wins)| Contender {
            retirement,
            ..driver(points, &[wins], 0.0)
        })
    };
    let event = Event {
        bonus: Some(Bonus {
            points: 1.0,
            places: 10,
        }),
        ..grand_prix(22, &GRAND_PRIX)
    };
    let expected = [Standing::Possible, Standing::Possible, Standing::Impossible];
    let (standings, chances) = drivers(&field(0.0), std::slice::from_ref(&event));
    assert_eq!(standings, expected);
    assert_eq!(chances[2..], [0.0]);
    // Had neither started, Verstappen's ninth win would have decided.
    let (standings, chances) = drivers(&field(1.0), &[event]);
    assert_eq!(standings, expected);
    assert_eq!(chances, [1.0, 0.0, 0.0]);
    let (standings, chances) = drivers(&field(0.0), &[]);
    assert_eq!(
        standings,
        [
            Standing::Clinched,
            Standing::Impossible,
            Standing::Impossible
        ]
    );
    assert_eq!(chances, [1.0, 0.0, 0.0]);
}

#[test]
fn a_team_scores_with_both_cars() {
    let field = [0, 0, 1].map(|team| Contender {
        team,
        ..driver(0.0, &[], if team == 0 { -1.0 } else { 1.0 })
    });
    let teams = [side(20.0), side(20.0)];
    let race = [grand_prix(1, &[10.0, 6.0, 5.0])];
    // The worst for two cars is 6 + 5, one more than the win.
    let odds = odds(&field, &teams, &race);
    assert_eq!(chances(&odds.teams), [1.0, 0.0]);
    let points = odds.teams[0].expected_points + odds.teams[1].expected_points;
    assert!((points - 61.0).abs() < 1e-9);
    let drivers: f64 = odds.drivers[..2]
        .iter()
        .map(|one| one.expected_points)
        .sum();
    assert!((odds.teams[0].expected_points - 20.0 - drivers).abs() < 1e-9);
    // A lead of 16 can be made up by a first and a second place, one of 17 cannot.
    let second = |lead: f64| {
        settled(&field, &[side(lead), side(0.0)], &race)
            .unwrap()
            .teams[1]
    };
    assert_eq!(second(16.0), Standing::Possible);
    assert_eq!(second(16.5), Standing::Impossible);
}

#[test]
fn quantiles_are_nearest_ranks() {
    let sorted: Vec<i64> = (1..=20).collect();
    assert_eq!(trial::nearest_rank(&sorted, 5), 1);
    assert_eq!(trial::nearest_rank(&sorted, 95), 19);
    assert_eq!(trial::nearest_rank(&sorted[..19], 95), 19);
    assert_eq!(trial::nearest_rank(&[7], 5), 7);
    let field = [driver(0.0, &[], 0.0), driver(0.0, &[], 4.0)];
    let odds = odds(&field, &[side(-15.0)], &[grand_prix(1, &[3.0, 1.0])]);
    // The outsider wins one race in 56.
    assert_eq!((odds.drivers[0].low, odds.drivers[0].high), (1.0, 1.0));
    assert_eq!((odds.drivers[1].low, odds.drivers[1].high), (3.0, 3.0));
    assert_eq!((odds.teams[0].low, odds.teams[0].high), (-11.0, -11.0));
}

#[test]
fn nonsense_is_an_error() {
    let race = grand_prix(1, &GRAND_PRIX);
    let check = |field: &[Contender], teams: &[Side], event: &Event| {
        settled(field, teams, std::slice::from_ref(event)).unwrap_err()
    };
    let fine = driver(0.0, &[], 0.0);
    let teams = [side(0.0)];
    assert_eq!(check(&[], &teams, &race), TitleError::EmptyField);
    assert_eq!(
        check(std::slice::from_ref(&fine), &[], &race),
        TitleError::UnknownTeam { team: 0, teams: 0 }
    );
    let retirement = |retirement| Contender {
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
    let event = |distance, scale| Event {
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
    /// A driver with points, places and a team from a narrow range, so that leads and ties of all kinds occur.
    fn any_contender(teams: usize)(
        points in 0..40_u16,
        lead in select(vec![0.0, 0.0, 30.0]),
        finishes in prop::collection::vec(0..3_u16, 0..4),
        team in 0..teams,
        strength in -4.0..4.0_f64,
        retirement in select(vec![0.0, 0.1, 0.6, 1.0]),
    ) -> Contender {
        let points = lead + f64::from(points) / 2.0;
        Contender { points, finishes, team, strength, retirement }
    }
}

prop_compose! {
    fn any_side()(points in -5..60_i16, finishes in prop::collection::vec(0..3_u16, 0..4)) -> Side {
        Side { points: f64::from(points) / 2.0, finishes }
    }
}

prop_compose! {
    fn any_event()(
        weekend in 1..4_u16,
        scoring in select(vec![GRAND_PRIX.to_vec(), SPRINT.to_vec(), vec![10.0, 6.0, 4.0, 3.0], vec![0.5], vec![]]),
        (distance, scale) in select(vec![(1.0, 1.0), (1.0 / 3.0, 1.3)]),
        bonus in prop::option::of((0..3_u8, 0..12_usize)),
    ) -> Event {
        let bonus = bonus.map(|(points, places)| Bonus { points: f64::from(points), places });
        Event { weekend, scoring, distance, scale, bonus }
    }
}

prop_compose! {
    fn any_season()(teams in prop::collection::vec(any_side(), 1..5))(
        contenders in prop::collection::vec(any_contender(teams.len()), 1..8),
        teams in Just(teams),
        events in prop::collection::vec(any_event(), 0..4),
    ) -> (Vec<Contender>, Vec<Side>, Vec<Event>) {
        (contenders, teams, events)
    }
}

proptest! {
    #[test]
    fn chances_are_chances_and_keep_to_the_arithmetic(
        (contenders, teams, events) in any_season(),
        shock in select(vec![0.0, 0.3]),
        trials in 1..600_u32,
        seed in 0..u64::MAX,
    ) {
        let shocks = Shocks { team_race: shock, driver: shock, team_initial: shock };
        let run = || simulate(&contenders, &teams, &events, shocks, trials, seed).unwrap();
        let odds = run();
        prop_assert_eq!(&odds, &run());
        let settled = settled(&contenders, &teams, &events).unwrap();
        for (outlooks, standings) in [(odds.drivers, settled.drivers), (odds.teams, settled.teams)] {
            let sum: f64 = outlooks.iter().map(|one| one.chance).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9, "chances sum to {}", sum);
            for (outlook, standing) in outlooks.iter().zip(&standings) {
                prop_assert!((0.0..=1.0).contains(&outlook.chance));
                prop_assert!(outlook.low <= outlook.high);
                match standing {
                    Standing::Clinched => prop_assert!(outlook.chance >= 1.0),
                    Standing::Impossible => prop_assert!(outlook.chance <= 0.0),
                    Standing::Possible => {}
                }
            }
            let clinched = standings.contains(&Standing::Clinched);
            let open = standings.iter().filter(|one| **one != Standing::Impossible).count();
            prop_assert_eq!(clinched, open == 1);
        }
    }
}
