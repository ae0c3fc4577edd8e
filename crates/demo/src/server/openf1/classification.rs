//! A car's result of a session, in the fields of `OpenF1`.

use serde_json::{Value, json};

use super::super::table::Row;

/// The best times of the three segments of qualifying.
fn segments(row: &Row) -> [Option<i64>; 3] {
    ["q1Millis", "q2Millis", "q3Millis"].map(|segment| row.number(segment))
}

/// The best time of each segment of qualifying.
pub(crate) fn best_times(rows: &[&Row]) -> [Option<i64>; 3] {
    [0, 1, 2].map(|segment| {
        let times = rows.iter().filter_map(|row| segments(row)[segment]);
        times.min()
    })
}

/// A car's result of a qualifying.
pub(crate) fn of_qualifying(row: &Row, best: [Option<i64>; 3]) -> Value {
    let times = segments(row);
    let gaps = [0, 1, 2].map(|segment| Some(times[segment]? - best[segment]?));
    let drove = row.number::<i64>("laps") > Some(0);
    let untimed = times[0].is_none();
    json!({
        "duration": times.map(seconds), "gap_to_leader": gaps.map(seconds),
        "dnf": untimed && drove, "dns": untimed && !drove, "dsq": false,
    })
}

/// A car's result of a race or sprint.
pub(crate) fn of_race(row: &Row) -> Value {
    let text = row.text("positionText");
    let classified = row.maybe("positionNumber").is_some();
    let stopped = row.maybe("reasonRetired").is_some() || text == "NC";
    let time = row.number::<i64>("timeMillis").filter(|_| classified);
    json!({
        "points": row.number::<f64>("points").unwrap_or(0.0), "duration": seconds(time), "gap_to_leader": gap(row),
        "dnf": stopped && !matches!(text, "DNS" | "DSQ"), "dns": text == "DNS", "dsq": text == "DSQ",
    })
}

/// Seconds or laps behind the first car; 0 for the first car itself.
pub(crate) fn gap(row: &Row) -> Value {
    if row.text("positionNumber") == "1" {
        return json!(0);
    }
    match row.maybe("gap") {
        Some(laps) if laps.contains("lap") => json!(laps.to_uppercase()),
        _ => json!(seconds(row.number("gapMillis"))),
    }
}

/// A time in seconds.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a race")]
pub(crate) fn seconds(millis: Option<i64>) -> Option<f64> {
    millis.map(|millis| millis as f64 / 1000.0)
}
