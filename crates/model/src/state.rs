//! What is known of teams, drivers and circuits between two races, and how a race changes it.

use std::collections::HashMap;

use crate::{
    elo::Elo,
    form::Decaying,
    pace::{Estimate, Filter, Session},
    ratings::Ratings,
    weekend::{Circuit, Driver, Ending, Entrant, Finisher, Team, rules_changed},
};

/// The first season that the state is built from.
pub const FIRST_SEASON: i16 = 1996;

/// Points for a place, as shares of a win: today's scale, whatever the season's.
const POINTS: [f64; 10] = [1.0, 0.72, 0.6, 0.48, 0.4, 0.32, 0.24, 0.16, 0.08, 0.04];
/// A fastest lap further off than this (log gap) says no more than this much.
const LARGEST_LAP_GAP: f64 = 0.06;
/// Fastest-lap form of a team that was never seen.
const UNKNOWN_LAP_GAP: f64 = 0.018;
/// Rate of retirement before any race was seen.
const UNKNOWN_RETIREMENT: f64 = 0.15;

/// Recent form of a driver or a team.
#[derive(Debug, Clone, Copy)]
struct Form {
    points: Decaying,
    fastest_lap: Decaying,
    retirement: Decaying,
}

impl Form {
    fn new(half_life: f64) -> Self {
        Self {
            points: Decaying::new(half_life),
            fastest_lap: Decaying::new(half_life),
            retirement: Decaying::new(25.0),
        }
    }

    fn fade(&mut self, share: f64) {
        self.points.fade(share);
        self.fastest_lap.fade(share);
    }

    fn driver() -> Self {
        Self::new(8.0)
    }

    fn team() -> Self {
        Self::new(12.0)
    }
}

/// Rates of retirement that a car brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetirementRates {
    /// Of all cars.
    pub field: f64,
    /// Of the team's lineage.
    pub team: f64,
    /// Of the driver.
    pub driver: f64,
    /// At the circuit.
    pub circuit: f64,
}

/// What is known of a car before a weekend, its pace apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Record {
    pub(crate) driver_rating: f64,
    pub(crate) team_rating: f64,
    pub(crate) fastest_lap_form: f64,
    pub(crate) points_form: f64,
    pub(crate) retirement: RetirementRates,
    pub(crate) elo: f64,
}

/// What is known between two races.
#[derive(Debug, Clone)]
pub struct State {
    season: Option<i16>,
    /// Races of the season begun, the coming one included.
    round: u16,
    filter: Filter,
    ratings: Ratings,
    elo: Elo,
    drivers: HashMap<Driver, Form>,
    teams: HashMap<Team, Form>,
    circuits: HashMap<Circuit, Decaying>,
    field: Decaying,
}

impl Default for State {
    fn default() -> Self {
        Self {
            season: None,
            round: 0,
            filter: Filter::default(),
            ratings: Ratings::default(),
            elo: Elo::default(),
            drivers: HashMap::new(),
            teams: HashMap::new(),
            circuits: HashMap::new(),
            field: Decaying::new(400.0),
        }
    }
}

impl State {
    /// The next race is one of `year`; the first of a season makes the past count less.
    pub fn begin(&mut self, year: i16) {
        if let Some(previous) = self.season.filter(|season| *season != year) {
            self.filter.winter(year, previous);
            self.ratings.winter(year);
            self.elo.winter();
            let share = if rules_changed(year) { 0.2 } else { 0.5 };
            self.drivers.values_mut().for_each(|form| form.fade(share));
            for form in self.teams.values_mut() {
                form.fade(share);
                form.retirement.fade(share);
            }
            self.round = 0;
        }
        self.season = Some(year);
        self.round += 1;
    }

    /// The weekend of `field` as seen before its first session.
    #[must_use]
    pub fn weekend(&self, field: &[Entrant]) -> Weekend {
        let mut filter = self.filter.clone();
        filter.open(field, self.season.unwrap_or(FIRST_SEASON));
        Weekend { filter }
    }

    /// What is known of a car at `circuit`.
    pub(crate) fn record(&self, car: Entrant, circuit: Circuit) -> Record {
        let (driver_form, team_form) = (
            self.drivers.get(&car.driver).copied(),
            self.teams.get(&car.team).copied(),
        );
        let driver_form = driver_form.unwrap_or_else(Form::driver);
        let team_form = team_form.unwrap_or_else(Form::team);
        let field = self.field.mean(UNKNOWN_RETIREMENT, 50.0);
        let at_circuit = self.circuits.get(&circuit);
        let team_lap = team_form.fastest_lap.mean(UNKNOWN_LAP_GAP, 1.0);
        let team_points = team_form.points.mean(0.0, 1.0);
        Record {
            driver_rating: self.ratings.driver(car.driver),
            team_rating: self.ratings.team(car.team),
            fastest_lap_form: driver_form.fastest_lap.mean(team_lap, 1.5),
            points_form: driver_form.points.mean(team_points, 1.5),
            retirement: RetirementRates {
                field,
                team: team_form.retirement.mean(field, 10.0),
                driver: driver_form.retirement.mean(field, 8.0),
                circuit: at_circuit.map_or(field, |rate| rate.mean(field, 60.0)),
            },
            elo: self.elo.rating(car.driver),
        }
    }

    /// Learns from the Grand Prix at `circuit`, after all sessions of its weekend: the field in the published order.
    pub fn learn(&mut self, weekend: Weekend, circuit: Circuit, result: &[Finisher]) {
        self.filter = weekend.filter;
        let gaps: Vec<(Entrant, f64)> = result
            .iter()
            .filter_map(|car| {
                let gap = car.gap.filter(|gap| gap.is_finite())?;
                Some((car.entrant, 100.0 * gap.clamp(0.0, 0.08)))
            })
            .collect();
        self.filter.observe(Session::Race, &gaps);
        let classified: Vec<Entrant> = result
            .iter()
            .filter(|car| car.ending == Ending::Classified)
            .map(|car| car.entrant)
            .collect();
        let season = self.season.unwrap_or(FIRST_SEASON);
        self.ratings.learn(&classified, season, self.round);
        let order: Vec<Driver> = result.iter().map(|car| car.entrant.driver).collect();
        self.elo.learn(&order);
        for (place, car) in result.iter().enumerate() {
            if car.ending != Ending::NotStarted {
                self.learn_car(place, circuit, car);
            }
        }
    }

    fn learn_car(&mut self, place: usize, circuit: Circuit, car: &Finisher) {
        let Entrant { driver, team } = car.entrant;
        let classified = car.ending == Ending::Classified;
        let retired = f64::from(u8::from(
            car.ending == Ending::Retired || classified && car.broke_down,
        ));
        let points = if classified {
            POINTS.get(place).copied().unwrap_or(0.0)
        } else {
            0.0
        };
        self.field.add(retired);
        self.circuits
            .entry(circuit)
            .or_insert_with(|| Decaying::new(80.0))
            .add(retired);
        let driver = self.drivers.entry(driver).or_insert_with(Form::driver);
        let team = self.teams.entry(team).or_insert_with(Form::team);
        for form in [driver, team] {
            form.retirement.add(retired);
            form.points.add(points);
            if let Some(gap) = car.fastest_lap_gap.filter(|gap| gap.is_finite()) {
                form.fastest_lap.add(gap.clamp(0.0, LARGEST_LAP_GAP));
            }
        }
    }
}

/// A weekend under way: the state before it, and the pace as estimated from its sessions so far.
#[derive(Debug, Clone)]
pub struct Weekend {
    filter: Filter,
}

impl Weekend {
    /// A practice session was run: log gaps to its fastest lap.
    pub fn practice(&mut self, gaps: &[(Entrant, f64)]) {
        self.session(Session::Practice, gaps);
    }

    /// The session that sets the grid was run: log gaps to the best ([`crate::qualifying::gaps`]); `wet` when the
    /// track was much slower than in practice ([`crate::qualifying::is_wet`]).
    pub fn qualifying(&mut self, gaps: &[(Entrant, f64)], wet: bool) {
        self.session(Session::Qualifying { wet }, gaps);
    }

    fn session(&mut self, session: Session, gaps: &[(Entrant, f64)]) {
        let percent: Vec<(Entrant, f64)> =
            gaps.iter().map(|(car, gap)| (*car, 100.0 * gap)).collect();
        self.filter.observe(session, &percent);
    }

    /// What is believed of the pace of a car; `None` if it is not of the field.
    #[must_use]
    pub fn estimate(&self, car: Entrant) -> Option<Estimate> {
        self.filter.estimate(car)
    }

    /// Standard deviation of each car's pace relative to the mean of `field`, in its order.
    pub(crate) fn deviations(&self, field: &[Entrant]) -> Vec<f64> {
        self.filter.deviations(field)
    }
}
