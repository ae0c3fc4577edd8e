//! `compute_title_odds`: after each race of a season, the rest of the calendar as it is known now, simulated from the form
//! and the points after that race.

mod points;

use anyhow::{Context as _, Result};
use model::{
    Fit, FitError, TrainingSet,
    predict::SPRINT_DISTANCE,
    title::{
        self, Bonus, ContendingDriver, ContendingTeam, EntrantOdds, Odds, RemainingRace, Shocks,
        TitleStatus, TitleStatuses,
    },
};
use rayon::prelude::*;
use schema::{
    Championship, Contest, DriverId, Moment, Points, RaceId, TeamId, predictions::TitleOdds,
};

use self::points::PointsAfter;
use super::{Report, Which, predictions::History};
use crate::{
    Context,
    dataset::Weekend,
    features::WeekendFields,
    merge::{Scope, merge},
    predictions,
};

/// The first season with title odds. From this season on the standings are exact.
const FIRST_SEASON: i16 = 2014;
/// Number of simulated ends of the season after each race.
const TRIALS: u32 = 5_000;
/// Factor on the strengths in a sprint, which is more orderly than a Grand Prix.
const SPRINT_SCALE: f64 = 1.3;
/// Form changes over a season and is not known exactly at its start.
const SHOCKS: Shocks = Shocks {
    team_race: 0.05,
    driver: 0.1,
    team_initial: 0.1,
};

/// Computes the title odds after every race of `which`.
pub async fn compute(ctx: &Context, which: Which) -> Result<Report> {
    let history = History::snapshot(&ctx.pool).await?;
    let points = PointsAfter::read(&mut *ctx.pool.acquire().await?).await?;
    let rows =
        tokio::task::spawn_blocking(move || after_every_race(&history, &points, which)).await??;
    let scope = match which {
        Which {
            season: None,
            round: None,
        } => Scope::All,
        _ => Scope::Alike(&["race_id", "championship"]),
    };
    let mut transaction = ctx.begin().await?;
    let changes = merge(&mut transaction, &rows, scope).await?;
    transaction.commit().await?;
    Ok(Report::of(
        changes,
        format!("{} rows of title odds", changes.read),
    ))
}

/// The title odds after every race of `which` that has a result and both tables of points.
fn after_every_race(
    history: &History,
    points: &PointsAfter,
    which: Which,
) -> Result<Vec<TitleOdds>> {
    let moment = Moment::BeforeWeekend;
    let (weekends, fields) = (&history.weekends, &history.fields);
    let training = predictions::training_set(
        predictions::model_in_service(moment),
        weekends,
        fields,
        moment,
    );
    let run: Vec<usize> = (0..weekends.len())
        .filter(|index| weekends[*index].year >= FIRST_SEASON && which.includes(&weekends[*index]))
        .filter(|index| {
            !fields[*index].contenders.is_empty() && points.knows(weekends[*index].race)
        })
        .collect();
    let rows: Vec<Vec<TitleOdds>> = run
        .into_par_iter()
        .map(|index| after_race(weekends, index, &fields[index], &training, points))
        .collect::<Result<_>>()?;
    Ok(rows.concat())
}

/// The title odds after one race; empty if there are too few earlier races to fit the model.
fn after_race(
    weekends: &[Weekend],
    index: usize,
    fields: &WeekendFields,
    training: &TrainingSet,
    table: &PointsAfter,
) -> Result<Vec<TitleOdds>> {
    let weekend = &weekends[index];
    let about = || {
        format!(
            "the titles after round {} of {}",
            weekend.round, weekend.year
        )
    };
    let fit = match training.fit(weekend.year, weekend.round + 1) {
        Err(FitError::NotEnoughData { .. }) => return Ok(Vec::new()),
        fit => fit.with_context(about)?,
    };
    let season: Vec<&Weekend> = weekends
        .iter()
        .filter(|other| other.year == weekend.year)
        .collect();
    let (so_far, ahead): (Vec<&Weekend>, Vec<&Weekend>) = season
        .into_iter()
        .partition(|other| other.round <= weekend.round);
    let field = ChampionshipField::new(weekend.race, &so_far, fields, &fit, table);
    let remaining = remaining_races(&ahead);
    let seed =
        u64::from(weekend.year.unsigned_abs()) * 100 + u64::from(weekend.round.unsigned_abs());
    let odds = title::simulate(
        &field.drivers,
        &field.teams,
        &remaining,
        SHOCKS,
        TRIALS,
        seed,
    )
    .with_context(about)?;
    let statuses =
        title::title_statuses(&field.drivers, &field.teams, &remaining).with_context(about)?;
    Ok(field.rows(weekend.race, table, &odds, &statuses))
}

/// The races that remain, in order.
fn remaining_races(ahead: &[&Weekend]) -> Vec<RemainingRace> {
    let mut races = Vec::new();
    for (index, weekend) in ahead.iter().enumerate() {
        let last = index + 1 == ahead.len();
        for contest in [Contest::Sprint, Contest::GrandPrix] {
            if weekend.start(contest).is_none() {
                continue;
            }
            let sprint = contest == Contest::Sprint;
            let bonus = contest.rewards_fastest_lap(weekend.year).then_some(Bonus {
                points: 1.0,
                places: 10,
            });
            races.push(RemainingRace {
                weekend: weekend.round.unsigned_abs(),
                scoring: contest.points(weekend.year, last),
                distance: if sprint { SPRINT_DISTANCE } else { 1.0 },
                scale: if sprint { SPRINT_SCALE } else { 1.0 },
                bonus,
            });
        }
    }
    races
}

/// The drivers and teams of the championships after a race.
struct ChampionshipField {
    driver_ids: Vec<DriverId>,
    drivers: Vec<ContendingDriver>,
    team_ids: Vec<TeamId>,
    teams: Vec<ContendingTeam>,
}

impl ChampionshipField {
    /// Two drivers per team race on. Other drivers of the season keep their points and no longer race.
    fn new(
        race: RaceId,
        so_far: &[&Weekend],
        fields: &WeekendFields,
        fit: &Fit,
        table: &PointsAfter,
    ) -> Self {
        let mut seats: Vec<(DriverId, TeamId)> = fields
            .contenders
            .iter()
            .map(|car| (car.driver, car.team))
            .collect();
        let results: Vec<_> = so_far
            .iter()
            .rev()
            .flat_map(|weekend| weekend.result(Contest::GrandPrix))
            .collect();
        let mut team_ids: Vec<TeamId> = Vec::new();
        for (car, _) in &results {
            if seats.iter().all(|(driver, _)| *driver != car.driver) {
                seats.push((car.driver, car.team));
            }
        }
        for team in seats
            .iter()
            .map(|(_, team)| *team)
            .chain(results.iter().map(|(car, _)| car.team))
        {
            if !team_ids.contains(&team) {
                team_ids.push(team);
            }
        }
        let drivers = seats
            .iter()
            .map(|(driver, team)| {
                let car = fields.contenders.iter().find(|car| car.driver == *driver);
                ContendingDriver {
                    points: as_points(table.driver(race, *driver)),
                    finishes: finishes(so_far, |car| car.driver == *driver),
                    team: team_ids.iter().position(|other| other == team).unwrap_or(0),
                    strength: car.map_or(0.0, |car| fit.strength(&car.features)),
                    retirement: car.map_or(1.0, |car| fit.retirement_chance(&car.features)),
                }
            })
            .collect();
        let teams = team_ids
            .iter()
            .map(|team| ContendingTeam {
                points: as_points(table.team(race, *team)),
                finishes: finishes(so_far, |car| car.team == *team),
            })
            .collect();
        Self {
            driver_ids: seats.into_iter().map(|(driver, _)| driver).collect(),
            drivers,
            team_ids,
            teams,
        }
    }

    fn rows(
        &self,
        race: RaceId,
        table: &PointsAfter,
        odds: &Odds,
        statuses: &TitleStatuses,
    ) -> Vec<TitleOdds> {
        let drivers = self
            .driver_ids
            .iter()
            .map(|driver| (Some(*driver), None, table.driver(race, *driver)));
        let teams = self
            .team_ids
            .iter()
            .map(|team| (None, Some(*team), table.team(race, *team)));
        let drivers = drivers.zip(odds.drivers.iter().zip(&statuses.drivers));
        let teams = teams.zip(odds.teams.iter().zip(&statuses.teams));
        let mut rows = ranked(race, Championship::Drivers, drivers);
        rows.extend(ranked(race, Championship::Teams, teams));
        rows
    }
}

/// The driver or the team of a row, and the points so far.
type Entrant = (Option<DriverId>, Option<TeamId>, Points);

/// Rows of one championship, likeliest champion first.
fn ranked<'a>(
    race: RaceId,
    championship: Championship,
    entrants: impl Iterator<Item = (Entrant, (&'a EntrantOdds, &'a TitleStatus))>,
) -> Vec<TitleOdds> {
    let mut rows: Vec<TitleOdds> = entrants
        .map(|((driver_id, team_id, points), (odds, status))| TitleOdds {
            race_id: race,
            championship,
            display_order: 0,
            driver_id,
            team_id,
            points,
            chance: odds.chance.clamp(0.0, 1.0),
            expected_points: odds.expected_points,
            low_points: odds.low,
            high_points: odds.high,
            possible: *status != TitleStatus::Impossible,
            clinched: *status == TitleStatus::Clinched,
        })
        .collect();
    rows.sort_by(|a, b| {
        let by = |row: &TitleOdds| (row.chance, row.expected_points);
        let ((a, a_points), (b, b_points)) = (by(a), by(b));
        b.total_cmp(&a).then(b_points.total_cmp(&a_points))
    });
    for (row, order) in rows.iter_mut().zip(1..) {
        row.display_order = order;
    }
    rows
}

/// Number of times each place was taken in Grands Prix, wins first.
fn finishes(so_far: &[&Weekend], of: impl Fn(&crate::dataset::Car) -> bool) -> Vec<u16> {
    let mut counts = Vec::new();
    for weekend in so_far {
        for (place, (car, finish)) in weekend.result(Contest::GrandPrix).iter().enumerate() {
            if of(car) && finish.classified {
                counts.resize(counts.len().max(place + 1), 0);
                counts[place] += 1;
            }
        }
    }
    counts
}

/// Points as a number.
fn as_points(points: Points) -> f64 {
    f64::from(points.0) / 100.0
}
