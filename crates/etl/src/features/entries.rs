//! The cars of a field, as far as they are known at a moment.

use std::{cmp::Reverse, collections::HashMap};

use model::{
    Entrant,
    weekend::{Driver, Team},
};
use schema::{Contest, DriverId, LineageId, Moment};

use crate::dataset::{Car, Practice, Weekend};

/// Number of cars that a team may enter.
const CARS_PER_TEAM: usize = 2;

/// The driver and team of a car, as the model identifies them.
pub(super) const fn entrant(car: &Car) -> Entrant {
    Entrant {
        driver: Driver(car.driver.0),
        team: Team(car.lineage.0),
    }
}

/// The field before qualifying, in alphabetical order, which carries no information about the weekend.
///
/// No source has the published entry list. The first of these lists with a car replaces it: the grid, the qualifying
/// classification, the cars with a time in the latest practice session and, for the next race only, the cars of `previous`
/// and the entries of the season.
pub(super) fn entry_list<'a>(
    weekend: &'a Weekend,
    previous: Option<&'a Weekend>,
    is_next: bool,
) -> Vec<&'a Car> {
    let practised = weekend
        .practice
        .iter()
        .rev()
        .find(|session| !session.cars.is_empty());
    let drove = previous.filter(|_| is_next);
    let drove = drove.map(|previous| previous.result(Contest::GrandPrix));
    let candidates = [
        listed(weekend, Contest::GrandPrix, Moment::OfficialGrid),
        listed(weekend, Contest::GrandPrix, Moment::QualifyingOrder),
        practised.map_or(Vec::new(), |session| session.cars.iter().collect()),
        drove.map_or(Vec::new(), |result| {
            result.into_iter().map(|(car, _)| car).collect()
        }),
        weekend.entered.iter().filter(|_| is_next).collect(),
    ];
    let known = candidates.into_iter().find(|cars| !cars.is_empty());
    let mut cars = known.unwrap_or_default();
    cars.sort_by_key(|car| car.rank);
    cars
}

/// The cars of the list that a moment waits for, best place first.
pub(super) fn listed(weekend: &Weekend, contest: Contest, moment: Moment) -> Vec<&Car> {
    let place = |car: &Car| match moment {
        // Two cars share a place when one withdrew and the next moved up: the one listed later comes first.
        Moment::OfficialGrid => car.grid.map(|grid| match grid.position {
            Some(position) => (false, position, -grid.order),
            None => (true, grid.order, 0),
        }),
        _ => car
            .qualifying
            .map(|qualifying| (false, qualifying.place.order, 0)),
    };
    let mut cars: Vec<_> = weekend
        .cars(contest)
        .iter()
        .filter_map(|car| Some((place(car)?, car)))
        .collect();
    cars.sort_by_key(|(place, _)| *place);
    cars.into_iter().map(|(_, car)| car).collect()
}

/// The cars of the latest practice session whose team has fewer cars in the qualifying classification than it may enter.
/// They missed qualifying, for example after an accident, and are likely to start from the back.
pub(super) fn practised_but_unclassified<'a>(
    qualified: &[&Car],
    practice: &'a [Practice],
) -> Vec<&'a Car> {
    let Some(latest) = practice.iter().rfind(|session| !session.cars.is_empty()) else {
        return Vec::new();
    };
    let mut missing: Vec<&Car> = Vec::new();
    for car in &latest.cars {
        let of_team = |other: &&&Car| other.lineage == car.lineage;
        let entered =
            qualified.iter().filter(of_team).count() + missing.iter().filter(of_team).count();
        let known = qualified.iter().any(|other| other.driver == car.driver);
        if !qualified.is_empty() && !known && entered < CARS_PER_TEAM {
            missing.push(car);
        }
    }
    missing
}

/// The cars that race on after a race: of all drivers in it or in the race before, the two of each team with the most
/// `starts` this season, so that a substitute makes way for the regular driver.
pub(super) fn continuing_cars<'a>(
    weekend: &'a Weekend,
    previous: Option<&'a Weekend>,
    starts: &HashMap<DriverId, u16>,
) -> Vec<&'a Car> {
    let mut cars: Vec<&Car> = Vec::new();
    for weekend in [Some(weekend), previous].into_iter().flatten() {
        for (car, _) in weekend.result(Contest::GrandPrix) {
            if cars.iter().all(|known| known.driver != car.driver) {
                cars.push(car);
            }
        }
    }
    cars.sort_by_key(|car| Reverse(starts.get(&car.driver).copied().unwrap_or(0)));
    let mut taken: HashMap<LineageId, usize> = HashMap::new();
    cars.retain(|car| {
        let taken = taken.entry(car.lineage).or_default();
        *taken += 1;
        *taken <= CARS_PER_TEAM
    });
    cars
}
