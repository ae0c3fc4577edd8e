//! Peculiarities of the real answers, and how they are read.

use chrono::NaiveTime;
use etl::sources::jolpica;
use schema::{EventFormat, Points, ResultStatus, SessionKind};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{Upstream, car, circuit, constructor, driver, page, race, with};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_result_with_every_field(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let winner = upstream.result(&car()).await.unwrap();
    assert!(winner.is_classified());
    assert_eq!(
        (winner.display_order, winner.position, winner.grid),
        (1, Some(1), Some(1))
    );
    assert_eq!(
        (winner.laps, winner.time_ms, winner.gap_ms),
        (57, Some(5_504_742), None)
    );
    assert_eq!(
        (winner.points, winner.status),
        (Points(2600), ResultStatus::Finished)
    );
    let fastest = winner.fastest_lap.unwrap();
    assert_eq!(
        (fastest.time_ms, fastest.lap, fastest.rank),
        (Some(92_608), 39, Some(1))
    );
    assert_eq!(
        (winner.driver.id.as_str(), winner.driver.code.as_deref()),
        ("max_verstappen", Some("VER"))
    );
    assert_eq!(winner.driver.permanent_number, Some(3));
    assert_eq!(
        winner.driver.date_of_birth.unwrap().to_string(),
        "1997-09-30"
    );
    assert_eq!(
        (winner.car_number.as_str(), winner.constructor.id.as_str()),
        ("1", "red_bull")
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_status_follows_from_three_fields(pool: PgPool) {
    use ResultStatus as Is;
    let mut upstream = Upstream::new(&pool).await;
    let behind = json!({"millis": "5600000", "time": "+1:35.258"});
    let stopped = json!({"millis": "5000000", "time": "+-1:51:35.258"});
    let none = Value::Null;
    // positionText, status, laps, Time; then the status and whether there is a place.
    let cases = [
        ("7", "Finished", "57", &behind, Is::Finished, true),
        ("7", "+1 Lap", "56", &none, Is::Lapped, true),
        ("7", "+12 Laps", "45", &none, Is::Lapped, true),
        ("7", "Lapped", "56", &behind, Is::Lapped, true),
        ("7", "Engine", "53", &none, Is::Retired, true),
        ("7", "Finished", "53", &stopped, Is::Retired, true),
        ("7", "Lapped", "53", &stopped, Is::Retired, true),
        ("7", "Retired", "53", &behind, Is::Retired, true),
        ("7", "Withdrew", "55", &none, Is::Retired, true),
        ("7", "Excluded", "57", &none, Is::Excluded, false),
        ("7", "Disqualified", "57", &behind, Is::Disqualified, false),
        ("R", "Collision damage", "12", &none, Is::Retired, false),
        ("R", "Retired", "0", &none, Is::Retired, false),
        ("R", "+8 Laps", "49", &none, Is::NotClassified, false),
        ("R", "Not classified", "40", &none, Is::NotClassified, false),
        ("R", "Did not start", "0", &none, Is::DidNotStart, false),
        ("N", "+20 Laps", "37", &none, Is::NotClassified, false),
        ("D", "Disqualified", "0", &none, Is::Disqualified, false),
        ("D", "Excluded", "57", &none, Is::Disqualified, false),
        ("E", "Excluded", "57", &none, Is::Excluded, false),
        ("F", "Did not qualify", "0", &none, Is::DidNotQualify, false),
        ("W", "Did not start", "0", &none, Is::DidNotStart, false),
        ("W", "Gearbox", "0", &none, Is::DidNotStart, false),
        ("W", "Withdrew", "48", &none, Is::Retired, false),
    ];
    for (text, status, laps, time, expected, has_place) in cases {
        let changes = json!({"position": "7", "positionText": text, "status": status, "laps": laps, "Time": time});
        let read = upstream.result(&with(car(), &changes)).await.unwrap();
        let case = format!("{text} {status}");
        assert_eq!(
            (read.status, read.is_classified()),
            (expected, has_place),
            "{case}"
        );
        assert_eq!(read.position, has_place.then_some(7), "{case}");
        assert_eq!(
            (read.display_order, read.position_text.as_str()),
            (7, text),
            "{case}"
        );
        assert_eq!(read.gap_ms, (time == &behind).then_some(95_258), "{case}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn missing_fields_are_null(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let bare = json!({
        "Time": null, "FastestLap": null, "grid": null, "points": "12.5",
        "Driver": {"driverId": "Cannoc", "givenName": "John", "familyName": "Cannon"},
    });
    let read = upstream.result(&with(car(), &bare)).await.unwrap();
    assert_eq!(
        (read.time_ms, read.gap_ms, read.fastest_lap, read.grid),
        (None, None, None, None)
    );
    assert_eq!(read.points, Points(1250));
    let driver = read.driver;
    assert_eq!(
        (driver.code, driver.permanent_number, driver.date_of_birth),
        (None, None, None)
    );

    // A pit-lane start, a fastest lap of whole seconds, laps down as text, a null grid place.
    let pit_lane = json!({"grid": "0", "status": "+2 Laps", "FastestLap": {"lap": "63", "Time": {"time": "1"}}});
    let read = upstream.result(&with(car(), &pit_lane)).await.unwrap();
    assert_eq!((read.grid, read.gap_laps), (None, Some(2)));
    let fastest = read.fastest_lap.unwrap();
    assert_eq!(
        (fastest.time_ms, fastest.lap, fastest.rank),
        (None, 63, None)
    );
    let mut null = car();
    null["grid"] = Value::Null;
    assert_eq!(upstream.result(&null).await.unwrap().grid, None);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_sprint_is_read_as_a_result(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let cars = json!([
        with(
            car(),
            &json!({"number": "4", "position": "2", "positionText": "2", "Driver": driver("norris")})
        ),
        car(),
    ]);
    upstream.answer("2024/5/sprint", 0, &with(page(0, 2, &[]), &json!({"MRData": {
        "limit": "100", "offset": "0", "total": "2",
        "RaceTable": {"Races": [super::round(5, "Chinese Grand Prix", "SprintResults", &cars)]},
    }}))).await;
    let rounds = jolpica::sprint(&mut upstream.turn, &upstream.base, 2024, Some(5))
        .await
        .unwrap();
    assert_eq!(
        (rounds.len(), rounds[0].round, rounds[0].year),
        (1, 5, 2024)
    );
    let order: Vec<&str> = rounds[0]
        .rows
        .iter()
        .map(|car| car.driver.id.as_str())
        .collect();
    assert_eq!(order, ["max_verstappen", "norris"]);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_qualifying_without_a_time_is_read(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let car = json!({"number": "1", "position": "1", "Driver": driver("max_verstappen"), "Constructor": constructor(),
                     "Q1": "1:30.031", "Q2": ""});
    let list = page(0, 1, &[race("QualifyingResults", &json!([car]))]);
    upstream.answer("2024/1/qualifying", 0, &list).await;
    let rounds = jolpica::qualifying(&mut upstream.turn, &upstream.base, 2024, Some(1))
        .await
        .unwrap();
    let car = &rounds[0].rows[0];
    assert_eq!(
        (car.q1_ms, car.q2_ms, car.q3_ms),
        (Some(90_031), None, None)
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn pit_stops_and_laps_are_read(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    for (duration, ms) in [
        ("23.456", Some(23_456)),
        ("1:49.329", Some(109_329)),
        ("18:16.525", Some(1_096_525)),
        ("24", Some(24_000)),
        ("", None),
    ] {
        upstream.server.reset().await;
        let stop = json!([{"driverId": "norris", "lap": "8", "stop": "1", "time": "15:31:19", "duration": duration}]);
        upstream
            .answer(
                "2024/1/pitstops",
                0,
                &page(0, 1, &[race("PitStops", &stop)]),
            )
            .await;
        let stops = jolpica::pit_stops(&mut upstream.turn, &upstream.base, 2024, 1)
            .await
            .unwrap();
        assert_eq!(
            (stops[0].duration_ms, stops[0].stop, stops[0].lap),
            (ms, 1, 8),
            "{duration}"
        );
        assert_eq!(stops[0].time_of_day, NaiveTime::from_hms_opt(15, 31, 19));
    }
    for (position, place) in [
        (json!("None"), None),
        (Value::Null, None),
        (json!("3"), Some(3)),
    ] {
        upstream.server.reset().await;
        let laps = json!([{"number": "5", "Timings": [{"driverId": "norris", "position": position, "time": "1:35.102"}]}]);
        upstream
            .answer("2024/1/laps", 0, &page(0, 1, &[race("Laps", &laps)]))
            .await;
        let laps = jolpica::laps(&mut upstream.turn, &upstream.base, 2024, 1)
            .await
            .unwrap();
        assert_eq!(
            (laps[0].position, laps[0].lap, laps[0].time_ms),
            (place, 5, Some(95_102))
        );
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn standings_of_drivers_and_teams_are_read(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let table = |list: Value| json!({"MRData": {"limit": "100", "offset": "0", "total": "1", "StandingsTable": {"StandingsLists": [list]}}});
    let drivers = json!({"season": "2024", "round": "1", "DriverStandings": [
        {"positionText": "-", "points": "0", "wins": "0", "Driver": driver("norris"), "Constructors": [constructor()]}]});
    upstream
        .answer("2024/1/driverstandings", 0, &table(drivers))
        .await;
    let read = jolpica::driver_standings(&mut upstream.turn, &upstream.base, 2024, 1)
        .await
        .unwrap();
    assert_eq!(
        (read[0].position, read[0].position_text.as_str()),
        (None, "-")
    );
    assert_eq!(read[0].subject.constructors[0].name, "Red Bull");
    let teams = json!({"season": "2024", "round": "1", "ConstructorStandings": [
        {"position": "1", "positionText": "1", "points": "44.5", "wins": "1", "Constructor": constructor()}]});
    upstream
        .answer("2024/1/constructorstandings", 0, &table(teams))
        .await;
    let read = jolpica::constructor_standings(&mut upstream.turn, &upstream.base, 2024, 1)
        .await
        .unwrap();
    assert_eq!(
        (read[0].position, read[0].points, read[0].wins),
        (Some(1), Points(4450), 1)
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn calendars_of_every_format_are_read(pool: PgPool) {
    use SessionKind::{
        Practice1, Practice2, Practice3, Qualifying, Race, Sprint, SprintQualifying,
    };
    let mut upstream = Upstream::new(&pool).await;
    let at = |day: u32, hour: u32| json!({"date": format!("2024-03-{day:02}"), "time": format!("{hour:02}:30:00Z")});
    let on = |day: u32| json!({"date": format!("2021-07-{day:02}")});
    let head = |year: i16, date: &str| {
        json!({"season": year.to_string(), "round": "1", "raceName": "Bahrain Grand Prix",
                                              "date": date, "Circuit": circuit()})
    };
    let conventional = json!({"time": "15:00:00Z", "FirstPractice": at(1, 11), "SecondPractice": at(1, 15),
                              "ThirdPractice": at(2, 12), "Qualifying": at(2, 16)});
    let read = upstream
        .calendar(2024, &with(head(2024, "2024-03-03"), &conventional))
        .await
        .unwrap();
    let kinds = |race: &jolpica::Race| {
        race.sessions
            .iter()
            .map(|session| session.kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kinds(&read),
        [Practice1, Practice2, Practice3, Qualifying, Race]
    );
    assert_eq!(read.event_format, EventFormat::Conventional);
    assert_eq!(
        read.starts_at.unwrap().to_rfc3339(),
        "2024-03-03T15:00:00+00:00"
    );
    assert_eq!(
        read.sessions[3].starts_at.unwrap().to_rfc3339(),
        "2024-03-02T16:30:00+00:00"
    );
    assert_eq!(
        (read.round, read.name.as_str(), read.circuit.id.as_str()),
        (1, "Bahrain Grand Prix", "bahrain")
    );
    assert!(
        (read.circuit.latitude - 26.0325).abs() < 1e-9
            && (read.circuit.longitude - 50.5106).abs() < 1e-9
    );

    let new = json!({"FirstPractice": at(1, 11), "SprintQualifying": at(1, 15), "Sprint": at(2, 12), "Qualifying": at(2, 16)});
    let read = upstream
        .calendar(2024, &with(head(2024, "2024-03-03"), &new))
        .await
        .unwrap();
    assert_eq!(
        kinds(&read),
        [Practice1, SprintQualifying, Sprint, Qualifying, Race]
    );
    assert_eq!(
        (read.event_format, read.starts_at),
        (EventFormat::SprintQualifying, None)
    );

    let old = json!({"FirstPractice": on(16), "SecondPractice": on(17), "Qualifying": on(16), "Sprint": on(17)});
    let read = upstream
        .calendar(2021, &with(head(2021, "2021-07-18"), &old))
        .await
        .unwrap();
    assert_eq!(
        kinds(&read),
        [Practice1, Qualifying, Practice2, Sprint, Race]
    );
    assert_eq!(read.event_format, EventFormat::Sprint);
    assert!(
        read.sessions
            .iter()
            .all(|session| session.starts_at.is_none())
    );

    let shootout = json!({"Sprint": {"date": "2023-04-29"}, "SprintShootout": {"date": "2023-04-29", "time": "08:30:00Z"}});
    let read = upstream
        .calendar(2023, &with(head(2023, "2023-04-30"), &shootout))
        .await
        .unwrap();
    assert_eq!(read.event_format, EventFormat::SprintShootout);
}
