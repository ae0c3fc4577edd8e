//! Lists of `OpenF1` as rows of ours.

use std::collections::HashMap;

use anyhow::{Result, bail, ensure};
use schema::{
    Contest, DriverId, RaceId, ResultStatus, TeamId,
    sessions::{GridPlace, PracticeResult, QualifyingResult, RaceResult},
};

use super::jolpica::position_text;
use crate::{
    identity::roster::{Line, Person, Roster, Unknown},
    sources::openf1::{Classified, Driver, Gap, GridSlot},
};

/// Who drives which car in a session: upstream's lists know numbers only.
pub(super) struct Cars(HashMap<String, Result<(DriverId, TeamId), Unknown>>);

/// Cars of a weekend by number, as they practised.
pub(super) type Practised = HashMap<String, (DriverId, TeamId)>;

impl Cars {
    /// Who did not drive in qualifying is not among its drivers, but can be on the grid: he is known from practice.
    pub(super) fn of(drivers: &[Driver], roster: &Roster, practised: &Practised) -> Self {
        let lines: Vec<Line<'_>> = drivers.iter().map(line).collect();
        let ids = roster.identify(&lines);
        let cars = drivers.iter().map(|driver| driver.car_number.clone());
        let practised = practised.iter().map(|(car, ids)| (car.clone(), Ok(*ids)));
        Self(practised.chain(cars.zip(ids)).collect())
    }

    fn get(&self, car_number: &str) -> Result<(DriverId, TeamId)> {
        match self.0.get(car_number) {
            Some(Ok(ids)) => Ok(*ids),
            Some(Err(unknown)) => Err(unknown.clone().into()),
            None => bail!("car {car_number} has no driver at OpenF1"),
        }
    }
}

fn line(driver: &Driver) -> Line<'_> {
    let full = driver.full_name.as_deref().unwrap_or_default();
    let (first, last) = full.rsplit_once(' ').unwrap_or(("", full));
    Line {
        driver: Person {
            given_name: driver.first_name.as_deref().unwrap_or(first),
            family_name: driver.last_name.as_deref().unwrap_or(last),
            date_of_birth: None,
        },
        team: driver.team.as_deref().unwrap_or_default(),
    }
}

/// A practice session. Who is nobody we know is left out, and named: it is a reserve driver on his first Friday.
pub(super) fn practice(
    race_id: RaceId,
    session: i16,
    cars: &[Classified],
    drivers: &Cars,
    notes: &mut Vec<String>,
) -> Vec<PracticeResult> {
    let mut rows = Vec::with_capacity(cars.len());
    for (car, display_order) in cars.iter().zip(1..) {
        match drivers.get(&car.car_number) {
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
    drivers: &Cars,
) -> Result<Vec<QualifyingResult>> {
    cars.iter()
        .zip(1..)
        .map(|(car, display_order)| {
            let (driver_id, team_id) = drivers.get(&car.car_number)?;
            let [q1_ms, q2_ms, q3_ms] = car.segments_ms;
            Ok(QualifyingResult {
                race_id,
                contest,
                driver_id,
                car_number: car.car_number.clone(),
                team_id,
                display_order,
                position: car.position,
                position_text: position_text(car.position, unplaced(car)),
                q1_ms,
                q2_ms,
                q3_ms,
                time_ms: None,
                laps: car.laps,
            })
        })
        .collect()
}

const fn unplaced(car: &Classified) -> ResultStatus {
    if car.dsq {
        ResultStatus::Disqualified
    } else {
        ResultStatus::NotClassified
    }
}

/// The official grid; `qualified` are the places of the session that set it.
pub(super) fn grid(
    race_id: RaceId,
    contest: Contest,
    slots: &[GridSlot],
    drivers: &Cars,
    qualified: &HashMap<DriverId, i16>,
) -> Result<Vec<GridPlace>> {
    slots
        .iter()
        .zip(1..)
        .map(|(slot, display_order)| {
            let (driver_id, team_id) = drivers.get(&slot.car_number)?;
            Ok(GridPlace {
                race_id,
                contest,
                driver_id,
                car_number: slot.car_number.clone(),
                team_id,
                display_order,
                position: slot.position,
                pit_lane: slot.position.is_none(),
                qualifying_position: qualified.get(&driver_id).copied(),
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
    drivers: &Cars,
    engines: &HashMap<TeamId, String>,
    grid: &HashMap<DriverId, i16>,
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
            let (driver_id, team_id) = drivers.get(&car.car_number)?;
            let Some(points) = car.points else {
                bail!("car {} has no points at OpenF1", car.car_number);
            };
            let status = status(car);
            let (gap_ms, gap_laps) = match car.gap.filter(|_| car.position.is_some()) {
                Some(Gap::Ms(0)) | None => (None, None),
                Some(Gap::Ms(ms)) => (Some(ms), None),
                Some(Gap::Laps(laps)) => (None, Some(laps)),
            };
            let place = grid.get(&driver_id).copied();
            Ok(RaceResult {
                race_id,
                contest,
                driver_id,
                car_number: car.car_number.clone(),
                team_id,
                engine: engines.get(&team_id).cloned(),
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
                grid: place,
                pole: place == Some(1),
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
