//! The state of the model between two races: pace, ratings, form and rates of retirement, and how a race updates them.

use std::collections::HashMap;

use crate::{
    decaying_mean::DecayingMean,
    elo::Elo,
    pace::{OPEN, PaceEstimate, PaceFilter, QualifyingOutlook, STEADY, SessionKind},
    ratings::Ratings,
    weekend::{CarOutcome, CarResult, Circuit, Driver, Entrant, Team, rules_changed},
};

/// The first season whose races update the state.
pub const FIRST_SEASON: i16 = 1996;

/// Points by place as shares of a win: today's scale, for every season.
const POINTS: [f64; 10] = [1.0, 0.72, 0.6, 0.48, 0.4, 0.32, 0.24, 0.16, 0.08, 0.04];
/// Gaps of fastest laps (log) are capped at this.
const MAX_LAP_GAP: f64 = 0.06;
/// Prior for the fastest-lap form of a team.
const UNKNOWN_LAP_GAP: f64 = 0.018;
/// Prior for the rate of retirement of all cars.
const UNKNOWN_RETIREMENT: f64 = 0.15;

/// Running averages of a driver or a team.
#[derive(Debug, Clone, Copy)]
struct Averages {
    points: DecayingMean,
    fastest_lap: DecayingMean,
    retirement: DecayingMean,
}

impl Averages {
    fn new(half_life: f64) -> Self {
        Self {
            points: DecayingMean::new(half_life),
            fastest_lap: DecayingMean::new(half_life),
            retirement: DecayingMean::new(25.0),
        }
    }

    /// Reduces the weight of points and fastest laps so far.
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

/// Rates of retirement behind a car's chance of retiring.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RetirementRates {
    /// Rate of all cars.
    pub field: f64,
    /// Rate of the team's lineage.
    pub team: f64,
    /// Rate of the driver.
    pub driver: f64,
    /// Rate of all cars at the circuit.
    pub circuit: f64,
}

/// What earlier races say about a car, apart from its pace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CarForm {
    pub(crate) driver_rating: f64,
    pub(crate) team_rating: f64,
    pub(crate) fastest_lap_form: f64,
    pub(crate) points_form: f64,
    pub(crate) retirement: RetirementRates,
    pub(crate) elo: f64,
}

/// The state of the model between two races.
#[derive(Debug, Clone)]
pub struct State {
    season: Option<i16>,
    /// Number of races of the season, the coming one included.
    round: u16,
    pace: Paces,
    ratings: Ratings,
    elo: Elo,
    drivers: HashMap<Driver, Averages>,
    teams: HashMap<Team, Averages>,
    circuits: HashMap<Circuit, DecayingMean>,
    field: DecayingMean,
}

impl Default for State {
    fn default() -> Self {
        Self {
            season: None,
            round: 0,
            pace: Paces::default(),
            ratings: Ratings::default(),
            elo: Elo::default(),
            drivers: HashMap::new(),
            teams: HashMap::new(),
            circuits: HashMap::new(),
            field: DecayingMean::new(400.0),
        }
    }
}

impl State {
    /// Moves on to the next race, which is one of `year`. In the first race of a season the past starts to count less.
    pub fn begin_weekend(&mut self, year: i16) {
        if let Some(previous) = self.season.filter(|season| *season != year) {
            self.pace.each(|filter| filter.start_season(year, previous));
            self.ratings.start_season(year);
            self.elo.start_season();
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

    /// The pace of `field` before the first session of the weekend.
    #[must_use]
    pub fn weekend(&self, field: &[Entrant]) -> WeekendState {
        let mut pace = self.pace.clone();
        let season = self.season.unwrap_or(FIRST_SEASON);
        pace.each(|filter| filter.start_weekend(field, season));
        WeekendState {
            pace,
            late_practice: Vec::new(),
        }
    }

    /// The form of a car before a race at `circuit`.
    pub(crate) fn form(&self, car: Entrant, circuit: Circuit) -> CarForm {
        let (driver_form, team_form) = (
            self.drivers.get(&car.driver).copied(),
            self.teams.get(&car.team).copied(),
        );
        let driver_form = driver_form.unwrap_or_else(Averages::driver);
        let team_form = team_form.unwrap_or_else(Averages::team);
        let field = self.field.mean(UNKNOWN_RETIREMENT, 50.0);
        let at_circuit = self.circuits.get(&circuit);
        let team_lap = team_form.fastest_lap.mean(UNKNOWN_LAP_GAP, 1.0);
        let team_points = team_form.points.mean(0.0, 1.0);
        CarForm {
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

    /// Updates the state with `weekend`, after all its sessions before the Grand Prix, and with the result of that race at
    /// `circuit`, in the published order.
    pub fn learn(&mut self, weekend: WeekendState, circuit: Circuit, result: &[CarResult]) {
        self.pace = weekend.pace;
        let gaps: Vec<(Entrant, f64)> = result
            .iter()
            .filter_map(|car| {
                let gap = car.gap.filter(|gap| gap.is_finite())?;
                Some((car.entrant, 100.0 * gap.clamp(0.0, 0.08)))
            })
            .collect();
        self.pace
            .each(|filter| filter.observe(SessionKind::Race, &gaps));
        let classified: Vec<Entrant> = result
            .iter()
            .filter(|car| car.outcome == CarOutcome::Classified)
            .map(|car| car.entrant)
            .collect();
        let season = self.season.unwrap_or(FIRST_SEASON);
        self.ratings.learn(&classified, season, self.round);
        let order: Vec<Driver> = result.iter().map(|car| car.entrant.driver).collect();
        self.elo.learn(&order);
        for (place, car) in result.iter().enumerate() {
            if car.outcome != CarOutcome::NotStarted {
                self.learn_car(place, circuit, car);
            }
        }
    }

    fn learn_car(&mut self, place: usize, circuit: Circuit, car: &CarResult) {
        let Entrant { driver, team } = car.entrant;
        let classified = car.outcome == CarOutcome::Classified;
        let retired = f64::from(u8::from(
            car.outcome == CarOutcome::Retired || classified && car.broke_down,
        ));
        let points = if classified {
            POINTS.get(place).copied().unwrap_or(0.0)
        } else {
            0.0
        };
        self.field.add(retired);
        self.circuits
            .entry(circuit)
            .or_insert_with(|| DecayingMean::new(80.0))
            .add(retired);
        let driver = self.drivers.entry(driver).or_insert_with(Averages::driver);
        let team = self.teams.entry(team).or_insert_with(Averages::team);
        for form in [driver, team] {
            form.retirement.add(retired);
            form.points.add(points);
            if let Some(gap) = car.fastest_lap_gap.filter(|gap| gap.is_finite()) {
                form.fastest_lap.add(gap.clamp(0.0, MAX_LAP_GAP));
            }
        }
    }
}

/// Which filter an estimate is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// The one of the forecasts after qualifying: pace changes slowly.
    Steady,
    /// The one of the forecasts before qualifying: less sure of drivers, and quick to learn of changes.
    Open,
}

/// Both filters; they observe the same sessions.
#[derive(Debug, Clone)]
struct Paces {
    steady: PaceFilter,
    open: PaceFilter,
}

impl Default for Paces {
    fn default() -> Self {
        Self {
            steady: PaceFilter::new(&STEADY),
            open: PaceFilter::new(&OPEN),
        }
    }
}

impl Paces {
    fn each(&mut self, update: impl Fn(&mut PaceFilter)) {
        update(&mut self.steady);
        update(&mut self.open);
    }

    const fn of(&self, filter: Filter) -> &PaceFilter {
        match filter {
            Filter::Steady => &self.steady,
            Filter::Open => &self.open,
        }
    }
}

/// The estimated pace during a weekend: the state before it, updated by the sessions so far.
#[derive(Debug, Clone)]
pub struct WeekendState {
    pace: Paces,
    /// Gaps of practice sessions that were run after qualifying, which the open filter observes after it.
    late_practice: Vec<Vec<(Entrant, f64)>>,
}

impl WeekendState {
    /// Updates the pace with the log gaps of a practice session to its fastest lap.
    pub fn practice(&mut self, gaps: &[(Entrant, f64)]) {
        let gaps = percent(gaps);
        self.pace
            .each(|filter| filter.observe(SessionKind::Practice, &gaps));
    }

    /// The same for a practice session that is run after qualifying, but given before it. The open filter observes it in the
    /// order in which it was run.
    pub fn practice_after_qualifying(&mut self, gaps: &[(Entrant, f64)]) {
        let gaps = percent(gaps);
        self.pace.steady.observe(SessionKind::Practice, &gaps);
        self.late_practice.push(gaps);
    }

    /// Updates the open filter with the log gaps to the best in a sprint qualifying that is run before qualifying.
    pub fn sprint_qualifying(&mut self, gaps: &[(Entrant, f64)]) {
        let gaps = percent(gaps);
        self.pace.open.observe(SessionKind::SprintQualifying, &gaps);
    }

    /// Updates the pace with the log gaps to the best in the session that sets the grid ([`crate::qualifying::gaps`]).
    /// `wet` says whether the track was much slower than in practice ([`crate::qualifying::is_wet`]).
    pub fn qualifying(&mut self, gaps: &[(Entrant, f64)], wet: bool) {
        let gaps = percent(gaps);
        self.pace
            .each(|filter| filter.observe(SessionKind::Qualifying { wet }, &gaps));
        for practice in self.late_practice.drain(..) {
            self.pace.open.observe(SessionKind::Practice, &practice);
        }
    }

    /// The estimated pace of a car; `None` if its team or driver is neither in the field of the weekend nor known before.
    #[must_use]
    pub fn estimate(&self, filter: Filter, car: Entrant) -> Option<PaceEstimate> {
        self.pace.of(filter).estimate(car)
    }

    /// Standard deviation of each car's race pace relative to the mean of `field`, in the order of `field`.
    pub(crate) fn deviations(&self, filter: Filter, field: &[Entrant]) -> Vec<f64> {
        self.pace.of(filter).deviations(field)
    }

    /// What the open filter expects of a dry qualifying of `field`; `None` if the field is empty, has a car whose team or
    /// driver is unknown, or if a covariance is not a finite number.
    #[must_use]
    pub fn outlook(&self, field: &[Entrant]) -> Option<QualifyingOutlook> {
        self.pace.open.outlook(field)
    }
}

/// Log gaps in per cent of lap time.
fn percent(gaps: &[(Entrant, f64)]) -> Vec<(Entrant, f64)> {
    gaps.iter().map(|(car, gap)| (*car, 100.0 * gap)).collect()
}
