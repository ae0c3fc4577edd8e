//! Running times of the model on a simulated championship of realistic size: `cargo bench -p model`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::{hint::black_box, time::Duration};

use criterion::{BatchSize, Criterion};
use model::{
    Distance, Features, Filter, Fit, PastRace, Prediction, RaceShape, State, Team, TrainingSet,
    distribution::Positions,
    specification::R2,
    title::{Bonus, ContendingDriver, ContendingTeam, RemainingRace, Shocks, simulate},
};

use common::{Meeting, championship, walk};

const POINTS: [f64; 10] = [25.0, 18.0, 15.0, 12.0, 10.0, 8.0, 6.0, 4.0, 2.0, 1.0];
const GRAND_PRIX: RaceShape = RaceShape {
    scoring_places: 10,
    distance: Distance::GrandPrix,
};
/// Number of races that the walk predicts, each with a fit of its own.
const PREDICTED: usize = 450;

/// A championship of which all races but the last have been run.
struct Ready {
    meetings: Vec<Meeting>,
    races: Vec<PastRace>,
    state: State,
    training: TrainingSet,
}

impl Ready {
    fn new() -> Self {
        let meetings = championship(1996..=2025, 1996);
        let (mut state, races) = walk(&meetings[..meetings.len() - 1], Filter::Steady);
        state.begin_weekend(2025);
        Self {
            training: training(&races),
            meetings,
            races,
            state,
        }
    }

    fn next(&self) -> &Meeting {
        &self.meetings[self.meetings.len() - 1]
    }

    fn fit(&self) -> Fit {
        fit(&self.training, self.next())
    }

    fn features(&self) -> Vec<Features> {
        self.next().features(&self.state, Filter::Steady)
    }
}

fn training(races: &[PastRace]) -> TrainingSet {
    TrainingSet::new(R2, races, &[])
}

fn fit(training: &TrainingSet, before: &Meeting) -> Fit {
    let fit = training.fit(before.year, before.round);
    fit.expect("the past is long enough")
}

fn predict(fit: &Fit, field: &[Features]) -> Prediction {
    let prediction = fit.predict(field, GRAND_PRIX);
    prediction.expect("the features are numbers")
}

/// Runs everything from the first race: the state, then a fit and a forecast for each of the last races.
fn whole_walk(meetings: &[Meeting]) -> f64 {
    let (_, races) = walk(meetings, Filter::Steady);
    let training = training(&races);
    let last = meetings.iter().zip(&races).rev().take(PREDICTED);
    last.map(|(meeting, race)| {
        let field: Vec<Features> = race.cars.iter().map(|car| car.features).collect();
        predict(&fit(&training, meeting), &field).cars[0].win
    })
    .sum()
}

/// The drivers and teams of a field with twelve races to go.
fn title_race(
    fit: &Fit,
    field: &[Features],
) -> (
    Vec<ContendingDriver>,
    Vec<ContendingTeam>,
    Vec<RemainingRace>,
) {
    let contenders = field
        .iter()
        .enumerate()
        .map(|(index, car)| ContendingDriver {
            points: 200.0 - 9.0 * index as f64,
            finishes: vec![1; 10],
            team: index / 2,
            strength: fit.strength(car),
            retirement: fit.retirement_chance(car),
        })
        .collect();
    let teams = (0..field.len().div_ceil(2))
        .map(|index| ContendingTeam {
            points: 390.0 - 36.0 * index as f64,
            finishes: vec![2; 10],
        })
        .collect();
    let events = (1..=12)
        .map(|weekend| RemainingRace {
            weekend,
            scoring: POINTS.to_vec(),
            distance: 1.0,
            scale: 1.0,
            bonus: Some(Bonus {
                points: 1.0,
                places: 10,
            }),
        })
        .collect();
    (contenders, teams, events)
}

fn main() {
    let ready = Ready::new();
    let mut criterion = Criterion::default().configure_from_args();

    criterion.bench_function("filter", |bench| {
        bench.iter_batched(
            || ready.state.clone(),
            |mut state| {
                let weekend = ready.next().weekend(&state);
                state.learn(weekend, ready.next().circuit, &ready.next().result);
                state
            },
            BatchSize::SmallInput,
        );
    });
    criterion.bench_function("matrix", |bench| bench.iter(|| training(&ready.races)));
    criterion.bench_function("fit", |bench| bench.iter(|| ready.fit()));

    let (fit, field) = (ready.fit(), ready.features());
    let strengths: Vec<f64> = field.iter().map(|car| fit.strength(car)).collect();
    let retirement: Vec<f64> = field.iter().map(|car| fit.retirement_chance(car)).collect();
    criterion.bench_function("distribution", |bench| {
        bench.iter(|| Positions::mixture(black_box(&strengths), &retirement, R2.mixture));
    });
    criterion.bench_function("one_race", |bench| {
        bench.iter(|| predict(&ready.fit(), &ready.features()));
    });

    let cars = ready.next().entrants();
    let weekend = ready.next().weekend(&ready.state);
    let teams: Vec<Team> = cars.iter().map(|car| car.team).collect();
    criterion.bench_function("before_qualifying", |bench| {
        bench.iter(|| {
            let outlook = weekend.outlook(&cars).expect("the field is known");
            fit.predict_before_qualifying(&field, &teams, &outlook, GRAND_PRIX, 1)
        });
    });

    let (contenders, teams, events) = title_race(&fit, &field);
    let shocks = Shocks {
        team_race: 0.05,
        driver: 0.1,
        team_initial: 0.1,
    };
    criterion.bench_function("title", |bench| {
        bench.iter(|| simulate(&contenders, &teams, &events, shocks, 5000, 1));
    });

    let mut slow = criterion.benchmark_group("slow");
    slow.sample_size(10)
        .measurement_time(Duration::from_secs(10));
    slow.bench_function("walk", |bench| bench.iter(|| whole_walk(&ready.meetings)));
    slow.finish();
    criterion.final_summary();
}
