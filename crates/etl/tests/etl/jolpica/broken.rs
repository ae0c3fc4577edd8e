//! Malformed answers give errors that name URL, race and field, never a panic or a guess.

use etl::sources::jolpica::{self, Error};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{Upstream, car, circuit, page, race, with};

/// The text of an error about content.
fn error_text<T: std::fmt::Debug>(read: Result<T, Error>, case: &str) -> String {
    match read {
        Err(Error::Content(error)) => error.to_string(),
        other => panic!("{case}: {other:?}"),
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_malformed_result_is_refused(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let long = "x".repeat(201);
    let deep = |field: &str, value: Value| json!({"Driver": with(super::driver("max_verstappen"), &json!({field: value}))});
    let cases = [
        ("number: is missing", json!({"number": null})),
        ("Driver: is missing", json!({"Driver": null})),
        (
            "Driver: is a text where an object belongs",
            json!({"Driver": "max_verstappen"}),
        ),
        (
            "Constructor: is a list where an object belongs",
            json!({"Constructor": []}),
        ),
        (
            "grid: is a bare number where a text belongs",
            json!({"grid": 1}),
        ),
        (
            r#"grid: "100" does not read as a number from 0 to 99"#,
            json!({"grid": "100"}),
        ),
        (r#"grid: "-1" does not read"#, json!({"grid": "-1"})),
        (r#"grid: "+1" does not read"#, json!({"grid": "+1"})),
        (
            r#"laps: "99999999999" does not read"#,
            json!({"laps": "99999999999"}),
        ),
        (r#"laps: "57.0" does not read"#, json!({"laps": "57.0"})),
        ("laps: is missing", json!({"laps": ""})),
        (r#"position: "0" does not read"#, json!({"position": "0"})),
        (
            r#"positionText: "Q" does not read as a place or its absence"#,
            json!({"positionText": "Q"}),
        ),
        (
            r#"positionText: "0" does not read"#,
            json!({"positionText": "0"}),
        ),
        (
            r#"points: "-1" does not read as points"#,
            json!({"points": "-1"}),
        ),
        (r#"points: "NaN" does not read"#, json!({"points": "NaN"})),
        (
            "status: is true or false where a text belongs",
            json!({"status": true}),
        ),
        ("status: is missing", json!({"status": null})),
        (
            r#"number: "1 OR 1=1" does not read as a car number"#,
            json!({"number": "1 OR 1=1"}),
        ),
        (
            r#"Time.millis: "-5504742" does not read"#,
            json!({"Time": {"millis": "-5504742"}}),
        ),
        (
            r#"Time.millis: "86400000" does not read"#,
            json!({"Time": {"millis": "86400000"}}),
        ),
        (
            r#"Time.time: "soon" does not read as a time or a gap"#,
            json!({"Time": {"time": "soon"}}),
        ),
        (
            "Time: is a list where an object belongs",
            json!({"Time": ["1:31:44.742"]}),
        ),
        ("FastestLap.lap: is missing", json!({"FastestLap": {}})),
        (
            r#"FastestLap.Time.time: "0:00.000" does not read as a lap time"#,
            json!({"FastestLap": {"lap": "1", "Time": {"time": "0:00.000"}}}),
        ),
        (
            "Driver.familyName: is missing",
            deep("familyName", Value::Null),
        ),
        (
            r#"Driver.familyName: "Ver\0stappen" does not read as a plain text"#,
            deep("familyName", json!("Ver\0stappen")),
        ),
        (
            "Driver.familyName: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\" does not read",
            deep("familyName", json!(long)),
        ),
        (
            r#"Driver.driverId: "../admin" does not read as an id"#,
            deep("driverId", json!("../admin")),
        ),
        (
            r#"Driver.code: "VERS" does not read as three letters"#,
            deep("code", json!("VERS")),
        ),
        (
            r#"Driver.dateOfBirth: "30.9.1997" does not read as a day"#,
            deep("dateOfBirth", json!("30.9.1997")),
        ),
        (
            "Driver.dateOfBirth: 0997-09-30 is no driver's birthday",
            deep("dateOfBirth", json!("0997-09-30")),
        ),
        (
            r#"Driver.permanentNumber: "one" does not read"#,
            deep("permanentNumber", json!("one")),
        ),
    ];
    for (problem, changes) in cases {
        let text = error_text(upstream.result(&with(car(), &changes)).await, problem);
        let url = format!("{}/2024/results/?limit=100&offset=0", upstream.base);
        let field = format!("{url}: 2024 round 1, Results[0].{problem}");
        assert!(text.starts_with(&field), "{text}\ninstead of {field}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_malformed_answer_is_refused(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let data = |changes: Value| {
        let mut answer = page(0, 1, &[race("Results", &json!([car()]))]);
        answer["MRData"] = with(answer["MRData"].take(), &changes);
        answer
    };
    let races = |races: Value| data(json!({"RaceTable": {"Races": races}}));
    let head = |changes: Value| races(json!([with(race("Results", &json!([car()])), &changes)]));
    let deep = (0..100).fold(json!([]), |inner, _| json!([inner]));
    let cases = [
        ("the answer: is a list where an object belongs", json!([])),
        (
            "the answer: is a text where an object belongs",
            json!("maintenance"),
        ),
        ("MRData: is missing", json!({"detail": "Not found."})),
        ("MRData: is null", Value::Null),
        ("MRData.total: is missing", data(json!({"total": null}))),
        ("MRData.total: is a bare number", data(json!({"total": 1}))),
        (
            r#"MRData.total: "-1" does not read"#,
            data(json!({"total": "-1"})),
        ),
        (
            r#"MRData.limit: "0" does not read"#,
            data(json!({"limit": "0"})),
        ),
        (
            r#"MRData.limit: "1000" does not read"#,
            data(json!({"limit": "1000"})),
        ),
        (
            "MRData.RaceTable: is missing",
            data(json!({"RaceTable": null})),
        ),
        (
            "MRData.RaceTable.Races: is an object where a list belongs",
            races(json!({})),
        ),
        (
            "MRData.RaceTable.Races: is missing",
            data(json!({"RaceTable": {}})),
        ),
        (
            "MRData.RaceTable.Races[0]: is a list where an object belongs",
            races(json!([deep])),
        ),
        (
            "MRData.RaceTable.Races[0].season: is 2023 round 1, not what was asked for",
            head(json!({"season": "2023"})),
        ),
        (
            r#"MRData.RaceTable.Races[0].round: "one" does not read"#,
            head(json!({"round": "one"})),
        ),
        (
            "2024 round 1, Results: is missing",
            head(json!({"Results": null})),
        ),
        (
            "2024 round 1, Results: is an object where a list belongs",
            head(json!({"Results": {"0": car()}})),
        ),
        (
            "2024 round 1, Results[0]: is null where an object belongs",
            head(json!({"Results": [null]})),
        ),
        (
            "2024 round 1, results: max_verstappen in car 1 is listed twice",
            head(json!({"Results": [car(), car()]})),
        ),
    ];
    for (problem, answer) in cases {
        upstream.server.reset().await;
        upstream.answer("2024/results", 0, &answer).await;
        let read = jolpica::results(&mut upstream.turn, &upstream.base, 2024, None).await;
        let text = error_text(read, problem);
        let problem = problem.replace("MRData: is null", "the answer: is null");
        assert!(text.contains(&problem), "{text}\ninstead of {problem}");
    }
    // A round that was not asked for.
    upstream.answer("2024/2/results", 0, &data(json!({}))).await;
    let read = jolpica::results(&mut upstream.turn, &upstream.base, 2024, Some(2)).await;
    assert!(error_text(read, "another round").contains("is 2024 round 1, not what was asked for"));
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_malformed_calendar_is_refused(pool: PgPool) {
    let mut upstream = Upstream::new(&pool).await;
    let place = |changes: Value| {
        let location = with(circuit()["Location"].clone(), &changes);
        json!({"Circuit": with(circuit(), &json!({"Location": location}))})
    };
    let cases = [
        ("raceName: is missing", json!({"raceName": null})),
        ("date: is missing", json!({"date": null})),
        (
            r#"date: "2024-02-30" does not read as a day"#,
            json!({"date": "2024-02-30"}),
        ),
        (
            "date: 2042-03-02 is not in the season",
            json!({"date": "2042-03-02"}),
        ),
        (
            r#"time: "15:00:00" does not read as a time"#,
            json!({"time": "15:00:00"}),
        ),
        (
            r#"time: "99:00:00Z" does not read as a time"#,
            json!({"time": "99:00:00Z"}),
        ),
        (
            "Qualifying: is a text where an object belongs",
            json!({"Qualifying": "2024-03-01"}),
        ),
        (
            "Qualifying.date: is missing",
            json!({"Qualifying": {"time": "15:00:00Z"}}),
        ),
        (
            "Qualifying.date: 2024-01-01 is not around 2024-03-02",
            json!({"Qualifying": {"date": "2024-01-01"}}),
        ),
        (
            "SprintQualifying: is there besides another name",
            json!({"SprintShootout": {"date": "2024-03-01"}, "SprintQualifying": {"date": "2024-03-01"}}),
        ),
        ("Circuit: is missing", json!({"Circuit": null})),
        (
            "Circuit.Location: is missing",
            json!({"Circuit": with(circuit(), &json!({"Location": null}))}),
        ),
        (
            r#"Circuit.Location.lat: "90.1" does not read as degrees up to 90"#,
            place(json!({"lat": "90.1"})),
        ),
        (
            r#"Circuit.Location.long: "NaN" does not read as degrees up to 180"#,
            place(json!({"long": "NaN"})),
        ),
        (
            r#"Circuit.Location.long: "inf" does not read"#,
            place(json!({"long": "inf"})),
        ),
        (
            "Circuit.Location.lat: is a bare number",
            place(json!({"lat": 26.0})),
        ),
    ];
    for (problem, changes) in cases {
        let changed = with(race("Results", &Value::Null), &changes);
        let text = error_text(upstream.calendar(2024, &changed).await, problem);
        let field = format!(": 2024 round 1, {problem}");
        assert!(text.contains(&field), "{text}\ninstead of {field}");
    }
}
