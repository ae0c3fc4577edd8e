//! Requests to the API's router, over a small demonstration championship.

use api::app;
use axum::http::{StatusCode, header};
use client::{
    drivers::{Driver, Drivers},
    predictions::{Prediction, Predictions},
    problem::Problem,
    races::{RaceDetail, RaceResource, Races},
    seasons::Seasons,
    sessions::{Grid, PitStops, Practice, Qualifying, Results},
    standings::{DriverStandings, TeamStandings},
    status::Status,
    teams::{Team, Teams},
};
use schema::Clock;
use sqlx::PgPool;

use crate::common::{demo, get, now, problem, read};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_endpoint_answers_with_its_type(pool: PgPool) {
    let app = demo(&pool).await;
    let seasons: Seasons = read(&app, "/v1/seasons").await;
    assert_eq!(
        seasons
            .seasons
            .iter()
            .map(|season| season.year)
            .collect::<Vec<_>>(),
        [2026, 2025]
    );

    let races: Races = read(&app, "/v1/seasons/2025/races").await;
    assert_eq!(
        races
            .races
            .iter()
            .map(|row| row.race.round)
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert!(races.races.iter().all(|row| row.winners.len() == 1));
    let sprint = races
        .races
        .iter()
        .find(|row| row.race.has_sprint())
        .expect("a sprint weekend");
    assert!(sprint.sprint_winner.is_some());
    let weekend = format!("/v1/seasons/2025/races/{}", sprint.race.round);

    let race: RaceDetail = read(&app, &weekend).await;
    assert_eq!(race.rounds, 4);
    assert!(race.sessions.len() >= 5, "{:?}", race.sessions);
    for part in [
        RaceResource::Results,
        RaceResource::Qualifying,
        RaceResource::Grid,
        RaceResource::Practice,
        RaceResource::PitStops,
        RaceResource::Sprint,
        RaceResource::SprintQualifying,
        RaceResource::SprintGrid,
    ] {
        assert!(race.has(part), "{part:?} of {:?}", race.available);
    }
    let results: Results = read(&app, &format!("{weekend}/results")).await;
    assert_eq!(results.results[0].position, Some(1));
    assert_eq!(results.results[0].driver, sprint.winners[0].driver);
    assert!((results.results[0].points - 25.0).abs() < 1e-9);
    let sprint_results: Results = read(&app, &format!("{weekend}/sprint")).await;
    assert!((sprint_results.results[0].points - 8.0).abs() < 1e-9);
    let qualifying: Qualifying = read(&app, &format!("{weekend}/qualifying")).await;
    let sprint_qualifying: Qualifying = read(&app, &format!("{weekend}/sprint-qualifying")).await;
    assert_ne!(qualifying.qualifying, sprint_qualifying.qualifying);
    let grid: Grid = read(&app, &format!("{weekend}/grid")).await;
    assert_eq!(grid.grid.len(), 10);
    let _: Grid = read(&app, &format!("{weekend}/sprint-grid")).await;
    let practice: Practice = read(&app, &format!("{weekend}/practice")).await;
    assert_eq!(
        practice.practice.len(),
        1,
        "a sprint weekend has one practice"
    );
    let stops: PitStops = read(&app, &format!("{weekend}/pit-stops")).await;
    assert!(!stops.pit_stops.is_empty());

    let table: DriverStandings = read(&app, "/v1/seasons/2025/standings/drivers").await;
    assert!(table.is_final && table.standings[0].champion);
    let first: DriverStandings =
        read(&app, "/v1/seasons/2025/standings/drivers?after_round=1").await;
    assert!(!first.is_final && first.after_round == Some(1));
    let winner = &races.races[0].winners[0].driver;
    assert_eq!(
        first
            .standings
            .iter()
            .find(|row| row.driver == *winner)
            .map(|row| row.wins),
        Some(1)
    );
    let teams: TeamStandings = read(&app, "/v1/seasons/2025/standings/teams").await;
    assert_eq!(teams.standings.len(), 5);

    let all: Drivers = read(&app, "/v1/drivers").await;
    let of_season: Drivers = read(&app, "/v1/drivers?season=2025").await;
    assert!(of_season.drivers.len() <= all.drivers.len());
    let driver: Driver = read(&app, &format!("/v1/drivers/{}", winner.key)).await;
    assert!(
        !driver.recent.is_empty()
            && driver
                .seasons
                .iter()
                .map(|season| i64::from(season.wins))
                .sum::<i64>()
                >= 1
    );
    let list: Teams = read(&app, "/v1/teams?season=2026").await;
    let team: Team = read(&app, &format!("/v1/teams/{}", list.teams[0].team.key)).await;
    assert!(
        team.lineage
            .iter()
            .any(|member| member.team.key == team.team.key)
    );

    let status: Status = read(&app, "/v1/status").await;
    assert!(
        status.summary.demo && !status.summary.loading && status.summary.live_predictions >= 2,
        "{status:?}"
    );
    assert_eq!(
        (status.summary.first_season, status.summary.last_season),
        (Some(2025), Some(2026))
    );
    for path in ["/health/live", "/health/ready", "/openapi.json"] {
        assert_eq!(get(&app, path).await.status, StatusCode::OK, "{path}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_served_prediction_follows_the_rule(pool: PgPool) {
    let app = demo(&pool).await;
    let next: Prediction = read(&app, "/v1/predictions/upcoming").await;
    assert_eq!(next.kind.as_str(), "live");
    assert!(next.cutoff.late_s.is_none() && next.made_at < next.cutoff.scheduled_start);
    assert!(next.drivers.iter().all(|car| car.result.is_none()));
    let total: f64 = next.drivers.iter().map(|car| car.win).sum();
    assert!((total - 1.0).abs() < 1e-9);
    assert!(next.drivers.is_sorted_by(|a, b| a.win >= b.win));
    for car in &next.drivers {
        assert_eq!(car.positions.len(), next.drivers.len());
        let row: f64 = car.positions.iter().sum();
        assert!((row - 1.0).abs() < 1e-9 && car.win <= car.podium && car.podium <= car.points);
    }

    let path = format!(
        "/v1/seasons/{}/races/{}/prediction",
        next.race.year, next.race.round
    );
    let same: Prediction = read(&app, &path).await;
    assert_eq!(same.drivers, next.drivers);
    let earlier: Prediction = read(&app, &format!("{path}?moment=qualifying_order")).await;
    assert_eq!(earlier.moment.as_str(), "qualifying_order");
    assert_eq!(
        get(&app, &format!("{path}?moment=before_weekend"))
            .await
            .status,
        StatusCode::NOT_FOUND
    );

    let list: Predictions = read(&app, "/v1/predictions?season=2026").await;
    assert!(
        list.predictions
            .iter()
            .any(|row| row.contest.as_str() == "sprint")
            || list.predictions.len() >= 2
    );
    let decided = list
        .predictions
        .iter()
        .find(|row| row.outcome.is_some())
        .expect("a prediction with an outcome");
    let outcome = decided.outcome.as_ref().unwrap();
    let winner = decided.winner.as_ref().unwrap();
    assert_eq!(
        outcome.favourite_won,
        winner.driver == decided.favourite.driver
    );
    assert!((outcome.log_score + outcome.winner_chance.ln()).abs() < 1e-9);
    let part = if decided.contest.as_str() == "sprint" {
        "sprint-prediction"
    } else {
        "prediction"
    };
    let whole: Prediction = read(
        &app,
        &format!("/v1/seasons/2026/races/{}/{part}", decided.race.round),
    )
    .await;
    let row = whole
        .drivers
        .iter()
        .find(|car| car.driver == winner.driver)
        .unwrap();
    assert!((row.win - outcome.winner_chance).abs() < 1e-12);
    assert_eq!(row.result.as_ref().map(|finish| finish.place), Some(1));
    assert_eq!(whole.kind.as_str(), "retrospective");
    assert!(whole.cutoff.late_s.is_some_and(|late| late > 0));
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn bad_input_is_a_problem_and_never_a_500(pool: PgPool) {
    let app = demo(&pool).await;
    let long = "x".repeat(10_000);
    let junk = [
        "abc",
        "1e9",
        "1000000000",
        "99999999999999999999",
        "-1",
        "-32769",
        "0",
        "2025.5",
        "%20",
        "%00",
        "%ff",
        "%F0%9F%8F%8E",
        "0x7e9",
        "..%2f..",
        "'%20OR%201=1--",
        "%22%3E%3Cscript%3E",
        long.as_str(),
    ];
    let mut requests = 0;
    for value in junk {
        for path in [
            format!("/v1/seasons/{value}/races"),
            format!("/v1/seasons/{value}/races/1"),
            format!("/v1/seasons/2025/races/{value}"),
            format!("/v1/seasons/2025/races/{value}/results"),
            format!("/v1/seasons/2025/races/{value}/prediction"),
            format!("/v1/seasons/2025/races/1/prediction?moment={value}"),
            format!("/v1/seasons/2025/races/{value}/predictions"),
            format!("/v1/seasons/{value}/races/1/sprint-predictions"),
            format!("/v1/seasons/{value}/title-odds"),
            format!("/v1/seasons/2025/races/{value}/corrections"),
            format!("/v1/status?limit={value}"),
            format!("/v1/seasons/{value}/standings/drivers"),
            format!("/v1/seasons/2025/standings/teams?after_round={value}"),
            format!("/v1/predictions?season={value}"),
            format!("/v1/drivers?season={value}"),
            format!("/v1/drivers/{value}"),
            format!("/v1/teams/{value}"),
            format!("/v1/{value}"),
        ] {
            let answer = get(&app, &path).await;
            assert!(
                matches!(answer.status.as_u16(), 400 | 404 | 414),
                "{path:.200}: {}",
                answer.status
            );
            assert_eq!(
                answer.headers[header::CONTENT_TYPE],
                "application/problem+json",
                "{path:.200}"
            );
            let problem: Problem = answer.json();
            assert_eq!(problem.status, answer.status.as_u16());
            assert!(
                problem.detail.len() < 400 && problem.request_id.is_some(),
                "{problem:?}"
            );
            requests += 1;
        }
    }
    assert_eq!(requests, junk.len() * 18);
    for (path, named) in [
        ("/v1/predictions?season=abc", "season"),
        ("/v1/predictions?season=", "season"),
        ("/v1/status?limit=501", "limit"),
        ("/v1/predictions?season=2025&season=2026", "season"),
        (
            "/v1/seasons/2025/standings/drivers?after_round=x",
            "after_round",
        ),
        ("/v1/seasons/2025/races/1/prediction?moment=x", "moment"),
        ("/v1/seasons/abc/races", "year"),
        ("/v1/seasons/2025/races/abc", "round"),
        ("/v1/seasons/2025/races/abc/predictions", "round"),
        ("/v1/seasons/abc/title-odds", "year"),
        ("/v1/seasons/+2025/races", "year"),
        ("/v1/seasons/02025/races", "year"),
        ("/v1/seasons/2025/races/01", "round"),
        ("/v1/seasons/2025/races/next%20", "round"),
        ("/v1/seasons/next/races", "year"),
        ("/v1/drivers?season=%2B2025", "season"),
        ("/v1/drivers?season=10000", "season"),
        ("/v1/status?limit=050", "limit"),
        (
            "/v1/seasons/2025/standings/teams?after_round=%2B1",
            "after_round",
        ),
        ("/v1/predictions?season=2025&unknown=1", "unknown"),
        ("/v1/seasons/2025/races?season=2025", "season"),
        ("/v1/seasons/current/races?a=%ff&b", "\"a\""),
        ("/openapi.json?pretty", "pretty"),
        ("/health/ready?x=1", "\"x\""),
    ] {
        let answer = get(&app, path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        let problem: Problem = answer.json();
        assert!(problem.detail.contains(named), "{path}: {problem:?}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_former_key_is_answered_with_301(pool: PgPool) {
    let app = demo(&pool).await;
    sqlx::raw_sql(
        "INSERT INTO key_aliases SELECT 'driver', 'old-driver', id FROM drivers ORDER BY id LIMIT 1;
         INSERT INTO key_aliases SELECT 'team', 'old-team', id FROM teams ORDER BY id LIMIT 1",
    )
    .execute(&pool)
    .await
    .unwrap();
    for (kind, key) in [("drivers", "old-driver"), ("teams", "old-team")] {
        let answer = get(&app, &format!("/v1/{kind}/{key}")).await;
        assert_eq!(answer.status, StatusCode::MOVED_PERMANENTLY);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "public, max-age=60");
        assert_eq!(answer.json::<Problem>().request_id, None);
        let target = answer.headers[header::LOCATION].to_str().unwrap();
        assert_eq!(get(&app, target).await.status, StatusCode::OK, "{target}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn fields_of_provisional_rows_are_null(pool: PgPool) {
    let app = demo(&pool).await;
    let standings = "/v1/seasons/2025/standings/teams";
    let before: TeamStandings = read(&app, standings).await;
    sqlx::raw_sql(
        "UPDATE drivers SET (place_of_birth, nationality, country_code) = (NULL, NULL, NULL);
         UPDATE teams SET (country, country_code) = (NULL, NULL);
         UPDATE results SET engine = NULL",
    )
    .execute(&pool)
    .await
    .unwrap();
    let drivers: Drivers = read(&app, "/v1/drivers").await;
    let listed = &drivers.drivers[0];
    assert_eq!((&listed.nationality, &listed.country_code), (&None, &None));
    let answer = get(&app, &format!("/v1/drivers/{}", listed.driver.key)).await;
    let driver: serde_json::Value = answer.json();
    for field in ["place_of_birth", "nationality", "country_code"] {
        assert_eq!(driver.get(field), Some(&serde_json::Value::Null), "{field}");
    }
    let teams: Teams = read(&app, "/v1/teams").await;
    let listed = &teams.teams[0];
    assert_eq!((&listed.country, &listed.country_code), (&None, &None));
    let team: Team = read(&app, &format!("/v1/teams/{}", listed.team.key)).await;
    assert_eq!((team.country, team.country_code), (None, None));
    let after: TeamStandings = read(&app, standings).await;
    assert_eq!(after, before, "wins count with an unknown engine too");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_empty_database_is_reported_as_loading(pool: PgPool) {
    let app = app(pool, Clock::starting_at(Some(now()), 0.0));
    let status: Status = read(&app, "/v1/status").await;
    assert!(status.summary.loading && status.summary.last_season.is_none());
    assert!(status.problems.is_empty() && status.next.is_empty() && status.runs.is_empty());
    let seasons: Seasons = read(&app, "/v1/seasons").await;
    assert!(seasons.seasons.is_empty());
    for path in [
        "/v1/predictions",
        "/v1/predictions/upcoming",
        "/v1/seasons/2025/races",
        "/v1/seasons/2025/title-odds",
        "/v1/model",
    ] {
        problem(&app, path, StatusCode::NOT_FOUND).await;
    }
}

#[tokio::test]
async fn answers_without_a_database_are_503() {
    let pool = schema::database::pool("postgres://f1_api@127.0.0.1:9/f1", 1).unwrap();
    let app = app(pool, Clock::starting_at(Some(now()), 0.0));
    for path in ["/v1/status", "/v1/status/summary", "/health/ready"] {
        let answer = get(&app, path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        let problem: Problem = answer.json();
        assert!(!problem.detail.contains("127.0.0.1"), "{problem:?}");
    }
    assert_eq!(get(&app, "/health/live").await.status, StatusCode::OK);
}
