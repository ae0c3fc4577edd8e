//! `compute_accuracy`: how good forecasts were, live ones as they were published, retrospective ones walk-forward, beside
//! the baselines; means with intervals, and calibration.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use model::evaluate::calibration::{self, Event};
use schema::{
    Contest, DriverId, EventKind, Moment, PredictionKind, RaceId, Score,
    forecasts::{Accuracy, Calibration, ForecastScore},
};
use sqlx::{PgConnection, PgPool};

use super::{
    Report,
    forecast::{FIRST_SEASON, History},
};
use crate::{
    Context,
    evaluation::{self, Forecaster, Scored},
    features::MOMENTS,
    forecasts::Chances,
    merge::{Changes, Scope, merge},
};

/// The last season that the model's settings were chosen on.
const LAST_TUNING_SEASON: i16 = 2017;

/// The forecasts of one contest at one moment, live or retrospective, by forecaster.
struct Record {
    contest: Contest,
    moment: Moment,
    kind: PredictionKind,
    scored: Vec<Scored>,
}

/// Scores everything anew.
pub async fn compute(ctx: &Context) -> Result<Report> {
    let mut transaction = ctx.pool.begin().await?;
    let history = History::read(&mut transaction).await?;
    let live = read_live(&mut transaction).await?;
    let records = tokio::task::spawn_blocking(move || records(&history, &live)).await??;
    let (mut scores, mut accuracy, mut calibration) = (Vec::new(), Vec::new(), Vec::new());
    for record in &records {
        scores.extend(score_rows(record));
        for seasons in record.periods() {
            let part = record.of(seasons);
            accuracy.extend(accuracy_rows(&part, seasons));
            calibration.extend(calibration_rows(&part, seasons));
        }
    }
    let mut changes = Changes::default();
    changes += merge(&mut transaction, &scores, Scope::All).await?;
    changes += merge(&mut transaction, &accuracy, Scope::All).await?;
    changes += merge(&mut transaction, &calibration, Scope::All).await?;
    transaction.commit().await?;
    Ok(Report {
        changes,
        detail: format!("{} forecasts scored", scores.len()),
    })
}

/// Whether anything was ever scored.
pub async fn is_computed(pool: &PgPool) -> Result<bool> {
    let scored = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM accuracy) AS "scored!""#);
    Ok(scored.fetch_one(pool).await?)
}

fn records(history: &History, live: &Live) -> Result<Vec<Record>> {
    let (weekends, told) = (&history.weekends, &history.told);
    let mut records = Vec::new();
    for contest in [Contest::GrandPrix, Contest::Sprint] {
        for moment in MOMENTS {
            let seasons = FIRST_SEASON..=i16::MAX;
            let targets = evaluation::targets(weekends, told, seasons, contest, moment);
            if targets.is_empty() {
                continue;
            }
            let scored = Forecaster::at(moment)
                .iter()
                .map(|forecaster| evaluation::score(*forecaster, weekends, told, &targets))
                .collect::<Result<Vec<_>>>()?;
            let published: Vec<_> = targets
                .iter()
                .filter_map(|(weekend, _)| {
                    let chances = live.get(&(weekend.race, contest, moment))?;
                    let chances: Chances<'_> = chances
                        .iter()
                        .map(|(driver, places)| (*driver, places.as_slice()))
                        .collect();
                    evaluation::race_score(weekend, contest, &chances)
                })
                .collect();
            if !published.is_empty() {
                let mut scored = scored.clone();
                if let Some(model) = scored.first_mut() {
                    model.races = published;
                }
                records.push(Record {
                    contest,
                    moment,
                    kind: PredictionKind::Live,
                    scored: common(scored),
                });
            }
            records.push(Record {
                contest,
                moment,
                kind: PredictionKind::Retrospective,
                scored: common(scored),
            });
        }
    }
    records.retain(|record| record.scored.iter().all(|scored| !scored.races.is_empty()));
    Ok(records)
}

/// Only the races that every forecaster has scored.
fn common(mut scored: Vec<Scored>) -> Vec<Scored> {
    let mut counts: HashMap<RaceId, usize> = HashMap::new();
    for race in scored.iter().flat_map(|scored| &scored.races) {
        *counts.entry(race.race).or_default() += 1;
    }
    let forecasters = scored.len();
    for scored in &mut scored {
        scored
            .races
            .retain(|race| counts[&race.race] == forecasters);
    }
    scored
}

impl Record {
    /// Seasons that are judged together: those the settings were chosen on, those after, and each alone.
    fn periods(&self) -> Vec<(i16, i16)> {
        let mut years: Vec<i16> = self.scored[0].races.iter().map(|race| race.year).collect();
        years.dedup();
        let mut periods: Vec<(i16, i16)> = years.iter().map(|year| (*year, *year)).collect();
        let (tuning, since): (Vec<i16>, Vec<i16>) =
            years.iter().partition(|year| **year <= LAST_TUNING_SEASON);
        for part in [tuning, since] {
            if let (Some(first), Some(last)) = (part.first(), part.last())
                && first < last
            {
                periods.push((*first, *last));
            }
        }
        periods
    }

    /// The same of some seasons.
    fn of(&self, (first, last): (i16, i16)) -> Self {
        let scored = self.scored.iter().map(|scored| Scored {
            name: scored.name,
            races: scored
                .races
                .iter()
                .filter(|race| (first..=last).contains(&race.year))
                .cloned()
                .collect(),
        });
        Self {
            scored: scored.collect(),
            ..*self
        }
    }
}

fn score_rows(record: &Record) -> impl Iterator<Item = ForecastScore> {
    record.scored.iter().flat_map(|scored| {
        scored.races.iter().map(|race| ForecastScore {
            race_id: race.race,
            contest: record.contest,
            moment: record.moment,
            kind: record.kind,
            forecaster: scored.name.to_owned(),
            winner_chance: race.winner_chance,
            win_log_score: race.scores.win_log_score,
            win_brier: race.scores.win_brier,
            top1: race.scores.top1,
            podium_log_score: race.scores.podium_log_score,
            points_brier: race.scores.points_brier,
            spearman: race.scores.spearman,
            rps: race.scores.rps,
        })
    })
}

fn accuracy_rows(
    record: &Record,
    (first_season, last_season): (i16, i16),
) -> impl Iterator<Item = Accuracy> {
    let races = i32::try_from(record.scored[0].races.len()).unwrap_or(i32::MAX);
    let (contest, moment, kind) = (record.contest, record.moment, record.kind);
    evaluation::summarise(&record.scored)
        .into_iter()
        .flat_map(move |summary| {
            Score::ALL.iter().enumerate().map(move |(index, score)| {
                let mean = summary.means[index];
                let difference = summary.differences.map(|differences| differences[index]);
                Accuracy {
                    contest,
                    moment,
                    kind,
                    first_season,
                    last_season,
                    forecaster: summary.name.to_owned(),
                    score: *score,
                    races,
                    mean: mean.mean,
                    low: mean.low,
                    high: mean.high,
                    difference: difference.map(|difference| difference.mean),
                    difference_low: difference.map(|difference| difference.low),
                    difference_high: difference.map(|difference| difference.high),
                }
            })
        })
}

fn calibration_rows(
    record: &Record,
    (first_season, last_season): (i16, i16),
) -> impl Iterator<Item = Calibration> {
    let (contest, moment, kind) = (record.contest, record.moment, record.kind);
    let races = &record.scored[0].races;
    let events = EventKind::ALL.iter().zip(Event::ALL).enumerate();
    events.flat_map(move |(index, (kind_of_event, event))| {
        let chances: Vec<(f64, bool)> = races
            .iter()
            .flat_map(|race| &race.events[index])
            .copied()
            .collect();
        calibration::bins(event, &chances)
            .into_iter()
            .filter_map(move |bin| {
                Some(Calibration {
                    contest,
                    moment,
                    kind,
                    first_season,
                    last_season,
                    event: *kind_of_event,
                    bin: i16::try_from(bin.index).ok()?,
                    forecasts: i32::try_from(bin.forecasts).ok()?,
                    predicted: bin.predicted.clamp(0.0, 1.0),
                    happened: i32::try_from(bin.happened).ok()?,
                    low: bin.low,
                    high: bin.high,
                })
            })
    })
}

/// Chances of places of the last live forecast of each race, contest and moment, by driver.
type Live = BTreeMap<(RaceId, Contest, Moment), HashMap<DriverId, Vec<f64>>>;

async fn read_live(connection: &mut PgConnection) -> Result<Live> {
    let rows = sqlx::query!(
        r#"SELECT p.race_id, p.contest AS "contest: Contest", p.moment AS "moment: Moment", d.driver_id, d.positions
           FROM (SELECT DISTINCT ON (race_id, contest, moment) * FROM predictions WHERE kind = 'live'
                 ORDER BY race_id, contest, moment, made_at DESC, id DESC) p
           JOIN prediction_drivers d ON d.prediction_id = p.id AND d.contest = p.contest"#
    )
    .fetch_all(connection)
    .await?;
    let mut live = Live::new();
    for row in rows {
        live.entry((RaceId(row.race_id), row.contest, row.moment))
            .or_default()
            .insert(DriverId(row.driver_id), row.positions);
    }
    Ok(live)
}
