//! From bytes to rows: peculiarities of the lists, and what is refused.

use etl::sources::openf1::{
    Classified, ContentError, Driver, Gap, GridSlot, Session, read_drivers, read_session_result,
    read_sessions, read_starting_grid,
};
use schema::{Contest, Points, SessionKind};
use serde_json::{Value, json};

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

/// The text of an error without the URL at its beginning.
fn refused<T: std::fmt::Debug>(answer: Result<T, ContentError>) -> String {
    let words = answer.unwrap_err().to_string();
    words
        .strip_prefix(URL)
        .unwrap()
        .trim_start_matches([',', ':', ' '])
        .to_owned()
}

#[test]
fn every_kind_of_gap_is_read() {
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
fn qualifying_has_a_time_for_each_segment() {
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
    assert_eq!((cars[0].time_ms, cars[0].gap), (None, None));
    assert_eq!(cars[1].segments_ms, [Some(96_100), None, None]);
    assert_eq!(cars[2].segments_ms, [None; 3]);
}

#[test]
fn missing_fields_are_null() {
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
            json!({"duration": [90.0, null, null], "gap_to_leader": [-0.1, null, null]}),
            "field gap_to_leader: -0.1 does not read as seconds of a session",
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
fn a_grid_is_sorted_by_place() {
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
fn the_rows_of_a_driver_listed_twice_are_merged() {
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
fn sessions_are_sorted_by_start_and_unknown_kinds_are_left_out() {
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
        // Unknown kinds, whose other fields are not read.
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
