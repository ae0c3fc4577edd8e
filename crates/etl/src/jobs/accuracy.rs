//! `compute_accuracy`: scores of live forecasts as published, and of walk-forward retrospective ones, beside the baselines;
//! their means with intervals, and calibration.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use model::evaluate::calibration;
use schema::{
    Contest, DriverId, EventKind, Moment, PredictionKind, RaceId,
    predictions::{Accuracy, Calibration, PredictionScore},
};
use sqlx::PgConnection;

use super::{
    Report,
    predictions::{FIRST_SEASON, History},
};
use crate::{
    Context,
    evaluation::{self, Forecaster, ForecasterScores},
    merge::{Changes, Scope, merge},
    predictions::{self, PlaceChances},
};

/// Seasons that are summarised together: those on which the settings of the model were chosen, those on which they were
/// checked, and later ones.
const PERIODS: [std::ops::RangeInclusive<i16>; 3] =
    [FIRST_SEASON..=2017, 2018..=2025, 2026..=i16::MAX];

/// The scores of one contest at one moment by forecaster. Retrospective forecasts are made anew from the current data. In a
/// live series the forecasts of the model are those published, and the baselines beside them are retrospective.
struct Series {
    contest: Contest,
    moment: Moment,
    kind: PredictionKind,
    scored: Vec<ForecasterScores>,
}

/// Computes all scores anew.
pub async fn compute(ctx: &Context) -> Result<Report> {
    let history = History::snapshot(&ctx.pool).await?;
    let live = read_live(&mut *ctx.pool.acquire().await?).await?;
    let all = tokio::task::spawn_blocking(move || series(&history, &live)).await??;
    let (mut scores, mut accuracy, mut calibration) = (Vec::new(), Vec::new(), Vec::new());
    for series in &all {
        scores.extend(score_rows(series));
        for seasons in series.periods() {
            let part = series.of(seasons);
            accuracy.extend(accuracy_rows(&part, seasons));
            calibration.extend(calibration_rows(&part, seasons));
        }
    }
    let mut transaction = ctx.begin().await?;
    let mut changes = Changes::default();
    changes += merge(&mut transaction, &scores, Scope::All).await?;
    changes += merge(&mut transaction, &accuracy, Scope::All).await?;
    changes += merge(&mut transaction, &calibration, Scope::All).await?;
    transaction.commit().await?;
    Ok(Report::of(
        changes,
        format!("{} forecasts scored", scores.len()),
    ))
}

fn series(history: &History, live: &Live) -> Result<Vec<Series>> {
    let (weekends, fields) = (&history.weekends, &history.fields);
    let mut series = Vec::new();
    for contest in [Contest::GrandPrix, Contest::Sprint] {
        for moment in Moment::ALL.iter().copied() {
            let seasons = FIRST_SEASON..=i16::MAX;
            let targets = evaluation::targets(weekends, fields, seasons, contest, moment);
            if targets.is_empty() {
                continue;
            }
            let scored = Forecaster::at(contest, moment)
                .iter()
                .map(|forecaster| evaluation::score(*forecaster, weekends, fields, &targets))
                .collect::<Result<Vec<_>>>()?;
            let published: Vec<_> = targets
                .iter()
                .filter_map(|(weekend, _)| {
                    let chances = live.get(&(weekend.race, contest, moment))?;
                    let chances: PlaceChances<'_> = chances
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
                series.push(Series {
                    contest,
                    moment,
                    kind: PredictionKind::Live,
                    scored: evaluation::common_races(scored),
                });
            }
            series.push(Series {
                contest,
                moment,
                kind: PredictionKind::Retrospective,
                scored: evaluation::common_races(scored),
            });
        }
    }
    series.retain(|series| series.scored.iter().all(|scored| !scored.races.is_empty()));
    Ok(series)
}

impl Series {
    /// First and last season of each group that is summarised: every season alone, and the periods.
    fn periods(&self) -> Vec<(i16, i16)> {
        let mut years: Vec<i16> = self.scored[0].races.iter().map(|race| race.year).collect();
        years.dedup();
        let mut periods: Vec<(i16, i16)> = years.iter().map(|year| (*year, *year)).collect();
        for period in PERIODS {
            let part: Vec<i16> = years
                .iter()
                .copied()
                .filter(|year| period.contains(year))
                .collect();
            if let [first, .., last] = part[..] {
                periods.push((first, last));
            }
        }
        periods
    }

    /// The part of the series in some seasons.
    fn of(&self, (first, last): (i16, i16)) -> Self {
        let scored = self.scored.iter().map(|scored| ForecasterScores {
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

fn score_rows(series: &Series) -> impl Iterator<Item = PredictionScore> {
    series.scored.iter().flat_map(|scored| {
        scored.races.iter().map(|race| PredictionScore {
            race_id: race.race,
            contest: series.contest,
            moment: series.moment,
            kind: series.kind,
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
    series: &Series,
    (first_season, last_season): (i16, i16),
) -> impl Iterator<Item = Accuracy> {
    let races = i32::try_from(series.scored[0].races.len()).unwrap_or(i32::MAX);
    let (contest, moment, kind) = (series.contest, series.moment, series.kind);
    evaluation::summarise(&series.scored)
        .into_iter()
        .flat_map(move |summary| {
            summary.means.into_iter().map(move |(score, mean)| {
                let difference = summary.differences.as_ref().map(|all| all[&score]);
                Accuracy {
                    contest,
                    moment,
                    kind,
                    first_season,
                    last_season,
                    forecaster: summary.name.to_owned(),
                    score,
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
    series: &Series,
    (first_season, last_season): (i16, i16),
) -> impl Iterator<Item = Calibration> {
    let (contest, moment, kind) = (series.contest, series.moment, series.kind);
    let races = &series.scored[0].races;
    EventKind::ALL.iter().flat_map(move |event| {
        let chances: Vec<(f64, bool)> = races
            .iter()
            .flat_map(|race| &race.events[event])
            .copied()
            .collect();
        calibration::bins(evaluation::model_event(*event), &chances)
            .into_iter()
            .filter_map(move |bin| {
                Some(Calibration {
                    contest,
                    moment,
                    kind,
                    first_season,
                    last_season,
                    event: *event,
                    bin: i16::try_from(bin.index).ok()?,
                    predictions: i32::try_from(bin.predictions).ok()?,
                    predicted: bin.predicted.clamp(0.0, 1.0),
                    happened: i32::try_from(bin.happened).ok()?,
                    low: bin.low,
                    high: bin.high,
                })
            })
    })
}

/// The last live forecast of the model for each race, contest and moment: each driver's chance of every place.
type Live = BTreeMap<(RaceId, Contest, Moment), HashMap<DriverId, Vec<f64>>>;

async fn read_live(connection: &mut PgConnection) -> Result<Live> {
    let rows = sqlx::query!(
        r#"SELECT p.race_id, p.contest AS "contest: Contest", p.moment AS "moment: Moment", d.driver_id, d.positions
           FROM (SELECT DISTINCT ON (p.race_id, p.contest, p.moment) p.* FROM predictions p
                 JOIN model_fits f ON f.id = p.model_fit_id WHERE p.kind = 'live' AND f.model = $1
                 ORDER BY p.race_id, p.contest, p.moment, p.made_at DESC, p.id DESC) p
           JOIN prediction_drivers d ON d.prediction_id = p.id AND d.contest = p.contest"#,
        predictions::model_in_service(Moment::OfficialGrid).name
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
