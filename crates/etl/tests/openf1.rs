//! `OpenF1`'s lists as rows: what is strange about them, what is refused; and real weekends when the shared folder is
//! beside the project (CI has it).
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod common;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use common::context;
use etl::sources::openf1::{
    Classified, ContentError, Driver, Gap, GridSlot, Meeting, Session, read_drivers, read_meetings,
    read_session_result, read_sessions, read_starting_grid,
};
use etl::sources::{
    manners::{self, Manners, Turn},
    openf1::{self, Error, Published},
};
use reqwest::Url;
use schema::{Contest, Points, SessionKind};
use serde_json::{Value, json};
use sqlx::PgPool;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{path, query_param},
};

const URL: &str = "http://test/v1/list";

/// A list of the `base` row with changed fields, one row for each set of changes.
fn rows(base: &Value, changes: &[Value]) -> Vec<u8> {
    let row = |change: &Value| {
        let mut row = base.clone();
        let fields = row.as_object_mut().unwrap();
        fields.extend(change.as_object().unwrap().clone());
        row
    };
    serde_json::to_vec(&changes.iter().map(row).collect::<Vec<_>>()).unwrap()
}

fn results(changes: &[Value]) -> Result<Vec<Classified>, ContentError> {
    let base = json!({
        "meeting_key": 1, "session_key": 7, "driver_number": 44, "position": 1, "number_of_laps": 57, "points": 25.0,
        "dnf": false, "dns": false, "dsq": false, "duration": 5504.742, "gap_to_leader": 0,
    });
    read_session_result(URL, &rows(&base, changes), 7)
}

fn grid(changes: &[Value]) -> Result<Vec<GridSlot>, ContentError> {
    let base =
        json!({"session_key": 7, "driver_number": 44, "position": 1, "lap_duration": 89.179});
    read_starting_grid(URL, &rows(&base, changes), 7)
}

fn drivers(changes: &[Value]) -> Result<Vec<Driver>, ContentError> {
    let base = json!({
        "session_key": 7, "driver_number": 44, "first_name": "Ada", "last_name": "Byron", "full_name": "Ada BYRON",
        "name_acronym": "BYR", "team_name": "Engines",
    });
    read_drivers(URL, &rows(&base, changes), 7)
}

fn sessions(changes: &[Value]) -> Result<Vec<Session>, ContentError> {
    let base = json!({
        "meeting_key": 1, "session_key": 7, "session_name": "Race", "session_type": "Race", "year": 2024,
        "date_start": "2024-03-02T15:00:00+00:00", "date_end": "2024-03-02T17:00:00+00:00",
        "circuit_short_name": "Sakhir", "location": "Sakhir", "country_name": "Bahrain",
    });
    read_sessions(URL, &rows(&base, changes), 2024)
}

fn meetings(changes: &[Value]) -> Result<Vec<Meeting>, ContentError> {
    let base = json!({
        "meeting_key": 1, "meeting_name": "Bahrain Grand Prix", "year": 2024, "date_start": "2024-02-29T11:30:00Z",
    });
    read_meetings(URL, &rows(&base, changes), 2024)
}

/// The words of an error, without the URL that begins it.
fn refused<T: std::fmt::Debug>(answer: Result<T, ContentError>) -> String {
    let words = answer.unwrap_err().to_string();
    words
        .strip_prefix(URL)
        .unwrap()
        .trim_start_matches([',', ':', ' '])
        .to_owned()
}

#[test]
fn a_race_with_every_kind_of_gap() {
    let cars = results(&[
        json!({"driver_number": 2, "position": 3, "duration": null, "gap_to_leader": "+1 LAP", "points": 0.5}),
        json!({"driver_number": 3, "position": 4, "duration": null, "gap_to_leader": "+12 laps", "dnf": true}),
        json!({"driver_number": 9, "position": null, "duration": null, "gap_to_leader": null, "dsq": true}),
        json!({"driver_number": 8, "position": null, "duration": null, "gap_to_leader": null, "dns": true,
               "number_of_laps": null}),
        json!({"driver_number": 7, "position": null, "duration": null, "gap_to_leader": null, "dnf": true,
               "number_of_laps": 3, "points": null}),
        json!({"driver_number": 4, "position": 2, "duration": 5527.199, "gap_to_leader": 22.4574}),
        json!({"driver_number": 1}),
    ])
    .unwrap();
    let order: Vec<&str> = cars.iter().map(|car| car.car_number.as_str()).collect();
    assert_eq!(order, ["1", "4", "2", "3", "7", "8", "9"]);
    let gaps: Vec<Option<Gap>> = cars.iter().map(|car| car.gap).collect();
    let (ms, laps) = (Gap::Ms, Gap::Laps);
    let placed = [ms(0), ms(22_457), laps(1), laps(12)].map(Some);
    assert_eq!(gaps[..4], placed);
    assert_eq!(gaps[4..], [None; 3]);
    assert_eq!((cars[0].time_ms, cars[2].time_ms), (Some(5_504_742), None));
    assert_eq!((cars[0].laps, cars[5].laps), (Some(57), None));
    assert_eq!(
        (cars[0].points, cars[2].points, cars[4].points),
        (Some(Points(2500)), Some(Points(50)), None)
    );
    assert!(
        cars[3].dnf && cars[3].position == Some(4),
        "stopped, classified"
    );
    assert!(cars[4].dnf && cars[5].dns && cars[6].dsq);
    assert_eq!(cars[0].segments_ms, [None; 3]);
}

#[test]
fn qualifying_has_three_times() {
    let cars = results(&[
        json!({"duration": [94.742, 93.794, 93.66], "gap_to_leader": [0.0, 0.0, 0.0]}),
        json!({"driver_number": 2, "position": 16, "duration": [96.1, null, null], "gap_to_leader": [1.358, null, null]}),
        json!({"driver_number": 3, "position": null, "duration": [null, null, null], "gap_to_leader": null, "dns": true}),
        json!({"driver_number": 4, "position": null, "duration": null, "gap_to_leader": null, "dnf": true}),
    ])
    .unwrap();
    assert_eq!(
        cars[0].segments_ms,
        [Some(94_742), Some(93_794), Some(93_660)]
    );
    assert_eq!(cars[0].segment_gaps_ms, [Some(0); 3]);
    assert_eq!((cars[0].time_ms, cars[0].gap), (None, None));
    assert_eq!(cars[1].segments_ms, [Some(96_100), None, None]);
    assert_eq!(cars[1].segment_gaps_ms, [Some(1358), None, None]);
    assert_eq!(cars[2].segments_ms, [None; 3]);
}

#[test]
fn fields_that_are_not_there_are_null() {
    let body = br#"[{"session_key": 7, "driver_number": 44.0}]"#;
    let cars = read_session_result(URL, body, 7).unwrap();
    let slots = read_starting_grid(URL, body, 7).unwrap();
    let known = read_drivers(URL, body, 7).unwrap();
    assert_eq!(
        (cars[0].car_number.as_str(), cars[0].position),
        ("44", None)
    );
    assert!(!(cars[0].dnf || cars[0].dns || cars[0].dsq));
    assert_eq!((slots[0].position, slots[0].time_ms), (None, None));
    assert_eq!((&known[0].last_name, &known[0].team), (&None, &None));
}

#[test]
fn a_car_listed_twice_counts_once_unless_the_rows_differ() {
    let twice = [json!({}), json!({})];
    assert_eq!(results(&twice).unwrap().len(), 1);
    assert_eq!(grid(&twice).unwrap().len(), 1);
    let differing = [json!({}), json!({"position": 2})];
    let words = "row 2, field driver_number: was in an earlier row with other facts";
    assert_eq!(refused(results(&differing)), words);
    assert_eq!(refused(grid(&differing)), words);
    let two_cars = [json!({}), json!({"driver_number": 2})];
    let words = "row 2, field position: 1 is also that of car 44";
    assert_eq!(refused(results(&two_cars)), words);
    assert_eq!(refused(grid(&two_cars)), words);
}

#[test]
fn broken_results_are_refused_with_row_and_field() {
    let seconds = "seconds of a session";
    let laps = "a number of laps";
    for (field, kind, values) in [
        (
            "session_key",
            "a whole number from 1 to 2147483647",
            json!(["7", 0, 3_000_000_000_i64]),
        ),
        (
            "driver_number",
            "a whole number from 0 to 999",
            json!(["44", -1, 4.5, 1000, true]),
        ),
        (
            "position",
            "a whole number from 1 to 99",
            json!([0, "NC", 100, 1e300]),
        ),
        (
            "number_of_laps",
            "a whole number from 0 to 999",
            json!([-3, 1000]),
        ),
        ("points", "points", json!([-1, 1.234, "25", 1e300])),
        ("dnf", "true or false", json!([0, "no"])),
        (
            "duration",
            seconds,
            json!([0, 0.0001, -5.0, 1e18, "1:34:00", {"s": 1}]),
        ),
        ("gap_to_leader", seconds, json!([-0.5, 1e18, true])),
        (
            "gap_to_leader",
            laps,
            json!([
                "LAP",
                "+0 LAPS",
                "++1 LAP",
                "+ LAP",
                "1 LAP",
                "+99999999 LAPS"
            ]),
        ),
    ] {
        for value in values.as_array().unwrap() {
            let words = format!("row 1, field {field}: {value} does not read as {kind}");
            assert_eq!(refused(results(&[json!({field: value})])), words);
        }
    }
    for (change, words) in [
        (
            json!({"session_key": 8}),
            "field session_key: is 8, asked was 7",
        ),
        (
            json!({"session_key": null}),
            "field session_key: is missing",
        ),
        (
            json!({"driver_number": null}),
            "field driver_number: is missing",
        ),
        (
            json!({"gap_to_leader": [0, 0, 0]}),
            "field gap_to_leader: is of another kind than the duration",
        ),
        (
            json!({"duration": [90.0], "gap_to_leader": null}),
            "field duration: has 1 items, not 3",
        ),
        (
            json!({"duration": [90.0, "x", null], "gap_to_leader": null}),
            "field duration: \"x\" does not read as seconds of a session",
        ),
        (
            json!({"duration": [90.0, [1], null], "gap_to_leader": null}),
            "field duration: [1] does not read as seconds of a session",
        ),
    ] {
        assert_eq!(refused(results(&[change])), format!("row 1, {words}"));
    }
    let qualifying = json!({"driver_number": 2, "position": 2, "duration": [90.0, null, null], "gap_to_leader": null});
    assert_eq!(
        refused(results(&[json!({}), qualifying])),
        "row 2, field duration: is of another kind than in earlier rows"
    );
    let long = json!({"gap_to_leader": "x".repeat(500)});
    assert!(refused(results(&[long])).len() < 150);
}

#[test]
fn what_is_not_a_list_of_objects_is_refused() {
    for (body, words) in [
        ("", "is not JSON: EOF"),
        ("<html>maintenance</html>", "is not JSON: expected value"),
        ("[{\"session_key\": 7", "is not JSON: EOF"),
        (
            "[{\"session_key\": 1e999}]",
            "is not JSON: number out of range",
        ),
        ("[{\"duration\": NaN}]", "is not JSON: expected value"),
        (
            "{\"detail\": \"No results found.\"}",
            "is not a list but {\"detail\":\"No results found.\"}",
        ),
        ("null", "is not a list but null"),
        ("[[]]", "row 1: is not an object but []"),
    ] {
        let found = refused(read_starting_grid(URL, body.as_bytes(), 7));
        assert!(found.starts_with(words), "{body}: {found}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(
        refused(read_starting_grid(URL, deep.as_bytes(), 7)).starts_with("is not JSON: recursion")
    );
    assert!(refused(read_starting_grid(URL, b"[\xff]", 7)).starts_with("is not JSON"));
}

#[test]
fn a_grid_by_place() {
    let slots = grid(&[
        json!({"driver_number": 3, "position": null, "lap_duration": null}),
        json!({"driver_number": 2, "position": 2}),
        json!({"driver_number": 1, "lap_duration": 90}),
    ])
    .unwrap();
    let order: Vec<_> = slots
        .iter()
        .map(|slot| (slot.car_number.as_str(), slot.position, slot.time_ms))
        .collect();
    assert_eq!(
        order,
        [
            ("1", Some(1), Some(90_000)),
            ("2", Some(2), Some(89_179)),
            ("3", None, None)
        ]
    );
    let words = "row 1, field lap_duration: \"1:29\" does not read as seconds of a session";
    assert_eq!(refused(grid(&[json!({"lap_duration": "1:29"})])), words);
}

#[test]
fn a_driver_listed_twice_is_put_together() {
    let one = drivers(&[
        json!({"team_name": null, "first_name": " ", "name_acronym": "byr"}),
        json!({"last_name": "BYRON", "full_name": null, "name_acronym": null}),
        json!({"driver_number": 1}),
    ])
    .unwrap();
    let expected = Driver {
        car_number: "44".to_owned(),
        first_name: Some("Ada".to_owned()),
        last_name: Some("BYRON".to_owned()),
        full_name: Some("Ada BYRON".to_owned()),
        code: Some("BYR".to_owned()),
        team: Some("Engines".to_owned()),
    };
    assert_eq!((one.len(), &one[0]), (2, &expected));
    assert_eq!(
        refused(drivers(&[json!({}), json!({"last_name": "Lovelace"})])),
        "row 2, field driver_number: was another person's in an earlier row"
    );
    for (change, words) in [
        (
            json!({"name_acronym": "BYRO"}),
            "row 1, field name_acronym: \"BYRO\" does not read as three letters",
        ),
        (
            json!({"name_acronym": 123}),
            "row 1, field name_acronym: 123 does not read as short plain text",
        ),
        (
            json!({"team_name": "a\u{0}b"}),
            "row 1, field team_name: \"a\\u0000b\" does not read as short plain text",
        ),
        (
            json!({"first_name": "x".repeat(121)}),
            "row 1, field first_name: \"xxx",
        ),
    ] {
        let found = refused(drivers(std::slice::from_ref(&change)));
        assert!(found.starts_with(words), "{change}: {found}");
    }
}

#[test]
fn sessions_by_start_without_unknown_kinds() {
    let name = |key: i32, name: &str, of_type: Value| json!({"session_key": key, "session_name": name, "session_type": of_type});
    let found = sessions(&[
        name(1, "Race", json!("Race")),
        name(2, "Qualifying", json!("Qualifying")),
        name(3, "Sprint", json!("Race")),
        name(4, "Sprint Shootout", json!("Sprint Shootout")),
        name(5, "Sprint Qualifying", json!("Qualifying")),
        name(6, "Practice 3", json!(null)),
        // The name of the sprint itself before 2022.
        name(10, "Sprint Qualifying", json!("Race")),
        // Passed over before anything else in them is read.
        json!({"session_key": "?", "session_name": "Day 1"}),
        json!({"session_key": 12, "session_name": null}),
        json!({"session_key": 9, "session_name": "Practice 1", "session_type": "Practice",
               "date_start": "2024-03-01T11:30:00", "date_end": "2024-03-01T15:30:00+03:00", "is_cancelled": true}),
    ])
    .unwrap();
    let kinds: Vec<_> = found
        .iter()
        .map(|session| (session.session_key, session.kind, session.contest()))
        .collect();
    let (grand_prix, sprint) = (Some(Contest::GrandPrix), Some(Contest::Sprint));
    assert_eq!(
        kinds,
        [
            (9, SessionKind::Practice1, None),
            (1, SessionKind::Race, grand_prix),
            (2, SessionKind::Qualifying, grand_prix),
            (3, SessionKind::Sprint, sprint),
            (4, SessionKind::SprintQualifying, sprint),
            (5, SessionKind::SprintQualifying, sprint),
            (6, SessionKind::Practice3, None),
        ]
    );
    assert_eq!(found[0].starts_at.to_rfc3339(), "2024-03-01T11:30:00+00:00");
    assert_eq!(found[0].ends_at.to_rfc3339(), "2024-03-01T12:30:00+00:00");
    assert!(found[0].cancelled && !found[1].cancelled);
    assert_eq!(found[0].place.country.as_deref(), Some("Bahrain"));
    for (change, words) in [
        (
            json!({"year": 2023}),
            "row 1, field year: is 2023, asked was 2024",
        ),
        (
            json!({"date_start": null}),
            "row 1, field date_start: is missing",
        ),
        (
            json!({"date_start": "soon"}),
            "row 1, field date_start: \"soon\" does not read as an instant",
        ),
        (
            json!({"date_start": 1_709_391_600}),
            "row 1, field date_start: 1709391600 does not",
        ),
        (
            json!({"date_start": "2025-03-02T15:00:00Z"}),
            "row 1, field date_start: 2025-03-02 15:00:00 UTC is not in the season 2024",
        ),
        (
            json!({"date_end": "2024-03-02T15:00:00Z"}),
            "row 1, field date_end: is not within a day after date_start",
        ),
        (
            json!({"date_end": "2024-03-04T15:00:00Z"}),
            "row 1, field date_end: is not within a day after date_start",
        ),
        (
            json!({"session_key": 3_000_000_000_i64}),
            "row 1, field session_key: 3000000000 does not",
        ),
        (
            json!({"is_cancelled": "no"}),
            "row 1, field is_cancelled: \"no\" does not",
        ),
    ] {
        let found = refused(sessions(std::slice::from_ref(&change)));
        assert!(found.starts_with(words), "{change}: {found}");
    }
}

#[test]
fn testing_is_not_a_race_weekend() {
    let found = meetings(&[
        json!({"meeting_key": 2, "meeting_official_name": "FORMULA 1 BAHRAIN GRAND PRIX 2024", "location": "Sakhir"}),
        json!({"meeting_key": 1, "meeting_name": "Pre-Season Testing", "date_start": "2024-02-21T07:00:00+00:00"}),
        json!({"meeting_key": 3, "meeting_name": "Test at Sakhir", "date_start": "2024-02-20T07:00:00+00:00"}),
        json!({"meeting_key": 4, "meeting_name": "Greatest Grand Prix", "date_start": "2024-12-20T07:00:00+00:00"}),
    ])
    .unwrap();
    let facts: Vec<_> = found
        .iter()
        .map(|meeting| (meeting.meeting_key, meeting.testing))
        .collect();
    assert_eq!(facts, [(3, true), (1, true), (2, false), (4, false)]);
    assert_eq!(found[2].place.location.as_deref(), Some("Sakhir"));
    assert_eq!(
        refused(meetings(&[json!({"meeting_name": ""})])),
        "row 1, field meeting_name: is missing"
    );
}

/// The service's own manners without a budget: clocks of tests stand still.
static PATIENT: Manners = Manners {
    upstream: "openf1",
    per_second: 3,
    windows: &[],
};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn each_list_is_one_request_and_each_answer_means_one_thing(pool: PgPool) {
    let server = MockServer::start().await;
    let base: Url = format!("{}/v1/", server.uri()).parse().unwrap();
    let mut turn = Turn::take(&context(&pool), &PATIENT).await.unwrap();
    let answers = async |endpoint: &str, of: (&str, &str), status: u16, body: Value| {
        let answer = ResponseTemplate::new(status).set_body_json(body);
        let asked = Mock::given(path(format!("/v1/{endpoint}"))).and(query_param(of.0, of.1));
        asked.respond_with(answer).expect(1).mount(&server).await;
    };
    let in_2024 = ("year", "2024");
    answers("meetings", in_2024, 200, json!([])).await;
    answers(
        "sessions",
        in_2024,
        200,
        json!([{"session_name": "Day 1", "year": 2024}]),
    )
    .await;
    answers(
        "drivers",
        ("session_key", "7"),
        401,
        json!({"detail": "Live F1 session in progress."}),
    )
    .await;
    answers(
        "session_result",
        ("session_key", "7"),
        404,
        json!({"detail": "No results found."}),
    )
    .await;
    answers(
        "starting_grid",
        ("session_key", "7"),
        200,
        json!([{"session_key": 7, "driver_number": 4}]),
    )
    .await;
    answers(
        "starting_grid",
        ("session_key", "8"),
        200,
        json!([{"session_key": 7, "driver_number": 4}]),
    )
    .await;

    let meetings = openf1::meetings(&mut turn, &base, 2024).await.unwrap();
    assert_eq!(meetings, Published::Nothing);
    let sessions = openf1::sessions(&mut turn, &base, 2024).await.unwrap();
    assert_eq!(sessions, Published::Nothing);
    let drivers = openf1::drivers(&mut turn, &base, 7).await.unwrap();
    assert_eq!(drivers, Published::Locked);
    let result = openf1::session_result(&mut turn, &base, 7).await.unwrap();
    assert_eq!(result, Published::Nothing);
    let grid = openf1::starting_grid(&mut turn, &base, 7).await.unwrap();
    assert_eq!(grid.rows().unwrap().len(), 1);
    let error = openf1::starting_grid(&mut turn, &base, 8)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Content(_)), "{error}");
    let words =
        format!("{base}starting_grid?session_key=8, row 1, field session_key: is 7, asked was 8");
    assert_eq!(error.to_string(), words);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn an_upstream_that_is_down_is_its_own_error(pool: PgPool) {
    let nowhere = "http://127.0.0.1:9/v1".parse().unwrap();
    let mut turn = Turn::take(&context(&pool), &PATIENT).await.unwrap();
    let error = openf1::sessions(&mut turn, &nowhere, 2024)
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Upstream(manners::Error::Http(_))),
        "{error}"
    );
}

/// The replay server of the shared folder, for as long as it is held.
struct Replay {
    server: Child,
    base: Url,
}

impl Replay {
    /// Starts it at a moment, or with everything published; `None`, and words on standard error, if it is not there.
    fn at(today: Option<&str>) -> Option<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream");
        let script = folder.join("replay.py");
        if !script.is_file() {
            // Straight to the terminal: the output of a test that passes is not shown.
            std::io::stderr()
                .write_all(b"skipped: the shared data is not there\n")
                .unwrap();
            return None;
        }
        let mut command = Command::new("python3");
        command
            .arg(script)
            .args(["--port", "0"])
            .stdout(Stdio::piped());
        command.args(today.iter().flat_map(|today| ["--today", today]));
        let mut server = command.spawn().unwrap();
        let mut line = String::new();
        let output = server.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let address = line.split("/ergast").next().unwrap();
        let address = address.strip_prefix("replay: ").unwrap();
        let base = format!("{address}/v1").parse().unwrap();
        Some(Self { server, base })
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// The sessions of a meeting, which upstream publishes all at once with the season.
async fn sessions_of(turn: &mut Turn, base: &Url, meeting_key: i32) -> Vec<Session> {
    let sessions = openf1::sessions(turn, base, 2024).await.unwrap();
    let mut sessions = sessions.rows().unwrap();
    sessions.retain(|session| session.meeting_key == meeting_key);
    assert_eq!(sessions.len(), 5);
    sessions
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_list_of_three_weekends(pool: PgPool) {
    let Some(Replay { base, .. }) = &Replay::at(None) else {
        return;
    };
    let mut turn = Turn::take(&context(&pool), &PATIENT).await.unwrap();
    let meetings = openf1::meetings(&mut turn, base, 2024).await.unwrap();
    let meetings = meetings.rows().unwrap();
    assert_eq!(meetings.len(), 24);
    assert!(
        !meetings
            .iter()
            .any(|meeting| meeting.testing || meeting.cancelled)
    );
    let sessions = openf1::sessions(&mut turn, base, 2024).await.unwrap();
    assert_eq!(sessions.rows().unwrap().len(), 24 * 5);

    let names: Vec<_> = meetings[..3]
        .iter()
        .map(|meeting| meeting.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "Bahrain Grand Prix",
            "Saudi Arabian Grand Prix",
            "Australian Grand Prix"
        ]
    );
    for meeting in &meetings[..3] {
        // A chassis was broken beyond repair in Melbourne's first practice; the team had no spare.
        let late = meeting.name == "Australian Grand Prix";
        for session in sessions_of(&mut turn, base, meeting.meeting_key).await {
            let cars = if late && session.kind != SessionKind::Practice1 {
                19
            } else {
                20
            };
            let what = format!("{} {}", meeting.name, session.kind);
            let result = openf1::session_result(&mut turn, base, session.session_key)
                .await
                .unwrap();
            let result = result.rows().unwrap();
            assert_eq!(result.len(), cars, "{what}");
            let drivers = openf1::drivers(&mut turn, base, session.session_key)
                .await
                .unwrap();
            let drivers = drivers.rows().unwrap();
            let mut numbers: Vec<_> = drivers.iter().map(|driver| &driver.car_number).collect();
            let mut classified: Vec<_> = result.iter().map(|car| &car.car_number).collect();
            numbers.sort();
            classified.sort();
            assert_eq!(numbers, classified, "{what}");
            let timed = result.iter().filter(|car| car.time_ms.is_some()).count();
            let in_segments = result
                .iter()
                .filter(|car| car.segments_ms[0].is_some())
                .count();
            let is_qualifying = session.kind == SessionKind::Qualifying;
            // Only those on the lead lap have a time of the race.
            let plausible = match session.kind {
                SessionKind::Qualifying => timed == 0 && in_segments > 17,
                SessionKind::Race => timed > 7 && in_segments == 0,
                _ => timed > 17 && in_segments == 0,
            };
            assert!(plausible, "{what}: {timed} {in_segments}");
            let lapped = result
                .iter()
                .any(|car| matches!(car.gap, Some(Gap::Laps(_))));
            assert_eq!(lapped, session.kind == SessionKind::Race, "{what}");
            assert_eq!(
                result[0].points.is_some(),
                session.kind == SessionKind::Race,
                "{what}"
            );
            let grid = openf1::starting_grid(&mut turn, base, session.session_key)
                .await
                .unwrap();
            assert_eq!(
                grid.rows().map(|grid| grid.len()),
                is_qualifying.then_some(cars),
                "{what}"
            );
        }
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_sprint_weekend_within_the_budget_of_a_minute(pool: PgPool) {
    let Some(Replay { base, .. }) = &Replay::at(None) else {
        return;
    };
    let mut turn = Turn::take(&context(&pool), &manners::OPENF1).await.unwrap();
    let sessions = sessions_of(&mut turn, base, 1233).await;
    let kinds: Vec<_> = sessions.iter().map(|session| session.kind).collect();
    let (shootout, race) = (SessionKind::SprintQualifying, SessionKind::Race);
    let expected = [
        SessionKind::Practice1,
        shootout,
        SessionKind::Sprint,
        SessionKind::Qualifying,
        race,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(sessions[0].place.circuit.as_deref(), Some("Shanghai"));
    for session in &sessions {
        let result = openf1::session_result(&mut turn, base, session.session_key)
            .await
            .unwrap();
        let result = result.rows().unwrap();
        assert_eq!(result.len(), 20, "{}", session.kind);
        let winner = (
            result[0].car_number.as_str(),
            result[0].points,
            result[0].laps,
        );
        match session.kind {
            SessionKind::Sprint => assert_eq!(winner, ("1", Some(Points(800)), Some(19))),
            SessionKind::Race => {
                assert_eq!(winner, ("1", Some(Points(2500)), Some(56)));
                assert_eq!(result[0].time_ms, Some(6_052_554));
                assert_eq!(result[1].gap, Some(Gap::Ms(13_773)));
                assert_eq!(result[16].gap, Some(Gap::Ms(95_110)));
                assert_eq!(result.iter().filter(|car| car.dnf).count(), 3);
            }
            _ => assert_eq!(winner.1, None, "{}", session.kind),
        }
    }
    for (session, pole_ms) in [(&sessions[1], 117_940), (&sessions[3], 93_660)] {
        let grid = openf1::starting_grid(&mut turn, base, session.session_key)
            .await
            .unwrap();
        let grid = grid.rows().unwrap();
        assert_eq!((grid.len(), grid[0].time_ms), (20, Some(pole_ms)));
    }
    let drivers = openf1::drivers(&mut turn, base, sessions[0].session_key)
        .await
        .unwrap();
    let drivers = drivers.rows().unwrap();
    let zhou = drivers
        .iter()
        .find(|driver| driver.code.as_deref() == Some("ZHO"))
        .unwrap();
    assert_eq!(zhou.full_name.as_deref(), Some("ZHOU Guanyu"));
    assert_eq!(zhou.team.as_deref(), Some("Kick Sauber"));
}

/// Shanghai 2024: sprint qualifying 07:30 to 08:14, sprint 03:00 to 04:00 on the next day.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn locked_while_a_session_runs_and_nothing_before_its_end(pool: PgPool) {
    let (practice, sprint_qualifying, sprint, race) = (9663, 9668, 9672, 9673);
    let mut turn = Turn::take(&context(&pool), &PATIENT).await.unwrap();
    for (today, locked) in [
        ("2024-04-20T02:45", true),
        ("2024-04-20T03:30", true),
        ("2024-04-19T11:00", false),
    ] {
        let Some(Replay { base, .. }) = &Replay::at(Some(today)) else {
            return;
        };
        let result = openf1::session_result(&mut turn, base, practice)
            .await
            .unwrap();
        assert_eq!(result == Published::Locked, locked, "{today}");
        let sessions = openf1::sessions(&mut turn, base, 2024).await.unwrap();
        assert_eq!(sessions == Published::Locked, locked, "{today}");
        if locked {
            continue;
        }
        assert_eq!(result.rows().unwrap().len(), 20);
        let grid = openf1::starting_grid(&mut turn, base, sprint_qualifying)
            .await
            .unwrap();
        assert_eq!(grid.rows().unwrap().len(), 20);
        for session_key in [sprint, race] {
            let result = openf1::session_result(&mut turn, base, session_key)
                .await
                .unwrap();
            assert_eq!(result, Published::Nothing, "{session_key}");
            let drivers = openf1::drivers(&mut turn, base, session_key).await.unwrap();
            assert_eq!(drivers, Published::Nothing, "{session_key}");
        }
    }
    // Qualifying is over and the lock lifted, but the grid is not out for two hours.
    let Some(Replay { base, .. }) = &Replay::at(Some("2024-04-19T09:00")) else {
        return;
    };
    let result = openf1::session_result(&mut turn, base, sprint_qualifying)
        .await
        .unwrap();
    assert_eq!(result.rows().unwrap().len(), 20);
    let grid = openf1::starting_grid(&mut turn, base, sprint_qualifying)
        .await
        .unwrap();
    assert_eq!(grid, Published::Nothing);
}
