//! The server's lists as Jolpica-F1 equal the rows of the release.

use chrono::{DateTime, TimeDelta, Utc};
use demo::Championship;
use etl::sources::jolpica;
use schema::{EventFormat, Points, ResultStatus, SessionKind, Upstream};
use sqlx::PgPool;

use super::{Row, Season, detail::assert_detail, june, number, plain_client};

/// The F1DB key of a Jolpica-F1 id.
pub(crate) fn key(id: &str) -> String {
    id.replace('_', "-")
}

pub(crate) fn points(row: &Row) -> Points {
    number(row, "points").unwrap_or_default()
}

pub(crate) fn status(row: &Row) -> ResultStatus {
    let retired = !row["reasonRetired"].is_empty();
    match row["positionText"].as_str() {
        "DNF" => ResultStatus::Retired,
        "NC" => ResultStatus::NotClassified,
        "DSQ" => ResultStatus::Disqualified,
        "DNS" => ResultStatus::DidNotStart,
        _ if retired => ResultStatus::Retired,
        _ if !row["gapLaps"].is_empty() => ResultStatus::Lapped,
        _ => ResultStatus::Finished,
    }
}

fn assert_result(year: i16, cars: &[jolpica::CarResult], rows: &[Row]) {
    assert_eq!(cars.len(), rows.len());
    for (car, row) in cars.iter().zip(rows) {
        assert_eq!(key(&car.driver.id), row["driverId"]);
        assert_eq!(key(&car.constructor.id), row["constructorId"]);
        assert_eq!(car.car_number, row["driverNumber"]);
        assert_eq!(car.position, number(row, "positionNumber"));
        assert_eq!(car.status, status(row), "{year} {row:?}");
        assert_eq!(car.points, points(row));
        assert_eq!(car.laps, number(row, "laps").unwrap_or(0));
        assert_eq!(car.grid, number(row, "gridPositionNumber"));
        let on_lead_lap = car.status == ResultStatus::Finished;
        if on_lead_lap || year < 2023 && car.position.is_some() {
            assert_eq!(car.time_ms, number(row, "timeMillis"), "{year} {row:?}");
            assert_eq!(car.gap_ms, number(row, "gapMillis"));
        } else {
            assert_eq!(
                car.time_ms.is_some(),
                car.position.is_some(),
                "{year} {row:?}"
            );
        }
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_whole_calendar_is_published_at_any_time(pool: PgPool) {
    use SessionKind::{Practice1, Practice2, Qualifying, Race, Sprint, SprintQualifying};
    for year in [2021, 2022, 2023, 2026] {
        let mut season = Season::new(&pool, year).await;
        let base = season.base(Upstream::Jolpica);
        season
            .upstream
            .set_now("2000-01-01T00:00:00Z".parse().unwrap());
        let races = jolpica::calendar(&mut season.turn, &base, year)
            .await
            .unwrap();
        assert_eq!(races.len(), 4);
        for race in &races {
            let row = &season.rows("races", race.round)[0];
            let circuit = season.entity("circuits", &row["circuitId"]);
            assert_eq!(race.date.to_string(), row["date"]);
            assert_eq!(key(&race.circuit.id), row["circuitId"]);
            assert_eq!(format!("{:.6}", race.circuit.latitude), circuit["latitude"]);
            assert_eq!(
                race.name,
                season.entity("grands-prix", &row["grandPrixId"])["fullName"]
            );
            for session in &race.sessions {
                let start = season.upstream.start_of(year, race.round, session.kind);
                let is_published = year > 2021 || session.kind == SessionKind::Race;
                assert_eq!(session.starts_at, Some(start).filter(|_| is_published));
                assert_eq!(session.date, start.date_naive());
            }
        }
        let (format, order): (_, &[SessionKind]) = match year {
            ..2023 => (
                EventFormat::Sprint,
                &[Practice1, Qualifying, Practice2, Sprint, Race],
            ),
            2023 => (
                EventFormat::SprintShootout,
                &[Practice1, Qualifying, SprintQualifying, Sprint, Race],
            ),
            _ => (
                EventFormat::SprintQualifying,
                &[Practice1, SprintQualifying, Sprint, Qualifying, Race],
            ),
        };
        assert_eq!(races[3].event_format, format);
        let kinds: Vec<_> = races[3]
            .sessions
            .iter()
            .map(|session| session.kind)
            .collect();
        if year > 2021 {
            assert_eq!(kinds, order, "{year}");
        }
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_list_is_published_at_the_end_of_its_session(pool: PgPool) {
    for year in [2022, 2023, 2026] {
        let mut season = Season::new(&pool, year).await;
        let base = &season.base(Upstream::Jolpica);
        for round in [2, 4] {
            for kind in [
                SessionKind::Qualifying,
                SessionKind::Sprint,
                SessionKind::Race,
            ] {
                if round == 2 && kind == SessionKind::Sprint {
                    continue;
                }
                let end = season.upstream.end_of(year, round, kind);
                for (now, is_over) in [(end - TimeDelta::seconds(1), false), (end, true)] {
                    assert_list(&mut season, base, (round, kind), (now, is_over)).await;
                }
            }
        }
    }
}

async fn assert_list(
    season: &mut Season,
    base: &reqwest::Url,
    (round, kind): (i16, SessionKind),
    (now, is_over): (DateTime<Utc>, bool),
) {
    let year = season.year;
    season.upstream.set_now(now);
    let last = if is_over { round } else { round - 1 };
    let turn = &mut season.turn;
    match kind {
        SessionKind::Qualifying => {
            let read = jolpica::qualifying(turn, base, year, None).await.unwrap();
            assert_eq!(read.last().unwrap().round, last);
            let read = jolpica::qualifying(turn, base, year, Some(round))
                .await
                .unwrap();
            assert_eq!(read.is_empty(), !is_over);
            for list in read {
                let rows = season.rows("races-qualifying-results", round);
                assert_eq!(list.rows.len(), rows.len());
                for (car, row) in list.rows.iter().zip(rows) {
                    assert_eq!(key(&car.driver.id), row["driverId"]);
                    assert_eq!(Some(car.position), number(&row, "positionDisplayOrder"));
                    let parts = ["q1Millis", "q2Millis", "q3Millis"];
                    let parts = parts.map(|part| number::<i32>(&row, part));
                    assert_eq!([car.q1_ms, car.q2_ms, car.q3_ms], parts);
                }
            }
        }
        SessionKind::Sprint => {
            let read = jolpica::sprint(turn, base, year, None).await.unwrap();
            assert_eq!(read.is_empty(), !is_over);
            for list in read {
                let rows = season.rows("races-sprint-race-results", round);
                assert_result(year, &list.rows, &rows);
            }
        }
        _ => {
            let read = jolpica::results(turn, base, year, None).await.unwrap();
            assert_eq!(read.last().unwrap().round, last);
            for list in read {
                let rows = season.rows("races-race-results", list.round);
                assert_result(year, &list.rows, &rows);
            }
            assert_detail(season, base, round, is_over).await;
        }
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn lists_are_paged_by_rows(pool: PgPool) {
    let season = Season::new(&pool, 2026).await;
    let end = season.upstream.end_of(2026, 4, SessionKind::Race);
    season.upstream.set_now(end);
    let base = season.base(Upstream::Jolpica);
    let page = async |query: &str| {
        let url = format!("{base}/2026/results{query}");
        let answer = plain_client().get(url).send().await.unwrap();
        let text = answer.text().await.unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["MRData"].clone()
    };
    let first = page("/").await;
    assert_eq!(
        (&first["limit"], &first["total"]),
        (&"30".into(), &"40".into())
    );
    let cut = page("/?limit=15&offset=5").await;
    let races = cut["RaceTable"]["Races"].as_array().unwrap();
    let rows: Vec<_> = races
        .iter()
        .map(|race| race["Results"].as_array().unwrap().len())
        .collect();
    assert_eq!(rows, [5, 10]);
    assert_eq!(races[0]["Results"][0]["position"], "6");
    assert_eq!(page("?limit=5000&offset=39").await["limit"], "100");
    let unknown = page("/?offset=40").await;
    assert_eq!(unknown["RaceTable"]["Races"].as_array().unwrap().len(), 0);
}

/// The lists of a season of the usual size are several pages, which split races.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_whole_season_is_read_from_several_pages(pool: PgPool) {
    let championship = Championship {
        seasons: 1,
        rounds: 7,
        ..Championship::standard(june(2026))
    };
    let mut season = Season::of(&pool, championship).await;
    let base = season.base(Upstream::Jolpica);
    let end = season.upstream.end_of(2026, 7, SessionKind::Race);
    season.upstream.set_now(end);
    let results = jolpica::results(&mut season.turn, &base, 2026, None)
        .await
        .unwrap();
    let qualifying = jolpica::qualifying(&mut season.turn, &base, 2026, None)
        .await
        .unwrap();
    let sprints = jolpica::sprint(&mut season.turn, &base, 2026, None)
        .await
        .unwrap();
    assert_eq!(
        season.upstream.requests().jolpica,
        6,
        "140, 140 and 120 rows"
    );
    assert_eq!((results.len(), qualifying.len(), sprints.len()), (7, 7, 6));
    for list in &results {
        assert_result(
            2026,
            &list.rows,
            &season.rows("races-race-results", list.round),
        );
    }
    for list in &sprints {
        assert_result(
            2026,
            &list.rows,
            &season.rows("races-sprint-race-results", list.round),
        );
    }
    for list in &qualifying {
        let rows = season.rows("races-qualifying-results", list.round);
        let order = list.rows.iter().map(|car| key(&car.driver.id));
        assert!(order.eq(rows.iter().map(|row| row["driverId"].clone())));
    }
}
