//! The fields of one weekend: the estimated pace after the sessions that each moment knows, and the features from it.

use std::collections::HashMap;

use model::{Entrant, Filter, Starter, State, features, qualifying, weekend::Circuit};
use schema::{Contest, DriverId, EventFormat, Moment, PredictionInput};

use super::{
    Field, FieldCar,
    entries::{entrant, listed, practised_but_unclassified},
    published::PublishedSessions,
};
use crate::dataset::{Car, Weekend};

/// A car without any session of the weekend.
pub(super) const fn bare_starter(entrant: Entrant) -> Starter {
    Starter {
        entrant,
        place: None,
        pit_lane: false,
        qualifying_gap: None,
        practice_gaps: [None; 3],
        sprint_place: None,
    }
}

/// The estimated pace of a weekend after some of its sessions, computed once for each field and set of sessions.
pub(super) struct WeekendStates<'a> {
    state: &'a State,
    weekend: &'a Weekend,
    /// Log gaps in the session that set the grid, of the Grand Prix and of the sprint.
    gaps: [HashMap<DriverId, f64>; 2],
    cache: Vec<CachedState>,
}

/// The pace of a field after some sessions.
struct CachedState {
    contest: Contest,
    field: Vec<Entrant>,
    /// Number of practice sessions observed.
    practice: usize,
    /// Whether qualifying has been observed.
    qualifying: bool,
    pace: model::WeekendState,
}

impl<'a> WeekendStates<'a> {
    pub(super) fn new(state: &'a State, weekend: &'a Weekend) -> Self {
        let gaps = |contest| qualifying_gaps(weekend.cars(contest));
        Self {
            state,
            weekend,
            gaps: [gaps(Contest::GrandPrix), gaps(Contest::Sprint)],
            cache: Vec::new(),
        }
    }

    /// The field of every moment so far, `entries` being the field before qualifying.
    pub(super) fn fields(&mut self, entries: &[&Car]) -> Vec<Field> {
        let mut fields = Vec::new();
        for moment in Moment::ALL.iter().copied() {
            let mut cars = match moment {
                Moment::BeforeWeekend | Moment::BeforeQualifying => entries.to_vec(),
                _ => listed(self.weekend, Contest::GrandPrix, moment),
            };
            if moment == Moment::QualifyingOrder {
                let published =
                    PublishedSessions::of(Contest::GrandPrix, moment, self.weekend.format);
                let practice = &self.weekend.practice[..published.practice];
                let missing = practised_but_unclassified(&cars, practice);
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

    /// The field of `cars` at a moment; `None` without cars.
    fn field(&mut self, contest: Contest, moment: Moment, cars: &[&Car]) -> Option<Field> {
        if cars.is_empty() {
            return None;
        }
        let weekend = self.weekend;
        let published = PublishedSessions::of(contest, moment, weekend.format);
        let starters: Vec<Starter> = cars
            .iter()
            .zip(1..)
            .map(|(car, place)| Starter {
                place: published.qualifying.then_some(place),
                pit_lane: moment == Moment::OfficialGrid
                    && car.grid.is_some_and(|grid| grid.position.is_none()),
                qualifying_gap: self
                    .gap(contest, car.driver)
                    .filter(|_| published.qualifying),
                practice_gaps: practice_gaps(weekend, car.driver, published.practice),
                sprint_place: car
                    .sprint_place
                    .filter(|_| published.sprint)
                    .and_then(|place| u16::try_from(place).ok()),
                ..bare_starter(entrant(car))
            })
            .collect();
        let state = self.state;
        let pace = self.after(contest, cars, published);
        let circuit = Circuit(weekend.circuit.0);
        let features = features::of_field(state, pace, Filter::Steady, circuit, &starters);
        let is_early = matches!(moment, Moment::BeforeWeekend | Moment::BeforeQualifying);
        let has_open = contest == Contest::GrandPrix && moment != Moment::QualifyingOrder;
        let early_sprint = |car: &Car| car.sprint_place.filter(|_| published.early_sprint);
        let open_starters: Vec<Starter> = cars
            .iter()
            .zip(&starters)
            .filter(|_| has_open)
            .map(|(car, starter)| Starter {
                sprint_place: starter
                    .sprint_place
                    .or_else(|| u16::try_from(early_sprint(car)?).ok()),
                ..*starter
            })
            .collect();
        let open = features::of_field(state, pace, Filter::Open, circuit, &open_starters);
        let entrants: Vec<Entrant> = starters.iter().map(|car| car.entrant).collect();
        let outlook = is_early.then(|| pace.outlook(&entrants)).flatten();
        let cars = cars
            .iter()
            .zip(&starters)
            .zip(features)
            .enumerate()
            .map(|(index, ((car, starter), features))| FieldCar {
                driver: car.driver,
                team: car.team,
                entrant: starter.entrant,
                grid: match moment {
                    Moment::OfficialGrid => car.grid.and_then(|grid| grid.position),
                    Moment::QualifyingOrder => car.qualifying.and_then(|row| row.place.position),
                    Moment::BeforeWeekend | Moment::BeforeQualifying => None,
                },
                practice_gaps: starter.practice_gaps,
                inputs: inputs_of(moment, starter),
                features,
                open: open.get(index).copied(),
            })
            .collect();
        Some(Field {
            race: weekend.race,
            contest,
            moment,
            cars,
            outlook,
        })
    }

    /// The pace of `cars` after the `published` sessions, from the cache or continued from a cached one with fewer sessions.
    pub(super) fn after(
        &mut self,
        contest: Contest,
        cars: &[&Car],
        published: PublishedSessions,
    ) -> &model::WeekendState {
        // The filter sees the field in an order independent of the weekend, so that the same field gives the same bits.
        let mut cars = cars.to_vec();
        cars.sort_by_key(|car| car.rank);
        let field: Vec<Entrant> = cars.iter().map(|car| entrant(car)).collect();
        let is_usable = |cached: &CachedState| {
            let earlier = cached.practice <= published.practice && !cached.qualifying;
            let same =
                cached.practice == published.practice && cached.qualifying == published.qualifying;
            cached.contest == contest && cached.field == field && (earlier || same)
        };
        let found = self.cache.iter().rposition(is_usable);
        let (practised, qualified, start) = match found.map(|at| &self.cache[at]) {
            Some(cached) => (cached.practice, cached.qualifying, cached.pace.clone()),
            None => (0, false, self.state.weekend(&field)),
        };
        if let Some(at) =
            found.filter(|_| practised == published.practice && qualified == published.qualifying)
        {
            return &self.cache[at].pace;
        }
        let pace = self.observe(
            contest,
            &field,
            start,
            practised..published.practice,
            published.qualifying,
        );
        self.cache.push(CachedState {
            contest,
            field,
            practice: published.practice,
            qualifying: published.qualifying,
            pace,
        });
        &self.cache[self.cache.len() - 1].pace
    }

    /// Updates `pace` with some practice sessions and with qualifying.
    fn observe(
        &self,
        contest: Contest,
        field: &[Entrant],
        mut pace: model::WeekendState,
        practice: std::ops::Range<usize>,
        qualifying: bool,
    ) -> model::WeekendState {
        let sessions = self.weekend.practice.iter().enumerate();
        for (number, session) in sessions.take(practice.end).skip(practice.start) {
            let gap = |car: &Entrant| session.gaps.get(&DriverId(car.driver.0)).copied();
            let gaps: Vec<_> = field
                .iter()
                .filter_map(|car| Some((*car, gap(car)?)))
                .collect();
            // At the first sprint weekends only first practice was before qualifying.
            if contest == Contest::GrandPrix
                && self.weekend.format == EventFormat::Sprint
                && number > 0
            {
                pace.practice_after_qualifying(&gaps);
            } else {
                pace.practice(&gaps);
            }
        }
        if contest == Contest::GrandPrix
            && self.weekend.format == EventFormat::SprintQualifying
            && !practice.is_empty()
        {
            let gap = |car: &Entrant| self.gap(Contest::Sprint, DriverId(car.driver.0));
            let gaps: Vec<_> = field
                .iter()
                .filter_map(|car| Some((*car, gap(car)?)))
                .collect();
            pace.sprint_qualifying(&gaps);
        }
        if qualifying {
            let gap = |car: &Entrant| self.gap(contest, DriverId(car.driver.0));
            let gaps: Vec<_> = field
                .iter()
                .filter_map(|car| Some((*car, gap(car)?)))
                .collect();
            pace.qualifying(&gaps, self.is_wet(contest, practice.end));
        }
        pace
    }

    /// Log gap of a driver in the session that set the grid of `contest`.
    fn gap(&self, contest: Contest, driver: DriverId) -> Option<f64> {
        let [grand_prix, sprint] = &self.gaps;
        match contest {
            Contest::GrandPrix => grand_prix,
            Contest::Sprint => sprint,
        }
        .get(&driver)
        .copied()
    }

    /// Whether qualifying was wet, compared with the first `sessions` of practice. The session that sets the grid of a sprint
    /// counts as dry: there is too little to compare it with.
    fn is_wet(&self, contest: Contest, sessions: usize) -> bool {
        let practice = &self.weekend.practice[..sessions];
        let laps = practice.iter().filter_map(|session| session.best_ms);
        let segments: Vec<qualifying::SegmentTimes> = self
            .weekend
            .cars(contest)
            .iter()
            .filter_map(|car| Some(car.qualifying?.segments))
            .collect();
        contest == Contest::GrandPrix && qualifying::is_wet(&segments, laps.reduce(f64::min))
    }
}

/// Log gaps to the best in the session that set the grid.
fn qualifying_gaps(cars: &[Car]) -> HashMap<DriverId, f64> {
    let qualified: Vec<(DriverId, qualifying::SegmentTimes)> = cars
        .iter()
        .filter_map(|car| Some((car.driver, car.qualifying?.segments)))
        .collect();
    let segments: Vec<qualifying::SegmentTimes> =
        qualified.iter().map(|(_, times)| *times).collect();
    let gaps = qualifying::gaps(&segments);
    qualified
        .iter()
        .zip(gaps)
        .filter_map(|((driver, _), gap)| Some((*driver, gap?)))
        .collect()
}

/// Log gaps of a driver in the first `sessions` of practice.
fn practice_gaps(weekend: &Weekend, driver: DriverId, sessions: usize) -> [Option<f64>; 3] {
    std::array::from_fn(|session| {
        let gaps = &weekend.practice[session].gaps;
        gaps.get(&driver).copied().filter(|_| session < sessions)
    })
}

/// The inputs that were known of a car.
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
