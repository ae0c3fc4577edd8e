//! Jolpica-F1's lists of one race: pit stops, laps, and the standings after it.

use std::collections::BTreeMap;

use etl::sources::jolpica;
use reqwest::Url;
use schema::ResultStatus;

use super::{
    Season,
    jolpica::{key, points, status},
    number,
};

/// Checks pit stops, laps and standings of a round.
pub(crate) async fn assert_detail(season: &mut Season, base: &Url, round: i16, is_over: bool) {
    let (year, turn) = (season.year, &mut season.turn);
    let stops = jolpica::pit_stops(turn, base, year, round).await.unwrap();
    let laps = jolpica::laps(turn, base, year, round).await.unwrap();
    let drivers = jolpica::driver_standings(turn, base, year, round)
        .await
        .unwrap();
    let teams = jolpica::constructor_standings(turn, base, year, round)
        .await
        .unwrap();
    if !is_over {
        assert!(stops.is_empty() && laps.is_empty() && drivers.is_empty() && teams.is_empty());
        return;
    }
    let published: Vec<_> = stops
        .iter()
        .map(|stop| {
            (
                key(&stop.driver_id),
                Some(stop.stop),
                Some(stop.lap),
                stop.duration_ms,
            )
        })
        .collect();
    let expected: Vec<_> = season
        .rows("races-pit-stops", round)
        .iter()
        .map(|row| {
            let time = number(row, "timeMillis");
            (
                row["driverId"].clone(),
                number(row, "stop"),
                number(row, "lap"),
                time,
            )
        })
        .collect();
    assert_eq!(published, expected);
    let published = drivers
        .iter()
        .map(|line| (key(&line.subject.driver.id), line.position, line.points));
    let expected = season.rows("races-driver-standings", round);
    let expected = expected.iter().map(|row| {
        (
            row["driverId"].clone(),
            number(row, "positionNumber"),
            points(row),
        )
    });
    assert!(published.eq(expected));
    let wins: i16 = drivers.iter().map(|line| line.wins).sum();
    assert_eq!(wins, round);
    let published = teams
        .iter()
        .map(|line| (key(&line.subject.id), line.position, line.points));
    let expected = season.rows("races-constructor-standings", round);
    let expected = expected.iter().map(|row| {
        (
            row["constructorId"].clone(),
            number(row, "positionNumber"),
            points(row),
        )
    });
    assert!(published.eq(expected));
    assert_laps(season, round, &laps);
}

/// Checks that laps add up to the times of the result, that the fastest is the fastest lap, and that positions are by time.
fn assert_laps(season: &Season, round: i16, laps: &[jolpica::Lap]) {
    let mut driven: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    for lap in laps {
        driven
            .entry(key(&lap.driver_id))
            .or_default()
            .push(lap.time_ms.unwrap());
    }
    for row in season.rows("races-race-results", round) {
        let times = driven.remove(&row["driverId"]).unwrap_or_default();
        assert_eq!(times.len(), number(&row, "laps").unwrap_or(0), "{row:?}");
        let fastest = season.rows("races-fastest-laps", round);
        let fastest = fastest
            .iter()
            .find(|lap| lap["driverId"] == row["driverId"]);
        let fastest = fastest.and_then(|lap| number::<i32>(lap, "timeMillis"));
        assert_eq!(times.iter().min().copied(), fastest, "{row:?}");
        if status(&row) == ResultStatus::Finished {
            let penalty: i32 = number(&row, "timePenaltyMillis").unwrap_or(0);
            let whole = number::<i32>(&row, "timeMillis").unwrap() - penalty;
            let rounding = i32::try_from(times.len()).unwrap();
            let sum: i32 = times.iter().sum();
            assert!((whole - rounding..=whole).contains(&sum), "{sum} {whole}");
        }
    }
    assert!(driven.is_empty());
    let mut places: BTreeMap<i16, Vec<i16>> = BTreeMap::new();
    for lap in laps {
        places
            .entry(lap.lap)
            .or_default()
            .push(lap.position.unwrap());
    }
    assert!(
        places
            .values()
            .all(|places| places.iter().zip(1..).all(|(place, order)| *place == order))
    );
}
