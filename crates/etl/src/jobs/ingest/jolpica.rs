//! Lists of Jolpica-F1 as rows of ours.

use std::collections::HashMap;

use anyhow::{Result, ensure};
use schema::{
    Contest, DriverId, RaceId, ResultStatus, TeamId,
    sessions::{Lap, PitStop, QualifyingResult, RaceResult},
};

use crate::{
    identity::roster::{Line, Person, Roster, Unknown},
    sources::jolpica::{self, CarQualifying, CarResult, Constructor, Driver},
};

/// A driver and whom he drives for, to be identified.
pub(in crate::jobs) fn line<'a>(driver: &'a Driver, constructor: &'a Constructor) -> Line<'a> {
    Line {
        driver: Person {
            given_name: &driver.given_name,
            family_name: &driver.family_name,
            date_of_birth: driver.date_of_birth,
        },
        team: &constructor.name,
    }
}

/// The cars of a result, to be identified.
pub(super) fn lines_of_results(cars: &[CarResult]) -> Vec<Line<'_>> {
    cars.iter()
        .map(|car| line(&car.driver, &car.constructor))
        .collect()
}

/// The cars of a qualifying classification, to be identified.
pub(super) fn lines_of_qualifying(cars: &[CarQualifying]) -> Vec<Line<'_>> {
    cars.iter()
        .map(|car| line(&car.driver, &car.constructor))
        .collect()
}

/// The result of a race; the order of the list is kept. `engines` are those the teams were last seen with.
pub(super) fn results(
    race_id: RaceId,
    contest: Contest,
    cars: &[CarResult],
    roster: &Roster,
    engines: &HashMap<TeamId, String>,
) -> Result<Vec<RaceResult>> {
    let Some(winner) = cars.first() else {
        return Ok(Vec::new());
    };
    ensure!(
        winner.position == Some(1),
        "{race_id:?}: the first car of the result is not in place 1"
    );
    cars.iter()
        .zip(roster.identify(&lines_of_results(cars)))
        .map(|(car, ids)| {
            let (driver_id, team_id) = ids?;
            let lead_lap = car.laps == winner.laps;
            let behind = Some(winner.laps - car.laps).filter(|laps| *laps > 0);
            Ok(RaceResult {
                race_id,
                contest,
                driver_id,
                car_number: car.car_number.clone(),
                team_id,
                engine: engines.get(&team_id).cloned(),
                display_order: car.display_order,
                position: car.position,
                position_text: position_text(car.position, car.status),
                status: car.status,
                retirement_reason: retirement_reason(car),
                shared_car: false,
                laps: Some(car.laps),
                time_ms: car.time_ms.filter(|_| lead_lap && car.is_classified()),
                penalty_ms: None,
                gap_ms: car.gap_ms.filter(|_| lead_lap && car.is_classified()),
                gap_laps: car.gap_laps.or(behind.filter(|_| car.is_classified())),
                points: car.points,
                grid: car.grid,
                pole: car.grid == Some(1),
                pit_stops: None,
                fastest_lap: car.fastest_lap.is_some_and(|lap| lap.rank == Some(1)),
                fastest_lap_ms: car.fastest_lap.and_then(|lap| lap.time_ms),
                fastest_lap_number: car.fastest_lap.map(|lap| lap.lap),
            })
        })
        .collect()
}

/// As it is written of a car that has no place.
pub(super) fn position_text(position: Option<i16>, status: ResultStatus) -> String {
    match (position, status) {
        (Some(place), _) => place.to_string(),
        (None, ResultStatus::Disqualified) => "DSQ".to_owned(),
        (None, ResultStatus::DidNotStart) => "DNS".to_owned(),
        (None, ResultStatus::DidNotQualify) => "DNQ".to_owned(),
        (None, ResultStatus::Excluded) => "EX".to_owned(),
        (None, ResultStatus::Retired) => "DNF".to_owned(),
        (None, _) => "NC".to_owned(),
    }
}

/// Upstream's wording, unless it is that of a car that finished.
fn retirement_reason(car: &CarResult) -> Option<String> {
    let stopped = car.status == ResultStatus::Retired && car.status_text != "Finished";
    stopped.then(|| car.status_text.clone())
}

/// The classification of qualifying.
pub(super) fn qualifying(
    race_id: RaceId,
    cars: &[CarQualifying],
    roster: &Roster,
) -> Result<Vec<QualifyingResult>> {
    cars.iter()
        .zip(roster.identify(&lines_of_qualifying(cars)))
        .zip(1..)
        .map(|((car, ids), display_order)| {
            let (driver_id, team_id) = ids?;
            Ok(QualifyingResult {
                race_id,
                contest: Contest::GrandPrix,
                driver_id,
                car_number: car.car_number.clone(),
                team_id,
                display_order,
                position: Some(car.position),
                position_text: car.position.to_string(),
                q1_ms: car.q1_ms,
                q2_ms: car.q2_ms,
                q3_ms: car.q3_ms,
                time_ms: None,
                laps: None,
            })
        })
        .collect()
}

/// Who upstream's drivers are, and in which car, as the result has them.
struct Cars<'a>(HashMap<&'a str, (DriverId, TeamId, &'a str)>);

impl<'a> Cars<'a> {
    fn of(cars: &'a [CarResult], roster: &Roster) -> Result<Self, Unknown> {
        let ids = roster.identify(&lines_of_results(cars));
        let known = cars.iter().zip(ids).map(|(car, ids)| {
            let (driver, team) = ids?;
            Ok((
                car.driver.id.as_str(),
                (driver, team, car.car_number.as_str()),
            ))
        });
        Ok(Self(known.collect::<Result<_, Unknown>>()?))
    }

    fn get(&self, driver: &str) -> Result<(DriverId, TeamId, &'a str)> {
        let car = self.0.get(driver).copied();
        car.ok_or_else(|| anyhow::anyhow!("{driver} has laps or stops, but no result"))
    }
}

/// The stops of a race, in upstream's order.
pub(super) fn pit_stops(
    race_id: RaceId,
    stops: &[jolpica::PitStop],
    cars: &[CarResult],
    roster: &Roster,
) -> Result<Vec<PitStop>> {
    let cars = Cars::of(cars, roster)?;
    stops
        .iter()
        .zip(1..)
        .map(|(stop, display_order)| {
            let (driver_id, team_id, car_number) = cars.get(&stop.driver_id)?;
            Ok(PitStop {
                race_id,
                driver_id,
                car_number: car_number.to_owned(),
                stop: stop.stop,
                team_id,
                display_order,
                lap: stop.lap,
                time_ms: stop.duration_ms,
            })
        })
        .collect()
}

/// The laps of a Grand Prix.
pub(super) fn laps(
    race_id: RaceId,
    laps: &[jolpica::Lap],
    cars: &[CarResult],
    roster: &Roster,
) -> Result<Vec<Lap>> {
    let cars = Cars::of(cars, roster)?;
    laps.iter()
        .map(|lap| {
            let (driver_id, ..) = cars.get(&lap.driver_id)?;
            Ok(Lap {
                race_id,
                contest: Contest::GrandPrix,
                driver_id,
                lap: lap.lap,
                position: lap.position,
                time_ms: lap.time_ms,
            })
        })
        .collect()
}
