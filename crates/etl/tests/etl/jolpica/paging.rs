//! Lists of several pages are joined, or refused if the pages contradict each other.

use etl::sources::jolpica::{self, Error};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{Upstream, constructor, driver, page, race, round};

/// Cars of a qualifying classification in these places.
fn cars(places: impl IntoIterator<Item = usize>) -> Value {
    let car = |place: usize| {
        json!({"number": place.to_string(), "position": place.to_string(), "Driver": driver(&format!("driver_{place}")),
               "Constructor": constructor(), "Q1": format!("1:3{}.{place:03}", place % 10)})
    };
    places.into_iter().map(car).collect()
}

fn qualifying(number: i16, places: impl IntoIterator<Item = usize>) -> Value {
    let name = format!("Grand Prix {number}");
    round(number, &name, "QualifyingResults", &cars(places))
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_race_that_is_split_between_pages_is_joined(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    // The second race is split between two pages, which do not have its first and last places.
    let first = [
        qualifying(1, 1..=20),
        qualifying(2, [1, 2, 3, 4, 5, 6, 7, 8, 12, 15]),
    ];
    let second = [
        qualifying(2, [9, 10, 11, 13, 14, 16, 17, 18, 19, 20]),
        qualifying(3, 1..=15),
    ];
    let list = "2024/qualifying";
    upstream.answer(list, 0, &page(0, 55, &first)).await;
    upstream.answer(list, 30, &page(30, 55, &second)).await;
    let rounds = jolpica::qualifying(&mut upstream.turn, &upstream.base, 2024, None)
        .await
        .unwrap();
    let places: Vec<(i16, Vec<i16>)> = rounds
        .iter()
        .map(|round| {
            let places = round.rows.iter().map(|car| car.position);
            (round.round, places.collect())
        })
        .collect();
    let up_to = |last| (1..=last).collect::<Vec<i16>>();
    assert_eq!(places, [(1, up_to(20)), (2, up_to(20)), (3, up_to(15))]);
    assert_eq!(rounds[1].race_name.as_deref(), Some("Grand Prix 2"));
    assert_eq!(upstream.ctx.http.requests(), 2);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn laps_that_are_split_between_pages_are_joined(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let lap = |lap: usize, cars: std::ops::RangeInclusive<usize>| {
        let timing = |car: usize| json!({"driverId": format!("driver_{car}"), "position": car.to_string(), "time": "1:35.000"});
        json!({"number": lap.to_string(), "Timings": cars.map(timing).collect::<Vec<_>>()})
    };
    let first = race("Laps", &json!([lap(1, 1..=20), lap(2, 1..=10)]));
    let second = race("Laps", &json!([lap(2, 11..=20)]));
    upstream
        .answer("2024/1/laps", 0, &page(0, 40, &[first]))
        .await;
    upstream
        .answer("2024/1/laps", 30, &page(30, 40, &[second]))
        .await;
    let laps = jolpica::laps(&mut upstream.turn, &upstream.base, 2024, 1)
        .await
        .unwrap();
    assert_eq!(laps.len(), 40);
    assert!(laps.is_sorted_by_key(|lap| (lap.lap, lap.position)));
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_unknown_season_or_round_gives_an_empty_list(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    upstream.answer("2030/results", 0, &page(0, 0, &[])).await;
    let rounds = jolpica::results(&mut upstream.turn, &upstream.base, 2030, None).await;
    assert_eq!(rounds.unwrap(), []);
    let unknown = json!({"MRData": {"limit": "100", "offset": "0", "total": "0",
                                    "StandingsTable": {"season": "2024", "round": null, "StandingsLists": []}}});
    upstream.answer("2024/9/driverstandings", 0, &unknown).await;
    let table = jolpica::driver_standings(&mut upstream.turn, &upstream.base, 2024, 9).await;
    assert_eq!(table.unwrap(), []);

    let error = jolpica::sprint(&mut upstream.turn, &upstream.base, 2030, None).await;
    let error = error.unwrap_err();
    assert!(error.to_string().contains("404"), "{error}");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn pages_that_contradict_each_other_are_refused(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let whole = [qualifying(1, 1..=30)];
    let rest = [qualifying(2, 1..=10)];
    let sized = |rows: usize| [qualifying(1, 1..=rows)];
    let cases: [(&str, Value, Value); 9] = [
        (
            "RaceTable: a page at 30 of 40 holds 0 rows, not 10",
            page(0, 40, &whole),
            page(30, 40, &[]),
        ),
        (
            "RaceTable: a page at 30 of 40 holds 1 rows, not 10",
            page(0, 40, &whole),
            page(30, 40, &[qualifying(2, 1..=1)]),
        ),
        (
            "RaceTable: a page at 0 of 40 holds 31 rows, not 30",
            page(0, 40, &sized(31)),
            Value::Null,
        ),
        (
            "total: was 40 and is 60",
            page(0, 40, &whole),
            page(30, 60, &rest),
        ),
        (
            "offset: is 0 where 30 was asked for",
            page(0, 40, &whole),
            page(0, 40, &whole),
        ),
        (
            "2024 round 1, qualifying: driver_1 is listed twice",
            page(0, 40, &whole),
            page(30, 40, &[qualifying(1, 1..=10)]),
        ),
        (
            r#"total: "5001" does not read as a number from 0 to 5000"#,
            page(0, 5001, &whole),
            Value::Null,
        ),
        (
            "2024 round 1, raceName: is not what the page before said",
            page(0, 40, &whole),
            page(
                30,
                40,
                &[round(
                    1,
                    "Another Grand Prix",
                    "QualifyingResults",
                    &cars(31..=40),
                )],
            ),
        ),
        (
            "RaceTable: a page at 0 of 40 holds 0 rows, not 30",
            page(0, 40, &[]),
            Value::Null,
        ),
    ];
    for (problem, first, second) in cases {
        upstream.server.reset().await;
        upstream.answer("2024/qualifying", 0, &first).await;
        upstream.answer("2024/qualifying", 30, &second).await;
        let read = jolpica::qualifying(&mut upstream.turn, &upstream.base, 2024, None).await;
        let Err(Error::Content(error)) = read else {
            panic!("{problem}: {read:?}")
        };
        let url = format!("{}/2024/qualifying/?limit=100&offset=", upstream.base);
        let text = error.to_string();
        assert!(text.starts_with(&url) && text.contains(problem), "{text}");
    }
}
