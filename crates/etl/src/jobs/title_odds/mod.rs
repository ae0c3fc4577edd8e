//! `compute_title_odds`: after each race of a season, the rest of its calendar (as it is known now) simulated from the
//! form and the points of then.

mod points;

use anyhow::{Context as _, Result};
use model::{
    Fit, FitError, History as Training,
    predict::SPRINT_DISTANCE,
    title::{self, Bonus, Contender, Event, Odds, Outlook, Settled, Shocks, Side, Standing},
};
use rayon::prelude::*;
use schema::{
    Championship, Contest, DriverId, Moment, Points, RaceId, TeamId, predictions::TitleOdds,
};

use self::points::PointsAfter;
use super::{Report, Which, forecast::History};
use crate::{
    Context,
    dataset::Weekend,
    features::Fields,
    forecasts,
    merge::{Scope, merge},
};

/// The first season with title odds: from here on standings are exact.
const FIRST_SEASON: i16 = 2014;
/// Simulated ends of the season after each race.
const TRIALS: u32 = 5_000;
/// A sprint is more orderly than a Grand Prix by about this much.
const SPRINT_SCALE: f64 = 1.3;
/// Form changes over a season, and is not known exactly to begin with.
const SHOCKS: Shocks = Shocks {
    team_race: 0.05,
    driver: 0.1,
    team_initial: 0.1,
};

/// Computes the odds after every race of `which`.
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

fn after_every_race(
    history: &History,
    points: &PointsAfter,
    which: Which,
) -> Result<Vec<TitleOdds>> {
    let moment = Moment::BeforeWeekend;
    let (weekends, told) = (&history.weekends, &history.told);
    let training = forecasts::history(forecasts::current(moment), weekends, told, moment);
    let run: Vec<usize> = (0..weekends.len())
        .filter(|index| weekends[*index].year >= FIRST_SEASON && which.includes(&weekends[*index]))
        .filter(|index| !told[*index].contenders.is_empty() && points.knows(weekends[*index].race))
        .collect();
    let rows: Vec<Vec<TitleOdds>> = run
        .into_par_iter()
        .map(|index| after_race(weekends, index, &told[index], &training, points))
        .collect::<Result<_>>()?;
    Ok(rows.concat())
}

fn after_race(
    weekends: &[Weekend],
    index: usize,
    told: &Fields,
    training: &Training,
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
    let field = Entered::new(weekend.race, &so_far, told, &fit, table);
    let events = events(&ahead);
    let seed =
        u64::from(weekend.year.unsigned_abs()) * 100 + u64::from(weekend.round.unsigned_abs());
    let odds = title::simulate(
        &field.contenders,
        &field.sides,
        &events,
        SHOCKS,
        TRIALS,
        seed,
    )
    .with_context(about)?;
    let settled = title::settled(&field.contenders, &field.sides, &events).with_context(about)?;
    Ok(field.rows(weekend.race, table, &odds, &settled))
}

/// What is still to be run, in order.
fn events(ahead: &[&Weekend]) -> Vec<Event> {
    let mut events = Vec::new();
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
            events.push(Event {
                weekend: weekend.round.unsigned_abs(),
                scoring: contest.points(weekend.year, last),
                distance: if sprint { SPRINT_DISTANCE } else { 1.0 },
                scale: if sprint { SPRINT_SCALE } else { 1.0 },
                bonus,
            });
        }
    }
    events
}

/// Who is in the championships after a race.
struct Entered {
    drivers: Vec<DriverId>,
    contenders: Vec<Contender>,
    teams: Vec<TeamId>,
    sides: Vec<Side>,
}

impl Entered {
    /// Two drivers a team go on; who else drove this season keeps his points and no longer races.
    fn new(
        race: RaceId,
        so_far: &[&Weekend],
        told: &Fields,
        fit: &Fit,
        table: &PointsAfter,
    ) -> Self {
        let mut drivers: Vec<(DriverId, TeamId)> = told
            .contenders
            .iter()
            .map(|told| (told.driver, told.team))
            .collect();
        let results: Vec<_> = so_far
            .iter()
            .rev()
            .flat_map(|weekend| weekend.result(Contest::GrandPrix))
            .collect();
        let mut teams: Vec<TeamId> = Vec::new();
        for (car, _) in &results {
            if drivers.iter().all(|(driver, _)| *driver != car.driver) {
                drivers.push((car.driver, car.team));
            }
        }
        for team in drivers
            .iter()
            .map(|(_, team)| *team)
            .chain(results.iter().map(|(car, _)| car.team))
        {
            if !teams.contains(&team) {
                teams.push(team);
            }
        }
        let contenders = drivers
            .iter()
            .map(|(driver, team)| {
                let told = told.contenders.iter().find(|told| told.driver == *driver);
                Contender {
                    points: whole(table.driver(race, *driver)),
                    finishes: finishes(so_far, |car| car.driver == *driver),
                    team: teams.iter().position(|other| other == team).unwrap_or(0),
                    strength: told.map_or(0.0, |told| fit.strength(&told.features)),
                    retirement: told.map_or(1.0, |told| fit.retirement_chance(&told.features)),
                }
            })
            .collect();
        let sides = teams
            .iter()
            .map(|team| Side {
                points: whole(table.team(race, *team)),
                finishes: finishes(so_far, |car| car.team == *team),
            })
            .collect();
        Self {
            drivers: drivers.into_iter().map(|(driver, _)| driver).collect(),
            contenders,
            teams,
            sides,
        }
    }

    fn rows(
        &self,
        race: RaceId,
        table: &PointsAfter,
        odds: &Odds,
        settled: &Settled,
    ) -> Vec<TitleOdds> {
        let drivers = self
            .drivers
            .iter()
            .map(|driver| (Some(*driver), None, table.driver(race, *driver)));
        let teams = self
            .teams
            .iter()
            .map(|team| (None, Some(*team), table.team(race, *team)));
        let drivers = drivers.zip(odds.drivers.iter().zip(&settled.drivers));
        let teams = teams.zip(odds.teams.iter().zip(&settled.teams));
        let mut rows = ranked(race, Championship::Drivers, drivers);
        rows.extend(ranked(race, Championship::Teams, teams));
        rows
    }
}

/// Whose row, and the points so far.
type Entrant = (Option<DriverId>, Option<TeamId>, Points);

/// Rows of one championship, likeliest champion first.
fn ranked<'a>(
    race: RaceId,
    championship: Championship,
    entrants: impl Iterator<Item = (Entrant, (&'a Outlook, &'a Standing))>,
) -> Vec<TitleOdds> {
    let mut rows: Vec<TitleOdds> = entrants
        .map(
            |((driver_id, team_id, points), (odds, standing))| TitleOdds {
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
                possible: *standing != Standing::Impossible,
                clinched: *standing == Standing::Clinched,
            },
        )
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

/// How often each place was taken in Grands Prix, wins first.
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

/// Points as the simulation counts them.
fn whole(points: Points) -> f64 {
    f64::from(points.0) / 100.0
}
