//! What the model is told of each car at each moment, in one pass over history: before every race the features of its
//! moments from the state so far and the sessions published by then, after it the state learns from the result.

mod entries;
mod weekend;

use std::collections::HashMap;

use model::{Ending, Entrant, Features, Finisher, Starter, State, features, weekend::Circuit};
use schema::{
    Contest, DriverId, EventFormat, Moment, PredictionInput, RaceId, ResultStatus, TeamId,
    predictions::PredictionFeatures,
};

use self::{
    entries::{entrant, entry_list, seats},
    weekend::{Known, Views, unseen},
};
use crate::dataset::{Car, Finish, Weekend};

/// A circuit that no race was run at: what is expected anywhere.
const ANYWHERE: Circuit = Circuit(i32::MIN);

/// A car of a field, and what the model is told of it.
#[derive(Debug, Clone)]
pub struct Told {
    /// Driver.
    pub driver: DriverId,
    /// Team.
    pub team: TeamId,
    /// Both as the model tells them apart.
    pub entrant: Entrant,
    /// Place as published at the moment.
    pub grid: Option<i16>,
    /// Log gaps to the fastest laps of practice.
    pub practice_gaps: [Option<f64>; 3],
    /// What was known of this car.
    pub inputs: Vec<PredictionInput>,
    /// The features.
    pub features: Features,
}

/// The field of a contest as known at a moment, best place first.
#[derive(Debug, Clone)]
pub struct Field {
    /// The weekend.
    pub race: RaceId,
    /// Which race.
    pub contest: Contest,
    /// What was known.
    pub moment: Moment,
    /// The cars.
    pub cars: Vec<Told>,
}

/// All that the model is told of a weekend.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    fields: Vec<Field>,
    /// Two drivers a team, as the model sees them after the race: who the rest of the season is played with. Empty until
    /// the race is run.
    pub contenders: Vec<Told>,
}

impl Fields {
    /// The field of `contest` at `moment`; `None` if that moment has not come.
    #[must_use]
    pub fn at(&self, contest: Contest, moment: Moment) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| field.contest == contest && field.moment == moment)
    }

    /// Every field.
    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }
}

/// Walks through `weekends` in the order of the calendar: what the model is told of each.
#[must_use]
pub fn walk(weekends: &[Weekend]) -> Vec<Fields> {
    let mut state = State::default();
    let run = |weekend: &Weekend| !weekend.result(Contest::GrandPrix).is_empty();
    let next = weekends.iter().rposition(run).map_or(0, |last| last + 1);
    let mut starts: HashMap<DriverId, u16> = HashMap::new();
    let mut walked = Vec::with_capacity(weekends.len());
    for (index, weekend) in weekends.iter().enumerate() {
        let previous = index.checked_sub(1).map(|before| &weekends[before]);
        let previous = previous.filter(|previous| previous.year == weekend.year);
        state.begin(weekend.year);
        if previous.is_none() {
            starts.clear();
        }
        let entries = entry_list(weekend, previous, index == next);
        let mut views = Views::new(&state, weekend);
        let mut fields = Fields {
            fields: views.fields(&entries),
            contenders: Vec::new(),
        };
        if run(weekend) {
            let result = weekend.result(Contest::GrandPrix);
            let field: Vec<&Car> = result.iter().map(|(car, _)| *car).collect();
            let known = Known::of(Contest::GrandPrix, Moment::OfficialGrid, weekend.format);
            let view = views.view(Contest::GrandPrix, &field, known).clone();
            let finishers: Vec<Finisher> = result
                .iter()
                .map(|(car, finish)| Finisher {
                    entrant: entrant(car),
                    ending: ending(*finish),
                    broke_down: finish.broke_down,
                    gap: finish.gap,
                    fastest_lap_gap: finish.fastest_lap_gap,
                })
                .collect();
            state.learn(view, Circuit(weekend.circuit.0), &finishers);
            for (car, _) in &result {
                *starts.entry(car.driver).or_default() += 1;
            }
            fields.contenders = contenders(&state, &seats(weekend, previous, &starts));
        }
        walked.push(fields);
    }
    walked
}

/// What became of a car, as the model sees it.
#[must_use]
pub fn ending(finish: Finish) -> Ending {
    match finish.status {
        _ if finish.classified => Ending::Classified,
        ResultStatus::Disqualified => Ending::Disqualified,
        ResultStatus::DidNotStart => Ending::NotStarted,
        _ => Ending::Retired,
    }
}

fn contenders(state: &State, cars: &[&Car]) -> Vec<Told> {
    let field: Vec<Entrant> = cars.iter().map(|car| entrant(car)).collect();
    let starters: Vec<Starter> = field.iter().map(|entrant| unseen(*entrant)).collect();
    let features = features::of_field(state, &state.weekend(&field), ANYWHERE, &starters);
    cars.iter()
        .zip(features)
        .map(|(car, features)| Told {
            driver: car.driver,
            team: car.team,
            entrant: entrant(car),
            grid: None,
            practice_gaps: [None; 3],
            inputs: Vec::new(),
            features,
        })
        .collect()
}

impl Field {
    /// What a forecast from this field used, and what it lacked that a later moment or better data would have.
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

    /// As rows of the table.
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
