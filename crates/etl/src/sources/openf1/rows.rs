//! `OpenF1`'s lists as rows of `schema`.

use std::collections::HashMap;

use anyhow::{Result, bail, ensure};
use schema::{
    Contest, DriverId, RaceId, ResultStatus, TeamId,
    sessions::{GridPlace, PracticeResult, QualifyingResult, RaceResult},
};

use super::{Classified, Driver, Gap, GridSlot};
use crate::{
    identity::roster::{ListedCar, ListedDriver, MatchError},
    sources::{field::RoundField, rows::position_text},
};

/// Our ids of the cars of a session by number: upstream's lists have numbers only.
pub(super) struct SessionCars(HashMap<String, Result<(DriverId, TeamId), MatchError>>);

impl SessionCars {
    /// The cars of a session with these drivers. A car on the grid that took no part in qualifying is known from
    /// practice.
    pub(super) fn of(drivers: &[Driver], field: &RoundField) -> Self {
        let listed: Vec<ListedCar<'_>> = drivers.iter().map(listed_car).collect();
        let ids = field.roster.identify(&listed);
        let cars = drivers.iter().map(|driver| driver.car_number.clone());
        let in_practice = field.practice_cars.iter();
        let in_practice = in_practice.map(|(car, ids)| (car.clone(), Ok(*ids)));
        Self(in_practice.chain(cars.zip(ids)).collect())
    }

    fn get(&self, car_number: &str) -> Result<(DriverId, TeamId)> {
        match self.0.get(car_number) {
            Some(Ok(ids)) => Ok(*ids),
            Some(Err(unknown)) => Err(unknown.clone().into()),
            None => bail!("car {car_number} has no driver at OpenF1"),
        }
    }
}

fn listed_car(driver: &Driver) -> ListedCar<'_> {
    let full = driver.full_name.as_deref().unwrap_or_default();
    let (first, last) = full.rsplit_once(' ').unwrap_or(("", full));
    ListedCar {
        driver: ListedDriver {
            given_name: driver.first_name.as_deref().unwrap_or(first),
            family_name: driver.last_name.as_deref().unwrap_or(last),
            date_of_birth: None,
        },
        team: driver.team.as_deref().unwrap_or_default(),
    }
}

/// A practice session. A car whose driver is unknown here (a reserve driver's first practice) is left out and noted.
pub(super) fn practice(
    race_id: RaceId,
    session: i16,
    cars: &[Classified],
    ids: &SessionCars,
    notes: &mut Vec<String>,
) -> Vec<PracticeResult> {
    let mut rows = Vec::with_capacity(cars.len());
    for (car, display_order) in cars.iter().zip(1..) {
        match ids.get(&car.car_number) {
            Ok((driver_id, team_id)) => rows.push(PracticeResult {
                race_id,
                session,
                driver_id,
                car_number: car.car_number.clone(),
                team_id,
                display_order,
                time_ms: car.time_ms,
                laps: car.laps,
            }),
            Err(error) => notes.push(error.to_string()),
        }
    }
    rows
}

/// A qualifying classification.
pub(super) fn qualifying(
    race_id: RaceId,
    contest: Contest,
    cars: &[Classified],
    ids: &SessionCars,
) -> Result<Vec<QualifyingResult>> {
    cars.iter()
        .zip(1..)
        .map(|(car, display_order)| {
            let (driver_id, team_id) = ids.get(&car.car_number)?;
            let [q1_ms, q2_ms, q3_ms] = car.segments_ms;
            Ok(QualifyingResult {
                race_id,
                contest,
                driver_id,
                car_number: car.car_number.clone(),
                team_id,
                display_order,
                position: car.position,
                position_text: position_text(car.position, status_without_place(car)),
                q1_ms,
                q2_ms,
                q3_ms,
                time_ms: None,
                laps: car.laps,
            })
        })
        .collect()
}

const fn status_without_place(car: &Classified) -> ResultStatus {
    if car.dsq {
        ResultStatus::Disqualified
    } else {
        ResultStatus::NotClassified
    }
}

/// The official grid, with the places of the session that set it.
pub(super) fn grid(
    race_id: RaceId,
    contest: Contest,
    slots: &[GridSlot],
    ids: &SessionCars,
    field: &RoundField,
) -> Result<Vec<GridPlace>> {
    slots
        .iter()
        .zip(1..)
        .map(|(slot, display_order)| {
            let (driver_id, team_id) = ids.get(&slot.car_number)?;
            Ok(GridPlace {
                race_id,
                contest,
                driver_id,
                car_number: slot.car_number.clone(),
                team_id,
                display_order,
                position: slot.position,
                pit_lane: slot.position.is_none(),
                qualifying_position: field.qualifying_place(contest, driver_id),
                penalty: None,
                time_ms: slot.time_ms,
            })
        })
        .collect()
}

/// A result: places, laps, gaps and points; upstream has no fastest laps.
pub(super) fn results(
    race_id: RaceId,
    contest: Contest,
    cars: &[Classified],
    ids: &SessionCars,
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
        .zip(1..)
        .map(|(car, display_order)| {
            let (driver_id, team_id) = ids.get(&car.car_number)?;
            let Some(points) = car.points else {
                bail!("car {} has no points at OpenF1", car.car_number);
            };
            let status = status(car);
            let (gap_ms, gap_laps) = match car.gap.filter(|_| car.position.is_some()) {
                Some(Gap::Ms(0)) | None => (None, None),
                Some(Gap::Ms(ms)) => (Some(ms), None),
                Some(Gap::Laps(laps)) => (None, Some(laps)),
            };
            let grid = field.grid_place(contest, driver_id);
            Ok(RaceResult {
                race_id,
                contest,
                driver_id,
                car_number: car.car_number.clone(),
                team_id,
                engine: field.engines.get(&team_id).cloned(),
                display_order,
                position: car.position,
                position_text: position_text(car.position, status),
                status,
                retirement_reason: None,
                shared_car: false,
                laps: car.laps,
                time_ms: car
                    .time_ms
                    .filter(|_| car.position.is_some() && car.laps == winner.laps),
                penalty_ms: None,
                gap_ms,
                gap_laps,
                points,
                grid,
                pole: grid == Some(1),
                pit_stops: None,
                fastest_lap: false,
                fastest_lap_ms: None,
                fastest_lap_number: None,
            })
        })
        .collect()
}

const fn status(car: &Classified) -> ResultStatus {
    match (car.dsq, car.dns, car.position, car.gap) {
        (true, ..) => ResultStatus::Disqualified,
        (_, true, ..) => ResultStatus::DidNotStart,
        _ if car.dnf => ResultStatus::Retired,
        (.., Some(_), Some(Gap::Laps(_))) => ResultStatus::Lapped,
        (.., Some(_), _) => ResultStatus::Finished,
        (.., None, _) => ResultStatus::NotClassified,
    }
}
