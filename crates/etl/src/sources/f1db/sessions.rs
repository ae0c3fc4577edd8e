//! Practice, qualifying, grids, results and pit stops.

use std::collections::HashMap;

use schema::{
    Contest, DriverId, Points, RaceId, ResultStatus, TeamId,
    sessions::{GridPlace, PitStop, PracticeResult, QualifyingResult, RaceResult},
};

use super::sheet::{Row, Sheet, SheetError};

/// Our ids by the release's keys.
#[derive(Debug)]
pub struct Ids<'a> {
    /// By the release's own race id, as text.
    pub races: HashMap<String, RaceId>,
    /// By driver key.
    pub drivers: &'a HashMap<String, DriverId>,
    /// By team key.
    pub teams: &'a HashMap<String, TeamId>,
}

/// What every row about a car has.
struct Subject {
    race_id: RaceId,
    driver_id: DriverId,
    car_number: String,
    team_id: TeamId,
    display_order: i16,
}

impl Ids<'_> {
    fn car(&self, row: Row<'_>) -> Result<Subject, SheetError> {
        Ok(Subject {
            race_id: row.lookup("raceId", &self.races)?,
            driver_id: row.lookup("driverId", self.drivers)?,
            car_number: row.word("driverNumber")?.to_owned(),
            team_id: row.lookup("constructorId", self.teams)?,
            display_order: row.get("positionDisplayOrder")?,
        })
    }
}

/// Reads `races-free-practice-{session}-results`.
pub fn practice(
    sheet: &Sheet,
    session: i16,
    ids: &Ids<'_>,
) -> Result<Vec<PracticeResult>, SheetError> {
    sheet.read(|row| {
        let Subject {
            race_id,
            driver_id,
            car_number,
            team_id,
            display_order,
        } = ids.car(row)?;
        let (time_ms, laps) = (row.maybe("timeMillis")?, row.maybe("laps")?);
        Ok(PracticeResult {
            race_id,
            session,
            driver_id,
            car_number,
            team_id,
            display_order,
            time_ms,
            laps,
        })
    })
}

/// Reads `races-qualifying-results` or `races-sprint-qualifying-results`.
pub fn qualifying(
    sheet: &Sheet,
    contest: Contest,
    ids: &Ids<'_>,
) -> Result<Vec<QualifyingResult>, SheetError> {
    let rows = sheet.read(|row| {
        let Subject {
            race_id,
            driver_id,
            car_number,
            team_id,
            display_order,
        } = ids.car(row)?;
        Ok(QualifyingResult {
            race_id,
            contest,
            driver_id,
            car_number,
            team_id,
            display_order,
            position: row.place("positionNumber")?,
            position_text: row.word("positionText")?.to_owned(),
            q1_ms: row.maybe("q1Millis")?,
            q2_ms: row.maybe("q2Millis")?,
            q3_ms: row.maybe("q3Millis")?,
            time_ms: row.maybe("timeMillis")?,
            laps: row.maybe("laps")?,
        })
    })?;
    Ok(merge_listed_twice(rows))
}

/// A car listed twice (2023 round 10: first unclassified, then disqualified) keeps the first row's times and gets the
/// last row's place.
fn merge_listed_twice(rows: Vec<QualifyingResult>) -> Vec<QualifyingResult> {
    let mut seen: HashMap<(RaceId, DriverId, String), usize> = HashMap::new();
    let mut merged: Vec<QualifyingResult> = Vec::with_capacity(rows.len());
    for row in rows {
        let index = *seen
            .entry((row.race_id, row.driver_id, row.car_number.clone()))
            .or_insert(merged.len());
        match merged.get_mut(index) {
            Some(first) => {
                first.position = row.position;
                first.position_text = row.position_text;
                first.display_order = row.display_order;
            }
            None => merged.push(row),
        }
    }
    merged
}

/// Reads `races-starting-grid-positions` or `races-sprint-starting-grid-positions`.
pub fn grid(sheet: &Sheet, contest: Contest, ids: &Ids<'_>) -> Result<Vec<GridPlace>, SheetError> {
    sheet.read(|row| {
        let Subject {
            race_id,
            driver_id,
            car_number,
            team_id,
            display_order,
        } = ids.car(row)?;
        let position = row.place("positionNumber")?;
        if position.is_none() && row.word("positionText")? != "PL" {
            return Err(row.error("positionText", "is neither a place nor PL"));
        }
        Ok(GridPlace {
            race_id,
            contest,
            driver_id,
            car_number,
            team_id,
            display_order,
            position,
            pit_lane: position.is_none(),
            qualifying_position: row.place("qualificationPositionNumber")?,
            penalty: row.text("gridPenalty")?.map(str::to_owned),
            time_ms: row.maybe("timeMillis")?,
        })
    })
}

/// A car's fastest lap of a race: (race, driver, car number) to (time in ms, lap).
pub type FastestLaps = HashMap<(RaceId, DriverId, String), (i32, Option<i16>)>;

/// Reads `races-fastest-laps`.
pub fn fastest_laps(sheet: &Sheet, ids: &Ids<'_>) -> Result<FastestLaps, SheetError> {
    let rows = sheet.read(|row| {
        let Subject {
            race_id,
            driver_id,
            car_number,
            ..
        } = ids.car(row)?;
        Ok((
            (race_id, driver_id, car_number),
            (row.get("timeMillis")?, row.maybe("lap")?),
        ))
    })?;
    Ok(rows.into_iter().collect())
}

/// Reads `races-race-results` or `races-sprint-race-results`.
pub fn results(
    sheet: &Sheet,
    contest: Contest,
    ids: &Ids<'_>,
    fastest_laps: &FastestLaps,
) -> Result<Vec<RaceResult>, SheetError> {
    // A shared car's later drivers have no laps, time or gap of their own: they get the first driver's status.
    let mut shared: HashMap<(RaceId, String, String), ResultStatus> = HashMap::new();
    let mut winner_laps: HashMap<RaceId, i16> = HashMap::new();
    sheet.read(|row| {
        let Subject {
            race_id,
            driver_id,
            car_number,
            team_id,
            display_order,
        } = ids.car(row)?;
        let position = row.place("positionNumber")?;
        let position_text = row.word("positionText")?;
        let laps: Option<i16> = row.maybe("laps")?;
        let gap_laps: Option<i16> = row.maybe("gapLaps")?;
        let retirement_reason = row.text("reasonRetired")?;
        if let (Some(1), Some(laps)) = (position, laps) {
            winner_laps.insert(race_id, laps);
        }
        let laps_down = gap_laps.is_some()
            || laps.is_some_and(|laps| winner_laps.get(&race_id).is_some_and(|all| laps < *all));
        let shared_car: bool = row.get("sharedCar")?;
        let car = (race_id, car_number.clone(), position_text.to_owned());
        let status = match shared.get(&car) {
            Some(status) if shared_car => *status,
            _ => status(row, position, retirement_reason.is_some(), laps_down)?,
        };
        shared.insert(car, status);
        let fastest = fastest_laps.get(&(race_id, driver_id, car_number.clone()));
        Ok(RaceResult {
            race_id,
            contest,
            driver_id,
            car_number,
            team_id,
            engine: Some(row.word("engineManufacturerId")?.to_owned()),
            display_order,
            position,
            position_text: position_text.to_owned(),
            status,
            retirement_reason: retirement_reason.map(str::to_owned),
            shared_car,
            laps,
            time_ms: row.maybe("timeMillis")?,
            penalty_ms: row.maybe("timePenaltyMillis")?,
            gap_ms: row.maybe("gapMillis")?,
            gap_laps,
            points: row.maybe::<Points>("points")?.unwrap_or_default(),
            grid: row.place("gridPositionNumber")?,
            pole: row.get("polePosition")?,
            pit_stops: row.maybe("pitStops")?,
            fastest_lap: row.maybe("fastestLap")?.unwrap_or(false),
            fastest_lap_ms: fastest.map(|(time_ms, _)| *time_ms),
            fastest_lap_number: fastest.and_then(|(_, lap)| *lap),
        })
    })
}

fn status(
    row: Row<'_>,
    position: Option<i16>,
    stopped: bool,
    laps_down: bool,
) -> Result<ResultStatus, SheetError> {
    if position.is_some() {
        return Ok(match (stopped, laps_down) {
            (true, _) => ResultStatus::Retired,
            (false, true) => ResultStatus::Lapped,
            (false, false) => ResultStatus::Finished,
        });
    }
    match row.word("positionText")? {
        "DNF" => Ok(ResultStatus::Retired),
        "NC" => Ok(ResultStatus::NotClassified),
        "DSQ" => Ok(ResultStatus::Disqualified),
        "DNS" => Ok(ResultStatus::DidNotStart),
        "DNQ" | "DNPQ" | "DNP" => Ok(ResultStatus::DidNotQualify),
        "EX" => Ok(ResultStatus::Excluded),
        other => Err(row.error("positionText", format!("{other:?} is not a known result"))),
    }
}

/// Reads `races-pit-stops`.
pub fn pit_stops(sheet: &Sheet, ids: &Ids<'_>) -> Result<Vec<PitStop>, SheetError> {
    sheet.read(|row| {
        let Subject {
            race_id,
            driver_id,
            car_number,
            team_id,
            display_order,
        } = ids.car(row)?;
        Ok(PitStop {
            race_id,
            driver_id,
            car_number,
            stop: row.get("stop")?,
            team_id,
            display_order,
            lap: row.get("lap")?,
            time_ms: row.maybe("timeMillis")?,
        })
    })
}
