//! The server's lists as `OpenF1` equal the rows of the release.

use chrono::TimeDelta;
use etl::sources::openf1::{self, Availability, Gap, Session};
use schema::{SessionKind, Upstream};
use sqlx::PgPool;
use unicode_normalization::UnicodeNormalization as _;

use super::{Row, Season, number};

fn file(kind: SessionKind) -> &'static str {
    match kind {
        SessionKind::Practice1 => "races-free-practice-1-results",
        SessionKind::Practice2 => "races-free-practice-2-results",
        SessionKind::Practice3 => "races-free-practice-3-results",
        SessionKind::Qualifying => "races-qualifying-results",
        SessionKind::SprintQualifying => "races-sprint-qualifying-results",
        SessionKind::Sprint => "races-sprint-race-results",
        _ => "races-race-results",
    }
}

async fn sessions_of(season: &mut Season, round: i16) -> Vec<Session> {
    let base = season.base(Upstream::Openf1);
    let sessions = openf1::sessions(&mut season.turn, &base, season.year)
        .await
        .unwrap();
    let mut sessions = sessions.rows().unwrap();
    let first = season
        .upstream
        .start_of(season.year, round, SessionKind::Practice1);
    let meeting = sessions
        .iter()
        .find(|session| session.starts_at == first)
        .unwrap();
    let meeting = meeting.meeting_key;
    sessions.retain(|session| session.meeting_key == meeting);
    sessions
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_calendar_is_published_on_new_years_day(pool: PgPool) {
    let mut season = Season::new(&pool, 2026).await;
    let base = season.base(Upstream::Openf1);
    season
        .upstream
        .set_now("2025-12-31T23:00:00Z".parse().unwrap());
    let early = openf1::sessions(&mut season.turn, &base, 2026)
        .await
        .unwrap();
    assert_eq!(early, Availability::Nothing);
    season
        .upstream
        .set_now("2026-01-01T00:00:00Z".parse().unwrap());
    let sessions = openf1::sessions(&mut season.turn, &base, 2026)
        .await
        .unwrap();
    let sessions = sessions.rows().unwrap();
    assert_eq!(sessions.len(), 20);
    let practice = sessions
        .iter()
        .filter(|session| session.kind == SessionKind::Practice1);
    let starts: Vec<_> = practice
        .map(|session| (session.starts_at, session.cancelled))
        .collect();
    let planned: Vec<_> = (1..=4)
        .map(|round| {
            season
                .upstream
                .start_of(2026, round, SessionKind::Practice1)
        })
        .map(|start| (start, false))
        .collect();
    assert_eq!(starts, planned);
}

/// A conventional weekend and a sprint weekend of every format: a session is published as soon as the server, which is closed
/// during a session, opens again.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_session_of_every_format_is_published_half_an_hour_after_its_end(pool: PgPool) {
    for year in [2022, 2023, 2026] {
        let mut season = Season::new(&pool, year).await;
        let base = season.base(Upstream::Openf1);
        for round in [2, 4] {
            let first = season
                .upstream
                .start_of(year, round, SessionKind::Practice1);
            season.upstream.set_now(first - TimeDelta::days(1));
            for session in sessions_of(&mut season, round).await {
                let key = session.session_key;
                season
                    .upstream
                    .set_now(session.starts_at - TimeDelta::minutes(31));
                let result = openf1::session_result(&mut season.turn, &base, key)
                    .await
                    .unwrap();
                assert_eq!(result, Availability::Nothing, "{}", session.kind);
                let drivers = openf1::drivers(&mut season.turn, &base, key).await.unwrap();
                assert_eq!(drivers, Availability::Nothing, "{}", session.kind);
                for locked in [
                    session.starts_at - TimeDelta::minutes(30),
                    session.ends_at,
                    session.ends_at + TimeDelta::seconds(30 * 60 - 1),
                ] {
                    season.upstream.set_now(locked);
                    let result = openf1::session_result(&mut season.turn, &base, key)
                        .await
                        .unwrap();
                    assert_eq!(result, Availability::Locked, "{}", session.kind);
                }
                season
                    .upstream
                    .set_now(session.ends_at + TimeDelta::minutes(30));
                let result = openf1::session_result(&mut season.turn, &base, key)
                    .await
                    .unwrap();
                let rows = season.rows(file(session.kind), round);
                assert_result(session.kind, &result.rows().unwrap(), &rows);
                let drivers = openf1::drivers(&mut season.turn, &base, key).await.unwrap();
                assert_drivers(&season, &drivers.rows().unwrap(), &rows);
            }
        }
    }
}

fn assert_result(kind: SessionKind, cars: &[openf1::Classified], rows: &[Row]) {
    assert_eq!(cars.len(), rows.len(), "{kind}");
    for row in rows {
        let car = cars
            .iter()
            .find(|car| car.car_number == row["driverNumber"])
            .unwrap();
        assert_eq!(car.position, number(row, "positionNumber"), "{kind}");
        assert_eq!(car.laps, number(row, "laps"), "{kind}");
        let text = row["positionText"].as_str();
        match kind {
            SessionKind::Qualifying | SessionKind::SprintQualifying => {
                let parts = ["q1Millis", "q2Millis", "q3Millis"].map(|part| number(row, part));
                assert_eq!(car.segments_ms, parts);
                assert_eq!(car.dnf, parts[0].is_none());
            }
            SessionKind::Race | SessionKind::Sprint => {
                assert_eq!(
                    car.points.unwrap(),
                    number(row, "points").unwrap_or_default()
                );
                assert_eq!((car.dsq, car.dns), (text == "DSQ", text == "DNS"));
                let stopped = !row["reasonRetired"].is_empty() || text == "NC";
                assert_eq!(car.dnf, stopped && !car.dsq && !car.dns);
                let gap = match (number(row, "gapLaps"), number(row, "gapMillis")) {
                    (Some(laps), _) => Some(Gap::Laps(laps)),
                    (None, Some(ms)) => Some(Gap::Ms(ms)),
                    (None, None) => (text == "1").then_some(Gap::Ms(0)),
                };
                assert_eq!(car.gap, gap);
                let classified = car.position.and(number(row, "timeMillis"));
                assert_eq!(car.time_ms, classified);
            }
            _ => assert_eq!(car.time_ms, number(row, "timeMillis")),
        }
    }
}

fn assert_drivers(season: &Season, drivers: &[openf1::Driver], rows: &[Row]) {
    assert_eq!(drivers.len(), rows.len());
    for row in rows {
        let driver = drivers
            .iter()
            .find(|driver| driver.car_number == row["driverNumber"]);
        let driver = driver.unwrap();
        let known = season.entity("drivers", &row["driverId"]);
        assert_eq!(driver.code.as_ref(), Some(&known["abbreviation"]));
        let plain = |name: &str| name.nfd().filter(char::is_ascii).collect::<String>();
        let full = format!(
            "{} {}",
            plain(&known["firstName"]),
            plain(&known["lastName"]).to_uppercase()
        );
        let published = driver.full_name.as_ref().unwrap();
        assert!(published.is_ascii());
        if !known["name"].contains('ł') {
            assert_eq!(published, &full);
        }
        let team = season.entity("constructors", &row["constructorId"]);
        assert_eq!(driver.team.as_ref(), Some(&team["fullName"]));
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_grid_is_published_two_hours_after_the_session_that_sets_it(pool: PgPool) {
    for year in [2022, 2023, 2026] {
        let mut season = Season::new(&pool, year).await;
        let base = season.base(Upstream::Openf1);
        for session in sessions_of(&mut season, 4).await {
            let key = session.session_key;
            let (set_by, file) = match session.kind {
                // The sprint sets the grid, which is published under qualifying all the same.
                SessionKind::Qualifying if year == 2022 => {
                    (SessionKind::Sprint, "races-starting-grid-positions")
                }
                SessionKind::Qualifying => {
                    (SessionKind::Qualifying, "races-starting-grid-positions")
                }
                SessionKind::SprintQualifying => (
                    SessionKind::SprintQualifying,
                    "races-sprint-starting-grid-positions",
                ),
                _ => {
                    season
                        .upstream
                        .set_now(session.ends_at + TimeDelta::days(9));
                    let grid = openf1::starting_grid(&mut season.turn, &base, key)
                        .await
                        .unwrap();
                    assert_eq!(grid, Availability::Nothing, "{}", session.kind);
                    continue;
                }
            };
            let out = season.upstream.end_of(year, 4, set_by) + TimeDelta::hours(2);
            season.upstream.set_now(out - TimeDelta::seconds(1));
            let grid = openf1::starting_grid(&mut season.turn, &base, key)
                .await
                .unwrap();
            assert_eq!(grid, Availability::Nothing, "{year} {}", session.kind);
            season.upstream.set_now(out);
            let grid = openf1::starting_grid(&mut season.turn, &base, key)
                .await
                .unwrap();
            let published = grid.rows().unwrap().into_iter();
            let published = published.map(|slot| (slot.car_number, slot.position, slot.time_ms));
            let rows = season.rows(file, 4);
            let expected = rows.iter().map(|row| {
                let place = number(row, "positionDisplayOrder");
                (
                    row["driverNumber"].clone(),
                    place,
                    number(row, "timeMillis"),
                )
            });
            assert!(published.eq(expected), "{year} {}", session.kind);
        }
    }
}
