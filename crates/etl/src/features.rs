//! What the model is told of each car, from the sessions that were published by a moment.

use std::collections::HashMap;

use model::{Features, qualifying};
use schema::{Contest, DriverId, ForecastInput, Moment, forecasts::PredictionFeatures};

use crate::dataset::{Entry, Sessions, Weekend};

/// The moments at which this model can forecast, later ones knowing more.
pub const MOMENTS: [Moment; 2] = [Moment::QualifyingOrder, Moment::OfficialGrid];

/// The features of the field of `contest` at `moment`, best place first; `None` if that moment has not come.
/// Looks at nothing that is published later: not at the result, and at `qualifying_order` not at the grid.
#[must_use]
pub fn at_moment(
    weekend: &Weekend,
    contest: Contest,
    moment: Moment,
) -> Option<Vec<PredictionFeatures>> {
    let sessions = weekend.sessions(contest);
    let field: Vec<&Entry> = match moment {
        Moment::QualifyingOrder => sessions.qualifying.iter().map(|car| &car.entry).collect(),
        Moment::OfficialGrid => sessions.grid.iter().collect(),
        Moment::BeforeWeekend | Moment::BeforeQualifying => return None,
    };
    if field.is_empty() {
        return None;
    }
    let gaps = qualifying_gaps(sessions);
    let rows = field
        .into_iter()
        .zip(1..)
        .map(|(car, place)| PredictionFeatures {
            race_id: weekend.race,
            contest,
            moment,
            driver_id: car.driver,
            team_id: car.team,
            grid: car.position,
            place,
            pit_lane: moment == Moment::OfficialGrid && car.position.is_none(),
            qualifying_gap: gaps.get(&car.driver).copied().flatten(),
        });
    Some(rows.collect())
}

/// What a forecast from these features used, and what it lacked.
#[must_use]
pub fn inputs(
    moment: Moment,
    field: &[PredictionFeatures],
) -> (Vec<ForecastInput>, Vec<ForecastInput>) {
    let timed = field.iter().any(|car| car.qualifying_gap.is_some());
    let mut used = Vec::new();
    let mut missing = Vec::new();
    if timed { &mut used } else { &mut missing }.push(ForecastInput::QualifyingTimes);
    if moment == Moment::OfficialGrid {
        used.push(ForecastInput::OfficialGrid);
    } else {
        used.push(ForecastInput::QualifyingOrder);
        missing.push(ForecastInput::OfficialGrid);
    }
    (used, missing)
}

/// A stored row as the model takes it.
///
/// # Panics
/// If the place is not positive, which the database does not allow.
#[must_use]
pub fn for_model(row: &PredictionFeatures) -> Features {
    let place = u16::try_from(row.place).expect("the type `place` is 1 to 99");
    Features {
        place,
        pit_lane: row.pit_lane,
        qualifying_gap: row.qualifying_gap,
    }
}

fn qualifying_gaps(sessions: &Sessions) -> HashMap<DriverId, Option<f64>> {
    let times: Vec<qualifying::Segments> = sessions
        .qualifying
        .iter()
        .map(|car| car.segments.map(|time| time.map(f64::from)))
        .collect();
    sessions
        .qualifying
        .iter()
        .map(|car| car.entry.driver)
        .zip(qualifying::gaps(&times))
        .collect()
}
