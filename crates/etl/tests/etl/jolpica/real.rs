//! The real answers of five seasons. Skipped, with a message, unless the shared folder is beside the project.

use chrono::TimeDelta;
use etl::sources::{
    jolpica::RATE_LIMIT as JOLPICA,
    jolpica::{self, CarQualifying, CarResult, Race, Round},
    lease::UpstreamLease,
};
use reqwest::Url;
use schema::{EventFormat, ResultStatus};
use sqlx::PgPool;

use crate::common::{self, replay::Replay};

/// Season, races, results, qualifying, sprint, pit stops, drivers' and constructors' standings after every round.
const ROWS: [[usize; 8]; 5] = [
    [2021, 22, 440, 439, 60, 798, 450, 220],
    [2022, 22, 440, 440, 60, 805, 467, 220],
    [2023, 22, 440, 440, 120, 912, 462, 220],
    [2024, 24, 479, 479, 120, 825, 519, 240],
    [2025, 24, 479, 479, 120, 821, 498, 240],
];
/// Timed laps of 2024.
const LAPS_OF_2024: usize = 26574;

/// The lists of a season.
struct Season {
    races: Vec<Race>,
    results: Vec<Round<CarResult>>,
    qualifying: Vec<Round<CarQualifying>>,
    sprints: Vec<Round<CarResult>>,
}

async fn season(turn: &mut UpstreamLease, base: &Url, year: i16) -> Season {
    Season {
        races: jolpica::calendar(turn, base, year).await.unwrap(),
        results: jolpica::results(turn, base, year, None).await.unwrap(),
        qualifying: jolpica::qualifying(turn, base, year, None).await.unwrap(),
        sprints: jolpica::sprint(turn, base, year, None).await.unwrap(),
    }
}

fn rows<T>(rounds: &[Round<T>]) -> usize {
    rounds.iter().map(|round| round.rows.len()).sum()
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_list_of_five_seasons_is_read(pool: PgPool) {
    let Some(replay) = Replay::start(&[]) else {
        return;
    };
    let base = &replay.service("ergast/f1");
    let mut hours = 0;
    for [
        year,
        races,
        results,
        qualifying,
        sprints,
        stops,
        drivers,
        teams,
    ] in ROWS
    {
        let year = i16::try_from(year).unwrap();
        // Later each time, since the budget of an hour is not enough for all seasons.
        let now = common::now() + TimeDelta::hours(hours);
        hours += 2;
        let ctx = common::context_of(&pool, now, "http://127.0.0.1:9");
        let mut turn = UpstreamLease::acquire(&ctx, &JOLPICA).await.unwrap();
        let read = season(&mut turn, base, year).await;
        let rounds = i16::try_from(read.races.len()).unwrap();
        assert_eq!(read.races.len(), races);
        let of_lists = ctx.http.requests();
        assert!(of_lists <= 13, "{year} took {of_lists} requests");
        let mut found = 0;
        for round in 1..=rounds {
            found += jolpica::pit_stops(&mut turn, base, year, round)
                .await
                .unwrap()
                .len();
        }
        let requests = ctx.http.requests();
        assert!(requests <= 45, "{year} took {requests} requests");
        println!("{year}: {of_lists} requests, with pit stops {requests}");
        assert_eq!(
            [
                rows(&read.results),
                rows(&read.qualifying),
                rows(&read.sprints),
                found
            ],
            [results, qualifying, sprints, stops],
            "{year}"
        );
        check(&read, year);

        let mut tables = [0, 0];
        for round in 1..=rounds {
            let table = jolpica::driver_standings(&mut turn, base, year, round).await;
            tables[0] += table.unwrap().len();
            let table = jolpica::constructor_standings(&mut turn, base, year, round).await;
            tables[1] += table.unwrap().len();
            // Reading a round alone gives the same as reading the whole season.
            let alone = jolpica::qualifying(&mut turn, base, year, Some(round)).await;
            let at = usize::try_from(round - 1).unwrap();
            assert_eq!(
                alone.unwrap(),
                read.qualifying[at..=at],
                "{year} round {round}"
            );
        }
        assert_eq!(tables, [drivers, teams], "{year}");
        turn.release().await.unwrap();
    }
}

fn check(season: &Season, year: i16) {
    let names = season.races.iter().map(|race| Some(race.name.as_str()));
    let of_results = season
        .results
        .iter()
        .map(|round| round.race_name.as_deref());
    assert!(names.eq(of_results), "{year}");
    for (race, result) in season.races.iter().zip(&season.results) {
        let has_sprint = season.sprints.iter().any(|round| round.round == race.round);
        assert_eq!(race.event_format, EventFormat::of(year, has_sprint));
        assert_eq!(race.round, result.round);
        assert!(
            result
                .rows
                .iter()
                .zip(1..)
                .all(|(car, line)| car.display_order == line)
        );
        let places: Vec<i16> = result.rows.iter().filter_map(|car| car.position).collect();
        assert!(
            places.iter().zip(1..).all(|(place, line)| *place == line),
            "{year} {places:?}"
        );
    }
    let status = |round: usize, driver: &str| {
        let cars = &season.results[round - 1].rows;
        let car = cars.iter().find(|car| car.driver.id == driver).unwrap();
        (car.status, car.position)
    };
    match year {
        2023 => {
            assert_eq!(status(3, "gasly"), (ResultStatus::Retired, Some(13)));
            assert_eq!(status(18, "hamilton"), (ResultStatus::Disqualified, None));
        }
        2024 => {
            assert_eq!(status(11, "norris"), (ResultStatus::Retired, Some(20)));
            assert_eq!(status(14, "russell"), (ResultStatus::Disqualified, None));
        }
        _ => {}
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_lap_of_a_season_is_read(pool: PgPool) {
    let Some(replay) = Replay::start(&["--omit-none"]) else {
        return;
    };
    let ctx = common::context(&pool);
    let mut turn = UpstreamLease::acquire(&ctx, &JOLPICA).await.unwrap();
    let mut laps = 0;
    for round in 1..=24 {
        let read = jolpica::laps(&mut turn, &replay.service("ergast/f1"), 2024, round).await;
        laps += read.unwrap().len();
    }
    assert_eq!(laps, LAPS_OF_2024);
    println!("laps of 2024: {} requests", ctx.http.requests());
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn upstream_faults_do_not_change_what_is_read(pool: PgPool) {
    let faults = [
        "--faults",
        "7",
        "--fault-rate",
        "0.4",
        "--fault-kinds",
        "500,502,close,truncate,html",
    ];
    let (Some(undisturbed), Some(faulty)) = (Replay::start(&[]), Replay::start(&faults)) else {
        return;
    };
    let ctx = common::context(&pool);
    let mut turn = UpstreamLease::acquire(&ctx, &JOLPICA).await.unwrap();
    let expected = season(&mut turn, &undisturbed.service("ergast/f1"), 2023).await;
    let clean = ctx.http.requests();
    let read = season(&mut turn, &faulty.service("ergast/f1"), 2023).await;
    assert!(
        ctx.http.requests() > 2 * clean,
        "there were no faults, so nothing was tested"
    );
    assert_eq!(read.races, expected.races);
    assert_eq!(read.results, expected.results);
    assert_eq!(read.qualifying, expected.qualifying);
    assert_eq!(read.sprints, expected.sprints);
}
