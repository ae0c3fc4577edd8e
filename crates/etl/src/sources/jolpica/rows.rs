//! Jolpica's lists as rows of `schema`.

use std::collections::HashMap;

use anyhow::{Result, anyhow, ensure};
use schema::{
    Contest, DriverId, Points, RaceId, ResultStatus, TeamId,
    sessions::{Lap, PitStop, QualifyingResult, RaceResult},
};

use super::{CarQualifying, CarResult, Constructor, Driver, DriverOfSeason, Standing};
use crate::{
    identity::roster::{ListedCar, ListedDriver, MatchError, Roster},
    sources::{field::RoundField, rows::position_text},
};

/// A driver and their constructor, to be matched.
fn listed_car<'a>(driver: &'a Driver, constructor: &'a Constructor) -> ListedCar<'a> {
    ListedCar {
        driver: ListedDriver {
            given_name: &driver.given_name,
            family_name: &driver.family_name,
            date_of_birth: driver.date_of_birth,
        },
        team: &constructor.name,
    }
}

/// The cars of a result, to be matched.
pub(super) fn cars_of_result(cars: &[CarResult]) -> Vec<ListedCar<'_>> {
    cars.iter()
        .map(|car| listed_car(&car.driver, &car.constructor))
        .collect()
}

/// The cars of a qualifying classification, to be matched.
pub(super) fn cars_of_qualifying(cars: &[CarQualifying]) -> Vec<ListedCar<'_>> {
    cars.iter()
        .map(|car| listed_car(&car.driver, &car.constructor))
        .collect()
}

/// The result of a race, in the order of the list.
pub(super) fn results(
    race_id: RaceId,
    contest: Contest,
    cars: &[CarResult],
    field: &RoundField,
) -> Result<Vec<RaceResult>> {
    let Some(winner) = cars.first() else {
        return Ok(Vec::new());
    };
    ensure!(
        winner.position == Some(1),
        "{race_id:?}: the first car of the result is not in place 1"
    );
    cars.iter()
        .zip(field.roster.identify(&cars_of_result(cars)))
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
                engine: field.engines.get(&team_id).cloned(),
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
        .zip(roster.identify(&cars_of_qualifying(cars)))
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

/// Upstream's driver ids with our ids and the car's number, as the result has them.
struct ResultCars<'a>(HashMap<&'a str, (DriverId, TeamId, &'a str)>);

impl<'a> ResultCars<'a> {
    fn of(cars: &'a [CarResult], roster: &Roster) -> Result<Self, MatchError> {
        let ids = roster.identify(&cars_of_result(cars));
        let known = cars.iter().zip(ids).map(|(car, ids)| {
            let (driver, team) = ids?;
            let car_number = car.car_number.as_str();
            Ok((car.driver.id.as_str(), (driver, team, car_number)))
        });
        Ok(Self(known.collect::<Result<_, MatchError>>()?))
    }

    fn get(&self, driver: &str) -> Result<(DriverId, TeamId, &'a str)> {
        let car = self.0.get(driver).copied();
        car.ok_or_else(|| anyhow!("{driver} has laps or stops, but no result"))
    }
}

/// The pit stops of a race, in upstream's order.
pub(super) fn pit_stops(
    race_id: RaceId,
    stops: &[super::PitStop],
    cars: &[CarResult],
    roster: &Roster,
) -> Result<Vec<PitStop>> {
    let cars = ResultCars::of(cars, roster)?;
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
    laps: &[super::Lap],
    cars: &[CarResult],
    roster: &Roster,
) -> Result<Vec<Lap>> {
    let cars = ResultCars::of(cars, roster)?;
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

/// Place and points in a championship.
pub type Place = (Option<i16>, Points);

/// The championship tables by our ids. Drivers and teams that `roster` lacks are left out.
#[must_use]
pub fn standings(
    drivers: &[Standing<DriverOfSeason>],
    teams: &[Standing<Constructor>],
    roster: &Roster,
) -> (HashMap<DriverId, Place>, HashMap<TeamId, Place>) {
    let (cars, places): (Vec<ListedCar<'_>>, Vec<Place>) = drivers
        .iter()
        .filter_map(|row| {
            let team = row.subject.constructors.last()?;
            let car = listed_car(&row.subject.driver, team);
            Some((car, (row.position, row.points)))
        })
        .unzip();
    let (mut of_drivers, mut team_ids) = (HashMap::new(), HashMap::new());
    for ((ids, car), place) in roster.identify(&cars).into_iter().zip(&cars).zip(places) {
        if let Ok((driver, team)) = ids {
            of_drivers.insert(driver, place);
            team_ids.insert(car.team, team);
        }
    }
    let of_teams = teams.iter().filter_map(|row| {
        let team = team_ids.get(row.subject.name.as_str())?;
        Some((*team, (row.position, row.points)))
    });
    (of_drivers, of_teams.collect())
}
