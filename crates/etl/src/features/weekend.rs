//! A weekend as it unfolds: what is published at each moment, and the features that follow.

use std::collections::HashMap;

use model::{Entrant, Starter, State, features, qualifying, weekend::Circuit};
use schema::{Contest, DriverId, EventFormat, Moment, PredictionInput};

use super::{
    Field, Told,
    entries::{entrant, listed, without_time},
};
use crate::dataset::{Car, Weekend};

/// A car of which nothing of the weekend is known.
pub(super) const fn unseen(entrant: Entrant) -> Starter {
    Starter {
        entrant,
        place: None,
        pit_lane: false,
        qualifying_gap: None,
        practice_gaps: [None; 3],
        sprint_place: None,
    }
}

/// What of a weekend is published at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    practice: usize,
    qualifying: bool,
    sprint: bool,
}

impl Known {
    /// Until 2022 qualifying came before second practice, and the sprint set the grid; in 2023 the sprint came after
    /// qualifying, too.
    pub(super) const fn of(contest: Contest, moment: Moment, format: EventFormat) -> Self {
        let practice = match (contest, moment) {
            (_, Moment::BeforeWeekend) => 0,
            (Contest::Sprint, _) => 1,
            (Contest::GrandPrix, Moment::OfficialGrid) => 3,
            (Contest::GrandPrix, _) => {
                if matches!(format, EventFormat::Sprint) {
                    1
                } else {
                    3
                }
            }
        };
        let grand_prix = matches!(contest, Contest::GrandPrix);
        let sprint_is_first = matches!(format, EventFormat::SprintQualifying);
        Self {
            practice,
            qualifying: matches!(moment, Moment::QualifyingOrder | Moment::OfficialGrid),
            sprint: grand_prix
                && match moment {
                    Moment::OfficialGrid => true,
                    Moment::QualifyingOrder => sprint_is_first,
                    Moment::BeforeWeekend | Moment::BeforeQualifying => false,
                },
        }
    }
}

/// The weekend as the filter sees it after some of its sessions: made once for each field and set of sessions.
pub(super) struct Views<'a> {
    state: &'a State,
    weekend: &'a Weekend,
    /// Log gaps in the session that set the grid, of the Grand Prix and of the sprint.
    gaps: [HashMap<DriverId, f64>; 2],
    made: Vec<View>,
}

struct View {
    contest: Contest,
    field: Vec<Entrant>,
    practice: usize,
    qualifying: bool,
    weekend: model::Weekend,
}

impl<'a> Views<'a> {
    pub(super) fn new(state: &'a State, weekend: &'a Weekend) -> Self {
        let gaps = |contest| qualifying_gaps(weekend.cars(contest));
        Self {
            state,
            weekend,
            gaps: [gaps(Contest::GrandPrix), gaps(Contest::Sprint)],
            made: Vec::new(),
        }
    }

    /// The field of every moment that has come.
    pub(super) fn fields(&mut self, entries: &[&Car]) -> Vec<Field> {
        let mut fields = Vec::new();
        for moment in Moment::ALL.iter().copied() {
            let mut cars = match moment {
                Moment::BeforeWeekend | Moment::BeforeQualifying => entries.to_vec(),
                _ => listed(self.weekend, Contest::GrandPrix, moment),
            };
            if moment == Moment::QualifyingOrder {
                let known = Known::of(Contest::GrandPrix, moment, self.weekend.format);
                let practice = &self.weekend.practice[..known.practice];
                let missing = without_time(&cars, practice);
                cars.extend(missing);
            }
            fields.extend(self.field(Contest::GrandPrix, moment, &cars));
        }
        for moment in [Moment::QualifyingOrder, Moment::OfficialGrid] {
            let cars = listed(self.weekend, Contest::Sprint, moment);
            fields.extend(self.field(Contest::Sprint, moment, &cars));
        }
        fields
    }

    fn field(&mut self, contest: Contest, moment: Moment, cars: &[&Car]) -> Option<Field> {
        if cars.is_empty() {
            return None;
        }
        let weekend = self.weekend;
        let known = Known::of(contest, moment, weekend.format);
        let starters: Vec<Starter> = cars
            .iter()
            .zip(1..)
            .map(|(car, place)| Starter {
                place: known.qualifying.then_some(place),
                pit_lane: moment == Moment::OfficialGrid
                    && car.grid.is_some_and(|grid| grid.position.is_none()),
                qualifying_gap: self.gap(contest, car.driver).filter(|_| known.qualifying),
                practice_gaps: practice_gaps(weekend, car.driver, known.practice),
                sprint_place: car
                    .sprint_place
                    .filter(|_| known.sprint)
                    .and_then(|place| u16::try_from(place).ok()),
                ..unseen(entrant(car))
            })
            .collect();
        let state = self.state;
        let view = self.view(contest, cars, known);
        let circuit = Circuit(weekend.circuit.0);
        let features = features::of_field(state, view, circuit, &starters);
        let told = cars
            .iter()
            .zip(&starters)
            .zip(features)
            .map(|((car, starter), features)| Told {
                driver: car.driver,
                team: car.team,
                entrant: starter.entrant,
                grid: match moment {
                    Moment::OfficialGrid => car.grid.and_then(|grid| grid.position),
                    Moment::QualifyingOrder => car.qualifying.and_then(|row| row.listed.position),
                    Moment::BeforeWeekend | Moment::BeforeQualifying => None,
                },
                practice_gaps: starter.practice_gaps,
                inputs: inputs_of(moment, starter),
                features,
            })
            .collect();
        Some(Field {
            race: weekend.race,
            contest,
            moment,
            cars: told,
        })
    }

    /// The view of `field` after the sessions in `known`, going on from one that saw fewer if there is one.
    pub(super) fn view(
        &mut self,
        contest: Contest,
        cars: &[&Car],
        known: Known,
    ) -> &model::Weekend {
        // In an order that says nothing of the weekend, so that the same field gives the same bits.
        let mut cars = cars.to_vec();
        cars.sort_by_key(|car| car.rank);
        let field: Vec<Entrant> = cars.iter().map(|car| entrant(car)).collect();
        let fits = |view: &View| {
            let earlier = view.practice <= known.practice && !view.qualifying;
            let same = view.practice == known.practice && view.qualifying == known.qualifying;
            view.contest == contest && view.field == field && (earlier || same)
        };
        let found = self.made.iter().rposition(fits);
        let (seen, qualified, start) = match found.map(|at| &self.made[at]) {
            Some(view) => (view.practice, view.qualifying, view.weekend.clone()),
            None => (0, false, self.state.weekend(&field)),
        };
        if let Some(at) = found.filter(|_| seen == known.practice && qualified == known.qualifying)
        {
            return &self.made[at].weekend;
        }
        let weekend = self.observe(
            contest,
            &field,
            start,
            seen..known.practice,
            known.qualifying,
        );
        self.made.push(View {
            contest,
            field,
            practice: known.practice,
            qualifying: known.qualifying,
            weekend,
        });
        &self.made[self.made.len() - 1].weekend
    }

    fn observe(
        &self,
        contest: Contest,
        field: &[Entrant],
        mut view: model::Weekend,
        practice: std::ops::Range<usize>,
        qualifying: bool,
    ) -> model::Weekend {
        for session in &self.weekend.practice[practice.clone()] {
            let gap = |car: &Entrant| session.gaps.get(&DriverId(car.driver.0)).copied();
            let gaps: Vec<_> = field
                .iter()
                .filter_map(|car| Some((*car, gap(car)?)))
                .collect();
            view.practice(&gaps);
        }
        if qualifying {
            let gap = |car: &Entrant| self.gap(contest, DriverId(car.driver.0));
            let gaps: Vec<_> = field
                .iter()
                .filter_map(|car| Some((*car, gap(car)?)))
                .collect();
            view.qualifying(&gaps, self.is_wet(contest, practice.end));
        }
        view
    }

    fn gap(&self, contest: Contest, driver: DriverId) -> Option<f64> {
        let [grand_prix, sprint] = &self.gaps;
        match contest {
            Contest::GrandPrix => grand_prix,
            Contest::Sprint => sprint,
        }
        .get(&driver)
        .copied()
    }

    /// Whether qualifying was wet, judged by the first practice sessions; of a sprint's session too little is known.
    fn is_wet(&self, contest: Contest, sessions: usize) -> bool {
        let practice = &self.weekend.practice[..sessions];
        let laps = practice.iter().filter_map(|session| session.best_ms);
        let segments: Vec<qualifying::Segments> = self
            .weekend
            .cars(contest)
            .iter()
            .filter_map(|car| Some(car.qualifying?.segments))
            .collect();
        contest == Contest::GrandPrix && qualifying::is_wet(&segments, laps.reduce(f64::min))
    }
}

/// Log gaps to the best of a session.
fn qualifying_gaps(cars: &[Car]) -> HashMap<DriverId, f64> {
    let qualified: Vec<(DriverId, qualifying::Segments)> = cars
        .iter()
        .filter_map(|car| Some((car.driver, car.qualifying?.segments)))
        .collect();
    let segments: Vec<qualifying::Segments> = qualified.iter().map(|(_, times)| *times).collect();
    let gaps = qualifying::gaps(&segments);
    qualified
        .iter()
        .zip(gaps)
        .filter_map(|((driver, _), gap)| Some((*driver, gap?)))
        .collect()
}

fn practice_gaps(weekend: &Weekend, driver: DriverId, sessions: usize) -> [Option<f64>; 3] {
    std::array::from_fn(|session| {
        let gaps = &weekend.practice[session].gaps;
        gaps.get(&driver).copied().filter(|_| session < sessions)
    })
}

/// What was known of a car.
fn inputs_of(moment: Moment, car: &Starter) -> Vec<PredictionInput> {
    let [first, second, third] = car.practice_gaps.map(|gap| gap.is_some());
    [
        (PredictionInput::Practice1, first),
        (PredictionInput::Practice2, second),
        (PredictionInput::Practice3, third),
        (PredictionInput::SprintResult, car.sprint_place.is_some()),
        (
            PredictionInput::QualifyingOrder,
            moment == Moment::QualifyingOrder,
        ),
        (
            PredictionInput::QualifyingTimes,
            car.qualifying_gap.is_some(),
        ),
        (
            PredictionInput::OfficialGrid,
            moment == Moment::OfficialGrid,
        ),
    ]
    .into_iter()
    .filter_map(|(input, known)| known.then_some(input))
    .collect()
}
