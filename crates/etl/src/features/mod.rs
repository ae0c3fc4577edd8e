//! The features of every car at every moment, in one pass over all weekends. Before each race they are computed from the
//! state so far and the sessions published by each moment; after it the state is updated with the result.

mod entries;
mod published;
mod weekend;

use std::collections::HashMap;

use model::{
    CarOutcome, CarResult, Entrant, Features, Filter, QualifyingOutlook, Starter, State, features,
    weekend::Circuit,
};
use schema::{
    Contest, DriverId, EventFormat, Moment, PredictionInput, RaceId, ResultStatus, TeamId,
    predictions::PredictionFeatures,
};

use self::{
    entries::{continuing_cars, entrant, entry_list},
    published::PublishedSessions,
    weekend::{WeekendStates, bare_starter},
};
use crate::dataset::{Car, Finish, Weekend};

/// A circuit without races, so that its rate of retirement is that of all circuits.
const UNKNOWN_CIRCUIT: Circuit = Circuit(i32::MIN);

/// A car of a field, with its features.
#[derive(Debug, Clone)]
pub struct FieldCar {
    /// The driver.
    pub driver: DriverId,
    /// The team.
    pub team: TeamId,
    /// Driver and team as the model identifies them.
    pub entrant: Entrant,
    /// Published place on the grid, or in qualifying at [`Moment::QualifyingOrder`]; `None` from the pit lane or unplaced.
    pub grid: Option<i16>,
    /// Log gap to the fastest lap of each practice session; `None` without a time.
    pub practice_gaps: [Option<f64>; 3],
    /// The inputs that were known of this car.
    pub inputs: Vec<PredictionInput>,
    /// The features of this car.
    pub features: Features,
    /// The same with the pace of the open filter, for the Grand Prix before qualifying and on the grid.
    pub open: Option<Features>,
}

/// The field of a contest as known at a moment.
#[derive(Debug, Clone)]
pub struct Field {
    /// The weekend.
    pub race: RaceId,
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// The moment.
    pub moment: Moment,
    /// The cars, best place first.
    pub cars: Vec<FieldCar>,
    /// What is expected of qualifying, before it.
    pub outlook: Option<QualifyingOutlook>,
}

/// The fields of a weekend.
#[derive(Debug, Clone, Default)]
pub struct WeekendFields {
    fields: Vec<Field>,
    /// The cars with which the rest of the season is simulated, two per team, with their features after the race. Empty
    /// until the Grand Prix has a result.
    pub contenders: Vec<FieldCar>,
}

impl WeekendFields {
    /// The field of `contest` at `moment`; `None` before that moment.
    #[must_use]
    pub fn at(&self, contest: Contest, moment: Moment) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| field.contest == contest && field.moment == moment)
    }

    /// All fields.
    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }
}

/// The fields of each of `weekends`, which are in chronological order.
#[must_use]
pub fn walk(weekends: &[Weekend]) -> Vec<WeekendFields> {
    let mut state = State::default();
    let run = |weekend: &Weekend| !weekend.result(Contest::GrandPrix).is_empty();
    let next = weekends.iter().rposition(run).map_or(0, |last| last + 1);
    let mut starts: HashMap<DriverId, u16> = HashMap::new();
    let mut walked = Vec::with_capacity(weekends.len());
    for (index, weekend) in weekends.iter().enumerate() {
        let previous = index.checked_sub(1).map(|before| &weekends[before]);
        let previous = previous.filter(|previous| previous.year == weekend.year);
        state.begin_weekend(weekend.year);
        if previous.is_none() {
            starts.clear();
        }
        let entries = entry_list(weekend, previous, index == next);
        let mut weekend_states = WeekendStates::new(&state, weekend);
        let mut fields = WeekendFields {
            fields: weekend_states.fields(&entries),
            contenders: Vec::new(),
        };
        if run(weekend) {
            let result = weekend.result(Contest::GrandPrix);
            let field: Vec<&Car> = result.iter().map(|(car, _)| *car).collect();
            let published =
                PublishedSessions::of(Contest::GrandPrix, Moment::OfficialGrid, weekend.format);
            let before_race = weekend_states
                .after(Contest::GrandPrix, &field, published)
                .clone();
            let car_results: Vec<CarResult> = result
                .iter()
                .map(|(car, finish)| CarResult {
                    entrant: entrant(car),
                    outcome: car_outcome(*finish),
                    broke_down: finish.broke_down,
                    gap: finish.gap,
                    fastest_lap_gap: finish.fastest_lap_gap,
                })
                .collect();
            state.learn(before_race, Circuit(weekend.circuit.0), &car_results);
            for (car, _) in &result {
                *starts.entry(car.driver).or_default() += 1;
            }
            fields.contenders = contenders(&state, &continuing_cars(weekend, previous, &starts));
        }
        walked.push(fields);
    }
    walked
}

/// How the race ended for a car, in the words of the model.
#[must_use]
pub fn car_outcome(finish: Finish) -> CarOutcome {
    match finish.status {
        _ if finish.classified => CarOutcome::Classified,
        ResultStatus::Disqualified => CarOutcome::Disqualified,
        ResultStatus::DidNotStart => CarOutcome::NotStarted,
        _ => CarOutcome::Retired,
    }
}

/// The cars of [`WeekendFields::contenders`].
fn contenders(state: &State, cars: &[&Car]) -> Vec<FieldCar> {
    let field: Vec<Entrant> = cars.iter().map(|car| entrant(car)).collect();
    let starters: Vec<Starter> = field.iter().map(|entrant| bare_starter(*entrant)).collect();
    let features = features::of_field(
        state,
        &state.weekend(&field),
        Filter::Steady,
        UNKNOWN_CIRCUIT,
        &starters,
    );
    cars.iter()
        .zip(features)
        .map(|(car, features)| FieldCar {
            driver: car.driver,
            team: car.team,
            entrant: entrant(car),
            grid: None,
            practice_gaps: [None; 3],
            inputs: Vec::new(),
            features,
            open: None,
        })
        .collect()
}

impl Field {
    /// The inputs that a forecast from this field used, and those that it lacked and a later moment or better data would
    /// have.
    #[must_use]
    pub fn inputs(&self, format: EventFormat) -> (Vec<PredictionInput>, Vec<PredictionInput>) {
        let any = |input: PredictionInput| self.cars.iter().any(|car| car.inputs.contains(&input));
        let grand_prix = self.contest == Contest::GrandPrix;
        let wanted = PredictionInput::ALL
            .iter()
            .copied()
            .filter(|input| match input {
                PredictionInput::Practice2 => {
                    grand_prix && matches!(format, EventFormat::Conventional | EventFormat::Sprint)
                }
                PredictionInput::Practice3 => grand_prix && format == EventFormat::Conventional,
                PredictionInput::SprintResult => grand_prix && format.has_sprint(),
                PredictionInput::QualifyingOrder => self.moment != Moment::OfficialGrid,
                PredictionInput::Practice1
                | PredictionInput::QualifyingTimes
                | PredictionInput::OfficialGrid => true,
            });
        wanted.partition(|input| any(*input))
    }

    /// The rows of the table of features.
    pub fn rows(&self) -> impl Iterator<Item = PredictionFeatures> {
        self.cars.iter().map(|car| {
            let features = &car.features;
            let [practice_1, practice_2, practice_3] = features.practice;
            let [practice_1_gap, practice_2_gap, practice_3_gap] = car.practice_gaps;
            let place = |place: Option<u16>| place.and_then(|place| i16::try_from(place).ok());
            PredictionFeatures {
                race_id: self.race,
                contest: self.contest,
                moment: self.moment,
                driver_id: car.driver,
                team_id: car.team,
                grid: car.grid,
                place: place(features.place),
                pit_lane: features.pit_lane,
                qualifying_gap: features.qualifying_gap,
                sprint_place: place(features.sprint_place),
                practice_1_gap,
                practice_2_gap,
                practice_3_gap,
                practice_1,
                practice_2,
                practice_3,
                pace_car: features.pace.car,
                pace_driver: features.pace.driver,
                pace_variance: features.pace.variance,
                one_lap_pace: features.pace.one_lap_car + features.pace.one_lap_driver,
                driver_skill: features.driver_skill,
                skill_at_the_front: features.skill_at_the_front,
                driver_rating: features.driver_rating,
                team_rating: features.team_rating,
                fastest_lap_form: features.fastest_lap_form,
                points_form: features.points_form,
                retirement_field: features.retirement.field,
                retirement_team: features.retirement.team,
                retirement_driver: features.retirement.driver,
                retirement_circuit: features.retirement.circuit,
                inputs: car.inputs.clone(),
            }
        })
    }
}
